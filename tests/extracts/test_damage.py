"""Whatever is done to a file, reading it says so or reads the same: never a traceback, never another content in silence."""

import random
import re
import zipfile

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from helpers import extracts
from helpers.extracts import values
from helpers.extracts.reading import LAYOUTS

FLIPS, CUTS = 4, 1  # of each sample
HEADER = ["Child Unique ID", "Gender", "Ethnicity", "Date of Birth", "Date of Contact", "Contact Source"]
ROW = ["1001", "a) Male", "a) WBRI", "01/02/2010", "03/05/2024", "q) 6: Police"]


def same(one: extracts.Extracts, other: extracts.Extracts) -> bool:
    return one.tables.keys() == other.tables.keys() and all(one[name].equals(other[name]) for name in one.tables)


@pytest.mark.parametrize("name", ["liia_Annex_A_2024_Jan.xlsx", "example-B-2004.xlsx", "cscdp_2016-01-sample.xlsx"])
def test_a_workbook_with_a_flipped_byte_or_cut_short_reads_as_before_or_is_said_to_be_damaged(shared, tmp_path, name):
    whole = (shared / "extracts" / "annex_a" / name).read_bytes()
    before, draw, given_file = extracts.read(shared / "extracts" / "annex_a" / name), random.Random(name), tmp_path / name
    for place in [draw.randrange(len(whole)) for _ in range(FLIPS)]:
        given_file.write_bytes(whole[:place] + bytes([whole[place] ^ 1 << draw.randrange(8)]) + whole[place + 1 :])
        after = extracts.read(given_file)
        assert same(before, after) or after.fatal, place
    for length in [draw.randrange(4, len(whole)) for _ in range(CUTS)]:
        given_file.write_bytes(whole[:length])
        assert extracts.read(given_file).fatal, length


