"""Children looked after, those who go missing, those who leave care, and adoption."""

from helpers.tables.codes import (
    CEASED_REASONS,
    NEEDS,
    PLACEMENT_CHANGES,
    PLACEMENTS,
    PROVIDERS,
    YES_NO,
    YES_NO_NA,
    YES_NO_UNKNOWN,
)  # fmt: skip
from helpers.tables.definition import Column, codes, table

MISSING_FROM = codes(
    home="the family home", foster="a foster placement", residential="a children's home or other residential placement",
    supported="supported or independent accommodation", other="another place",
)  # fmt: skip
START_REASONS = codes(
    S="started to be looked after", L="change of legal status only", P="change of placement and carer only",
    T="change of placement, same carer", B="change of legal status, placement and carer",
    U="change of legal status and placement, same carer",
)  # fmt: skip
LEGAL_STATUSES = codes(
    C1="interim care order", C2="full care order", D1="freeing order", E1="placement order", V2="section 20",
    V3="short breaks, agreed series", V4="short breaks, separate agreements", L1="police protection",
    L2="emergency protection order", L3="child assessment order", J1="remanded to care", J2="detained under criminal justice law",
    J3="sentenced to a youth rehabilitation order with residence",
)  # fmt: skip

MISSING_EPISODES = table(
    "missing_episodes", "Missing episodes", "one missing or absent incident",
    "the local log of missing episodes (at home and in care), the Standard Safeguarding Dataset's ssd_missing table, or the "
    "SSDA903 return's Missing file (care only)",
    "miss_table_id",
    Column("miss_table_id", "row identifier, the authority's own or made when the extract is read", required=True),
    Column("miss_person_id", "the child", required=True, identifier=True, refers_to="persons"),
    Column("miss_missing_episode_start_date", "when the child went missing", "date and time", required=True),
    Column("miss_missing_episode_end_date", "when the child returned; empty while still missing", "date and time",
           not_before="miss_missing_episode_start_date"),
    Column("miss_time_recorded", "start and return have a time of day; false: dates only", "true or false", local=True),
    Column(
        "miss_missing_episode_type", "missing, or away without authorisation", "code",
        allowed=codes(missing="missing", absent="absent, or away without authorisation"),
    ),
    Column("miss_missing_from", "where the child went missing from", "code", allowed=MISSING_FROM, local=True),
    Column("miss_reported_by", "who reported the child missing", local=True),
    Column("miss_risk_grade", "risk grade given", "code", allowed=codes(low="low", medium="medium", high="high"), local=True),
    Column("miss_missing_rhi_offered", "return home interview offered", "code", allowed=YES_NO_NA),
    Column("miss_missing_rhi_offered_date", "when the interview was offered; empty where it was not",
           "date and time", local=True),
    Column("miss_missing_rhi_accepted", "return home interview accepted", "code", allowed=YES_NO_NA),
    Column("miss_missing_rhi_completed_date", "when the interview was completed; empty where none was",
           "date and time", local=True),
    Column("miss_placing_authority", "authority that placed the child; empty or our own name: ours", local=True),
    Column("miss_exploitation_concern", "concern of exploitation recorded", "code", allowed=YES_NO, local=True),
    Column("miss_locality", "locality, from the log itself", local=True),
)  # fmt: skip

CLA_EPISODES = table(
    "cla_episodes", "Episodes of care", "one episode of being looked after: a stretch with the same placement and legal status",
    "the SSDA903 return's Episodes files",
    "clae_cla_episode_id",
    Column("clae_cla_episode_id", "row identifier, made when the extract is read", required=True),
    Column("clae_person_id", "the child", required=True, identifier=True, refers_to="persons"),
    Column("clae_cla_episode_start_date", "day the episode started", "date", required=True),
    Column("clae_cla_episode_start_reason", "why the episode started", "code", allowed=START_REASONS),
    Column("clae_cla_episode_ceased_date", "day the episode ended; empty while open", "date",
           not_before="clae_cla_episode_start_date"),
    Column("clae_cla_episode_ceased_reason", "why it ended; empty while open: X1 another episode follows, E.. left care", "code",
           allowed=CEASED_REASONS),
    Column("clae_entered_care_date", "first day of this unbroken period of care; empty where the files begin later", "date"),
    Column("clae_cla_primary_need_code", "main need, N1 to N8", "code", allowed=NEEDS),
    Column("lega_legal_status", "legal status", "code", allowed=LEGAL_STATUSES),
    Column("clap_cla_placement_type", "placement type", "code", allowed=PLACEMENTS),
    Column("clap_cla_placement_provider", "placement provider", "code", allowed=PROVIDERS),
    Column("clap_cla_placement_change_reason", "why the placement changed; empty where it did not", "code",
           allowed=PLACEMENT_CHANGES),
    Column("clap_cla_placement_urn", "Ofsted's number of the placement; empty where it has none", identifier=True),
    Column("clap_cla_placement_postcode", "postcode of the placement", identifier=True),
    Column("clae_home_postcode", "home postcode", identifier=True, local=True),
)  # fmt: skip

