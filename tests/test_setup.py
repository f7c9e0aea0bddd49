"""The locks agree with what is asked for, and every way in which set-up can fail is one sentence and harms nothing."""

import ast
import contextlib
import errno
import hashlib
import importlib.util
import os
import re
import runpy
import shutil
import subprocess
import sys
import threading
import tomllib
import zipfile
from pathlib import Path

import pytest
import yaml

from helpers.command import environment
from helpers.command.environment import LOCKS, Refused

ROOT = Path(__file__).parents[1]
EVERY_LOCK = ("requirements.lock", "requirements-dev.lock")


# --- the files that must agree


@pytest.mark.parametrize("name", EVERY_LOCK)
def test_a_lock_holds_every_package_asked_for_and_asks_for_no_other(name):
    lock = ROOT / name
    asked = environment.asked_for(lock.with_suffix(".in"))
    entries = re.findall(r"(?m)^([A-Za-z0-9._-]+)==.*\n(?:    --hash.*\n)+((?:    #.*\n?)+)", lock.read_text(encoding="utf-8"))
    direct = {environment.canonical(package) for package, via in entries if f"-r {lock.with_suffix('.in').name}" in via}
    assert asked and set(asked) <= set(environment.pinned(lock))
    assert direct == set(asked)


@pytest.mark.parametrize("name", EVERY_LOCK)
def test_a_lock_holds_a_hash_for_every_package_and_no_address(name):
    text = (ROOT / name).read_text(encoding="utf-8")
    environment.pinned(ROOT / name)  # refuses an entry without a hash
    assert "://" not in text
    assert "--python-version 3.11" in text and "--universal" in text


def test_the_two_locks_agree_on_every_package_that_both_hold():
    run, development = (environment.pinned(ROOT / name) for name in EVERY_LOCK)
    assert set(run) & set(development)
    for package in set(run) & set(development):
        assert development[package] <= run[package], package


def test_conda_installs_the_same_lock_from_channels_that_need_no_licence():
    asked = yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))
    assert asked["channels"] == ["conda-forge", "nodefaults"]
    assert {"pip": ["-r requirements.lock"]} in asked["dependencies"] and "pip" in asked["dependencies"]
    python = next(item for item in asked["dependencies"] if str(item).startswith("python="))
    assert (3, 11) <= tuple(map(int, python.removeprefix("python=").split("."))) <= (3, 14)
    assert asked["name"] in environment.conda_sentence(ROOT, LOCKS)


def test_the_range_of_pythons_is_the_same_everywhere():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    assert project["project"]["requires-python"] == ">=3.11,<3.15"
    assert project["tool"]["ruff"]["target-version"] == "py311"
    for name in ("run_all.py", ".ci/run"):
        assert "(3, 11) <= sys.version_info[:2] <= (3, 14)" in (ROOT / name).read_text(encoding="utf-8"), name


# --- before there is an environment


def test_another_python_is_refused_in_one_sentence(monkeypatch, capsys):
    for version in ((2, 7, 18), (3, 10, 13), (3, 15, 0)):
        monkeypatch.setattr(sys, "version_info", version)
        with pytest.raises(SystemExit) as ended:
            runpy.run_path(str(ROOT / "run_all.py"))
        said = capsys.readouterr().err
        assert ended.value.code == 2
        assert said.count("\n") == 1 and f"this is Python {version[0]}.{version[1]}:" in said


def test_run_all_holds_nothing_that_an_old_python_cannot_read():
    source = (ROOT / "run_all.py").read_bytes()
    newer = (ast.JoinedStr, ast.AnnAssign, ast.NamedExpr, ast.Nonlocal, ast.AsyncFunctionDef, ast.Match, ast.Starred)
    tree = ast.walk(ast.parse(source.decode("ascii")))
    assert not [
        node for node in tree if isinstance(node, newer) or getattr(node, "kwonlyargs", None) or getattr(node, "returns", None)
    ]


def bare_python(*arguments, folder, **variables):
    """A Python that sees no installed package at all."""
    return subprocess.run([sys.executable, "-I", "-S", str(ROOT / "run_all.py"), *arguments], cwd=folder, capture_output=True,
                          text=True, encoding="utf-8", env={**os.environ, **variables}, timeout=60)  # fmt: skip


