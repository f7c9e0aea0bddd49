"""What a run releases: each theme's page and tables, once the checks of linked tables and of leaks have passed."""

import hashlib
import json
import shutil
import traceback
from pathlib import Path

from helpers.runs import publishing
from helpers.runs import record as run_record
from helpers.runs.execution import Task
from helpers.runs.inputs import Typed
from helpers.runs.request import Request

BY_LINKS = "withheld by the check of linked tables"
BY_LEAKS = "withheld by the leak check"


def publish(
    asked: Request,
    tasks: list[Task],
    record: dict,
    used: dict[str, list[dict]],  # set -> inputs that its pages name
    extracts: dict[str, Typed | None],  # set -> what the leak check looks for
    work: Path,
) -> None:
    """Builds the label beside the old one, withholds what a check finds, and replaces the old one whole.

    Raises CannotPublish where something outside any one theme would leak, or the old label cannot be moved.
    """
    label = asked.out / asked.label
    previous = run_record.read(label / publishing.RECORD) or newest(asked.out)
    withhold_linked(asked, tasks, record, work)
    folder = publishing.begin(asked.out, asked.label)
    try:
        _write_themes(asked, tasks, record, used, folder)
        record["status"] = run_record.overall(record)
        publishing.write_run(folder, record, previous)
        leaks = find_leaks(folder, extracts)
        if leaks:
            _withhold(record, folder, leaks)
            record["status"] = run_record.overall(record)
            publishing.write_run(folder, record, None)  # the old record's sentences may be what leaks
            leaks = find_leaks(folder, extracts)
        if leaks:
            told = "; ".join(f"{path}: {', '.join(what)}" for path, what in leaks.items())
            raise publishing.CannotPublish(f"{publishing.still_there(label)} The leak check found: {told}")
        publishing.replace(folder, label)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    _keep_registers(asked, tasks, record, work)


def newest(out: Path) -> dict | None:
    """The record of the label that was made last."""
    records = [record for file in out.glob(f"[!.]*/{publishing.RECORD}") if (record := run_record.read(file))]
    return max(records, key=lambda record: str(record.get("started", "")), default=None)


def _write_themes(asked: Request, tasks: list[Task], record: dict, used: dict[str, list[dict]], folder: Path) -> None:
    import nbformat

    sets = {run_set.name: run_set for run_set in asked.sets}
    for task in tasks:
        theme = record["sets"][task.set_name]["themes"][task.theme]
        if theme["status"] == "failed":
            continue
        told = run_record.for_page(record, sets[task.set_name], task.theme, used[task.set_name])
        try:
            publishing.write_theme(folder, task.set_name, task.theme, nbformat.read(task.executed, as_version=4), told, theme)
        except Exception as error:  # a page that cannot be made is one theme's failure
            with task.log.open("a", encoding="utf-8") as log:
                traceback.print_exc(file=log)
            publishing.withdraw(folder, theme, "its page could not be made", type(error).__name__)


def find_leaks(folder: Path, extracts: dict[str, Typed | None]) -> dict[str, list[str]]:
    """What must not leave, by the path of the file below `folder`: a set's files beside its own records, the rest beside all."""
    from helpers.disclosure import leaks, released
    from helpers.disclosure.identifiers import Identifiers

    found: dict[str, list[str]] = {}
    every = [path for path in sorted(folder.iterdir()) if path.is_file()]
    for name, read in extracts.items():
        identifiers = Identifiers.of(read.tables if read else {})
        in_set = leaks.check(folder / name, identifiers) if (folder / name).is_dir() else []
        for leak in in_set:
            found.setdefault(f"{name}/{leak.file}", []).append(f"{leak.kind} ({leak.detail})")
        for leak in (leak for path in every for leak in leaks.leaks_in(path.name, released.read(path), identifiers)):
            found.setdefault(leak.file, []).append(f"{leak.kind} ({leak.detail})")
    return found


def _withhold(record: dict, folder: Path, leaks: dict[str, list[str]]) -> None:
    """Withdraws every theme that a leaking file belongs to."""
    for one in record["sets"].values():
        for theme in one["themes"].values():
            files = [theme.get("html"), *theme.get("downloads", [])]
            found = sorted({what for path in files if path in leaks for what in leaks[path]})
            if found:
                publishing.withdraw(folder, theme, f"{BY_LEAKS}: {'; '.join(found)}")
            elif theme["status"] == "failed" and set(leaks) & {"index.html", publishing.RECORD}:
                theme["error"]["message"] = "the log says why"  # the message may be what leaks


def withhold_linked(asked: Request, tasks: list[Task], record: dict, work: Path) -> None:
    """Withholds a theme whose tables, beside those of the themes before it or of other labels, give a small number away."""
    from helpers.disclosure import registry

    before = [entry for label, entries in _registers(asked, work).items() if label != asked.label for entry in entries]
    shown: list[dict] = []
    for task in tasks:
        theme = record["sets"][task.set_name]["themes"][task.theme]
        if theme["status"] == "failed":
            continue
        entries = registry.read(task.register, **_facts(asked, task))
        beside = [entry for entry in shown if entry["set"] == task.set_name]
        # made-up records may change between labels as they like: nobody's correction shows in them
        real = [entry for entry in entries if entry["basis"] != "synthetic"]
        found = registry.conflicts(beside + entries) + registry.conflicts_between_labels(real, before)
        if found:
            publishing.withdraw(None, theme, f"{BY_LINKS}: {found[0]}")
        else:
            shown += entries


def _facts(asked: Request, task: Task) -> dict:
    values = task.parameters
    period = f"{values.get('period_start', '')} to {values.get('period_end', '')}"
    return {"set": task.set_name, "theme": task.theme, "label": asked.label, "period": period}


def _register_folder(asked: Request, work: Path) -> Path:
    """Where the registers of one reports folder stand: a label of the same name in another folder is another label."""
    return work / "registers" / hashlib.sha256(str(asked.out).encode()).hexdigest()[:12]


def _registers(asked: Request, work: Path) -> dict[str, list[dict]]:
    """What each published label of this reports folder shows."""
    found = {}
    for file in sorted(_register_folder(asked, work).glob("*.jsonl")):
        if (asked.out / file.stem).is_dir():
            found[file.stem] = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
    return found


def _keep_registers(asked: Request, tasks: list[Task], record: dict, work: Path) -> None:
    """Remembers what this label shows, for the labels after it; true counts, so in .work/ alone."""
    from helpers.disclosure import registry

    folder = _register_folder(asked, work)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    entries = [
        entry
        for task in tasks
        if record["sets"][task.set_name]["themes"][task.theme]["status"] != "failed"
        for entry in registry.read(task.register, **_facts(asked, task))
    ]
    (folder / f"{asked.label}.jsonl").write_text("".join(json.dumps(entry) + "\n" for entry in entries), encoding="utf-8")
