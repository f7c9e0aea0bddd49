"""The made-up authority's tables written as files in the layouts that real extracts come in, with TRUTH.md beside them."""

from pathlib import Path

import pandas as pd
import yaml

from helpers import wording
from helpers.synthetic import missing, place, plans
from helpers.synthetic.place import AUTHORITY, CHILDREN, EXTRACTED_ON, FIRST_DAY, LAST_DAY, LOCALITIES, Effects, teams
from helpers.tables import TABLES

MISSING_LOG = {
    "miss_person_id": "Child ID", "miss_missing_episode_start_date": "Missing from (date and time)",
    "miss_missing_episode_end_date": "Returned at", "miss_missing_from": "Missing from", "miss_missing_episode_type": "Category",
    "miss_reported_by": "Reported by", "miss_risk_grade": "Risk grade", "miss_missing_rhi_offered": "RHI offered",
    "miss_missing_rhi_offered_date": "RHI offered at", "miss_missing_rhi_accepted": "RHI accepted",
    "miss_missing_rhi_completed_date": "RHI completed at", "miss_placing_authority": "Placing authority",
    "miss_exploitation_concern": "Exploitation concern", "miss_locality": "Locality",
}  # fmt: skip
SFT_LOG = {
    "sfta_person_id": "Child ID", "sfta_family_id": "Family ID", "sfta_start_date": "Start date", "sfta_end_date": "End date",
    "sfta_locality": "Locality", "sfta_practitioners": "Practitioners", "sfta_parental_risks": "Parental risks",
    "sfta_end_reason": "End reason",
}  # fmt: skip
TEAMS = {
    "dept_team_name": "Team", "dept_locality": "Locality", "dept_service": "Service", "dept_valid_from": "Valid from",
    "dept_valid_to": "Valid to",
}  # fmt: skip
HEADER = {"pers_person_id": "CHILD", "pers_sex": "SEX", "pers_dob": "DOB", "pers_ethnicity": "ETHNIC", "pers_upn": "UPN"}
EPISODES = {
    "clae_person_id": "CHILD", "clae_cla_episode_start_date": "DECOM", "clae_cla_episode_start_reason": "RNE",
    "lega_legal_status": "LS",
    "clae_cla_primary_need_code": "CIN", "clap_cla_placement_type": "PLACE", "clap_cla_placement_provider": "PLACE_PROVIDER",
    "clae_cla_episode_ceased_date": "DEC", "clae_cla_episode_ceased_reason": "REC",
    "clap_cla_placement_change_reason": "REASON_PLACE_CHANGE", "clae_home_postcode": "HOME_POST",
    "clap_cla_placement_postcode": "PL_POST", "clap_cla_placement_urn": "URN",
}  # fmt: skip
MISSING_903 = {
    "miss_person_id": "CHILD", "pers_dob": "DOB", "miss_missing_episode_type": "MISSING",
    "miss_missing_episode_start_date": "MIS_START", "miss_missing_episode_end_date": "MIS_END",
}  # fmt: skip
WORDS = {"Y": "Yes", "N": "No", "NA": "Not required"}


