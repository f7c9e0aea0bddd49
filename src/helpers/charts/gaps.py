"""Two groups side by side: how far apart they are, row by row."""

import textwrap

import numpy as np

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
from helpers.disclosure import Controlled, require
from helpers.wording import amount, count_of, number, sentence_case

NAME_WIDTH = 100  # characters of a row's name and gap on one line


def dumbbell(measure: Controlled, *, row: str, side: str, sides: tuple[str, str], title: str) -> Figure:
    """The values of two groups in each row, joined by a line with its name and gap above it; rows in the measure's own order.

    `measure` has the dimensions `row` and `side`, whose two values `sides` names: the group first, then those it is set against.
    A row in which either cannot be shown is named and not drawn. One unit a chart: different tests are not one scale.
    """
    wide = require(measure).data.pivot_table(index=row, columns=side, values="ratio", sort=False, observed=True, dropna=False)
    wide = wide.reindex(index=list(dict.fromkeys(measure.data[row])), columns=list(sides))
    shown = wide.dropna()
    enough(shown.stack(), measure.name)
    group, others = sides
    names = [
        textwrap.fill(f"{name}: {_gap(values, measure.unit)}", NAME_WIDTH)
        for name, values in zip(shown.index, shown.itertuples(index=False), strict=True)
    ]
    lines = np.array([name.count("\n") + 1 for name in names])
    places = -np.cumsum(lines + 1.7)  # each row's line below its name, counted in lines of text
    figure, [[axes]] = axes_grid(height=1.0 + 0.19 * float(np.sum(lines + 1.7)))
    axes.set_ylim(places[-1] - 0.8, places[0] + lines[0] + 0.8)
    for y, name, values in zip(places, names, shown.itertuples(index=False), strict=True):
        axes.annotate(name, (0, y + 0.6), xycoords=("axes fraction", "data"), va="bottom", color=INK, annotation_clip=False,
                      bbox={"facecolor": "white", "edgecolor": "none", "pad": 1})  # fmt: skip
        axes.plot(values, [y, y], color=BACKGROUND_LINE, linewidth=5, solid_capstyle="butt", zorder=1)
        axes.plot(values[0], y, marker="s", color=ORANGE, markersize=8)
        axes.plot(values[1], y, marker="o", color=DARK_BLUE, markersize=8)
    lower = group if shown[group].iloc[0] < shown[others].iloc[0] else others
    for name in sides:
        away = {"xytext": (-9, 0), "ha": "right"} if name == lower else {"xytext": (9, 0), "ha": "left"}
        axes.annotate(sentence_case(name), (shown[name].iloc[0], places[0]), textcoords="offset points", va="center",
                      color=SOFT_INK, fontsize=9.5, annotation_clip=False, **away)  # fmt: skip
    span = shown.to_numpy().max() - shown.to_numpy().min() or 1.0
    axes.set_xlim(min(shown.to_numpy().min() - 0.2 * span, 0), shown.to_numpy().max() + 0.2 * span)
    axes.set_yticks([])
    axes.grid(axis="x")
    axes.tick_params(axis="both", length=0)
    words = [
        f"{name}: {group} {amount(values[0], measure.unit)}, {others} {amount(values[1], measure.unit)}"
        for name, values in zip(shown.index, shown.itertuples(index=False), strict=True)
    ]
    hidden = len(wide) - len(shown)
    return Figure(
        title=title,
        subtitle=f"{sentence_case(measure.name)}, {measure.unit}",
        source=measure.source,
        alt=f"Dumbbell chart. {'; '.join(words)}.",
        png=png(figure),
        table=measure,
        columns=value_columns(measure, **{row: sentence_case(row), side: sentence_case(side)}),
        note=f"{sentence_case(count_of(hidden, 'row'))} not drawn: a figure is too small to show, or not published."
        if hidden
        else "",
    )


def _gap(values, unit: str) -> str:
    """ "16.2 points lower": how the first stands to the second."""
    difference = values[0] - values[1]
    return (
        f"{number(abs(difference), 1)} {'percentage points' if unit == '%' else unit} {'lower' if difference < 0 else 'higher'}"
        if round(difference, 1)
        else "level"
    )
