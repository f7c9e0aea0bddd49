"""Children, their families, and the teams that work with them."""

from helpers.tables.codes import ETHNICITIES, SEXES, YES_NO_UNKNOWN
from helpers.tables.definition import Column, table

PERSONS = table(
    "persons", "Children", "one child known to the authority",
    "any return that describes children (Annex A, the children in need census, the SSDA903 return's Header file), or the "
    "Standard Safeguarding Dataset's ssd_person table",
    "pers_person_id",
    Column("pers_person_id", "the authority's identifier of the child", required=True, identifier=True),
    Column("pers_sex", "sex", "code", allowed=SEXES),
    Column("pers_dob", "date of birth", "date", identifier=True),
    Column("pers_expected_dob", "expected date of birth; empty but for the unborn", "date", identifier=True, future=True),
    Column("pers_death_date", "date of death; empty while alive", "date", identifier=True, not_before="pers_dob"),
    Column("pers_ethnicity", "ethnicity, as the returns' four-letter code", "code", allowed=ETHNICITIES),
    Column("pers_disability", "has a disability", "code", allowed=YES_NO_UNKNOWN, local=True),
    Column("pers_upn", "unique pupil number", identifier=True, local=True),
    Column("pers_family_id", "family, from ssd_family or a local log where it came", identifier=True, local=True),
    Column("pers_uasc", "unaccompanied asylum-seeking child at some time in the returns", "true or false", local=True),
    Column("pers_uasc_ceased_date", "day the child stopped (or will stop) being unaccompanied; empty for other children", "date",
           future=True, local=True),
)  # fmt: skip

TEAM_LOOKUP = table(
    "team_lookup", "Teams and their localities", "one team in one locality, with the days from and to which that held",
    "the local team lookup, or `localities` in about.yml",
    ("dept_team_name", "dept_valid_from"),
    Column("dept_team_name", "the team", required=True),
    Column("dept_locality", "its locality", required=True, local=True),
    Column("dept_service", "its service", local=True),
    Column("dept_valid_from", "first day; empty: always", "date", local=True),
    Column("dept_valid_to", "last day; empty: still", "date", not_before="dept_valid_from", future=True, local=True),
)  # fmt: skip
