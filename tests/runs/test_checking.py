"""`python run_all.py check`: what it says, what it writes, how it ends."""

import os
import stat
import zipfile

import pytest
from python_calamine import CalamineWorkbook

from helpers import runs

LOG = (
    "Child ID,Date and time missing,Missing from,Category,Notes of the panel\n"
    "ZQ991,03/05/2024 18:30,Home,Missing,a\nZQ992,31/02/2024 10:00,Hme,Missing,b\n"
)


@pytest.fixture
def data(tmp_path):
    folder = tmp_path / "autumn"
    folder.mkdir()
    (folder / "log.csv").write_text(LOG, encoding="utf-8")
    (folder / "lunch.csv").write_text("menu,price\nsoup,2\n", encoding="utf-8")
    return folder


def sheets(path):
    book = CalamineWorkbook.from_path(path)
    return {name: book.get_sheet_by_name(name).to_python() for name in book.sheet_names}


def test_faults_stand_under_their_file_and_themes_say_what_they_lack(data, tmp_path, capsys):
    assert runs.check(data, tmp_path / "out") == 0
    said = capsys.readouterr().out
    file = said.partition("\nlog.csv\n")[2].partition("\n\n")[0].splitlines()
    assert file[0] == "  the local log of missing episodes, two rows; one column not used"
    assert file[1].startswith("  note   column B (Date and time missing): 1 row (3): the date is impossible")
    assert "for example “Hme”" in file[2] and "ZQ992" not in said
    assert "lunch.csv: its headers are those of no layout that is read" in said
    assert "missing_children: " in said and "It needs episodes of care." in said
    assert "One table from one file; no faults that stop a table, two lesser ones." in said
    assert "No about.yml says whose records these are" in said


def test_the_workbook_has_a_cover_notes_and_a_table_a_sheet_and_is_its_owner_s_alone(data, tmp_path):
    assert runs.check(data, tmp_path / "out") == 0
    path = tmp_path / "out" / "check-autumn.xlsx"
    book = sheets(path)
    assert list(book) == [
        "Cover", "Contents", "Notes", "Faults", "Files", "Tables", "Completeness", "Columns not used", "Not read", "Left out",
        "Questions",
    ]  # fmt: skip
    fault = next(row for row in book["Faults"] if row[0] == "log.csv" and "B" in row)
    assert "3" in map(str, fault) and "No" in fault
    assert ["log.csv", "[z]", "Notes of the panel"] in book["Columns not used"]
    assert any(row[0] == "lunch.csv" for row in book["Not read"])
    assert not [cell for rows in book.values() for row in rows for cell in row if cell == "ZQ992"]
    if os.name == "posix":
        assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_fatal_fault_ends_with_status_1_and_says_which_table_it_stops(data, tmp_path, capsys):
    (data / "plans.csv").write_text("cppl_cp_plan_id,cppl_person_id\nP1,Z1\n", encoding="utf-8")
    assert runs.check(data, tmp_path / "out") == 1
    said = capsys.readouterr().out
    assert "  FAULT  there is no column for day the plan started" in said
    assert "It needs child protection plans (stopped by a fault)." in said


def test_a_single_file_is_checked_too_and_the_place_of_the_workbook_may_be_named(data, tmp_path):
    assert runs.check(data / "log.csv", tmp_path / "found.xlsx") == 0
    assert (tmp_path / "found.xlsx").is_file()


def test_rows_outside_the_period_that_about_yml_gives_are_counted(data, tmp_path):
    (data / "about.yml").write_text("authority: Dorset\nperiod: [2024-06-01, 2025-03-31]\n", encoding="utf-8")
    assert runs.check(data, tmp_path / "out") == 0
    heading, row = [line for line in sheets(tmp_path / "out" / "check-autumn.xlsx")["Tables"] if len(set(line)) > 2]
    assert dict(zip(heading, row, strict=True))["Rows outside the period of about.yml"] == 1


def test_a_folder_without_an_extract_says_so_and_ends_with_status_1(tmp_path, capsys):
    (tmp_path / "letter.pdf").write_bytes(b"%PDF")
    assert runs.check(tmp_path, tmp_path / "out") == 1
    assert "There is no file there that could be an extract." in capsys.readouterr().out


def test_made_up_records_under_a_real_place_s_name_are_told_to_be_of_no_use(data, tmp_path, capsys):
    (data / "about.yml").write_text("authority: Cornwall\nmade_up: true\n", encoding="utf-8")
    runs.check(data, tmp_path / "out")
    assert "never shown under a real place's name" in capsys.readouterr().out
    (data / "about.yml").write_text("authority: Wrenshire\nmade_up: true\n", encoding="utf-8")
    runs.check(data, tmp_path / "out")
    assert "never shown under a real place's name" not in capsys.readouterr().out


def test_nothing_at_the_path_is_refused(tmp_path, capsys):
    assert runs.check(tmp_path / "nowhere", None) == 2
    assert "there is nothing at" in capsys.readouterr().err


def test_a_formula_in_a_heading_stays_text(data, tmp_path):
    (data / "log.csv").write_text(LOG.replace("Notes of the panel", "=1+1"), encoding="utf-8")
    runs.check(data, tmp_path / "out")
    with zipfile.ZipFile(tmp_path / "out" / "check-autumn.xlsx") as parts:
        assert not any(b"<f>" in parts.read(name) for name in parts.namelist() if "worksheets/" in name)