@pytest.mark.parametrize("arguments", [["--help"], ["--list"], ["compare", "--help"], ["new", "--help"], ["clean", "--help"]])
def test_help_and_list_need_no_environment_and_no_particular_folder(arguments, tmp_path):
    answer = bare_python(*arguments, folder=tmp_path, EVALUATION_VENV_DIR=str(tmp_path / "environments"))
    assert answer.returncode == 0, answer.stderr
    assert answer.stdout and not answer.stderr
    assert not list(tmp_path.iterdir())


# --- a small project of its own, whose lock names one small wheel


@pytest.fixture
def project(tmp_path, monkeypatch):
    """A project whose requirements.lock names one package, whose wheel stands in a folder; pip sees that folder only."""
    root = tmp_path / "a projéct"
    (root / "src/helpers").mkdir(parents=True)
    (root / "src/helpers/__init__.py").write_text("", encoding="utf-8")
    wheels = tmp_path / "wheels"
    wheels.mkdir()
    digest = write_wheel(wheels)
    for name in ("requirements", "requirements-dev"):
        (root / f"{name}.in").write_text("tiny-example\n", encoding="utf-8")
        (root / f"{name}.lock").write_text(f"tiny-example==1.0 \\\n    --hash=sha256:{digest}\n", encoding="utf-8")
    for variable in [name for name in os.environ if name.startswith("PIP_")]:
        monkeypatch.delenv(variable)
    monkeypatch.delenv(environment.ELSEWHERE, raising=False)
    monkeypatch.setenv("PYTHONPATH", str(ROOT / "src"))  # as when the tests run without an environment of the project's own
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(wheels))
    return root


def write_wheel(folder):
    wheel = folder / "tiny_example-1.0-py3-none-any.whl"
    described = "tiny_example-1.0.dist-info/"
    with zipfile.ZipFile(wheel, "w") as archive:
        archive.writestr("tiny_example.py", "ANSWER = 42\n")
        archive.writestr(described + "METADATA", "Metadata-Version: 2.1\nName: tiny-example\nVersion: 1.0\n")
        archive.writestr(described + "WHEEL", "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        archive.writestr(
            described + "RECORD", f"tiny_example.py,,\n{described}METADATA,,\n{described}WHEEL,,\n{described}RECORD,,\n"
        )
    return hashlib.sha256(wheel.read_bytes()).hexdigest()


@pytest.fixture(scope="session")
def with_pip(tmp_path_factory):
    """A virtual environment with nothing but pip, made once."""
    folder = tmp_path_factory.mktemp("venv") / "made"
    subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)
    return folder


@pytest.fixture
def quick_venv(with_pip, monkeypatch):
    """Virtual environments come as copies of one, which is faster; pip still runs in them."""
    run = environment.run

    def copy_or_run(command, output, *rest):
        if command[1:3] == ["-m", "venv"]:
            shutil.copytree(with_pip, command[3], symlinks=True)
        else:
            run(command, output, *rest)

    monkeypatch.setattr(environment, "run", copy_or_run)


@pytest.fixture
def working(project):
    """An environment made earlier from another lock, as files."""
    older = environment.environments(project) / ("0" * 16)
    python = environment.python_of(older)
    python.parent.mkdir(parents=True)
    python.write_text("works", encoding="utf-8")
    (older / environment.COMPLETE).write_text("{}", encoding="utf-8")
    return older


