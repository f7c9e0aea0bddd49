"""From a folder or a file to typed tables: open, recognise, type, join, link, check."""

import os
from dataclasses import replace
from datetime import date
from pathlib import Path, PurePosixPath

import pandas as pd

from helpers.extracts import (
    annex_a,
    cin_census,
    joining,
    linking,
    local_logs,
    precedence,
    pupils,
    rules,
    ssda903,
    standard_safeguarding,
    typed_copies,
)
from helpers.extracts.about import ABOUT, called, is_of, is_real, of_others, read_about, same_authority, stated_by
from helpers.extracts.collection import About, Extracts, relative, sentence
from helpers.extracts.containers import CannotOpen, File, NotAnExtract
from helpers.extracts.faults import Fault, place
from helpers.extracts.layouts import Layout, recognise
from helpers.extracts.parts import Part, read_part, tell_of_empty
from helpers.extracts.sheets import column_letter, open_sheets
from helpers.extracts.xml_returns import open_xml
from helpers.tables import TABLES

ROOT = Path(__file__).parents[3]
UNKNOWN = "its headers are those of no layout that is read"
BLANK = "nothing stands in it"
FOLDER_OF_TYPED_TABLES = "EVALUATION_EXTRACTS"
DOCUMENTS = {".md", ".pdf", ".docx"}  # what people keep beside extracts
LAYOUTS = (
    *annex_a.LAYOUTS, *local_logs.LAYOUTS, *cin_census.LAYOUTS, *pupils.LAYOUTS, *ssda903.LAYOUTS, *standard_safeguarding.LAYOUTS
)  # fmt: skip
XML_RETURNS = (cin_census.XML, ssda903.XML)


def read(path: Path | str) -> Extracts:
    """Everything at `path` (a folder, a zip or one file) as typed tables, with all faults at once and nothing left out silently.

    A file that is locked, damaged or not what its name says is a fatal fault of its own and stops no other; one that is in no
    known layout is named in `not_read`. An about.yml that cannot be read stops everything: the records might be another
    authority's, or made up. Raises FileNotFoundError.
    """
    path = Path(path)
    if not path.exists():
        raise FileNotFoundError(f"There is no file or folder {path.name!r} to read extracts from.")
    root = path if path.is_dir() else path.parent
    about, faults = read_about(root / ABOUT)
    if faults:
        return Extracts(faults=faults, why_none=f"{ABOUT} cannot be read, so nothing says whose records these are.")
    paths = sorted(file for file in root.rglob("*") if file.is_file()) if path.is_dir() else [path]
    waiting = [File(relative(one, root), one) for one in paths]
    parts, inputs, not_read = [], [], {}
    while waiting:
        file = waiting.pop(0)
        name = PurePosixPath(file.name).name
        if name == ABOUT and file.name != ABOUT:  # another's records, or made-up ones, must not pass as these
            what = "it stands below the top and says whose the records beside it are"
            faults.append(Fault(file.name, what, "Give one folder at a time, each with its own about.yml.", fatal=True))
        if name.startswith((".", "~$")) or name == ABOUT or file.ending in DOCUMENTS:
            continue
        try:
            kind = file.kind()
            if kind == "zip":
                within = file.unpacked()
                if any(PurePosixPath(one.name).name == ABOUT for one in within):
                    raise CannotOpen(f"it holds an {ABOUT} of its own; unpack it and give the folder")
                waiting = within + waiting
                continue
            found, unknown = _parts_of(file, kind)
        except NotAnExtract as error:
            not_read[file.name] = str(error)
            continue
        except CannotOpen as error:
            faults.append(Fault(file.name, str(error), "", fatal=True))
            continue
        not_read |= unknown
        parts += found
        if found:
            rows = sum(part.rows for part in found if not part.beside)
            inputs.append({"path": file.name, "sha256": file.sha256(), "rows": rows})
    found = _extracts(about, parts, faults)
    if not (parts or faults or not_read):
        found = replace(found, why_none="There is no file there that could be an extract.")
    return replace(found, inputs=inputs, not_read=not_read)


