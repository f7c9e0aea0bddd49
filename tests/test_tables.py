import csv
import os
from pathlib import Path

import pandas as pd
import pytest
from pandera.errors import SchemaErrors

from helpers.tables import DTYPES, TABLES

SPECIFICATION = Path(__file__).parents[2] / "shared" / "reference" / "ssd_data_objects_specification.csv"


@pytest.mark.parametrize("table", TABLES.values(), ids=TABLES)
def test_every_table_says_what_a_row_is_and_every_column_what_it_means(table):
    assert table.grain.startswith("one ") and table.where_from and table.title
    assert set(table.key) <= set(table.column_names)
    assert len(set(table.column_names)) == len(table.columns)
    assert all(column.meaning and column.type in DTYPES for column in table.columns)


@pytest.mark.parametrize("table", TABLES.values(), ids=TABLES)
def test_a_table_without_rows_keeps_to_its_own_schema(table):
    table.schema().validate(table.empty(), lazy=True)


def test_a_schema_names_every_fault_at_once():
    plans = TABLES["cp_plans"].typed(
        pd.DataFrame(
            {"cppl_cp_plan_id": ["p", "p"], "cppl_person_id": ["a", None], "cppl_cp_plan_initial_category": ["NEG", "BAD"]}
        )
    )
    with pytest.raises(SchemaErrors) as error:
        TABLES["cp_plans"].schema().validate(plans, lazy=True)
    checks = set(error.value.failure_cases["check"].astype(str))
    assert any("isin" in check for check in checks)
    assert "not_nullable" in checks
    assert any("unique" in check for check in checks)


def test_columns_not_marked_local_are_fields_of_the_standard_safeguarding_dataset():
    if not SPECIFICATION.exists():
        if os.environ.get("CI") == "true":
            pytest.fail(f"{SPECIFICATION.name} must be there in continuous integration")
        pytest.skip("the Standard Safeguarding Dataset's specification is not beside the project")
    with SPECIFICATION.open(encoding="utf-8-sig", newline="") as file:
        national = {row["field_name"].strip() for row in csv.DictReader(file)}
    ours = {column.name for table in TABLES.values() for column in table.columns if not column.local}
    assert ours <= national, sorted(ours - national)
