"""Runs that several tests look at: the project copied elsewhere, and the default sets and others' files run there once."""

import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest
from theme_cells import ROOT

PROJECT = ("run_all.py", "src", "notebooks", "data/published", "data/synthetic")
LONGEST = 900  # seconds


@dataclass(frozen=True)
class Run:
    """What one call of the command left behind: its exit status, what it said, and the folder of its label."""

    status: int
    said: str
    folder: Path

    @property
    def record(self) -> dict:
        return json.loads((self.folder / "run.json").read_text(encoding="utf-8"))

    def theme(self, set_name: str, theme: str) -> dict:
        return self.record["sets"][set_name]["themes"][theme]

    def finding(self, set_name: str, finding_id: str) -> dict:
        """The one finding of a set with this id."""
        themes = self.record["sets"][set_name]["themes"].values()
        [found] = [finding for theme in themes for finding in theme["findings"] if finding["id"] == finding_id]
        return found


@pytest.fixture(scope="session")
def project(once) -> Path:
    """The project copied to another folder, as a fresh clone would be: no records of ours, no work in progress."""

    def copy(folder: Path) -> None:
        wanted = [*PROJECT, *(path.name for path in ROOT.glob("requirements*"))]
        for name in wanted:
            source, target = ROOT / name, folder / name
            target.parent.mkdir(parents=True, exist_ok=True)
            if source.is_dir():
                shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__", ".ipynb_checkpoints"))
            else:
                shutil.copyfile(source, target)

    return once("a project in another folder", copy)


def call(project: Path, folder: Path, *arguments) -> None:
    """Calls the command of `project` from another working directory and keeps all that it left in `folder`."""
    command = [sys.executable, project / "run_all.py", *arguments, "--out", folder / "reports", "--label", "tried"]
    settings = {**os.environ, "PIP_NO_INDEX": "1", "PYTHONUTF8": "1"}  # a test never downloads an environment
    ended = subprocess.run(command, cwd=folder, env=settings, capture_output=True, text=True, encoding="utf-8", timeout=LONGEST)
    (folder / "said.txt").write_text(ended.stdout + ended.stderr, encoding="utf-8")
    (folder / "status.txt").write_text(str(ended.returncode), encoding="utf-8")


def run_in(folder: Path) -> Run:
    said = (folder / "said.txt").read_text(encoding="utf-8")
    status = int((folder / "status.txt").read_text(encoding="utf-8"))
    assert (folder / "reports" / "tried" / "run.json").is_file(), said
    return Run(status, said, folder / "reports" / "tried")


@pytest.fixture(scope="session")
def default_run(once, project) -> Run:
    """`python run_all.py`, as the README has it."""
    return run_in(once("the default sets", lambda folder: call(project, folder)))


@pytest.fixture(scope="session")
def others_run(once, project, shared) -> Run:
    """The missing children theme on a return that others made up to try their own tool with (quality-lac-data-beta-validator)."""
    data = shared / "extracts" / "ssda903" / "csc-validator-be-903_fake"
    period = ["-p", "period_start", "2016-04-01", "-p", "period_end", "2018-03-31"]
    return run_in(once("others' files", lambda folder: call(project, folder, "missing_children", "--data", data, *period)))
