"""Suppression and rounding: an exact measure becomes one that may be shown."""

import numpy as np
import pandas as pd

from helpers import intervals
from helpers.disclosure import audit, registry
from helpers.disclosure.controlled import KEY, SYMBOLS, VALUES, Controlled, Words
from helpers.disclosure.policy import Policy, round_count
from helpers.measures import Measure

# What the publishers' symbols mean, written as the Government Analysis Function asks (DfE files 2013 to 2026).
PUBLISHED_SYMBOLS = {
    **{text: "[c]" for text in ("c", "C", "*")},
    **{text: "[z]" for text in ("z", "Z")},
    **{text: "[x]" for text in ("x", "X", ":", "..", "-", "NA")},
    **{text: "[low]" for text in ("k", "K", "~", "low", "Low", "LOW")},
    **{text: "[u]" for text in ("u", "U")},
    **{text: "[p]" for text in ("p", "P")},
    **{text: "[r]" for text in ("r", "R")},
    **{symbol: symbol for symbol in SYMBOLS},
}
WHOLE_PERCENTAGES_BELOW = 100  # a percentage of fewer children than this is a whole number
LEAST_GROUPS = {"mean": 1, "median": 1, "quartile": 2, "p10": 5, "p90": 5}  # times policy.min_group


def control(measure: Measure, policy: Policy) -> Controlled:
    """`measure` as readers may see it: small counts suppressed, the others rounded, ratios and intervals made again from those.

    Every count and every total is rounded on its own. A numerator or a denominator from 1 to `policy.suppress_up_to` becomes
    [c], and with it the ratio and interval; a suppressed denominator takes its row along. A proportion of 0% or 100%, true or
    as it would be shown, becomes [c]; other true zeros stand. A mean of fewer than `policy.min_group` becomes [c]. A row
    without a numerator is [x], a ratio to nobody [z]. Where the measure has intervals they are made again: Wilson's for a
    percentage, else Byar's, as much wider as the measure's own were. Where the attacker audit can still pin a suppressed cell
    down, further cells are suppressed until it cannot: a dimension's value "All" or "Total" marks a margin. Raises ValueError
    for published figures, for negative or impossible counts, and for rows that share all their dimensions.
    """
    return control_together([measure], policy)[0]


def control_together(measures: list[Measure], policy: Policy) -> list[Controlled]:
    """`control` for tables that share a margin: what one shows cannot be used to work out what another suppresses.

    Tables are linked by having the same name and population; a dimension that a table lacks counts as its total.
    """
    frames = [_first_pass(measure, policy) for measure in measures]
    for table, row, column in audit.further_suppression(list(zip(measures, frames, strict=True)), policy):
        frames[table].loc[row, ["numerator", "ratio", *([column] if column == "denominator" else [])]] = np.nan
        frames[table].loc[row, "symbol"] = "[c]"
    released = []
    for measure, frame in zip(measures, frames, strict=True):
        released.append(_released(measure, _with_intervals(measure, frame), policy))
        registry.remember(measure, released[-1])
    return released


def control_summary(measure: Measure, policy: Policy, statistic: str) -> Controlled:
    """Medians, quartiles or tenths (`statistic`, one of LEAST_GROUPS), in `ratio`, of each row's `denominator` children.

    Rounded to whole units; [c] where too few children stand behind them. No numerator and no interval is shown.
    """
    if measure.basis == "published":
        raise ValueError(_USE_PUBLISHED)
    least = LEAST_GROUPS[statistic] * policy.min_group
    data = measure.data.assign(numerator=np.nan, ci_low=np.nan, ci_high=np.nan, symbol="")
    enough = measure.data["denominator"] >= least
    data["denominator"] = _rounded(measure.data["denominator"], policy)
    data["ratio"] = measure.data["ratio"].astype(float).round().where(enough)
    data.loc[~enough, "symbol"] = "[c]"
    data.loc[measure.data["denominator"].eq(0), "symbol"] = "[z]"
    return _released(measure, data, policy)


def published(measure: Measure) -> Controlled:
    """Published figures as published: controlled by their publisher, whose symbols are kept, in the standard brackets.

    Raises ValueError where the measure does not rest on published figures, or has a symbol that no publisher uses.
    """
    if measure.basis != "published":
        raise ValueError(f"'{measure.name}' rests on {measure.basis} records, not on published figures: call disclosure.control")
    data = measure.data.copy()
    given = data["symbol"] if "symbol" in data else pd.Series("", index=data.index)
    given = given.fillna("").astype(str).str.strip()
    unknown = sorted(set(given) - set(PUBLISHED_SYMBOLS) - {""})
    if unknown:
        raise ValueError(f"'{measure.name}' has symbols that are not in the list of publishers' symbols: {', '.join(unknown)}")
    data["symbol"] = given.map(PUBLISHED_SYMBOLS).fillna("")
    absent = data.reindex(columns=["numerator", "ratio"]).isna().all(axis="columns")
    data.loc[absent & data["symbol"].eq(""), "symbol"] = "[x]"
    return _released(measure, data, None)


def published_words(frame: pd.DataFrame, source: str) -> Words:
    """`frame` as a table of words that rests on `source`: definitions, limits, claims of a published document, never records."""
    if not isinstance(frame, pd.DataFrame):
        raise TypeError(f"published_words takes a DataFrame; got {type(frame).__name__}")
    if not source.strip():
        raise ValueError("a table of words names its source")
    return Words(frame.reset_index(drop=True), source, key=KEY)


