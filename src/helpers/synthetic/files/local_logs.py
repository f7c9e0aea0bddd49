"""The made-up authority's own logs and its pupil files, as data/README.md lays them out."""

from collections.abc import Iterator

import numpy as np
import pandas as pd

from helpers.synthetic.authority import Authority
from helpers.synthetic.files.sheets import Sheet
from helpers.synthetic.people import identifiers, pupil_numbers
from helpers.synthetic.place import AUTHORITY, TEAMS, timestamps
from helpers.synthetic.records import tables_of
from helpers.synthetic.records.columns import SERVICES, Ids, until
from helpers.synthetic.records.front_door import decided
from helpers.synthetic.records.practice import academic_year, written

TIMED = "%d/%m/%Y %H:%M"
MISSING = {
    "miss_person_id": "Child ID", "miss_missing_episode_start_date": "Missing from (date and time)",
    "miss_missing_episode_end_date": "Returned at", "miss_missing_from": "Missing from", "miss_missing_episode_type": "Category",
    "miss_reported_by": "Reported by", "miss_risk_grade": "Risk grade", "miss_missing_rhi_offered": "RHI offered",
    "miss_missing_rhi_offered_date": "RHI offered at", "miss_missing_rhi_accepted": "RHI accepted",
    "miss_missing_rhi_completed_date": "RHI completed at", "miss_placing_authority": "Placing authority",
    "miss_exploitation_concern": "Exploitation concern", "miss_locality": "Locality",
}  # fmt: skip
SFT = {
    "sfta_person_id": "Child ID", "sfta_family_id": "Family ID", "sfta_start_date": "Start date", "sfta_end_date": "End date",
    "sfta_locality": "Locality", "sfta_practitioners": "Practitioners", "sfta_parental_risks": "Parental risks",
    "sfta_end_reason": "End reason",
}  # fmt: skip
TEAM_COLUMNS = {
    "dept_team_name": "Team", "dept_locality": "Locality", "dept_service": "Service", "dept_valid_from": "Valid from",
    "dept_valid_to": "Valid to",
}  # fmt: skip
WORDS = {"Y": "Yes", "N": "No", "NA": "Not required"}


def sheets(authority: Authority) -> Iterator[Sheet]:
    """Every log, then the pupil files, a zip for each academic year."""
    tables = tables_of(authority, ["missing_episodes", "sft_allocations", "team_lookup"])
    yield Sheet("missing_episodes.csv", _missing(tables["missing_episodes"]), dates=TIMED)
    yield Sheet("sft_allocations.csv", tables["sft_allocations"][list(SFT)].rename(columns=SFT))
    yield Sheet("team_lookup.csv", tables["team_lookup"][list(TEAM_COLUMNS)].rename(columns=TEAM_COLUMNS))
    ids = Ids(authority)
    yield Sheet("contact_outcomes.csv", _contacts(ids))
    yield Sheet("early_help.csv", _early_help(ids))
    yield Sheet("case_audits.csv", _audits(ids))
    yield Sheet("family_feedback.csv", _feedback(ids))
    yield Sheet("coded_themes.csv", _themes(ids))
    yield from _schools(authority)


def _missing(log: pd.DataFrame) -> pd.DataFrame:
    log = log.copy()
    for column in ("miss_missing_rhi_offered", "miss_missing_rhi_accepted", "miss_exploitation_concern"):
        log[column] = log[column].map(WORDS)
    log["miss_placing_authority"] = log["miss_placing_authority"].fillna(AUTHORITY)
    return log.sort_values("miss_missing_episode_start_date", kind="stable")[list(MISSING)].rename(columns=MISSING)


def _contacts(ids: Ids) -> pd.DataFrame:
    contacts = ids.of.contacts.sort_values("day", kind="stable")
    return pd.DataFrame(
        {
            "Child ID": ids.child(contacts["child"]), "Contact date": timestamps(contacts["day"].to_numpy()),
            "Outcome": contacts["outcome"].str.capitalize().array, "Source": contacts["source"].array,
            "Decided at": decided(contacts).dt.strftime(TIMED),
        }
    )  # fmt: skip


