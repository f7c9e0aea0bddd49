"""The made-up authority's Annex A (Ofsted's child-level data), in the layout of August 2019, as at the last day of the period."""

from collections.abc import Iterator

import numpy as np
import pandas as pd

from helpers.synthetic.authority import Authority
from helpers.synthetic.files.annex_a_codes import (
    ABUSE,
    ACCOMMODATION,
    ACTIVITY,
    CLOSURE,
    ETHNICITY,
    IN_TOUCH,
    LEFT,
    LEGAL,
    NEED,
    NO,
    PERMANENCE,
    PLACEMENT,
    PROVIDER,
    SEEN,
    SEX,
    SOURCES,
    UNKNOWN,
    YES,
)
from helpers.synthetic.files.sheets import Sheet
from helpers.synthetic.people import DAYS_TO_18, YEAR, identifiers
from helpers.synthetic.place import AUTHORITY, ENDS, LAST_DAY, TEAMS, day_number, pick, timestamps
from helpers.synthetic.records.columns import Ids, until

PATH = "annex_a.xlsx"
HALF_YEAR, YEAR_AGO = day_number(LAST_DAY - pd.DateOffset(months=6)) + 1, ENDS - 364
TITLES = {
    1: "Contacts", 2: "Early Help", 3: "Referral", 4: "Assessments",
    5: "Section 47 enquiries and Initial Child Protection Conferences", 6: "Children in Need", 7: "Child protection",
    8: "Children in care", 9: "Care leavers", 10: "Adoption", 11: "Adopters",
}  # fmt: skip


def sheets(authority: Authority) -> Iterator[Sheet]:
    """The eleven lists, a sheet each, with a title in row 1 and the headers in row 2."""
    lists = Lists(authority)
    for number, title in TITLES.items():
        frame = getattr(lists, f"list_{number}")()
        yield Sheet(PATH, frame, name=f"List_{number}", title=f"List {number}: {title}")


