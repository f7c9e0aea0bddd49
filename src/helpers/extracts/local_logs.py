"""Logs that an authority keeps itself, in the columns that data/README.md lists."""

from helpers.extracts.layouts import MISSING_TYPES, YES_NO_NA, Layout, supplies

MISSING_FROM = {
    "home": "home familyhome parents parentalhome", "foster": "foster fostercare fostering fosterplacement fosterhome",
    "residential": "residential childrenshome residentialhome residentialcare residentialchildrenshome",
    "supported": "supported supportedaccommodation supportedliving semiindependent independentliving",
    "other": "other hospital school unknown",
}  # fmt: skip
GRADES = {"low": "low l", "medium": "medium m med", "high": "high h"}
ABUSE = {
    "NEG": "neg neglect aneglect", "PHY": "phy physical physicalabuse bphysicalabuse",
    "SAB": "sab sexual sexualabuse csexualabuse", "EMO": "emo emotional emotionalabuse demotionalabuse",
    "MUL": "mul multiple multiplenotrecommended emultiplenotrecommended",
}  # fmt: skip
CHILD = "child_id|child id|child|person id|person_id|unique id|child unique id|mosaic id|system id"
MISSING_LOG = Layout(
    name="missing_log",
    title="the local log of missing episodes",
    table="missing_episodes",
    supplies=supplies(
        miss_person_id=CHILD,
        miss_missing_episode_start_date="missing_from_at|missing from date and time|date and time missing|went missing"
        "|missing start|start of missing episode|missing episode start|date missing",
        miss_missing_episode_end_date="returned_at|date and time returned|returned|return date|missing end|missing episode end",
        miss_missing_episode_type=("category|missing or absent|missing category|episode type", MISSING_TYPES),
        miss_missing_from=("missing_from|where missing from|missing from placement|placement at the time", MISSING_FROM),
        miss_reported_by="reported_by|who reported",
        miss_risk_grade=("risk_grade|risk|risk level", GRADES),
        miss_missing_rhi_offered=("rhi_offered|return interview offered|return home interview offered|rhi offered?", YES_NO_NA),
        miss_missing_rhi_offered_date="rhi_offered_at|date rhi offered"
        "|return interview offered on|return home interview offered date",
        miss_missing_rhi_accepted=("rhi_accepted|return interview accepted|return home interview accepted", YES_NO_NA),
        miss_missing_rhi_completed_date="rhi_completed_at|date rhi completed|return interview completed"
        "|return home interview completed",
        miss_placing_authority="placing_authority|placed by|responsible authority",
        miss_exploitation_concern=("exploitation_concern|exploitation|concern of exploitation|ce concern", YES_NO_NA),
        miss_locality="locality|area|district",
    ),
    signs=frozenset({"miss_missing_episode_start_date"}),
)
SFT_LOG = Layout(
    name="sft_log",
    title="the local log of Safeguarding Families Together",
    table="sft_allocations",
    supplies=supplies(
        sfta_person_id=CHILD, sfta_family_id="family_id|family", sfta_start_date="start_date|allocation start|allocated on",
        sfta_end_date="end_date|allocation end|closed on", sfta_locality="locality|area",
        sfta_practitioners="practitioners|specialists",
        sfta_parental_risks="parental_risks|parental risk factors|risks", sfta_end_reason="end_reason|reason ended|outcome",
    ),
    signs=frozenset({"sfta_practitioners", "sfta_parental_risks"}),
)  # fmt: skip
TEAM_LOG = Layout(
    name="team_lookup",
    title="the local team lookup",
    table="team_lookup",
    supplies=supplies(
        dept_team_name="team|team name", dept_locality="locality|area", dept_service="service", dept_valid_from="valid_from|from",
        dept_valid_to="valid_to|to",
    ),
    signs=frozenset({"dept_locality"}),
)  # fmt: skip

LAYOUTS = (MISSING_LOG, SFT_LOG, TEAM_LOG)
