import io
import os
import zipfile

import pandas as pd
import pytest

from helpers import extracts
from helpers.extracts import containers, sheets

LOG = "Child ID,Missing from (date and time),Returned at,Missing from\nZ1,03/05/2024 18:30,03/05/2024 23:00,Home\n"
START = pd.Timestamp("2024-05-03 18:30")


def started(path):
    return list(extracts.read(path)["missing_episodes"]["miss_missing_episode_start_date"])


def told(path):
    """What was fatal, table by table."""
    read = extracts.read(path)
    assert not read.tables
    return " ".join(map(str, read.fatal))


def workbook(path, engine="xlsxwriter", **options):
    rows = [line.split(",") for line in LOG.splitlines()]
    frame = pd.DataFrame(rows[1:], columns=rows[0])
    with pd.ExcelWriter(path, engine=engine, **options) as book:
        frame.to_excel(book, sheet_name="Log", index=False)
    return path


def edited(path, part, change):
    """The zip at `path` with the content of one of its parts changed."""
    with zipfile.ZipFile(path) as archive:
        contents = {name: archive.read(name) for name in archive.namelist()}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in contents.items():
            archive.writestr(name, change(content) if name == part else content)


@pytest.fixture
def old_workbook(tmp_path):
    import xlwt

    book = xlwt.Workbook()
    sheet = book.add_sheet("Log")
    for row, line in enumerate(LOG.splitlines()):
        for column, cell in enumerate(line.split(",")):
            sheet.write(row, column, cell)
    book.save(str(tmp_path / "log.xls"))
    return tmp_path / "log.xls"


def open_document(path, rows):
    """A workbook as LibreOffice writes it, from the XML of its rows."""
    names = "".join(f' xmlns:{part}="urn:oasis:names:tc:opendocument:xmlns:{part}:1.0"' for part in ("office", "table", "text"))
    body = (
        f'<office:body><office:spreadsheet><table:table table:name="Log">{rows}</table:table></office:spreadsheet></office:body>'
    )
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("content.xml", f"<office:document-content{names}>{body}</office:document-content>")
        archive.writestr("META-INF/manifest.xml", "<manifest/>")
    return path


def cells(line, repeat=""):
    return "".join(
        f'<table:table-cell{repeat} office:value-type="string"><text:p>{cell}</text:p></table:table-cell>'
        for cell in line.split(",")
    )


@pytest.mark.parametrize(
    "content",
    [LOG.encode(), b"\xef\xbb\xbf" + LOG.encode(), LOG.encode("utf-16"), LOG.replace(",", ";").encode(),
     LOG.replace(",", "\t").encode(),
     LOG.replace("\n", "\r\n").encode(), LOG.replace("\n", "\r").encode(), LOG.replace("Home", "Home ").encode(),
     b"Log of missing episodes\n\n" + LOG.encode(), LOG.replace("Home", "Home,,,").encode(),
     LOG.replace("Home", '"Home"').encode()],
)  # fmt: skip
def test_a_csv_is_read_whatever_its_encoding_delimiter_line_ends_and_title(tmp_path, content):
    (tmp_path / "log.csv").write_bytes(content)
    assert started(tmp_path) == [START]


def test_a_row_with_more_cells_than_headers_is_kept_in_its_columns(tmp_path):
    (tmp_path / "log.csv").write_text(LOG + "Z2,04/05/2024 10:00,,Home,a,b,c,d\n\nZ3,05/05/2024 10:00\n", encoding="utf-8")
    read = extracts.read(tmp_path)["missing_episodes"]
    assert list(read["miss_person_id"]) == ["Z1", "Z2", "Z3"]


def test_workbooks_of_every_kind_are_read(tmp_path, old_workbook):
    assert started(old_workbook) == [START]
    assert started(workbook(tmp_path / "log.xlsx")) == [START]
    rows = "".join(f"<table:table-row>{cells(line)}</table:table-row>" for line in LOG.splitlines())
    empty = '<table:table-cell table:number-columns-repeated="16384"/>'
    blank = f'<table:table-row table:number-rows-repeated="1048000">{empty}</table:table-row>'
    assert started(open_document(tmp_path / "log.ods", rows + blank)) == [START]


