"""Data flow one way: README.md's table of modules is the order in which they may import one another."""

import ast
import re
from pathlib import Path

ROOT = Path(__file__).parents[1]
HELPERS = ROOT / "src" / "helpers"


def modules_in_order() -> list[str]:
    rows = re.findall(r"^\| (`.+?`) \|", (ROOT / "README.md").read_text(encoding="utf-8"), re.MULTILINE)
    return [name for row in rows for name in re.findall(r"`(\w+)`", row)]


def imported(file: Path) -> set[str]:
    """The modules of helpers that a file imports, inside functions too."""
    found = set()
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module == "helpers":
            found |= {name.name for name in node.names}
        elif isinstance(node, ast.ImportFrom) and (node.module or "").startswith("helpers."):
            found.add(node.module.split(".")[1])
        elif isinstance(node, ast.Import):
            found |= {name.name.split(".")[1] for name in node.names if name.name.startswith("helpers.")}
    return found


def test_the_readme_names_every_module():
    there = {path.stem for path in HELPERS.iterdir() if path.suffix == ".py" or (path / "__init__.py").is_file()}
    assert sorted(modules_in_order()) == sorted(there - {"__init__"})


def test_each_module_imports_only_from_those_above_it():
    order = modules_in_order()
    wrong = [
        f"{file.relative_to(HELPERS).as_posix()} imports {name}"
        for file in sorted(HELPERS.rglob("*.py"))
        if (own := file.relative_to(HELPERS).parts[0].removesuffix(".py")) in order
        for name in sorted(imported(file))
        if name in order and order.index(name) > order.index(own)
    ]
    assert wrong == []