def test_a_zip_with_a_flipped_byte_or_cut_short_reads_as_before_or_is_said_to_be_damaged(tmp_path):
    with zipfile.ZipFile(tmp_path / "whole.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("list 1.csv", "\n".join(",".join(line) for line in [HEADER, *[ROW] * 50]))
    whole, draw = (tmp_path / "whole.zip").read_bytes(), random.Random(1)
    before, damaged = extracts.read(tmp_path / "whole.zip"), tmp_path / "damaged.zip"
    for place in range(0, len(whole), 11):
        damaged.write_bytes(whole[:place] + bytes([whole[place] ^ 1 << draw.randrange(8)]) + whole[place + 1 :])
        after = extracts.read(damaged)
        assert same(before, after) or after.fatal, place
    for length in range(4, len(whole), 97):
        damaged.write_bytes(whole[:length])
        assert extracts.read(damaged).fatal, length


XML = {"CIN_Census_2021": "Child", "CIN_Census_2024": "Child", "fake_CIN_data": "Child", "liia_BAR_cin_2022": "Child",
       "fake_903": "CHILD"}  # fmt: skip


def first_children(shared, name, count=2):
    """A sample in XML with its first children alone."""
    [file] = (shared / "extracts").rglob(f"{name}.xml")
    closing = f"</{XML[name]}>".encode()
    *children, tail = file.read_bytes().split(closing)
    return closing.join([*children[:count], tail])


def told(before: extracts.Extracts, after: extracts.Extracts) -> bool:
    """Whether something was said that was not said of the whole file."""
    return bool(after.fatal) or (before.not_read, before.sheets, before.faults) != (after.not_read, after.sheets, after.faults)


def flipped(whole: bytes, place: int, draw: random.Random) -> bytes:
    return whole[:place] + bytes([whole[place] ^ 1 << draw.randrange(8)]) + whole[place + 1 :]


@pytest.mark.parametrize("name", XML)
def test_xml_cut_short_or_with_broken_markup_is_told_and_no_flipped_byte_gives_a_traceback(shared, tmp_path, name):
    whole, draw, damaged = first_children(shared, name), random.Random(name), tmp_path / f"{name}.xml"
    damaged.write_bytes(whole)
    before = extracts.read(damaged)
    assert before.tables and not before.fatal
    markup = [place for tag in re.finditer(rb"<[^>]*>", whole) for place in range(*tag.span())]
    for place in draw.sample(markup, 6):
        damaged.write_bytes(flipped(whole, place, draw))
        after = extracts.read(damaged)
        assert same(before, after) or told(before, after), place
    for place in draw.sample(range(len(whole)), 4):
        damaged.write_bytes(flipped(whole, place, draw))
        extracts.read(damaged)
    for length in draw.sample(range(1, len(whole.rstrip())), 4):
        damaged.write_bytes(whole[:length])
        assert extracts.read(damaged).fatal, length


MENTIONS = {layout.title for layout in LAYOUTS if layout.mentions}  # a child may stand in many of their rows, and is one person


def none_lost(read: extracts.Extracts, table: str) -> bool:
    """Whether every row that a file has stands in its table or is counted among those left out."""
    kept = len(read[table]) if table in read else 0
    sheets = [sheet for sheet in read.sheets if sheet["table"] == table]
    rows = sum(sheet["rows"] for sheet in sheets)
    told = kept + read.left_out.loc[read.left_out["table"] == table, "rows"].sum()
    mentioned = kept > 0 and not MENTIONS.isdisjoint(sheet["layout"] for sheet in sheets)
    return bool(read.stopped(table)) or told == rows or (mentioned and told < rows)


@pytest.mark.parametrize("name, table", [("header", "persons"), ("episodes", "cla_episodes"), ("missing", "missing_episodes")])
def test_a_file_of_the_return_with_a_flipped_byte_or_cut_short_loses_no_row_in_silence(shared, tmp_path, name, table):
    lines = (shared / "extracts" / "ssda903" / "csc-validator-be-903_fake" / f"{name}.csv").read_bytes().splitlines(keepends=True)
    whole, draw, damaged = b"".join(lines[:12]), random.Random(name), tmp_path / f"{name}.csv"
    for place in draw.sample(range(len(whole)), 5):
        damaged.write_bytes(flipped(whole, place, draw))
        read = extracts.read(damaged)
        assert none_lost(read, table) and (read.sheets or read.not_read or read.fatal), place
    damaged.write_bytes(whole[: whole.rindex(b",")])
    assert any("the file ends in the middle of a row" in str(fault) for fault in extracts.read(damaged).faults)


CELLS = st.one_of(
    st.text(max_size=12), st.integers(-10, 60_000), st.floats(allow_nan=False, allow_infinity=False), st.booleans(), st.none(),
    st.datetimes(), st.dates(),
    st.sampled_from(["-", "#N/A", "2024-Apr-25 00:00:00", "31/02/2024", "c) Unknown", "=1+1", "a) Male"]),
)  # fmt: skip


@settings(max_examples=12, deadline=None)
@given(st.lists(st.lists(CELLS, min_size=6, max_size=6), min_size=1, max_size=5), st.permutations(HEADER))
def test_whatever_stands_in_the_cells_every_row_is_read_or_counted_and_every_table_keeps_to_its_schema(
    tmp_path_factory, rows, header
):
    path = tmp_path_factory.mktemp("fuzz") / "a.csv"
    pd.DataFrame(rows, columns=header).map(lambda cell: "" if cell is None else str(cell)).to_csv(path, index=False)
    read = extracts.read(path)
    kept = len(read["contacts"]) if "contacts" in read else 0
    left = read.left_out.loc[read.left_out["table"] == "contacts", "rows"].sum()
    assert kept + left == sum(entry["rows"] for entry in read.inputs)
    assert not any("its own definition" in str(fault) for fault in read.faults)


CODES = [
    "1",
    "F",
    "U",
    "M",
    "A",
    "N1",
    "V2",
    "C9",
    "S",
    "U4",
    "PR1",
    "X1",
    "E8",
    "WBRI",
    "01/02/2010",
    "2024-03-05",
    "5/6/24",
    "k) N1",
]
FILES = {
    "persons": ["CHILD", "SEX", "DOB", "ETHNIC", "UPN", "MOTHER", "MC_DOB"],
    "missing_episodes": ["CHILD", "DOB", "MISSING", "MIS_START", "MIS_END"],
    "cla_episodes": ["CHILD", "DECOM", "RNE", "LS", "CIN", "PLACE", "DEC", "REC"],
}
WORDS = st.one_of(CELLS, st.sampled_from(CODES), st.sampled_from(CODES)).map(lambda cell: "" if cell is None else str(cell))


@settings(max_examples=15, deadline=None)
@given(st.sampled_from(sorted(FILES)), st.data())
def test_whatever_stands_in_a_file_of_the_return_every_row_is_read_or_counted(tmp_path_factory, table, data):
    header = data.draw(st.permutations(FILES[table]))
    row = st.lists(WORDS, min_size=len(header), max_size=len(header))
    path = tmp_path_factory.mktemp("fuzz") / "a.csv"
    pd.DataFrame(data.draw(st.lists(row, min_size=1, max_size=5)), columns=header).to_csv(path, index=False)
    read = extracts.read(path)
    assert none_lost(read, table) and not any("its own definition" in str(fault) for fault in read.faults)


LEAVES = ["LAchildID", "PersonBirthDate", "Sex", "Ethnicity", "Disability", "CINreferralDate", "CINclosureDate", "CPPreviewDate",
          "DateOfInitialCPC", "AssessmentActualStartDate", "AssessmentFactors", "S47ActualStartDate", "CPPstartDate",
          "CHILDID", "DOB", "DECOM", "MIS_START", "MISSING", "REVIEW", "IN_TOUCH", "DUC", "Unheard"]  # fmt: skip
GROUPS = ["ChildIdentifiers", "CINdetails", "Assessments", "Section47", "ChildProtectionPlans", "Reviews", "HEADER", "EPISODE",
          "AMISSING", "AREVIEW", "OC2", "Other"]  # fmt: skip
WRITTEN = WORDS.map(lambda text: "".join(one for one in text if one.isprintable()))
LEAF = st.tuples(st.sampled_from(LEAVES), WRITTEN)
GROUP = st.recursive(LEAF, lambda inner: st.tuples(st.sampled_from(GROUPS), st.lists(inner, max_size=5)), max_leaves=25)


def element(name, content):
    made = etree.Element(name)
    if isinstance(content, str):
        made.text = content
    else:
        made.extend(element(*one) for one in content)
    return made


@settings(max_examples=10, deadline=None)
@given(st.sampled_from(["Child", "CHILD"]), st.lists(st.lists(GROUP, min_size=1, max_size=6), min_size=1, max_size=3))
def test_whatever_stands_in_xml_every_record_is_read_or_counted(tmp_path_factory, child, children):
    path = tmp_path_factory.mktemp("fuzz") / "a.xml"
    path.write_bytes(etree.tostring(element("Message", [(child, content) for content in children])))
    read = extracts.read(path)
    assert all(none_lost(read, sheet["table"]) for sheet in read.sheets)
    assert read.sheets or read.not_read or read.fatal
    assert not any("its own definition" in str(fault) for fault in read.faults)


@settings(max_examples=60, deadline=None)
@given(st.dates(pd.Timestamp("1930-01-01").date(), pd.Timestamp("2090-12-31").date()),
       st.sampled_from(["%d/%m/%Y", "%Y-%m-%d", "%d-%b-%Y", "%Y-%b-%d 00:00:00", "%d.%m.%Y", "%d %B %Y", "%Y%m%d"]))  # fmt: skip
def test_a_date_is_the_same_in_every_form_it_may_be_written_in(day, form):
    moments, _, wrong, _ = values.dates(pd.Series([day.strftime(form)], dtype="str"))
    assert moments[0] == pd.Timestamp(day) and not wrong[0]


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=15))
def test_no_text_is_read_as_a_date_outside_the_years_that_a_child_s_record_can_hold(text):
    moments, _, wrong, _ = values.dates(pd.Series([text], dtype="str"))
    assert wrong[0] == (pd.isna(moments[0]) and not values.blank(pd.Series([text], dtype="str"))[0])
    assert pd.isna(moments[0]) or 1920 <= moments[0].year < 2100


@settings(max_examples=10, deadline=None)
@given(st.lists(st.sampled_from(HEADER), min_size=6, max_size=6, unique=True),
       st.sampled_from([" ", "_", "", "?", "\N{NO-BREAK SPACE}"]), st.booleans())  # fmt: skip
def test_a_header_is_known_in_any_case_order_spacing_and_punctuation(tmp_path_factory, header, mark, upper):
    path = tmp_path_factory.mktemp("headers") / "a.csv"
    written = [mark.join(name.upper().split() if upper else name.split()) for name in header]
    path.write_text(
        ",".join(written) + "\n" + ",".join(dict(zip(HEADER, ROW, strict=True))[name] for name in header), encoding="utf-8"
    )
    read = extracts.read(path)
    assert list(read["contacts"]["cont_contact_source_code"]) == ["6"] and not read.faults
