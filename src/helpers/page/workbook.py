"""The tables of a page as files: a CSV each, and one accessible workbook with a cover, contents, notes and one table a sheet."""

import datetime
import re
import warnings
from pathlib import Path

import pandas as pd

from helpers import wording
from helpers.disclosure import Policy
from helpers.page.exporter import rests_on
from helpers.page.released import NUMBER, blocks, cells, csv_of, labels, placed

TABLES = ("table", "records", "figure")


def downloads(notebook, run: dict, folder: Path) -> list[str]:
    """Writes `<theme>.xlsx` and a CSV for each table and figure that has a row into `folder`; the names of the files."""
    theme = run.get("theme", "evaluation")
    shown = placed(blocks(notebook), theme)
    tables = [block for block in shown if block["kind"] in TABLES and block["table"]["rows"]]  # gptables refuses an empty one
    if not tables:
        return []
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    for block in tables:
        (folder / block["file"]).write_bytes(csv_of(block["table"]))
    cover = next((block for block in shown if block["kind"] == "cover"), {})
    _workbook(tables, cover, rests_on(cover, shown), run, folder / f"{theme}.xlsx")
    return [f"{theme}.xlsx", *(block["file"] for block in tables)]


def _workbook(tables: list[dict], cover: dict, basis: str, run: dict, path: Path) -> None:
    import gptables

    title = cover.get("title") or wording.sentence_case(run.get("theme", "").replace("_", " "))
    place = cover.get("place") or run.get("local_authority", "")
    sheets = {"Notes": _notes(gptables, tables, run), **{block["name"]: _sheet(gptables, block) for block in tables}}
    made_up = run.get("made_up") or cover.get("made_up")
    intro = [f"Made-up records: {place} is an invented authority, and no figure here describes a real place."] if made_up else []
    facts = {
        "Place": place,
        "Period": cover.get("period"),
        "Who is counted": cover.get("counted"),
        "Rests on": basis,
    }
    intro += [cover.get("question", ""), *(f"{name}: {value}" for name, value in facts.items() if value)]
    about = ["The tables are those of the evaluation page, with the same numbers as shown there.", _made(run)]
    started = str(run.get("started") or "")[:19]
    created = datetime.datetime.fromisoformat(started) if started else datetime.datetime(2000, 1, 1)
    _write(path, sheets, f"{title}: {place}", intro, about, created)


def write_workbook(
    path: Path,
    *,
    title: str,
    intro: list[str],
    about: list[str],
    notes: pd.DataFrame,
    tables: dict[str, tuple[str, pd.DataFrame]],
) -> None:
    """An accessible workbook of plain tables that never leave their owner: `tables` maps a sheet's name to its title and frame.

    An empty cell is written as [z], since a reader of screens would otherwise not know that nothing is there.
    """
    import gptables

    every = {"Notes": ("Notes and symbols", notes), **tables}
    sheets = {
        name: gptables.GPTable(
            table=frame.map(lambda cell: cell if isinstance(cell, int | float) else _written(str(cell)) or "[z]")
            .rename(columns=lambda heading: _written(str(heading)))
            .astype(object),
            table_name=re.sub(r"\W+", "_", name.lower()),
            title=_plain(heading),
            index_columns={},
        )
        for name, (heading, frame) in every.items()
    }
    _write(path, sheets, title, intro, about, datetime.datetime.now())


def _write(path: Path, sheets: dict, title: str, intro: list[str], about: list[str], created: datetime.datetime) -> None:
    import gptables

    with warnings.catch_warnings():  # about pandas to come, and about a sheet of notes that ours stands in for
        warnings.simplefilter("ignore")
        book = gptables.produce_workbook(
            str(path),
            sheets,
            cover=gptables.Cover(cover_label="Cover", title=_plain(title), intro=_lines(intro), about=_lines(about), width=100),
            workbook_options={"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False},
        )
    book.set_properties({"title": _plain(title), "author": "", "created": created})
    book.close()


def _sheet(gptables, block: dict):
    table = block["table"]
    frame = pd.DataFrame(
        [[_typed(cell) for cell in row] for row in cells(table)], columns=[_plain(label) for label in labels(table)], dtype=object
    )
    words = [block.get("subtitle", ""), f"Counted: {table['population']}" if table["population"] else "", block.get("note", "")]
    return gptables.GPTable(
        table=frame,
        table_name=re.sub(r"\W+", "_", block["name"].lower()),
        title=_plain(f"{block['name']}: {table['caption']}"),
        subtitles=_lines(words),
        source=_plain(table["source"] or "not stated"),
        legend=[f"{symbol} {meaning}" for symbol, meaning in table["symbols"].items()] or None,
        index_columns={},
    )


def _notes(gptables, tables: list[dict], run: dict):
    meanings = {symbol: meaning for block in tables for symbol, meaning in block["table"]["symbols"].items()}
    rows = [[symbol, wording.sentence_case(meaning)] for symbol, meaning in meanings.items()]
    policy = run.get("policy") or Policy().record()
    protected = (
        "Counts from 1 to {suppress_up_to} are not shown; other counts and totals are rounded to the nearest {round_to}.".format(
            **policy
        )
    )
    rows += [["Small numbers", protected], ["Published statistics", "Stand as published, with their publisher’s symbols."]]
    frame = pd.DataFrame(rows, columns=["Symbol or subject", "Meaning"], dtype=object)
    return gptables.GPTable(table=frame, table_name="notes_table", title="Notes and symbols", index_columns={})


def _made(run: dict) -> str:
    day = wording.day(run["started"]) if run.get("started") else ""
    return ", ".join(part for part in (f"Label {run['label']}" if run.get("label") else "", f"made {day}" if day else "") if part)


def _lines(texts: list[str]) -> list[str]:
    return [_plain(text) for text in texts if text]


def _typed(cell: str):
    """A shown number as a number; anything else as text."""
    return float(cell.replace(",", "").replace("−", "-")) if NUMBER.match(cell) else _plain(cell)


def _written(text: str) -> str:
    """What somebody wrote in a cell; gptables refuses one of signs alone."""
    text = _plain(text)
    return text if not text or any(letter.isalnum() for letter in text) else f"{text} (as written)"


def _plain(text: str) -> str:
    """Text without the marks that gptables would read as a link or a note."""
    return text.replace("](", "] (").replace("$$", "$ $")
