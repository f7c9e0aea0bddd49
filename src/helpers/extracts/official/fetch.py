"""What `python run_all.py fetch` does: official statistics from the public API into a folder, with a manifest beside them.

A data set is found by its publication's title and recognised by its columns. Each file is replaced whole and only by a whole one,
and the manifest is written after each, so that a fetch that was stopped goes on where it stopped.
"""

import csv
import datetime
import json
import os
import re
import shutil
import sys
import tempfile
import time
from argparse import Namespace
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass, field
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from helpers.extracts import published
from helpers.extracts.authorities import NEW_MODEL_FROM
from helpers.extracts.containers import sha256
from helpers.extracts.official import families
from helpers.extracts.official.api import Client
from helpers.extracts.official.connection import NotReached, NotThere, ServiceError
from helpers.extracts.official.families import Family
from helpers.extracts.official.folder import MANIFEST, TOOL, read_manifest
from helpers.extracts.official.sources import SOURCES
from helpers.wording import listing, number

UNFINISHED = ".fetching-"  # begins the name of a folder that holds what is not whole yet
A_DAY = 86_400  # seconds
LONGEST_NAME = 80
MODEL_YEARS = (NEW_MODEL_FROM - 1, NEW_MODEL_FROM)  # one year of each model of statistical neighbours
BY_HAND = "What is published on the publication's page alone can be downloaded there by hand."


@dataclass(frozen=True)
class DataSet:
    """A data set that the API holds, at its latest version."""

    data_set_id: str
    title: str
    publication: str
    version: str
    published: str


@dataclass
class Outcome:
    """Files fetched, files that were there already, what the API does not hold, and what went wrong."""

    fetched: list[str] = field(default_factory=list)
    here: list[str] = field(default_factory=list)
    absent: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)


def main(args: Namespace, client: Client | None = None) -> int:
    """Fetches what the command line asks for; the exit status: 0 done, 1 not all of it, 2 refused before anything was asked."""
    folder = args.official
    try:
        wanted, authorities = sources(args.measures or ()), around(args.authority or ())
        manifest = read_manifest(folder)
    except ValueError as problem:
        print(f"Nothing was fetched: {problem}", file=sys.stderr)
        return 2
    try:
        with client or Client() as client:
            outcome = fetch(wanted, authorities, folder, manifest, client)
    except NotReached as reason:
        print(f"The fetch stopped: {reason}", file=sys.stderr)
        return 1
    except OSError as reason:  # a full disk, most likely, or a folder that cannot be written to
        print(f"The fetch stopped: {reason.strerror} at {reason.filename}. What is there already stands.", file=sys.stderr)
        return 1
    for line in outcome.faults:
        print(line, file=sys.stderr)
    there = len(outcome.fetched) + len(outcome.here)
    print(f"{folder} holds {number(there)} of the data sets asked for: {number(len(outcome.fetched))} fetched now, "
          f"{number(len(outcome.here))} there already.")  # fmt: skip
    return 1 if outcome.faults or not there else 0


def sources(measures: Iterable[str]) -> list[Family]:
    """The data sets that hold these headline measures and what they are divided by; all that are known where none is named.

    ValueError for what is no measure, and for one that no data set holds, only the Interactive Tool.
    """
    keys = [published.headline(measure).key for measure in measures]
    held = {key: {name for source in SOURCES[key].values() for name in (source.data_set, source.denominator[0]) if name}
            for key in keys}  # fmt: skip
    if by_hand := [key for key, data_sets in held.items() if not data_sets]:
        raise ValueError(f"no data set of the API holds {listing(by_hand)}: the {TOOL} does, which is downloaded by hand.")
    return [family for family in families.FAMILIES if not keys or family.key in set().union(*held.values())]


def around(authorities: Iterable[str]) -> dict[str, str]:
    """These authorities and the statistical neighbours of each, by both models: old code -> name. ValueError for no authority."""
    found: dict[str, str] = {}
    for text in authorities:
        ours = published.authority(text)
        near = [published.neighbours(ours.name, year) for year in MODEL_YEARS]
        found[ours.old_code] = ours.name
        found |= {code: name for table in near for code, name in zip(table["old_code"], table["name"], strict=True)}
    return found


def fetch(wanted: list[Family], authorities: dict[str, str], folder: Path, manifest: dict[str, dict], client: Client) -> Outcome:
    """Fetches the latest version of every data set wanted, but for files that hold it already; `manifest` is kept up to date.

    With `authorities`, only their rows and those of regions and England; those fetched before stay. A data set that fails does
    not stop the others. Raises NotReached where there is no network.
    """
    for old in folder.glob(f"{UNFINISHED}*"):
        if time.time() - old.stat().st_mtime > A_DAY:  # of a fetch that was ended from outside
            shutil.rmtree(old, ignore_errors=True)
    outcome = Outcome()
    console = Console(file=sys.stdout, highlight=False, markup=False, soft_wrap=True)
    bar = Progress(TextColumn("{task.description}", markup=False), BarColumn(), MofNCompleteColumn(), console=console,
                   transient=True, disable=not console.is_terminal)  # fmt: skip
    with bar:
        looking = bar.add_task("looking for data sets", total=None)
        found = [data_set for publication in dict.fromkeys(family.publication for family in wanted)
                 for data_set in _found(publication, wanted, client, outcome)]  # fmt: skip
        for line in outcome.absent:
            console.print(line)
        bar.update(looking, total=len(found))
        for data_set in found:
            bar.update(looking, description=data_set.title)
            hear = lambda size, title=data_set.title: bar.update(looking, description=f"{title}: {size / 1e6:.1f} MB")
            try:
                console.print(_bring(data_set, authorities, folder, manifest, client, outcome, hear))
            except NotReached:
                raise
            except ServiceError as fault:
                outcome.faults.append(f"{data_set.title}: {fault}")
            bar.advance(looking)
    return outcome


