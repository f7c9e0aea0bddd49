"""Series over time: lines by group, control charts, and a series against what its earlier trend predicts."""

from __future__ import annotations

import numpy as np
import pandas as pd

from helpers.charts.drawing import (
    BACKGROUND_LINE,
    DARK_BLUE,
    DARK_PINK,
    INK,
    ORANGE,
    SERIES,
    SOFT_INK,
    Figure,
    axes_grid,
    enough,
    label_ends,
    mark_events,
    png,
    unit_axis,
    value_columns,
    with_values,
    year_ending,
    year_ticks,
    years_in_words,
)
from helpers.disclosure import Controlled, require
from helpers.extracts.official.periods import kind_of
from helpers.results import NotEnoughData
from helpers.wording import amount, count_of, interval, listing, month, number, sentence_case, small


def lines(measure: Controlled, *, series: str, title: str, events: pd.DataFrame | None = None) -> Figure:
    """Up to four groups over time with their intervals, each its own colour, line and marker, named at its end.

    `measure` has the dimensions period and `series`; `title` is a sentence that the caller's result chose.
    """
    shown = with_values(require(measure)).dropna(subset=["value"])
    enough(shown["value"], measure.name)
    groups = list(dict.fromkeys(measure.data[series]))
    if len(groups) > len(SERIES):
        raise ValueError(f"{len(groups)} groups in one chart; at most {len(SERIES)} can be told apart: use localities()")
    figure, [[axes]] = axes_grid()
    ends, words = [], []
    for group, (colour, line, marker) in zip(groups, SERIES, strict=False):
        part = shown[shown[series] == group].sort_values("at")
        if part.empty:
            words.append(f"{group} is not shown: the numbers are too small")
            continue
        axes.vlines(part["at"], part["ci_low"], part["ci_high"], color=colour, linewidth=1.2, alpha=0.6)
        # Months stand too close together for a mark on each.
        axes.plot(part["at"], part["value"], color=colour, linestyle=line, marker=marker, markevery=max(1, len(part) // 14))
        ends.append((part["at"].iloc[-1], part["value"].iloc[-1], str(group), INK))
        words.append(
            f"{group} goes from {amount(part['value'].iloc[0], measure.unit)} to {amount(part['value'].iloc[-1], measure.unit)}"
        )
    unit_axis(axes, measure.unit)
    periods = sorted(shown["at"].unique())
    names = shown.sort_values("at")["period"].astype(str).drop_duplicates().tolist()
    spell, of_years = "Period", ""
    if "-" not in names[0]:  # years, rather than the first days of months
        year_ticks(axes, names)
        spell, of_years = sentence_case(kind_of(names[0])), f", {years_in_words(names)}"
    if events is not None:
        axes.set_ylim(top=1.1 * axes.get_ylim()[1])  # room for their names above the lines
    mark_events(axes, events, periods[0], periods[-1])
    figure.canvas.draw()
    label_ends(axes, ends)
    return Figure(
        title=title,
        subtitle=f"{sentence_case(measure.name)}, {measure.unit}{of_years}"
        + ("" if measure.per is None else ", with 95% intervals"),
        source=measure.source,
        alt=f"Line chart. {'; '.join(words)}.",
        png=png(figure),
        table=measure,
        columns=value_columns(measure, period=spell, **{series: sentence_case(series)}),
        across=series if measure.per is None else "",
    )


def control_chart(measure: Controlled, chart, *, events: pd.DataFrame | None = None) -> Figure:
    """Monthly or quarterly values with their mean and process limits; those outside the rules are marked by shape and colour.

    `measure` has the dimension period (first days); `chart` is a result of `designs.control_chart` on the exact values.
    """
    shown = with_values(require(measure))
    spell = "quarter" if shown["at"].diff().min() > pd.Timedelta(days=80) else "month"
    if shown["value"].isna().mean() >= 0.5:
        raise NotEnoughData(f"Most {spell}s have too few to be shown, so no {spell} can be told from another.")
    points = chart.points.assign(at=lambda d: d["period"].map(year_ending)).set_index("at")
    figure, [[axes]] = axes_grid()
    axes.fill_between(points.index, points["lower"], points["upper"], color=BACKGROUND_LINE, alpha=0.22, linewidth=0, step="mid")
    axes.plot(points.index, points["centre"], color=SOFT_INK, linewidth=1.2, linestyle="--")
    axes.plot(shown["at"], shown["value"], color=DARK_BLUE, marker="o", markersize=3.6, linewidth=1.4)
    # What a suppressed month did is not told by a mark either.
    told = points.index.isin(shown.loc[shown["value"].notna(), "at"])
    outside = ((points["value"] > points["upper"]) | (points["value"] < points["lower"])) & told
    in_run = points["signal"].ne("") & ~outside
    for periods, marker, size in ((in_run, "o", 5), (outside, "D", 7)):
        marked = shown[shown["at"].map(periods)].dropna(subset=["value"])
        axes.plot(
            marked["at"], marked["value"], linestyle="none", marker=marker, markersize=size, color=ORANGE, markeredgecolor=INK
        )
    unit_axis(axes, measure.unit)
    mark_events(axes, events, points.index[0], points.index[-1])
    figure.canvas.draw()
    last = points.iloc[-1]
    label_ends(
        axes,
        [(points.index[-1], last["centre"], "average", SOFT_INK), (points.index[-1], last["upper"], "usual range", SOFT_INK)],
    )
    title = {
        "improving": f"The latest {spell} is better than usual variation explains",
        "worsening": f"The latest {spell} is worse than usual variation explains",
        "special cause": f"The latest {spell} is unlike usual variation",
        "common cause": f"The latest {spell} lies within usual variation",
    }.get(chart.last, f"Too few {spell}s to say what is usual")
    measured = sentence_case(measure.unit if measure.per is None else f"{measure.name}, {measure.unit}")
    when = points.index[outside]
    beyond = (
        f"Outside the limits: {listing(month(at) for at in when)}"
        if 0 < len(when) <= 8
        else f"{count_of(len(when), spell)} outside"
    )
    return Figure(
        title=title,
        subtitle=f"{measured}, {month(points.index[0])} to {month(points.index[-1])}",
        source=measure.source,
        alt=f"Control chart of {len(points)} {spell}s. The average ends at {amount(last['centre'], measure.unit)} "
        f"and the usual range at {interval(last['lower'], last['upper'])}. {title}. {sentence_case(beyond)}.",
        png=png(figure),
        table=measure,
        columns=value_columns(measure, period=sentence_case(spell)),
        note=f"Diamonds mark {spell}s outside the limits; ringed dots, {spell}s in a run that chance would seldom make. "
        f"{chart.convention}",
    )


def interrupted_series(measure: Controlled, series, *, change_on: str, events: pd.DataFrame | None = None) -> Figure:
    """Monthly values, the fitted line, and what the earlier trend predicts after the change, with its 95% interval.

    `series` is a result of `designs.interrupted_time_series` on the exact values.
    """
    shown = require(measure).data.assign(at=lambda d: d["period"].map(year_ending))
    fitted = series.fitted.assign(at=lambda d: d["period"].map(year_ending)).set_index("at")
    change = pd.Timestamp(change_on)
    after = fitted[fitted.index >= change]
    figure, [[axes]] = axes_grid()
    axes.fill_between(
        after.index, after["counterfactual_low"], after["counterfactual_high"], color=DARK_PINK, alpha=0.13, linewidth=0
    )
    axes.plot(after.index, after["counterfactual"], color=DARK_PINK, linestyle="--", linewidth=1.8)
    axes.plot(fitted.index, fitted["fitted"], color=DARK_BLUE, linewidth=2)
    axes.plot(shown["at"], shown["ratio"], linestyle="none", marker="o", markersize=4, color=DARK_BLUE, alpha=0.55)
    axes.axvline(change, color=INK, linewidth=1.2)
    unit_axis(axes, measure.unit)
    top = np.nanmax([shown["ratio"].max(), fitted["fitted"].max(), after["counterfactual"].max() * 1.15])
    axes.set_ylim(0, 1.12 * top)
    mark_events(axes, events, fitted.index[0], fitted.index[-1])
    figure.canvas.draw()
    label_ends(
        axes,
        [
            (after.index[-1], after["fitted"].iloc[-1], "what happened", DARK_BLUE),
            (after.index[-1], after["counterfactual"].iloc[-1], "earlier trend\ncontinued", INK),
        ],
    )
    effect, end = series.effect, after.iloc[-1]
    way = "below" if effect.ci_high < effect.null else "above" if effect.ci_low > effect.null else None
    later = min(series.model.horizon, series.months_after)
    title = f"{later} months after the change, {way} the earlier trend" if way else "No clear departure from the earlier trend"
    return Figure(
        title=title,
        subtitle=f"{sentence_case(measure.name)}, {measure.unit}, by month; the line marks {month(change)}",
        source=measure.source,
        alt=f"Line chart by month. {title}: at the end the fitted value is {amount(end['fitted'], measure.unit)}; "
        f"the earlier trend continued would be {number(end['counterfactual'])}, "
        f"95% interval {interval(end['counterfactual_low'], end['counterfactual_high'])}.",
        png=png(figure),
        table=measure,
        columns=value_columns(measure, period="Month"),
        note="Dots are months. The band is where the earlier trend could have led, by chance alone.",
    )


def localities(measure: Controlled, *, in_focus: list[str], focus_name: str, change_on: str = "") -> Figure:
    """One small picture for each locality, all on one scale; those in focus dark, the others grey.

    `measure` has the dimensions period and locality. A name in focus that is no locality of the measure is not counted.
    """
    shown = with_values(require(measure))
    enough(shown["value"], measure.name)
    places = sorted(shown["locality"].unique(), key=lambda place: (place not in in_focus, place))
    of_focus = sum(place in in_focus for place in places)
    from matplotlib.dates import DateFormatter, YearLocator

    figure, grid = axes_grid(
        height=1.9 * -(-len(places) // 3) + 0.3, columns=3, rows=-(-len(places) // 3), sharex=True, sharey=True
    )
    words = []
    for axes, place in zip(grid.flat, places, strict=False):
        part = shown[shown["locality"] == place].sort_values("at")
        colour = DARK_BLUE if place in in_focus else SOFT_INK
        axes.plot(
            part["at"],
            part["value"],
            color=colour,
            marker="o",
            markersize=3.5,
            linestyle="-" if place in in_focus else "--",
            linewidth=1.8,
        )
        axes.set_title(
            place + (f" ({focus_name})" if place in in_focus else ""),
            color=colour,
            fontweight="bold" if place in in_focus else "normal",
        )
        unit_axis(axes, measure.unit)
        axes.xaxis.set_major_locator(YearLocator(2))
        axes.xaxis.set_major_formatter(DateFormatter("%Y"))
        if change_on:
            axes.axvline(pd.Timestamp(change_on), color=SOFT_INK, linewidth=1, linestyle=(0, (2, 2)))
        known = part.dropna(subset=["value"])
        words.append(
            f"{place} {number(known['value'].iloc[0])} to {number(known['value'].iloc[-1])}"
            if len(known)
            else f"{place} not shown"
        )
    for axes in list(grid.flat)[len(places) :]:
        axes.set_visible(False)
    return Figure(
        title=f"{sentence_case(small(len(places)))} localities"
        + (f", {small(of_focus)} of them {focus_name} localities" if of_focus else ""),
        subtitle=f"{sentence_case(measure.name)}, {measure.unit}"
        + (f"; the dashed line marks {month(change_on)}" if change_on else ""),
        source=measure.source,
        alt=f"Small line charts, one a locality, from the first to the last period: {'; '.join(words)}.",
        png=png(figure),
        table=measure,
        columns=value_columns(measure, period="Period", locality="Locality"),
        across="locality" if measure.per is None else "",
    )
