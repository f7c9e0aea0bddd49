import csv
import re

import pytest

from helpers import extracts
from helpers.extracts import ssda903_rules
from helpers.extracts.ssda903 import MISSING

HEADER = "CHILD,SEX,DOB,ETHNIC,UPN,MOTHER,MC_DOB\n1,F,05/02/2010,WBRI,,,\n2,M,05/02/2010,WBRI,,,\n"
EPISODES = "CHILD,DECOM,RNE,LS,CIN,PLACE,PLACE_PROVIDER,DEC,REC,REASON_PLACE_CHANGE,HOME_POST,PL_POST,URN\n"
# Child 1: a placement to 1 September, in which the legal status changed, then another, home on 10 January. Child 2: still there.
CARE = """1,01/06/2023,S,V2,N1,U4,PR1,01/08/2023,X1,,,,
1,01/08/2023,L,C2,N1,U4,PR1,01/09/2023,X1,CARPL,,,
1,01/09/2023,P,C2,N1,U6,PR1,10/01/2024,{reason},,,,
2,01/06/2023,S,V2,N1,U4,PR1,,,,,,
"""
FIRST_ROW = 2


@pytest.fixture
def broken(tmp_path):
    """Rule -> rows of the Missing file (counted from 0) that break it, for rows written as `child type start end`."""

    def read(*rows: str, reason="E4A", dob="05/02/2010", last_year=()):
        (tmp_path / "header.csv").write_text(HEADER, encoding="utf-8")
        (tmp_path / "episodes.csv").write_text(EPISODES + CARE.format(reason=reason), encoding="utf-8")
        lines = [row.split(" ") for row in rows]
        written = "".join(f"{child},{dob},{kind},{start},{end}\n" for child, kind, start, end in lines)
        (tmp_path / "missing.csv").write_text("CHILD,DOB,MISSING,MIS_START,MIS_END\n" + written, encoding="utf-8")
        found: dict[str, list[int]] = {}
        for fault in extracts.read(tmp_path).faults:
            if number := re.match(r"rule (\w+):", fault.what):
                assert fault.file == "missing.csv" and fault.column and fault.header
                found.setdefault(number[1], []).extend(row - FIRST_ROW for row in fault.rows)
        return found

    return read


def test_a_return_in_order_breaks_no_rule(broken):
    assert broken("1 M 02/08/2023 03/08/2023", "1 A 09/01/2024 09/01/2024", "2 M 30/03/2024 ", "2 M 01/05/2023 01/05/2023") == {
        "581": [3]  # the one that is not: before care began
    }


@pytest.mark.parametrize(
    "number, rows, wrong",
    [
        ("1004", ["2 M 31/02/2024 ", "2 M 01/02/2024 02/02/2024"], [0]),
        ("1005", ["2 M 01/02/2024 31/02/2024", "2 M 03/02/2024 04/02/2024", "2 M 29/03/2024 "], [0]),
        ("1006", ["2 X 01/02/2024 02/02/2024", "2 a 03/02/2024 04/02/2024", "2  05/02/2024 06/02/2024"], [0]),
        ("564", ["2 M  02/02/2024", "2 M 03/02/2024 04/02/2024"], [0]),
        ("565", ["2  01/02/2024 ", "2 M 03/02/2024 04/02/2024"], [0]),
        ("566", ["2  01/02/2024 02/02/2024", "2  03/02/2024 "], [0]),
        ("567", ["2 M 02/02/2024 01/02/2024", "2 M 03/02/2024 03/02/2024"], [0]),
        ("570", ["2 M 01/04/2024 ", "2 M 31/03/2024 31/03/2024"], [0]),
        ("571", ["2 M 01/06/2023 31/03/2023", "2 M 01/03/2024 01/04/2024", "2 M 02/06/2023 31/03/2024"], [0, 1]),
        ("574", ["2 M 01/02/2024 04/02/2024", "2 A 03/02/2024 05/02/2024", "2 M 05/02/2024 ", "2 M 20/02/2024 "], [1, 3]),
        ("575", ["1 M 02/08/2023 ", "1 M 02/07/2023 03/07/2023", "2 M 02/08/2023 "], [0]),
        ("577", ["1 M 09/01/2024 ", "1 M 08/01/2024 11/01/2024", "1 M 05/01/2024 10/01/2024", "2 M 09/01/2024 "], [0, 1]),
        ("578", ["1 M 11/01/2024 12/01/2024", "1 M 10/01/2024 10/01/2024", "2 M 11/01/2024 12/01/2024"], [0]),
        ("581", ["1 M 31/05/2023 31/05/2023", "1 M 01/06/2023 02/06/2023"], [0]),
        ("INT04", ["3 M 01/02/2024 02/02/2024", "2 M 01/02/2024 02/02/2024"], [0]),
    ],
)
def test_a_rule_marks_the_rows_that_break_it_and_no_others(broken, number, rows, wrong):
    assert broken(*rows).get(number) == wrong


