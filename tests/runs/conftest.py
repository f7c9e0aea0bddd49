"""A small project of its own for each test: notebooks written here, parameters beside them, reports in a folder of the test."""

import json
from argparse import Namespace
from pathlib import Path

import nbformat
import pytest

from helpers.page import MIME
from helpers.runs import command

PARAMETERS = """local_authority: str = "Dorset"  # whose services
period_start: str = "2019-04-01"  # first day
period_end: str = "2024-03-31"  # last day
locality: str = ""  # one locality, or all
suppress_up_to: int = 7  # counts up to this are not shown
round_to: int = 5  # other counts are rounded to this
"""
FINDING = {
    "id": "children-missing", "statement": "Fewer children went missing.", "outcome": "children missing", "estimate": 0.9,
    "ci_low": 0.8, "ci_high": 1.01, "p_value": 0.07, "scale": "rate ratio", "n": 100, "direction": "no clear change",
    "strength": "limited", "basis": "published", "comparator": None, "checks": [], "because": "", "n_unit": "children",
}  # fmt: skip


def show(block: dict) -> str:
    """The source of a cell that displays one block, as `report` does."""
    return f"from IPython.display import display\ndisplay({{{MIME!r}: {block!r}}}, raw=True)"


def finding(**changes) -> str:
    return show({"kind": "finding", "finding": FINDING | changes, "because": "", "number": None, "number_note": ""})


COVER = show({"kind": "cover", "title": "Children missing", "question": "How many?", "audience": "all", "place": "Dorset",
              "period": "2019 to 2024", "counted": "children", "basis": "published", "made_up": False})  # fmt: skip


class Project:
    """A project in a folder: write notebooks, run the command on it, read what came out."""

    PARAMETERS, COVER = PARAMETERS, COVER
    show, finding = staticmethod(show), staticmethod(finding)

    def __init__(self, root: Path):
        self.root, self.reports = root, root / "reports"
        (root / "notebooks").mkdir(parents=True)
        (root / "requirements.lock").write_text("pandas==3.1.0\n", encoding="utf-8")
        self.sets("sets:\n  dorset:\n    local_authority: Dorset\n")

    def sets(self, text: str) -> None:
        (self.root / "notebooks" / "parameters.yml").write_text(text, encoding="utf-8")

    def theme(self, name: str, *cells: str, parameters: str = PARAMETERS) -> Path:
        tagged = nbformat.v4.new_code_cell(parameters, id="parameters")
        tagged.metadata["tags"] = ["parameters"]
        code = [nbformat.v4.new_code_cell(source, id=f"step-{i}") for i, source in enumerate(cells, start=1)]
        heading = nbformat.v4.new_markdown_cell("## What the figures show", id="figures")
        title = nbformat.v4.new_markdown_cell(f"# {name.replace('_', ' ').capitalize()}", id="title")
        notebook = nbformat.v4.new_notebook(cells=[title, tagged, heading, *code])
        notebook.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3", "language": "python"}
        path = self.root / "notebooks" / f"{name}.ipynb"
        nbformat.write(notebook, path)
        return path

    def args(self, *themes: str, **options) -> Namespace:
        usual = {"data": None, "p": [], "params": None, "set": [], "label": "latest", "out": self.reports, "jobs": 2}
        usual |= {"official": None, "force": False, "dry_run": False, "approved_by": None}
        return Namespace(themes=list(themes), **usual | options)

    def run(self, *themes: str, **options) -> int:
        return command.run(self.args(*themes, **options), self.root)

    def record(self, label: str = "latest") -> dict:
        return json.loads((self.reports / label / "run.json").read_text(encoding="utf-8"))

    def themes(self, set_name: str = "dorset", label: str = "latest") -> dict:
        return self.record(label)["sets"][set_name]["themes"]


@pytest.fixture
def project(tmp_path) -> Project:
    return Project(tmp_path / "project")


@pytest.fixture(scope="module")
def shared_project(tmp_path_factory) -> Project:
    return Project(tmp_path_factory.mktemp("runs") / "project")
