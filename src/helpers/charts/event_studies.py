"""Places with a change against the others, period by period before and since."""

from __future__ import annotations

import pandas as pd

from helpers.charts.drawing import DARK_BLUE, INK, SOFT_INK, Figure, axes_grid, png
from helpers.disclosure import published_words
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
