"""Whether recording changed: rows and filled columns by month, and the steps in them that chance does not explain."""

import pandas as pd

from helpers import wording
from helpers.data_quality.arrived import SHOWN, rows_of, source
from helpers.data_quality.filled import due, judged
from helpers.designs import step_change
from helpers.designs.multiplicity import benjamini_hochberg
from helpers.disclosure import Policy, control
from helpers.measures import Measure
from helpers.results import NotEnoughData
from helpers.tables import TABLES

SMALLEST_RATIO = 1.25  # a step in volume below this, or above its inverse, is not worth a warning
SMALLEST_POINTS = 5  # nor a step in completeness of fewer percentage points
SIGNIFICANT = 0.05  # after allowing for how many series were searched
DUE = "due_"


def monthly(table: str, frame: pd.DataFrame, period_start: str, period_end: str) -> pd.DataFrame:
    """Rows of each month of the period that the table reaches; by column how many have a value and (`due_`) should have."""
    dated = rows_of(table, frame)
    dated = dated[dated["day"].between(period_start, period_end)]
    if dated.empty:
        return pd.DataFrame(columns=["rows"], dtype="int64")
    month = dated["day"].dt.to_period("M").dt.to_timestamp()
    months = pd.date_range(month.min(), month.max(), freq="MS")
    should = pd.DataFrame({column.name: due(table, dated, column) for column in TABLES[table].columns})
    filled = (dated[should.columns].notna() & should).groupby(month).sum()
    of_due = should.groupby(month).sum().add_prefix(DUE)
    return filled.join(of_due).assign(rows=dated.groupby(month).size()).reindex(months, fill_value=0)


def volumes(extracts, *, period_start: str, period_end: str, most: int = 9) -> Measure:
    """Rows of each month by table: the `most` tables with most rows among those that reach two years of the period."""
    series = {
        TABLES[name].title: monthly(name, frame, period_start, period_end)["rows"] for name, frame in extracts.tables.items()
    }
    long_enough = {title: rows for title, rows in series.items() if len(rows) >= 24 and rows.mean() >= step_change.LEAST_A_MONTH}
    if not long_enough:
        raise NotEnoughData("No table has 24 months of records with five rows or more in an average month.")
    chosen = sorted(long_enough, key=lambda title: -long_enough[title].sum())[:most]
    data = pd.concat(
        [
            pd.DataFrame({"table": title, "period": long_enough[title].index, "numerator": long_enough[title].to_numpy()})
            for title in chosen
        ],
        ignore_index=True,
    )
    data = data.reindex(columns=["table", "period", *SHOWN])
    population = "rows in the period by month"
    return Measure("rows of typed tables", "rows", data, ("table", "period"), population, extracts.basis, source(extracts))


def coverage(controlled) -> pd.DataFrame:
    """For each table of controlled monthly rows, in words: first and last month; in how many few rows or none are."""
    rows = []
    for title, part in controlled.data.groupby("table", sort=False):
        few, none = int(part["symbol"].eq("[c]").sum()), int(part["numerator"].eq(0).sum())
        rows.append({"table": title, "first": wording.month(part["period"].min()), "last": wording.month(part["period"].max()),
                     "few": _months(few), "none": _months(none)})  # fmt: skip
    return pd.DataFrame(rows)


def _months(count: int) -> str:
    return wording.count_of(count, "month") if count else "none"


def steps(extracts, *, period_start: str, period_end: str) -> pd.DataFrame:
    """The best step of every series that can be searched: table, column (empty: volume), meaning, month, size, p, adjusted.

    `worth` is true where it is beyond chance, all series searched together, and large enough to move a result. Shares carry
    filled and rows before and after; volumes the interval of their ratio.
    """
    columns, found = judged(extracts), []
    for name, frame in extracts.tables.items():
        series = monthly(name, frame, period_start, period_end)
        if series.empty:
            continue
        found += _step(series, name, "", "rows recorded")
        for column, meaning in columns.loc[columns["table"] == name, ["column", "meaning"]].itertuples(index=False):
            found += _step(series, name, column, meaning)
    if not found:
        raise NotEnoughData("No table has enough rows in enough months to look for a step: 24 months, five rows a month.")
    found = pd.DataFrame(found)
    found["adjusted"] = benjamini_hochberg(found["p"])
    moved = 100 * (found["filled_after"] / found["rows_after"] - found["filled_before"] / found["rows_before"]).abs()
    small = (found["size"].between(1 / SMALLEST_RATIO, SMALLEST_RATIO) & (found["column"] == "")) | (moved < SMALLEST_POINTS)
    return found.assign(worth=(found["adjusted"] < SIGNIFICANT) & ~small).sort_values("p").reset_index(drop=True)


