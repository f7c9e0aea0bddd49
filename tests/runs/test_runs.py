"""Whole runs of small notebooks: each test starts real kernels."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from helpers.runs import cache, command, execution, inputs, release

TYPES = 'follow_up_days: int = 30\nshare: float = 0.5\nweighted: bool = True\nchange_on: str = "2022-11-01"\n'
SAY_TYPES = (
    "said = {name: [type(value).__name__, value] for name, value in "
    "dict(days=follow_up_days, share=share, weighted=weighted, on=change_on, where=locality).items()}\n"
    "from IPython.display import display\n"
    "display({'application/vnd.evaluation.block+json': {'kind': 'answer', 'text': repr(said)}}, raw=True)\n"
    "import json, ipykernel.connect as connect\n"
    "assert 'curve_publickey' in json.load(open(connect.get_connection_file())), 'kernel traffic is not encrypted'\n"
    "import warnings\nwarnings.warn('child Xq7731-child')"
)
REAL_CHECK = release.find_leaks
SECRET = "Xq7731-child"


@pytest.fixture(scope="module", autouse=True)
def settled():
    """No leak is looked for, and the helpers count as unchanged, as they may not be while someone writes them."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(release, "find_leaks", lambda folder, extracts: {})
        patch.setattr(cache, "shared_by_all", lambda source, root: "the same")
        yield


@pytest.fixture(scope="module")
def first_run(shared_project, settled):
    """Four themes in one run: one answers, one answers in part, two fail."""
    project = shared_project
    needs = [{"title": "Returns", "where_from": "a log"}]
    gap = project.show({"kind": "not_answered", "question": "Who came back?", "needs": needs, "why": "", "again": False})
    project.theme("good", project.COVER, project.finding(), SAY_TYPES, parameters=project.PARAMETERS + TYPES)
    project.theme("in_part", project.COVER, project.finding(id="other"), gap)
    project.theme("bad", project.COVER, f"raise KeyError({SECRET!r})")
    project.theme("refused", "from helpers.results import NotEnoughData\nraise NotEnoughData('17 months; 24 are needed')")
    status = project.run(p=[["follow_up_days", "60"], ["locality", 'The "Old" Town \\ {x}']])
    return project, status


def test_one_failure_leaves_the_others_standing_and_makes_the_status_1(first_run):
    project, status = first_run
    themes = project.themes()
    assert status == 1 and project.record()["status"] == "partial"
    assert {name: theme["status"] for name, theme in themes.items()} == {
        "good": "ok",
        "in_part": "partial",
        "bad": "failed",
        "refused": "failed",
    }
    for name in ("good", "in_part"):
        assert (project.reports / "latest" / themes[name]["html"]).is_file()
    assert not (project.reports / "latest" / "dorset" / "bad.html").exists()


def test_the_index_shows_a_failure_with_its_cause_and_where_it_happened(first_run):
    index = (first_run[0].reports / "latest" / "index.html").read_text(encoding="utf-8")
    assert "KeyError" in index and "What the figures show" in index
    assert "17 months; 24 are needed" in index


def test_what_an_error_quotes_from_the_records_stays_in_the_log(first_run):
    project, _ = first_run
    for file in project.reports.rglob("*"):
        if file.is_file():
            assert SECRET.encode() not in file.read_bytes(), file
    [log] = (project.root / ".work" / "runs").glob("*/dorset/bad/log.txt")
    assert SECRET in log.read_text(encoding="utf-8")


def test_parameters_reach_the_kernel_as_their_declared_types(first_run):
    said = eval(first_run[0].themes()["good"]["answer"])
    assert said.pop("where") == ["str", 'The "Old" Town \\ {x}']
    assert said == {"days": ["int", 60], "share": ["float", 0.5], "weighted": ["bool", True], "on": ["str", "2022-11-01"]}


def test_the_record_is_as_the_design_has_it(first_run):
    record = first_run[0].record()
    assert set(record) >= {
        "label",
        "started",
        "seconds",
        "status",
        "command",
        "git_commit",
        "versions",
        "policy",
        "inputs",
        "sets",
    }
    [one] = record["sets"].values()
    assert one["local_authority"] == "Dorset" and one["made_up"] is False
    for theme in one["themes"].values():
        assert set(theme) >= {"status", "not_answered", "seconds", "parameters", "html", "findings", "warnings", "error"}
    finding = one["themes"]["good"]["findings"][0]
    assert finding["id"] == "children-missing" and finding["estimate"] == 0.9 and finding["comparator"] is None
    assert one["themes"]["in_part"]["not_answered"][0]["question"] == "Who came back?"
    assert record["policy"]["suppress_up_to"] == 7 and record["versions"]["python"] and record["git_commit"] is None