CHILDREN_LOOKED_AFTER = table(
    "children_looked_after", "Children looked after, as Annex A lists them",
    "one child looked after now or in the last six months, with the latest period of care",
    "Annex A's List 8",
    "chla_person_id",
    Column("chla_person_id", "the child", required=True, identifier=True, local=True, refers_to="persons"),
    Column("chla_uasc", "unaccompanied asylum-seeking child within 12 months", "code", allowed=YES_NO, local=True),
    Column("chla_started_date", "day the child started to be looked after", "date", required=True, local=True),
    Column("chla_ceased_date", "day it ended; empty while looked after", "date", not_before="chla_started_date", local=True),
    Column("chla_ceased_reason", "why it ended; empty while looked after", "code", local=True),
    Column("chla_primary_need_code", "main need", "code", allowed=NEEDS, local=True),
    Column("chla_second_period", "second or later period of care within 12 months", "code", allowed=YES_NO, local=True),
    Column("chla_legal_status", "legal status", "code", allowed=LEGAL_STATUSES, local=True),
    Column("chla_legal_status_date", "day that legal status started", "date", local=True),
    Column("chla_latest_review_date", "latest statutory review", "date", local=True),
    Column("chla_latest_visit_date", "latest visit by a social worker", "date", local=True),
    Column("chla_health_assessment_date", "latest health assessment", "date", local=True),
    Column("chla_dental_check_date", "latest dental check", "date", local=True),
    Column("chla_permanence_plan", "plan for permanence", local=True),
    Column("chla_placements", "placements in the last 12 months", "whole number", unit="placements", local=True),
    Column("chla_placement_started_date", "day the latest placement started", "date", local=True),
    Column("chla_placement_type", "placement type, for example U4 foster carer, K2 children's home", "code", local=True),
    Column("chla_placement_provider", "placement provider, PR0 to PR5", "code", local=True),
    Column("chla_placement_postcode", "postcode of the placement", identifier=True, local=True),
    Column("chla_placement_urn", "Ofsted's number of the placement", identifier=True, local=True),
    Column("chla_missing", "times missing from the placement in 12 months", "whole number", unit="incidents", local=True),
    Column("chla_absent", "times absent from the placement in 12 months", "whole number", unit="incidents", local=True),
    Column("chla_rhi_offered", "return interview offered after the latest missing episode", "code", allowed=YES_NO_UNKNOWN,
           local=True),
    Column("chla_rhi_accepted", "return interview accepted after the latest missing episode", "code", allowed=YES_NO_UNKNOWN,
           local=True),
    Column("chla_team", "team", local=True),
    Column("chla_locality", "locality of that team", local=True),
)  # fmt: skip

CLA_REVIEWS = table(
    "cla_reviews", "Reviews of children looked after", "one review of one child looked after",
    "the SSDA903 return's Reviews files",
    ("clar_person_id", "clar_cla_review_date"),
    Column("clar_person_id", "the child", required=True, identifier=True, local=True, refers_to="persons"),
    Column("clar_cla_review_date", "day of the review", "date", required=True),
    Column(
        "clar_cla_review_participation", "how the child took part", "code",
        allowed=codes(PN0="under 4", PN1="attended and spoke", PN2="attended, an advocate spoke",
                      PN3="attended and conveyed views otherwise", PN4="attended without contributing",
                      PN5="an advocate spoke for the absent child", PN6="absent, views sent otherwise",
                      PN7="absent, views not sent"),
    ),
)  # fmt: skip