def test_a_file_is_known_by_its_content_and_not_by_its_ending(tmp_path, old_workbook):
    page = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in line.split(",")) + "</tr>" for line in LOG.splitlines())
    (tmp_path / "page.xls").write_text(f"<html><body><table>{page}</table></body></html>", encoding="utf-8")
    (tmp_path / "csv.xls").write_text(LOG, encoding="utf-8")
    workbook(tmp_path / "book.xlsx").rename(tmp_path / "book.csv")
    os.replace(old_workbook, tmp_path / "old.xlsx")
    for name in ("page.xls", "csv.xls", "book.csv", "old.xlsx"):
        assert started(tmp_path / name) == [START], name


def test_a_zip_is_read_as_the_folder_it_holds_and_within_a_folder_too(tmp_path):
    workbook(tmp_path / "log.xlsx")
    with zipfile.ZipFile(tmp_path / "sent.zip", "w") as archive:
        archive.write(tmp_path / "log.xlsx", "../../sent/logs/log.xlsx")
        archive.writestr("__MACOSX/sent/._log.xlsx", b"\x00")
        archive.writestr("sent/teams.csv", "team,locality\nTeam A,North\n")
        archive.writestr("sent/letter.docx", b"\x00")
    os.remove(tmp_path / "log.xlsx")
    for path in (tmp_path, tmp_path / "sent.zip"):
        read = extracts.read(path)
        assert {entry["path"] for entry in read.inputs} == {"sent.zip/sent/logs/log.xlsx", "sent.zip/sent/teams.csv"}
        assert set(read.tables) == {"missing_episodes", "team_lookup"} and not read.faults


def test_a_zip_with_an_about_yml_of_its_own_is_refused_since_its_records_may_be_made_up(tmp_path):
    with zipfile.ZipFile(tmp_path / "sent.zip", "w") as archive:
        archive.writestr("about.yml", "authority: Nowhere\nmade_up: true\n")
        archive.writestr("log.csv", LOG)
    assert told(tmp_path) == "sent.zip: it holds an about.yml of its own; unpack it and give the folder."


def test_a_zip_within_a_zip_a_locked_entry_and_a_bomb_are_refused_by_name(tmp_path, monkeypatch):
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w") as archive:
        archive.writestr("log.csv", LOG)
    with zipfile.ZipFile(tmp_path / "outer.zip", "w") as archive:
        archive.writestr("inner.zip", inner.getvalue())
    assert told(tmp_path) == "outer.zip/inner.zip: it is a zip within a zip; unpack it first."
    content = bytearray(inner.getvalue())
    for place in (content.find(b"PK\x03\x04") + 6, content.find(b"PK\x01\x02") + 8):
        content[place] |= 1
    (tmp_path / "outer.zip").write_bytes(content)
    assert told(tmp_path) == "outer.zip/log.csv: it is locked with a password; save a copy without one."
    (tmp_path / "outer.zip").write_bytes(inner.getvalue())
    monkeypatch.setattr(containers, "MOST_UNPACKED", 50)
    assert "than can be read" in told(tmp_path)


