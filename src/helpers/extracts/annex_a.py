"""Ofsted's Annex A: eleven lists, as one workbook or a file for each, in every dialect seen.

Headers are the template's (August 2019), regional layouts' and those of the Standard Safeguarding Dataset's SQL. Lists 3 and 6
are two views of a referral and meet in one table by child and day; List 5 holds enquiries and conferences; all but List 11
describe children. Codes are the template's, with or without their letter, by code or by words: the letters shift between dialects
(List 11 swaps two of gender's), so words decide.
"""

from itertools import permutations

import pandas as pd

from helpers.extracts.collection import About
from helpers.extracts.faults import Fault
from helpers.extracts.layouts import ABUSE, ACCEPTED, OFFERED, SEXES, Layout, supplies
from helpers.extracts.parts import Part, year_of

CHILD = "Child Unique ID|ChildUniqueID2|Child ID|Person ID|Unique ID"
TEAM = "Allocated Team|Team"
YES_NO = {"Y": "y yes true 1", "N": "n no false 0"}
YES_NO_UNKNOWN = YES_NO | {"U": "u unknown notknown notrecorded"}
NFA = {"Y": "y yes true 1 nfa nofurtheraction", "N": "n no false 0"}
GENDERS = SEXES | {"U": SEXES["U"] + " notstatedrecorded notstatedrecordedorunborn notrecorded unborn"}
ETHNICITIES = {
    "WROM": "gypsyroma", "BCRB": "blackcaribbean", "BAFR": "blackafrican", "OOTH": "other",
    "NOBT": "informationnotyetobtained informationnotobtained", "": "unknown notknown",
}  # fmt: skip
SOURCES = {
    "2A": "schools", "2B": "education", "5D": "laservicesearlyhelp earlyhelp", "7": "otherlegal legalagency legalagencies",
    "10": "notknown",
}  # fmt: skip
NEEDS = {
    "N1": "abuseneglectandexploitation", "N2": "childsdisability childdisability", "N3": "parentaldisabilityorillness"
    " parentalillnessordisability", "N4": "familyinacutestress", "N8": "absentparenting", "N9": "casesotherthanchildreninneed",
}  # fmt: skip
CASE_STATUSES = {
    "CLA": "lookedafterchild childlookedafter lac clacp", "CP": "childprotectionplan cpp",
    "CIN": "childinneedplan cinplan childinneed",
    "ASSESSMENT": "openassessment", "CLOSED": "closed closedepisode closedstepdown",
}  # fmt: skip
ONE_CATEGORY = ("neglect", "physical", "sexual", "emotional")
CATEGORIES = {
    code: f"{words} likelihoodof{words.split()[1]} likelihoodof{words.split()[1]}abuse" for code, words in ABUSE.items()
} | {"MUL": ABUSE["MUL"] + "".join(f" {one}{other}" for one, other in permutations(ONE_CATEGORY, 2))}
ELIGIBILITY = {"relevant": "relevantchild", "former": "formerrelevantchild formerrelevant", "qualifying": "qualifyingcareleaver",
               "eligible": "eligiblechild"}  # fmt: skip
SUITABLE = {"Y": "suitable y yes 1", "N": "unsuitable notsuitable n no 2"}
PERMANENCE_PLANS = {
    "family": "returntofamily", "adoption": "adoption", "order": "sgocao sgo cao", "supported": "supportedlivinginthecommunity",
    "residential": "longtermresidentialplacement", "fostering": "longtermfostering", "other": "other",
}  # fmt: skip
WHY_ADOPTERS_LEFT = {"withdrew": "1 1adopterwithdrewfromprocess adopterwithdrewfromprocess",
                     "on_hold": "2 2processputonhold processputonhold",
                     "refused": "3 3applicationrefused applicationrefused"}  # fmt: skip

SIX_MONTHS = "holds the six months before it was drawn"
OPEN_OR_RECENT = "holds each child once, if open when it was drawn or closed in the six months before"
NO_LOCALITY = "Annex A names a team and no locality: a team lookup is needed."
ONLY_IN_A_LOG = "Annex A does not carry it: it comes from a local log."
NO_REFERRAL = "Annex A does not say under which referral it was."


def _children(title: str) -> Layout:
    """What a list says of the children in it."""
    return Layout(
        "annex_a_persons", title, "persons",
        supplies(pers_person_id=CHILD, pers_sex=("Gender|Sex", GENDERS), pers_ethnicity=("Ethnicity", ETHNICITIES),
                 pers_dob="Date of Birth|DOB",
                 pers_disability=("Does the Child have a Disability|HasDisability|Disability", YES_NO_UNKNOWN)),
        frozenset(), mentions=True,
        absent={"pers_family_id": "Annex A does not say which children are of one family.",
                "pers_upn": "Annex A does not carry the unique pupil number."},
    )  # fmt: skip


