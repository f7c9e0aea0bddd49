"""A folder of official statistics: read whole, kept as one typed copy, asked by data set and measure."""

import json
import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property, lru_cache
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from helpers.extracts.containers import sha256
from helpers.extracts.official import interactive_tool, statistics_files, symbols, tidy
from helpers.extracts.official.statistics_files import NotRead
from helpers.extracts.official.tidy import Part, Period, Place

FOLDER_OF_TYPED_STATISTICS = "EVALUATION_OFFICIAL"
DEFAULT = Path(__file__).parents[4] / "data" / "official"
MANIFEST = "manifest.json"
COPY, RECORD = "statistics.parquet", "statistics.json"
READABLE = {".csv", ".xlsx", ".parquet"}
CODES, NUMBERS = ("place", "period", "breakdown"), ("numerator", "denominator", "value")
SETTLED = {"provisional": 0, "": 1, "revised": 1, "final": 2}  # of two figures of one period, the more settled one counts
TOOL = "Local Authority Interactive Tool"


class Series(NamedTuple):
    """One measure of one file, and where its figures stand: they follow one another."""

    data_set: str
    measure: str
    unit: str
    rounded: bool
    file: str
    start: int
    rows: int


@dataclass(frozen=True, eq=False)
class Statistics:
    """Official figures, and which file each came from; `figures` gives them in the shape of `tidy.COLUMNS`.

    `table` has a row a figure: codes of its breakdown, place and period, then numerator, denominator, value and the code of
    its symbol. `files` has an entry a file: file, data_set, title, publication, rows, last_year, sha256, and what the manifest
    knows of its release (version, published; empty where nothing does). `not_read` gives the reason for every other file.
    """

    table: pa.Table
    series: list[Series] = field(default_factory=list)
    places: list[Place] = field(default_factory=list)
    periods: list[Period] = field(default_factory=list)
    breakdowns: list[str] = field(default_factory=list)
    files: list[dict] = field(default_factory=list)
    not_read: dict[str, str] = field(default_factory=dict)

    def __len__(self) -> int:
        return self.table.num_rows

    @cached_property
    def _series_of(self) -> dict[tuple[str, str], list[Series]]:
        found: dict[tuple[str, str], list[Series]] = {}
        for series in self.series:
            found.setdefault((series.data_set, series.measure), []).append(series)
        return found

    def measures(self, data_set: str) -> list[str]:
        """The measures of one data set; none where no file is of it."""
        return [measure for other, measure in self._series_of if other == data_set]

    def figures(self, data_set: str, measure: str, *, unit: str | None = None, breakdown: str | None = None) -> pd.DataFrame:
        """Every figure of one measure, a row each; of a figure that stands twice the more settled, then the later release's.

        `unit` and `breakdown` choose among them. Empty, with every column, where no file has the measure.
        """
        ages = {entry["file"]: (entry["published"], entry["last_year"], entry["file"]) for entry in self.files}
        series = [one for one in self._series_of.get((data_set, measure), []) if unit in (None, one.unit)]
        parts = [self._frame(one, breakdown) for one in sorted(series, key=lambda one: ages[one.file])]
        if len(parts) < 2 and (not parts or parts[0]["status"].nunique() < 2):
            return parts[0] if parts else pd.DataFrame(columns=list(tidy.COLUMNS))
        found = pd.concat(parts).sort_values("status", key=lambda status: status.map(SETTLED), kind="stable")
        key = ["unit", "breakdown", "level", "old_code", "area", "period"]
        return found.drop_duplicates(key, keep="last", ignore_index=True)

    def last_year(self, data_set: str, measure: str, *, unit: str | None = None, breakdown: str | None = None) -> int:
        """The year in which the last period of a measure ends, chosen as in `figures`; 0 where there is none."""
        years, last = np.array([period.year for period in self.periods]), 0
        wanted = self.breakdowns.index(breakdown) if breakdown in self.breakdowns else -1
        for one in self._series_of.get((data_set, measure), []):
            table = self.table.slice(one.start, one.rows if unit in (None, one.unit) else 0)
            of = table["period"].to_numpy()[(breakdown is None) | (table["breakdown"].to_numpy() == wanted)]
            last = max(last, int(years[of].max(initial=0)))
        return last

    def _frame(self, series: Series, breakdown: str | None) -> pd.DataFrame:
        """One series in the tidy shape."""
        table = self.table.slice(series.start, series.rows)
        if breakdown is not None:
            wanted = self.breakdowns.index(breakdown) if breakdown in self.breakdowns else -1
            table = table.filter(pc.equal(table["breakdown"], wanted))
        codes = {name: table[name].to_numpy() for name in ("place", "period", "breakdown", "symbol")}
        columns = {"data_set": series.data_set, "measure": series.measure, "unit": series.unit, "file": series.file}
        for name, values in (("place", self._places), ("period", self._periods)):
            columns |= {column: label[codes[name]] for column, label in values.items()}
        columns["breakdown"] = np.array(self.breakdowns, dtype=object)[codes["breakdown"]]
        columns["symbol"] = np.array(symbols.SYMBOLS, dtype=object)[codes["symbol"]]
        columns |= {name: table[name].to_numpy() for name in NUMBERS}
        columns["rounded"] = (columns["level"] != "Local authority") & series.rounded
        return pd.DataFrame(columns, columns=list(tidy.COLUMNS), index=range(len(table)))

    @cached_property
    def _places(self) -> dict[str, np.ndarray]:
        return {
            name: np.array(labels, dtype=object)
            for name, labels in zip(Place._fields, zip(*self.places, strict=True), strict=True)
        }

    @cached_property
    def _periods(self) -> dict[str, np.ndarray]:
        return {name: np.array(labels) for name, labels in zip(Period._fields, zip(*self.periods, strict=True), strict=True)}

    def release(self, file: str) -> str:
        """What is known of the release that a file is of, in words; "" where nothing is."""
        entry = next((entry for entry in self.files if entry["file"] == file), {})
        parts = [f"version {entry['version']}" if entry.get("version") else "",
                 f"published {entry['published'][:10]}" if entry.get("published") else ""]  # fmt: skip
        return ", ".join(part for part in parts if part)