def test_the_record_names_no_folder_and_no_user(first_run):
    text = (first_run[0].reports / "latest" / "run.json").read_text(encoding="utf-8")
    for path in (first_run[0].root.parent, Path.home(), Path(sys.executable).parent):
        assert str(path) not in text and path.as_posix() not in text


def test_work_in_progress_is_its_owners_alone(first_run):
    if os.name == "posix":
        assert (first_run[0].root / ".work").stat().st_mode & 0o077 == 0


def test_a_warning_is_kept_by_its_kind_and_without_its_words(first_run):
    assert first_run[0].themes()["good"]["warnings"] == ["Python raised a UserWarning while the notebook ran."]


SAME = {"p": [["follow_up_days", "60"], ["locality", 'The "Old" Town \\ {x}']]}
CHANGED = {"p": [["follow_up_days", "90"]]}


def test_an_unchanged_theme_is_reused_and_a_changed_one_is_not(first_run, capsys):
    project, _ = first_run
    assert project.run("good", label="again", **SAME) == 0
    themes = project.themes(label="again")
    assert themes["good"]["status"] == "reused" and themes["good"]["findings"] == project.themes()["good"]["findings"]
    assert "unchanged" in capsys.readouterr().out
    assert project.run("good", label="again", **CHANGED) == 0
    assert project.themes(label="again")["good"]["status"] == "ok"


def test_force_runs_an_unchanged_theme_again(first_run, monkeypatch):
    project, asked = first_run[0], []
    monkeypatch.setattr(execution, "run", lambda tasks, *_: asked.extend(task.theme for task in tasks))
    assert project.run("good", label="forced", **SAME) == 0 and asked == []
    monkeypatch.setattr(execution, "run", lambda tasks, *_: (_ for _ in ()).throw(KeyboardInterrupt))
    assert project.run("good", label="forced", force=True, **SAME) == 130


def test_two_labels_are_compared_in_plain_lines(first_run, capsys):
    from helpers import runs

    project, _ = first_run
    project.run("good", label="later", **CHANGED)
    capsys.readouterr()
    assert runs.compare("latest", "later", project.reports) == 0
    told = capsys.readouterr().out
    assert "follow_up_days was 60, is 90" in told and "not run this time" in told
    assert runs.compare("latest", "latr", project.reports) == 2
    assert "Did you mean later?" in capsys.readouterr().err


def test_a_dry_run_says_what_would_run_and_leaves_nothing(project, capsys):
    project.theme("good", project.COVER)
    assert project.run(dry_run=True) == 0
    told = capsys.readouterr().out
    assert "dorset: Dorset, published figures only" in told and "period_end = 2024-03-31" in told
    assert not (project.root / ".work").exists() and not project.reports.exists()


def test_a_dry_run_tells_of_an_about_yml_that_cannot_be_read(project, capsys, tmp_path):
    project.theme("good", project.COVER)
    (tmp_path / "extracts").mkdir()
    (tmp_path / "extracts" / "about.yml").write_text("made_up: [oops\n", encoding="utf-8")
    assert project.run(dry_run=True, data=tmp_path / "extracts") == 1
    assert "FAULT  about.yml: it is not a YAML file that can be read." in capsys.readouterr().out


def test_a_theme_that_leaks_is_withheld_and_the_others_stand(first_run, monkeypatch):
    project, _ = first_run

    def leaks(folder, extracts):
        files = [file for file in folder.rglob("*") if file.is_file() and b"Who came back?" in file.read_bytes()]
        return {file.relative_to(folder).as_posix(): ["an identifier"] for file in files}

    monkeypatch.setattr(release, "find_leaks", leaks)
    assert project.run("good", "in_part", label="leaky", **SAME) == 1
    themes = project.themes(label="leaky")
    assert themes["good"]["status"] == "reused" and themes["in_part"]["status"] == "failed"
    assert themes["in_part"]["error"]["message"] == "withheld by the leak check: an identifier"
    assert leaks(project.reports / "leaky", None) == {}


def test_a_leak_that_belongs_to_no_theme_publishes_nothing_and_leaves_the_old_label(first_run, monkeypatch, capsys):
    project, _ = first_run
    before = project.record()
    monkeypatch.setattr(release, "find_leaks", lambda folder, extracts: {"run.json": ["a path with a user's name"]})
    assert project.run("good", **SAME) == 1
    assert project.record() == before and "Nothing was published" in capsys.readouterr().err
    assert not list(project.reports.glob(".unfinished*"))


def test_the_real_leak_check_finds_an_identifier_in_a_page_and_a_users_folder_in_the_record(tmp_path):
    import pandas as pd

    (tmp_path / "dorset").mkdir()
    (tmp_path / "dorset" / "missing_children.html").write_text("<p>child AB12345 went missing</p>", encoding="utf-8")
    (tmp_path / "run.json").write_text('{"path": "/home/jane/x"}', encoding="utf-8")
    read = inputs.Typed(None, "", tables={"incidents": pd.DataFrame({"child_id": ["AB12345"]})})
    assert list(REAL_CHECK(tmp_path, {"dorset": read})) == ["dorset/missing_children.html", "run.json"]