def files(folder):
    return {path.relative_to(folder): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def refusal(root):
    """What is said when no environment can be had: one line that ends as a sentence does."""
    with pytest.raises(Refused) as refused:
        environment.find_or_make(root)
    said = str(refused.value)
    assert "\n" not in said and said.rstrip(")")[-1] == "."
    return said


def made(root):
    """Folders of environments, whole or half made."""
    return {path.name for path in environment.environments(root).glob("*") if path.is_dir()}


def test_the_first_call_makes_an_environment_and_the_second_finds_it(project, working, monkeypatch, tmp_path):
    half_made = working.with_name("1" * 16)
    half_made.mkdir()
    python = environment.find_or_make(project)
    told = "import tiny_example, helpers; print(tiny_example.ANSWER, helpers.__file__)"
    line = [python, "-I", "-X", "utf8", "-c", told]
    answer = subprocess.run(line, capture_output=True, cwd=tmp_path, encoding="utf-8", check=True)
    number, where = answer.stdout.strip().split(" ", 1)
    assert number == "42" and Path(where).resolve() == (project / "src/helpers/__init__.py").resolve()
    assert made(project) == {python.parents[1].name}, "the older one and the half-made one are gone"

    monkeypatch.setattr(environment, "run", lambda *_: pytest.fail("nothing is installed twice"))
    assert environment.find_or_make(project) == python


def test_a_broken_lock_is_named_with_its_line_and_harms_nothing(project, working):
    before, lock = files(working), project / "requirements.lock"
    whole = lock.read_text(encoding="utf-8")
    for broken, said in [
        ("tiny-example>=1.0\n", "broken at line 1"),
        ("<<<<<<< HEAD\n" + whole, "broken at line 1"),
        (whole[:-20], "broken at line 2"),
        (whole.split("\n")[0], "cut short"),
        ("", "cut short"),
    ]:
        lock.write_text(broken, encoding="utf-8")
        assert said in refusal(project)
        assert made(project) == {working.name} and files(working) == before
    lock.write_bytes(b"\xff\xfe\x00")
    assert "cannot be read" in refusal(project)
    lock.unlink()
    assert "cannot be read" in refusal(project)


def test_a_lock_that_lacks_a_package_that_others_need_is_cut_short(project):
    said = (
        "ERROR: In --require-hashes mode, all requirements must have their versions pinned with ==. These do not:\n    numpy>=2"
    )
    assert "broken or cut short" in environment.meaning(said, LOCKS, project)


def test_a_lock_with_another_hash_is_refused_by_name_and_harms_nothing(project, working, quick_venv):
    before, lock = files(working), project / "requirements.lock"
    lock.write_text(f"tiny-example==1.0 \\\n    --hash=sha256:{'0' * 64}\n", encoding="utf-8")
    said = refusal(project)
    assert "tiny-example==1.0 on offer is not what requirements.lock was made for" in said
    log = environment.environments(project) / environment.LOG
    assert str(log) in said and "DO NOT MATCH" in log.read_text(encoding="utf-8")
    assert made(project) == {working.name} and files(working) == before


def test_no_network_is_said_and_harms_nothing(project, working, quick_venv, monkeypatch, tmp_path):
    before = files(working)
    monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path))
    assert "No network" in refusal(project)
    assert made(project) == {working.name} and files(working) == before


def test_a_full_disk_is_said_and_harms_nothing(project, working, monkeypatch):
    before = files(working)

    def fills(command, output, *_):
        wanted = environment.folder(project, LOCKS)
        wanted.mkdir()
        (wanted / "half").write_text("made", encoding="utf-8")
        output.append("ERROR: Could not install packages due to an OSError: [Errno 28] No space left on device\n")
        raise subprocess.CalledProcessError(1, command)

    monkeypatch.setattr(environment, "run", fills)
    assert "The disk is full" in refusal(project)
    assert made(project) == {working.name} and files(working) == before


def test_a_disk_too_full_to_begin_is_said_too(project, monkeypatch):
    def full(*_, **__):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Path, "mkdir", full)
    assert "The disk is full" in refusal(project)


@pytest.mark.parametrize("module", ["venv", "ensurepip"])
def test_a_python_without_venv_is_told_what_to_install(project, working, monkeypatch, module):
    before, find = files(working), importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name, *rest: None if name == module else find(name, *rest))
    assert f"lacks its {module} module" in refusal(project)
    assert made(project) == {working.name} and files(working) == before


def test_an_interrupted_installation_leaves_nothing(project, working, monkeypatch):
    def interrupted(*_):
        environment.folder(project, LOCKS).mkdir()
        raise KeyboardInterrupt

    monkeypatch.setattr(environment, "run", interrupted)
    with pytest.raises(KeyboardInterrupt):
        environment.find_or_make(project)
    assert made(project) == {working.name}


