"""The SSDA903 return: children looked after, a set of files (or one XML) for each year, in the codes of every year from 2017."""

import pandas as pd

from helpers.extracts.faults import Fault
from helpers.extracts.layouts import MISSING_TYPES, SEXES, YES_NO_NA, Layout, supplies
from helpers.extracts.parts import Part, year_of
from helpers.extracts.ssda903_rules import check_cells
from helpers.extracts.xml_returns import XmlReturn

THE_RETURN = "The SSDA903 return"
NO_INTERVIEWS = f"{THE_RETURN} does not carry return home interviews."
ONLY_LOCAL = "No national return carries it: it comes from the local log of missing episodes."
CHILD = "CHILD|CHILDID"

XML = XmlReturn(
    child="CHILD",
    identifier="CHILDID",
    groups=frozenset({"HEADER"}),
    records=frozenset({"EPISODE", "AREVIEW", "AMISSING", "AD_PLACED", "PERMANENCE", "OC2"}),
    apart={
        name: kind
        for kind, names in (
            ("OC3", "IN_TOUCH ACTIV ACCOM"),
            ("AD1", "DATE_INT DATE_MATCH FOSTER_CARE NB_ADOPTR SEX_ADOPTR LS_ADOPTR"),
            ("UASC", "UASC DUC"),
        )
        for name in names.split()
    },
    companions=frozenset({"UASC"}),  # 1 or empty: the day it ceased says more
)


def _layout(file: str, table: str, sign: str, absent=None, complete=None, mentions=False, **columns) -> Layout:
    """One file of the return; `sign` is the column by which it is known. `_dob` is held against the Header's (rule INT13).

    `_year` stands in files that somebody put together from several years'.
    """
    columns |= {"_year": "YEAR"} if "pers_dob" in columns or file == "Episodes" else {"_dob": "DOB", "_year": "YEAR"}
    return Layout(
        name=f"ssda903_{file.lower().replace(' ', '_')}", title=f"the SSDA903 return's {file} file", table=table,
        supplies=supplies(**columns), signs=frozenset({sign}), absent=absent or {}, complete=complete, mentions=mentions,
        may_be_empty=file not in ("Header", "Episodes"),
    )  # fmt: skip


def _accommodation(part: Part) -> None:
    """ACCOM is two things in one: a letter for where, then 1 for suitable or 2 for not."""
    if "clea_care_leaver_accommodation" in part.frame:
        written = part.frame["clea_care_leaver_accommodation"]
        parts = written.str.extract(r"^([A-Z])([12])$")
        part.frame["clea_care_leaver_accommodation"] = parts[0].fillna(written)
        part.frame["clea_care_leaver_accom_suitable"] = parts[1].map({"1": "Y", "2": "N"}).astype("str")
        part.columns += ("clea_care_leaver_accom_suitable",)


