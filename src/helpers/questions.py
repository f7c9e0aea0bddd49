"""What each theme asks of records and what each question needs, read from the notebooks: the cells under `@answers.to("...")`.

A question that needs no table is answered from published figures, and is none that an extract could answer.
"""

import ast
import json
from dataclasses import dataclass
from pathlib import Path

from helpers.tables import TABLES

NOTEBOOKS = Path(__file__).parents[2] / "notebooks"


@dataclass(frozen=True)
class Question:
    """One question of one theme with the tables, and the columns, that it needs, those of questions it builds on included."""

    theme: str
    title: str  # the theme's own
    text: str
    tables: tuple[str, ...]
    columns: tuple[str, ...] = ()

    def lacking(self, extracts) -> list[str]:
        """What these extracts lack of it, in words: tables by their titles, columns of those that came by what they say."""
        words = [
            TABLES[name].title.lower() + (" (stopped by a fault)" if extracts.stopped(name) else "")
            for name in extracts.missing(self.tables)
        ]
        for name in self.columns:
            table = table_of(name)
            if table in extracts.tables and extracts.lacks(table, name):
                words.append(f"“{TABLES[table][name].meaning.split(';')[0]}” in {TABLES[table].title.lower()}")
        return words


def table_of(column: str) -> str:
    """The table that has a column of this name; StopIteration where none has."""
    return next(name for name, table in TABLES.items() if column in table.column_names)


def asked(folder: Path = NOTEBOOKS) -> list[Question]:
    """Every question of every notebook of `folder` that needs a table, in the order in which the pages ask them."""
    paths = sorted(path for path in folder.glob("*.ipynb") if not path.name.startswith(("_", ".")))
    return [question for path in paths for question in of_theme(path) if question.tables]


def of_theme(path: Path) -> list[Question]:
    """The questions of one notebook; none where it cannot be read."""
    try:
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        sources = ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]
        title = next(line[2:].strip() for cell in cells for line in "".join(cell["source"]).splitlines() if line.startswith("# "))
        functions = [node for source in sources for node in ast.parse(source).body if isinstance(node, ast.FunctionDef)]
    except (OSError, ValueError, KeyError, TypeError, SyntaxError, StopIteration):
        return []
    found: dict[str, Question] = {}
    for function in functions:
        text, columns = _question(function)
        if text:
            given = function.args.args[: len(function.args.args) - len(function.args.defaults)]
            earlier = [found[name.arg] for name in given if name.arg in found]
            needs = [table for name in given for table in (found[name.arg].tables if name.arg in found else (name.arg,))]
            tables = tuple(dict.fromkeys(name for name in needs if name in TABLES))
            columns = tuple(dict.fromkeys([*columns, *(name for one in earlier for name in one.columns)]))
            found[function.name] = Question(path.stem, title, text, tables, columns)
    return list(found.values())


def _question(function: ast.FunctionDef) -> tuple[str, tuple[str, ...]]:
    """What `@answers.to` above a function asks, and the columns it needs; nothing where nothing like it stands there."""
    for decorator in function.decorator_list:
        if isinstance(decorator, ast.Call) and ast.unparse(decorator.func) == "answers.to" and decorator.args:
            columns = next((keyword.value for keyword in decorator.keywords if keyword.arg == "columns"), ast.Tuple([]))
            return str(ast.literal_eval(decorator.args[0])), tuple(ast.literal_eval(columns))
    return "", ()
