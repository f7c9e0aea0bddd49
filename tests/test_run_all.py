"""The command line: what it understands, what it refuses, and what it hands to whom."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from helpers import command, runs
from helpers.command import environment, themes
from helpers.command.environment import Refused
from helpers.runs import themes as runs_themes

ROOT = Path(__file__).parents[1]


@pytest.fixture
def project(tmp_path, monkeypatch):
    """A project folder with a template, one theme and two sets; its packages are taken to be here."""
    notebooks = tmp_path / "notebooks"
    notebooks.mkdir()
    write_notebook(notebooks / "_template.ipynb", f"# {themes.TEMPLATE_TITLE}")
    write_notebook(notebooks / "early_help.ipynb", "Intro\n\n# Does early help come earlier?\n\nMore.")
    (notebooks / "parameters.yml").write_text(
        "all:\n  round_to: 5\n\nearly_help:\n  change_on: 2022-11-01\n\n"
        "sets:  # one page folder each\n    dorset:\n        local_authority: Dorset\n\n"
        "    'made_up':\n        data: data/synthetic\n"
        "\nlater:\n  x: 1\n",
        encoding="utf-8",
    )
    monkeypatch.setattr(command, "ROOT", tmp_path)
    monkeypatch.setattr(environment, "find_or_make", lambda root, development=False: Path(sys.executable))
    monkeypatch.setenv("PYTHONPATH", "")
    return tmp_path


def write_notebook(path, markdown):
    tagged, declared = {"tags": ["parameters"]}, 'place: str = "Dorset"  # where'
    cells = [
        {"cell_type": "markdown", "id": "title", "metadata": {}, "source": markdown},
        {"cell_type": "code", "id": "parameters", "metadata": tagged, "source": declared, "outputs": [], "execution_count": None},
    ]
    path.write_text(json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}), encoding="utf-8")


@pytest.fixture
def handed(monkeypatch):
    """What would have been run in place of this process."""
    commands = []

    def record(arguments, *, working_folder=None):
        commands.append((arguments, working_folder))
        return 7

    monkeypatch.setattr(environment, "hand_over", record)
    return commands


# --- themes and options


def test_options_reach_the_run_as_they_were_given_and_its_status_comes_back(project, monkeypatch):
    seen = []
    monkeypatch.setattr(runs, "main", lambda args: seen.append(args) or 1)
    line = "early_help -p change_on 2022-11-01 --data in -p place Poole sft_outcomes --set quarterly --params f.yml --label q4"
    assert command.main([*line.split(), "--out", "o", "--jobs", "2", "--force", "--dry-run", "--approved-by", "A. Person"]) == 1
    args = vars(seen[0])
    assert args == {"themes": ["early_help", "sft_outcomes"], "p": [["change_on", "2022-11-01"], ["place", "Poole"]],
                    "data": Path("in"), "set": ["quarterly"], "params": Path("f.yml"), "label": "q4", "out": Path("o"),
                    "jobs": 2, "force": True, "dry_run": True, "approved_by": "A. Person", "list": False,
                    "official": None}  # fmt: skip


def test_a_plain_call_asks_for_every_theme_and_set_under_latest_in_reports(project, monkeypatch):
    seen = []
    monkeypatch.setattr(runs, "main", lambda args: seen.append(args) or 0)
    assert command.main([]) == 0
    assert (seen[0].themes, seen[0].p, seen[0].set, seen[0].data, seen[0].label) == ([], [], [], None, "latest")
    assert seen[0].out == ROOT / "reports"


@pytest.mark.parametrize(
    "arguments", [["--offic", "x"], ["--dat", "x"], ["-p", "alone"], ["--jobs", "many"], ["early_help", "test"]]
)
def test_a_line_that_cannot_be_understood_is_refused_with_status_2(project, monkeypatch, capsys, arguments):
    monkeypatch.setattr(runs, "main", lambda args: pytest.fail("nothing may run"))
    with pytest.raises(SystemExit) as ended:
        command.main(arguments)
    assert ended.value.code == 2 and "error" in capsys.readouterr().err


def test_help_names_every_command_and_none_that_is_not_there(capsys):
    with pytest.raises(SystemExit) as ended:
        command.main(["--help"])
    said = capsys.readouterr().out
    assert ended.value.code == 0
    assert all(f"\n  {word} " in said and callable(getattr(command, word)) for word in command.COMMANDS)


def test_a_theme_may_not_be_named_like_a_command(project, monkeypatch, capsys):
    monkeypatch.setattr(runs, "main", lambda args: pytest.fail("nothing may run"))
    write_notebook(project / "notebooks/clean.ipynb", "# Clean")
    assert command.main(["early_help"]) == 2
    assert "notebooks/clean.ipynb has the name of a command" in capsys.readouterr().err


def test_the_list_shows_titles_and_sets_and_what_cannot_be_read(project, capsys):
    (project / "notebooks/broken.ipynb").write_text("{", encoding="utf-8")
    assert command.main(["--list"]) == 0
    assert capsys.readouterr().out.splitlines() == [
        "Themes",
        "  broken      broken.ipynb is not a Jupyter notebook",
        "  early_help  Does early help come earlier?",
        "",
        "Sets in parameters.yml",
        "  dorset",
        "  made_up",
    ]


def test_a_letter_that_the_terminal_cannot_write_does_not_end_the_run(project):
    write_notebook(project / "notebooks" / "early_help.ipynb", "# Early help in Łódź")
    line = f"import sys; from pathlib import Path; from helpers import command; command.ROOT = Path({str(project)!r})"
    asked = [sys.executable, "-c", f"{line}; sys.exit(command.main(['--list']))"]
    told = {**os.environ, "PYTHONPATH": str(ROOT / "src"), "PYTHONIOENCODING": "cp1252", "PYTHONUTF8": "0"}
    done = subprocess.run(asked, env=told, capture_output=True)
    assert done.returncode == 0 and b"Early help in ?\xf3d?" in done.stdout


def test_the_names_of_sets_are_those_that_yaml_reads():
    file = ROOT / "notebooks/parameters.yml"
    assert themes.set_names(file) == list(yaml.safe_load(file.read_text(encoding="utf-8"))["sets"]) != []


def test_a_list_of_a_parameters_file_that_is_not_there_is_refused(project, capsys):
    assert command.main(["--list", "--params", "nowhere.yml"]) == 2
    assert "nowhere.yml cannot be read" in capsys.readouterr().err


def test_kernels_will_see_the_helpers_where_no_environment_was_made(project, monkeypatch):
    monkeypatch.setattr(runs, "main", lambda args: 0)
    monkeypatch.setenv("PYTHONPATH", "mine")
    command.main([])
    assert os.environ["PYTHONPATH"].split(os.pathsep) == [str(project / "src"), "mine"]


def test_what_runs_may_keep_what_python_compiled_so_that_no_process_compiles_it_again(project, monkeypatch):
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")
    monkeypatch.setattr(runs, "main", lambda args: 0)
    command.main([])
    assert "PYTHONDONTWRITEBYTECODE" not in os.environ


def test_without_the_packages_the_same_line_runs_again_where_they_are(project, monkeypatch, handed):
    monkeypatch.setattr(environment, "find_or_make", lambda root, development=False: Path("there/python"))
    monkeypatch.setattr(runs, "main", lambda args: pytest.fail("not here"))
    for line in (["early_help", "--force"], ["compare", "a", "b"], ["lab"], ["test", "-k", "rates"]):
        assert command.main(line) == 7
        assert handed.pop() == ([str(Path("there/python")), str(project / "run_all.py"), *line], None)


def test_a_refusal_is_one_line_and_status_2(project, monkeypatch, capsys):
    def refuse(root, development=False):
        raise Refused("No network: connect.")

    monkeypatch.setattr(environment, "find_or_make", refuse)
    assert command.main([]) == 2
    assert capsys.readouterr().err == "No network: connect.\n"


def test_a_run_that_is_stopped_says_so_and_is_no_success(project, monkeypatch, capsys):
    def stopped(args):
        raise KeyboardInterrupt

    monkeypatch.setattr(runs, "main", stopped)
    assert command.main([]) == 130
    assert capsys.readouterr().err == "Stopped.\n"


# --- commands


def test_compare_hands_over_two_labels(project, monkeypatch):
    seen = []
    monkeypatch.setattr(runs, "compare", lambda a, b, out: seen.append((a, b, out)) or 0)
    assert command.main(["compare", "q3", "q4", "--out", "elsewhere"]) == 0
    assert seen == [("q3", "q4", Path("elsewhere"))]


def test_test_gives_its_arguments_to_pytest_in_the_project_folder_with_the_development_lock(project, monkeypatch, handed):
    asked = []
    monkeypatch.setattr(
        environment, "find_or_make", lambda root, development=False: asked.append(development) or Path(sys.executable)
    )
    assert command.main(["test", "-k", "rates", "--co"]) == 7
    assert handed == [([sys.executable, "-m", "pytest", "-k", "rates", "--co"], project)]
    assert asked == [True]


def test_lab_starts_in_the_notebooks_folder(project, handed):
    assert command.main(["lab", "--no-browser"]) == 7
    assert handed == [([sys.executable, "-m", "jupyterlab", "--no-browser"], project / "notebooks")]


def test_clean_removes_work_in_progress_and_nothing_else(project, capsys):
    (project / ".work/typed").mkdir(parents=True)
    (project / ".work/typed/episodes.parquet").write_bytes(b"x" * 200_000)
    (project / "reports").mkdir()
    assert command.main(["clean"]) == 0
    said = capsys.readouterr().out
    assert str(project / ".work") in said and "1 files, 0.2 MB" in said
    assert not (project / ".work").exists() and (project / "reports").exists()
    assert command.main(["clean"]) == 0
    assert "nothing to remove" in capsys.readouterr().out


def test_new_copies_the_template_under_the_theme_s_own_title(project, capsys):
    assert command.main(["new", "care_leavers"]) == 0
    assert "notebooks/care_leavers.ipynb" in capsys.readouterr().out
    made = json.loads((project / "notebooks/care_leavers.ipynb").read_text(encoding="utf-8"))
    assert made["cells"][0]["source"] == "# Care leavers"
    assert "care_leavers  Care leavers" in themes.listing(project / "notebooks")


@pytest.mark.parametrize("name", ["early_help", "test", "Care", "_hidden", "a b", "../up", "nul", "1st", "", "x" * 61, "é"])
def test_new_refuses_a_name_that_is_taken_or_cannot_be(project, capsys, name):
    before = sorted(project.rglob("*"))
    assert command.main(["new", name]) == 2
    assert capsys.readouterr().err.count("\n") == 1
    assert sorted(project.rglob("*")) == before


def test_a_new_theme_shows_a_whole_page_before_anything_in_it_is_changed(tmp_path, capsys, monkeypatch):
    monkeypatch.setenv("EVALUATION_EXTRACTS", "")
    (tmp_path / "_template.ipynb").write_bytes((ROOT / "notebooks/_template.ipynb").read_bytes())
    made = themes.new(tmp_path, "care_leavers", reserved=command.COMMANDS)
    assert runs_themes.read(made).title == "Care leavers" and not runs_themes.read(made).fault
    names = {}
    for cell in json.loads(made.read_text(encoding="utf-8"))["cells"]:
        if cell["cell_type"] == "code":
            exec(compile("".join(cell["source"]), cell["id"], "exec"), names)
    shown = re.findall(r"report block: (\w+)", capsys.readouterr().out)
    assert shown == ["cover", "timeline", "figure", "finding", "not_answered", "answer", "cannot", "follows", "methods"]


# --- processes


def test_the_status_of_what_runs_instead_comes_back(tmp_path):
    code = "import sys; from helpers.command.environment import hand_over; sys.exit(hand_over([sys.executable, *sys.argv[1:]]))"
    line = [sys.executable, "-c", code, "-c", "import sys; print(sys.argv[1]); sys.exit(7)", "a word"]
    answer = subprocess.run(line, capture_output=True, text=True, env={**os.environ, "PYTHONPATH": str(ROOT / "src")})
    assert (answer.returncode, answer.stdout.strip()) == (7, "a word")


def test_on_windows_a_stop_reaches_the_child_and_its_status_comes_back(monkeypatch):
    class Child:
        answers = iter([KeyboardInterrupt, 3])

        def __init__(self, command, cwd):
            self.command = command

        def wait(self):
            answer = next(self.answers)
            if answer is KeyboardInterrupt:
                raise answer
            return answer

    monkeypatch.setattr(environment.os, "name", "nt")
    monkeypatch.setattr(environment.subprocess, "Popen", Child)
    assert environment.hand_over(["python"]) == 3


@pytest.mark.skipif(os.name == "nt", reason="the continuous integration machine runs Linux")
def test_continuous_integration_runs_the_tests_from_any_folder_with_a_python_that_fits(tmp_path):
    for name, does in {
        "chromium": "", "git": "", "fc-list": "echo a font", "apt-get": "echo nothing may be installed; exit 9",
        "python3": "exit 1",
        "python3.12": 'case "$1" in -c) exit 0;; esac; echo "CI=$CI $PWD $*"; exit 5',
    }.items():  # fmt: skip
        (tmp_path / name).write_text(f"#!/bin/sh\n{does}\n", encoding="utf-8")
        (tmp_path / name).chmod(0o755)
    for tool in ("bash", "dirname", "sh", "id", "env"):
        (tmp_path / tool).symlink_to(shutil.which(tool))
    answer = subprocess.run(
        [str(ROOT / ".ci/run"), "-k", "x"], cwd="/", env={"PATH": str(tmp_path)}, capture_output=True, text=True
    )
    assert (answer.returncode, answer.stdout.strip()) == (5, f"CI=true {ROOT} run_all.py test -k x"), answer.stderr