def test_a_workbook_that_is_none_or_is_cut_short_or_locked_is_a_fatal_fault_and_stops_no_other(tmp_path, old_workbook):
    (tmp_path / "log.csv").write_text(LOG, encoding="utf-8")
    whole = workbook(tmp_path / "whole.xlsx").read_bytes()
    os.remove(tmp_path / "whole.xlsx")
    os.remove(old_workbook)
    for content, why in [
        (whole[: len(whole) // 2], "damaged or cut short"),
        (b"\xd0\xcf\x11\xe0" + "EncryptedPackage".encode("utf-16-le"), "locked with a password"),
        (b"\xff\xd8\xff\xe0\x00\x10JFIF", "not a text file or a workbook"),
        (b"%PDF-1.7 and so on", "only workbooks, CSV, XML and zip files are read"),
    ]:
        (tmp_path / "book.xlsx").write_bytes(content)
        read = extracts.read(tmp_path)
        assert len(read.fatal) == 1 and why in str(read.fatal[0]) and "book.xlsx" in str(read.fatal[0])
        assert "missing_episodes" in read


def test_a_picture_and_a_letter_beside_the_extracts_are_no_fault(tmp_path):
    (tmp_path / "log.csv").write_text(LOG, encoding="utf-8")
    (tmp_path / "map.png").write_bytes(b"\x89PNG\r\n\x1a\n\x00")
    read = extracts.read(tmp_path)
    assert not read.faults and "map.png" in read.not_read


@pytest.mark.parametrize("stray", ["XFD1048576", "ZZ900000"])
def test_a_stray_cell_in_the_last_row_and_column_is_refused_before_it_can_stop_the_run(tmp_path, stray):
    cell = f'<row r="{stray.lstrip("XFDZ")}"><c r="{stray}"><v>1</v></c></row></sheetData>'.encode()
    path = workbook(tmp_path / "log.xlsx")
    edited(path, "xl/worksheets/sheet1.xml", lambda content: content.replace(b"</sheetData>", cell))
    assert "a stray cell" in told(path)


def test_a_styled_cell_without_content_stretches_nothing(tmp_path):
    cell = b'<row r="1048576"><c r="XFD1048576" s="1"/></row></sheetData>'
    path = workbook(tmp_path / "log.xlsx")
    edited(path, "xl/worksheets/sheet1.xml", lambda content: content.replace(b"</sheetData>", cell))
    assert started(path) == [START]


def test_a_cell_repeated_without_end_is_refused(tmp_path):
    repeat = ' table:number-columns-repeated="16384"'
    row = f'<table:table-row table:number-rows-repeated="1048576">{cells("x", repeat)}</table:table-row>'
    assert "a stray cell" in told(open_document(tmp_path / "log.ods", row))


def test_a_quotation_mark_that_is_never_closed_is_a_fault(tmp_path):
    (tmp_path / "log.csv").write_text(LOG + 'Z2,"04/05/2024 10:00,,Home\nZ3,05/05/2024 10:00,,Home\n', encoding="utf-8")
    assert "a quotation mark is opened and never closed" in told(tmp_path)


def test_yes_and_one_stay_apart_in_a_column_that_holds_both():
    assert list(sheets.as_text((True, 1.0, False, 0.0, "no"))) == ["yes", "1", "no", "0", "no"]


def test_a_csv_that_ends_in_the_middle_of_a_row_is_told(given):
    read = extracts.read(given(log_csv="Child ID,Missing from at,Missing from\nZ1,03/05/2024 18:30,Home\nZ2,04/05/2024"))
    assert "log.csv: 1 row (3): the file ends in the middle of a row." in " ".join(map(str, read.faults))


def test_a_lost_quotation_mark_that_swallows_rows_is_told(given):
    rows = 'Child ID,Missing from at,Missing from,Notes\nZ1,03/05/2024,Home,"a\nZ2,04/05/2024,Home,b\nZ3,05/05/2024,Home,"c"\n'
    read = extracts.read(given(log_csv=rows))
    assert any("a cell holds what looks like whole rows" in str(fault) for fault in read.faults)


def test_a_note_over_two_lines_is_no_fault(given):
    rows = 'Child ID,Missing from at,Missing from,Notes\nZ1,03/05/2024,Home,"seen,\nat school"\nZ2,04/05/2024,Home,\n'
    read = extracts.read(given(log_csv=rows))
    assert len(read["missing_episodes"]) == 2 and not read.faults


def test_text_of_two_bytes_a_letter_that_ends_in_half_a_letter_is_cut_short(tmp_path):
    (tmp_path / "log.csv").write_bytes("Child ID,Missing from at,Missing from\nZ1,03/05/2024,Home\n".encode("utf-16")[:-1])
    assert "damaged or cut short" in str(extracts.read(tmp_path).fatal[0])