def _early_help(ids: Ids) -> pd.DataFrame:
    helped = ids.of.early_help.sort_values("start", kind="stable")
    over = (until(helped["end"])).notna()
    return pd.DataFrame(
        {
            "Child ID": ids.child(helped["child"]), "Family ID": ids.family(helped["family"]),
            "Episode start date": timestamps(helped["start"].to_numpy()), "Episode end date": until(helped["end"]),
            "Episode reason": helped["why"].array,
            "End reason": pd.Series(helped["end_reason"].str.capitalize().array).where(over),
            "Organisation": helped["organisation"].array, "Team": TEAMS[helped["team"]],
        }
    )  # fmt: skip


def _audits(ids: Ids) -> pd.DataFrame:
    audits = ids.of.practice.audits.sort_values("day", kind="stable")
    return pd.DataFrame(
        {
            "Audit ID": identifiers("WQ", audits["audit"], ids.of.shift), "Child ID": ids.child(audits["child"]),
            "Audit date": timestamps(audits["day"].to_numpy()), "Service": np.array(SERVICES)[audits["team"] % 3],
            "Team": TEAMS[audits["team"]], "Grade": audits["grade"].array, "Domain grades": audits["domains"].array,
            "Moderated grade": audits["moderated"].array, "Sample": audits["sample"].array, "Tool version": audits["tool"].array,
        }
    )  # fmt: skip


def _feedback(ids: Ids) -> pd.DataFrame:
    told = ids.of.practice.feedback
    return pd.DataFrame(
        {
            "Response date": timestamps(told["day"].to_numpy()), "Service": np.array(SERVICES)[told["team"] % 3],
            "Team": TEAMS[told["team"]], "Respondent": told["respondent"].array, "Question": told["question"].array,
            "Answer": told["answer"].array, "Scale": told["scale"].array, "Invited": told["invited"].array,
        }
    )  # fmt: skip


def _themes(ids: Ids) -> pd.DataFrame:
    told = ids.of.practice.passages
    return pd.DataFrame(
        {
            "Source": told["source"].array, "Method": told["method"].array, "Theme": told["theme"].array,
            "Stance": told["stance"].array, "Question": told["question"].array,
            "Passage ID": identifiers("TQ", told["passage"], ids.of.shift),
        }
    )  # fmt: skip


def _schools(authority: Authority) -> Iterator[Sheet]:
    """Pupils and results of each academic year, together in a zip."""
    every, results = authority.schools.pupils, authority.schools.results
    yes = lambda column: np.where(column, "Yes", "No")
    for summer in sorted(set(every["summer"])):
        rows = np.nonzero(every["summer"].to_numpy() == summer)[0]
        pupils, year = every.iloc[rows], str(academic_year([summer])[0])
        path = f"pupils/pupils_{year.replace('/', '_')}.zip"
        frame = pd.DataFrame(
            {
                "Pupil ID": pupil_numbers(pupils["pupil"]), "Academic year": year, "Key stage": pupils["stage"].array,
                "Sex": pupils["sex"].array, "Disadvantaged": yes(pupils["disadvantaged"]), "FSM": yes(pupils["fsm"]),
                "FSM6": yes(pupils["fsm6"]), "SEN": pupils["sen"].str.replace("support", "SEN support").array,
                "Ethnicity": pupils["ethnicity"].array, "EAL": yes(pupils["eal"]), "School URN": pupils["school"].array,
                "Looked after": yes(pupils["looked_after"]), "Child in need": yes(pupils["in_need"]),
                "Absence sessions": pupils["absent"].array, "Possible sessions": pupils["possible"].array,
                "Prior attainment": pupils["prior"].array,
            }
        )  # fmt: skip
        yield Sheet(path, frame, inside="pupils.csv")
        theirs = results[results["row"].isin(rows)]
        of = every.iloc[theirs["row"]]
        told = pd.DataFrame(
            {"Pupil ID": pupil_numbers(of["pupil"]), "Academic year": year, "Key stage": of["stage"].array,
             "Measure": theirs["measure"].array, "Result": written(theirs)}
        )  # fmt: skip
        yield Sheet(path, told, inside="results.csv")
