"""Executed notebooks that need no second run: same notebook, helpers, parameters, extracts, published figures and packages."""

import hashlib
import json
import os
import shutil
import sys
import uuid
from pathlib import Path

from helpers.runs.execution import Task
from helpers.runs.inputs import PUBLISHED, hash_of

EXECUTED, REGISTER = "executed.ipynb", "register.jsonl"


def shared_by_all(source: Path, root: Path) -> str:
    """The hash of what every task depends on: the helpers, the packages and the published figures."""
    return hash_of(source / "helpers", root / "requirements.lock", root / PUBLISHED)


def key_of(task: Task, shared: str, *read: str) -> str:
    """What a task's result depends on, as one hash: `shared` of `shared_by_all`, `read` the keys of typed copies."""
    notebook = json.loads(task.notebook.read_text(encoding="utf-8"))
    cells = [[cell["cell_type"], "".join(cell["source"]), cell.get("metadata", {}).get("tags", []), cell.get("id", "")]
             for cell in notebook["cells"]]  # fmt: skip
    told = [cells, task.parameters, read, task.approved_by, shared, list(sys.version_info[:3])]
    return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()[:40]


def take(task: Task, work: Path) -> bool:
    """Fills the task from the cache; whether there was anything."""
    kept = work / "cache" / task.key
    if not (kept / EXECUTED).is_file():
        return False
    task.folder.mkdir(parents=True, mode=0o700, exist_ok=True)
    shutil.copyfile(kept / EXECUTED, task.executed)
    shutil.copyfile(kept / REGISTER, task.register)
    task.reused = True
    return True


def keep(task: Task, work: Path) -> None:
    """Keeps the executed notebook of a task that succeeded."""
    kept = work / "cache" / task.key
    unfinished = kept.with_name(f".{task.key}.{uuid.uuid4().hex[:8]}")
    unfinished.mkdir(parents=True, mode=0o700)
    try:
        task.register.touch()  # a theme without controlled tables registers none
        shutil.copyfile(task.register, unfinished / REGISTER)
        shutil.copyfile(task.executed, unfinished / EXECUTED)
        shutil.rmtree(kept, ignore_errors=True)
        os.replace(unfinished, kept)
    except OSError:
        pass  # another run kept the same result first: either will do
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)
