"""What a released file says, to a person or to a machine: its lines, its tables, its links, and anything that ought not be there.

A *line* is what stands side by side: a row of a table, a paragraph, a line of a CSV, one JSON object's values, an attribute.
"""

import base64
import binascii
import csv
import io
import json
import re
import struct
import zipfile
import zlib
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote_to_bytes

READABLE = {
    ".html", ".htm", ".csv", ".tsv", ".xlsx", ".json", ".jsonl", ".log", ".txt", ".md", ".yml", ".yaml", ".css", ".png",
}  # fmt: skip
MOST_UNPACKED = 200_000_000  # bytes of a workbook
BLOCKS = {
    "p", "div", "li", "tr", "h1", "h2", "h3", "h4", "h5", "h6", "caption", "figcaption", "dt", "dd", "section", "summary",
    "title", "table", "ul", "ol", "dl", "figure", "details", "header", "footer", "main", "nav", "br", "style", "script",
    "option", "blockquote",
}  # fmt: skip
RUNS_OR_FRAMES = {
    "script", "iframe", "frame", "frameset", "object", "embed", "applet", "svg", "math", "base", "form", "portal", "canvas",
}  # fmt: skip
LOADS = {
    "src", "srcset", "poster", "data", "background", "action", "formaction", "manifest", "ping", "xlink:href",
}  # fmt: skip
NOTEBOOK_OUTPUT = re.compile(r"\b(jp-(OutputArea|RenderedText|Cell)|output_(stream|error|subarea|text)|ansi-\w+)\b")
CSS_LOADS = re.compile(r"@import|url\(\s*['\"]?(?!\s*data:|\s*['\"]?data:|#)", re.IGNORECASE)
DATA_URI = re.compile(r"^\s*data:([^,]*),(.*)$", re.DOTALL | re.IGNORECASE)


@dataclass
class Table:
    """One table of a page as text: its attributes, headings (text and attributes), rows, and the CSV offered with it."""

    marks: dict[str, str]
    headings: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    rows: list[list[str]] = field(default_factory=list)
    csv: str | None = None


@dataclass
class Released:
    """The contents of one file: lines of text, tables, CSVs by the name they are downloaded under, and faults (kind, detail)."""

    lines: list[str] = field(default_factory=list)
    tables: list[Table] = field(default_factory=list)
    downloads: dict[str, str] = field(default_factory=dict)
    faults: list[tuple[str, str]] = field(default_factory=list)


def read(path: Path) -> Released:
    """What the file at `path` says; a kind of file that cannot be read is a fault, not an error."""
    suffix = path.suffix.lower()
    if suffix not in READABLE:
        return Released(faults=[("file", f"a {suffix or 'nameless'} file cannot be checked and is not released")])
    raw = path.read_bytes()
    if suffix == ".xlsx":
        return _workbook(raw)
    if suffix == ".png":
        return _picture(raw)
    text = raw.decode("utf-8-sig", errors="replace")
    if suffix in (".html", ".htm"):
        return _page(text)
    if suffix in (".json", ".jsonl"):
        return _json(text)
    return Released(lines=_csv_lines(text) if suffix == ".csv" else text.splitlines())


def _page(text: str) -> Released:
    page = _Page()
    page.feed(text)
    page.close()
    page.end_line()
    return page.found


