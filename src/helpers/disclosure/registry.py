"""The register of what a run shows: linked tables, checked together before anything is published.

Each controlled table adds one line, with its true counts, to the file that EVALUATION_REGISTRY names: a file in the run's work
in progress, readable by its owner alone, never released. Without the variable (a researcher in JupyterLab) nothing is written.
"""

import json
import os
from itertools import combinations
from pathlib import Path

import pandas as pd

from helpers.disclosure import audit
from helpers.disclosure.controlled import Controlled
from helpers.disclosure.policy import Policy
from helpers.measures import Measure

FILE = "EVALUATION_REGISTRY"


def remember(measure: Measure, controlled: Controlled) -> None:
    """Add a controlled table to the run's register, if the run keeps one."""
    path = os.environ.get(FILE)
    if not path:
        return
    line = json.dumps(record(measure, controlled)) + "\n"
    with open(os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600), "a", encoding="utf-8") as file:
        file.write(line)


def record(measure: Measure, controlled: Controlled) -> dict:
    """One table as plain values: what it measures, of whom, by what, and each row true and as shown. Not to be released."""
    exact, shown = measure.data.reset_index(drop=True), controlled.data
    return {
        "measure": measure.name,
        "unit": measure.unit,
        "per": measure.per,
        "population": measure.population,
        "basis": measure.basis,
        "source": measure.source,
        "dimensions": list(measure.dimensions),
        "policy": controlled.policy.record(),
        "rows": [
            {
                "where": {dimension: str(exact.at[row, dimension]) for dimension in measure.dimensions},
                "true": [_plain(exact[column].get(row)) if column in exact else None for column in ("numerator", "denominator")],
                "shown": [_plain(shown.at[row, column]) for column in ("numerator", "denominator")],
            }
            for row in range(len(exact))
        ],
    }


def read(path: Path, **facts) -> list[dict]:
    """The records of one register file, each with `facts` (set, theme, label, period as text) added; none without a file."""
    if not Path(path).exists():
        return []
    with Path(path).open(encoding="utf-8") as file:
        records = [json.loads(line) | facts for line in file if line.strip()]
    # A cell that ran twice controlled the same table twice.
    return list({json.dumps(record, sort_keys=True): record for record in records}.values())


def conflicts(records: list[dict]) -> list[str]:
    """What must not be shown together, one sentence each; empty where all is well.

    Two shown populations of the same measure, period and place in the table that differ by 1 to `suppress_up_to` in truth; and
    suppressed cells that tables sharing a measure and a population give away between them. Records of different sets or
    periods are never compared.
    """
    found = []
    for group in _grouped(records, "set", "period", "measure", "basis"):
        for one, other in combinations(group, 2):
            if one["population"] != other["population"]:
                found += _close(one, other, f"of '{one['population']}' and of '{other['population']}'")
    for group in _grouped(records, "set", "period", "measure", "population", "basis"):
        tables = [_table(record) for record in group]
        if len(tables) > 1:
            found += [str(weak) for weak in audit.weaknesses(tables, Policy(**group[0]["policy"]))]
    return list(dict.fromkeys(found))


def conflicts_between_labels(now: list[dict], before: list[dict]) -> list[str]:
    """The same measure, population and period under two labels: a correction of 1 to `suppress_up_to` must not show.

    `now` and `before` are the records of two runs, each with its `label`. Figures shown alike show no correction.
    """
    found = []
    for group in _grouped(now + before, "set", "period", "measure", "population", "basis"):
        for one, other in combinations(group, 2):
            if one["label"] != other["label"]:
                found += _close(one, other, f"under the labels {one['label']} and {other['label']}", only_if_it_shows=True)
    return list(dict.fromkeys(found))


def _close(one: dict, other: dict, whose: str, only_if_it_shows: bool = False) -> list[str]:
    """The places where two tables' true counts differ by a small number."""
    most = max(one["policy"]["suppress_up_to"], other["policy"]["suppress_up_to"])
    theirs = {_place(row): row for row in other["rows"]}
    found = []
    for row in one["rows"]:
        match = theirs.get(_place(row))
        for i, column in enumerate(("numerator", "denominator")) if match else ():
            (a, b), (shown_a, shown_b) = (row["true"][i], match["true"][i]), (row["shown"][i], match["shown"][i])
            if None in (a, b) or (column == "denominator" and audit.kind(_table(one)[0]) == "rate"):
                continue
            seen = shown_a != shown_b if only_if_it_shows else None not in (shown_a, shown_b)
            if seen and 1 <= abs(a - b) <= most:
                place = ", ".join(f"{name} {value}" for name, value in sorted(_place(row))) or "the total"
                found.append(f"'{one['measure']}', {column} of {place}: counts {whose} differ by 1 to {most}, and both are shown")
    return found


def _place(row: dict) -> frozenset:
    return frozenset((name, value) for name, value in row["where"].items() if value not in audit.TOTALS)


def _grouped(records: list[dict], *names: str) -> list[list[dict]]:
    groups: dict[tuple, list[dict]] = {}
    for one in records:
        groups.setdefault(tuple(str(one.get(name, "")) for name in names), []).append(one)
    return list(groups.values())


def _table(record: dict) -> tuple[Measure, pd.DataFrame]:
    """A record as the pair of exact measure and shown frame that the audit reads."""
    columns = ["numerator", "denominator"]
    where = pd.DataFrame([row["where"] for row in record["rows"]], index=range(len(record["rows"])), columns=record["dimensions"])
    exact, shown = (
        where.join(pd.DataFrame([row[which] for row in record["rows"]], columns=columns, dtype=float))
        for which in ("true", "shown")
    )
    names = ("unit", "population", "basis", "source", "per")
    facts = {name: record[name] for name in names}
    return Measure(record["measure"], data=exact, dimensions=tuple(record["dimensions"]), **facts), shown


def _plain(value):
    return None if value is None or pd.isna(value) else float(value)
