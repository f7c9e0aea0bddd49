"""The leak check finds every kind of leak that is planted, and nothing in pages that are clean."""

import base64
import json
import struct
import time
import zlib
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from helpers.disclosure import leaks
from helpers.disclosure.identifiers import Identifiers

PERSONS = pd.DataFrame(
    {
        "pers_person_id": ["MARL000417", "46", "812"],
        "pers_sex": ["F", "M", "F"],
        "pers_dob": pd.to_datetime(["2011-05-17", "2009-11-03", "2012-01-01"]),
        "pers_ethnicity": ["WBRI", "MWBC", "WBRI"],
        "pers_upn": ["T938204817362", None, None],
        "pers_family_id": ["FAM-2019-0031", "77", "78"],
    }
)
NAMES = pd.DataFrame(
    {
        "forename": ["Chesil", "Rose"],
        "surname": ["March", "Underwood"],
        "full_name": ["Chesil March", "Rose Underwood"],
        "date_of_birth": ["17/05/2011", "03/11/2009"],
        "postcode": ["DT1 1XY", "DT11 0AA"],
        "team": ["Chesil CSW 1", "<script>"],
    }
)
IDENTIFIERS = Identifiers.of(
    {"persons": PERSONS, "names": NAMES}, identifying={"names": ["forename", "surname", "full_name", "postcode"]}
)
HEAD = '<!DOCTYPE html><html lang="en-GB"><head><meta charset="utf-8"><title>Missing</title><style>body{margin:0}</style></head>'
LEAKING_CSV = b"child\nMARL000417\n"


def png(*chunks: tuple[bytes, bytes], after: bytes = b"") -> bytes:
    """A picture of one pixel, with further chunks."""
    parts = [(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0)), *chunks, (b"IDAT", zlib.compress(b"\0\0")), (b"IEND", b"")]
    body = b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data)) for kind, data in parts
    )
    return b"\x89PNG\r\n\x1a\n" + body + after


def uri(kind: str, raw: bytes) -> str:
    return f"data:{kind};base64,{base64.b64encode(raw).decode()}"


def picture(raw: bytes) -> str:
    return f'<img alt="" src="{uri("image/png", raw)}">'


def table(rows: list[list[str]], csv: str | None = None) -> str:
    """A table made from records, marked as page marks it, with the CSV offered beside it."""
    body = "".join(
        f'<tr><th scope="row">{row[0]}</th>' + "".join(f"<td>{cell}</td>" for cell in row[1:]) + "</tr>" for row in rows
    )
    heads = '<th scope="col">Locality</th><th scope="col" data-count>Children</th><th scope="col">%</th><th>Interval</th>'
    marked = '<table data-basis="synthetic" data-suppress-up-to="7" data-round-to="5">'
    link = (
        f'<a href="{uri("text/csv", csv.encode("utf-8-sig"))}" download="missing-table-1.csv">Download table 1</a>' if csv else ""
    )
    return f"{marked}<caption>Table 1</caption><thead><tr>{heads}</tr></thead><tbody>{body}</tbody></table>{link}"


ROWS = [["Chesil", "1,205", "12.0", "9.7 to 14.9"], ["Dorchester", "[c]", "[c]", "[c]"], ["Purbeck", "0", "[c]", "[c]"]]
CSV = """Locality,Children,%,"Interval, low","Interval, high"
Chesil,1205,12.0,9.7,14.9
Dorchester,[c],[c],[c],[c]
Purbeck,0,[c],[c],[c]
"""


def page(body: str = "") -> str:
    """A clean page with everything that could be taken for a leak: names that are places, dates, hashes, counts, links."""
    return f"""{HEAD}<body><a class="skip" href="#main">Skip</a><main id="main"><h1>Children missing from Chesil and Dorset</h1>
    <p>On 3 November 2009 the service in Chesil began.</p><p>46 of 812 children came by 3 June 2011. In March, roses.</p>
    <p>From 2012-01-01 to 2018-03-31, 77 plans and 78 reviews; 1 January 2012: 812, a rate of 46.77 per 10,000.</p>
    <table><caption>Months</caption><thead><tr><th scope="col">Month</th><th scope="col">Children</th></tr></thead>
    <tbody><tr><th scope="row">1 January 2012</th><td>812</td></tr></tbody></table>
    {table(ROWS, CSV)}<figure><img alt="Line chart" src="{uri("image/png", png())}"></figure>
    <p class="src">Source: <a href="https://explore-education-statistics.service.gov.uk/find">DfE</a>, E06000059, 12059476.</p>
    <dl><dt>Inputs</dt><dd>sha256 81246771fbd1e2c09f0046aa77b0d3e5f1827bcd9e00112233445566778899aa, commit 8124677</dd></dl>{body}
    </main></body></html>"""


def write(folder: Path, name: str, contents) -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(contents if isinstance(contents, bytes) else contents.encode("utf-8"))
    return path