def _found(publication: str, wanted: list[Family], client: Client, outcome: Outcome) -> list[DataSet]:
    """The data sets of a publication that are wanted, recognised by their columns; what is not there is told to `outcome`."""
    missing = {family.key: family for family in wanted if family.publication == publication}
    found, faults = [], []
    try:
        standing = _standing(publication, client)
    except NotReached:
        raise
    except NotThere as reason:
        outcome.absent.append(f"{reason} {BY_HAND}")
        return []
    except ServiceError as fault:
        outcome.faults.append(str(fault))
        return []
    for summary in standing:
        try:
            family = families.family_of([name.lower() for name in client.columns(summary["id"], version=summary["version"])])
        except NotReached:
            raise
        except ServiceError as fault:
            faults.append(f"{summary['title']}: {fault}")
            continue
        if family in wanted:
            missing.pop(family.key, None)
            found.append(DataSet(summary["id"], summary["title"], publication, summary["version"], summary["published"]))
    if missing and not faults:
        titles = "; ".join(family.title for family in missing.values())
        outcome.absent.append(f"{publication}: the API has no data set with the columns of: {titles}. {BY_HAND}")
    outcome.faults += faults
    return found


def _standing(publication: str, client: Client) -> list[dict]:
    """A publication's data sets that stand, those of schools left out; in place of one that is superseded, its successor."""
    standing: dict[str, dict] = {}
    for summary in client.data_sets(publication).to_dict("records"):
        passed = set()
        while summary["status"] == "Deprecated" and summary["superseded_by"] and summary["id"] not in passed:
            passed.add(summary["id"])
            summary = client.data_set(summary["superseded_by"])
        if summary["status"] != "Withdrawn" and "School" not in summary["levels"]:
            standing[summary["id"]] = summary
    return list(standing.values())


def _bring(data_set: DataSet, authorities: dict[str, str], folder: Path, manifest: dict, client: Client, outcome: Outcome,
           hear: Callable[[int], object]) -> str:  # fmt: skip
    """Fetches one data set unless it is there, and says in a line what was done."""
    name = next((file for file, entry in manifest.items() if entry["data_set_id"] == data_set.data_set_id), None)
    entry, file = manifest.get(name or "", {}), folder / (name or _new_name(data_set, folder))
    before = dict(entry.get("authorities") or {})
    whole = not authorities or (bool(entry) and not before)  # a whole file is not replaced by a part
    part = {} if whole else before | authorities
    if entry and entry["version"] == data_set.version and part == before and holds(file, entry["sha256"]):
        outcome.here.append(file.name)
        return f"{file.name}: version {data_set.version} is there already"
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder, prefix=UNFINISHED) as unfinished:
        came, kept = Path(unfinished) / "came.csv", Path(unfinished) / "kept.csv"
        client.download(data_set.data_set_id, came, version=data_set.version, hear=hear)
        if part:
            _keep(came, kept, part)
        ready, told = kept if part else came, Path(unfinished) / MANIFEST
        manifest[file.name] = {
            **asdict(data_set), "sha256": sha256(ready),
            "downloaded_at": datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
            **({"authorities": part} if part else {}),
        }  # fmt: skip
        told.write_text(json.dumps(manifest, indent=1, ensure_ascii=False), encoding="utf-8")
        os.replace(told, folder / MANIFEST)  # first: stopped in between, the file's sum is wrong, and it is fetched again
        os.replace(ready, file)
    outcome.fetched.append(file.name)
    of = f", rows of {number(len(part))} authorities, regions and England" if part else ""
    return f"{file.name}: version {data_set.version} of {data_set.published[:10]}{of}"


def _keep(whole: Path, part: Path, authorities: Iterable[str]) -> None:
    """Copies the rows of these authorities (old codes; a row may be of two together), of regions and of England."""
    kept = set(authorities)
    with whole.open(encoding="utf-8", newline="") as source, part.open("w", encoding="utf-8", newline="") as target:
        rows = csv.DictReader(source)
        write = csv.DictWriter(target, rows.fieldnames or (), lineterminator="\n")
        write.writeheader()
        for row in rows:
            theirs = row["geographic_level"] == "Local authority" and kept & set(row["old_la_code"].split(" / "))
            if theirs or row["geographic_level"] in ("National", "Regional"):
                write.writerow(row)


def _new_name(data_set: DataSet, folder: Path) -> str:
    """A name for a data set's file that nothing in the folder has."""
    slug = re.sub(r"[^a-z0-9]+", "_", data_set.title.lower()).strip("_")[:LONGEST_NAME] or "data_set"
    return f"{slug}_{data_set.data_set_id[:8]}.csv" if (folder / f"{slug}.csv").exists() else f"{slug}.csv"


def holds(file: Path, digest: str) -> bool:
    """Whether the file is there, with this SHA-256."""
    return file.is_file() and sha256(file) == digest
