"""What a person watching the run is told: a live table on a terminal, one plain line for each event elsewhere."""

import sys
import time

from helpers import wording
from helpers.runs.execution import Task

DONE, FAILED, REUSED = "done", "FAILED", "unchanged, kept from an earlier run"


class Progress:
    """Hears of every task and shows it; a context manager."""

    def __init__(self, tasks: list[Task], stream=None):
        self.tasks, self.stream, self.live = tasks, stream or sys.stdout, None
        self.on_terminal = self.stream.isatty()
        self.refreshed = 0.0

    def __enter__(self):
        if self.on_terminal:
            from rich.console import Console
            from rich.live import Live

            self.live = Live(self._table(), console=Console(file=self.stream), auto_refresh=False)
            self.live.start()
        return self

    def __exit__(self, *_):
        if self.live:
            self.live.update(self._table(), refresh=True)
            self.live.stop()

    def tell(self, event: str, task: Task) -> None:
        """ "started", "running", "finished" or "reused"."""
        if self.live:
            if event != "running" or time.monotonic() - self.refreshed > 0.25:
                self.refreshed = time.monotonic()
                self.live.update(self._table(), refresh=True)
        elif event == "started":
            self.say(f"{title(task)}: started")
        elif event in ("finished", "reused"):
            self.say(f"{title(task)}: {state(task)}")

    def say(self, line: str) -> None:
        print(line, file=self.stream, flush=True)

    def _table(self):
        from rich.table import Table

        table = Table(box=None, pad_edge=False)
        for heading in ("Set", "Theme", "State"):
            table.add_column(heading)
        for task in self.tasks:
            table.add_row(task.set_name, task.theme, state(task))
        return table


def title(task: Task) -> str:
    return f"{task.set_name} / {task.theme}"


def state(task: Task) -> str:
    """How far a task has come, in words."""
    if task.reused:
        return REUSED
    if task.error:
        return f"{FAILED} after {seconds(task.seconds)}"
    if task.process is None:
        return "waiting"
    if task.process.poll() is not None:
        return f"{DONE} in {seconds(task.seconds)}"
    done, total = task.progress()
    return f"cell {done} of {total}, {seconds(task.seconds)}" if total else "starting"


def seconds(count: float) -> str:
    """ "8 seconds", "2 minutes 5 seconds"."""
    minutes, rest = divmod(round(count), 60)
    words = f"{rest} second{'' if rest == 1 else 's'}"
    return f"{wording.number(minutes)} minute{'' if minutes == 1 else 's'} {words}" if minutes else words
