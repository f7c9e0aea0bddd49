"""Published figures of one place against its neighbours, its region and England."""

from __future__ import annotations

import numpy as np
import pandas as pd

from helpers.charts.drawing import (
    BACKGROUND_LINE,
    DARK_BLUE,
    DARK_GREY,
    INK,
    TURQUOISE,
    Figure,
    axes_grid,
    enough,
    label_ends,
    mark_events,
    png,
    unit_axis,
    value_columns,
    year_ending,
    year_ticks,
    years_in_words,
)
from helpers.disclosure import Controlled, require
from helpers.extracts.official import periods
from helpers.wording import amount, figures, interval, number, sentence_case

MEDIAN, LOWER, UPPER = "neighbours' median", "neighbours' lower quartile", "neighbours' upper quartile"


def against_comparators(
    comparison: Controlled, *, focus: str, summary: Controlled, events: pd.DataFrame | None = None, title: str = ""
) -> Figure:
    """One place by year with its intervals, against England, its region and the middle half of its statistical neighbours.

    `comparison` has the dimensions period, area and role; `summary` the same, with the roles "neighbours' median",
    "neighbours' lower quartile" and "neighbours' upper quartile". Without a `title` it says how the place stands to England.
    """
    shown = require(comparison).data.dropna(subset=["ratio"]).assign(at=lambda d: d["period"].map(year_ending))
    ours = shown[shown["role"] == "local authority"].sort_values("at")
    enough(ours["ratio"], f"{comparison.name} in {focus}")
    band = require(summary).data.dropna(subset=["ratio"]).assign(at=lambda d: d["period"].map(year_ending))
    band = band.pivot_table(index="at", columns="role", values="ratio")
    figure, [[axes]] = axes_grid()
    ends = []
    if len(band):
        axes.fill_between(band.index, band[LOWER], band[UPPER], color=TURQUOISE, alpha=0.16, linewidth=0)
        axes.plot(band.index, band[MEDIAN], color=TURQUOISE, linestyle="--")
        ends.append((band.index[-1], band[MEDIAN].iloc[-1], "neighbours: median\nand middle half", "#0B6B62"))
    for role, style in (("England", ":"), ("region", "-.")):
        other = shown[shown["role"] == role].sort_values("at")
        if len(other):
            axes.plot(other["at"], other["ratio"], color=DARK_GREY, linestyle=style, linewidth=1.6)
            ends.append((other["at"].iloc[-1], other["ratio"].iloc[-1], other["area"].iloc[-1], DARK_GREY))
    with_interval = ours.dropna(subset=["ci_low"])
    axes.vlines(with_interval["at"], with_interval["ci_low"], with_interval["ci_high"], color=DARK_BLUE, linewidth=1.6)
    axes.plot(ours["at"], ours["ratio"], color=DARK_BLUE, marker="o", linewidth=2.4)
    ends.append(
        (ours["at"].iloc[-1], ours["ratio"].iloc[-1], focus + (" (95% interval)" if len(with_interval) else ""), DARK_BLUE)
    )
    unit_axis(axes, comparison.unit)
    named = shown.sort_values("at")["period"].drop_duplicates().tolist()
    years = [year_ending(name) for name in named]
    year_ticks(axes, named)
    axes.set_xlim(years[0] - pd.Timedelta(days=120), years[-1] + pd.Timedelta(days=60))
    mark_events(axes, events, years[0] - pd.Timedelta(days=120), years[-1])
    figure.canvas.draw()
    label_ends(axes, ends)
    return Figure(
        title=title or _standing(ours, shown[shown["role"] == "England"], focus),
        subtitle=f"{sentence_case(comparison.name)}, {comparison.unit}, {years_in_words(named)}",
        source=comparison.source,
        alt=_alt_against(ours, shown, band, focus, comparison.unit),
        png=png(figure),
        table=comparison.where(role=["local authority", "region", "England"]),
        columns=value_columns(comparison, period=sentence_case(periods.kind_of(named[0])), area="Area"),
    )


def _standing(ours: pd.DataFrame, england: pd.DataFrame, focus: str) -> str:
    """The latest year in a title: where the place stands against England, as its interval permits one to say."""
    latest = ours.iloc[-1]
    theirs = england.loc[england["period"] == latest["period"], "ratio"]
    if theirs.empty:
        return f"{focus}, with no figure for England to compare"
    theirs = theirs.iloc[0]
    if pd.isna(latest["ci_low"]):  # two figures, and nothing of how they compare
        here, there = figures((latest["ratio"], theirs))
        return f"In {latest['period']}: {focus} {here}, England {there}"
    if latest["ci_low"] <= theirs <= latest["ci_high"]:
        return f"In {latest['period']} {focus} cannot be told apart from England"
    return f"In {latest['period']} {focus} was {'above' if latest['ratio'] > theirs else 'below'} England"


