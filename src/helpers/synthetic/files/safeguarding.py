"""The made-up authority's tables of the Standard Safeguarding Dataset: those that carry teams and families."""

from collections.abc import Iterator

from helpers.synthetic.authority import Authority
from helpers.synthetic.files.sheets import Sheet
from helpers.synthetic.records import tables_of
from helpers.tables import TABLES

PERSON = ("pers_person_id", "pers_sex", "pers_ethnicity", "pers_dob")
ISO = "%Y-%m-%d"


def sheets(authority: Authority) -> Iterator[Sheet]:
    """ssd_person, ssd_family, ssd_cp_plans, ssd_cin_episodes."""
    people = tables_of(authority, ["persons"])["persons"]
    yield Sheet("standard_safeguarding/ssd_person.csv", people[list(PERSON)], dates=ISO)
    family = people.rename(columns={"pers_family_id": "fami_family_id", "pers_person_id": "fami_person_id"})
    yield Sheet("standard_safeguarding/ssd_family.csv", family[["fami_family_id", "fami_person_id"]], dates=ISO)
    for name in ("cp_plans", "cin_episodes"):
        national = [column.name for column in TABLES[name].columns if not column.local]
        yield Sheet(f"standard_safeguarding/ssd_{name}.csv", tables_of(authority, [name])[name][national], dates=ISO)