def of() -> Statistics:
    """The official statistics of this run: what it has typed; outside a run those in data/official, read once.

    A Statistics without figures where there are none: then what ships in data/published is all there is.
    """
    return _of(os.environ.get(FOLDER_OF_TYPED_STATISTICS))


@lru_cache(maxsize=2)
def _of(typed: str | None) -> Statistics:
    if typed:
        return load_typed(Path(typed))
    return read(DEFAULT) if typed is None and DEFAULT.is_dir() else _joined([], {})  # a run that has none says ""


def read(folder: Path | str) -> Statistics:
    """Every file under `folder` that is known by its columns; the others are named in `not_read`. FileNotFoundError.

    What the manifest says of a file holds only while the file is as it was fetched. The same file twice is read once."""
    folder = Path(folder)
    if not folder.is_dir():
        raise FileNotFoundError(f"There is no folder {folder.name!r} of official statistics.")
    try:
        manifest, not_read = read_manifest(folder), {}
    except ValueError:
        manifest, not_read = {}, {MANIFEST: "a fetch did not write it as it is, so that no file's version is known"}
    entries, files = {}, {}
    for file in sorted(file for file in folder.rglob("*") if file.is_file()):
        name = file.relative_to(folder).as_posix()
        if name.startswith(".") or "/." in name or name == MANIFEST:
            continue
        if file.suffix.lower() not in READABLE:
            not_read[name] = f"only {', '.join(sorted(READABLE))} files are read here: unpack it, or save it as one"
        elif file.suffix.lower() == ".csv" and (found := interactive_tool.dictionary(file)):
            entries |= found
        elif (same := files.setdefault(sha256(file), name)) != name:
            not_read[name] = f"it is the same file as {same}"

    def one(digest: str, name: str) -> tuple[Part | None, dict | str]:
        try:
            title, publication, part = _read_one(folder / name, entries)
        except NotRead as reason:
            return None, str(reason)
        fetched = manifest.get(name, {})
        known = {key: fetched.get(key) or "" if fetched.get("sha256") == digest else "" for key in ("version", "published")}
        told = {"file": name, "data_set": part.data_set, "title": title, "publication": publication}
        last = max(period.year for period in part.periods)
        return part, told | known | {"rows": len(part.place), "last_year": last, "sha256": digest}

    with ThreadPoolExecutor() as pool:
        found = list(pool.map(one, files, files.values()))
    not_read |= {name: told for name, (part, told) in zip(files.values(), found, strict=True) if part is None}
    return _joined([(part, told) for part, told in found if part is not None], dict(sorted(not_read.items())))