def write(folder: Path | str, tables: dict[str, pd.DataFrame], *, effects: Effects, seed: int) -> None:
    """Write `tables` under `folder`: local logs, yearly SSDA903 folders, Standard Safeguarding Dataset tables, TRUTH.md."""
    folder = Path(folder)
    (folder / "standard_safeguarding").mkdir(parents=True, exist_ok=True)
    about = {
        "authority": AUTHORITY, "made_up": True, "extracted_on": EXTRACTED_ON.date(),
        "period": [FIRST_DAY.date(), LAST_DAY.date()],
        "localities": {locality: list(teams(locality)) for locality in LOCALITIES}, "children_aged_0_to_17": dict(CHILDREN),
    }  # fmt: skip
    (folder / "about.yml").write_text(yaml.safe_dump(about, sort_keys=False, allow_unicode=True), encoding="utf-8", newline="\n")
    log = tables["missing_episodes"].copy()
    for column in ("miss_missing_rhi_offered", "miss_missing_rhi_accepted", "miss_exploitation_concern"):
        log[column] = log[column].map(WORDS)
    log["miss_placing_authority"] = log["miss_placing_authority"].fillna(AUTHORITY)
    log = log.sort_values("miss_missing_episode_start_date", kind="stable")
    _csv(folder / "missing_episodes.csv", log, MISSING_LOG, "%d/%m/%Y %H:%M")
    _csv(folder / "sft_allocations.csv", tables["sft_allocations"], SFT_LOG, "%d/%m/%Y")
    _csv(folder / "team_lookup.csv", tables["team_lookup"], TEAMS, "%d/%m/%Y")
    for name in ("cp_plans", "cin_episodes"):
        national = {column.name: column.name for column in TABLES[name].columns if not column.local}
        _csv(folder / "standard_safeguarding" / f"ssd_{name}.csv", tables[name], national, "%Y-%m-%d")
    people = tables["persons"]
    person = {name: name for name in ("pers_person_id", "pers_sex", "pers_ethnicity", "pers_dob")}
    _csv(folder / "standard_safeguarding" / "ssd_person.csv", people, person, "%Y-%m-%d")
    family = {"pers_family_id": "fami_family_id", "pers_person_id": "fami_person_id"}
    _csv(folder / "standard_safeguarding" / "ssd_family.csv", people.dropna(subset=["pers_family_id"]), family, "%Y-%m-%d")
    for first in pd.date_range(FIRST_DAY, LAST_DAY, freq="YS-APR"):
        _write_return(folder / "ssda903" / f"{first.year}_{(first.year + 1) % 100:02d}", tables, first)
    (folder / "TRUTH.md").write_text(truth(effects, seed), encoding="utf-8", newline="\n")


def _write_return(folder: Path, tables: dict[str, pd.DataFrame], first: pd.Timestamp) -> None:
    """One year's SSDA903 return: what was open at some time in the year, as it stood on 31 March."""
    folder.mkdir(parents=True, exist_ok=True)
    last = first + pd.DateOffset(years=1) - pd.Timedelta(days=1)
    care = _as_it_stood(tables["cla_episodes"], "clae_cla_episode_start_date", "clae_cla_episode_ceased_date", first, last)
    still_open = care["clae_cla_episode_ceased_date"].isna()
    after = ["clae_cla_episode_ceased_reason", "clap_cla_placement_change_reason"]
    care[after] = care[after].mask(still_open)
    if first.year >= 2024:  # the code of supported accommodation since 2024/25
        care["clap_cla_placement_type"] = care["clap_cla_placement_type"].replace("H5", "K3")
    people = tables["persons"].set_index("pers_person_id", drop=False)
    header = people.loc[sorted(set(care["clae_person_id"]))].reset_index(drop=True).assign(MOTHER="", MC_DOB="")
    if first.year < 2024:
        header["pers_sex"] = header["pers_sex"].map({"M": "1", "F": "2", "U": "0"})
    header["pers_upn"] = header["pers_upn"].fillna("UN1")
    missing = tables["missing_episodes"]
    ours = missing["miss_person_id"].isin(care["clae_person_id"]) & (missing["miss_missing_from"] != "home")
    missing = _as_it_stood(missing[ours], "miss_missing_episode_start_date", "miss_missing_episode_end_date", first, last)
    missing["miss_missing_episode_type"] = missing["miss_missing_episode_type"].map({"missing": "M", "absent": "A"})
    missing["pers_dob"] = missing["miss_person_id"].map(people["pers_dob"])
    uasc = header[header["pers_uasc"].astype(bool)]
    _csv(folder / "header.csv", header, {**HEADER, "MOTHER": "MOTHER", "MC_DOB": "MC_DOB"}, "%d/%m/%Y")
    _csv(folder / "episodes.csv", care, EPISODES, "%d/%m/%Y")
    _csv(folder / "missing.csv", missing, MISSING_903, "%d/%m/%Y")
    columns = {"pers_person_id": "CHILD", "pers_sex": "SEX", "pers_dob": "DOB", "pers_uasc_ceased_date": "DUC"}
    _csv(folder / "uasc.csv", uasc, columns, "%d/%m/%Y")


def _as_it_stood(frame: pd.DataFrame, start: str, end: str, first: pd.Timestamp, last: pd.Timestamp) -> pd.DataFrame:
    """Rows open at some time from `first` to `last`, those that ended after `last` still open."""
    tomorrow = last + pd.Timedelta(days=1)
    seen = (frame[start] < tomorrow) & (frame[end].isna() | (frame[end] >= first))
    return frame[seen].assign(**{end: frame[end].where(frame[end] < tomorrow)})


