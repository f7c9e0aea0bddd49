"""A place among all others by size: which differ by more than chance and the usual differences between places explain."""

from __future__ import annotations

from helpers.charts.drawing import (
    BACKGROUND_LINE,
    DARK_BLUE,
    DARK_GREY,
    SOFT_INK,
    TURQUOISE,
    Figure,
    axes_grid,
    enough,
    png,
    unit_axis,
    value_columns,
)
from helpers.designs.funnel import Funnel
from helpers.disclosure import Controlled, require
from helpers.extracts.official import periods
from helpers.wording import amount, count_of, number, sentence_case

LIMITS = (("lower_998", "upper_998", "-", "99.8%"), ("lower_95", "upper_95", ":", "95%"))


def funnel(comparison: Controlled, design: Funnel, *, focus: str) -> Figure:
    """Authorities by the size of their denominator, with limits around the overall figure; the place in focus dark and named.

    `comparison` is the released measure of `standing.funnel` and `design` its limits. Points of others have no names: a funnel
    asks about one place and is no league table.
    """
    from matplotlib.ticker import LogLocator

    limits = design.points.set_index("place")[["lower_95", "upper_95", "lower_998", "upper_998", "beyond"]]
    shown = require(comparison).data.dropna(subset=["ratio"]).join(limits, on="area").sort_values("denominator")
    enough(shown["ratio"], comparison.name)
    ours = shown[shown["role"] == "local authority"].iloc[0]
    figure, [[axes]] = axes_grid()
    others = shown[shown["role"] != "local authority"]
    axes.plot(others["denominator"], others["ratio"], "o", color=BACKGROUND_LINE, markersize=4.5)
    for low, high, style, name in LIMITS:
        for column in (low, high):
            axes.plot(shown["denominator"], shown[column], color=TURQUOISE, linestyle=style, linewidth=1.4)
        axes.annotate(f" {name} limits", (shown["denominator"].iloc[-1], shown[high].iloc[-1]), va="center", fontsize=9,
                      color=SOFT_INK, annotation_clip=False)  # fmt: skip
    axes.axhline(design.target, color=DARK_GREY, linewidth=1.2)
    axes.plot([ours["denominator"]], [ours["ratio"]], "D", color=DARK_BLUE, markersize=8)
    axes.annotate(focus, (ours["denominator"], ours["ratio"]), xytext=(9, 0), textcoords="offset points", va="center",
                  color=DARK_BLUE, fontweight="bold")  # fmt: skip
    unit_axis(axes, comparison.unit)
    axes.set_xlabel(sentence_case(f"number of {comparison.population}"))
    axes.set_xscale("log")  # places differ a hundredfold in size
    axes.xaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
    axes.xaxis.set_major_formatter(lambda value, _: number(value))
    axes.minorticks_off()
    where = {"above": "above the outer limits", "below": "below the outer limits", "": "within the outer limits"}[ours["beyond"]]
    inner = "outside" if not ours["lower_95"] <= ours["ratio"] <= ours["upper_95"] else "inside"
    beyond = int((shown["beyond"] != "").sum())
    return Figure(
        title=f"{focus} lies {where} of {count_of(len(shown), 'authority', 'authorities')}",
        subtitle=f"{sentence_case(comparison.name)}, {comparison.unit}, {periods.in_words(ours['period'])}",
        source=comparison.source,
        alt=f"Funnel plot of {count_of(len(shown), 'authority', 'authorities')} by size. {focus} at "
        f"{amount(ours['ratio'], comparison.unit)} lies {where} and {inner} the inner ones; the overall figure is "
        f"{amount(design.target, comparison.unit)}; {count_of(beyond, 'authority', 'authorities')} lie beyond the outer limits.",
        png=png(figure),
        table=comparison,
        columns=value_columns(comparison, area="Area"),
        note=design.convention,
    )
