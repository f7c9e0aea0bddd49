"""Blocks become fragments and files that say the same thing."""

import base64
import csv
import io
import struct
import zipfile
import zlib

import nbformat
import pytest
from evaluation_sample import PLACE, RUN
from python_calamine import CalamineWorkbook

from helpers import page
from helpers.disclosure import leaks
from helpers.page.exporter import rests_on
from helpers.page.fragments import bare_png, fragment
from helpers.page.released import csv_of, interval_words, neutral, placed, tally

TABLE = {
    "caption": "Children missing",
    "columns": [{"label": "Locality", "number": False}, {"label": "Children", "number": True},
                {"label": "95% interval, %", "number": True, "ends": ["95% interval, %, low", "95% interval, %, high"]}],
    "rows": [["=HYPERLINK(\"http://x\")", "1,205", "9.7 to 14.9"], ["<script>", "−15", "[c]"]],
    "symbols": {"[c]": "confidential"}, "source": "The log.", "population": "children in care", "basis": "extract",
}  # fmt: skip


def chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


PNG = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0)) + chunk(b"tEXt", b"Author\0A Person") \
    + chunk(b"IDAT", zlib.compress(b"\0\0")) + chunk(b"IEND", b"") + b"after the end"  # fmt: skip


def test_a_csv_holds_numbers_plain_intervals_in_two_columns_and_no_formula():
    rows = list(csv.reader(io.StringIO(csv_of(TABLE).decode("utf-8-sig"))))
    assert rows == [
        ["Locality", "Children", "95% interval, %, low", "95% interval, %, high"],
        ['\'=HYPERLINK("http://x")', "1205", "9.7", "14.9"],
        ["<script>", "-15", "[c]", "[c]"],
    ]


@pytest.mark.parametrize("text", ["=1+1", "+44", "-cmd", "@SUM(A1)", "\t=1", " =1"])
def test_text_that_a_spreadsheet_would_run_is_kept_from_running(text):
    assert neutral(text).startswith("'")


def test_what_could_move_figures_is_introduced_only_where_something_is_listed():
    block = {"kind": "timeline", "source": "The log.", "note": "Any of these could move them."}
    listed, empty = (
        fragment(placed([block | {"events": events}], "theme")[0])
        for events in ([{"date": "2020", "when": "2020", "event": "A home closed"}], [])
    )
    assert listed.index("Any of these") < listed.index("A home closed")
    assert "Any of these" not in empty and "No dated change" in empty and "<ol" not in empty


@pytest.mark.parametrize(
    ("bases", "said"),
    [
        ((), "made-up records"), (("published",), "published statistics"),
        (("extract", "published"), "published statistics and the authority’s own records"),
    ],
    ids=["no finding", "published findings alone", "both"],
)  # fmt: skip
def test_a_page_rests_on_what_its_findings_rest_on(bases, said):
    shown = [{"kind": "finding", "finding": {"basis": basis}} for basis in bases]
    assert rests_on({"basis": "synthetic"}, shown) == said


def test_a_symbol_is_explained_above_the_table_where_it_occurs():
    html = fragment(placed([{"kind": "table", "table": TABLE, "note": ""}], "theme")[0])
    assert html.index("confidential") < html.index("<table")
    assert "&lt;script&gt;" in html and "<script>" not in html


@pytest.mark.parametrize(
    ("rows", "columns", "stands"),
    [(20, 3, ""), (84, 2, "beside-3"), (84, 5, "beside-2"), (84, 6, "")],
)
def test_a_long_table_of_few_figures_stands_in_columns_in_print(rows, columns, stands):
    heads = [{"label": f"Heading {at}", "number": at > 0} for at in range(columns)]
    table = TABLE | {"columns": heads, "rows": [["May 2024", *["5"] * (columns - 1)]] * rows}
    html = fragment(placed([{"kind": "table", "table": table, "note": ""}], "theme")[0])
    assert ("beside-" in html) == bool(stands) and stands in html


def test_the_marks_by_which_the_leak_check_reads_a_table_are_there(html):
    assert 'data-basis="synthetic" data-suppress-up-to="7" data-round-to="5"' in html and " data-count>" in html


def test_a_kind_of_block_that_no_template_knows_is_refused():
    with pytest.raises(ValueError, match="no template"):
        fragment({"kind": "raw", "html": "<b>"})


