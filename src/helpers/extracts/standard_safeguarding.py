"""The Standard Safeguarding Dataset's tables: columns named as in the typed tables, JSON read where it is certain."""

import re
from itertools import permutations

import pandas as pd

from helpers.extracts.cin_census import DISABILITIES
from helpers.extracts.faults import Fault
from helpers.extracts.layouts import (
    ABUSE,
    ACCEPTED,
    MISSING_TYPES,
    NOT_REQUIRED,
    OFFERED,
    SEXES,
    YES_NO_NA,
    Layout,
    itself,
    supplies,
)  # fmt: skip
from helpers.extracts.local_logs import CONTACT_SOURCES, WHY_EARLY_HELP_ENDED
from helpers.extracts.parts import Part

ABUSES = ("neglect", "physicalabuse", "sexualabuse", "emotionalabuse")
CATEGORIES = ABUSE | {
    "MUL": ABUSE["MUL"]
    + "".join(f" multiple{''.join(listed)}" for several in (2, 3, 4) for listed in permutations(ABUSES, several))
}
ELIGIBILITIES = {"relevant": "relevant", "former": "formerrelevant", "qualifying": "qualifying"}
SUITABLE = {"Y": "1 y yes suitable", "N": "2 n no unsuitable"}
SEEN = {"Y": "y yes 1 true", "N": "n no 0 false", "U": "u unknown"}
# Of a contact's outcomes, those that say what was decided; the first that is marked stands.
CONTACT_OUTCOMES = {"NEW_REFERRAL_FLAG": "referral", "ADVICE_FLAG": "information", "NFA_FLAG": "nfa"}
FACTOR = re.compile(r"(?P<factor>\d{1,2}[A-Za-z]?)(?P<marked>[\"']?\s*:\s*[\"']?(?P<mark>\w*))?")
NAME_OF_LIST = re.compile(r"[\"']?[A-Za-z_ ]{3,}[\"']?\s*:\s*(?=\[)")  # {"factors": ["1A"]}
MARKS = dict.fromkeys(("y", "yes", "1", "true"), True) | dict.fromkeys(("n", "no", "0", "false", "null", "unknown", ""), False)


def marked(outcomes: pd.Series, flag: str) -> pd.Series:
    """Whether each JSON text of outcomes marks `flag`: "Y" or "N", missing where it does not say."""
    says = outcomes.str.extract(rf"(?i)(?<![a-z_]){flag}\"?\s*:\s*\"?(y|n|1|0|true|false)", expand=False).str.upper()
    return says.map({"Y": "Y", "1": "Y", "TRUE": "Y", "N": "N", "0": "N", "FALSE": "N"}).astype("str")


def _decided(column: str, flag: str):
    """What fills `column` from a flag of the outcomes where the table itself leaves it empty."""

    def complete(part: Part) -> None:
        if "_text" in part.frame:
            own = part.frame[column] if column in part.frame else pd.Series(pd.NA, part.frame.index, dtype="str")
            part.frame[column] = own.fillna(marked(part.frame["_text"], flag))
            part.columns += (column,)

    return complete


def _contact_outcome(part: Part) -> None:
    if "_text" in part.frame:
        outcome = pd.Series(pd.NA, part.frame.index, dtype="str")
        for flag, decided in CONTACT_OUTCOMES.items():
            outcome = outcome.mask(outcome.isna() & (marked(part.frame["_text"], flag) == "Y"), decided)
        part.frame["cont_contact_outcome"] = outcome
        part.columns += ("cont_contact_outcome",)


def _factors(part: Part) -> None:
    """A row for each factor: listed (["1A", "2B"], or 1A, 2B) or marked ({"1A": "Yes", "2B": "No"}); what is neither is told."""
    written = part.frame["_text"]
    found = written.fillna("").map(lambda text: _listed_factors(text) if text else ())
    unread = written.notna() & found.isna()
    if unread.any():
        what, to_do = "no factors can be read from it", 'Write them as a list: ["1A", "2B"], or 1A, 2B. It counts as none.'
        position = part.layout.match(part.records.header)["_text"]
        part.faults.append(
            Fault(part.records.file, what, to_do, part.layout.table, part.records.sheet,
                  rows=tuple(map(int, part.frame.loc[unread, "_row"])), example=written[unread].iloc[0][:40],
                  **part.records.where(position))
        )  # fmt: skip
        part.left_out[what] = int(unread.sum())
    rows = part.frame.assign(cinf_assessment_factor=found.map(list, na_action="ignore")).drop(columns="_text")
    part.frame = rows.explode("cinf_assessment_factor").dropna(subset="cinf_assessment_factor").reset_index(drop=True)
    part.frame["cinf_assessment_factor"] = part.frame["cinf_assessment_factor"].astype("str")
    part.columns += ("cinf_assessment_factor",)


