"""What every typed table means: what a row is, its key, where it comes from, and each column with its meaning and allowed values.

Names are the Standard Safeguarding Dataset's (v1.4.5) where it has them; a column marked `local` has no national field and is
added in the same style. The data dictionary that readers see and the schemas that frames are held to come from these objects.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

import pandas as pd

DTYPES = {"text": "str", "code": "str", "date": "datetime64[us]", "date and time": "datetime64[us]", "true or false": "boolean"}


@dataclass(frozen=True)
class Column:
    """One column: `type` is a key of `DTYPES`; `allowed` maps each code to its meaning (empty: any value)."""

    name: str
    meaning: str
    type: str = "text"
    unit: str = ""
    allowed: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    required: bool = False  # a row without it is left out and counted
    identifier: bool = False  # points at a person, family or address: never shown, looked for by the leak check
    local: bool = False  # not a field of the Standard Safeguarding Dataset


@dataclass(frozen=True)
class Table:
    """One typed table; `grain` completes "one row is ..."; `where_from` says in plain words which extract supplies it."""

    name: str
    title: str
    grain: str
    where_from: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]

    def __getitem__(self, name: str) -> Column:
        return next(column for column in self.columns if column.name == name)

    @property
    def column_names(self) -> list[str]:
        return [column.name for column in self.columns]

    @property
    def required(self) -> list[str]:
        return [column.name for column in self.columns if column.required]

    @property
    def identifiers(self) -> list[str]:
        return [column.name for column in self.columns if column.identifier]

    def typed(self, frame: pd.DataFrame) -> pd.DataFrame:
        """`frame` with exactly this table's columns in order, each of its type; a column it lacks is added empty."""
        frame = frame.reindex(columns=self.column_names)
        return frame.astype({column.name: DTYPES[column.type] for column in self.columns}).reset_index(drop=True)

    def empty(self) -> pd.DataFrame:
        """The table without rows."""
        return self.typed(pd.DataFrame())

    def schema(self):
        """The pandera schema: types, required values, allowed codes, the key; `validate(frame, lazy=True)` tells all at once."""
        import pandera.pandas as pandera

        columns = {
            column.name: pandera.Column(
                DTYPES[column.type],
                checks=[pandera.Check.isin(list(column.allowed))] if column.allowed else [],
                nullable=not column.required,
                description=column.meaning,
            )
            for column in self.columns
        }
        return pandera.DataFrameSchema(columns, unique=list(self.key), strict=True, ordered=True, name=self.name)

    def dictionary(self) -> pd.DataFrame:
        """One row for each column: name, meaning, type, unit, allowed values, whether required, whether national or local."""
        return pd.DataFrame(
            {
                "column": column.name,
                "meaning": column.meaning,
                "type": column.type,
                "unit": column.unit,
                "allowed values": "; ".join(f"{code} {meaning}" for code, meaning in column.allowed.items()),
                "required": "yes" if column.required else "no",
                "standard": "local" if column.local else "Standard Safeguarding Dataset",
            }
            for column in self.columns
        )


def codes(**meanings: str) -> Mapping[str, str]:
    """Allowed codes with their meanings, read-only."""
    return MappingProxyType(meanings)


YES_NO_NA = codes(Y="yes", N="no", NA="not applicable or not required")
YES_NO = codes(Y="yes", N="no")
MISSING_FROM = codes(
    home="the family home", foster="a foster placement", residential="a children's home or other residential placement",
    supported="supported or independent accommodation", other="another place",
)  # fmt: skip
ABUSE = codes(NEG="neglect", PHY="physical abuse", SAB="sexual abuse", EMO="emotional abuse", MUL="multiple or not recommended")
CLOSE_REASONS = codes(
    RC1="adopted", RC2="died", RC3="child arrangements order", RC4="special guardianship order",
    RC5="transferred to another authority", RC6="transferred to adult services",
    RC7="other, including no longer in need", RC8="closed after assessment, no further action",
    RC9="closed after assessment, referred to early help",
)  # fmt: skip
START_REASONS = codes(
    S="started to be looked after", L="change of legal status only", P="change of placement and carer only",
    T="change of placement, same carer", B="change of legal status, placement and carer",
    U="change of legal status and placement, same carer",
)  # fmt: skip

