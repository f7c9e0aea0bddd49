"""The children in need census: XML, a file for each year, each child with all that was open or happened in it.

Referrals have no number in it: an identifier is made from the child and the day, which is the same in every year's file.
"""

from helpers.extracts.layouts import ABUSE, SEXES, YES_NO_NA, Layout, supplies
from helpers.extracts.xml_returns import XmlReturn

THE_CENSUS = "The children in need census"
NO_TEAM = f"{THE_CENSUS} does not say which team works with a child."
NO_LOCALITY = f"{THE_CENSUS} carries neither a team nor an address."
DISABILITIES = {"N": "none", "Y": "mob hand pc inc comm ld hear vis beh con aut dda"}

XML = XmlReturn(
    child="Child",
    identifier="LAchildID",
    groups=frozenset({"ChildIdentifiers", "ChildCharacteristics", "Disabilities", "FactorsIdentifiedAtAssessment", "Reviews"}),
    records=frozenset({"CINdetails", "Assessments", "AssessmentFactors", "CINPlanDates", "Section47", "ChildProtectionPlans",
                       "CPPreviewDate"}),
    dated={"CINdetails": "CINreferralDate", "Assessments": "AssessmentActualStartDate", "CINPlanDates": "CINPlanStartDate",
           "Section47": "S47ActualStartDate", "ChildProtectionPlans": "CPPstartDate"},
    apart={"DateOfInitialCPC": "InitialCPC", "InitialCPCtarget": "InitialCPC"},
    companions=frozenset({"InitialCPCtarget"}),
    several=frozenset({"Disability"}),
)  # fmt: skip


def _layout(table: str, of: str, sign: str, absent: dict[str, str] | None = None, **columns) -> Layout:
    title = f"the children in need census ({of})"
    return Layout(f"cin_census_{table}", title, table, supplies(**columns), frozenset({sign}), absent or {})


PERSONS = _layout(
    "persons", "children", "pers_dob",
    pers_person_id="LAchildID", pers_sex=("Sex|GenderCurrent", SEXES), pers_dob="PersonBirthDate",
    pers_expected_dob="ExpectedPersonBirthDate", pers_death_date="PersonDeathDate", pers_ethnicity="Ethnicity",
    pers_disability=("Disability", DISABILITIES), pers_upn="UPN",
    absent={"pers_family_id": f"{THE_CENSUS} does not say which children are of one family."},
)  # fmt: skip
CIN_EPISODES = _layout(
    "cin_episodes", "referrals", "cine_referral_date",
    cine_referral_id="CINdetails", cine_person_id="LAchildID", cine_referral_date="CINreferralDate",
    cine_cin_primary_need_code="PrimaryNeedCode", cine_referral_source_code="ReferralSource",
    cine_referral_nfa=("ReferralNFA", YES_NO_NA), cine_close_date="CINclosureDate", cine_close_reason="ReasonForClosure",
    absent={"cine_referral_team": NO_TEAM, "cine_locality": NO_LOCALITY},
)  # fmt: skip
ASSESSMENTS = _layout(
    "assessments", "assessments", "cina_assessment_start_date",
    cina_assessment_id="Assessments", cina_person_id="LAchildID", cina_referral_id="CINdetails",
    cina_assessment_start_date="AssessmentActualStartDate", cina_assessment_auth_date="AssessmentAuthorisationDate",
    absent={"cina_assessment_team": NO_TEAM, "cina_locality": NO_LOCALITY},
)  # fmt: skip
FACTORS = _layout(
    "assessment_factors", "factors", "cinf_assessment_factor",
    cinf_assessment_id="Assessments", cinf_assessment_factor="AssessmentFactors",
)  # fmt: skip
CIN_PLANS = _layout(
    "cin_plans", "child in need plans", "cinp_cin_plan_start_date",
    cinp_cin_plan_id="CINPlanDates", cinp_person_id="LAchildID", cinp_referral_id="CINdetails",
    cinp_cin_plan_start_date="CINPlanStartDate", cinp_cin_plan_end_date="CINPlanEndDate",
    absent={"cinp_cin_plan_team": NO_TEAM, "cinp_locality": NO_LOCALITY},
)  # fmt: skip
S47_ENQUIRIES = _layout(
    "s47_enquiries", "section 47 enquiries", "s47e_s47_start_date",
    s47e_s47_enquiry_id="Section47", s47e_person_id="LAchildID", s47e_referral_id="CINdetails",
    s47e_s47_start_date="S47ActualStartDate", s47e_conference_not_required=("ICPCnotRequired", YES_NO_NA),
    absent={"s47e_team": NO_TEAM, "s47e_locality": NO_LOCALITY},
)  # fmt: skip
CONFERENCES = _layout(
    "initial_cp_conferences", "initial conferences", "icpc_icpc_date",
    icpc_person_id="LAchildID", icpc_referral_id="CINdetails", icpc_s47_enquiry_id="Section47",
    icpc_icpc_target_date="InitialCPCtarget", icpc_icpc_date="DateOfInitialCPC",
    absent={"icpc_icpc_team": NO_TEAM, "icpc_locality": NO_LOCALITY},
)  # fmt: skip
CP_PLANS = _layout(
    "cp_plans", "child protection plans", "cppl_cp_plan_start_date",
    cppl_cp_plan_id="ChildProtectionPlans", cppl_person_id="LAchildID", cppl_referral_id="CINdetails",
    cppl_cp_plan_start_date="CPPstartDate", cppl_cp_plan_end_date="CPPendDate",
    cppl_cp_plan_initial_category=("InitialCategoryOfAbuse", ABUSE),
    cppl_cp_plan_latest_category=("LatestCategoryOfAbuse", ABUSE), cppl_number_of_previous_plans="NumberOfPreviousCPP",
    absent={"cppl_team": NO_TEAM, "cppl_locality": NO_LOCALITY},
)  # fmt: skip
CP_REVIEWS = _layout(
    "cp_reviews", "reviews of child protection plans", "cppr_cp_review_date",
    cppr_person_id="LAchildID", cppr_cp_plan_id="ChildProtectionPlans", cppr_cp_review_date="CPPreviewDate",
)  # fmt: skip

LAYOUTS = (
    PERSONS, CIN_EPISODES, ASSESSMENTS, FACTORS, CIN_PLANS, S47_ENQUIRIES, CONFERENCES, CP_PLANS, CP_REVIEWS
)  # fmt: skip
