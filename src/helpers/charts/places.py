"""Places compared: before and after a change, period by period, and each place against what its size explains."""

from __future__ import annotations

import numpy as np
import pandas as pd

from helpers.charts.drawing import (
    BACKGROUND_LINE,
    DARK_BLUE,
    INK,
    ORANGE,
    SOFT_INK,
    Figure,
    axes_grid,
    enough,
    png,
    value_columns,
)
from helpers.disclosure import Controlled, published_words, require
from helpers.wording import count_of, interval, listing, number, sentence_case


def event_study(study, *, title: str, subtitle: str, source: str, unit: str, period: str = "quarter") -> Figure:
    """How far places with the change had moved from the others in each period before and since, with 95% intervals.

    `study` is a dynamic aggregate of `designs.staggered_difference_in_differences`; the period just before the change, nought
    by definition, is drawn hollow. Effects are model results: they may leave as they are.
    """
    parts = study.parts.sort_values("at")
    before = parts["at"] < 0
    figure, [[axes]] = axes_grid()
    for part, marker, colour in ((parts[before], "s", SOFT_INK), (parts[~before], "o", DARK_BLUE)):
        axes.vlines(part["at"], part["ci_low"], part["ci_high"], color=colour, linewidth=1.8)
        axes.plot(part["at"], part["estimate"], linestyle="none", marker=marker, color=colour, markersize=6)
    if -1 not in set(parts["at"]):
        axes.plot(-1, 0, linestyle="none", marker="s", markersize=6, markerfacecolor="white", markeredgecolor=SOFT_INK)
    axes.axhline(0, color=INK, linewidth=1)
    axes.axvline(-0.5, color=SOFT_INK, linewidth=1, linestyle=(0, (2, 2)))
    axes.set_xlabel(f"{period}s since the change")
    axes.set_ylabel(unit)
    axes.tick_params(axis="both", length=0)
    words = pd.DataFrame(
        {
            "since": [number(at, 0) for at in parts["at"]],
            "estimate": [number(value, 2) for value in parts["estimate"]],
            "interval": [interval(low, high, 2) for low, high in zip(parts["ci_low"], parts["ci_high"], strict=True)],
        }
    )
    apart = ((parts["ci_low"] > 0) | (parts["ci_high"] < 0)).to_numpy()
    sides = [
        f"{count_of(int((apart & side).sum()), period)} of {int(side.sum())} {when}"
        for side, when in ((before.to_numpy(), "before the change"), (~before.to_numpy(), "since"))
    ]
    return Figure(
        title=title,
        subtitle=f"{subtitle}, with 95% intervals",
        source=source,
        alt=f"Estimates by {period} around the change. Clearly apart from nought in {listing(sides)}; the mean since is "
        f"{number(study.estimate, 2)}, 95% interval {interval(study.ci_low, study.ci_high, 2)}.",
        png=png(figure),
        table=published_words(words, source=source),
        columns={
            "since": f"{sentence_case(period)}s since the change",
            "estimate": sentence_case(unit),
            "interval": "95% interval",
        },
        note="Before the change the points should lie about nought: if they drift, places were moving apart anyway.",
    )


def funnel(measure: Controlled, result, *, place: str, title: str, size: str) -> Figure:
    """Each place's value against its size, with the limits within which places of that size differ by chance or as usual.

    `measure` has the dimension `place`; `result` is a funnel of `designs.funnel` on the exact values, whose limits are in the
    measure's unit. `size` names what the places' sizes are counted in. A place that is not shown is not marked either.
    """
    shown = require(measure).data.dropna(subset=["ratio", "denominator"])
    enough(shown["ratio"], measure.name)
    beyond = shown[place].map(result.points.set_index("place")["beyond"]).fillna("")
    sizes = np.geomspace(shown["denominator"].min() * 0.9, shown["denominator"].max() * 1.05, 120)
    figure, [[axes]] = axes_grid()
    for level, line, colour in ((0.998, "-", SOFT_INK), (0.95, "--", BACKGROUND_LINE)):
        for limit in result.curve(sizes, level):
            axes.plot(sizes, limit, color=colour, linestyle=line, linewidth=1.2)
    axes.axhline(result.target, color=INK, linewidth=1)
    for outside, marker, colour in ((beyond.eq(""), "o", DARK_BLUE), (beyond.ne(""), "D", ORANGE)):
        part = shown[outside]
        axes.plot(part["denominator"], part["ratio"], linestyle="none", marker=marker, color=colour, markersize=6)
    for row, way in zip(shown.itertuples(), beyond, strict=True):
        if way:
            axes.annotate(
                getattr(row, place), (row.denominator, row.ratio), xytext=(8, 0), textcoords="offset points", va="center"
            )
    axes.set_xlabel(size)
    axes.set_ylabel(measure.unit)
    axes.tick_params(axis="both", length=0)
    named = {way: sorted(shown.loc[beyond.eq(way), place].astype(str)) for way in ("above", "below")}
    told = "; ".join(f"{way} the outer limits: {listing(names)}" for way, names in named.items() if names)
    return Figure(
        title=title,
        subtitle=f"{sentence_case(measure.name)}, {measure.unit}, by {place}",
        source=measure.source,
        alt=f"Funnel plot of {count_of(len(shown), 'place')} around {number(result.target)}. "
        f"{sentence_case(told) if told else 'None lies beyond the outer limits'}.",
        png=png(figure),
        table=measure,
        columns=value_columns(measure, **{place: sentence_case(place)}),
        note=f"Diamonds lie beyond the outer limits (solid lines, 99.8%; dashed, 95%). {result.convention}",
    )