CLA_OUTCOMES = table(
    "cla_outcomes", "Outcomes of children looked after for a year or more",
    "one child looked after for 12 months or more on 31 March of one year",
    "the SSDA903 return's OC2 files",
    ("clao_person_id", "clao_year"),
    Column("clao_person_id", "the child", required=True, identifier=True, local=True, refers_to="persons"),
    Column("clao_year", "year to 31 March, for example 2024", "whole number", required=True, local=True),
    Column("clao_sdq_score", "strengths and difficulties score", "whole number", unit="points, 0 to 40", local=True),
    Column(
        "clao_sdq_reason", "why there is no score", "code", local=True,
        allowed=codes(SDQ1="under 4 or over 17", SDQ2="carer refused", SDQ3="disability", SDQ4="another reason",
                      SDQ5="young person refused"),
    ),
    Column("clao_convicted", "convicted in the year", "code", allowed=YES_NO, local=True),
    Column("clao_health_check", "health check of a child under five up to date", "code", allowed=YES_NO, local=True),
    Column("clao_immunisations", "immunisations up to date", "code", allowed=YES_NO, local=True),
    Column("clao_teeth_check", "teeth checked in the year", "code", allowed=YES_NO, local=True),
    Column("clao_health_assessment", "health assessed in the year", "code", allowed=YES_NO, local=True),
    Column("clao_substance_misuse", "substance misuse problem", "code", allowed=YES_NO, local=True),
    Column("clao_intervention_received", "help with it received", "code", allowed=YES_NO, local=True),
    Column("clao_intervention_offered", "help with it offered", "code", allowed=YES_NO, local=True),
)  # fmt: skip

CARE_LEAVERS = table(
    "care_leavers", "Care leavers", "one care leaver in one extract (Annex A) or one year (SSDA903)",
    "Annex A's List 9, or the SSDA903 return's OC3 files",
    ("clea_person_id", "clea_year"),
    Column("clea_person_id", "the young person", required=True, identifier=True, refers_to="persons"),
    Column("clea_year", "year to 31 March of the return; of Annex A the year it was extracted in", "whole number", local=True),
    Column("clea_care_leaver_eligibility", "relevant, former relevant or qualifying", "code",
           allowed=codes(relevant="relevant", former="former relevant", qualifying="qualifying")),
    Column(
        "clea_care_leaver_in_touch", "the authority is in touch", "code",
        allowed=codes(YES="yes", NO="no", DIED="died", REFU="refused contact", NREQ="no longer needs services",
                      RHOM="returned home"),
    ),
    Column("clea_care_leaver_latest_contact", "latest contact", "date"),
    Column("clea_care_leaver_accommodation", "accommodation, B to Z", "code"),
    Column("clea_care_leaver_accom_suitable", "accommodation is suitable", "code", allowed=YES_NO),
    Column("clea_care_leaver_activity", "education, employment or training: F1 to G6, 0 none", "code"),
    Column("clea_pathway_plan_review_date", "latest review of the pathway plan", "date"),
    Column("clea_uasc", "was an unaccompanied asylum-seeking child", "code", allowed=YES_NO, local=True),
    Column("clea_care_leaver_allocated_team", "team"),
    Column("clea_locality", "locality of that team", local=True),
)  # fmt: skip

PREVIOUS_PERMANENCE = table(
    "previous_permanence", "Earlier permanence arrangements", "one child's earlier adoption, special guardianship or other order",
    "the SSDA903 return's Previous permanence files",
    "lapp_person_id",
    Column("lapp_person_id", "the child", required=True, identifier=True, refers_to="persons"),
    Column("lapp_previous_permanence_option", "what it was, P1 to P4; Z1, from 2025/26 Z11 to Z14: none or not known", "code"),
    Column("lapp_previous_permanence_la", "authority that arranged it"),
    Column("lapp_previous_permanence_order_date", "its date as written: day or month may be unknown (zz/zz/2015)"),
)  # fmt: skip