@pytest.mark.parametrize("reason, wrong", [("E4A", [0, 1]), ("E8", None)])
def test_580_a_child_missing_on_leaving_care_leaves_for_reason_e8(broken, reason, wrong):
    rows = ["1 M 09/01/2024 ", "1 M 03/01/2024 10/01/2024", "1 M 01/01/2024 02/01/2024", "2 M 09/01/2024 "]
    assert broken(*rows, reason=reason).get("580") == wrong


def test_586_and_int13_hold_the_file_s_own_date_of_birth_against_its_days_and_the_header_s(broken):
    found = broken("2 M 01/02/2024 02/02/2024", dob="05/02/2024")
    assert found["586"] == [0] and found["INT13"] == [0]
    assert not {"586", "INT13"} & set(broken("2 M 01/02/2024 02/02/2024"))


def test_576_what_was_open_last_year_is_in_this_year_s_return(tmp_path):
    for year, rows in (
        (2023, "1,05/02/2010,M,30/03/2023,\n2,05/02/2010,M,31/03/2023,\n"),
        (2024, "2,05/02/2010,M,31/03/2023,01/04/2023\n"),
    ):
        folder = tmp_path / str(year)
        folder.mkdir()
        (folder / "header.csv").write_text(HEADER, encoding="utf-8")
        care = "".join(f"{child},01/05/{year - 1},S,V2,N1,U4,PR1,,,,,,\n" for child in (1, 2))
        (folder / "episodes.csv").write_text(EPISODES + care, encoding="utf-8")
        (folder / "missing.csv").write_text("CHILD,DOB,MISSING,MIS_START,MIS_END\n" + rows, encoding="utf-8")
    told = [fault for fault in extracts.read(tmp_path).faults if "rule 576" in fault.what]
    assert [(fault.file, fault.rows) for fault in told] == [("2023/missing.csv", (2,))]


def test_a_blank_or_unreadable_start_is_told_once_and_its_row_left_out(tmp_path):
    (tmp_path / "m.csv").write_text(
        "CHILD,DOB,MISSING,MIS_START,MIS_END\n1,05/02/2010,M,,02/02/2024\n1,05/02/2010,M,31/02/2024,\n1,05/02/2010,M,01/02/2024,\n",
        encoding="utf-8",
    )
    found = extracts.read(tmp_path)
    assert [(fault.what[:9], fault.rows) for fault in found.faults] == [("rule 1004", (3,)), ("rule 564:", (2,))]
    assert found.left_out["rows"].sum() == 2 and len(found["missing_episodes"]) == 1


def test_every_rule_has_the_number_and_the_field_of_the_department_s_list(shared):
    with (shared / "reference" / "903_2024_25_rule_info.csv").open(encoding="utf-8") as file:
        listed = {row["Rule code"]: row["Affected fields"] for row in csv.DictReader(file)}
    headers = {supply.column: supply.names[0] for supply in MISSING.supplies} | {"_dob": "DOB"}
    rules = ssda903_rules.ON_CELLS + ssda903_rules.OF_INCIDENTS + ssda903_rules.AGAINST_EPISODES + ssda903_rules.AGAINST_CHILDREN
    elsewhere = {"576": "CHILD", "580": "REC"}  # the department marks the child, and the episode of care
    for rule in rules:
        header = elsewhere.get(rule.number) or headers.get(rule.column, rule.column).split("|")[0]
        assert f"'{header}'" in listed[rule.number], rule.number
    assert len(rules) == 19


def test_the_rules_hold_on_the_validator_s_fake_return_as_the_validator_finds(shared):
    """csc-validator-be-903 0.1.17 (2024/25 rules) on pandas 1.5.3: 574 row 37; 577 six rows; 578 four; 581 the same four.

    The validator's 574 marks the later of the two rows and ours the one that starts later; its 581 also marks what starts after
    care, which is 578's; 580 it asks only of those who turn 18 that day.
    """
    found: dict[str, tuple[int, ...]] = {}
    for fault in extracts.read(shared / "extracts" / "ssda903" / "csc-validator-be-903_fake").faults:
        if fault.file == "missing.csv" and (number := re.match(r"rule (\w+):", fault.what)):
            found[number[1]] = fault.rows
    assert found == {"574": (36,), "577": (2, 7, 16, 23, 24, 34), "578": (7, 16, 23, 34), "580": (2, 24)}
