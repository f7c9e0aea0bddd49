"""What each theme asks and which tables each question needs, read from the notebooks: the cells under `@answers.to("...")`."""

import ast
import json
from dataclasses import dataclass
from pathlib import Path

from helpers.tables import TABLES

NOTEBOOKS = Path(__file__).parents[2] / "notebooks"


@dataclass(frozen=True)
class Question:
    """One question of one theme with the typed tables that it needs, those of earlier questions it builds on included."""

    theme: str
    title: str  # the theme's own
    text: str
    tables: tuple[str, ...]


def asked(folder: Path = NOTEBOOKS) -> list[Question]:
    """Every question of every notebook of `folder`, in the order in which the pages ask them."""
    paths = sorted(path for path in folder.glob("*.ipynb") if not path.name.startswith(("_", ".")))
    return [question for path in paths for question in of_theme(path)]


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
        text = _question(function)
        if text:
            given = function.args.args[: len(function.args.args) - len(function.args.defaults)]
            needs = [table for name in given for table in (found[name.arg].tables if name.arg in found else (name.arg,))]
            tables = tuple(dict.fromkeys(name for name in needs if name in TABLES))
            found[function.name] = Question(path.stem, title, text, tables)
    return list(found.values())


def _question(function: ast.FunctionDef) -> str:
    """What `@answers.to` above a function asks; empty where nothing like it stands there."""
    for decorator in function.decorator_list:
        if isinstance(decorator, ast.Call) and ast.unparse(decorator.func) == "answers.to" and decorator.args:
            return str(ast.literal_eval(decorator.args[0]))
    return ""
