"""run.json: what was asked, what went in, with what, and what came out; relative paths only."""

import importlib.metadata
import json
import platform
import re
import subprocess
from argparse import Namespace
from functools import cache
from pathlib import Path

from helpers.runs.execution import Task
from helpers.runs.request import POLICY_PARAMETERS, Request, RunSet

PACKAGES = ("jupyterlab", "ipykernel", "nbconvert", "papermill", "pandas", "pandera", "numpy", "scipy", "statsmodels", "seaborn",
            "matplotlib", "afcharts", "gptables", "pyarrow")  # fmt: skip


def of_run(request: Request, args: Namespace, started: str, inputs: list[dict], code: dict) -> dict:
    """The record of a run before its themes: everything of design.md's run.json but `sets`, `seconds` and `status`."""
    return {
        "label": request.label, "started": started, "seconds": 0.0, "status": "ok", "command": command_line(args, request.root),
        "git_commit": code["commit"], "uncommitted_changes": code["changed"], "versions": versions(), "policy": policy(request),
        "inputs": inputs, "sets": {},
    }  # fmt: skip


def of_theme(task: Task, owns: set[str]) -> dict:
    """The record of one theme from its executed notebook, or with its error; `owns` are the names of this project's errors."""
    record = {"status": "failed", "not_answered": [], "seconds": task.seconds, "parameters": task.parameters, "html": None,
              "findings": [], "warnings": [], "error": None}  # fmt: skip
    if task.error:
        return record | {"error": explained(task.error, owns)}
    import nbformat

    from helpers import page

    notebook = nbformat.read(task.executed, as_version=4)
    gathered = page.summary(notebook)
    status = "reused" if task.reused else "partial" if gathered["not_answered"] else "ok"
    return record | gathered | {"status": status, "warnings": warnings_in(notebook)}


def of_faults(faults: list, policy: dict) -> list[dict]:
    """What was wrong with a set's extracts, as run.json may say it: no row numbers, no example, counts of rows controlled."""
    from helpers.disclosure.policy import Policy, round_count

    named = ("file", "sheet", "column", "header", "table", "what", "to_do", "fatal")
    counted = [round_count(len(fault.rows), Policy(**policy)) for fault in faults]
    return [
        {name: getattr(fault, name) for name in named} | {"rows": "[c]" if rows is None else rows}
        for fault, rows in zip(faults, counted, strict=True)
    ]


def warnings_in(notebook) -> list[str]:
    """The kinds of warning that Python raised in a notebook; not their words, which may quote a record."""
    streams = [output for cell in notebook.cells for output in cell.get("outputs", []) if output.get("name") == "stderr"]
    kinds = re.findall(r"^\S+:\d+: (\w+Warning): ", "".join(stream["text"] for stream in streams), re.MULTILINE)
    return [f"Python raised a {kind} while the notebook ran." for kind in dict.fromkeys(kinds)]


def explained(error: dict, owns: set[str]) -> dict:
    """An error as it may be shown: its type and place; its message only where this project wrote it, since any other message
    may quote a record."""
    where = f"under “{error['heading']}”" if error.get("heading") else ""
    if error.get("own"):
        return {"type": error["type"], "message": error["message"]}
    if error["type"] in owns:
        return {"type": error["type"], "message": f"{error['message']}{f' ({where})' if where else ''}"}
    cell = f", cell {error['cell']}" if error.get("cell") else ""
    return {"type": error["type"], "message": f"unexpected, {where}{cell}" if where or cell else "the notebook could not be run"}


@cache
def own_errors(source: Path) -> frozenset[str]:
    """Names of the exceptions that the helpers define, whose messages are sentences fit for a page."""
    defined = {name: bases for file in source.rglob("*.py") for name, bases in
               re.findall(r"^class (\w+)\(([\w., ]+)\):", file.read_text(encoding="utf-8"), re.MULTILINE)}  # fmt: skip

    def is_error(name):
        bases = defined[name].split(", ")
        return any(base.endswith(("Error", "Exception")) or (base in defined and is_error(base)) for base in bases)

    return frozenset(name for name in defined if is_error(name))


def policy(request: Request) -> dict:
    """The disclosure policy of the run: where themes differ, the loosest that any of them was allowed."""
    from helpers.disclosure.policy import STANDARD, Policy

    every = [values for run_set in request.sets for values in run_set.themes.values()]
    loosest = {name: min((one[name] for one in every if name in one), default=STANDARD[name]) for name in POLICY_PARAMETERS}
    return Policy(**loosest, approver=request.approved_by).record()


def overall(record: dict) -> str:
    """ "ok", "partial" where some themes failed and others stand, "failed" where none stands."""
    states = [theme["status"] for one in record["sets"].values() for theme in one["themes"].values()]
    failed = states.count("failed")
    return "ok" if not failed else "failed" if failed == len(states) else "partial"


def for_page(record: dict, run_set: RunSet, theme: str, inputs: list[dict]) -> dict:
    """What a page is told of its run."""
    return {key: record[key] for key in ("label", "started", "git_commit", "versions", "policy")} | {
        "set": run_set.name, "theme": theme, "vouched": run_set.vouched,
        "local_authority": run_set.local_authority, "made_up": run_set.made_up,
        "parameters": run_set.themes[theme], "inputs": inputs,
    }  # fmt: skip


def versions() -> dict:
    """Python and the packages that results rest on."""
    found = {"python": platform.python_version()}
    for package in PACKAGES:
        try:
            found[package] = importlib.metadata.version(package)
        except importlib.metadata.PackageNotFoundError:
            continue
    return found


def code_of(root: Path) -> dict:
    """The commit that the project stands at, and whether it has changes since; no commit outside its own repository."""

    def git(*words):
        asked = subprocess.run(["git", *words], cwd=root, capture_output=True, timeout=20)
        return asked.stdout.decode("utf-8", "replace").strip() if asked.returncode == 0 else None

    try:
        if git("rev-parse", "--show-prefix") != "":  # a copy of the project inside another repository has no commit of its own
            return {"commit": None, "changed": None}
        return {"commit": git("rev-parse", "HEAD"), "changed": bool(git("status", "--porcelain"))}
    except (OSError, subprocess.TimeoutExpired):
        return {"commit": None, "changed": None}


def command_line(args: Namespace, root: Path) -> str:
    """The command as it could be given again, with paths below the project or by name alone."""
    words = ["python run_all.py", *(args.themes or [])]
    words += ["--data", told(args.data, root)] if args.data else []
    words += ["--official", told(args.official, root)] if args.official else []
    words += [word for name, value in args.p or [] for word in ("-p", name, quoted(value))]
    words += ["--params", told(args.params, root)] if args.params else []
    words += [word for name in args.set or [] for word in ("--set", name)]
    words += ["--label", args.label] if args.label not in (None, "latest") else []
    words += ["--force"] if args.force else []
    words += ["--approved-by", quoted(args.approved_by)] if args.approved_by else []
    return " ".join(words)


def quoted(text) -> str:
    return f'"{text}"' if not re.fullmatch(r"[\w./:-]+", str(text)) else str(text)


def told(path, root: Path) -> str:
    """A path below the project with forward slashes; any other by its name alone, since the rest may name its user."""
    path = Path(path).expanduser().resolve()
    return quoted(path.relative_to(root).as_posix() if path.is_relative_to(root) else path.name)


def read(file: Path) -> dict | None:
    """A run.json, or None where there is none that can be read."""
    try:
        record = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return record if isinstance(record, dict) and isinstance(record.get("sets"), dict) else None
