"""Effects and curves: estimates with their intervals, what chance alone gives, and outcomes over follow-up."""

from __future__ import annotations

import textwrap

import numpy as np
import pandas as pd

from helpers.charts.drawing import BACKGROUND_LINE, DARK_BLUE, INK, ORANGE, SERIES, SOFT_INK, Figure, axes_grid, enough, png
from helpers.disclosure import Controlled, published_words, require
from helpers.results import Effect
from helpers.wording import decimals_of, interval, number, p_value, sentence_case

ROUND_RATIOS = (1, 2, 0.5, 5, 0.2, 20, 0.05, 100, 1.5, 0.67, 1.25, 0.8, 1.1, 0.9)  # in the order in which they are wanted
APART = 0.09  # of the width of a picture: ticks nearer than this overprint
NAME_WIDTH = 34  # characters of a name on one line


def forest(effects: dict[str, Effect], *, title: str, subtitle: str, source: str, main: str | None = None) -> Figure:
    """Estimates with 95% intervals, one a row, against the line of no effect; `main` names the row to make stand out, if one is.

    Ratios are drawn on a log scale. Effects are model results: they may leave as they are.
    """
    rows = list(effects.items())
    null = rows[0][1].null
    names = [textwrap.fill(name, NAME_WIDTH, break_on_hyphens=False) for name, _ in rows]
    lines = np.array([name.count("\n") + 1 for name in names])
    places = -np.cumsum(lines + 0.8) + lines / 2  # the middle of each row, counted in lines of text
    figure, [[axes]] = axes_grid(height=0.8 + 0.17 * float(np.sum(lines + 0.8)))
    left, right = _reach(effects.values(), null)
    for y, (name, effect) in zip(places, rows, strict=True):
        stands_out = name == main
        colour = DARK_BLUE if stands_out or main is None else SOFT_INK
        axes.plot(
            [max(effect.ci_low, left), min(effect.ci_high, right)], [y, y], color=colour, linewidth=3 if stands_out else 1.8
        )
        axes.plot(effect.estimate, y, marker="o" if stands_out else "s", color=colour, markersize=8 if stands_out else 5.5)
    axes.axvline(null, color=INK, linewidth=1)
    axes.set_xlim(left, right)
    if null == 1:
        axes.set_xscale("log")
        ticks = _round_ratios(left, right)
        axes.set_xticks(ticks, [f"{tick:g}" for tick in ticks])
        axes.minorticks_off()
    axes.set_yticks(places, names)
    axes.set_ylim(places[-1] - lines[-1] / 2 - 0.4, places[0] + lines[0] / 2 + 0.4)
    axes.grid(axis="x")
    axes.grid(visible=False, axis="y")
    axes.tick_params(axis="both", length=0)
    axes.set_xlabel(f"{rows[0][1].scale} (no effect: {number(null)})")
    words = pd.DataFrame(
        {
            "estimate of": [name for name, _ in rows],
            "estimate": [number(effect.estimate, _decimals(effect)) for _, effect in rows],
            "interval": [interval(effect.ci_low, effect.ci_high, _decimals(effect)) for _, effect in rows],
            "p": ["not computed" if effect.p_value is None else p_value(effect.p_value) for _, effect in rows],
        }
    )
    return Figure(
        title=title,
        subtitle=f"{subtitle}, {rows[0][1].scale}, with 95% intervals",
        source=source,
        alt="Estimates with intervals. "
        + "; ".join(
            f"{name} {number(e.estimate, _decimals(e))}, {interval(e.ci_low, e.ci_high, _decimals(e))}" for name, e in rows
        )
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


def _decimals(effect) -> int:
    """As many for an estimate as for the ends of its interval: two for a ratio that is small."""
    decimals = decimals_of(effect.ci_low, effect.ci_high, effect.estimate)
    return decimals if effect.null == 1 else min(1, decimals)


def _reach(effects, null: float) -> tuple[float, float]:
    """How far a picture reaches, with a margin: every end of an interval that has one, every estimate, and no effect."""
    ends = [n for effect in effects for n in (effect.ci_low, effect.estimate, effect.ci_high) if np.isfinite(n)]
    if null == 1:  # a log scale has no zero: an interval from zero is drawn to the edge
        ends = [n for n in [*ends, null] if n > 0]
        return min(ends) / 1.15, max(ends) * 1.15
    low, high = min([*ends, null]), max([*ends, null])
    return low - 0.05 * (high - low), high + 0.05 * (high - low)


def _round_ratios(left: float, right: float) -> list[float]:
    """Round ratios for the ticks of a log scale, no effect first and the others as far as there is room for them."""
    room, kept = APART * np.log(right / left), []
    for ratio in ROUND_RATIOS:
        if left <= ratio <= right and all(abs(np.log(ratio / other)) >= room for other in kept):
            kept.append(ratio)
    return sorted(kept)


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


def cumulative_incidence(curves: Controlled, *, group: str, title: str, since: str = "plan start") -> Figure:
    """The share to which each outcome had happened by each month since `since`: one picture an outcome, one line a group.

    `curves` has the dimensions outcome, `group` and months, on the fixed grid that disclosure control leaves.
    """
    shown = require(curves).data.dropna(subset=["ratio"])
    enough(shown["ratio"], curves.name)
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
            whose = f"{outcome}, {name}" if len(groups) > 1 else outcome
            words.append(f"{whose}: {number(part['ratio'].iloc[-1], 0)}% by month {number(part['months'].iloc[-1])}")
        axes.set_title(outcome)
        axes.set_xlabel(f"months from {since}")
        axes.set_ylim(0, 100)
        axes.set_xticks(sorted(curves.data["months"].unique()))
        axes.tick_params(axis="both", length=0)
        axes.set_yticks([0, 25, 50, 75, 100], ["0%", "25%", "50%", "75%", "100%"])
    if len(groups) > 1:
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
            **({group: sentence_case(group)} if len(groups) > 1 else {}),
            "months": f"Months from {since}",
            "ratio": "%",
            "interval": "95% interval",
        },
    )
