"""The layouts that extracts arrive in: which headers, under all their names, supply which column of which typed table."""

from dataclasses import dataclass, field

from helpers.extracts.values import normalised
from helpers.tables import TABLES

YES_NO_NA = {
    "Y": "y yes true 1 offered accepted", "N": "n no false 0 notoffered declined notaccepted refused",
    "NA": "na notrequired notapplicable",
}  # fmt: skip
SEXES = {"M": "m male 1 amale", "F": "f female 2 bfemale", "U": "u unknown notstated 0 9", "I": "i neither indeterminate"}
MISSING_TYPES = {"missing": "missing m", "absent": "absent a away unauthorisedabsence awaywithoutauthorisation absence"}
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


def synonyms(spellings: dict[str, str]) -> dict[str, str]:
    """{"Y": "y yes"} -> {"y": "Y", "yes": "Y"}."""
    return {spelling: code for code, listed in spellings.items() for spelling in listed.split()}


@dataclass(frozen=True)
class Supply:
    """One header of a layout: the column it fills and the names it goes by; `spellings` for codes written in other words."""

    column: str
    names: tuple[str, ...]
    spellings: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Layout:
    """One kind of file. A sheet is of this kind when it has a `sign` of it and more of its headers than of any other kind.

    `table` is empty for a file that is known but not used. `absent` gives the sentence to say of columns with no place here.
    """

    name: str
    title: str  # "the SSDA903 return's Missing file"
    table: str
    supplies: tuple[Supply, ...]
    signs: frozenset[str]  # columns of which at least one is found only here
    absent: dict[str, str] = field(default_factory=dict)

    def match(self, header: list[str]) -> dict[str, int]:
        """{column: position} of the headers that this layout knows; the first of two alike."""
        positions: dict[str, int] = {}
        keys = [normalised(cell) for cell in header]
        for supply in self.supplies:
            for name in supply.names:
                if normalised(name) in keys:
                    positions[supply.column] = keys.index(normalised(name))
                    break
        return positions

    def supply(self, column: str) -> Supply:
        return next(supply for supply in self.supplies if supply.column == column)

    @property
    def required(self) -> list[str]:
        """The required columns that this layout itself must supply."""
        columns = {supply.column for supply in self.supplies}
        return [column for column in TABLES[self.table].required if column in columns] if self.table else []


def supplies(**columns) -> tuple[Supply, ...]:
    """Supplies from column=names, names separated by |, or column=(names, spellings)."""
    made = []
    for column, names in columns.items():
        names, spellings = names if isinstance(names, tuple) else (names, {})
        made.append(Supply(column, tuple(names.split("|")), synonyms(spellings)))
    return tuple(made)


def itself(table: str, **spelled) -> tuple[Supply, ...]:
    """The national columns of a table under their own names, as the Standard Safeguarding Dataset writes them."""
    return tuple(
        Supply(column.name, (column.name,), synonyms(spelled.get(column.name, {})))
        for column in TABLES[table].columns
        if not column.local
    )


CHILD = "child_id|child id|child|person id|person_id|unique id|child unique id|mosaic id|system id"
NO_INTERVIEWS = "The SSDA903 return does not carry return home interviews."
ONLY_LOCAL = "No national return carries it: it comes from the local log of missing episodes."

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
HEADER_903 = Layout(
    name="ssda903_header",
    title="the SSDA903 return's Header file",
    table="persons",
    supplies=supplies(pers_person_id="CHILD", pers_sex=("SEX", SEXES), pers_dob="DOB", pers_ethnicity="ETHNIC", pers_upn="UPN"),
    signs=frozenset({"pers_ethnicity"}),
    absent={"pers_family_id": "The SSDA903 return does not say which children are of one family."},
)
EPISODES_903 = Layout(
    name="ssda903_episodes",
    title="the SSDA903 return's Episodes file",
    table="cla_episodes",
    supplies=supplies(
        clae_person_id="CHILD", clae_cla_episode_start_date="DECOM", clae_cla_episode_start_reason="RNE", lega_legal_status="LS",
        clae_cla_primary_need_code="CIN", clap_cla_placement_type="PLACE",
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
        miss_person_id="CHILD", miss_missing_episode_type=("MISSING", MISSING_TYPES),
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
    supplies=supplies(pers_person_id="CHILD", pers_sex=("SEX", SEXES), pers_dob="DOB", pers_uasc_ceased_date="DUC"),
    signs=frozenset({"pers_uasc_ceased_date"}),
)
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


def unused(name: str, title: str, headers: str, sign: str) -> Layout:
    """A file that is known by its headers and not used by any theme here."""
    return Layout(name, title, "", supplies(**{header.lower(): header for header in headers.split()}), frozenset({sign.lower()}))


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
LAYOUTS = (
    MISSING_LOG, SFT_LOG, TEAM_LOG, HEADER_903, EPISODES_903, MISSING_903, UASC_903, PERSON_SSD, FAMILY_SSD, PLANS_SSD, CIN_SSD,
    *UNUSED_903,
)  # fmt: skip
HEADER_ROWS = 15  # how far down a header may stand


def recognise(rows: list[list[str]]) -> tuple[Layout, int, dict[str, int]] | None:
    """The layout of a sheet, the index of its header row and {column: position}; None where no layout fits."""
    best = None
    for index, row in enumerate(rows[:HEADER_ROWS]):
        for layout in LAYOUTS:
            found = layout.match(row)
            if len(found) < 2 or not layout.signs & found.keys():
                continue
            lacking = sum(column not in found for column in layout.required)
            score = (len(found) - lacking, -lacking, -index)
            if best is None or score > best[0]:
                best = (score, layout, index, found)
    return best[1:] if best else None