def _in_unit(value: float, unit: str) -> str:
    """A value as it stands inside a sentence whose unit the subtitle gives."""
    return amount(value, unit) if unit == "%" else number(value)


def _alt_against(ours, shown, band, focus, unit) -> str:
    first, last = ours.iloc[0], ours.iloc[-1]
    now = f"{_in_unit(last['ratio'], unit)} in {periods.in_words(last['period'])}"
    path = f"goes from {_in_unit(first['ratio'], unit)} in {periods.in_words(first['period'])} to {now}"
    parts = [f"Line chart. {focus} {path if len(ours) > 1 else f'stands at {now}, its only year'}"]
    if pd.notna(last["ci_low"]):
        parts.append(f"its 95% interval then is {interval(last['ci_low'], last['ci_high'])}")
    others = {
        other["area"].iloc[0]: other["ratio"] for role in ("region", "England") if len(other := shown[shown["role"] == role])
    }
    if len(band):
        others["the neighbours’ median"] = band[MEDIAN]
    parts += [
        f"{name} lies between {_in_unit(values.min(), unit)} and {_in_unit(values.max(), unit)}"
        if len(values) > 1
        else f"{name} is {_in_unit(values.iloc[0], unit)}"
        for name, values in others.items()
    ]
    return "; ".join(parts) + "."


def ranked(comparison: Controlled, *, focus: str, period: str) -> Figure:
    """Areas ranked by one year's value: the place in focus dark, its neighbours grey, England as a line."""
    rows = require(comparison).where(period=period)
    shown = rows.data.dropna(subset=["ratio"]).sort_values("ratio")
    bars = shown[shown["role"].isin(["local authority", "neighbour"])].reset_index(drop=True)
    enough(bars["ratio"], comparison.name)
    figure, [[axes]] = axes_grid(height=0.5 + 0.31 * len(bars))
    ours = bars["area"] == focus
    axes.barh(bars["area"], bars["ratio"], color=np.where(ours, DARK_BLUE, BACKGROUND_LINE), height=0.72)
    for position, row in enumerate(bars.itertuples()):
        colour = "white" if row.area == focus else INK
        axes.annotate(number(row.ratio, 1), (0, position), xytext=(5, 0), textcoords="offset points", va="center", color=colour)
    england = shown.loc[shown["role"] == "England", "ratio"]
    if len(england):
        axes.axvline(england.iloc[0], color=DARK_GREY, linestyle=":", linewidth=1.8)
        axes.annotate(
            f"England {number(england.iloc[0], 1)}",
            (england.iloc[0], len(bars) - 0.45),
            xytext=(4, 4),
            textcoords="offset points",
            fontsize=10,
            color=DARK_GREY,
            annotation_clip=False,
        )
    axes.grid(visible=False)
    axes.xaxis.set_visible(False)
    axes.tick_params(axis="y", length=0)
    axes.set_xlim(left=0)
    for label in axes.get_yticklabels():
        label.set_fontweight("bold" if label.get_text() == focus else "normal")
    place = len(bars) - int(np.flatnonzero(ours)[0]) if ours.any() else None
    return Figure(
        title=_beside(bars, ours, england, focus),
        subtitle=f"{sentence_case(comparison.name)}, {comparison.unit}, {periods.in_words(period)}: "
        f"{focus} and its statistical neighbours",
        source=comparison.source,
        alt=_alt_ranked(bars, england, place, focus),
        png=png(figure),
        table=rows,
        columns=value_columns(comparison, area="Area"),
    )


def _beside(bars: pd.DataFrame, ours, england: pd.Series, focus: str) -> str:
    """The two figures that matter: without intervals a place in a ranking says nothing."""
    if not ours.any():
        return f"{focus} has no figure for this year"
    value = number(bars.loc[ours, "ratio"].iloc[0], 1)
    return f"{focus} {value}, England {number(england.iloc[0], 1)}" if len(england) else f"{focus} {value}"


def _alt_ranked(bars: pd.DataFrame, england: pd.Series, place: int | None, focus: str) -> str:
    top, bottom = bars.iloc[-1], bars.iloc[0]
    parts = [f"{top['area']} is highest at {number(top['ratio'], 1)}, {bottom['area']} lowest at {number(bottom['ratio'], 1)}"]
    if place:
        parts.append(
            f"{focus} stands at {number(bars['ratio'].iloc[len(bars) - place], 1)}, place {place} of {len(bars)} from the top"
        )
    if len(england):
        parts.append(f"England is {number(england.iloc[0], 1)}")
    return f"Bar chart, ranked. {'; '.join(parts)}."