HEADER = _layout(
    "Header", "persons", "pers_ethnicity",
    pers_person_id=CHILD, pers_sex=("SEX", SEXES), pers_dob="DOB", pers_ethnicity="ETHNIC", pers_upn="UPN",
    absent={"pers_family_id": f"{THE_RETURN} does not say which children are of one family."},
)  # fmt: skip
EPISODES = _layout(
    "Episodes", "cla_episodes", "clae_cla_episode_start_date",
    clae_person_id=CHILD, clae_cla_episode_start_date="DECOM", clae_cla_episode_start_reason="RNE", lega_legal_status="LS",
    clae_cla_primary_need_code="CIN", clap_cla_placement_type="PLACE|PL",
    clap_cla_placement_provider="PLACE_PROVIDER", clae_cla_episode_ceased_date="DEC", clae_cla_episode_ceased_reason="REC",
    clap_cla_placement_change_reason="REASON_PLACE_CHANGE", clae_home_postcode="HOME_POST",
    clap_cla_placement_postcode="PL_POST", clap_cla_placement_urn="URN",
)  # fmt: skip
MISSING = _layout(
    "Missing", "missing_episodes", "miss_missing_episode_start_date", complete=check_cells,
    miss_person_id=CHILD, miss_missing_episode_type=("MISSING", MISSING_TYPES),
    miss_missing_episode_start_date="MIS_START", miss_missing_episode_end_date="MIS_END",
    absent={
        "miss_missing_rhi_offered": NO_INTERVIEWS, "miss_missing_rhi_offered_date": NO_INTERVIEWS,
        "miss_missing_rhi_accepted": NO_INTERVIEWS, "miss_missing_rhi_completed_date": NO_INTERVIEWS,
        "miss_reported_by": ONLY_LOCAL, "miss_risk_grade": ONLY_LOCAL, "miss_exploitation_concern": ONLY_LOCAL,
        "miss_placing_authority": f"{THE_RETURN} holds only children whom the authority itself looks after.",
        "miss_missing_from": f"{THE_RETURN} says where a child went missing from only through the Episodes file.",
        "miss_locality": f"{THE_RETURN} does not carry a locality.",
        "miss_time_recorded": f"{THE_RETURN} records the days that a child went missing and returned, not the times.",
    },
)  # fmt: skip
REVIEWS = _layout(
    "Reviews", "cla_reviews", "clar_cla_review_date",
    clar_person_id=CHILD, clar_cla_review_date="REVIEW", clar_cla_review_participation="REVIEW_CODE",
)  # fmt: skip
OC2 = _layout(
    "OC2", "cla_outcomes", "clao_convicted",
    clao_person_id=CHILD, clao_sdq_score="SDQ_SCORE", clao_sdq_reason="SDQ_REASON",
    clao_convicted=("CONVICTED", YES_NO_NA), clao_health_check=("HEALTH_CHECK", YES_NO_NA),
    clao_immunisations=("IMMUNISATIONS", YES_NO_NA), clao_teeth_check=("TEETH_CHECK", YES_NO_NA),
    clao_health_assessment=("HEALTH_ASSESSMENT", YES_NO_NA), clao_substance_misuse=("SUBSTANCE_MISUSE", YES_NO_NA),
    clao_intervention_received=("INTERVENTION_RECEIVED", YES_NO_NA),
    clao_intervention_offered=("INTERVENTION_OFFERED", YES_NO_NA),
)  # fmt: skip
OC3 = _layout(
    "OC3", "care_leavers", "clea_care_leaver_activity", complete=_accommodation,
    clea_person_id=CHILD, clea_care_leaver_in_touch="IN_TOUCH", clea_care_leaver_activity="ACTIV",
    clea_care_leaver_accommodation="ACCOM",
)  # fmt: skip
AD1 = _layout(
    "AD1", "permanence", "perm_matched_date",
    perm_person_id=CHILD, perm_decision_date="DATE_INT", perm_matched_date="DATE_MATCH",
    perm_adopted_by_carer_flag=("FOSTER_CARE", YES_NO_NA), perm_number_of_adopters="NB_ADOPTR",
    perm_adopter_sex="SEX_ADOPTR", perm_adopter_legal_status="LS_ADOPTR",
)  # fmt: skip
PLACED = _layout(
    "Placed for adoption", "permanence", "perm_decision_date",
    perm_person_id=CHILD, perm_decision_date="DATE_PLACED", perm_decision_reversed_date="DATE_PLACED_CEASED",
    perm_decision_reversed_reason="REASON_PLACED_CEASED",
)  # fmt: skip
PREVIOUS_PERMANENCE = _layout(
    "Previous permanence", "previous_permanence", "lapp_previous_permanence_option",
    lapp_person_id=CHILD, lapp_previous_permanence_option="PREV_PERM", lapp_previous_permanence_la="LA_PERM",
    lapp_previous_permanence_order_date="DATE_PERM",
)  # fmt: skip
UASC = _layout(
    "UASC", "persons", "pers_uasc_ceased_date", mentions=True,
    pers_person_id=CHILD, pers_sex=("SEX", SEXES), pers_dob="DOB", pers_uasc_ceased_date="DUC",
)  # fmt: skip
SOCIAL_WORKERS = _layout(
    "Social worker episodes", "social_worker_episodes", "invo_involvement_start_date",
    invo_person_id=CHILD, invo_professional_id="SW_ID", invo_involvement_start_date="SW_DECOM",
    invo_involvement_end_date="SW_DEC", invo_worker_change_reason="SW_REASON",
)  # fmt: skip
DEPRIVATIONS_OF_LIBERTY = _layout(
    "Deprivation of liberty", "deprivations_of_liberty", "dolo_start_date",
    dolo_person_id=CHILD, dolo_start_date="DOLO_START", dolo_end_date="DOLO_END",
)  # fmt: skip
PROVIDERS = Layout(  # what the department's own check of the return reads beside it
    name="ofsted_providers", title="Ofsted's list of providers of placements, not a return", table="",
    supplies=supplies(
        urn="URN", kind="Provider type|Provision type", name="Setting name|Provider name", sector="Sector",
        status="Registration status|Provider status", placement="Placement code|Provider placement code", conditions="Conditions",
    ),
    signs=frozenset({"kind", "conditions"}),
)  # fmt: skip

LAYOUTS = (
    HEADER, EPISODES, MISSING, REVIEWS, OC2, OC3, AD1, PLACED, PREVIOUS_PERMANENCE, UASC, SOCIAL_WORKERS,
    DEPRIVATIONS_OF_LIBERTY, PROVIDERS,
)  # fmt: skip
YEARS = {"ssda903_oc2": "clao_year", "ssda903_oc3": "clea_year"}  # layouts whose rows say no day, and their year's column


def put_in_years(parts: list[Part]) -> None:
    """Give the rows of OC2 and OC3 the year of the return that they stand in, once each part's `cut` is known."""
    for part in parts:
        column = YEARS.get(part.layout.name)
        if not column:
            continue
        year = pd.Series(year_of(part.cut) if pd.notna(part.cut) else pd.NA, part.frame.index, dtype="Int64")
        year = part.frame["_year"].fillna(year) if "_year" in part.frame else year
        if year.isna().any():
            what = "neither a column YEAR nor a day in the files beside it tells which year's return this is"
            to_do = "Put it into one folder with the other files of its year. Its rows are left out."
            part.faults.append(Fault(part.records.file, what, to_do, part.layout.table, part.records.sheet))
            part.left_out[what] = int(year.isna().sum())
        part.frame = part.frame.assign(**{column: year})[year.notna()].reset_index(drop=True)
        part.columns += (column,)
