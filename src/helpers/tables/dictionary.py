"""The data dictionary that readers see, made from the definitions that frames are held to."""

from helpers.tables import TABLES
from helpers.tables.definition import Column, Table

INTRODUCTION = """# Data dictionary

Every typed table: what a row is, what identifies it, where it comes from, and each column with its meaning. Made from the
definitions in `src/helpers/tables/` by `python -m helpers.tables > data/dictionary.md`; a test holds this file to them.

Names are those of the Standard Safeguarding Dataset where it has them; columns marked *local* have no national field and are
named in its style. **Bold** columns identify a row. *Required*: a row without it is left out and counted. *Identifies*: it points
at a child, a family or an address, is never shown and is looked for in everything that leaves. Where codes are listed, only they
stand in the table; any other value is reported and counts as empty.
"""


def markdown() -> str:
    """The whole dictionary as Markdown: contents, then a section for each table."""
    contents = [f"- [{table.title}](#{table.name}): {table.grain}" for table in TABLES.values()]
    return "\n".join([INTRODUCTION, *contents, *(_section(table) for table in TABLES.values())]) + "\n"


def _section(table: Table) -> str:
    head = f"\n## {table.name}\n\n{table.title}. **One row** is {table.grain}. **Comes from** {table.where_from}.\n"
    rows = [f"| {' | '.join(_row(table, column))} |" for column in table.columns]
    return "\n".join([head, "| Column | Meaning | Type | Allowed values |", "| --- | --- | --- | --- |", *rows])


def _row(table: Table, column: Column) -> list[str]:
    notes = [note for note, holds in (
        ("required", column.required), ("identifies", column.identifier), ("local", column.local),
        (f"points at `{column.refers_to}`", column.refers_to), (f"not before `{column.not_before}`", column.not_before),
    ) if holds]  # fmt: skip
    name = f"**`{column.name}`**" if column.name in table.key else f"`{column.name}`"
    meaning = column.meaning + (f" (*{', '.join(notes)}*)" if notes else "")
    kind = column.type + (f", {column.unit}" if column.unit else "")
    return [name, meaning, kind, "; ".join(f"`{code}` {said}" for code, said in column.allowed.items())]