def test_a_picture_keeps_its_pixels_and_none_of_its_words():
    kept = base64.b64decode(bare_png(base64.b64encode(PNG).decode()))
    assert b"IDAT" in kept and b"A Person" not in kept and b"after" not in kept
    with pytest.raises(ValueError, match="not a PNG"):
        bare_png(base64.b64encode(b"<svg>").decode())


def test_the_interval_of_a_finding_in_words():
    finding = {"estimate": 0.824, "ci_low": 0.7, "ci_high": 0.96, "scale": "rate ratio"}
    assert interval_words(finding) == "rate ratio 0.82, 95% interval 0.70 to 0.96"
    assert interval_words({"estimate": -8.6, "ci_low": -15.0, "ci_high": -2.0, "scale": "percentage points"}) == (
        "−8.6 percentage points, 95% interval −15.0 to −2.0"
    )
    assert interval_words({"estimate": 12.0, "ci_low": None, "ci_high": None, "scale": "%"}) == "12.0%"
    assert interval_words({"estimate": None, "ci_low": None, "ci_high": None, "scale": ""}) == ""


def test_checks_are_counted_in_words():
    checks = [{"passed": verdict} for verdict in (True, False, None)]
    assert tally(checks) == "1 of 2 checks passed, 1 worth knowing" and tally([]) == ""


def test_the_page_puts_the_answer_and_findings_before_the_contents_and_the_figures(html):
    order = [html.index(f'{mark}"') for mark in ('class="answer', 'class="findings', 'aria-labelledby="contents', 'id="figure-1')]
    assert order == sorted(order)


def test_the_page_says_that_its_records_are_made_up_and_of_what_it_was_made(html):
    assert f"{PLACE} is an invented authority: no figure here describes a real place." in html
    assert "a1b2c3d4a1b2" in html and "commit 0123456789ab" in html and "Open Government Licence" not in html


def test_a_strength_never_stands_without_its_reason(html):
    from evaluation_sample import findings

    from helpers.wording import sentence_case

    for finding in findings():
        assert sentence_case(finding.because) in html


def test_the_workbook_holds_the_same_numbers_and_no_formula(notebook, tmp_path):
    names = page.downloads(notebook, RUN, tmp_path)
    book = CalamineWorkbook.from_path(tmp_path / names[0])
    assert book.sheet_names[:3] == ["Cover", "Contents", "Notes"] and len(book.sheet_names) == 3 + 12
    cells = [cell for sheet in book.sheet_names for row in book.get_sheet_by_name(sheet).to_python() for cell in row]
    assert 13.9 in cells and "[c]" in cells and any("invented authority" in str(cell) for cell in cells)
    assert any(str(cell).startswith("=HYPERLINK") for cell in cells)
    with zipfile.ZipFile(tmp_path / names[0]) as parts:
        sheets = "".join(parts.read(part).decode() for part in parts.namelist() if "worksheets/sheet" in part)
    assert "<f>" not in sheets and "<f " not in sheets
    assert sorted(names) == sorted(path.name for path in tmp_path.iterdir())


def test_a_table_without_rows_is_left_out_of_the_workbook_and_spoils_no_page(notebook, tmp_path):
    from copy import deepcopy

    every = deepcopy(notebook)
    tables = [output["data"][page.MIME]["table"] for cell in every.cells for output in cell.get("outputs", ())
              if "table" in output.get("data", {}).get(page.MIME, ())]  # fmt: skip
    tables[0]["rows"] = []
    assert len(page.downloads(every, RUN, tmp_path)) == len(tables)  # the workbook, and a CSV for each of the others


def test_the_leak_check_has_nothing_to_say_of_the_sample(notebook, files, tmp_path):
    for file in files.values():
        (tmp_path / file.name).write_bytes(file.read_bytes())
    page.downloads(notebook, RUN, tmp_path / "downloads")
    assert leaks.check(tmp_path) == []


def test_records_whose_owner_only_their_user_names_are_said_to_be_so_at_the_head_of_the_page():
    cover = {"kind": "cover", "title": "T", "question": "", "audience": "", "place": PLACE, "period": "", "counted": "",
             "basis": "extract", "made_up": False}  # fmt: skip
    output = nbformat.v4.new_output("display_data", {page.MIME: cover})
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("", outputs=[output])])
    said = f"whoever ran this vouched that they are those of {PLACE}"
    assert said in page.export(notebook, {**RUN, "made_up": False, "vouched": True})
    assert said not in page.export(notebook, {**RUN, "made_up": False, "vouched": False})
