"""The SSDA903 return: children looked after, a set of files for each year."""

from helpers.extracts.layouts import MISSING_TYPES, SEXES, Layout, supplies, unused
from helpers.extracts.xml_returns import XmlReturn

NO_INTERVIEWS = "The SSDA903 return does not carry return home interviews."
ONLY_LOCAL = "No national return carries it: it comes from the local log of missing episodes."

OC3 = "IN_TOUCH ACTIV ACCOM"
AD1 = "DATE_INT DATE_MATCH FOSTER_CARE NB_ADOPTR SEX_ADOPTR LS_ADOPTR"
XML = XmlReturn(
    child="CHILD",
    identifier="CHILDID",
    groups=frozenset({"HEADER"}),
    records=frozenset({"EPISODE", "AREVIEW", "AMISSING", "AD_PLACED", "PERMANENCE", "OC2"}),
    apart={name: kind for kind, names in (("OC3", OC3), ("AD1", AD1), ("UASC", "UASC DUC")) for name in names.split()},
    companions=frozenset({"UASC"}),
)
HEADER_903 = Layout(
    name="ssda903_header",
    title="the SSDA903 return's Header file",
    table="persons",
    supplies=supplies(
        pers_person_id="CHILD|CHILDID", pers_sex=("SEX", SEXES), pers_dob="DOB", pers_ethnicity="ETHNIC", pers_upn="UPN"
    ),
    signs=frozenset({"pers_ethnicity"}),
    absent={"pers_family_id": "The SSDA903 return does not say which children are of one family."},
)
EPISODES_903 = Layout(
    name="ssda903_episodes",
    title="the SSDA903 return's Episodes file",
    table="cla_episodes",
    supplies=supplies(
        clae_person_id="CHILD|CHILDID", clae_cla_episode_start_date="DECOM", clae_cla_episode_start_reason="RNE",
        lega_legal_status="LS",
        clae_cla_primary_need_code="CIN", clap_cla_placement_type="PLACE|PL",
        clap_cla_placement_provider="PLACE_PROVIDER",
        clae_cla_episode_ceased_date="DEC", clae_cla_episode_ceased_reason="REC",
        clap_cla_placement_change_reason="REASON_PLACE_CHANGE",
        clae_home_postcode="HOME_POST", clap_cla_placement_postcode="PL_POST", clap_cla_placement_urn="URN",
    ),
    signs=frozenset({"clae_cla_episode_start_date"}),
)  # fmt: skip
MISSING_903 = Layout(
    name="ssda903_missing",
    title="the SSDA903 return's Missing file",
    table="missing_episodes",
    supplies=supplies(
        miss_person_id="CHILD|CHILDID", miss_missing_episode_type=("MISSING", MISSING_TYPES),
        miss_missing_episode_start_date="MIS_START", miss_missing_episode_end_date="MIS_END",
    ),
    signs=frozenset({"miss_missing_episode_start_date"}),
    absent={
        "miss_missing_rhi_offered": NO_INTERVIEWS, "miss_missing_rhi_offered_date": NO_INTERVIEWS,
        "miss_missing_rhi_accepted": NO_INTERVIEWS, "miss_missing_rhi_completed_date": NO_INTERVIEWS,
        "miss_reported_by": ONLY_LOCAL, "miss_risk_grade": ONLY_LOCAL, "miss_exploitation_concern": ONLY_LOCAL,
        "miss_placing_authority": "The SSDA903 return holds only children whom the authority itself looks after.",
        "miss_missing_from": "The SSDA903 return says where a child went missing from only through the Episodes file.",
        "miss_locality": "The SSDA903 return does not carry a locality.",
        "miss_time_recorded": "The SSDA903 return records the days that a child went missing and returned, not the times.",
    },
)  # fmt: skip
UASC_903 = Layout(
    name="ssda903_uasc",
    title="the SSDA903 return's UASC file",
    table="persons",
    supplies=supplies(pers_person_id="CHILD|CHILDID", pers_sex=("SEX", SEXES), pers_dob="DOB", pers_uasc_ceased_date="DUC"),
    signs=frozenset({"pers_uasc_ceased_date"}),
)
UNUSED_903 = tuple(
    unused(f"ssda903_{name}", f"the SSDA903 return's {title} file", headers, sign)
    for name, title, headers, sign in (
        ("reviews", "Reviews", "CHILD DOB REVIEW REVIEW_CODE", "REVIEW_CODE"),
        ("oc2", "OC2 (outcomes)", "CHILD DOB SDQ_SCORE SDQ_REASON CONVICTED HEALTH_CHECK IMMUNISATIONS TEETH_CHECK", "SDQ_SCORE"),
        ("oc3", "OC3 (care leavers)", "CHILD DOB IN_TOUCH ACTIV ACCOM", "ACTIV"),
        ("ad1", "AD1 (adoption)", "CHILD DOB DATE_INT DATE_MATCH FOSTER_CARE NB_ADOPTR SEX_ADOPTR LS_ADOPTR", "DATE_MATCH"),
        (
            "placed_adoption",
            "Placed for adoption",
            "CHILD DOB DATE_PLACED DATE_PLACED_CEASED REASON_PLACED_CEASED",
            "DATE_PLACED",
        ),
        ("previous_permanence", "Previous permanence", "CHILD DOB PREV_PERM LA_PERM DATE_PERM", "PREV_PERM"),
        ("sw_episodes", "Social worker episodes", "CHILD DOB SW_ID SW_DECOM SW_DEC SW_REASON", "SW_DECOM"),
        ("dolo", "Deprivation of liberty", "CHILD DOB DOLO_START DOLO_END", "DOLO_START"),
    )
)

LAYOUTS = (HEADER_903, EPISODES_903, MISSING_903, UASC_903, *UNUSED_903)
