"""From contact to assessment: what reaches the front door, and what becomes of it."""

from helpers.tables.codes import CLOSE_REASONS, NEEDS, SOURCES, YES_NO
from helpers.tables.definition import Column, codes, table

CONTACTS = table(
    "contacts", "Contacts", "one contact about one child",
    "Annex A's List 1, the local log of contact outcomes, or the Standard Safeguarding Dataset's ssd_contacts table",
    "cont_contact_id",
    Column("cont_contact_id", "row identifier, the authority's own or made when the extract is read", required=True),
    Column("cont_person_id", "the child", required=True, identifier=True, refers_to="persons"),
    Column("cont_contact_date", "day of the contact", "date", required=True, before_birth=True),
    Column("cont_contact_source_code", "who made contact, 1A to 10", "code", allowed=SOURCES),
    Column(
        "cont_contact_outcome", "what was decided", "code", local=True,
        allowed=codes(referral="a referral to social care", early_help="early help", information="information and advice",
                      nfa="no further action"),
    ),
    Column("cont_decided_at", "when it was decided", "date and time", not_before="cont_contact_date", before_birth=True,
           local=True),
    Column("cont_team", "team that took it", local=True),
    Column("cont_locality", "locality of the team or as recorded", local=True),
)  # fmt: skip

EARLY_HELP_EPISODES = table(
    "early_help_episodes", "Early help episodes", "one early help episode of one child",
    "the local log of early help, the Standard Safeguarding Dataset's ssd_early_help_episodes table, or Annex A's List 2 "
    "(assessments: when help ended and why is not in it)",
    "earl_episode_id",
    Column("earl_episode_id", "row identifier, the authority's own or made when the extract is read", required=True),
    Column("earl_person_id", "the child", required=True, identifier=True, refers_to="persons"),
    Column("earl_episode_start_date", "day early help (or its assessment) started", "date", required=True, before_birth=True),
    Column("earl_assessment_completed_date", "day the early help assessment was completed", "date", local=True,
           not_before="earl_episode_start_date", before_birth=True),
    Column("earl_episode_end_date", "day early help ended; empty while open", "date", not_before="earl_episode_start_date",
           before_birth=True),
    Column("earl_episode_reason", "why early help was given"),
    Column(
        "earl_episode_end_reason", "why it ended; empty while open", "code",
        allowed=codes(outcomes_met="outcomes met", step_up="stepped up to social care", disengaged="disengaged or withdrew",
                      moved="moved away", nfa="no further action", other="another reason"),
    ),
    Column("earl_episode_organisation", "organisation that led it"),
    Column("earl_family_id", "family", identifier=True, local=True),
    Column("earl_team", "team", local=True),
    Column("earl_locality", "locality of that team on the day of the start", local=True),
)  # fmt: skip

CIN_EPISODES = table(
    "cin_episodes", "Referrals and child in need episodes",
    "one referral of one child and the child in need episode that follows",
    "the children in need census, Annex A's Lists 3 and 6, or the Standard Safeguarding Dataset's ssd_cin_episodes table",
    "cine_referral_id",
    Column("cine_referral_id", "the referral, the authority's own identifier or made when the extract is read", required=True,
           identifier=True),
    Column("cine_person_id", "the child", required=True, identifier=True, refers_to="persons"),
    Column("cine_referral_date", "day of the referral", "date", required=True, before_birth=True),
    Column("cine_cin_primary_need_code", "main need", "code", allowed=NEEDS),
    Column("cine_referral_source_code", "who referred, 1A to 10", "code", allowed=SOURCES),
    Column("cine_referral_nfa", "no further action", "code", allowed=YES_NO),
    Column("cine_close_date", "day the episode closed; empty while open", "date", not_before="cine_referral_date",
           before_birth=True),
    Column("cine_close_reason", "why it closed; empty while open", "code", allowed=CLOSE_REASONS),
    Column("cine_referrals_in_last_12_months", "referrals in the 12 months before the child's latest one, as Annex A counts them",
           "whole number", unit="referrals", local=True),
    Column(
        "cine_case_status", "status of the case, as Annex A's List 6 gives it", "code", local=True,
        allowed=codes(CLA="looked after", CP="child protection plan", CIN="child in need plan", ASSESSMENT="open assessment",
                      CLOSED="closed episode"),
    ),
    Column("cine_last_seen_date", "day the child was last seen", "date", local=True),
    Column("cine_referral_listed", "the extract lists the referral itself; false: only the child in need episode, whose referral "
           "may be earlier or not be listed (Annex A's List 6)", "true or false", local=True),
    Column("cine_referral_team", "team"),
    Column("cine_locality", "locality of that team on the day of the referral", local=True),
    Column("cine_family_id", "family, from ssd_family where it came", identifier=True, local=True),
)  # fmt: skip

ASSESSMENTS = table(
    "assessments", "Assessments by social care", "one continuous (single) assessment of one child",
    "the children in need census, Annex A's List 4, or the Standard Safeguarding Dataset's ssd_cin_assessments table",
    "cina_assessment_id",
    Column("cina_assessment_id", "row identifier, the authority's own or made when the extract is read", required=True),
    Column("cina_person_id", "the child", required=True, identifier=True, refers_to="persons"),
    Column("cina_referral_id", "the referral under which it was made", identifier=True, refers_to="cin_episodes"),
    Column("cina_assessment_start_date", "day it started", "date", required=True, before_birth=True),
    Column("cina_assessment_auth_date", "day it was authorised; empty while open", "date",
           not_before="cina_assessment_start_date", before_birth=True),
    Column("cina_assessment_child_seen", "the child was seen", "code", allowed=codes(Y="yes", N="no", U="unknown")),
    Column("cina_assessment_outcome_nfa", "no further action", "code", allowed=YES_NO),
    Column("cina_support_required", "assessed as needing social care", "code", allowed=YES_NO, local=True),
    Column("cina_assessment_team", "team"),
    Column("cina_locality", "locality of that team on the day of the start", local=True),
)  # fmt: skip

ASSESSMENT_FACTORS = table(
    "assessment_factors", "Factors found at assessment", "one factor identified at the end of one assessment",
    "the children in need census",
    ("cinf_assessment_id", "cinf_assessment_factor"),
    Column("cinf_assessment_id", "the assessment", required=True, refers_to="assessments"),
    Column("cinf_assessment_factor", "factor code of the year's census, for example 3A, 4B", "code", required=True, local=True),
)  # fmt: skip
