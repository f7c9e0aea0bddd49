"""Small counts do not leave: what readers may see of a measure, whatever the measure."""

import json
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers import disclosure
from helpers.disclosure import registry
from helpers.disclosure.controlled import Controlled
from helpers.measures import Measure

POLICY = disclosure.Policy()
COUNTS = st.integers(0, 3000) | st.integers(0, 25)


def measure(numerator, denominator=None, *, unit="children", per=None, interval=True, basis="synthetic", **dimensions) -> Measure:
    """A measure typed in by hand, as measures.counts and their like would make it."""
    dimensions = dimensions or {"locality": [f"locality {i}" for i in range(len(numerator))]}
    data = pd.DataFrame(dimensions).assign(numerator=numerator, denominator=np.nan if denominator is None else denominator)
    data = data.assign(
        ratio=(per or np.nan) * data["numerator"] / data["denominator"], ci_low=0.0 if interval else np.nan, ci_high=np.nan
    )
    return Measure("children missing", unit, data, tuple(dimensions), "children in care", basis, "missing episodes log", per)


def test_a_count_from_1_to_7_is_confidential_and_the_others_are_rounded_to_5_on_their_own():
    shown = disclosure.control(measure([0, 1, 7, 8, 12, 13, 23]), POLICY).data
    assert shown["symbol"].tolist() == ["", "[c]", "[c]", "", "", "", ""]
    assert shown["numerator"].dropna().tolist() == [0, 10, 10, 15, 25]


@given(st.lists(COUNTS, min_size=1, max_size=30))
@settings(deadline=None, max_examples=30)
def test_no_released_count_is_1_to_7_and_each_is_a_multiple_of_5(counts):
    shown = disclosure.control(measure(counts), POLICY).data["numerator"].dropna()
    assert not shown.between(1, 7).any()
    assert (shown % 5 == 0).all()


@given(st.lists(st.tuples(COUNTS, COUNTS), min_size=1, max_size=20))
@settings(deadline=None, max_examples=30)
def test_a_percentage_and_its_interval_can_be_worked_out_from_the_controlled_numbers_alone(pairs):
    data = [(min(pair), max(pair)) for pair in pairs]
    shown = disclosure.control(measure(*zip(*data, strict=True), unit="%", per=100), POLICY).data
    known = shown["ratio"].notna()
    assert not shown.loc[~known, ["ci_low", "ci_high"]].notna().any().any()
    if known.any():
        alone = shown.loc[known, ["numerator", "denominator"]]
        again = disclosure.control(measure(*alone.to_numpy().T.tolist(), unit="%", per=100), POLICY).data
        ends = ["numerator", "denominator", "ratio", "ci_low", "ci_high"]
        pd.testing.assert_frame_equal(shown.loc[known, ends].reset_index(drop=True), again[ends])
    few = known & (shown["denominator"] < 100)
    assert (shown.loc[few, "ratio"] % 1 == 0).all()
    assert not shown.loc[known, "ratio"].isin([0, 100]).any()


@given(st.lists(st.tuples(COUNTS, COUNTS), min_size=1, max_size=20), st.integers(7, 20), st.integers(5, 12), st.integers(0, 10))
@settings(deadline=None, max_examples=30)
def test_a_stricter_policy_hides_whatever_a_looser_one_hides(pairs, up_to, round_to, stricter):
    given_measure = measure([min(p) for p in pairs], [max(p) for p in pairs], unit="per 1,000 days in care", per=1000)
    loose, strict = (disclosure.Policy(suppress_up_to=up_to + more, round_to=round_to) for more in (0, stricter))
    hidden = [disclosure.control(given_measure, policy).data["numerator"].isna() for policy in (loose, strict)]
    assert (hidden[1] | ~hidden[0]).all()


@given(st.integers(0, 5000), st.integers(7, 30), st.integers(5, 25))
def test_a_shown_count_can_stand_for_the_true_one_and_is_never_in_the_suppressed_range(n, up_to, round_to):
    policy = disclosure.Policy(suppress_up_to=up_to, round_to=round_to)
    shown = disclosure.round_count(n, policy)
    if shown is None:
        assert 1 <= n <= up_to
    else:
        low, high = disclosure.could_be(shown, policy)
        assert low <= n <= high
        assert shown == 0 or shown > up_to
        for end in (low, high):
            assert disclosure.round_count(end, policy) == shown


def test_an_interval_beside_a_suppressed_number_is_suppressed():
    shown = disclosure.control(measure([5, 40], [60, 80], unit="%", per=100), POLICY).data
    assert shown.loc[0, ["numerator", "ratio", "ci_low", "ci_high"]].isna().all()
    assert shown.loc[1, ["ci_low", "ci_high"]].tolist() == [39, 61]


def test_a_measure_without_an_interval_gets_none():
    assert disclosure.control(measure([40], [80], unit="%", per=100, interval=False), POLICY).data["ci_low"].isna().all()


def test_nobody_and_everybody_of_a_group_are_confidential_but_a_true_zero_count_stands():
    shares = disclosure.control(measure([0, 30, 28, 15], [30, 30, 30, 30], unit="%", per=100), POLICY).data
    assert shares["symbol"].tolist() == ["[c]", "[c]", "[c]", ""]
    rates = disclosure.control(measure([0, 30], [3000, 3000], unit="per 1,000 days in care", per=1000), POLICY).data
    assert rates["numerator"].tolist() == [0, 30]


def test_a_small_denominator_takes_its_row_along_and_a_ratio_to_nobody_is_not_applicable():
    shown = disclosure.control(measure([20, 0], [6, 0], unit="per child", per=1), POLICY).data
    assert shown["symbol"].tolist() == ["[c]", "[z]"]
    assert shown.loc[0, ["numerator", "denominator", "ratio"]].isna().all()