def _step(series: pd.DataFrame, table: str, column: str, meaning: str) -> list[dict]:
    """The best step of one series as a list of one row; of none where there is too little to search."""
    try:
        if column:
            filled, rows = series[column], series[DUE + column]
            step = step_change.in_shares(filled, rows, series.index)
        else:
            filled, rows = series["rows"] * float("nan"), series["rows"]
            step = step_change.in_counts(rows, series.index)
    except NotEnoughData:
        return []
    after = series.index >= step.month
    return [{"table": table, "column": column, "meaning": meaning, "month": step.month, "size": step.size, "ci_low": step.ci_low,
             "ci_high": step.ci_high, "p": step.p_value, "filled_before": filled[~after].sum(min_count=1),
             "filled_after": filled[after].sum(min_count=1), "rows_before": rows[~after].sum(),
             "rows_after": rows[after].sum()}]  # fmt: skip


def steps_found(found: pd.DataFrame, extracts, policy: Policy) -> pd.DataFrame:
    """The steps worth a warning, in words: table, what moved, first month at the new level, change; one row where there is none.

    Sizes of volumes are ratios with their intervals; shares before and after are controlled by `policy`.
    """
    kept = found[found["worth"]].reset_index(drop=True)
    if kept.empty:
        none = {"table": "None", "what": "none", "month": "none", "change": "none beyond chance and large enough"}
        return pd.DataFrame([none])
    change = [
        f"{wording.number(step.size, 2)} times as many a month (95% interval {wording.interval(step.ci_low, step.ci_high, 2)})"
        for step in kept.itertuples()
    ]
    shares = _shares_around(kept[kept["column"] != ""], extracts, policy)
    change = [shares.get(place, text) for place, text in enumerate(change)]
    return pd.DataFrame({"table": [TABLES[name].title for name in kept["table"]], "what": kept["meaning"],
                         "month": kept["month"].map(wording.month), "change": change})  # fmt: skip


def _shares_around(kept: pd.DataFrame, extracts, policy: Policy) -> dict[int, str]:
    """By place in the list, "from 62% to 97% of rows filled", controlled."""
    if kept.empty:
        return {}
    parts = [
        kept.rename_axis("place")
        .reset_index()[["place"]]
        .assign(when=when, numerator=kept[f"filled_{when}"].to_numpy(), denominator=kept[f"rows_{when}"].to_numpy())
        for when in ("before", "after")
    ]
    data = pd.concat(parts, ignore_index=True).reindex(columns=["place", "when", *SHOWN])
    measure = Measure("rows filled around a step", "%", data, ("place", "when"), "rows of typed tables in the period",
                      extracts.basis, source(extracts), 100.0)  # fmt: skip
    shown = control(measure, policy).data
    texts = shown.assign(text=shown["ratio"].map(lambda share: "[c]" if pd.isna(share) else wording.amount(share, "%")))
    pairs = texts.pivot(index="place", columns="when", values="text")
    return {place: f"from {row['before']} to {row['after']} of rows filled" for place, row in pairs.iterrows()}


def marks(found: pd.DataFrame | None) -> dict[str, pd.Timestamp]:
    """Table title -> the month of its step in volume, for those worth a warning."""
    kept = found[found["worth"] & (found["column"] == "")] if found is not None else pd.DataFrame(columns=["table", "month"])
    return {TABLES[name].title: month for name, month in zip(kept["table"], kept["month"], strict=True)}


def volumes_title(rows, marks: dict[str, pd.Timestamp]) -> str:
    """Ten words or fewer on how the monthly rows of the tables that are drawn move, chosen by the search."""
    drawn = set(rows.data["table"])
    moved = len(drawn & set(marks))
    jump = f"{wording.small(moved)} {'jumps' if moved == 1 else 'jump'}" if moved else "none jumps"
    return f"Of {wording.count_of(len(drawn), 'table')} drawn, {jump} beyond chance"
