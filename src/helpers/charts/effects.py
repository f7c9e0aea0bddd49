"""Effects and curves: estimates with their intervals, what chance alone gives, and outcomes over follow-up."""

from __future__ import annotations

import numpy as np
import pandas as pd

from helpers.charts.drawing import BACKGROUND_LINE, DARK_BLUE, INK, ORANGE, SERIES, SOFT_INK, Figure, axes_grid, png
from helpers.disclosure import Controlled, published_words, require
from helpers.results import Effect
from helpers.wording import interval, number, p_value, sentence_case


def forest(effects: dict[str, Effect], *, title: str, subtitle: str, source: str) -> Figure:
    """Estimates with 95% intervals, one a row, against the line of no effect; the first row is the main estimate.

    Ratios are drawn on a log scale. Effects are model results: they may leave as they are.
    """
    rows = list(effects.items())
    null = rows[0][1].null
    figure, [[axes]] = axes_grid(height=0.9 + 0.36 * len(rows))
    for position, (_, effect) in enumerate(rows):
        y = len(rows) - 1 - position
        colour = DARK_BLUE if position == 0 else SOFT_INK
        axes.plot([effect.ci_low, effect.ci_high], [y, y], color=colour, linewidth=3 if position == 0 else 1.8)
        axes.plot(effect.estimate, y, marker="o" if position == 0 else "s", color=colour, markersize=8 if position == 0 else 5.5)
    axes.axvline(null, color=INK, linewidth=1)
    if null == 1:
        axes.set_xscale("log")
        ends = [end for _, effect in rows for end in (effect.ci_low, effect.ci_high) if np.isfinite(end) and end > 0]
        ticks = [
            tick
            for tick in (0.05, 0.1, 0.25, 0.5, 0.67, 0.8, 1, 1.25, 1.5, 2, 4, 10, 20)
            if min(ends) * 0.8 <= tick <= max(ends) * 1.25
        ]
        axes.set_xticks(ticks, [number(tick) for tick in ticks])
        axes.minorticks_off()
    axes.set_yticks(range(len(rows)), [name for name, _ in reversed(rows)])
    axes.grid(axis="x")
    axes.grid(visible=False, axis="y")
    axes.tick_params(axis="both", length=0)
    axes.set_xlabel(f"{rows[0][1].scale} (no effect: {number(null)})")
    words = pd.DataFrame(
        {
            "estimate of": [name for name, _ in rows],
            "estimate": [number(effect.estimate) for _, effect in rows],
            "interval": [interval(effect.ci_low, effect.ci_high) for _, effect in rows],
            "p": ["not computed" if effect.p_value is None else p_value(effect.p_value) for _, effect in rows],
        }
    )
    return Figure(
        title=title,
        subtitle=f"{subtitle}, {rows[0][1].scale}, with 95% intervals",
        source=source,
        alt="Estimates with intervals. "
        + "; ".join(f"{name} {number(e.estimate)}, {interval(e.ci_low, e.ci_high)}" for name, e in rows)
        + ".",
        png=png(figure),
        table=published_words(words, source=source),
        columns={
            "estimate of": "Estimate",
            "estimate": sentence_case(rows[0][1].scale),
            "interval": "95% interval",
            "p": "p-value",
        },
    )


def assignments(result, *, subtitle: str, source: str) -> Figure:
    """What every possible choice of localities would have shown, one bar each, and where the actual choice stands.

    `result` is an exact permutation of `designs.few_clusters`, with `statistics` (one for each assignment) and `observed`.
    """
    statistics = np.sort(np.asarray(result.statistics, dtype=float))
    place = int(np.argmin(np.abs(statistics - result.observed)))
    figure, [[axes]] = axes_grid(height=3)
    axes.bar(
        range(len(statistics)),
        statistics,
        color=[ORANGE if at == place else BACKGROUND_LINE for at in range(len(statistics))],
        edgecolor=INK,
        linewidth=0.4,
    )
    axes.axhline(0, color=INK, linewidth=0.8)
    axes.annotate(
        "the actual choice",
        (place, statistics[place]),
        xytext=(0, 10 if statistics[place] >= 0 else -14),
        textcoords="offset points",
        ha="left" if place < len(statistics) / 2 else "right",
        fontsize=10,
    )
    axes.margins(y=0.3)
    axes.xaxis.set_visible(False)
    axes.grid(axis="y")
    axes.tick_params(axis="y", length=0)
    words = pd.DataFrame(
        {
            "order": [str(at + 1) for at in range(len(statistics))],
            "difference": [number(value, 2) for value in statistics],
            "choice": ["the actual choice" if at == place else "another choice" for at in range(len(statistics))],
        }
    )
    return Figure(
        title=f"{sentence_case(result.others_in_words)}, of {len(statistics)} possible",
        subtitle=subtitle,
        source=source,
        alt=f"Bar chart of {len(statistics)} possible choices of localities. The actual one shows {number(result.observed, 2)}; "
        f"{result.others_in_words} in the same direction; p = {number(result.p_value, 2)}.",
        png=png(figure),
        table=published_words(words, source=source),
        columns={"order": "Rank", "difference": "Difference in log rate", "choice": "Which"},
        note="Every choice has an opposite that differs as much the other way, so the p-value, which counts both ways, "
        f"cannot be below {number(result.smallest_p, 2)}.",
    )


def cumulative_incidence(curves: Controlled, *, group: str, title: str) -> Figure:
    """The share of plans that ended each way by each month of follow-up: one picture an outcome, one line a group.

    `curves` has the dimensions outcome, `group` and months, on the fixed grid that disclosure control leaves.
    """
    shown = require(curves).data.dropna(subset=["ratio"])
    outcomes, groups = list(dict.fromkeys(curves.data["outcome"])), list(dict.fromkeys(curves.data[group]))
    figure, [grid] = axes_grid(columns=len(outcomes), sharey=True, height=3.4)
    words = []
    for axes, outcome in zip(grid, outcomes, strict=True):
        for name, (colour, line, marker) in zip(groups, SERIES, strict=False):
            part = shown[(shown["outcome"] == outcome) & (shown[group] == name)].sort_values("months")
            if part.empty:
                continue
            axes.fill_between(part["months"], part["ci_low"], part["ci_high"], color=colour, alpha=0.13, linewidth=0)
            axes.plot(part["months"], part["ratio"], color=colour, linestyle=line, marker=marker, label=name)
            words.append(f"{outcome}, {name}: {number(part['ratio'].iloc[-1], 0)}% by month {number(part['months'].iloc[-1])}")
        axes.set_title(outcome)
        axes.set_xlabel("months from plan start")
        axes.set_ylim(0, 100)
        axes.set_xticks([0, 3, 6, 9, 12])
        axes.tick_params(axis="both", length=0)
        axes.set_yticks([0, 25, 50, 75, 100], ["0%", "25%", "50%", "75%", "100%"])
    grid[0].legend(loc="upper left", fontsize=9.5)
    return Figure(
        title=title,
        subtitle=f"{sentence_case(curves.name)}, %, with 95% intervals",
        source=curves.source,
        alt=f"Line charts, one an outcome. {'; '.join(words)}.",
        png=png(figure),
        table=curves,
        columns={
            "outcome": "Outcome",
            group: sentence_case(group),
            "months": "Months from plan start",
            "ratio": "%",
            "interval": "95% interval",
        },
    )