def test_a_mean_of_fewer_than_ten_children_is_confidential():
    shown = disclosure.control(measure([40, 40], [9, 10], unit="incidents per child", per=1), POLICY).data
    assert shown["symbol"].tolist() == ["[c]", ""]


def test_days_at_risk_are_rounded_as_well():
    shown = disclosure.control(measure([20], [1234.5], unit="per 1,000 days in care", per=1000), POLICY).data
    assert shown["denominator"].tolist() == [1235]
    assert shown["ratio"].tolist() == [1000 * 20 / 1235]


def test_an_interval_widened_for_repeats_stays_as_wide():
    plain = measure([100, 200], [10000, 20000], unit="per 1,000 days in care", per=1000)
    shown = disclosure.control(plain, POLICY).data
    wide = replace(plain, data=plain.data.assign(ci_high=plain.data["ratio"] + 2 * (shown["ci_high"] - plain.data["ratio"])))
    assert (disclosure.control(wide, POLICY).data["ci_high"] - 10).tolist() == pytest.approx(
        (2 * (shown["ci_high"] - 10)).tolist()
    )


def test_a_median_needs_ten_children_and_a_tenth_fifty():
    medians = measure([np.nan] * 3, [9, 12, 60], unit="days").data.assign(ratio=[3.0, 4.4, 5.6])
    medians = replace(measure([1]), data=medians)
    assert disclosure.control_summary(medians, POLICY, "median").data["ratio"].tolist()[1:] == [4, 6]
    assert disclosure.control_summary(medians, POLICY, "p90").data["symbol"].tolist() == ["[c]", "[c]", ""]


def test_a_row_without_a_figure_is_not_available():
    assert disclosure.control(measure([np.nan, 20]), POLICY).data["symbol"].tolist() == ["[x]", ""]


def test_a_looser_policy_needs_a_named_approver():
    with pytest.raises(ValueError, match="suppress_up_to 5 is looser than 7"):
        disclosure.Policy(suppress_up_to=5)
    with pytest.raises(ValueError, match="min_group"):
        disclosure.Policy(min_group=5, approver="  ")
    assert disclosure.Policy(suppress_up_to=5, approver="A. Head of Performance").record()["approver"]
    with pytest.raises(ValueError, match="whole number"):
        disclosure.Policy(round_to=7.5)


def test_published_figures_keep_their_publishers_symbols_and_are_never_rounded_again():
    official = measure([71, np.nan, np.nan, np.nan, np.nan], [590, 580, 570, 560, np.nan], unit="%", per=100, basis="published")
    official = replace(official, data=official.data.assign(symbol=["", "c", "z", "k", ""]))
    shown = disclosure.published(official)
    assert shown.data["symbol"].tolist() == ["", "[c]", "[z]", "[low]", "[x]"]
    assert shown.data["numerator"].tolist()[0] == 71
    assert shown.policy is None
    with pytest.raises(ValueError, match=r"call disclosure\.published"):
        disclosure.control(official, POLICY)
    with pytest.raises(ValueError, match=r"call disclosure\.control"):
        disclosure.published(measure([3]))
    with pytest.raises(ValueError, match="symbols"):
        disclosure.published(replace(official, data=official.data.assign(symbol="q")))


def test_impossible_counts_are_refused():
    for bad in (
        measure([-1]),
        measure([5], [3], unit="%", per=100),
        measure([5], unit="%", per=100),
        measure([9, 9], locality=["a", "a"]),
    ):
        with pytest.raises(ValueError):
            disclosure.control(bad, POLICY)


def test_only_disclosure_makes_a_controlled_table_and_nobody_changes_one():
    shown = disclosure.control(measure([20, 30]), POLICY)
    with pytest.raises(TypeError, match=r"helpers\.disclosure"):
        Controlled(
            **{
                name: getattr(shown, name)
                for name in ("name", "unit", "data", "dimensions", "population", "basis", "source", "policy")
            }
        )
    with pytest.raises(TypeError):
        replace(shown, data=shown.data.assign(numerator=[3, 4]))
    with pytest.raises(TypeError, match=r"disclosure\.control"):
        disclosure.require(measure([20]))
    assert disclosure.require(shown.where(locality="locality 1")).data["numerator"].tolist() == [30]
    assert disclosure.require(shown.sorted("numerator", ascending=False)).data["numerator"].tolist() == [30, 20]
    shown.data.loc[0, "numerator"] = 3
    with pytest.raises(TypeError, match="changed after"):
        disclosure.require(shown)


def test_words_are_released_as_words_with_their_source():
    words = disclosure.published_words(pd.DataFrame({"limit": ["Recording changed in 2022"]}), source="Self-evaluation, May 2024")
    assert disclosure.require(words, disclosure.Words) is words
    with pytest.raises(TypeError):
        disclosure.require(words)
    with pytest.raises(ValueError, match="source"):
        disclosure.published_words(pd.DataFrame(), source=" ")


def test_the_register_is_kept_for_the_owner_alone_and_holds_every_table(tmp_path, monkeypatch):
    path = tmp_path / "tables.jsonl"
    monkeypatch.setenv(registry.FILE, str(path))
    disclosure.control(measure([3, 20]), POLICY)
    disclosure.control(measure([3, 20]), POLICY)  # the cell ran again
    if hasattr(__import__("os"), "fork"):
        assert path.stat().st_mode & 0o077 == 0
    [record] = registry.read(path, set="made_up", theme="missing_children")
    assert record["set"] == "made_up"
    assert [row["shown"][0] for row in record["rows"]] == [None, 20]
    json.dumps(record)
    assert registry.read(tmp_path / "none.jsonl") == []
