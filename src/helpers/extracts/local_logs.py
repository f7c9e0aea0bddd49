"""Logs that an authority keeps itself, in the columns that data/README.md lists, under the headers that case systems export."""

from helpers.extracts.layouts import ACCEPTED, MISSING_FROM, MISSING_TYPES, NOT_REQUIRED, OFFERED, YES_NO_NA, Layout, supplies
from helpers.tables.codes import SOURCES

RISKS = {"low": "low l", "medium": "medium m med", "high": "high h"}
CHILD = (
    "child_id|child unique id|child|person id|unique id|mosaic id|mosaic person id|system id|client id|lcs id|ehm id"
    "|ehm person id|eclipse id|pid|child's id|child reference"
)
FAMILY = "family_id|family|family reference|family group id|household id|ehm family id|group id"
TEAM = "team|team name|allocated team|responsible team|worker team|case team|organisation name"
LOCALITY = "locality|area|district|patch|cluster"
WHY_EARLY_HELP_ENDED = {
    "outcomes_met": "outcomesmet outcomesachieved needsmet needsmetoutcomesachieved plancompleted goalsachieved"
    " completed closedneedsmet positiveoutcome allneedsmet familyplancompleted earlyhelpplancompleted",
    "step_up": "stepup steppedup stepuptosocialcare stepuptocsc steppeduptosocialcare steppeduptocsc escalated"
    " escalatedtosocialcare escalatedtocsc escalation referredtosocialcare transferredtosocialcare steppeduptostatutoryservices",
    "disengaged": "disengaged familydisengaged disengagement consentwithdrawn withdrawn withdrew familywithdrew nonengagement"
    " didnotengage familydeclined declined refused familydidnotengage noconsent",
    "moved": "moved movedaway movedout movedoutofarea familymoved familymovedoutofarea movedoutofcounty"
    " transferredtoanotherauthority",
    "nfa": "nfa nofurtheraction nofurtheractionrequired noroleforearlyhelp",
    "other": "other otherreason anotherreason",
}
OUTCOMES_OF_CONTACT = {
    "referral": "referral referralaccepted progresstoreferral progressedtoreferral newreferral referraltosocialcare"
    " referraltochildrenssocialcare socialcarereferral csc acceptedasreferral",
    "early_help": "earlyhelp eh referraltoearlyhelp progresstoearlyhelp passtoearlyhelp progressedtoearlyhelp earlyhelpreferral"
    " targetedearlyhelp familyhelp",
    "information": "information informationandadvice iag adviceandinformation advice informationadvice signposted signposting"
    " adviceandguidance informationadviceandguidance adviceandsignposting",
    "nfa": "nfa nofurtheraction nofurtheractionrequired noaction",
}
GRADES = {
    "outstanding": "outstanding o 1",
    "good": "good g 2",
    "requires_improvement": "requiresimprovement requiresimprovementtobegood ri 3 requiresimprovementri",
    "inadequate": "inadequate i 4",
}
# The national list by code or by what it says; "4" and "8" alone are codes, and no number of a grade is ever asked of it.
CONTACT_SOURCES = {code: code.lower() for code in SOURCES}

