"""Every chart is a picture of one width without anything hidden in it, beside its words and its numbers."""

import io
import struct
from functools import cache

import pytest
from chart_samples import EVERY, STEADY, compared, curves, lines, monthly, places, quartiles, shares, spotted
from PIL import Image

from helpers import charts, disclosure


@cache
def figure_of(kind: str) -> charts.Figure:
    return EVERY[kind]()


def test_every_kind_of_chart_is_tried():
    assert set(EVERY) == set(charts.__all__) - {"Figure"}


@pytest.mark.parametrize("kind", EVERY)
def test_a_picture_is_1720_pixels_wide_small_and_holds_nothing_but_the_picture(kind):
    png, chunks, at = figure_of(kind).png, [], 8
    while at < len(png):
        length, name = struct.unpack(">I4s", png[at : at + 8])
        chunks.append(name.decode())
        at += length + 12
    assert png.startswith(b"\x89PNG\r\n\x1a\n") and set(chunks) <= {"IHDR", "PLTE", "tRNS", "IDAT", "IEND"}
    assert Image.open(io.BytesIO(png)).width == 1720
    assert len(png) < 200_000


@pytest.mark.parametrize("kind", EVERY)
def test_a_chart_has_a_title_a_unit_a_source_a_text_alternative_and_the_numbers_behind_it(kind):
    figure = figure_of(kind)
    assert figure.title and figure.subtitle and figure.source.startswith("Source: a log")
    assert len(figure.alt) > 40 and figure.alt.endswith(".")
    assert "nan" not in f"{figure.alt} {figure.title} {figure.subtitle} {figure.note}"
    words = isinstance(figure.table, disclosure.Words)
    disclosure.require(figure.table, disclosure.Words if words else disclosure.Controlled)
    assert set(figure.columns) - {"interval"} <= set(figure.table.data.columns)


def test_the_same_numbers_give_the_same_picture():
    assert EVERY["lines"]().png == figure_of("lines").png


@pytest.mark.parametrize(
    "draw",
    [
        lambda: charts.against_comparators(compared(), focus="Dorset", summary=disclosure.published(quartiles(compared()))),
        lambda: charts.against_comparators(disclosure.published(compared()), focus="Dorset", summary=quartiles(compared())),
        lambda: charts.ranked(compared(), focus="Dorset", period="2024"),
        lambda: charts.lines(shares(Offered=(40, 60)), series="step", title="More"),
        lambda: charts.control_chart(monthly(STEADY), None),
        lambda: charts.interrupted_series(monthly(STEADY), None, change_on="2022-10-01"),
        lambda: charts.localities(places(Chesil=(20, 30)), in_focus=[], focus_name="pilot"),
        lambda: charts.panels(places(Chesil=(20, 30)), panel="locality", title="Rows"),
        lambda: charts.cumulative_incidence(curves().data, group="localities", title="What plans led to"),
        lambda: charts.lines(shares(Offered=(40, 60)).data, series="step", title="More"),
    ],
    ids=["against", "summary", "ranked", "lines", "control chart", "series", "localities", "panels", "curves", "a plain frame"],
)
def test_what_is_not_controlled_is_refused(draw):
    with pytest.raises(TypeError, match="not controlled"):
        draw()


def test_numbers_changed_after_disclosure_control_are_refused():
    released = disclosure.control(shares(Offered=(40, 60)), disclosure.Policy())
    released.data.loc[0, "numerator"] = 3.0
    with pytest.raises(TypeError, match="changed after disclosure control"):
        charts.lines(released, series="step", title="More")


def test_four_groups_can_be_told_apart_and_five_are_refused(drawn):
    with pytest.raises(ValueError, match="at most 4"):
        lines(shares(**{name: (40, 60) for name in "ABCDE"}))
    lines(shares(**{name: (40, 60) for name in "ABCD"}))
    assert len({(line.get_linestyle(), line.get_marker()) for line in drawn[0].axes[0].lines}) == 4  # not by colour alone


# --- marks of what else changed


@pytest.mark.parametrize(
    ("kind", "within"),
    [
        ("control_chart", ["a closure", "a new panel", "a new rule"]),
        ("interrupted_series", ["a closure", "a new panel", "a new rule"]),
        ("against_comparators", ["a new rule"]),
        ("lines", ["a new panel"]),
    ],
)
def test_events_within_the_chart_are_marked_and_others_are_not(drawn, kind, within):
    EVERY[kind]()
    assert [label for label in drawn.writing() if label.startswith(("a ", "after"))] == within


def test_what_lasted_is_a_band_and_what_happened_on_a_day_a_line(drawn):
    from chart_samples import EVENTS

    spotted(STEADY, events=EVENTS)
    spotted(STEADY)
    marked, plain = (figure.axes[0] for figure in drawn)
    assert len(marked.patches) == len(plain.patches) + 1
    assert len(marked.lines) == len(plain.lines) + 2
