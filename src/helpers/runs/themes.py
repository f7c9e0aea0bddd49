"""Themes are the notebooks in notebooks/; what each can be asked stands in its cell tagged `parameters`.

Standard library only, so that the command can list themes on a machine that has no environment yet.
"""

import ast
import io
import json
import re
import tokenize
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

TYPES = ("str", "int", "float", "bool")
DATE_ENDINGS = ("_start", "_end", "_on")
ISO_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


@dataclass(frozen=True)
class Parameter:
    """One line of a parameters cell: `name: type = default  # help`; type is str, int, float, bool or date (ISO text)."""

    name: str
    type: str
    default: str | int | float | bool
    help: str = ""


@dataclass(frozen=True)
class Theme:
    """One notebook: its name, its first heading and its parameters; `fault` says why it cannot be run, where it cannot."""

    name: str
    path: Path
    title: str = ""
    parameters: dict[str, Parameter] = field(default_factory=dict)
    fault: str = ""


def find(folder: Path) -> dict[str, Theme]:
    """Every notebook of `folder` whose name does not start with an underscore or a dot, by name."""
    paths = sorted(path for path in folder.glob("*.ipynb") if not path.name.startswith(("_", ".")))
    return {path.stem: read(path) for path in paths}


def read(path: Path) -> Theme:
    """One notebook as a theme; a notebook that cannot be read is a theme with a fault, so that the others still run."""
    try:
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        title = next((heading for cell in cells if cell["cell_type"] == "markdown" for heading in headings(cell)), "")
        tagged = [cell for cell in cells if "parameters" in cell.get("metadata", {}).get("tags", [])]
        if len(tagged) != 1:
            return Theme(path.stem, path, title, fault=f"{path.name} needs one cell tagged `parameters`; it has {len(tagged)}")
        return Theme(path.stem, path, title, declared("".join(tagged[0]["source"])))
    except (KeyError, TypeError, UnicodeDecodeError, json.JSONDecodeError):
        return Theme(path.stem, path, fault=f"{path.name} is not a Jupyter notebook")
    except (SyntaxError, ValueError) as reason:
        return Theme(path.stem, path, fault=f"{path.name}, parameters cell: {reason}")


def headings(cell: dict) -> list[str]:
    """The headings of a Markdown cell."""
    lines = "".join(cell["source"]).splitlines()
    return [line.lstrip("#").strip() for line in lines if re.match(r"#{1,6} ", line)]


def declared(source: str) -> dict[str, Parameter]:
    """The parameters that a cell declares; ValueError names the line that declares none."""
    comments = {
        token.start[0]: token.string.lstrip("# ").strip()
        for token in tokenize.generate_tokens(io.StringIO(source).readline)
        if token.type == tokenize.COMMENT
    }
    return {p.name: p for p in (_parameter(line, comments.get(line.end_lineno, "")) for line in ast.parse(source).body)}


def _parameter(line: ast.stmt, help_text: str) -> Parameter:
    if not (isinstance(line, ast.AnnAssign) and isinstance(line.target, ast.Name) and line.value is not None):
        raise ValueError(f"line {line.lineno} is not `name: type = value  # help`")
    name, kind = line.target.id, ast.unparse(line.annotation)
    if kind not in TYPES:
        raise ValueError(f"{name} is declared {kind}; a parameter is one of {', '.join(TYPES)}")
    try:
        default = ast.literal_eval(line.value)
    except ValueError:
        raise ValueError(f"the default of {name} is not a plain value") from None
    if type(default).__name__ != kind and not (kind == "float" and type(default) is int):
        raise ValueError(f"{name} is declared {kind} but its default is {default!r}")
    if kind == "float":
        default = float(default)
    if kind == "str" and (ISO_DATE.fullmatch(default) or name.endswith(DATE_ENDINGS)):
        kind = "date"
        if default and not is_iso_date(default):
            raise ValueError(f"the default of {name} is not a date written like 2024-03-31")
    return Parameter(name, kind, default, help_text)


def is_iso_date(text: str) -> bool:
    """Whether `text` is a day that exists, written year-month-day."""
    if not ISO_DATE.fullmatch(text):
        return False
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True
