"""From the command line to published pages, step by step, and what a person is told on the way."""

import datetime
import shutil
import sys
import time
import traceback
import uuid
from argparse import Namespace
from pathlib import Path

from helpers import wording
from helpers.runs import cache, execution, inputs, publishing, release, request, slow_imports
from helpers.runs import record as run_record
from helpers.runs.execution import Task
from helpers.runs.progress import Progress, seconds, title

ROOT = Path(__file__).parents[3]
SOURCE = Path(__file__).parents[2]
RUNS_KEPT = 5  # folders of executed notebooks and logs in .work/runs
AN_HOUR = 3600
FAULTS_SHOWN = 10


def run(args: Namespace, root: Path = ROOT) -> int:
    """Runs what the command line asks of the project at `root`; the exit status."""
    try:
        asked = request.check(args, root)
    except request.Refused as refusal:
        print("Nothing was run:", *(f"- {problem}" for problem in refusal.problems), sep="\n", file=sys.stderr)
        return 2
    if asked.dry_run:
        print(plan(asked))
        return 1 if any(about_faults(one) for one in asked.sets) else 0
    if unwritable := publishing.can_write(asked.out):  # said now, and not after every notebook has run
        print(f"Nothing was run: {unwritable}", file=sys.stderr)
        return 2
    before = execution.interrupt_on_terminate()
    try:
        return _run(asked, args, root)
    except KeyboardInterrupt:
        print(f"Stopped. {publishing.still_there(asked.out / asked.label)}", file=sys.stderr)
        return 130
    except publishing.CannotPublish as reason:
        print(reason, file=sys.stderr)
        return 1
    except OSError as reason:  # a full disk, most likely, or a folder of the project that cannot be written to
        what = f"{reason.strerror or reason}{f' at {reason.filename}' if reason.filename else ''}"
        print(f"The run stopped: {what}. {publishing.still_there(asked.out / asked.label)}", file=sys.stderr)
        return 1
    finally:
        execution.restore(before)


