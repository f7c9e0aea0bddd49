"""A share by month around one dated change: the series, its checks, and what it shows, in words that the result chooses.

Rows are one thing each that can have happened or not: person, period (first of the month), happened.
"""

from dataclasses import replace

import pandas as pd

from helpers import evidence, measures, wording
from helpers.designs import interrupted_time_series_checks as checks
from helpers.designs.interrupted_time_series import Series, interrupted_time_series
from helpers.disclosure import Policy
from helpers.measures import Measure
from helpers.results import Effect


def by_month(
    rows: pd.DataFrame, *, name: str, population: str, basis: str, source: str, better: str | None = None
) -> Measure:  # fmt: skip
    """The share of `rows` to which it happened in each month from the first to the last, one without a row among them too."""
    months = pd.date_range(rows["period"].min(), rows["period"].max(), freq="MS")
    share = measures.proportion(
        rows.assign(period=pd.Categorical(rows["period"], months)), measure=name, outcome="happened", by=["period"],
        population=population, basis=basis, source=source, better=better,
    )  # fmt: skip
    return replace(share, data=share.data.assign(period=months))


def series(share: Measure, rows: pd.DataFrame, *, change_on: str, worthwhile: float) -> Series:
    """The interrupted series of the monthly `share` of `rows`, children who come again and again allowed for.

    NotEnoughData below the design's months before and after.
    """
    monthly = share.data.rename(columns={"numerator": "events", "denominator": "exposure"})[["period", "events", "exposure"]]
    by_child = rows.groupby(["person", "period"])["happened"].agg(events="sum", exposure="size").reset_index()
    words = {"outcome": share.name, "n_unit": share.population, "better": share.better, "worthwhile": worthwhile}
    return interrupted_time_series(monthly, change_on=change_on, by_person=by_child, per=100, **words)


def tested(fitted: Series, rows: pd.DataFrame, table: pd.DataFrame, *, date: str, recorded: str) -> Effect:
    """The effect of a series with every check: the design's own, the months just before, the most frequent children, recording.

    `recorded` is the column of `table` (the rows by their day `date`) whose completeness is compared before and after.
    """
    return checks.tested(fitted).with_checks(
        checks.months_just_before(fitted),
        checks.influence_of_most_frequent(fitted, rows[rows["happened"]], person="person", date="period"),
        checks.recording(fitted, table, date=date, recorded=recorded),
    )


def finding(effect: Effect, fitted: Series, *, finding_id: str, basis: str, policy: Policy) -> evidence.Finding:
    """The finding of a change: a smaller or larger share than the earlier trend predicts, or not to be told."""
    of, later = effect.outcome, min(fitted.model.horizon, fitted.months_after)
    there = fitted.fitted[fitted.fitted["period"] >= fitted.model.change_on].iloc[later - 1]
    shares = f"{wording.number(there['fitted'], 1)}%, where the earlier trend predicts "
    shares += f"{wording.number(there['counterfactual'], 1)}%"
    when = wording.month(fitted.model.change_on)
    told = f"of {of}: {shares}, {wording.count_of(later, 'month')} on ({{size}} than that, 95% interval {{interval}})"
    return evidence.find(
        effect, finding_id=finding_id, basis=basis, policy=policy, comparator={"name": "its own earlier trend", "basis": basis},
        subject=f"The change of {when}", lower=f"a smaller share {told}", higher=f"a larger share {told}",
        unclear=f"We cannot tell whether the share of {of} changed after {when}: {shares} ({{size}} than that, 95% interval "
        "{interval}).",
    )  # fmt: skip