def _list(
    number: int, what: str, table: str, sign: str, covers: str, columns: dict, absent: dict | None = None, **more
) -> Layout:
    title = f"Annex A's List {number} ({what})"
    more |= {"may_be_empty": number in (10, 11)}  # where few live, nobody may be adopted or adopt
    also = (*more.pop("also", ()), *([_children(title)] if number < 11 else []))
    return Layout(f"annex_a_{number}", title, table, supplies(**columns), frozenset({sign}), absent or {}, also=also,
                  covers=f"Annex A's List {number} {covers}.", **more)  # fmt: skip


def _first_date_known(part: Part) -> None:
    """The day of the decision, else the first day that the adoption reached: half of what tells one decision from another."""
    others = ["perm_placement_order_date", "perm_matched_date", "perm_placed_for_adoption_date", "perm_permanence_order_date"]
    others = [column for column in others if column in part.frame]
    if "perm_decision_date" in part.frame and others:
        part.frame["perm_decision_date"] = part.frame["perm_decision_date"].fillna(part.frame[others].min(axis=1))


CONFERENCES = Layout(
    "annex_a_5_conferences", "Annex A's List 5 (conferences)", "initial_cp_conferences",
    supplies(
        icpc_person_id=CHILD, icpc_icpc_date="Date of Initial Child Protection Conference|InitialCPConfDate|Date of ICPC",
        icpc_icpc_outcome_cp_flag=(
            "Did the Initial Child Protection Conference Result in a Child Protection Plan|CPConfResultInCPPlan", YES_NO),
        icpc_icpc_team=TEAM,
    ),
    frozenset(), covers=f"Annex A's List 5 {SIX_MONTHS}.",
    absent={"icpc_referral_id": NO_REFERRAL, "icpc_locality": NO_LOCALITY,
            "icpc_icpc_target_date": "Annex A does not say when a conference was due.",
            "icpc_icpc_transfer_in": "Annex A does not say whether a conference was held because a child moved in."},
)  # fmt: skip

