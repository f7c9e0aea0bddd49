"""Steps that lead from one to the next: how often each one is taken."""

from __future__ import annotations

from helpers.charts.drawing import BACKGROUND_LINE, DARK_BLUE, INK, Figure, axes_grid, enough, png, value_columns
from helpers.disclosure import Controlled, require
from helpers.wording import amount, interval, number, sentence_case


def steps(measure: Controlled, *, title: str) -> Figure:
    """One bar a step, in their order: the share for which the next step followed, with its 95% interval, of a whole in grey.

    `measure` is a proportion with the dimension step; `title` is a sentence that the caller's result chose.
    """
    shown = require(measure).data
    enough(shown["ratio"], measure.name)
    figure, [[axes]] = axes_grid(height=0.6 + 0.5 * len(shown))
    words = []
    for place, row in enumerate(shown.itertuples()):
        if row.ratio != row.ratio:  # not shown
            axes.annotate("not shown", (2, place), va="center", color=INK)
            words.append(f"{row.step} is not shown")
            continue
        axes.barh(place, 100, color=BACKGROUND_LINE, alpha=0.35, height=0.62)
        axes.barh(place, row.ratio, color=DARK_BLUE, height=0.62)
        axes.plot([row.ci_low, row.ci_high], [place, place], color=INK, linewidth=2.2, solid_capstyle="butt")
        axes.annotate(f"{number(row.ratio, 0)}%", (row.ci_high, place), xytext=(6, 0), textcoords="offset points", va="center",
                      color=INK, fontweight="bold")  # fmt: skip
        words.append(f"{row.step} {amount(row.ratio, '%')}, 95% interval {interval(row.ci_low, row.ci_high)}")
    axes.set_yticks(range(len(shown)), shown["step"])
    axes.invert_yaxis()
    axes.set_xlim(0, 108)
    axes.set_xticks([0, 25, 50, 75, 100], ["0%", "25%", "50%", "75%", "100%"])
    axes.tick_params(axis="both", length=0)
    axes.grid(visible=False)
    return Figure(
        title=title,
        subtitle=f"{sentence_case(measure.name)}, {measure.unit}, with 95% intervals",
        source=measure.source,
        alt=f"Bar chart, one bar a step. {'; '.join(words)}.",
        png=png(figure),
        table=measure,
        columns=value_columns(measure, step="Step"),
    )