MISSING_LOG = Layout(
    name="missing_log",
    title="the local log of missing episodes",
    table="missing_episodes",
    supplies=supplies(
        miss_person_id=CHILD,
        miss_missing_episode_start_date="missing_from_at|missing from date and time|date and time missing|went missing"
        "|missing start|start of missing episode|missing episode start|missing episode start date|date missing"
        "|missing from date time|missing date time|missing date and time|date time missing",
        miss_missing_episode_end_date="returned_at|date and time returned|returned|return date|missing end|missing episode end"
        "|missing episode end date|date found|returned date|date returned|returned date time|return date time"
        "|return date and time|returned date and time|date time returned",
        miss_missing_episode_type=("category|missing or absent|missing category|episode type", MISSING_TYPES),
        miss_missing_from=("missing_from|where missing from|missing from placement|placement at the time", MISSING_FROM),
        miss_reported_by="reported_by|who reported|reported to police by",
        miss_risk_grade=("risk_grade|risk|risk level|police risk grading", RISKS),
        miss_missing_rhi_offered=("rhi_offered|return interview offered|return home interview offered", OFFERED | NOT_REQUIRED),
        miss_missing_rhi_offered_date="rhi_offered_at|date rhi offered|rhi offered date"
        "|return interview offered on|return home interview offered date",
        miss_missing_rhi_accepted=(
            "rhi_accepted|return interview accepted|return home interview accepted",
            ACCEPTED | NOT_REQUIRED,
        ),
        miss_missing_rhi_completed_date="rhi_completed_at|date rhi completed|return interview completed"
        "|return home interview completed|return home interview completed date|rhi completed|rhi completed date|rhi date",
        miss_placing_authority="placing_authority|placed by|responsible authority",
        miss_exploitation_concern=("exploitation_concern|exploitation|concern of exploitation|ce concern", YES_NO_NA),
        miss_locality=LOCALITY,
    ),
    signs=frozenset({"miss_missing_episode_start_date"}),
)
EARLY_HELP_LOG = Layout(
    name="early_help_log",
    title="the local log of early help",
    table="early_help_episodes",
    supplies=supplies(
        earl_person_id=CHILD, earl_family_id=FAMILY,
        earl_episode_start_date="episode_start_date|early help start date|early help episode start date|ehm episode start date"
        "|eh start date|eh episode start|date early help started|early help started|case start date|episode start",
        earl_assessment_completed_date="assessment completed date|early help assessment completed|eha completed"
        "|eha completion date|early help assessment date",
        earl_episode_end_date="episode_end_date|early help end date|early help episode end date|ehm episode end date|eh end date"
        "|eh closure date|closure date|date closed|case closure date|case end date|episode end",
        earl_episode_reason="episode_reason|early help reason|presenting need|presenting issue|primary need"
        "|reason for early help",
        earl_episode_end_reason=("end_reason|episode end reason|closure reason|reason for closure|reason closed|outcome"
                                 "|closure outcome|case closure reason|early help end reason", WHY_EARLY_HELP_ENDED),
        earl_episode_organisation="organisation|lead agency|lead organisation|lead professional agency|agency",
        earl_team=TEAM, earl_locality=LOCALITY,
    ),
    signs=frozenset({"earl_episode_start_date"}),
)  # fmt: skip
CONTACT_LOG = Layout(
    name="contact_log",
    title="the local log of contact outcomes",
    table="contacts",
    supplies=supplies(
        cont_person_id=CHILD,
        cont_contact_date="contact_date|date of contact|contact start date|date contact received|contact received date"
        "|contact received|contact start",
        cont_contact_outcome=("outcome|contact outcome|outcome of contact|decision|contact decision|next action",
                              OUTCOMES_OF_CONTACT),
        cont_contact_source_code=("source|contact source|contact source code|source of contact|contacted by", CONTACT_SOURCES),
        cont_decided_at="decided_at|decision date|date of decision|decision made at|contact decision date|contact end date"
        "|contact completed date|date contact completed",
        cont_team=TEAM, cont_locality=LOCALITY,
    ),
    signs=frozenset({"cont_contact_outcome"}),
)  # fmt: skip
SFT_LOG = Layout(
    name="sft_log",
    title="the local log of Safeguarding Families Together",
    table="sft_allocations",
    supplies=supplies(
        sfta_person_id=CHILD, sfta_family_id=FAMILY, sfta_start_date="start_date|allocation start|allocated on|date allocated",
        sfta_end_date="end_date|allocation end|closed on|date closed", sfta_locality=LOCALITY,
        sfta_practitioners="practitioners|specialists|specialist practitioners",
        sfta_parental_risks="parental_risks|parental risk factors|risks", sfta_end_reason="end_reason|reason ended|outcome",
    ),
    signs=frozenset({"sfta_practitioners", "sfta_parental_risks"}),
)  # fmt: skip
TEAM_LOG = Layout(
    name="team_lookup",
    title="the local team lookup",
    table="team_lookup",
    supplies=supplies(
        dept_team_name="team|team name", dept_locality=LOCALITY, dept_service="service", dept_valid_from="valid_from|from",
        dept_valid_to="valid_to|to",
    ),
    signs=frozenset({"dept_locality"}),
)  # fmt: skip
AUDIT_LOG = Layout(
    name="case_audits_log",
    title="the local log of case audits",
    table="case_audits",
    supplies=supplies(
        audi_audit_id="audit_id|audit|audit reference|audit ref|audit number|form id", audi_person_id=CHILD,
        audi_date="audit_date|date of audit|date audited|audit completed date|date audit completed|audit completed",
        audi_service="service|service area", audi_team=TEAM, audi_locality=LOCALITY,
        audi_grade=("grade|overall grade|audit grade|auditor grade|overall judgement|judgement|audit outcome|overall audit grade",
                    GRADES),
        audi_domain_grades="domain_grades|grades by domain|section grades",
        audi_moderated_grade=("moderated_grade|moderated|grade after moderation|moderated overall grade", GRADES),
        audi_sample=("sample|sample type|audit type|how chosen",
                     {"random": "random atrandom randomsample", "thematic": "thematic theme dipsample thematicaudit"}),
        audi_tool_version="tool_version|tool|audit tool|audit tool version|version",
    ),
    signs=frozenset({"audi_date", "audi_audit_id"}),
)  # fmt: skip
FEEDBACK_LOG = Layout(
    name="family_feedback_log",
    title="the local log of family feedback",
    table="family_feedback",
    supplies=supplies(
        feed_response_date="response_date|date of response|date completed|submitted|date submitted|completion time|feedback date",
        feed_service="service|service area", feed_team=TEAM, feed_locality=LOCALITY,
        feed_respondent=("respondent|who answered|relationship|completed by",
                         {"child": "child youngperson childoryoungperson", "parent": "parent mother father mum dad",
                          "carer": "carer fostercarer kinshipcarer grandparent specialguardian"}),
        feed_question="question|question text", feed_answer="answer|response|rating|score", feed_scale="scale|answer scale",
        feed_invited="invited|number invited|people invited|surveys sent|sent",
    ),
    signs=frozenset({"feed_answer"}),
)  # fmt: skip
THEMES_LOG = Layout(
    name="coded_themes_log",
    title="the local log of coded themes",
    table="coded_themes",
    supplies=supplies(
        them_passage_id="passage_id|passage|extract id|quote id",
        them_source=("source|whose voice|voice|speaker|respondent",
                     {"family": "family parent parents carer familymember", "child": "child youngperson children",
                      "staff": "staff practitioner socialworker worker", "partner": "partner partneragency agency professional"}),
        them_method=("method|collected by|how gathered",
                     {"interview": "interview focusgroup", "survey": "survey questionnaire", "complaint": "complaint",
                      "compliment": "compliment"}),
        them_theme="theme|code|coded theme",
        them_stance=("stance|direction|sentiment",
                     {"supports": "supports support positive", "mixed": "mixed neutral",
                      "contradicts": "contradicts contradict negative"}),
        them_question="question|evaluation question",
    ),
    signs=frozenset({"them_theme", "them_stance"}),
)  # fmt: skip

LAYOUTS = (
    MISSING_LOG, EARLY_HELP_LOG, CONTACT_LOG, SFT_LOG, TEAM_LOG, AUDIT_LOG, FEEDBACK_LOG, THEMES_LOG
)  # fmt: skip