class Lists:
    """The lists of Annex A; what no other part of the authority holds (last visits, checks) is drawn from a stream of its own."""

    def __init__(self, authority: Authority) -> None:
        self.of, self.ids, self.rng = authority, Ids(authority), authority.stream("annex a")
        self.people = authority.people

    def stem(self, child, *, disability: bool = True) -> dict:
        """Who the child is: the columns that every list begins with."""
        who = self.people.iloc[np.asarray(child)]
        age = np.floor((ENDS - who["born"].to_numpy()) / YEAR).astype(int)
        columns = {
            "Child Unique ID": self.ids.child(child), "Gender": who["sex"].map(SEX).array,
            "Ethnicity": who["ethnicity"].map(ETHNICITY).array, "Date of Birth": timestamps(who["born"].to_numpy()),
            "Age of Child (Years)": np.maximum(age, -1),
        }  # fmt: skip
        if disability:
            columns["Does the Child have a Disability"] = np.where(who["disability"] == "", NO, YES)
        return columns

    def team(self, child, team) -> dict:
        team = np.asarray(team)
        worker = team * 14 + np.asarray(child) % 14
        return {"Allocated Team": TEAMS[team], "Allocated Worker": identifiers("VQ", worker, self.of.shift)}

    def list_1(self) -> pd.DataFrame:
        contacts = self.of.contacts[self.of.contacts["day"] >= HALF_YEAR].sort_values("day", kind="stable")
        return pd.DataFrame(
            {**self.stem(contacts["child"], disability=False), "Date of Contact": timestamps(contacts["day"].to_numpy()),
             "Contact Source": contacts["source"].map(SOURCES).array}
        )  # fmt: skip

    def list_2(self) -> pd.DataFrame:
        helped = self.of.early_help[self.of.early_help["start"] >= HALF_YEAR].sort_values("start", kind="stable")
        return pd.DataFrame(
            {**self.stem(helped["child"], disability=False), "Assessment start date": timestamps(helped["start"].to_numpy()),
             "Assessment completion date": until(helped["assessed"]),
             "Organisation completing assessment": helped["organisation"].array}
        )  # fmt: skip

    def list_3(self) -> pd.DataFrame:
        every = self.of.referrals.referrals
        recent = every[every["day"] >= HALF_YEAR].sort_values("day", kind="stable")
        return pd.DataFrame(
            {**self.stem(recent["child"], disability=False), "Date of referral": timestamps(recent["day"].to_numpy()),
             "Referral Source": recent["source"].map(SOURCES).array, "Referral NFA?": np.where(recent["nfa"], YES, NO),
             "Number of Referrals in Last 12 Months": before_latest(every["child"], every["day"], recent["child"]),
             **self.team(recent["child"], recent["team"])}
        )  # fmt: skip

    def list_4(self) -> pd.DataFrame:
        done = self.of.referrals.assessments
        recent = done[(done["done"] >= HALF_YEAR)].sort_values("start", kind="stable")
        over = (recent["done"] <= ENDS).to_numpy()
        support = pd.Series(np.where(recent["support"], YES, NO)).where(over)
        return pd.DataFrame(
            {**self.stem(recent["child"]), "Continuous Assessment Start Date": timestamps(recent["start"].to_numpy()),
             "Child Seen During Continuous Assessment": recent["seen"].map(SEEN).array,
             "Continuous Assessment Date of Authorisation": until(recent["done"]),
             "Was the child assessed as requiring LA children’s social care support": support,
             **self.team(recent["child"], recent["team"])}
        )  # fmt: skip

    def list_5(self) -> pd.DataFrame:
        every = self.of.referrals.enquiries
        recent = every[(every["start"] >= HALF_YEAR) | ((every["held"] >= HALF_YEAR) & (every["held"] <= ENDS))]
        recent = recent.sort_values("start", kind="stable")
        held = recent["held"].between(1, ENDS).to_numpy()
        conferences = self.of.referrals.conferences
        known = (recent["done"] <= ENDS).to_numpy() | held
        return pd.DataFrame(
            {
                **self.stem(recent["child"]),
                "Strategy discussion initiating Section 47 Enquiry Start Date": timestamps(recent["start"].to_numpy()),
                "Was an Initial Child Protection Conference deemed unnecessary?":
                    pd.Series(np.where(recent["not_required"], YES, NO)).where(known),
                "Date of Initial Child Protection Conference": timestamps(recent["held"].to_numpy(), held),
                "Did the Initial Child Protection Conference Result in a Child Protection Plan":
                    pd.Series(np.where(recent["plan"], YES, NO)).where(held),
                "Number of Section 47 Enquiries in the last 12 months":
                    before_latest(every["child"], every["start"], recent["child"]),
                "Number of ICPCs in the last 12 months":
                    before_latest(conferences["child"], conferences["held"], recent["child"]),
                **self.team(recent["child"], recent["team"]),
            }
        )  # fmt: skip

    def list_6(self) -> pd.DataFrame:
        every = self.of.referrals.referrals
        current = every[(every["closed"] >= HALF_YEAR) & ~every["nfa"].astype(bool)].sort_values("day", kind="stable")
        current = current.drop_duplicates("child", keep="last")
        over = (current["closed"] <= ENDS).to_numpy()
        child = current["child"]
        in_care = child.isin(self.of.care.periods.query("entered <= @ENDS and ended > @ENDS")["child"]).to_numpy()
        protected = child.isin(self.of.plans.query("start <= @ENDS and end > @ENDS")["child"]).to_numpy()
        plan = child.isin(self.of.referrals.cin_plans.query("start <= @ENDS and end > @ENDS")["child"]).to_numpy()
        status = np.select(
            [over, in_care, protected, plan],
            ["e) Closed episode", "a) Looked after child", "b) Child Protection plan", "c) Child in need plan"],
            "d) Open assessment",
        )
        seen = np.minimum(current["closed"], ENDS) - self.rng.integers(0, 30, len(current))
        return pd.DataFrame(
            {**self.stem(child), "CIN Start Date": timestamps(current["day"].to_numpy()),
             "Primary Need Code": current["need"].map(NEED).array,
             "Date Child Was Last Seen": timestamps(np.maximum(seen, current["day"]).to_numpy()),
             "CIN Closure Date": until(current["closed"]),
             "Reason for Closure": pd.Series(current["reason"].map(CLOSURE).array).where(over), "Case status": status,
             **self.team(child, current["team"])}
        )  # fmt: skip

    def list_7(self) -> pd.DataFrame:
        plans = self.of.plans
        plans = plans[(plans["end"] >= HALF_YEAR) & (plans["start"] <= ENDS)].sort_values("start", kind="stable")
        plans = plans.drop_duplicates("child", keep="last")
        reviewed = self.of.referrals.reviews.groupby("plan")["day"].max().reindex(plans["plan"]).fillna(0).astype(int).to_numpy()
        visited = np.minimum(plans["end"], ENDS) - self.rng.integers(0, 14, len(plans))
        return pd.DataFrame(
            {
                **self.stem(plans["child"]), "Child Protection Plan Start Date": timestamps(plans["start"].to_numpy()),
                "Initial Category of Abuse": plans["category"].map(ABUSE).array,
                "Latest Category of Abuse": plans["latest"].map(ABUSE).array,
                "Date of the Last Statutory Visit": timestamps(np.maximum(visited, plans["start"]).to_numpy()),
                "Was the Child Seen Alone?": pick(self.rng, {YES: 0.8, NO: 0.18, UNKNOWN: 0.02}, len(plans)),
                "Date of latest review conference": timestamps(reviewed, reviewed > 0),
                "Child Protection Plan End Date": until(plans["end"]),
                "Subject to Emergency Protection Order or Protected Under Police Powers in Last Six Months (Y/N)":
                    pick(self.rng, {NO: 0.97, YES: 0.03}, len(plans)),
                "Number of Previous Child Protection Plans": plans["previous"].to_numpy(),
                **self.team(plans["child"], plans["team"]),
            }
        )  # fmt: skip

    def list_8(self) -> pd.DataFrame:
        episodes = self.of.care.episodes
        periods = self.of.care.periods
        periods = periods[(periods["ended"] >= HALF_YEAR) & (periods["entered"] <= ENDS)].sort_values("entered", kind="stable")
        again = periods["child"].duplicated(keep="first")
        periods = periods.assign(second=again).drop_duplicates("child", keep="last")
        latest = episodes.drop_duplicates("period", keep="last").set_index("period").reindex(periods["period"])
        legal = episodes.assign(key=episodes["legal"]).groupby("period").apply(_legal_since, include_groups=False)
        year = episodes[(episodes["end"] >= YEAR_AGO) & (episodes["start"] <= ENDS)]
        placements = year.groupby("period")["placed"].nunique().reindex(periods["period"])
        over, rng, count = (periods["ended"] <= ENDS).to_numpy(), self.rng, len(periods)
        last = np.minimum(periods["ended"], ENDS).to_numpy()
        ago = lambda most: timestamps(np.maximum(last - rng.integers(0, most, count), periods["entered"].to_numpy()))
        reviewed = self.of.returns.reviews.groupby("child")["day"].max().reindex(periods["child"])
        missing, absent, offered, accepted = self._gone(periods)
        out = rng.random(count) < 0.35
        return pd.DataFrame(
            {
                **self.stem(periods["child"], disability=False),
                "Unaccompanied Asylum Seeking Child (UASC) within the Last 12 Months (Y/N)":
                    np.where(periods["unaccompanied"], YES, NO),
                "Does the Child have a Disability":
                    np.where(self.people.iloc[periods["child"]]["disability"] == "", NO, YES),
                "Date Started to be Looked After": timestamps(periods["entered"].to_numpy()),
                "Child's Category of Need": periods["need"].map(NEED).array,
                "Is this a second or subsequent period of being a Looked After Child within the last 12 months (Y/N)":
                    np.where(periods["second"], YES, NO),
                "Start date of current legal status": timestamps(legal.reindex(periods["period"]).to_numpy()),
                "Child's Legal Status": latest["legal"].map(LEGAL).array,
                "Date of Latest Statutory Review":
                    timestamps(reviewed.fillna(0).astype(int).to_numpy(), reviewed.notna().to_numpy()),
                "Date of Last Social Work Visit": ago(42),
                "What is the permanence plan for this child?":
                    pick(rng, {PERMANENCE[name]: share for name, share in (
                        ("Return to family", 0.16), ("Adoption", 0.08), ("SGO/CAO", 0.12),
                        ("Supported living in the community", 0.12), ("Long-term residential placement", 0.10),
                        ("Long-term fostering", 0.40), ("other", 0.02))}, count),
                "Date of Last IRO Visit / Contact to the Child": ago(120),
                "Date of Last Health Assessment": ago(365),
                "Date of Last Dental Check": ago(365),
                "Number of Placements in the Last 12 months": placements.fillna(1).astype(int).to_numpy(),
                "Date Ceased to be Looked After ": until(periods["ended"]),
                "Reason Ceased to be Looked After": pd.Series(periods["reason"].map(LEFT).array).where(over),
                "Start Date of Most Recent Placement": timestamps(latest["placed"].to_numpy(dtype=int)),
                "Placement Type": latest["place"].map(PLACEMENT).array,
                "Placement Provider": latest["provider"].map(PROVIDER).array,
                "Placement postcode": latest["post"].array,
                "URN of Placement": latest["urn"].replace("", pd.NA).array,
                "Placement Location": np.where(out, "b) Out", "a) In"),
                "LA of Placement": np.where(out, "Another authority", AUTHORITY),
                "Number of Episodes the Child has been ‘Missing’ from their Placement in the last 12 months": missing,
                "Number of Episodes the Child has been ‘Absent’ from their Placement in the last 12 months": absent,
                "Was the child offered a Return Interview after their last missing episode (Y/N)?": offered,
                "Did the child accept a Return Interview after their last missing episode (Y/N)?": accepted,
                **self.team(periods["child"], 3 * periods["locality"]),
            }
        )  # fmt: skip

    def _gone(self, periods: pd.DataFrame) -> tuple:
        """Missing and absent incidents from the placement in 12 months, and the interview after the latest missing one."""
        incidents = self.of.incidents
        day = incidents["start"].dt.normalize()
        recent = incidents[(incidents["where"] != "home") & (day >= pd.Timestamp("1970-01-01") + pd.Timedelta(days=YEAR_AGO))]
        started = recent["child"].map(periods.set_index("child")["entered"])
        recent = recent[(recent["start"] - pd.Timestamp(0)).dt.days >= started.fillna(10**6)]
        counts = recent.groupby(["child", "category"]).size().unstack(fill_value=0).reindex(periods["child"], fill_value=0)
        counts = counts.reindex(columns=["missing", "absent"], fill_value=0)
        latest = recent[recent["category"] == "missing"].drop_duplicates("child", keep="last").set_index("child")
        latest = latest.reindex(periods["child"])
        words = {"Y": YES, "N": NO}
        offered = latest["offered"].map(words).where(latest["offered"].notna() | latest["start"].isna(), UNKNOWN)
        accepted = latest["accepted"].map(words).where(latest["offered"] == "Y")
        return counts["missing"].to_numpy(), counts["absent"].to_numpy(), offered.array, accepted.array

    def list_9(self) -> pd.DataFrame:
        left = self.of.returns.leavers
        left = left[left["year"] == LAST_DAY.year]
        known = (left["accommodation"] != "0").to_numpy()
        adult = ENDS - left["born"].to_numpy() >= DAYS_TO_18
        return pd.DataFrame(
            {**self.stem(left["child"]), **self.team(left["child"], 3 * left["locality"] + 1),
             "Eligibility Category": np.where(adult, "b) Former relevant child", "a) Relevant child"),
             "LA In Touch ": left["in_touch"].map(IN_TOUCH).array,
             "Type of Accommodation": left["accommodation"].str[0].map(ACCOMMODATION).array,
             "Suitability of Accommodation":
                 pd.Series(np.where(left["accommodation"].str[1] == "1", "a) Suitable", "b) Unsuitable")).where(known),
             "Activity Status": left["activity"].map(ACTIVITY).array}
        )  # fmt: skip

    def list_10(self) -> pd.DataFrame:
        adopted = self._adoptions()
        columns = self.stem(adopted["child"])
        identifier, *others = columns.items()
        day = lambda name: until(adopted[name])
        return pd.DataFrame(
            {
                **dict([identifier]), "Family identifier": self.ids.family(adopted["family"]), **dict(others),
                "Date the Child Entered Care": day("entered"),
                "Date of Decision that Child Should be Placed for Adoption": day("decided"),
                "Date of Placement Order": day("ordered"),
                "Date of Matching Child and Prospective Adopters": day("matched"), "Date Placed for Adoption": day("placed"),
                "Date of Adoption Order ": day("adopted"),
                "Date of Decision that Child Should No Longer be Placed for Adoption": pd.NaT,
                "Reason Why Child No Longer Placed for Adoption": "",
                "Date the child was placed for fostering in FFA or concurrent planning placement":
                    day("placed").where((adopted["by_carer"] == "1").to_numpy()),
            }
        )  # fmt: skip

    def list_11(self) -> pd.DataFrame:
        """The first adopter of each child, with the steps of the approval before the match."""
        adopted = self._adoptions()
        adopted = adopted[adopted["matched"] <= ENDS]
        count, rng = len(adopted), self.rng
        back = np.cumsum(rng.integers(20, 90, (count, 7)), axis=1)
        steps = [timestamps(adopted["matched"].to_numpy() - back[:, at]) for at in range(7)]
        return pd.DataFrame(
            {
                "Individual adopter identifier": identifiers("DQ", adopted["child"], self.of.shift),
                "Family identifier": identifiers("GQ", adopted["family"], self.of.shift),
                "Gender": np.where(adopted["sexes"].str[0] == "M", "a) Male", "b) Female"),
                "Ethnicity": ETHNICITY["WBRI"], "Disability": NO,
                "Is the (prospective) adopter fostering for adoption?": np.where(adopted["by_carer"] == "1", YES, NO),
                "Date enquiry received": steps[6], "Date Stage 1 started": steps[5], "Date Stage 1 ended": steps[4],
                "Date Stage 2 started": steps[3], "Date Stage 2 ended": steps[2], "Date application submitted": steps[1],
                "Date application approved": steps[0], "Date adopter matched with child(ren)": until(adopted["matched"]),
                "Date child/children placed with adopter(s)": until(adopted["placed"]),
                "No. of children placed": (adopted["placed"] <= ENDS).astype(int).to_numpy(),
                "Date of Adoption Order": until(adopted["adopted"]),
                "Date of leaving adoption process": pd.NaT, "Reason for leaving adoption process": "",
            }
        )  # fmt: skip

    def _adoptions(self) -> pd.DataFrame:
        """Children with a decision that they should be placed for adoption, of the last 12 months."""
        adopted = self.of.returns.adoptions
        return adopted[(adopted["decided"] <= ENDS) & (adopted["adopted"] >= YEAR_AGO)].reset_index(drop=True)


def _legal_since(episodes: pd.DataFrame) -> int:
    """The first day of a period's latest legal status."""
    return episodes.loc[episodes["legal"] == episodes["legal"].iloc[-1], "start"].min()


def before_latest(child: pd.Series, day: pd.Series, asked: pd.Series) -> np.ndarray:
    """How many of a child's events began in the 12 months before its latest one, as Ofsted counts them: 0 where none did."""
    events = pd.DataFrame({"child": np.asarray(child), "day": np.asarray(day)})
    latest = events.groupby("child")["day"].transform("max")
    before = events[(events["day"] < latest) & (events["day"] >= latest - 365)]
    return before.groupby("child").size().reindex(np.asarray(asked), fill_value=0).to_numpy()
