"""Writes what ships of official statistics: headline measures of Dorset, its neighbours in both models, its region and England.

python -m helpers.extracts.official FOLDER      FOLDER holds the department's files, as data/official does
"""

import csv
import sys
from pathlib import Path

import numpy as np
import pandas as pd

from helpers.extracts import official
from helpers.extracts.authorities import DATA, authority, neighbours
from helpers.extracts.official import catalogue
from helpers.extracts.official.sources import SOURCES

SHIPPED_FOR = "Dorset"
FIGURES = [
    "measure_key", "group", "area", "old_code", "year", "numerator", "denominator", "value", "symbol", "computed", "rounded",
    "source_id",
]  # fmt: skip
DECIMALS = 4


def figures(statistics: official.Statistics) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Rows of benchmarks.csv and of benchmark_sources.csv; a group of which the authority has no figure is left out."""
    ours = authority(SHIPPED_FOR)
    near = {code for year in (2023, 2024) for code in neighbours(ours.name, year)["old_code"]} | {ours.old_code}
    kept = []
    for key, groups in SOURCES.items():
        for group in groups:
            rows = catalogue.rows(statistics, key, group)
            if not rows.loc[rows["old_code"] == ours.old_code, "value"].notna().any():
                continue
            places = [(rows["old_code"].isin(near)), (rows["area_type"] == "National"), (rows["area"] == ours.region)]
            rows = rows[np.logical_or.reduce(places)]
            kept.append(rows.assign(measure_key=key, group=group, source=catalogue.sources_of(statistics, rows)))
    data = pd.concat(kept, ignore_index=True)
    stem = data["file"].map(lambda file: Path(file).stem)
    data["source_id"] = stem + np.where(data["population_file"] != "", "_and_population", "")
    sources = data.drop_duplicates("source_id")[["source_id", "source", "file"]]
    for name in ("numerator", "denominator", "value"):
        data[name] = [_number(value) for value in data[name].astype(float)]
    data["computed"], data["rounded"] = (np.where(data[name].astype(bool), "yes", "no") for name in ("computed", "rounded"))
    return data[FIGURES], sources


def _number(value: float) -> str:
    return "" if np.isnan(value) else f"{value:.{DECIMALS}f}".rstrip("0").rstrip(".")


def releases(folder: Path, statistics: official.Statistics) -> dict[str, str]:
    """File -> what is known of its release: the manifest's, else the years that it holds and the day it was stored."""
    stored = {}
    if (folder / "SOURCES.csv").is_file():
        with (folder / "SOURCES.csv").open(encoding="utf-8", newline="") as file:
            stored = {row["path_here"]: row["last_change"].split()[-1] for row in csv.DictReader(file) if row["last_change"]}
    return {
        entry["file"]: statistics.release(entry["file"])
        or f"up to {entry['last_year']}" + (f", as stored {stored[entry['file']]}" if entry["file"] in stored else "")
        for entry in statistics.files
    }


def main(folder: Path) -> None:
    """Writes both tables to data/published."""
    statistics = official.read(folder)
    data, sources = figures(statistics)
    sources["release"] = sources["file"].map(releases(folder, statistics))
    data.to_csv(DATA / "benchmarks.csv", index=False, lineterminator="\n")
    sources.drop(columns="file").to_csv(DATA / "benchmark_sources.csv", index=False, lineterminator="\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
