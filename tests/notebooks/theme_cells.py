"""The notebooks as files, and their cells run here, in this process, without a kernel or a page."""

import ast
import contextlib
import io
import json
from pathlib import Path

ROOT = Path(__file__).parents[2]
THEMES = sorted(path.stem for path in (ROOT / "notebooks").glob("*.ipynb") if not path.stem.startswith("_"))
TEMPLATE = "_template"


def notebook(name: str) -> dict:
    return json.loads((ROOT / "notebooks" / f"{name}.ipynb").read_text(encoding="utf-8"))


def source(cell: dict) -> str:
    return "".join(cell["source"])


def code(name: str, *, but: tuple[str, ...] = ()) -> dict[str, str]:
    """The code cells of a notebook by id, those with one of the tags `but` left out."""
    return {
        cell["id"]: source(cell)
        for cell in notebook(name)["cells"]
        if cell["cell_type"] == "code" and not set(but) & set(cell["metadata"].get("tags", ()))
    }


def run(theme: str, *, until: str | None = None, **parameters) -> dict:
    """The names that a theme's cells leave behind, run from the first to the one that gives the answer `until`.

    An answer that could not be given is None; what is displayed goes nowhere. KeyError for a parameter that it does not have.
    """
    names: dict = {"__name__": theme}
    with contextlib.redirect_stdout(io.StringIO()):
        for cell_id, text in code(theme).items():
            exec(compile(text, f"{theme}, cell {cell_id}", "exec"), names)
            if cell_id == "parameters":
                unknown = set(parameters) - set(names)
                if unknown:
                    raise KeyError(f"{theme} has no parameter {', '.join(sorted(unknown))}")
                names |= parameters
            if until is not None and until in names:
                return names
    if until is not None:
        raise KeyError(f"{theme} has no answer {until}")
    return names


def statements(text: str) -> set[str]:
    """The kinds of statement in a cell: "If", "For", "FunctionDef"..."""
    return {type(node).__name__ for node in ast.walk(ast.parse(text)) if isinstance(node, ast.stmt)}
