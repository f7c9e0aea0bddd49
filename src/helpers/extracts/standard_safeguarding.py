"""The Standard Safeguarding Dataset's tables, whose columns are those of the typed tables."""

from helpers.extracts.layouts import ABUSE, SEXES, YES_NO_NA, Layout, itself, supplies

PERSON_SSD = Layout(
    name="ssd_person",
    title="the Standard Safeguarding Dataset's ssd_person table",
    table="persons",
    supplies=itself("persons", pers_sex=SEXES),
    signs=frozenset({"pers_person_id"}),
)
FAMILY_SSD = Layout(
    name="ssd_family",
    title="the Standard Safeguarding Dataset's ssd_family table",
    table="persons",
    supplies=supplies(pers_person_id="fami_person_id", pers_family_id="fami_family_id"),
    signs=frozenset({"pers_family_id"}),
    mentions=True,
)
PLANS_SSD = Layout(
    name="ssd_cp_plans",
    title="the Standard Safeguarding Dataset's ssd_cp_plans table",
    table="cp_plans",
    supplies=itself(
        "cp_plans", cppl_cp_plan_initial_category=ABUSE, cppl_cp_plan_latest_category=ABUSE, cppl_cp_plan_ola=YES_NO_NA
    ),
    signs=frozenset({"cppl_cp_plan_id", "cppl_cp_plan_start_date"}),
)
CIN_SSD = Layout(
    name="ssd_cin_episodes",
    title="the Standard Safeguarding Dataset's ssd_cin_episodes table",
    table="cin_episodes",
    supplies=itself("cin_episodes", cine_referral_nfa=YES_NO_NA),
    signs=frozenset({"cine_referral_id", "cine_referral_date"}),
)

LAYOUTS = (PERSON_SSD, FAMILY_SSD, PLANS_SSD, CIN_SSD)
