"""Small pictures side by side, one a series and each on its own scale."""

from __future__ import annotations

import pandas as pd

from helpers.charts.drawing import DARK_BLUE, DARK_PINK, SOFT_INK, Figure, axes_grid, enough, png, unit_axis, value_columns
from helpers.disclosure import Controlled, require
from helpers.wording import listing, month, number, sentence_case

COLUMNS = 3
LONGEST_TITLE = 30


def panels(measure: Controlled, *, panel: str, title: str, marks: dict[str, pd.Timestamp] | None = None) -> Figure:
    """Monthly counts, a small picture for each value of the dimension `panel`, from nought and each on its own scale.

    `measure` has the dimensions `panel` and period (first days of months); `marks` gives a panel a dashed line at a month.
    `title` is a sentence that the caller's result chose. A month too small to be shown leaves a gap in the line.
    """
    shown, marks = require(measure).data, marks or {}
    enough(shown["numerator"], measure.name)
    names = list(dict.fromkeys(shown[panel]))
    rows = -(-len(names) // COLUMNS)
    figure, grid = axes_grid(height=1.8 * rows + 0.3, columns=COLUMNS, rows=rows, sharex=True)
    from matplotlib.dates import DateFormatter, YearLocator

    words = []
    for axes, name in zip(grid.flat, names, strict=False):
        part = shown[shown[panel] == name].sort_values("period")
        axes.plot(part["period"], part["numerator"], color=DARK_BLUE, linewidth=1.5)
        axes.set_title(name if len(name) <= LONGEST_TITLE else name[:LONGEST_TITLE].rsplit(" ", 1)[0] + " …")
        unit_axis(axes, measure.unit)
        axes.set_ylim(bottom=0)
        axes.xaxis.set_major_locator(YearLocator(2))
        axes.xaxis.set_major_formatter(DateFormatter("%Y"))
        if name in marks:
            axes.axvline(marks[name], color=DARK_PINK, linewidth=1.5, linestyle=(0, (3, 2)))
        known = part["numerator"].dropna()
        range_ = f"{number(known.min())} to {number(known.max())} a month" if len(known) else "not shown"
        words.append(f"{name}, {range_}" + (f", a step in {month(marks[name])}" if name in marks else ""))
    for axes in list(grid.flat)[len(names) :]:
        axes.set_visible(False)
    for axes in grid.flat:
        axes.tick_params(colors=SOFT_INK)
    marked = [name for name in names if name in marks]
    return Figure(
        title=title,
        subtitle=f"{sentence_case(measure.name)}, {measure.unit}, each picture on its own scale"
        + (f"; dashed lines mark steps in {listing(marked)}" if marked else ""),
        source=measure.source,
        alt=f"Small line charts of {len(names)} series from their first to their last month: {'; '.join(words)}.",
        png=png(figure),
        table=measure,
        columns=value_columns(measure, period="Month", **{panel: sentence_case(panel)}),
        across=panel,
    )