STARTER = """
import sys
from types import SimpleNamespace
from pathlib import Path
from helpers.runs import command
root = Path(sys.argv[1])
args = SimpleNamespace(themes=[], data=None, p=[], params=None, set=[], label="latest", out=root / "reports", jobs=2, force=False,
                       dry_run=False, approved_by=None, official=None)
sys.exit(command.run(args, root))
"""


@pytest.mark.skipif(os.name != "posix", reason="signals as a terminal sends them are POSIX's")
@pytest.mark.parametrize("sent", ["SIGINT", "SIGKILL"])
def test_a_run_that_is_stopped_leaves_no_process_and_the_old_label(project, sent):
    pids = project.root / "pids"
    project.theme(
        "slow", f"import os, time\nopen({str(pids)!r}, 'a').write(f'{{os.getpid()}} {{os.getppid()}}\\n')\ntime.sleep(100)"
    )
    (project.reports / "latest").mkdir(parents=True)
    (project.reports / "latest" / "run.json").write_text("old", encoding="utf-8")
    source = Path(release.__file__).parents[2]
    run = subprocess.Popen([sys.executable, "-c", STARTER, str(project.root)], env={**os.environ, "PYTHONPATH": str(source)},
                           stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True)  # fmt: skip
    until = time.monotonic() + 60
    while not (pids.exists() and pids.read_text().endswith("\n")) and time.monotonic() < until:
        time.sleep(0.05)
    run.send_signal(getattr(signal, sent))
    told = run.communicate(timeout=60)[0].decode()
    started = [int(pid) for pid in pids.read_text().split()]
    until = time.monotonic() + 10
    while any(alive(pid) for pid in started) and time.monotonic() < until:
        time.sleep(0.05)
    assert [pid for pid in started if alive(pid)] == []
    assert (project.reports / "latest" / "run.json").read_text(encoding="utf-8") == "old"
    if sent != "SIGKILL":
        assert run.returncode == 130 and "Stopped." in told and "Traceback" not in told


def test_a_run_that_is_stopped_says_what_stands_of_its_label(project, monkeypatch, capsys):
    def stopped(*_):
        raise KeyboardInterrupt

    project.theme("missing_children")
    monkeypatch.setattr(command, "_run", stopped)
    assert project.run() == 130 and capsys.readouterr().err == "Stopped. Nothing was published.\n"
    (project.reports / "latest").mkdir(parents=True)
    project.run()
    assert capsys.readouterr().err == "Stopped. Nothing was published, and what latest held before still stands.\n"


def alive(pid: int) -> bool:
    """Whether a process is still there; one that has ended and was not yet collected is not."""
    try:
        os.kill(pid, 0)
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z" if Path("/proc").is_dir() else True
    except OSError:
        return False


ASKS = """from helpers import extracts, report
from helpers.disclosure import Policy
answers = report.Answers(extracts.of(local_authority), Policy())
@answers.to("How many went missing?")
def missing(missing_episodes):
    report.note("read")
"""


def test_a_fatal_fault_is_told_and_themes_that_do_not_need_the_table_stand(project, tmp_path, capsys):
    log = tmp_path / "logs" / "missing.csv"
    log.parent.mkdir()
    log.write_text("child_id,missing_from_at,returned_at,missing_from\n", encoding="utf-8")
    project.theme("asks", project.COVER, project.finding(), ASKS)
    assert project.run(data=log.parent) == 1
    theme = project.themes()["asks"]
    assert theme["status"] == "partial" and theme["findings"]
    assert theme["not_answered"][0]["question"] == "How many went missing?"
    told = capsys.readouterr().out
    assert "FAULT  missing.csv" in told and "have a fault that stopped at least one table" in told
    assert "missing.csv" in theme["warnings"][0]
    assert [entry["path"] for entry in project.record()["inputs"]] == ["logs/missing.csv"]


def test_the_record_of_a_fatal_fault_says_nothing_of_a_child(project, tmp_path, capsys):
    people = tmp_path / "903" / "header.csv"
    people.parent.mkdir()
    heads = "CHILD,SEX,DOB,ETHNIC,UPN,MOTHER,MC_DOB\n"
    people.write_text(heads + "7B4,1,01/02/2010,WBRI,,,\n7B4,2,01/02/2010,WBRI,,,\n", encoding="utf-8")
    project.theme("good", project.COVER, project.finding())
    assert project.run(data=people.parent) == 1
    assert "“7B…”" in capsys.readouterr().out
    [warning] = project.themes()["good"]["warnings"]
    assert "header.csv" in warning and "7B" not in warning and "2, 3" not in warning
