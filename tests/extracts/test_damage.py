"""Whatever is done to a file, reading it says so or reads the same: never a traceback, never another content in silence."""

import random
import zipfile
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers import extracts
from helpers.extracts import values

FLIPS, CUTS = 6, 2  # of each sample
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


@pytest.mark.parametrize("folder", ["ssda903/liia_samples", "cin_census"])
def test_other_samples_with_flipped_bytes_never_give_a_traceback(shared, tmp_path, folder):
    draw = random.Random(folder)
    for file in sorted(Path(shared / "extracts" / folder).iterdir()):
        whole = file.read_bytes()
        for place in [draw.randrange(len(whole)) for _ in range(2)]:
            (tmp_path / file.name).write_bytes(
                whole[:place] + bytes([whole[place] ^ 1 << draw.randrange(8)]) + whole[place + 1 :]
            )
            extracts.read(tmp_path / file.name)
        (tmp_path / file.name).write_bytes(whole[: draw.randrange(len(whole))])
        extracts.read(tmp_path / file.name)
        (tmp_path / file.name).unlink()


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


@settings(max_examples=60, deadline=None)
@given(st.dates(pd.Timestamp("1930-01-01").date(), pd.Timestamp("2090-12-31").date()),
       st.sampled_from(["%d/%m/%Y", "%Y-%m-%d", "%d-%b-%Y", "%Y-%b-%d 00:00:00", "%d.%m.%Y", "%d %B %Y", "%Y%m%d"]))  # fmt: skip
def test_a_date_is_the_same_in_every_form_it_may_be_written_in(day, form):
    moments, _, wrong = values.dates(pd.Series([day.strftime(form)], dtype="str"))
    assert moments[0] == pd.Timestamp(day) and not wrong[0]


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=15))
def test_no_text_is_read_as_a_date_outside_the_years_that_a_child_s_record_can_hold(text):
    moments, _, wrong = values.dates(pd.Series([text], dtype="str"))
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
