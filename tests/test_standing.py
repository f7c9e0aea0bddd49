"""Where a place stands: ranks, changes of two points, funnels, and what is said where a figure has no interval."""

import pandas as pd
import pytest

from helpers import charts, disclosure, standing
from helpers.extracts import official, published
from helpers.measures import Measure
from helpers.results import NotEnoughData

IN = {"period_start": "2019-04-01", "period_end": "2025-12-31"}


def of(values: dict[str, float]) -> Measure:
    rows = [{"period": "2025", "area": area, "role": "local authority" if area == "Dorset" else "neighbour", "ratio": value,
             "numerator": None, "denominator": None} for area, value in values.items()]  # fmt: skip
    return Measure("a share", "%", pd.DataFrame(rows), ("period", "area", "role"), "children", "published", "s", per=100)


def test_a_rank_counts_from_the_highest_value_and_leaves_out_who_has_none():
    measure = of({"Dorset": 20, "Devon": 30, "Kent": 20, "Essex": None})
    assert standing.rank(measure, "2025", ("neighbour",)) == standing.Rank(2, 3)
    assert standing.rank(of({"Dorset": None, "Devon": 30}), "2025", ("neighbour",)) is None


def test_the_table_gives_value_interval_change_ranks_median_and_mean():
    row = standing.table(["re_referrals_share"], "Dorset", **IN).data.iloc[0]
    assert (row["period"], row["ours"], row["england"]) == ("Year to March 2025", "14.7", "22.6")
    assert row["change"] == "14.1 in 2024; difference 0.7, −5.1 to 6.4"  # by chance alone −1.3 to 2.7
    assert row["among_neighbours"] == "10 of 11" and row["with_a_value"] == "10 of 10" and row["median"] != row["mean"]
    assert row["nationally"] == "[x]"  # only the neighbours' figures ship
    said = [standing.table([key], "Dorset", **IN).source for key in ("re_referrals_share", "looked_after_rate")]
    assert [standing.CHANGES in source for source in said] == [True, False]  # children in care vary no more than chance


@pytest.mark.parametrize(
    ("measure", "words"), [("caseload", "full-time equivalents"), ("neet", "three months"), ("attainment_8", "pupils differ"),
                           ("missing_incidents_per_child", "depend on each other"), ("key_stage_2_maths", "not at hand")]
)  # fmt: skip
def test_where_no_interval_can_be_had_a_plain_word_says_why(measure, words):
    row = standing.table([measure], "Dorset", **IN).data.iloc[0]
    assert row["interval"].startswith("none: ") and words in row["interval"] and "ratio" not in row["change"]


def test_the_appendix_holds_every_measure_with_what_its_reader_needs():
    whole = standing.appendix().data
    assert len(whole) == len(published.MEASURES) and set(whole) == set(standing.APPENDIX_COLUMNS)
    assert (whole != "").all(axis=None)
    assert len(standing.appendix(["neet"]).data) == 1
    assert list(standing.appendix(["plans_started_rate"]).data["measure"]) == [
        "Child protection plans started, per 10,000 children"  # and not the count of the same name
    ]


def test_a_funnel_of_neighbours_is_drawn_where_no_others_are_at_hand():
    among = standing.funnel("re_referrals_share", "Dorset")
    assert len(among.measure.data) == 11
    figure = charts.funnel(disclosure.published(among.measure), among.design, focus="Dorset")
    assert figure.png[:4] == b"\x89PNG" and "11 authorities" in figure.alt and "14.7%" in figure.alt
    with pytest.raises(NotEnoughData, match="three months"):
        standing.funnel("neet", "Dorset")


def test_among_all_authorities_the_rank_is_national_and_the_funnel_is_in_the_measures_unit(official_statistics, monkeypatch):
    monkeypatch.setattr(official, "of", lambda: official_statistics)
    row = standing.table(["referral_rate", "caseload"], "Dorset", **IN).data.set_index("measure")
    assert row["nationally"].tolist() == ["134 of 153", "126 of 149"]  # two pairs publish one workforce figure between them
    among = standing.funnel("referral_rate", "Dorset")
    points = among.design.points.set_index("place")
    assert points.loc["Dorset", "value"] == pytest.approx(349.8, abs=0.05)
    assert among.design.target == pytest.approx(519.4, abs=0.5)
    assert points.loc["Dorset", "lower_998"] < points.loc["Dorset", "value"] < points.loc["Dorset", "upper_998"]


def test_a_part_of_england_gives_no_national_rank(tmp_path, monkeypatch):
    header = "time_period,time_identifier,geographic_level,old_la_code,la_name,CPP_start,CPP_subsequent,CPP_subsequent_percent"
    near = [*published.neighbours("Dorset", 2025)[["old_code", "name"]].itertuples(index=False), ("838", "Dorset")]
    rows = [f"2025,Reporting year,Local authority,{code},{name},200,50,25" for code, name in near]
    (tmp_path / "d3.csv").write_text("\n".join([header, *rows, ""]), encoding="utf-8")
    fetched = official.read(tmp_path)
    monkeypatch.setattr(official, "of", lambda: fetched)
    row = standing.table(["repeat_plans_share"], "Dorset", **IN).data.iloc[0]
    assert (row["ours"], row["among_neighbours"], row["nationally"]) == ("25", "1 of 11", "[x]")