PERSONS = Table(
    name="persons",
    title="Children",
    grain="one child known to the authority",
    where_from="the SSDA903 return's Header (and UASC) files, or the Standard Safeguarding Dataset's ssd_person table",
    key=("pers_person_id",),
    columns=(
        Column("pers_person_id", "the authority's identifier of the child", required=True, identifier=True),
        Column("pers_sex", "sex", "code", allowed=codes(M="male", F="female", U="unknown", I="neither")),
        Column("pers_dob", "date of birth", "date", identifier=True),
        Column("pers_ethnicity", "ethnicity, as the returns' four-letter code", "code"),
        Column("pers_upn", "unique pupil number", identifier=True, local=True),
        Column("pers_family_id", "family, from ssd_family where it came", identifier=True, local=True),
        Column("pers_uasc", "unaccompanied asylum-seeking child at some time in the returns", "true or false", local=True),
        Column("pers_uasc_ceased_date", "day the child stopped (or will stop) being unaccompanied", "date", local=True),
    ),
)

MISSING_EPISODES = Table(
    name="missing_episodes",
    title="Missing episodes",
    grain="one missing or absent incident",
    where_from="the local log of missing episodes (at home and in care), or the SSDA903 return's Missing file (care only)",
    key=("miss_table_id",),
    columns=(
        Column("miss_table_id", "row identifier, made when the extract is read", required=True),
        Column("miss_person_id", "the child", required=True, identifier=True),
        Column("miss_missing_episode_start_date", "when the child went missing", "date and time", required=True),
        Column("miss_missing_episode_end_date", "when the child returned; empty while still missing", "date and time"),
        Column("miss_time_recorded", "start and return have a time of day; false: dates only", "true or false", local=True),
        Column(
            "miss_missing_episode_type", "missing, or away without authorisation", "code",
            allowed=codes(missing="missing", absent="absent, or away without authorisation"),
        ),
        Column("miss_missing_from", "where the child went missing from", "code", allowed=MISSING_FROM, local=True),
        Column("miss_reported_by", "who reported the child missing", local=True),
        Column("miss_risk_grade", "risk grade given", "code", allowed=codes(low="low", medium="medium", high="high"), local=True),
        Column("miss_missing_rhi_offered", "return home interview offered", "code", allowed=YES_NO_NA),
        Column("miss_missing_rhi_offered_date", "when the interview was offered", "date and time", local=True),
        Column("miss_missing_rhi_accepted", "return home interview accepted", "code", allowed=YES_NO_NA),
        Column("miss_missing_rhi_completed_date", "when the interview was completed", "date and time", local=True),
        Column("miss_placing_authority", "authority that placed the child; empty or our own name: ours", local=True),
        Column("miss_exploitation_concern", "concern of exploitation recorded", "code", allowed=YES_NO, local=True),
        Column("miss_locality", "locality, from the log itself", local=True),
    ),
)  # fmt: skip

CLA_EPISODES = Table(
    name="cla_episodes",
    title="Episodes of care",
    grain="one episode of being looked after: a stretch with the same placement and legal status",
    where_from="the SSDA903 return's Episodes files",
    key=("clae_cla_episode_id",),
    columns=(
        Column("clae_cla_episode_id", "row identifier, made when the extract is read", required=True),
        Column("clae_person_id", "the child", required=True, identifier=True),
        Column("clae_cla_episode_start_date", "day the episode started", "date", required=True),
        Column("clae_cla_episode_start_reason", "why the episode started", "code", allowed=START_REASONS),
        Column("clae_cla_episode_ceased_date", "day the episode ended; empty while open", "date"),
        Column("clae_cla_episode_ceased_reason", "why it ended: X1 another episode follows, E.. left care", "code"),
        Column("clae_entered_care_date", "first day of this unbroken period of care", "date"),
        Column("clae_cla_primary_need_code", "main need, N1 to N8", "code"),
        Column("lega_legal_status", "legal status, for example C2 care order, V2 section 20; V3 and V4 short breaks", "code"),
        Column("clap_cla_placement_type", "placement type, for example U4 foster carer, K2 children's home", "code"),
        Column("clap_cla_placement_provider", "placement provider, PR0 to PR5", "code"),
        Column("clap_cla_placement_change_reason", "why the placement changed", "code"),
        Column("clap_cla_placement_urn", "Ofsted's number of the placement", identifier=True),
        Column("clap_cla_placement_postcode", "postcode of the placement", identifier=True),
        Column("clae_home_postcode", "home postcode", identifier=True, local=True),
    ),
)