def of(local_authority: str) -> Extracts:
    """This authority's extracts: the tables that the run has typed; in JupyterLab, those in data/raw, else data/synthetic.

    Where the records are another authority's, or there are none, an Extracts without tables whose `why_none` says so.
    """
    folder = os.environ.get(FOLDER_OF_TYPED_TABLES)
    if folder is not None:
        found = typed_copies.load_typed(Path(folder)) if folder else Extracts()
        return _ours(found, local_authority)
    for folder in (ROOT / "data" / "raw", ROOT / "data" / "synthetic"):
        about, _ = read_about(folder / ABOUT)
        if about and same_authority(about.authority, local_authority):
            return _ours(read(folder), local_authority)
    return Extracts(why_none=f"No extract of {local_authority}'s own records was given to this run.")


def _parts_of(file: File, kind: str) -> tuple[list[Part], dict[str, str]]:
    """The recognised sheets of a file, and why each of the others is not read or not used."""
    parts, unknown = [], {}
    sheets = open_xml(file, XML_RETURNS) if kind == "xml" else open_sheets(file, kind)
    for sheet in sheets:
        label = place(file.name, sheet.name)
        found = recognise(sheet.top, LAYOUTS, typed=kind != "xml")
        if found is None:
            unknown[label] = UNKNOWN if any(cell.strip() for row in sheet.top for cell in row) else BLANK
            continue
        layout, header, _ = found
        if not layout.table:
            unknown[label] = f"it is {layout.title}, which no theme here uses"
            continue
        records = sheet.records(header)
        for one in (layout, *layout.also):
            parts.append(read_part(records, one, one.match(records.header), beside=one is not layout))
        records.cells.clear()  # typed now, and not kept as text too
    if len(sheets) > 1 and list(unknown.values()) == [UNKNOWN] * len(sheets):
        unknown = {file.name: f"none of its {len(sheets)} sheets is in a layout that is read"}
    return parts, unknown


def _extracts(about: About | None, parts: list[Part], faults: list[Fault]) -> Extracts:
    """The parts joined, linked and checked; those of another authority's returns left out."""
    of_another, why = of_others(parts, about)
    faults = faults + why
    left_out = [
        {"path": part.records.file, "table": part.layout.table, "reason": "another authority's return", "rows": len(part.frame)}
        for part in of_another
        if len(part.frame)
    ]
    parts = [part for part in parts if not any(part is one for one in of_another)]
    tell_of_empty(parts)
    joining.put_in_order(parts)
    ssda903.put_in_years(parts)
    annex_a.complete(parts, about)
    pupils.by_upn(parts)
    left_out += [
        {"path": part.records.file, "table": part.layout.table, "reason": reason, "rows": count}
        for part in parts
        for reason, count in part.left_out.items()
    ]
    faults = faults + [fault for part in parts for fault in part.faults]
    returned = [part for part in parts if part.layout.name == rules.RETURN and part.rows and not part.fatal]
    of_return = joining.join("missing_episodes", returned).frame if returned else None
    as_of = about.extracted_on if about and about.extracted_on else date.today()
    faults += rules.broken_of_children(parts, as_of, _where(parts))
    tables: dict[str, pd.DataFrame] = {}
    used: dict[str, list[Part]] = {}
    for table in TABLES:
        of_table = [part for part in parts if part.layout.table == table and (part.rows or part.fatal)]
        if not of_table:
            continue
        of_table, passed_over = precedence.preferred(table, of_table)
        left_out += passed_over
        if any(part.fatal for part in of_table):
            continue
        if not any(len(part.frame) for part in of_table) and not all(part.beside for part in of_table):
            what, to_do = "not one row could be used", "Put right the faults above, or leave the file out."
            faults.append(Fault(of_table[0].records.file, what, to_do, table=table, fatal=True))
            continue
        joined = joining.join(table, of_table)
        for part in of_table:
            part.frame = part.frame[:0].copy()  # its rows stand in the joined table now
        faults, left_out = faults + joined.faults, left_out + joined.left_out
        if not any(fault.fatal for fault in joined.faults):
            tables[table] = joined.frame
            used[table] = of_table
    tables = linking.link(tables, about)
    faults = faults + rules.broken(tables, of_return, as_of, _where(parts))
    tables = {name: TABLES[name].typed(frame) for name, frame in tables.items()}
    counted = {part.records.file: part.records.counted for part in parts}
    faults = [replace(fault, counted=counted.get(fault.file, fault.counted)) for fault in faults]
    return Extracts(
        about=about,
        tables=tables,
        faults=faults + _against_schema(tables),
        absent={name: _absent(name, used.get(name, [])) for name in tables},
        left_out=pd.DataFrame(left_out, columns=["path", "table", "reason", "rows"]),
        sheets=_sheets(parts),
        formats={name: tuple(dict.fromkeys(part.layout.title for part in used.get(name, []))) or (ABOUT,) for name in tables},
        covers={name: " ".join(dict.fromkeys(part.layout.covers for part in used.get(name, []))).strip() for name in tables},
        stated=stated_by(parts),
        why_none="" if tables else "None of the files given could be turned into a table.",
    )


