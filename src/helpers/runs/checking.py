"""Extracts read and validated, and nothing run: what was wrong, what was read as what, and what could be asked of them."""

import sys
from collections import defaultdict
from pathlib import Path

from helpers import wording

ROOT = Path(__file__).parents[3]
SHOWN = 12  # faults of one file in the terminal; the workbook has them all


def check_extracts(data: Path, out: Path | None, root: Path) -> int:
    """Prints what reading `data` found and writes a workbook for their owner; 0, 1 for a fatal fault or no table, 2 refused."""
    if not data.exists():
        print(f"Nothing was checked: there is nothing at {data}.", file=sys.stderr)
        return 2
    from helpers import extracts, questions
    from helpers.runs import check_workbook

    path = out if out and out.suffix.lower() == ".xlsx" else (out or root / "reports") / f"check-{data.stem}.xlsx"
    print(f"Reading {data.name}", flush=True)
    read = extracts.read(data)
    asked = questions.asked(root / "notebooks")
    print("\n".join([whose(read), *by_file(read), "", *by_theme(read, asked)]))
    try:
        check_workbook.write(read, asked, path)
    except OSError as reason:
        print(f"\nThe workbook could not be written ({reason.strerror}): give another place with --out.", file=sys.stderr)
        return 2
    print(f"\n{summary(read)}\nFor the owner of the data alone, since it points at rows: {path}")
    return 1 if read.fatal or read.why_none else 0


def whose(read) -> str:
    """Whose records about.yml says these are, and of which period."""
    from helpers.extracts.about import called, is_real

    if read.about is None:
        header = f" The header of a return says {called(read.stated)}." if read.stated else ""
        return f"No about.yml says whose records these are: in a run, whoever gives them vouches for that.{header}"
    made_up = " (made up)" if read.about.made_up else ""
    period = f", {' to '.join(map(wording.day, read.about.period))}" if read.about.period else ""
    refused = "\nA run uses none of them: records said to be made up are never shown under a real place's name."
    refused = refused if made_up and is_real(read.about.authority) else ""
    return f"Records of {read.about.authority}{made_up}{period}, as about.yml says.{refused}"


def by_file(read) -> list[str]:
    """For each file what it was read as, then its faults, those that stop a table first."""
    from helpers.extracts import faults

    as_what, told = defaultdict(list), defaultdict(list)
    for sheet in read.sheets:
        place = faults.place(sheet["file"], sheet["sheet"]).removeprefix(sheet["file"]).lstrip(", ")
        place += ": " if place else ""
        unused = f"; {wording.count_of(len(sheet['not_used']), 'column')} not used" if sheet["not_used"] else ""
        as_what[sheet["file"]].append(f"  {place}{sheet['layout']}, {wording.count_of(sheet['rows'], 'row')}{unused}")
    for fault in sorted(read.faults, key=lambda fault: not fault.fatal):
        told[fault.file].append(f"  {'FAULT' if fault.fatal else 'note '}  {str(fault).removeprefix(fault.file).lstrip(',: ')}")
    lines = []
    for file in dict.fromkeys([*as_what, *told]):
        more = len(told[file]) - SHOWN
        lines += ["", file, *dict.fromkeys(as_what[file]), *told[file][:SHOWN]]
        lines += [f"  and {more} more, in the workbook"] if more > 0 else []
    lines += ["", "Not read"] * bool(read.not_read) + [f"  {place}: {why}" for place, why in read.not_read.items()]
    return [*lines, *([f"\n{read.why_none}"] if read.why_none else [])]


def by_theme(read, asked: list) -> list[str]:
    """For each theme how many of its questions these extracts can answer, and what each of the others lacks."""
    lines = ["What these extracts can answer"]
    for theme in dict.fromkeys(question.theme for question in asked):
        of_theme = [question for question in asked if question.theme == theme]
        open_ones = [question for question in of_theme if question.lacking(read)]
        lines.append(f"  {theme}: {len(of_theme) - len(open_ones)} of {len(of_theme)} questions")
        lines += [f"    not: {question.text} It needs {wording.listing(question.lacking(read))}." for question in open_ones]
    return lines


def summary(read) -> str:
    """ "Four tables from six files; one fault that stops a table, 12 lesser ones."."""
    files = {sheet["file"] for sheet in read.sheets}
    lesser = len(read.faults) - len(read.fatal)
    tables = f"{wording.count_of(len(read.tables), 'table')} from {wording.count_of(len(files), 'file')}"
    fatal = f"{wording.count_of(len(read.fatal), 'fault')} that {'stops' if len(read.fatal) == 1 else 'stop'} a table"
    return wording.sentence_case(f"{tables}; {fatal}, {wording.count_of(lesser, 'lesser one')}.")
