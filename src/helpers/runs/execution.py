"""Notebooks side by side, each in its own process; however the run ends, no process of it stays behind."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

LONGEST = 3600  # seconds: a notebook that takes longer has hung
GRACE = 5  # seconds that a process has to end its kernel
THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMEXPR_NUM_THREADS", "VECLIB_MAXIMUM_THREADS")


@dataclass
class Task:
    """One theme of one set, and what became of it. `folder` holds task.json, then executed.ipynb, outcome.json and log.txt."""

    set_name: str
    theme: str
    notebook: Path
    parameters: dict
    folder: Path
    extracts: Path | None
    approved_by: str = ""
    official: Path | None = None  # a typed copy of official statistics
    key: str = ""  # of the cache
    reused: bool = False
    seconds: float = 0.0
    error: dict | None = None  # {"type", "message", "heading", "cell"}
    process: subprocess.Popen | None = field(default=None, repr=False)
    started: float = 0.0

    @property
    def executed(self) -> Path:
        return self.folder / "executed.ipynb"

    @property
    def log(self) -> Path:
        return self.folder / "log.txt"

    @property
    def register(self) -> Path:
        """The controlled tables that the theme shows, for the check of linked tables (helpers.disclosure.registry)."""
        return self.folder / "register.jsonl"

    def progress(self) -> tuple[int, int]:
        """Cells begun and cells in all; 0 and 0 before the first."""
        try:
            done, total = (self.folder / "progress").read_text(encoding="utf-8").split()
            return int(done), int(total)
        except (OSError, ValueError):
            return 0, 0


def run(tasks: list[Task], jobs: int, root: Path, source: Path, tell: Callable[[str, Task], None]) -> None:
    """Runs every task, at most `jobs` at a time; `tell` hears "started", "running" (often) and "finished" with the task.

    A KeyboardInterrupt ends every process before it is raised again.
    """
    waiting, running = list(tasks), []
    try:
        while waiting or running:
            while waiting and len(running) < jobs:
                task = waiting.pop(0)
                running.append(task)  # before it starts, so that an interrupt finds it
                _start(task, jobs, root, source)
                tell("started", task)
            for task in list(running):
                if _ended(task):
                    running.remove(task)
                    tell("finished", task)
                else:
                    tell("running", task)
            if running:
                time.sleep(0.05)
    finally:
        stop([task.process for task in running if task.process is not None])


def _start(task: Task, jobs: int, root: Path, source: Path) -> None:
    task.folder.mkdir(parents=True, mode=0o700, exist_ok=True)
    told = {"notebook": str(task.notebook), "parameters": task.parameters, "cwd": str(task.notebook.parent)}
    (task.folder / "task.json").write_text(json.dumps(told), encoding="utf-8")
    with task.log.open("wb") as log:
        task.process = subprocess.Popen(
            [sys.executable, "-m", "helpers.runs.kernels", str(task.folder)],
            stdin=subprocess.PIPE, stdout=log, stderr=subprocess.STDOUT, cwd=root, env=_environment(task, jobs, root, source),
            start_new_session=True,  # Ctrl-C reaches the run alone, which then ends its processes in order
            creationflags=getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0),
        )  # fmt: skip
    task.started = time.monotonic()


def _environment(task: Task, jobs: int, root: Path, source: Path) -> dict:
    """The user's environment with what a kernel is told, and nothing of the user's own Jupyter and IPython settings."""
    threads = str(max(1, (os.cpu_count() or 1) // jobs))  # more would only compete for the same cores
    return {
        **os.environ, **dict.fromkeys(THREADS, threads),
        "PYTHONPATH": os.pathsep.join(filter(None, [str(source), os.environ.get("PYTHONPATH", "")])),
        "PYTHONUTF8": "1", "JUPYTER_NO_CONFIG": "1", "IPYTHONDIR": str(root / ".work" / "ipython"),
        "EVALUATION_EXTRACTS": str(task.extracts or ""), "EVALUATION_APPROVED_BY": task.approved_by,
        "EVALUATION_OFFICIAL": str(task.official or ""),
        "EVALUATION_REGISTRY": str(task.register),
    }  # fmt: skip


def _ended(task: Task) -> bool:
    """Whether a task's process has ended; one that hangs is ended. Its outcome is then in the task."""
    task.seconds = round(time.monotonic() - task.started, 1)
    if task.process.poll() is None:
        if task.seconds < LONGEST:
            return False
        stop([task.process])
        task.error = _fault("TimedOut", f"it took longer than {LONGEST // 60} minutes and was stopped")
        return True
    task.process.stdin.close()
    try:
        task.error = json.loads((task.folder / "outcome.json").read_text(encoding="utf-8"))["error"]
    except (OSError, ValueError):
        task.error = _fault("Stopped", "its process ended before it had finished, which is what a lack of memory looks like")
    return True


def _fault(kind: str, message: str) -> dict:
    return {"type": kind, "message": message, "heading": "", "cell": "", "own": True}


def stop(processes: list[subprocess.Popen]) -> None:
    """Ends processes and their kernels: closing a process's input makes it take its kernel with it."""
    for process in processes:
        if process.stdin and not process.stdin.closed:
            process.stdin.close()
    until = time.monotonic() + GRACE
    for process in processes:
        try:
            process.wait(max(0.0, until - time.monotonic()))
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def interrupt_on_terminate() -> dict:
    """Makes a polite request to end (SIGTERM, a closed terminal) end the run as Ctrl-C does; the handlers there were before."""

    def interrupt(number, frame):
        raise KeyboardInterrupt

    if threading.current_thread() is not threading.main_thread():
        return {}
    names = [name for name in ("SIGTERM", "SIGHUP", "SIGBREAK") if hasattr(signal, name)]
    return {getattr(signal, name): signal.signal(getattr(signal, name), interrupt) for name in names}


def restore(handlers: dict) -> None:
    """Puts signal handlers back."""
    for number, handler in handlers.items():
        signal.signal(number, handler)