class _Page(HTMLParser):
    """Gathers the lines, tables and faults of a page."""

    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.found = Released()
        self._line: list[str] = []
        self._cell: list[str] | None = None
        self._heading: dict[str, str] = {}
        self._open_tables = 0
        self._in_style = False

    def end_line(self):
        line = " ".join("".join(self._line).split())
        if line:
            self.found.lines.append(line)
        self._line = []

    def handle_starttag(self, tag, attrs):
        marks = {name: value or "" for name, value in attrs}
        if tag in RUNS_OR_FRAMES:
            self.found.faults.append(("markup", f"<{tag}> is not allowed on a released page"))
        if tag == "link":
            self.found.faults.append(("external", "<link> asks for another file"))
        if tag == "meta" and marks.get("http-equiv", "").lower() == "refresh":
            self.found.faults.append(("external", "<meta refresh> leads to another address"))
        if NOTEBOOK_OUTPUT.search(marks.get("class", "")) or (tag == "table" and "dataframe" in marks.get("class", "").split()):
            self.found.faults.append(
                ("output", f"<{tag} class={marks['class']!r}> is a notebook's own output, not a released one")
            )
        for name, value in marks.items():
            self._attribute(tag, name, value, marks)
        if tag in BLOCKS:
            self.end_line()
        self._in_style = tag == "style"
        if tag == "table":
            self._open_tables += 1
            self.found.tables.append(Table(marks))
        elif self._open_tables and tag == "tr":
            self.found.tables[-1].rows.append([])
        elif self._open_tables and tag in ("td", "th"):
            self._line.append("\t")
            self._cell, self._heading = [], marks if tag == "th" and marks.get("scope") != "row" else {"scope": "row"}

    def handle_startendtag(self, tag, attrs):
        self.handle_starttag(tag, attrs)
        self.handle_endtag(tag)

    def handle_endtag(self, tag):
        if self._open_tables and tag in ("td", "th") and self._cell is not None:
            text = " ".join("".join(self._cell).split())
            table = self.found.tables[-1]
            if tag == "th" and self._heading.get("scope") != "row":
                table.headings.append((text, self._heading))
            elif table.rows:
                table.rows[-1].append(text)
            self._cell = None
        if tag == "table" and self._open_tables:
            self._open_tables -= 1
            self.found.tables[-1].rows = [row for row in self.found.tables[-1].rows if row]
        if tag == "style":
            self._in_style = False
        if tag in BLOCKS:
            self.end_line()

    def handle_data(self, data):
        self._line.append(data)
        if self._cell is not None:
            self._cell.append(data)
        if self._in_style and CSS_LOADS.search(data):
            self.found.faults.append(("external", "the style sheet loads something from elsewhere"))

    def handle_comment(self, data):
        self.found.faults.append(("comment", "an HTML comment is not shown and not released"))
        self.found.lines.append(data)

    def handle_pi(self, data):
        self.handle_comment(data)

    def unknown_decl(self, data):
        self.handle_comment(data)

    def _attribute(self, tag: str, name: str, value: str, marks: dict[str, str]) -> None:
        if uri := DATA_URI.match(value):
            self._data_uri(uri, marks)
            return
        self.found.lines.append(value)
        if name.startswith("on"):
            self.found.faults.append(("markup", f"<{tag} {name}=...> would run a script"))
        if name == "srcdoc":
            self.found.faults.append(("markup", f"<{tag} srcdoc> is a page within the page"))
        if name == "style" and CSS_LOADS.search(value):
            self.found.faults.append(("external", f"the style of a <{tag}> loads something from elsewhere"))
        if value.strip().lower().startswith(("javascript:", "vbscript:", "file:")):
            self.found.faults.append(("markup", f"<{tag} {name}> runs a script or opens a file of this computer"))
        if name in LOADS and not (name == "data" and tag != "object"):
            self.found.faults.append(("external", f"<{tag} {name}> asks for something that is not in the page"))

    def _data_uri(self, uri: re.Match, marks: dict[str, str]) -> None:
        kind, body = uri.group(1).lower(), uri.group(2)
        try:
            raw = base64.b64decode(unquote_to_bytes(body)) if "base64" in kind else unquote_to_bytes(body)
        except (binascii.Error, ValueError):
            self.found.faults.append(("markup", "a data address cannot be decoded"))
            return
        if kind.startswith("image/png"):
            self._take(_picture(raw))
        elif kind.startswith(("text/csv", "text/plain")):
            text = raw.decode("utf-8-sig", errors="replace")
            self.found.lines += _csv_lines(text) if "csv" in kind else text.splitlines()
            if "download" in marks:
                self.found.downloads[marks["download"]] = text
            if self.found.tables and "csv" in kind:
                self.found.tables[-1].csv = text
        elif "spreadsheetml" in kind:
            self._take(_workbook(raw))
        else:
            self.found.faults.append(("markup", f"a data address of the kind {kind.split(';')[0] or 'unnamed'} is not allowed"))
            self.found.lines += raw.decode("utf-8", errors="replace").splitlines()

    def _take(self, other: Released) -> None:
        self.found.lines += other.lines
        self.found.faults += other.faults