def _run(asked: request.Request, args: Namespace, root: Path) -> int:
    slow_imports.skip()
    began, started = time.monotonic(), datetime.datetime.now(datetime.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    publishing.recover(asked.out)
    work = inputs.work_folder(root)
    folder = _folder_of_run(work, started)
    readers = inputs.hash_of(SOURCE / "helpers" / "extracts", SOURCE / "helpers" / "tables")
    extracts, unread = {}, {}
    for run_set in asked.sets:
        try:
            extracts[run_set.name] = _read(run_set, work, readers, root)
        except Exception as error:  # one set's records, whatever is wrong with them, do not stop the others
            extracts[run_set.name], unread[run_set.name] = None, type(error).__name__
            log = folder / f"{run_set.name}-extracts.txt"  # the folder is its owner's alone
            log.write_text(traceback.format_exc(), encoding="utf-8")
            print(f"The extracts of {run_set.name} could not be read [{type(error).__name__}]. The log may hold records: {log}")
    tell_of_extracts(extracts, folder)
    official = _official(asked, work, readers, root)
    tasks = _tasks(asked, extracts, unread, official, folder, root)

    waiting = []
    with Progress(tasks) as progress:
        for task in tasks:
            if task.error:
                progress.tell("finished", task)
            elif not asked.force and cache.take(task, work):
                progress.tell("reused", task)
            else:
                waiting.append(task)
        execution.run(waiting, asked.jobs, root, SOURCE, progress.tell)
    for task in waiting:
        if not task.error:
            cache.keep(task, work)

    used = {run_set.name: _inputs(extracts[run_set.name], official, run_set, root) for run_set in asked.sets}
    once = {(entry["path"], entry["sha256"]): entry for entries in used.values() for entry in entries}
    record = run_record.of_run(asked, args, started, list(once.values()), run_record.code_of(root))
    own = run_record.own_errors(SOURCE / "helpers")
    for run_set in asked.sets:
        themes = {task.theme: run_record.of_theme(task, own) for task in tasks if task.set_name == run_set.name}
        read = extracts[run_set.name]
        for theme in themes.values():
            theme["warnings"] += [fault.for_readers for fault in read.fatal] if read else []
        record["sets"][run_set.name] = {
            "local_authority": run_set.local_authority, "made_up": run_set.made_up, "vouched": run_set.vouched,
            "description": run_set.description,
            "faults": run_record.of_faults(read.faults if read else [], record["policy"]), "themes": themes,
        }  # fmt: skip
    record["seconds"] = round(time.monotonic() - began, 1)
    release.publish(asked, tasks, record, used, extracts, work)
    index = publishing.write_all_labels(asked.out)

    broken = [name for name, read in extracts.items() if read and (read.fatal or read.fault)]
    tell_of_result(record, tasks, asked, index, time.monotonic() - began, broken)
    return 0 if record["status"] == "ok" and not broken else 1


def _read(run_set, work: Path, readers: str, root: Path) -> inputs.Typed | None:
    if run_set.data is None:
        return None
    print(f"Reading extracts: {run_record.told(run_set.data, root)}", flush=True)
    if run_set.vouched:
        print(f"  No about.yml stands beside them: you vouch that they are the records of {run_set.local_authority}.")
    return inputs.typed(run_set.data, work, readers, root)


def _official(asked: request.Request, work: Path, readers: str, root: Path) -> inputs.Typed | None:
    """The official statistics of the run, where a set of a real authority can use them."""
    if asked.official is None or all(run_set.made_up for run_set in asked.sets):
        return None
    print(f"Reading official statistics: {run_record.told(asked.official, root)}", flush=True)
    read = inputs.typed_official(asked.official, work, readers, root)
    for file, why in list(read.not_read.items())[:FAULTS_SHOWN]:
        print(f"  note   {file} was not read: {why}")
    if len(read.not_read) > FAULTS_SHOWN:
        print(f"  note   and {len(read.not_read) - FAULTS_SHOWN} more files were not read")
    if not read.inputs:
        print("  note   no file there is read, so that pages rest on the figures that ship")
    for what in read.renamed:
        print(f"  note   {what}: a release may have renamed it")
    return read


def _folder_of_run(work: Path, started: str) -> Path:
    """An empty folder for this run's executed notebooks and logs; of older ones, the last few are kept."""
    runs = work / "runs"
    runs.mkdir(mode=0o700, exist_ok=True)
    for old in sorted(runs.iterdir())[: -RUNS_KEPT + 1]:
        if time.time() - old.stat().st_mtime > AN_HOUR:  # one still running, or whose log was just named, stays
            shutil.rmtree(old, ignore_errors=True)
    folder = runs / f"{started.replace(':', '')}-{uuid.uuid4().hex[:6]}"
    folder.mkdir(mode=0o700)
    return folder


def _tasks(
    asked: request.Request, extracts: dict, unread: dict[str, str], official: inputs.Typed | None, folder: Path, root: Path
) -> list[Task]:
    """Every theme of every set; a notebook that cannot be run is a task that has failed already."""
    shared = cache.shared_by_all(SOURCE, root)
    tasks = []
    for run_set in asked.sets:
        read, statistics = extracts[run_set.name], None if run_set.made_up else official
        for theme, values in run_set.themes.items():
            task = Task(run_set.name, theme, asked.themes[theme].path, values, folder / run_set.name / theme,
                        read.folder if read else None, asked.approved_by,
                        statistics.folder if statistics else None)  # fmt: skip
            if fault := asked.themes[theme].fault:
                task.error = {"type": "NotATheme", "message": fault, "own": True}
            elif run_set.name in unread:
                task.error = {"type": unread[run_set.name], "message": "the extracts could not be read", "own": True}
            else:
                task.key = cache.key_of(task, shared, *(each.key if each else "" for each in (read, statistics)))
            tasks.append(task)
    return tasks


def _inputs(read: inputs.Typed | None, official: inputs.Typed | None, run_set: request.RunSet, root: Path) -> list[dict]:
    """What a set's pages rest on; made-up records never stand beside published figures."""
    if run_set.made_up:
        return read.inputs if read else []
    return [*(read.inputs if read else []), *(official.inputs if official else []), *inputs.published(root)]


def plan(asked: request.Request) -> str:
    """What a run would do, for --dry-run."""
    at_a_time = wording.count_of(asked.jobs, "notebook")
    lines = [f"Would publish {asked.out.name}/{asked.label}, running at most {at_a_time} at a time:"]
    for one in asked.sets:
        data = "published figures only" if one.data is None else f"extracts in {run_record.told(one.data, asked.root)}"
        lines += ["", f"{one.name}: {one.local_authority}{' (made up)' if one.made_up else ''}, {data}"]
        lines += [f"  FAULT  {fault}" for fault in about_faults(one)]
        for theme, values in one.themes.items():
            lines += [f"  {theme}", *(f"    {name} = {'empty' if value == '' else value}" for name, value in values.items())]
    return "\n".join(lines)


def about_faults(run_set: request.RunSet) -> list:
    """What is wrong with the about.yml of a set's extracts: no record beside it would be used."""
    if run_set.data is None:
        return []
    from helpers.extracts.about import read_about

    return read_about(request.about_file(run_set.data))[1]


def tell_of_extracts(extracts: dict[str, inputs.Typed | None], folder: Path) -> None:
    """Faults that stop a table first and in full; the others by number, with the file that lists them."""
    for read in {read.key: read for read in extracts.values() if read}.values():
        for line in filter(None, [read.fault, *map(str, read.fatal)]):
            print(f"  FAULT  {line}", flush=True)
        lesser = [str(fault) for fault in read.faults if not fault.fatal]
        lesser += [f"{path} was not read: {why}." for path, why in read.not_read.items()]
        for line in lesser[:FAULTS_SHOWN]:
            print(f"  note   {line}")
        if len(lesser) > FAULTS_SHOWN:
            listed = folder / "faults.txt"
            listed.write_text("\n".join([*map(str, read.fatal), *lesser]) + "\n", encoding="utf-8")
            print(f"  note   and {len(lesser) - FAULTS_SHOWN} more: {listed}")


def tell_of_result(record: dict, tasks: list[Task], asked: request.Request, index: Path, took: float, broken: list[str]) -> None:
    """The last lines of a run: what failed and why, how long it took, where the pages are."""
    for task in tasks:
        theme = record["sets"][task.set_name]["themes"][task.theme]
        if theme["status"] == "failed":
            print(f"\n{title(task)} failed: {theme['error']['message']} [{theme['error']['type']}]")
            if task.log.exists():
                print(f"  Its log, which may hold records: {task.log}")
        elif theme["not_answered"]:
            questions = wording.count_of(len(theme["not_answered"]), "question")
            print(f"{title(task)}: {questions} not answered; the page says what each needs.")
    if broken:
        print(f"\nThe extracts of {wording.listing(broken)} have a fault that stopped at least one table (above).")
    states = [theme["status"] for one in record["sets"].values() for theme in one["themes"].values()]
    pages = wording.count_of(len(states) - states.count("failed"), "page")
    print(f"\n{wording.sentence_case(pages)} in {seconds(took)}: {asked.out / asked.label / 'index.html'}")
    print(f"All labels: {index}")