def _where(parts: list[Part]) -> rules.Where:
    """How each column of a typed table is named in the sheet that it came from."""
    names = {
        (part.records.file, part.records.sheet, column): part.records.where(position)
        for part in parts
        for column, position in part.layout.match(part.records.header).items()
    }
    return lambda file, sheet, column: names.get((file, sheet, column), {})


def _sheets(parts: list[Part]) -> list[dict]:
    """What each sheet was read as, and the headers that nothing here uses."""
    used: dict[tuple[str, str], set[int]] = {}
    for part in parts:
        used.setdefault((part.records.file, part.records.sheet), set()).update(part.layout.match(part.records.header).values())
    return [
        {
            "file": part.records.file, "sheet": part.records.sheet, "layout": part.layout.title, "table": part.layout.table,
            "rows": part.rows,
            "not_used": [name.strip() or f"column {column_letter(position)} (no header)"
                         for position, name in enumerate(part.records.header)
                         if position not in used[part.records.file, part.records.sheet]],
        }
        for part in parts
    ]  # fmt: skip


def _absent(name: str, parts: list[Part]) -> dict[str, str]:
    """{column: sentence} for the columns that no file read has: its layout has no place for them, or the file left them out."""
    layouts: dict[str, Layout] = {part.layout.name: part.layout for part in parts}
    had = {column for part in parts for column in part.columns}
    absent = {}
    for column in TABLES[name].column_names:
        if column in had:
            continue
        for layout in layouts.values():
            placed = column in {supply.column for supply in layout.supplies}
            kind = "has no column for" if placed else "does not carry"
            absent[column] = layout.absent.get(column) or sentence(f"{layout.title} {kind} “{TABLES[name][column].meaning}”")
    return absent


def _against_schema(tables: dict[str, pd.DataFrame]) -> list[Fault]:
    """What the schemas still object to: a fault of ours rather than of the extract, and said so."""
    from pandera.errors import SchemaErrors

    faults = []
    for name, frame in tables.items():
        try:
            TABLES[name].schema().validate(frame, lazy=True)
        except SchemaErrors as error:
            kinds = ", ".join(sorted(set(error.failure_cases["check"].astype(str))))
            what = f"the typed table does not keep to its own definition ({kinds})"
            faults.append(Fault(name, what, "Tell those who look after this repository.", table=name))
    return faults


def _ours(found: Extracts, local_authority: str) -> Extracts:
    """`found` where the records are this authority's; without about.yml the user vouches that they are."""
    if found.about is None:
        if not found.tables:
            return Extracts(why_none=found.why_none or f"No extract of {local_authority}'s own records was given to this run.")
        if found.stated and not is_of(found.stated, local_authority):
            whose = called(found.stated)
            return Extracts(why_none=f"The returns given are those of {whose}, and this page is about {local_authority}.")
        return Extracts(**{**vars(found), "about": About(local_authority, vouched=True)})
    if found.about.made_up and is_real(found.about.authority):
        return Extracts(
            why_none=f"Records said to be made up are never shown under a real place's name ({found.about.authority})."
        )
    if same_authority(found.about.authority, local_authority):
        return found
    return Extracts(
        why_none=f"The extracts given are those of {found.about.authority}, and this page is about {local_authority}."
    )
