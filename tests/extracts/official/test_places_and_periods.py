"""What a row is of: periods as the files and the Interactive Tool write them, places by their old code under one name."""

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from helpers.extracts import official
from helpers.extracts.official import periods, places

# --- periods: each form that was seen, what kind it is of, its label, first and last day


@pytest.mark.parametrize(
    ("written", "kind", "label", "start", "end", "status"),
    [
        ("2024", "year to 31 March", "2024", "2023-04-01", "2024-03-31", ""),
        ("202425", "academic year", "2024/25", "2024-09-01", "2025-08-31", ""),
        ("202425", "calendar year", "2024/25", "2024-09-01", "2025-08-31", ""),  # tagged so in files of plans and key stage 4
        ("2025", "calendar year", "2025", "2025-01-01", "2025-12-31", ""),
        ("2025", "December to February", "2025", "2024-12-01", "2025-02-28", ""),
        ("2024", "December to February", "2024", "2023-12-01", "2024-02-29", ""),
        ("2025", "January", "2025", "2025-01-01", "2025-01-31", ""),
        ("2025", "year to 30 September", "2025", "2024-10-01", "2025-09-30", ""),
        ("2024", "year to 30 June", "2024", "2023-07-01", "2024-06-30", ""),
        ("2025", "academic year", "2024/25", "2024-09-01", "2025-08-31", ""),
        ("2015/16", "academic year", "2015/16", "2015-09-01", "2016-08-31", ""),
        ("2016-17 (OT)", "year to 31 March", "2017", "2016-04-01", "2017-03-31", ""),
        ("2025 (Rev)", "academic year", "2024/25", "2024-09-01", "2025-08-31", "revised"),
        ("2025 (prov)", "academic year", "2024/25", "2024-09-01", "2025-08-31", "provisional"),
        ("2014-16", "calendar year", "2014 to 2016", "2014-01-01", "2016-12-31", ""),
        ("2013/14-15/16", "year to 31 March", "2013 to 2016", "2013-04-01", "2016-03-31", ""),
    ],
)
def test_a_period_has_its_label_and_its_first_and_last_day(written, kind, label, start, end, status):
    found = periods.period(written, kind)
    assert (found.period, str(found.period_start), str(found.period_end), found.status) == (label, start, end, status)


@pytest.mark.parametrize("written", ["0", "", "2025 Q1", "20242", "2024/25/26", "1066", "202423"])
def test_what_names_no_year_is_no_period(written):
    assert periods.period(written, "year to 31 March") is None


@pytest.mark.parametrize("kind", periods.KINDS)
def test_the_name_of_a_period_says_which_kind_and_year_it_is(kind):
    name = periods.named(2025, kind)
    start, end = periods.period("2025", kind)[1:3]
    assert (periods.year_of(name), periods.bounds(name)) == (2025, (start, end))
    assert periods.within(kind, "2023-07-01", "2025-12-31")[-1] == name


# --- places


@pytest.mark.parametrize(
    ("row", "area", "old_code"),
    [
        (("Local authority", "South West", "838", "Dorset", "E06000059"), "Dorset", "838"),
        (("Local authority", "South West", "835", "Dorset", "E10000009"), "Dorset", "835"),  # another place, another code
        (("Local authority", "South West", "801", "Bristol City of", "E06000023"), "Bristol, City of", "801"),
        (("Local authority", "East of England", "822", "Bedford Borough", "E06000055"), "Bedford", "822"),
        (("Local authority", "North East", "840", "Durham", "E06000047"), "County Durham", "840"),
        (("Local authority", "West Midlands", "884", "Herefordshire", "E06000019"), "Herefordshire, County of", "884"),
        (("Local authority", "Outer London", "314 / 318", "Kingston upon Thames / Richmond upon Thames", ""),
         "Kingston upon Thames and Richmond upon Thames", "314 / 318"),
        (("Local authority", "South West", "838.0", "Dorset", ""), "Dorset", "838"),  # a number in the tool
        (("Regional", "Yorkshire and the Humber", "", "", "E12000003"), "Yorkshire and The Humber", ""),
        (("Regional", "London (Inner)", "981", "London (Inner)", ""), "Inner London", ""),
        (("National", "", "", "", "E92000001"), "England", ""),
    ],
)  # fmt: skip
def test_a_place_is_known_by_its_old_code_under_its_present_name(row, area, old_code):
    found = places.place(*row)
    assert (found.area, found.old_code) == (area, old_code)


