"""The made-up authority's SSDA903 returns: a folder of CSV files for each year, in that year's codes."""

from collections.abc import Iterator

import numpy as np
import pandas as pd

from helpers.synthetic.authority import Authority
from helpers.synthetic.files.sheets import Sheet
from helpers.synthetic.people import pupil_numbers
from helpers.synthetic.place import AUTHORITY, day_number, timestamps
from helpers.synthetic.records.columns import Ids, until
from helpers.synthetic.returns import YEARS


def sheets(authority: Authority) -> Iterator[Sheet]:
    """The files of every year's return: what was open at some time in the year, as it stood on 31 March."""
    for year in YEARS:
        files = Return(authority, year)
        folder = f"ssda903/{year - 1}_{year % 100:02d}"
        for name in files.names:
            frame = getattr(files, name)()
            if len(frame):
                yield Sheet(f"{folder}/{name}.csv", frame)


class Return:
    """One year's return; each method is one file's columns."""

    names = ("header", "episodes", "missing", "uasc", "reviews", "oc2", "oc3", "ad1", "placed_adoption", "previous_permanence")

    def __init__(self, authority: Authority, year: int) -> None:
        self.of, self.ids, self.year = authority, Ids(authority), year
        self.first, self.last = day_number(f"{year - 1}-04-01"), day_number(f"{year}-03-31")
        episodes = authority.care.episodes
        self.care = episodes[(episodes["start"] <= self.last) & (episodes["end"] >= self.first)].assign(
            identifier=lambda rows: self.ids.child(rows["child"])
        ).sort_values(["identifier", "start"], kind="stable")  # fmt: skip
        self.people = authority.people.iloc[np.unique(self.care["child"])]
        if year >= 2024:
            self.names = (*self.names, "sw_episodes")

    def who(self, child) -> dict:
        """Identifier and birthday, as every file but Episodes begins."""
        return {"CHILD": self.ids.child(child), "DOB": timestamps(self.of.people.iloc[np.asarray(child)]["born"].to_numpy())}

    def end(self, days) -> pd.Series:
        """Dates known on 31 March."""
        return until(days, self.last)

    def sex(self, people: pd.DataFrame) -> np.ndarray:
        codes = people["sex"] if self.year >= 2025 else people["sex"].map({"M": "1", "F": "2", "U": "0"})
        return codes.to_numpy()

    def within(self, frame: pd.DataFrame, day: str) -> pd.DataFrame:
        return frame[frame[day].between(self.first, self.last)].sort_values(["child", day], kind="stable")

    def header(self) -> pd.DataFrame:
        born = timestamps(self.people["born"].to_numpy())
        pupil = born.lt("2020-09-01").to_numpy() & ~self.people["unaccompanied"].to_numpy(dtype=bool)
        return pd.DataFrame(
            {
                "CHILD": self.ids.child(self.people["child"]), "SEX": self.sex(self.people), "DOB": born,
                "ETHNIC": self.people["ethnicity"].array, "UPN": np.where(pupil, pupil_numbers(self.people["child"]), "UN1"),
                "MOTHER": "", "MC_DOB": "",
            }
        ).sort_values("CHILD")  # fmt: skip

    def episodes(self) -> pd.DataFrame:
        care, over = self.care, (self.care["end"] <= self.last).to_numpy()
        place = care["place"].replace("H5", "K3") if self.year >= 2025 else care["place"]  # supported accommodation's own code
        return pd.DataFrame(
            {
                "CHILD": care["identifier"].array, "DECOM": timestamps(care["start"].to_numpy()), "RNE": care["why"].array,
                "LS": care["legal"].array, "CIN": care["need"].array, "PLACE": place.array,
                "PLACE_PROVIDER": care["provider"].array, "DEC": self.end(care["end"]),
                "REC": np.where(over, care["reason"], ""), "REASON_PLACE_CHANGE": np.where(over, care["change"], ""),
                "HOME_POST": self.of.homes[care["family"]], "PL_POST": care["post"].array, "URN": care["urn"].array,
            }
        )  # fmt: skip

    def missing(self) -> pd.DataFrame:
        incidents = self.of.incidents
        start, returned = incidents["start"], incidents["returned"]
        day_after = timestamps([self.last + 1])[0]
        ours = (incidents["where"] != "home") & (incidents["placed_by"] == "")
        seen = ours & (start < day_after) & (returned.isna() | (returned >= timestamps([self.first])[0]))
        there = incidents[seen]
        return pd.DataFrame(
            {
                **self.who(there["child"]), "MISSING": there["category"].map({"missing": "M", "absent": "A"}).array,
                "MIS_START": there["start"].array, "MIS_END": there["returned"].where(there["returned"] < day_after).array,
            }
        ).sort_values(["CHILD", "MIS_START"], kind="stable")  # fmt: skip

    def uasc(self) -> pd.DataFrame:
        alone = self.people[self.people["unaccompanied"].astype(bool)]
        born = timestamps(alone["born"].to_numpy())
        return pd.DataFrame(
            {"CHILD": self.ids.child(alone["child"]), "SEX": self.sex(alone), "DOB": born, "DUC": born + pd.DateOffset(years=18)}
        ).sort_values("CHILD")

    def reviews(self) -> pd.DataFrame:
        held = self.within(self.of.returns.reviews, "day")
        return pd.DataFrame(
            {**self.who(held["child"]), "REVIEW": timestamps(held["day"].to_numpy()), "REVIEW_CODE": held["code"].array}
        )

    def oc2(self) -> pd.DataFrame:
        told = self.of.returns.outcomes
        told = told[told["year"] == self.year]
        columns = {
            "SDQ_SCORE": "sdq", "SDQ_REASON": "sdq_reason", "CONVICTED": "convicted", "HEALTH_CHECK": "health_check",
            "IMMUNISATIONS": "immunisations", "TEETH_CHECK": "teeth", "HEALTH_ASSESSMENT": "health", "SUBSTANCE_MISUSE": "misuse",
            "INTERVENTION_RECEIVED": "received", "INTERVENTION_OFFERED": "offered",
        }  # fmt: skip
        return pd.DataFrame({**self.who(told["child"]), **{name: told[column].array for name, column in columns.items()}})

    def oc3(self) -> pd.DataFrame:
        left = self.of.returns.leavers
        left = left[left["year"] == self.year]
        activity = left["activity"] if self.year >= 2022 else left["activity"].replace({"F4": "F3", "F5": "F3", "P5": "P3"})
        return pd.DataFrame(
            {**self.who(left["child"]), "IN_TOUCH": left["in_touch"].array, "ACTIV": activity.array,
             "ACCOM": left["accommodation"].array}
        )  # fmt: skip

    def ad1(self) -> pd.DataFrame:
        adopted = self.within(self.of.returns.adoptions, "adopted")
        return pd.DataFrame(
            {
                **self.who(adopted["child"]), "DATE_INT": timestamps(adopted["decided"].to_numpy()),
                "DATE_MATCH": timestamps(adopted["matched"].to_numpy()), "FOSTER_CARE": adopted["by_carer"].array,
                "NB_ADOPTR": adopted["adopters"].array, "SEX_ADOPTR": adopted["sexes"].array,
                "LS_ADOPTR": adopted["status"].array,
            }
        )  # fmt: skip

    def placed_adoption(self) -> pd.DataFrame:
        placed = self.within(self.of.returns.adoptions, "placed")
        return pd.DataFrame(
            {**self.who(placed["child"]), "DATE_PLACED": timestamps(placed["placed"].to_numpy()), "DATE_PLACED_CEASED": "",
             "REASON_PLACED_CEASED": ""}
        )  # fmt: skip

    def previous_permanence(self) -> pd.DataFrame:
        before = self.of.returns.permanence
        before = before[before["child"].isin(self.care["child"])].sort_values("child")
        had = (before["option"] != "Z1").to_numpy()
        day = timestamps(before["entered"].to_numpy() - (before["entered"] - before["born"]).to_numpy() // 2, had)
        return pd.DataFrame(
            {**self.who(before["child"]), "PREV_PERM": before["option"].array, "LA_PERM": np.where(had, AUTHORITY_CODE, ""),
             "DATE_PERM": day}
        )  # fmt: skip

    def sw_episodes(self) -> pd.DataFrame:
        workers = self.of.returns.workers
        there = workers[(workers["start"] <= self.last) & (workers["end"] >= self.first)].sort_values(["child", "start"])
        return pd.DataFrame(
            {
                **self.who(there["child"]), "SW_ID": np.char.add("SW", (9_000_000 + there["worker"].to_numpy()).astype("U7")),
                "SW_DECOM": timestamps(there["start"].to_numpy()), "SW_DEC": self.end(there["end"]),
                "SW_REASON": there["reason"].array,
            }
        )  # fmt: skip


AUTHORITY_CODE = f"OUT of {AUTHORITY}"