def test_a_folder_that_cannot_be_written_is_named(project, monkeypatch, tmp_path):
    (tmp_path / "a file").write_text("", encoding="utf-8")
    monkeypatch.setenv(environment.ELSEWHERE, str(tmp_path / "a file"))
    assert environment.ELSEWHERE in refusal(project) and "a file" in refusal(project)


def test_two_copies_of_the_project_share_a_folder_and_no_environment(project, monkeypatch, tmp_path):
    monkeypatch.setenv(environment.ELSEWHERE, str(tmp_path / "elsewhere"))
    other = tmp_path / "copy" / project.name
    assert environment.environments(project) != environment.environments(other)
    assert environment.environments(project).parent == tmp_path / "elsewhere"


def test_another_lock_has_another_environment(project):
    before = environment.folder(project, LOCKS)
    (project / "requirements.lock").write_text("changed", encoding="utf-8")
    assert environment.folder(project, LOCKS) != before


def test_a_python_that_has_the_packages_is_used_as_it_is(project, monkeypatch):
    monkeypatch.setattr(environment.importlib.metadata, "version", lambda name: "1.0")
    assert environment.find_or_make(project) == Path(sys.executable)
    assert not environment.environments(project).exists()
    monkeypatch.setattr(environment.importlib.metadata, "version", lambda name: "0.9")
    assert not environment.satisfied(project, LOCKS)


def test_inside_conda_no_environment_is_made(project, monkeypatch, tmp_path):
    (tmp_path / "conda-meta").mkdir()
    monkeypatch.setattr(sys, "prefix", str(tmp_path))
    assert "conda env create -f environment.yml" in refusal(project)
    assert not environment.environments(project).exists()


def test_an_environment_changed_by_hand_is_named_and_not_entered_for_ever(project, monkeypatch):
    monkeypatch.setattr(sys, "prefix", str(environment.folder(project, LOCKS)))
    assert "changed by hand" in refusal(project)


def test_a_second_first_run_waits_for_the_first(tmp_path, capsys):
    entered = threading.Event()

    def second():
        with environment.only_one(tmp_path / "making"):
            entered.set()

    with environment.only_one(tmp_path / "making"):
        waiting = threading.Thread(target=second, daemon=True)
        waiting.start()
        assert not entered.wait(0.3)
    assert entered.wait(10)
    waiting.join()
    assert capsys.readouterr().err.count("waiting for it") == 1


def test_what_the_first_made_is_not_made_again_by_the_second(project, working, monkeypatch):
    @contextlib.contextmanager
    def waits(path):
        working.rename(environment.folder(project, LOCKS))  # meanwhile the first run has finished
        yield

    monkeypatch.setattr(environment, "only_one", waits)
    monkeypatch.setattr(environment, "run", lambda *_: pytest.fail("nothing is installed twice"))
    assert environment.find_or_make(project) == environment.python_of(environment.folder(project, LOCKS))


@pytest.mark.parametrize(
    ("output", "said"),
    [
        ("OSError: [WinError 112] There is not enough space on the disk", "The disk is full"),
        ("OSError: [Errno 122] Disk quota exceeded", "The disk is full"),
        ("WARNING: Retrying (Retry(total=4)) after connection broken by 'NewConnectionError(...)'", "No network"),
        ("ERROR: Cannot connect to proxy: ProxyError('timed out')", "No network"),
        ("SSLError(SSLCertVerificationError('CERTIFICATE_VERIFY_FAILED'))", "certificate is not trusted"),
        (
            "HINT: This error might have occurred since this system does not have Windows Long Path support enabled.",
            "260 characters",
        ),
        (
            "ERROR: Could not find a version that satisfies the requirement scipy==1.18.1 (from versions: 1.10.0, 1.11.0)\n"
            "ERROR: No matching distribution found for scipy==1.18.1\n",
            "scipy==1.18.1, which requirements.lock asks for, is not on offer",
        ),
    ],
)
def test_what_pip_writes_is_told_in_one_sentence(output, said, tmp_path):
    sentence = environment.meaning(output, LOCKS, tmp_path)
    assert said in sentence and sentence.endswith(".") and "\n" not in sentence


def test_what_is_not_known_is_not_guessed(tmp_path):
    assert environment.meaning("Segmentation fault", LOCKS, tmp_path) == ""