def _listed_factors(text: str) -> tuple[str, ...] | None:
    """The factors that a text lists or marks as found; None where anything in it is neither."""
    bare = NAME_OF_LIST.sub("", text).strip("[]{} ")
    parts = [part.strip(" \"'[]") for part in re.split(r"[,;|]" if ":" in bare else r"[,;|\s]", bare)]
    found = [FACTOR.fullmatch(part) for part in parts if part]
    marks = [MARKS.get((one["mark"] or "").lower()) if one and one["marked"] else bool(one) for one in found]
    if None in marks or None in found:
        return None
    return tuple(dict.fromkeys(one["factor"].upper() for one, mark in zip(found, marks, strict=True) if mark))


def _layout(ssd: str, table: str, *signs: str, outcomes: str = "", complete=None, **spelled) -> Layout:
    """One table under its own names; `outcomes` is its JSON column, `complete` what is read from that."""
    json = supplies(_text=outcomes) if outcomes else ()
    title = f"the Standard Safeguarding Dataset's {ssd} table"
    return Layout(ssd, title, table, itself(table, **spelled) + json, frozenset(signs), complete=complete)


LAYOUTS = (
    _layout("ssd_person", "persons", "pers_person_id", pers_sex=SEXES),
    Layout(
        "ssd_family", "the Standard Safeguarding Dataset's ssd_family table", "persons",
        supplies(pers_person_id="fami_person_id", pers_family_id="fami_family_id"), frozenset({"pers_family_id"}),
        mentions=True,
    ),
    Layout(
        "ssd_disability", "the Standard Safeguarding Dataset's ssd_disability table", "persons",
        supplies(pers_person_id="disa_person_id", pers_disability=("disa_disability_code", DISABILITIES),
                 _text="disa_disability_code"),
        frozenset({"pers_disability"}),
        mentions=True,
    ),
    _layout("ssd_contacts", "contacts", "cont_contact_date", outcomes="cont_contact_outcome_json", complete=_contact_outcome,
            cont_contact_source_code=CONTACT_SOURCES),
    _layout("ssd_early_help_episodes", "early_help_episodes", "earl_episode_start_date",
            earl_episode_end_reason=WHY_EARLY_HELP_ENDED),
    _layout("ssd_cin_episodes", "cin_episodes", "cine_referral_date", outcomes="cine_referral_outcome_json",
            complete=_decided("cine_referral_nfa", "NFA_FLAG"), cine_referral_nfa=YES_NO_NA,
            cine_referral_source_code=CONTACT_SOURCES),
    _layout("ssd_cin_assessments", "assessments", "cina_assessment_start_date", outcomes="cina_assessment_outcome_json",
            complete=_decided("cina_assessment_outcome_nfa", "NFA_FLAG"), cina_assessment_outcome_nfa=YES_NO_NA,
            cina_assessment_child_seen=SEEN),
    Layout(
        "ssd_assessment_factors", "the Standard Safeguarding Dataset's ssd_assessment_factors table", "assessment_factors",
        supplies(cinf_assessment_id="cinf_assessment_id", _text="cinf_assessment_factors_json"), frozenset({"_text"}),
        complete=_factors,
    ),
    _layout("ssd_cin_plans", "cin_plans", "cinp_cin_plan_start_date"),
    _layout("ssd_s47_enquiry", "s47_enquiries", "s47e_s47_start_date", outcomes="s47e_s47_outcome_json",
            complete=_decided("s47e_s47_nfa", "NFA_FLAG"), s47e_s47_nfa=YES_NO_NA),
    _layout("ssd_initial_cp_conference", "initial_cp_conferences", "icpc_icpc_date", outcomes="icpc_icpc_outcome_json",
            complete=_decided("icpc_icpc_outcome_cp_flag", "CP_FLAG"), icpc_icpc_transfer_in=YES_NO_NA,
            icpc_icpc_outcome_cp_flag=YES_NO_NA),
    _layout("ssd_cp_plans", "cp_plans", "cppl_cp_plan_start_date", "cppl_cp_plan_id", cppl_cp_plan_initial_category=CATEGORIES,
            cppl_cp_plan_latest_category=CATEGORIES, cppl_cp_plan_ola=YES_NO_NA),
    _layout("ssd_cp_reviews", "cp_reviews", "cppr_cp_review_date"),
    _layout("ssd_cla_episodes", "cla_episodes", "clae_cla_episode_start_date"),
    _layout("ssd_cla_previous_permanence", "previous_permanence", "lapp_previous_permanence_option"),
    _layout("ssd_missing", "missing_episodes", "miss_missing_episode_start_date", miss_missing_episode_type=MISSING_TYPES,
            miss_missing_rhi_offered=OFFERED | NOT_REQUIRED,
            miss_missing_rhi_accepted=ACCEPTED | NOT_REQUIRED),
    _layout("ssd_care_leavers", "care_leavers", "clea_care_leaver_eligibility", clea_care_leaver_eligibility=ELIGIBILITIES,
            clea_care_leaver_accom_suitable=SUITABLE),
    Layout(
        "ssd_permanence", "the Standard Safeguarding Dataset's ssd_permanence table", "permanence",
        itself("permanence", perm_adopted_by_carer_flag=YES_NO_NA) + supplies(perm_decision_date="perm_adm_decision_date"),
        frozenset({"perm_decision_date", "perm_placement_order_date"}),
    ),
)  # fmt: skip
