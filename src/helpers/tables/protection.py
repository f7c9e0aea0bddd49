"""Section 47 enquiries, conferences, plans, and Safeguarding Families Together."""

from helpers.tables.codes import ABUSE, YES_NO
from helpers.tables.definition import Column, table

S47_ENQUIRIES = table(
    "s47_enquiries", "Section 47 enquiries", "one section 47 enquiry about one child",
    "the children in need census, Annex A's List 5, or the Standard Safeguarding Dataset's ssd_s47_enquiry table",
    "s47e_s47_enquiry_id",
    Column("s47e_s47_enquiry_id", "row identifier, the authority's own or made when the extract is read", required=True),
    Column("s47e_person_id", "the child", required=True, identifier=True, refers_to="persons"),
    Column("s47e_referral_id", "the referral under which it was made", identifier=True, refers_to="cin_episodes"),
    Column("s47e_s47_start_date", "day the strategy discussion started it", "date", required=True, before_birth=True),
    Column("s47e_s47_end_date", "day it ended", "date", not_before="s47e_s47_start_date", before_birth=True),
    Column("s47e_s47_nfa", "no further action", "code", allowed=YES_NO),
    Column("s47e_conference_not_required", "a conference was judged not to be needed", "code", allowed=YES_NO, local=True),
    Column("s47e_team", "team", local=True),
    Column("s47e_locality", "locality of that team on the day of the start", local=True),
)  # fmt: skip

INITIAL_CP_CONFERENCES = table(
    "initial_cp_conferences", "Initial child protection conferences", "one initial child protection conference about one child",
    "the children in need census, Annex A's List 5, or the Standard Safeguarding Dataset's ssd_initial_cp_conference table",
    "icpc_icpc_id",
    Column("icpc_icpc_id", "row identifier, the authority's own or made when the extract is read", required=True),
    Column("icpc_person_id", "the child", required=True, identifier=True, refers_to="persons"),
    Column("icpc_referral_id", "the referral", identifier=True, refers_to="cin_episodes"),
    Column("icpc_s47_enquiry_id", "the enquiry that led to it; empty where the child moved in", refers_to="s47_enquiries"),
    Column("icpc_icpc_transfer_in", "held because a child with a plan moved in", "code", allowed=YES_NO),
    Column("icpc_icpc_target_date", "day it was due", "date", before_birth=True, future=True),
    Column("icpc_icpc_date", "day it was held", "date", required=True, before_birth=True),
    Column("icpc_icpc_outcome_cp_flag", "it led to a child protection plan", "code", allowed=YES_NO),
    Column("icpc_icpc_team", "team"),
    Column("icpc_locality", "locality of that team on the day of the conference", local=True),
)  # fmt: skip

CIN_PLANS = table(
    "cin_plans", "Child in need plans", "one child in need plan of one child",
    "the children in need census, or the Standard Safeguarding Dataset's ssd_cin_plans table",
    "cinp_cin_plan_id",
    Column("cinp_cin_plan_id", "row identifier, the authority's own or made when the extract is read", required=True),
    Column("cinp_person_id", "the child", required=True, identifier=True, refers_to="persons"),
    Column("cinp_referral_id", "the referral", identifier=True, refers_to="cin_episodes"),
    Column("cinp_cin_plan_start_date", "day the plan started", "date", required=True, before_birth=True),
    Column("cinp_cin_plan_end_date", "day it ended; empty while open", "date", not_before="cinp_cin_plan_start_date",
           before_birth=True),
    Column("cinp_cin_plan_team", "team"),
    Column("cinp_locality", "locality of that team on the day of the start", local=True),
)  # fmt: skip

CP_PLANS = table(
    "cp_plans", "Child protection plans", "one child protection plan of one child",
    "the children in need census, Annex A's List 7 (each child's latest plan), or the Standard Safeguarding Dataset's "
    "ssd_cp_plans table",
    "cppl_cp_plan_id",
    Column("cppl_cp_plan_id", "the plan, the authority's own identifier or made when the extract is read", required=True,
           identifier=True),
    Column("cppl_person_id", "the child", required=True, identifier=True, refers_to="persons"),
    Column("cppl_referral_id", "the referral (child in need episode) under which the plan was made", identifier=True,
           refers_to="cin_episodes"),
    Column("cppl_icpc_id", "the initial child protection conference", identifier=True),
    Column("cppl_cp_plan_start_date", "day the plan started", "date", required=True, before_birth=True),
    Column("cppl_cp_plan_end_date", "day the plan ended; empty while open", "date", not_before="cppl_cp_plan_start_date",
           before_birth=True),
    Column("cppl_cp_plan_initial_category", "category of abuse at the start", "code", allowed=ABUSE),
    Column("cppl_cp_plan_latest_category", "latest category of abuse", "code", allowed=ABUSE),
    Column("cppl_cp_plan_ola", "another authority's plan", "code", allowed=YES_NO),
    Column("cppl_number_of_previous_plans", "plans the child had before, as the return counts them", "whole number",
           unit="plans", local=True),
    Column("cppl_team", "team of the referral", local=True),
    Column("cppl_locality", "locality of that team when the plan started", local=True),
    Column("cppl_family_id", "family, from ssd_family where it came", identifier=True, local=True),
)  # fmt: skip

CP_REVIEWS = table(
    "cp_reviews", "Child protection reviews", "one review conference of one plan",
    "the children in need census, or the Standard Safeguarding Dataset's ssd_cp_reviews table",
    ("cppr_cp_plan_id", "cppr_cp_review_date"),
    Column("cppr_cp_plan_id", "the plan", required=True, identifier=True, refers_to="cp_plans"),
    Column("cppr_person_id", "the child", required=True, identifier=True, refers_to="persons"),
    Column("cppr_cp_review_date", "day of the review", "date", required=True, before_birth=True),
)  # fmt: skip

SFT_ALLOCATIONS = table(
    "sft_allocations", "Safeguarding Families Together allocations", "one child's allocation to Safeguarding Families Together",
    "the local log of Safeguarding Families Together",
    ("sfta_person_id", "sfta_start_date"),
    Column("sfta_person_id", "the child", required=True, identifier=True, local=True, refers_to="persons"),
    Column("sfta_family_id", "the family", identifier=True, local=True),
    Column("sfta_start_date", "day the allocation started", "date", required=True, before_birth=True, local=True),
    Column("sfta_end_date", "day it ended; empty while open", "date", not_before="sfta_start_date", local=True),
    Column("sfta_locality", "locality", local=True),
    Column("sfta_practitioners", "mental health; substance use; domestic abuse: any, separated by ;", local=True),
    Column("sfta_parental_risks", "parental risks, the same three, separated by ;", local=True),
    Column("sfta_end_reason", "why it ended; empty while open", local=True),
)  # fmt: skip