LAYOUTS = (
    _list(1, "contacts", "contacts", "cont_contact_date", SIX_MONTHS,
          dict(cont_person_id=CHILD, cont_contact_date="Date of Contact|Contact Date",
               cont_contact_source_code=("Contact Source", SOURCES)),
          absent={"cont_contact_outcome": "Annex A does not say what became of a contact: the log of contact outcomes does.",
                  "cont_decided_at": ONLY_IN_A_LOG, "cont_team": "Annex A's List 1 names no team.",
                  "cont_locality": "Annex A's List 1 names neither a team nor a locality."}),
    _list(2, "early help assessments", "early_help_episodes", "earl_episode_start_date", SIX_MONTHS,
          dict(earl_person_id=CHILD, earl_episode_start_date="Assessment start date|EHA start date",
               earl_assessment_completed_date="Assessment completion date|EHA completion date",
               earl_episode_organisation="Organisation completing assessment"),
          absent={"earl_episode_end_date": "Annex A says when an assessment was completed and not when early help ended.",
                  "earl_episode_end_reason": "Annex A does not say how early help ended: the local log of early help does.",
                  "earl_episode_reason": ONLY_IN_A_LOG, "earl_family_id": ONLY_IN_A_LOG,
                  "earl_team": "Annex A's List 2 names no team.",
                  "earl_locality": "Annex A's List 2 names neither a team nor a locality."}),
    _list(3, "referrals", "cin_episodes", "cine_referral_date", SIX_MONTHS,
          dict(cine_person_id=CHILD, cine_referral_date="Date of referral|Referral Date",
               cine_referral_source_code=("Referral Source", SOURCES), cine_referral_nfa=("Referral NFA?", NFA),
               cine_referrals_in_last_12_months="Number of Referrals in Last 12 Months|ReferralsLast12Months",
               cine_referral_team=TEAM),
          absent={"cine_locality": NO_LOCALITY, "cine_family_id": "Annex A does not say which children are of one family.",
                  "cine_cin_primary_need_code": "Annex A's List 3 does not carry the main need; List 6 does.",
                  "cine_close_date": "Annex A's List 3 does not say when an episode closed; List 6 does.",
                  "cine_close_reason": "Annex A's List 3 does not say why an episode closed; List 6 does."}),
    _list(4, "assessments", "assessments", "cina_assessment_start_date", SIX_MONTHS,
          dict(cina_person_id=CHILD, cina_assessment_start_date="Continuous Assessment Start Date|ContinuousAssessmentStart",
               cina_assessment_child_seen=(
                   "Child Seen During Continuous Assessment|ContinuousAssessmentChildSeen", YES_NO_UNKNOWN),
               cina_assessment_auth_date="Continuous Assessment Date of Authorisation|ContinuousAssessmentAuthDate",
               cina_support_required=("Was the child assessed as requiring LA children's social care support|CSCSupportRequired"
                                      "|Was the child assessed as being in need at assessment?", YES_NO),
               cina_assessment_team=TEAM),
          absent={"cina_referral_id": NO_REFERRAL, "cina_locality": NO_LOCALITY,
                  "cina_assessment_outcome_nfa": "Annex A's List 4 says whether social care was needed, not what was decided."}),
    _list(5, "section 47 enquiries and conferences", "s47_enquiries", "s47e_s47_start_date", SIX_MONTHS,
          dict(s47e_person_id=CHILD,
               s47e_s47_start_date="Strategy discussion initiating Section 47 Enquiry Start Date|StratDiscussionDate",
               s47e_conference_not_required=(
                   "Was an Initial Child Protection Conference deemed unnecessary?|InitialCPConfUnnecessary", YES_NO),
               s47e_team=TEAM),
          absent={"s47e_referral_id": NO_REFERRAL, "s47e_locality": NO_LOCALITY,
                  "s47e_s47_end_date": "Annex A's List 5 does not say when an enquiry ended.",
                  "s47e_s47_nfa": "Annex A's List 5 does not say whether an enquiry ended in no further action."},
          also=(CONFERENCES,)),
    _list(6, "children in need", "cin_episodes", "cine_referral_date", OPEN_OR_RECENT,
          dict(cine_person_id=CHILD, cine_referral_date="CIN Start Date",
               cine_cin_primary_need_code=("Primary Need Code|Primary Need", NEEDS),
               cine_last_seen_date="Date Child Was Last Seen|DateChildLastSeen", cine_close_date="CIN Closure Date|CIN End Date",
               cine_close_reason="Reason for Closure", cine_case_status=("Case status", CASE_STATUSES), cine_referral_team=TEAM),
          absent={"cine_locality": NO_LOCALITY,
                  "cine_referral_source_code": "Annex A's List 6 does not say who referred; List 3 does.",
                  "cine_referral_nfa": "Annex A's List 6 does not say which referrals ended there; List 3 does."}),
    _list(7, "child protection plans", "cp_plans", "cppl_cp_plan_start_date", OPEN_OR_RECENT,
          dict(cppl_person_id=CHILD, cppl_cp_plan_start_date="Child Protection Plan Start Date|CP Plan Start Date",
               cppl_cp_plan_initial_category=("Initial Category of Abuse", CATEGORIES),
               cppl_cp_plan_latest_category=("Latest Category of Abuse", CATEGORIES),
               cppl_cp_plan_end_date="Child Protection Plan End Date|CP Plan End Date",
               cppl_number_of_previous_plans="Number of Previous Child Protection Plans", cppl_team=TEAM),
          absent={"cppl_referral_id": NO_REFERRAL, "cppl_locality": NO_LOCALITY,
                  "cppl_icpc_id": "Annex A does not say which conference led to a plan.",
                  "cppl_cp_plan_ola": "Annex A's List 7 holds the authority's own plans."}),
    _list(8, "children in care", "children_looked_after", "chla_started_date", OPEN_OR_RECENT,
          dict(chla_person_id=CHILD,
               chla_uasc=("Unaccompanied Asylum Seeking Child (UASC) within the Last 12 Months (Y/N)|UASC", YES_NO),
               chla_started_date="Date Started to be Looked After|LoookedAfterStartDate|LookedAfterStartDate",
               chla_ceased_date="Date Ceased to be Looked After|CeasedLookedAfterDate",
               chla_ceased_reason="Reason Ceased to be Looked After|ReasonCeasedLookedAfter",
               chla_primary_need_code=("Child's Category of Need|ChildCategoryOfNeed", NEEDS),
               chla_second_period=(
                   "Is this a second or subsequent period of being a Looked After Child within the last 12 months (Y/N)"
                   "|Is this a second or subsequent episode of being a Looked After Child within the last 12 months (Y/N)"
                   "|SubsequentLACEpisodeLast12Months", YES_NO),
               chla_legal_status="Child's Legal Status|Legal Status",
               chla_legal_status_date="Start date of current legal status|MostRecentLegalStatusStart",
               chla_latest_review_date="Date of Latest Statutory Review|LatestStatutoryReviewDate",
               chla_latest_visit_date="Date of Last Social Work Visit|LastSocialWorkVisitDate",
               chla_health_assessment_date="Date of Last Health Assessment|LastHealthAssessmentDate",
               chla_dental_check_date="Date of Last Dental Check|LastDentalCheckDate",
               chla_permanence_plan=("What is the permanence plan for this child?|PermanencePlan", PERMANENCE_PLANS),
               chla_placements="Number of Placements in the Last 12 months|PlacementsLast12Months",
               chla_placement_started_date="Start Date of Most Recent Placement|MostRecentPlacementStartDate",
               chla_placement_type="Placement Type", chla_placement_provider="Placement Provider",
               chla_placement_postcode="Placement postcode", chla_placement_urn="URN of Placement|PlacementURN",
               chla_missing="Number of Episodes the Child has been 'Missing' from their Placement in the last 12 months"
                            "|EpisodesChildMissingFromPlacement",
               chla_absent="Number of Episodes the Child has been 'Absent' from their Placement in the last 12 months"
                           "|EpisodesChildAbsentFromPlacement",
               chla_rhi_offered=("Was the child offered a Return Interview after their last missing episode (Y/N)?"
                                 "|ChildOfferedReturnInterviewAfterLastMFH", OFFERED),
               chla_rhi_accepted=("Did the child accept a Return Interview after their last missing episode (Y/N)?"
                                  "|ChildAcceptedReturnInterviewAfterLastMFH", ACCEPTED),
               chla_team=TEAM),
          absent={"chla_locality": NO_LOCALITY}),
    _list(9, "care leavers", "care_leavers", "clea_care_leaver_eligibility", "holds care leavers on the day it was drawn",
          dict(clea_person_id=CHILD, clea_care_leaver_eligibility=("Eligibility Category", ELIGIBILITY),
               clea_uasc=("Unaccompanied Asylum Seeking Child (UASC), or formerly UASC if 18 or over (Y/N)|UASC", YES_NO),
               clea_pathway_plan_review_date="Latest Pathway Plan Review Date|LatestPathwayPlan",
               clea_care_leaver_in_touch=("LA In Touch", {"REFU": "refused", "NREQ": "notrequired", "RHOM": "returnedhome"}),
               clea_care_leaver_latest_contact="Latest Date of Contact|LatestContact",
               clea_care_leaver_accommodation="Type of Accommodation|AccommodationType",
               clea_care_leaver_accom_suitable=("Suitability of Accommodation|AccommodationSuitability", SUITABLE),
               clea_care_leaver_activity="Activity Status", clea_care_leaver_allocated_team=TEAM),
          absent={"clea_locality": NO_LOCALITY}),
    _list(10, "adoption", "permanence", "perm_decision_date", "holds the twelve months before it was drawn",
          dict(perm_person_id=CHILD, perm_family_id="Family identifier|FamilyID",
               perm_entered_care_date="Date the Child Entered Care|EnteredCareDate",
               perm_decision_date="Date of Decision that Child Should be Placed for Adoption|ADMSHOBPADecisionDate",
               perm_placement_order_date="Date of Placement Order|PlacementOrderDate",
               perm_matched_date="Date of Matching Child and Prospective Adopters|MatchedForAdoptionDate",
               perm_placed_for_adoption_date="Date Placed for Adoption|PlacedForAdoptionDate",
               perm_permanence_order_date="Date of Adoption Order|AdoptionOrderDate",
               perm_decision_reversed_date="Date of Decision that Child Should No Longer be Placed for Adoption"
                                           "|DecisionReversedDate",
               perm_decision_reversed_reason="Reason Why Child No Longer Placed for Adoption|DecisionReversedReason",
               perm_placed_ffa_cp_date="Date the child was placed for fostering in FFA or concurrent planning placement"
                                       "|DateFFAConsurrencyPlacement"),
          complete=_first_date_known),
    _list(11, "adopters", "adopters", "adop_adopter_id", "holds the twelve months before it was drawn",
          dict(adop_adopter_id="Individual adopter identifier|AdopterIdentifier|AdopterID",
               adop_family_id="Family identifier|FamilyIdentifier", adop_sex=("Gender|Sex", GENDERS),
               adop_ethnicity=("Ethnicity", ETHNICITIES), adop_disability=("Disability", YES_NO_UNKNOWN),
               adop_fostering_for_adoption=("Is the (prospective) adopter fostering for adoption?", YES_NO),
               adop_enquiry_date="Date enquiry received|EnquiryDate",
               adop_stage_1_started_date="Date Stage 1 started|Stage1StartDate",
               adop_stage_1_ended_date="Date Stage 1 ended|Stage1EndDate",
               adop_stage_2_started_date="Date Stage 2 started|Stage2StartDate",
               adop_stage_2_ended_date="Date Stage 2 ended|Stage2EndDate",
               adop_application_date="Date application submitted|ApplicationDate",
               adop_approved_date="Date application approved|ApplicationApprDate",
               adop_matched_date="Date adopter matched with child(ren)|MatchedDate",
               adop_placed_date="Date child/children placed with adopter(s)|PlacedDate",
               adop_children_placed="No. of children placed|Number of children placed|NumSiblingsPlaced",
               adop_order_date="Date of Adoption Order|AdoptionOrderDate",
               adop_left_date="Date of leaving adoption process|AdoptionLeaveDate",
               adop_left_reason=("Reason for leaving adoption process|AdoptingLeaveReason", WHY_ADOPTERS_LEFT))),
)  # fmt: skip
ENQUIRIES, IN_NEED = LAYOUTS[4], LAYOUTS[5]
LAYOUTS += (
    Layout("annex_a_codes", "Annex A's page of codes", "",
           supplies(source="Contact / Referral Source", sex="Gender", ethnicity="Ethnicity", need="Primary Need Code",
                    closure="Reason for Closure", status="Case status", abuse="Initial/Latest Category of Abuse",
                    legal="Child's Legal Status", placement="Placement Type", leaver="Eligibility Category",
                    accommodation="Type of Accommodation", suitable="Suitability of Accommodation", activity="Activity Status",
                    touch="LA In Touch"), frozenset({"source"})),
    Layout("annex_a_questions", "Annex A's page of questions and changes", "",
           supplies(which="List", date="Date", question="Question", response="Response"), frozenset({"which"})),
)  # fmt: skip