def _read_one(file: Path, entries: dict[str, dict[str, str]]) -> tuple[str, str, Part]:
    """The title and publication of one file, and what it gives; `entries` are the tool's dictionary. Raises NotRead."""
    if file.suffix.lower() != ".parquet":
        family, part = statistics_files.read(file)
        return family.title, family.publication, part
    try:
        if not interactive_tool.is_tool(file):
            raise NotRead("it has not the columns of the Interactive Tool")
        if not entries:
            raise NotRead("the Interactive Tool's dictionary is not beside it")
        return TOOL, "", interactive_tool.read(file, entries)
    except pa.ArrowInvalid as reason:
        raise NotRead(f"it is not a complete Parquet file ({str(reason).splitlines()[0]})") from None
    except symbols.NotNumbers as reason:
        raise NotRead(f"Values: {reason}") from None


def _joined(parts: list[tuple[Part, dict]], not_read: dict[str, str]) -> Statistics:
    """What several files gave as one."""
    series, columns, start = [], {name: [] for name in (*CODES, *NUMBERS, "symbol")}, 0
    known = {name: {} for name in CODES}
    for part, told in parts:
        own = {"place": part.places, "period": part.periods, "breakdown": part.breakdowns}
        recoded = {
            name: np.array([known[name].setdefault(label, len(known[name])) for label in own[name]])[getattr(part, name)]
            for name in CODES
        }
        for figures in part.figures:
            rows = len(figures.rows)
            series.append(Series(part.data_set, figures.measure, figures.unit, figures.rounded, told["file"], start, rows))
            start += rows
            for name in CODES:
                columns[name].append(recoded[name][figures.rows].astype(np.int16))
            for name in (*NUMBERS, "symbol"):
                values = getattr(figures, name)
                columns[name].append(np.full(rows, np.nan) if values is None else values)
    table = pa.table({name: np.concatenate(values) if values else np.zeros(0) for name, values in columns.items()})
    return Statistics(table, series, *(list(known[name]) for name in CODES), [told for _, told in parts], not_read)


def read_manifest(folder: Path) -> dict[str, dict]:
    """What `fetch` wrote of each file in the folder, empty where it wrote nothing; ValueError for what it did not write."""
    file = folder / MANIFEST
    try:
        read = json.loads(file.read_text(encoding="utf-8"))
        if all({"data_set_id", "version", "sha256"} <= set(entry) for entry in read.values()):
            return read
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, AttributeError, TypeError):
        pass
    raise ValueError(f"{file} is not a manifest that a fetch wrote: move it away, and every file is fetched again.")


def write_typed(statistics: Statistics, folder: Path) -> None:
    """One Parquet and its record in `folder`, readable by their owner alone."""
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o700)
    kept = {name: getattr(statistics, name) for name in ("series", "places", "periods", "breakdowns", "files", "not_read")}
    pq.write_table(statistics.table, folder / COPY, compression="none", use_dictionary=False, write_statistics=False)
    (folder / RECORD).write_text(json.dumps(kept, default=str), encoding="utf-8")
    for file in (COPY, RECORD):
        os.chmod(folder / file, 0o600)


def load_typed(folder: Path) -> Statistics:
    """The Statistics that `write_typed` wrote; FileNotFoundError where they are not complete."""
    kept = json.loads((folder / RECORD).read_text(encoding="utf-8"))
    days = [Period(label, *map(date.fromisoformat, when), year, status) for label, *when, year, status in kept["periods"]]
    return Statistics(
        pq.read_table(folder / COPY, memory_map=True),
        [Series(*one) for one in kept["series"]],
        [Place(*one) for one in kept["places"]],
        days,
        kept["breakdowns"],
        kept["files"],
        kept["not_read"],
    )