PERMANENCE = table(
    "permanence", "Adoption decisions and placements", "one child's decision or placement for adoption",
    "Annex A's List 10, or the SSDA903 return's AD1 and Placed for adoption files",
    ("perm_person_id", "perm_decision_date"),
    Column("perm_person_id", "the child", required=True, identifier=True, refers_to="persons"),
    Column("perm_decision_date", "day of the decision that the child should be placed, or the first date known", "date",
           local=True),
    Column("perm_family_id", "family", identifier=True, local=True),
    Column("perm_entered_care_date", "day the child entered care", "date", local=True),
    Column("perm_placement_order_date", "day of the placement order", "date"),
    Column("perm_matched_date", "day matched with adopters", "date"),
    Column("perm_placed_for_adoption_date", "day placed for adoption", "date"),
    Column("perm_permanence_order_date", "day of the adoption order", "date"),
    Column("perm_decision_reversed_date", "day it was decided that the child should no longer be placed", "date"),
    Column("perm_decision_reversed_reason", "why no longer placed", "code"),
    Column("perm_placed_ffa_cp_date", "day placed with foster carers who may adopt", "date"),
    Column("perm_adopted_by_carer_flag", "adopted by the child's foster carer", "code", allowed=YES_NO),
    Column("perm_number_of_adopters", "adopters", "whole number", unit="adopters"),
    Column("perm_adopter_sex", "adopters' sex, M1 F1 MM FF MF", "code"),
    Column("perm_adopter_legal_status", "adopters' legal status, L0 to L4", "code"),
)  # fmt: skip

ADOPTERS = table(
    "adopters", "Prospective adopters", "one prospective adopter",
    "Annex A's List 11",
    "adop_adopter_id",
    Column("adop_adopter_id", "the authority's identifier of the adopter", required=True, identifier=True, local=True),
    Column("adop_family_id", "adoptive family", identifier=True, local=True),
    Column("adop_enquiry_date", "day of the enquiry", "date", local=True),
    Column("adop_stage_1_started_date", "day stage 1 started", "date", local=True),
    Column("adop_stage_1_ended_date", "day stage 1 ended", "date", not_before="adop_stage_1_started_date", local=True),
    Column("adop_stage_2_started_date", "day stage 2 started", "date", local=True),
    Column("adop_stage_2_ended_date", "day stage 2 ended", "date", not_before="adop_stage_2_started_date", local=True),
    Column("adop_application_date", "day of the application", "date", local=True),
    Column("adop_approved_date", "day of approval", "date", local=True),
    Column("adop_matched_date", "day matched with children", "date", local=True),
    Column("adop_placed_date", "day children were placed", "date", local=True),
    Column("adop_children_placed", "children placed", "whole number", unit="children", local=True),
    Column("adop_order_date", "day of the adoption order", "date", local=True),
    Column("adop_left_date", "day of leaving the process", "date", local=True),
    Column("adop_left_reason", "why the process was left", local=True),
)  # fmt: skip

SOCIAL_WORKER_EPISODES = table(
    "social_worker_episodes", "Social workers of children looked after", "one stretch of one child with one social worker",
    "the SSDA903 return's Social worker episodes files (from 2023/24)",
    ("invo_person_id", "invo_involvement_start_date"),
    Column("invo_person_id", "the child", required=True, identifier=True, refers_to="persons"),
    Column("invo_professional_id", "the social worker's registration number", identifier=True),
    Column("invo_involvement_start_date", "day it started", "date", required=True),
    Column("invo_involvement_end_date", "day it ended; empty while open", "date", not_before="invo_involvement_start_date"),
    Column("invo_worker_change_reason", "why the worker changed", "code"),
)  # fmt: skip

DEPRIVATIONS_OF_LIBERTY = table(
    "deprivations_of_liberty", "Deprivation of liberty orders", "one order about one child looked after",
    "the SSDA903 return's Deprivation of liberty files (from 2026/27)",
    ("dolo_person_id", "dolo_start_date"),
    Column("dolo_person_id", "the child", required=True, identifier=True, local=True, refers_to="persons"),
    Column("dolo_start_date", "day it started", "date", required=True, local=True),
    Column("dolo_end_date", "day it ended; empty while in force", "date", not_before="dolo_start_date", local=True),
)  # fmt: skip