_USE_PUBLISHED = "published figures are controlled already, and rounding would misquote them: call disclosure.published"


def _first_pass(measure: Measure, policy: Policy) -> pd.DataFrame:
    """The measure's rows with small counts suppressed and the others rounded, before the audit."""
    if measure.basis == "published":
        raise ValueError(f"'{measure.name}': {_USE_PUBLISHED}")
    kind = audit.kind(measure)
    data = measure.data.reset_index(drop=True)
    if data.duplicated(list(measure.dimensions)).any() if measure.dimensions else len(data) > 1:
        raise ValueError(f"'{measure.name}' has several rows for one combination of its dimensions")
    numerator = data["numerator"].astype(float)
    denominator = data["denominator"].astype(float) if "denominator" in data else pd.Series(np.nan, index=data.index)
    if kind != "count" and (denominator.isna() & numerator.notna()).any():
        raise ValueError(f"'{measure.name}' is {measure.unit}, but some rows have no denominator")
    if kind == "proportion" and (numerator > denominator).any():
        raise ValueError(f"'{measure.name}' counts more in a numerator than in its denominator")
    shown = data[list(measure.dimensions)].assign(
        numerator=_rounded(numerator, policy), denominator=_rounded(denominator, policy), ratio=np.nan, symbol=""
    )
    hidden = numerator.notna() & shown["numerator"].isna() | denominator.notna() & shown["denominator"].isna()
    if kind == "proportion":
        certain = numerator.eq(0) | numerator.eq(denominator) | shown["numerator"].eq(shown["denominator"])
        hidden |= certain & denominator.gt(0)
    if kind == "mean":
        hidden |= denominator.gt(0) & denominator.lt(policy.min_group)
    shown.loc[hidden, "numerator"] = np.nan
    shown.loc[hidden, "symbol"] = "[c]"
    if kind != "count":
        shown.loc[denominator.eq(0) & ~hidden, "symbol"] = "[z]"
    shown.loc[numerator.isna() & ~hidden & shown["symbol"].eq(""), "symbol"] = "[x]"
    return shown


def _with_intervals(measure: Measure, shown: pd.DataFrame) -> pd.DataFrame:
    """Ratios and intervals from the controlled numbers alone."""
    kind = audit.kind(measure)
    shown = shown.assign(ci_low=np.nan, ci_high=np.nan)
    known = shown["numerator"].notna() & shown["denominator"].gt(0)
    if kind == "count" or not known.any():
        return shown
    count, of = shown.loc[known, "numerator"], shown.loc[known, "denominator"]
    if kind == "proportion":
        interval = intervals.wilson(count, of).times(measure.per)
    else:
        interval = intervals.poisson_rate(count, of, measure.per)
    wanted = known & measure.data.reindex(columns=["ci_low"])["ci_low"].notna().to_numpy()
    ratio, spread = measure.per * count / of, _spread(measure) if kind != "proportion" else 1.0
    shown.loc[known, "ratio"] = ratio
    shown.loc[known, "ci_low"] = (ratio - spread * (ratio - interval.low)).clip(lower=0)
    shown.loc[known, "ci_high"] = ratio + spread * (interval.high - ratio)
    shown.loc[~wanted, ["ci_low", "ci_high"]] = np.nan
    if kind == "proportion" and measure.per == 100:
        columns = ["ratio", "ci_low", "ci_high"]
        few = shown["denominator"] < WHOLE_PERCENTAGES_BELOW
        shown.loc[few, columns] = np.floor(shown.loc[few, columns] + 0.5)
        shown.loc[~few, columns] = shown.loc[~few, columns].round(1)
        certain = shown["ratio"].isin((0, 100))
        shown.loc[certain, ["numerator", *columns]] = np.nan
        shown.loc[certain, "symbol"] = "[c]"
    return shown


def _spread(measure: Measure) -> float:
    """How much wider the measure's intervals are than Byar's (repeats by the same children): one factor for the whole table.

    Rounded up to a tenth, so that it says nothing of any one row, and never narrower than Byar's.
    """
    exact = measure.data.dropna(subset=["numerator", "denominator", "ratio", "ci_high"])
    exact = exact[exact["denominator"].gt(0) & exact["numerator"].gt(0)]
    if exact.empty:
        return 1.0
    plain = intervals.poisson_rate(exact["numerator"], exact["denominator"], measure.per).high - exact["ratio"]
    return max(1.0, float(np.ceil(((exact["ci_high"] - exact["ratio"]) / plain).median() * 10 - 1e-6) / 10))


def _rounded(counts: pd.Series, policy: Policy) -> pd.Series:
    return pd.Series([round_count(n, policy) for n in counts.astype(float)], index=counts.index, dtype=float)


def _released(measure: Measure, data: pd.DataFrame, policy: Policy | None) -> Controlled:
    data = data.reindex(columns=[*measure.dimensions, *VALUES, "symbol", *(["at_risk"] if "at_risk" in data else [])])
    data = data.astype({value: float for value in VALUES}).reset_index(drop=True)
    names = ("name", "unit", "dimensions", "population", "basis", "source", "per", "better")
    facts = {name: getattr(measure, name) for name in names}
    return Controlled(data=data, policy=policy, key=KEY, **facts)
