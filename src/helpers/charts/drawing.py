"""How every picture is drawn: colours, axes, labels at the ends of lines, marks of events, and a PNG without metadata."""

from __future__ import annotations

import io
from dataclasses import dataclass, field
from functools import cache

import pandas as pd

from helpers.disclosure import Controlled
from helpers.extracts.official import periods
from helpers.results import NotEnoughData
from helpers.wording import number, sentence_case

DARK_BLUE, TURQUOISE, DARK_PINK, ORANGE, DARK_GREY, LIGHT_PURPLE = (
    "#12436D",
    "#28A197",
    "#801650",
    "#F46A25",
    "#3D3D3D",
    "#A285D1",
)
BACKGROUND_LINE, INK, SOFT_INK, PANDEMIC = "#BFBFBF", "#1C2126", "#4B5560", "#F3F1EA"
SERIES = [(DARK_BLUE, "-", "o"), (TURQUOISE, "--", "s"), (DARK_PINK, "-.", "^"), (ORANGE, ":", "D")]
WIDTH, HEIGHT, PIXELS_PER_INCH = 8.6, 3.9, 200


@dataclass(frozen=True)
class Figure:
    """A picture fit to be shown: words in `title`, `subtitle`, `source` and `alt`; `png` holds no text of its own but labels.

    `table` holds the numbers drawn (a Controlled measure, or published words); `columns` says which of its columns are shown
    and under which heading, `across` the dimension whose values stand side by side there.
    """

    title: str
    subtitle: str
    source: str
    alt: str
    png: bytes
    table: object
    columns: dict[str, str] = field(default_factory=dict)
    note: str = ""
    across: str = ""


@cache
def pyplot():
    """matplotlib's pyplot in the Analysis Function's style, without a window."""
    import matplotlib

    matplotlib.use("Agg")
    import matplotlib.pyplot as plt

    plt.style.use("afcharts.afcharts")
    # One face on every machine: pictures must not change with the fonts a council happens to have.
    plt.rcParams.update(
        {
            "font.sans-serif": ["DejaVu Sans"],
            "font.size": 10.5,
            "axes.titlesize": 10.5,
            "axes.titleweight": "bold",
            "axes.titlelocation": "left",
        }
    )
    return plt


def axes_grid(height: float = HEIGHT, columns: int = 1, rows: int = 1, **kwargs):
    """A figure as wide as the page and its axes as a grid."""
    return pyplot().subplots(rows, columns, figsize=(WIDTH, height), layout="constrained", squeeze=False, **kwargs)


def png(figure) -> bytes:
    """The picture as PNG without metadata, in few colours so that six stay well within the size of an email."""
    from PIL import Image

    drawn, small = io.BytesIO(), io.BytesIO()
    figure.savefig(drawn, dpi=PIXELS_PER_INCH, metadata={"Software": None}, pil_kwargs={"compress_level": 0})  # packed below
    pyplot().close(figure)
    Image.open(drawn).convert("RGB").quantize(96).save(small, "PNG", optimize=True)
    return small.getvalue()


def label_ends(axes, ends: list[tuple[float, float, str, str]], gap: float = 0.075) -> None:
    """Write each line's name beside its last point, moved apart where two would overlap."""
    low, high = axes.get_ylim()
    step = gap * (high - low)
    placed: list[float] = []
    for x, y, text, colour in sorted(ends, key=lambda end: end[1]):
        at = max(y, placed[-1] + step) if placed else y
        placed.append(at)
        axes.annotate(
            text,
            (x, y),
            xytext=(10, (at - y) / (high - low) * axes.get_window_extent().height * 72 / axes.figure.dpi),
            textcoords="offset points",
            va="center",
            color=colour,
            annotation_clip=False,
            fontsize=10,
            fontweight="bold" if colour == DARK_BLUE else "normal",
        )


def mark_events(axes, events: pd.DataFrame | None, first, last) -> None:
    """Draw what else changed: `events` has date and label, and end where it lasted."""
    if events is None:
        return
    for row, event in enumerate(events.itertuples()):
        start, end = pd.Timestamp(event.date), pd.Timestamp(getattr(event, "end", None) or event.date)
        if end < first or start > last:
            continue
        if end > start:
            axes.axvspan(max(start, first), min(end, last), color=PANDEMIC, zorder=0, linewidth=0)
        else:
            axes.axvline(start, color=SOFT_INK, linewidth=1, linestyle=(0, (2, 2)), zorder=1)
        axes.annotate(
            event.label,
            (max(start, first), 1),
            xycoords=("data", "axes fraction"),
            xytext=(3, -4 - 13 * (row % 2)),
            textcoords="offset points",
            va="top",
            fontsize=9,
            color=SOFT_INK,
            annotation_clip=True,
        )


def unit_axis(axes, unit: str) -> None:
    """A vertical axis that starts at zero (or below, for what can be negative), its numbers written as everywhere else."""
    from matplotlib.ticker import FuncFormatter

    axes.set_ylim(bottom=min(0, axes.dataLim.y0 * 1.1))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: number(value) + ("%" if unit == "%" else "")))
    axes.tick_params(axis="both", length=0)


def enough(values: pd.Series, name: str) -> None:
    """Refuses a chart of `name` none of whose `values` may be shown, in a sentence fit for the page."""
    if values.notna().sum() == 0:
        raise NotEnoughData(f"No figure of {name} can be shown: each is too small, or not published.")


def year_ending(period: str) -> pd.Timestamp:
    """The last day of the year that `period` names ("2024", "2024/25", "September 2025"), or the month or date that it is."""
    text = str(period)
    return pd.Timestamp(text) if "-" in text else pd.Timestamp(periods.bounds(text)[1])


def year_ticks(axes, names: list[str]) -> None:
    """Name the years of a published series beneath its points."""
    at = [year_ending(name) for name in names]
    march = periods.kind_of(names[0]) == "year to 31 March"
    axes.set_xticks(at, [f"to Mar\n{name}" if march else name.replace(" ", "\n") for name in names])


def years_in_words(names: list[str]) -> str:
    """The first and last of a published series' years: "years to 31 March 2020 to 2024", "academic years 2018/19 to 2024/25"."""
    kind = periods.kind_of(names[0])
    first, last = (name.split()[-1] for name in (names[0], names[-1]))
    return f"{periods.PLURALS[kind]} {first} to {last}" if first != last else f"{kind} {first}"


def with_values(measure: Controlled) -> pd.DataFrame:
    """The rows of a measure with their time as `at` and what is drawn as `value`: a plain count's count, else the ratio."""
    data = measure.data
    return data.assign(at=data["period"].map(year_ending), value=data["numerator" if measure.per is None else "ratio"])


def value_columns(measure: Controlled, **dimensions: str) -> dict[str, str]:
    """The headings of the numbers behind a chart: its dimensions, then the values; a plain count has no denominator to show."""
    if measure.per is None:
        return {**dimensions, "numerator": sentence_case(measure.unit)}
    return {
        **dimensions,
        "numerator": "Number",
        "denominator": "Out of",
        "ratio": sentence_case(measure.unit),
        "interval": "95% interval",
    }