def _csv(path: Path, frame: pd.DataFrame, headers: dict[str, str], dates: str) -> None:
    frame[list(headers)].rename(columns=headers).to_csv(
        path, index=False, encoding="utf-8", date_format=dates, lineterminator="\n"
    )


def truth(effects: Effects, seed: int) -> str:
    """TRUTH.md: each planted effect with its true size, what it was planted in, and what was not planted."""
    day = wording.day
    pilots = wording.listing(place.PILOT)
    others = wording.listing([name for name in LOCALITIES if name not in place.PILOT])
    chances = plans.WITHIN_12_MONTHS
    step_down, escalation = chances["step-down"], chances["escalation"]
    return f"""# What is true of the made-up authority

{AUTHORITY} and its six localities do not exist. Every record was drawn by `python -m helpers.synthetic --seed {seed}`; this file is
written by the same program, from the same numbers. An analysis of these records is right when its interval holds the true size.

| what | from | where | true size |
|---|---|---|---|
| missing incidents, rate ratio (from home and in care alike) | {day(place.MISSING_CHANGED_ON)} | everywhere | {effects.missing_incidents:.2f} |
| completed return home interviews that were within 72 hours, difference | {day(place.INTERVIEWS_CHANGED_ON)} | everywhere | {effects.interviews_within_72_hours:+.2f} (from {missing.WITHIN_72_HOURS:.2f}) |
| child protection plan starts, rate ratio | {day(place.SFT_FIRST_WAVE)} | {pilots} | {effects.plan_starts:.2f} |
| child protection plan starts, rate ratio | {day(place.SFT_SECOND_WAVE)} | {others} | {effects.plan_starts:.2f} |
| plans stepped down to child in need within 12 months of their start, difference | plans starting from the same days | the same | {effects.step_down:+.2f} (from {step_down:.2f}) |
| plans ended by becoming looked after within 12 months of their start, difference | plans starting from the same days | the same | {effects.escalation:+.2f} (from {escalation:.2f}) |

Chances within 12 months of a plan's start without Safeguarding Families Together: step-down {step_down:.2f}, closure
{chances["closure"]:.2f}, escalation {escalation:.2f}, other (moved away, turned 18) {chances["other"]:.2f}, still open the rest. A child who
turns 18 within the 12 months leaves as "other", which takes a little from each.

- Step-down: the plan ends and the child in need episode stays open for 28 days or more. Closure: both end within a week.
  Escalation: an episode of care starts within the 14 days up to the plan's end. Other: another authority, or 18.
- The effect belongs to the locality, not to the family's allocation: families with and without an allocation there share it.
- Brothers and sisters share a plan's start, and its ending with probability {plans.SAME_AS_SIBLINGS:.2f}: children are not independent.
- {plans.REPEATS:.0%} of families whose plan starts had one before; plans are recorded from {day(place.PLANS_FROM)}.
- Every series has seasons. The pandemic lowers missing incidents from March 2020 to July 2021 (0.60, then 0.85 of the ordinary
  number) and plan starts from April to June 2020, with more in the autumn of 2020.
- Localities differ in need and drift from month to month by chance, the same before and after the changes.
- Missing incidents: a few children go missing often and most never; a child's proneness changes every four months. The numbers
  of children in care and of unaccompanied children grow slowly, with no change on any of the dates.
- The seed that ships was chosen among eight as one whose plain ratios lie near the true sizes and whose counts are of a county's
  order. Another seed strays further: over the eight, plain ratios of missing incidents ran from 0.62 to 0.67, those of plan
  starts from 0.54 to 0.96, differences in step-down from 0.10 to 0.30.
- Nothing else was planted: no difference between girls and boys, none by ethnicity, no change in who is offered an interview,
  none in plan length given the ending, none on any other date.
- About 2 to 4% of cells in four columns of the missing log are left empty at random.
- Identifiers (ZQ…, FQ…, RQ…, PQ…, IQ…), postcodes (QX…) and pupil numbers (Q000…) stand in these files and nowhere else.
"""  # noqa: E501