@pytest.fixture
def folder(tmp_path):
    """A clean release: two pages, a record of the run, a CSV, a workbook, a log."""
    write(tmp_path, "index.html", page())
    write(tmp_path, "made_up/missing_children.html", page())
    write(tmp_path, "downloads/missing-table-1.csv", b"\xef\xbb\xbf" + CSV.encode())
    findings = [{"id": "share", "n": 590, "estimate": 12.0, "statement": "Fewer children went missing.", "basis": "extract"}]
    inputs = [{"path": "data/raw/annex_a.xlsx", "rows": 46, "sha256": "ab12" * 16}]
    run = {"label": "latest", "started": "2026-11-22T02:41:18", "inputs": inputs}
    write(
        tmp_path, "run.json", json.dumps(run | {"findings": findings, "git_commit": "8124677fbd1e2c09f0046aa77b0d3e5f1827bcd9"})
    )
    write(tmp_path, "run.log", "2026-11-22 02:41:18 missing_children ok in 12.3 seconds\n")
    with pd.ExcelWriter(tmp_path / "downloads" / "tables.xlsx", engine="xlsxwriter") as book:
        pd.DataFrame({"Locality": ["Chesil", "Purbeck"], "Children": [1205, 0]}).to_excel(book, index=False)
    return tmp_path


def test_a_clean_release_raises_no_false_alarm(folder):
    assert leaks.check(folder, IDENTIFIERS) == []


IN_TEXT = {
    "a child's id": ("identifier", "<p>as for MARL000417 in June</p>"),
    "a child's id in another case": ("identifier", "<p>marl000417</p>"),
    "an id written as entities": ("identifier", "<p>&#77;ARL&#48;00417</p>"),
    "a family id": ("identifier", "<p>(FAM-2019-0031)</p>"),
    "an id in an attribute": ("identifier", '<img alt="MARL000417" src="data:image/png;base64,">'),
    "a short number beside its date of birth": ("identifier", "<table><tr><td>46</td><td>3 November 2009</td></tr></table>"),
    "a date of birth beside its row": ("identifier", "<p>03/11/2009 M MWBC</p>"),
    "a full name": ("identifier", "<p>about Rose Underwood</p>"),
    "the parts of a name in a row": ("identifier", "<table><tr><td>Underwood</td><td>Rose</td></tr></table>"),
    "a name beside its date of birth": ("identifier", "<p>Chesil, born 17 May 2011</p>"),
    "a UPN that is in no input": ("UPN", "<p>H801200001015</p>"),
    "an NHS number": ("NHS number", "<p>943 476 5919</p>"),
    "a postcode": ("postcode", "<p>DT2 9QQ</p>"),
    "an email address": ("email address", "<p>a.worker@dorset.example</p>"),
    "a path": ("path with a user's name", "<p>C:\\Users\\aworker\\data</p>"),
    "a traceback": ("traceback", "<pre>Traceback (most recent call last)</pre>"),
    "a script": ("markup", "<script>1</script>"),
    "an event handler": ("markup", '<p onclick="x()">p</p>'),
    "a script address": ("markup", '<a href="javascript:x()">p</a>'),
    "a frame": ("markup", "<iframe></iframe>"),
    "a vector picture": ("markup", "<svg><text>a</text></svg>"),
    "a comment": ("comment", "<!-- to do -->"),
    "a picture from elsewhere": ("external", '<img src="https://example.org/a.png" alt="">'),
    "a style sheet from elsewhere": ("external", '<link rel="stylesheet" href="https://example.org/a.css">'),
    "a font from elsewhere": ("external", "<style>@font-face{src:url(https://example.org/a.woff)}</style>"),
    "a notebook's own table": ("output", '<table class="dataframe"><tr><td>1</td></tr></table>'),
    "words in a picture": ("picture", picture(png((b"tEXt", b"Software\0Matplotlib")))),
    "an id packed in a picture": ("identifier", picture(png((b"zTXt", b"x\0\0" + zlib.compress(b"MARL000417"))))),
    "something after a picture's end": ("picture", picture(png(after=b"MARL000417"))),
    "an id in a CSV data address": ("identifier", f'<a href="{uri("text/csv", LEAKING_CSV)}" download="x.csv">x</a>'),
    "a small count": ("uncontrolled number", table([["Chesil", "6", "[c]", "[c]"]])),
    "a count that is not rounded": ("uncontrolled number", table([["Chesil", "23", "[c]", "[c]"]])),
    "a CSV that tells what the table hides": ("CSV", table(ROWS, CSV.replace("Dorchester,[c]", "Dorchester,3"))),
    "a CSV with a row too many": ("CSV", table(ROWS, CSV + "Weymouth,15,1.0,0.5,1.5\r\n")),
}


@pytest.mark.parametrize("what", IN_TEXT)
def test_a_planted_leak_on_a_page_is_found(folder, what):
    kind, markup = IN_TEXT[what]
    write(folder, "made_up/missing_children.html", page(markup))
    found = leaks.check(folder, IDENTIFIERS)
    assert kind in {leak.kind for leak in found}
    assert {leak.file for leak in found} == {"made_up/missing_children.html"}
    assert not any("000417" in str(leak) or "Underwood" in str(leak) for leak in found)