def test_a_district_is_no_place_here():
    assert places.place("Local authority district", "South West", "838", "Dorset", "E06000059") is None


ROWS = [  # (year, old code, name, new code, incidents)
    ("2022", "933", "Somerset", "E10000027", "100"), ("2024", "933", "Somerset", "E06000066", "110"),
    ("2019", "835", "Dorset", "E10000009", "400"), ("2020", "838", "Dorset", "E06000059", "330"),
]  # fmt: skip
INCIDENTS = "Number of missing incidents during the year"


@pytest.mark.parametrize("columns", [("old_la_code", "la_name", "new_la_code"), ("old_la_code", "new_la_code", "la_name")])
def test_a_new_code_does_not_break_a_series_and_a_new_authority_does(tmp_path, columns):
    lines = [f"time_period,time_identifier,geographic_level,region_name,{','.join(columns)},CLA_group,number"]
    for year, old_code, name, new_code, incidents in ROWS:
        place = {"old_la_code": old_code, "la_name": name, "new_la_code": new_code}
        codes = ",".join(place[column] for column in columns)
        lines.append(f"{year},Reporting year,Local authority,South West,{codes},{INCIDENTS},{incidents}")
    (tmp_path / "missing.csv").write_text("\n".join([*lines, ""]), encoding="utf-8")
    found = official.read(tmp_path).figures("missing", INCIDENTS).sort_values("year")
    assert found.loc[found["old_code"] == "933", ["new_code", "value"]].values.tolist() == [
        ["E10000027", 100],
        ["E06000066", 110],
    ]
    assert found.loc[found["old_code"] == "838", "value"].tolist() == [330]  # nothing of the county council's
    assert found["area"].tolist() == ["Dorset", "Dorset", "Somerset", "Somerset"]


# --- the Interactive Tool

DICTIONARY = """Measure_short,Measure,Polarity,y_axis_name,Year_Type,Table_status
CIN,Children in need,-,Rate per 10000,Financial Year,Active
CIN,Children in need,-,Rate per 10000,Financial Year,Active
KS2,Maths,High,Percentage,Academic Year,Active
"""
TOOL = {
    "Short Desc": ["CIN", "CIN", "CIN", "CIN", "CIN", "KS2", "KS2"],
    "Years": ["2019", "2020", "2021", "2020", "0", "2025 (prov)", "2025 (prov)"],
    "LA and Regions": ["Dorset", "Dorset", "Dorset", "South West", "Dorset", "England", "Isles of Scilly"],
    "Values": ["-", "300.1", "-", "280.5", "1", "75", "-"],
    "LA Number": [838.0, 838.0, 838.0, 990.0, 838.0, 970.0, 420.0],
    "Region": ["South West", "South West", "South West", None, "South West", None, "South West"],
}


def test_the_tools_figures_have_places_periods_and_units_and_a_series_begins_with_its_first_figure(tmp_path):
    (tmp_path / "dictionary.csv").write_text(DICTIONARY, encoding="utf-8")
    pq.write_table(pa.table(TOOL), tmp_path / "tool.parquet")
    read = official.read(tmp_path)
    assert read.not_read == {}
    need = read.figures("interactive_tool", "CIN").sort_values(["level", "period"])
    assert need[["area", "period", "unit", "symbol"]].values.tolist() == [
        ["Dorset", "2020", "Rate per 10000", ""], ["Dorset", "2021", "Rate per 10000", "-"],
        ["South West", "2020", "Rate per 10000", ""]]  # fmt: skip
    assert need["denominator"].isna().all() and need["value"].tolist()[0] == 300.1
    maths = read.figures("interactive_tool", "KS2").set_index("area")
    assert maths["status"].unique().tolist() == ["provisional"] and maths.loc["England", "period"] == "2024/25"
    assert maths.loc["Isles of Scilly", "symbol"] == "-"  # an old authority: a year without a figure stands