def _picture(raw: bytes) -> Released:
    """The words hidden in a PNG: any of them is a fault."""
    found = Released()
    if not raw.startswith(b"\x89PNG\r\n\x1a\n"):
        return Released(faults=[("picture", "a picture is not a PNG")])
    at = 8
    while at + 8 <= len(raw):
        (length,), kind = struct.unpack(">I", raw[at : at + 4]), raw[at + 4 : at + 8]
        body = raw[at + 8 : at + 8 + length]
        if kind in (b"tEXt", b"zTXt", b"iTXt", b"eXIf"):
            found.faults.append(("picture", f"a picture carries words ({kind.decode()})"))
            found.lines += _words(kind, body).splitlines()
        at += 12 + length
        if kind == b"IEND" and raw[at:].strip(b"\0"):
            found.faults.append(("picture", "something is hidden after the end of a picture"))
            found.lines += raw[at:].decode("utf-8", errors="replace").splitlines()
            break
    return found


def _words(kind: bytes, body: bytes) -> str:
    keyword, _, rest = body.partition(b"\0")
    try:
        if kind == b"zTXt":
            rest = zlib.decompress(rest[1:])
        elif kind == b"iTXt":
            packed, rest = rest[:1] == b"\1", rest[2:].split(b"\0", 2)[-1]
            rest = zlib.decompress(rest) if packed else rest
    except zlib.error:
        pass
    return (keyword + b" " + rest).decode("utf-8", errors="replace")


def _workbook(raw: bytes) -> Released:
    """Every cell of every sheet, hidden ones too, and every other part of the workbook."""
    found = Released()
    try:
        book = zipfile.ZipFile(io.BytesIO(raw))
    except zipfile.BadZipFile:
        return Released(faults=[("workbook", "the workbook cannot be opened")])
    with book:
        if sum(part.file_size for part in book.infolist()) > MOST_UNPACKED:
            return Released(faults=[("workbook", "the workbook unpacks to more than can be checked")])
        for part in book.namelist():
            body = book.read(part)
            if part.lower().endswith(".png"):
                picture = _picture(body)
                found.lines += picture.lines
                found.faults += picture.faults
            elif part.lower().endswith((".xml", ".rels", ".vml")):
                text = body.decode("utf-8", errors="replace")
                found.lines += [line for line in re.split(r"<[^>]*>", _unescaped(text)) if line.strip()]
                found.lines += re.findall(r'="([^"]*)"', text) if part.startswith("docProps") or "sheet" not in part else []
            if "vbaProject" in part or "externalLinks/" in part or "/comments" in part:
                found.faults.append(("workbook", f"the workbook has {part}"))
    import python_calamine

    sheets = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(raw))
    for name in sheets.sheet_names:
        rows = sheets.get_sheet_by_name(name).to_python()
        found.lines += ["\t".join(str(cell) for cell in row if cell != "") for row in rows]
    return found


def _unescaped(text: str) -> str:
    import html

    return re.sub(r"<[^>]*>|[^<]+", lambda m: m.group() if m.group().startswith("<") else html.unescape(m.group()), text)


def _json(text: str) -> Released:
    found = Released()

    def visit(thing):
        if isinstance(thing, dict):
            found.lines.extend(str(key) for key in thing)
            children = list(thing.values())
        elif isinstance(thing, list):
            children = thing
        else:
            found.lines.append(str(thing))
            return
        plain = [child for child in children if not isinstance(child, (dict, list))]
        if len(plain) > 1:
            found.lines.append("\t".join(str(child) for child in plain if child is not None))
        elif plain:
            found.lines.append(str(plain[0]))
        for child in children:
            if isinstance(child, (dict, list)):
                visit(child)

    try:
        visit(json.loads(text))
    except ValueError:
        found.lines += text.splitlines()  # a log of JSON lines, or not JSON at all: still words
    return found


def csv_rows(text: str) -> list[list[str]]:
    """The rows of a CSV text, its byte order mark dropped."""
    return list(csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline="")))


def _csv_lines(text: str) -> list[str]:
    """The rows with their cells apart, so that 46,2009 is two numbers and not one; and the text, should it be no CSV."""
    try:
        return ["\t".join(row) for row in csv_rows(text)]
    except csv.Error:
        return text.splitlines()