def complete(parts: list[Part], about: About | None) -> None:
    """What no list says alone: which referrals are listed, conferences under their enquiry, the year of a list of care leavers.

    A referral and a child in need episode that begin on one day become one row when they are joined; an episode without a
    referral in List 3 is a row whose `cine_referral_listed` is false: it began before the six months, or was never listed.
    Parts know the day they go to.
    """
    parts = [part for part in parts if part.rows and not part.fatal]
    for part in parts:
        if part.layout.table == "cin_episodes":
            part.frame["cine_referral_listed"] = pd.array([part.layout is not IN_NEED] * len(part.frame), dtype="boolean")
        if part.layout.table == "care_leavers" and "clea_year" not in part.frame:
            _put_in_year(part, parts, about)
        if part.layout is CONFERENCES:
            enquiries = next((one for one in parts if one.layout is ENQUIRIES and one.records is part.records), None)
            if enquiries is None:
                continue
            started = enquiries.frame.set_index("_row")["s47e_s47_start_date"].reindex(part.frame["_row"]).reset_index(drop=True)
            called = part.frame["icpc_person_id"] + " " + started.dt.strftime("%Y-%m-%d")
            part.frame["icpc_s47_enquiry_id"] = called.astype("str")


def _put_in_year(leavers: Part, parts: list[Part], about: About | None) -> None:
    """The year in which a list of care leavers was drawn: by its own days, the lists' beside it, or what about.yml says."""
    beside = [part.cut for part in parts if _drawn_together(leavers, part) and pd.notna(part.cut)]
    said = about and (about.extracted_on or (about.period and about.period[1]))
    day = leavers.cut if pd.notna(leavers.cut) else max(beside, default=pd.Timestamp(said or pd.NaT))
    if pd.isna(day):
        what = "no day in it or in the lists beside it tells which year's list this is"
        to_do = "Give an about.yml with extracted_on, or the other lists of the same extract."
        leavers.faults.append(Fault(leavers.records.file, what, to_do, leavers.layout.table, leavers.records.sheet, fatal=True))
        return
    leavers.frame["clea_year"] = year_of(day)
    leavers.cut = day


def _drawn_together(one: Part, other: Part) -> bool:
    """Whether two lists are of one extract: sheets of one workbook, or files of one folder."""
    if one.records.sheet or other.records.sheet:
        return one.records.file == other.records.file
    return (
        one.records.file.rpartition("/")[0] == other.records.file.rpartition("/")[0]
        and one.layout.name[:4] == other.layout.name[:4]
    )