def test_a_planted_leak_in_any_other_file_is_found(folder):
    def kinds(name, contents):
        path = write(folder, name, contents)
        found = [leak for leak in leaks.check(folder, IDENTIFIERS) if leak.file == name]
        path.unlink()
        return {leak.kind for leak in found}

    assert kinds("a.json", json.dumps({"error": {"detail": ["for child MARL000417"]}})) == {"identifier"}
    assert kinds("b.json", json.dumps([{"child": 46, "born": "2009-11-03"}])) == {"identifier"}
    assert kinds("c.json", json.dumps({"path": "C:\\Users\\aworker\\x"})) == {"path with a user's name"}
    assert kinds("a.csv", "child,born\n46,2009-11-03\n") == {"identifier"}
    assert kinds("a.log", "KeyError: 'MARL000417'\n") == {"identifier"}
    assert kinds("a.log", "wrote /home/aworker/evaluation/reports\n") == {"path with a user's name"}
    assert kinds("a.png", png((b"iTXt", b"Title" + bytes(5) + b"MARL000417"))) == {"picture", "identifier"}
    assert kinds("persons.parquet", b"PAR1") == {"file"}
    assert kinds("MARL000417.csv", "a\n1\n") == {"identifier"}


def test_a_planted_leak_in_a_workbook_is_found_even_on_a_hidden_sheet(folder):
    with pd.ExcelWriter(folder / "downloads" / "tables.xlsx", engine="xlsxwriter") as book:
        pd.DataFrame({"Locality": ["Chesil"]}).to_excel(book, sheet_name="Table 1", index=False)
        pd.DataFrame({"child": [46], "born": ["2009-11-03"]}).to_excel(book, sheet_name="Work", index=False)
        book.sheets["Work"].hide()
        book.sheets["Table 1"].write_comment("A1", "see T938204817362")
    kinds = {leak.kind for leak in leaks.check(folder, IDENTIFIERS)}
    assert {"identifier", "UPN", "workbook"} <= kinds


def test_a_csv_file_that_differs_from_the_one_a_page_offers_is_found(folder):
    write(folder, "downloads/missing-table-1.csv", CSV.replace("Dorchester,[c]", "Dorchester,3"))
    assert [leak.kind for leak in leaks.check(folder, IDENTIFIERS)] == ["CSV"]


def test_a_canary_of_made_up_data_is_found_anywhere(folder):
    write(folder, "run.log", "team Zephyrine-Quillfeather-7 has no locality")
    assert [leak.kind for leak in leaks.check(folder, IDENTIFIERS, canaries=["Quillfeather"])] == ["canary"]


def test_a_link_to_another_file_is_not_released(folder):
    try:
        (folder / "raw.csv").symlink_to(folder / "run.json")
    except OSError:
        pytest.skip("this computer does not let a user make links")
    assert [leak.kind for leak in leaks.check(folder, IDENTIFIERS)] == ["file"]


@pytest.mark.parametrize(
    "text, is_one", [("943 476 5919", True), ("9434765918", False), ("1234567890", False), ("1111111111", False)]
)
def test_ten_digits_are_an_nhs_number_only_with_their_check_digit(text, is_one):
    assert leaks.is_nhs_number(text) is is_one


@pytest.mark.parametrize("short", [False, True])
def test_ten_thousand_children_and_five_large_pages_take_seconds_and_raise_no_false_alarm(tmp_path, short):
    rng = np.random.default_rng(4)
    born = pd.to_datetime("2005-04-01") + pd.to_timedelta(rng.integers(0, 6500, 10_000), unit="D")
    ids = [str(i) if short else f"CH{i:07}X" for i in range(1, 10_001)]
    persons = pd.DataFrame({"pers_person_id": ids, "pers_dob": born, "pers_sex": "F", "pers_ethnicity": "WBRI"})
    starts = pd.to_datetime("2018-04-01") + pd.to_timedelta(rng.integers(0, 2500, 30_000), unit="D")
    plans = pd.DataFrame(
        {"cppl_person_id": rng.choice(ids, 30_000), "cppl_cp_plan_start_date": starts, "cppl_locality": "Chesil"}
    )
    months = pd.date_range("2018-04-01", "2025-03-01", freq="MS")
    lines = [
        f"<tr><td>{m.day} {m:%B %Y}</td><td>Chesil</td><td>{5 * n}</td><td>{n / 3:.1f}</td></tr>"
        for m in months
        for n in range(2, 12)
    ]
    image = picture(png((b"IDAT", rng.bytes(380_000))))
    for i in range(5):
        write(tmp_path, f"page{i}.html", page(f"<table>{''.join(lines)}</table>{image}"))
    began = time.perf_counter()
    found = leaks.check(tmp_path, {"persons": persons, "cp_plans": plans})
    took = time.perf_counter() - began
    assert found == []
    assert took < 15  # about 2 s on an idle machine