CP_PLANS = Table(
    name="cp_plans",
    title="Child protection plans",
    grain="one child protection plan of one child",
    where_from="the Standard Safeguarding Dataset's ssd_cp_plans table",
    key=("cppl_cp_plan_id",),
    columns=(
        Column("cppl_cp_plan_id", "the plan", required=True, identifier=True),
        Column("cppl_person_id", "the child", required=True, identifier=True),
        Column("cppl_referral_id", "the referral (child in need episode) under which the plan was made", identifier=True),
        Column("cppl_icpc_id", "the initial child protection conference", identifier=True),
        Column("cppl_cp_plan_start_date", "day the plan started", "date", required=True),
        Column("cppl_cp_plan_end_date", "day the plan ended; empty while open", "date"),
        Column("cppl_cp_plan_initial_category", "category of abuse at the start", "code", allowed=ABUSE),
        Column("cppl_cp_plan_latest_category", "latest category of abuse", "code", allowed=ABUSE),
        Column("cppl_cp_plan_ola", "another authority's plan", "code", allowed=YES_NO),
        Column("cppl_team", "team of the referral", local=True),
        Column("cppl_locality", "locality of that team when the plan started", local=True),
        Column("cppl_family_id", "family, from ssd_family where it came", identifier=True, local=True),
    ),
)

CIN_EPISODES = Table(
    name="cin_episodes",
    title="Child in need episodes",
    grain="one referral of one child and the child in need episode that follows",
    where_from="the Standard Safeguarding Dataset's ssd_cin_episodes table",
    key=("cine_referral_id",),
    columns=(
        Column("cine_referral_id", "the referral", required=True, identifier=True),
        Column("cine_person_id", "the child", required=True, identifier=True),
        Column("cine_referral_date", "day of the referral", "date", required=True),
        Column("cine_cin_primary_need_code", "main need, N1 to N9, N0", "code"),
        Column("cine_referral_source_code", "who referred, 1A to 10", "code"),
        Column("cine_referral_nfa", "no further action", "code", allowed=YES_NO),
        Column("cine_close_date", "day the episode closed; empty while open", "date"),
        Column("cine_close_reason", "why it closed", "code", allowed=CLOSE_REASONS),
        Column("cine_referral_team", "team"),
        Column("cine_locality", "locality of that team on the day of the referral", local=True),
        Column("cine_family_id", "family, from ssd_family where it came", identifier=True, local=True),
    ),
)

SFT_ALLOCATIONS = Table(
    name="sft_allocations",
    title="Safeguarding Families Together allocations",
    grain="one child's allocation to Safeguarding Families Together",
    where_from="the local log of Safeguarding Families Together",
    key=("sfta_person_id", "sfta_start_date"),
    columns=(
        Column("sfta_person_id", "the child", required=True, identifier=True, local=True),
        Column("sfta_family_id", "the family", identifier=True, local=True),
        Column("sfta_start_date", "day the allocation started", "date", required=True, local=True),
        Column("sfta_end_date", "day it ended; empty while open", "date", local=True),
        Column("sfta_locality", "locality", local=True),
        Column("sfta_practitioners", "mental health; substance use; domestic abuse: any, separated by ;", local=True),
        Column("sfta_parental_risks", "parental risks, the same three, separated by ;", local=True),
        Column("sfta_end_reason", "why it ended", local=True),
    ),
)

TEAM_LOOKUP = Table(
    name="team_lookup",
    title="Teams and their localities",
    grain="one team in one locality, with the days from and to which that held",
    where_from="the local team lookup, or `localities` in about.yml",
    key=("dept_team_name", "dept_valid_from"),
    columns=(
        Column("dept_team_name", "the team", required=True),
        Column("dept_locality", "its locality", required=True, local=True),
        Column("dept_service", "its service", local=True),
        Column("dept_valid_from", "first day; empty: always", "date", local=True),
        Column("dept_valid_to", "last day; empty: still", "date", local=True),
    ),
)

TABLES: dict[str, Table] = {
    table.name: table for table in (PERSONS, MISSING_EPISODES, CLA_EPISODES, CP_PLANS, CIN_EPISODES, SFT_ALLOCATIONS, TEAM_LOOKUP)
}
