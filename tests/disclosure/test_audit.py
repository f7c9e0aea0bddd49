"""An attacker with an integer program cannot work a suppressed number out, within one table or across several."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers import disclosure
from helpers.disclosure import audit, registry
from helpers.measures import Measure

POLICY = disclosure.Policy()
UNROUNDED = disclosure.Policy(round_to=1, approver="a test")
NO_INTERVAL = {"ratio": np.nan, "ci_low": np.nan, "ci_high": np.nan}


def counts(rows: list[tuple], *dimensions: str, population="children in care", name="children missing") -> Measure:
    """A count typed in by hand: each row its dimensions and then the number."""
    data = pd.DataFrame(rows, columns=[*dimensions, "numerator"]).assign(denominator=np.nan, **NO_INTERVAL)
    return Measure(name, "children", data, dimensions, population, "synthetic", "log")


def with_margins(cells: np.ndarray) -> Measure:
    """A table of localities by years with every margin."""
    whole = np.block([[cells, cells.sum(axis=1, keepdims=True)], [cells.sum(axis=0, keepdims=True), cells.sum().reshape(1, 1)]])
    names = [[*(f"{kind} {i}" for i in range(size)), "All"] for kind, size in zip(("locality", "year"), cells.shape, strict=True)]
    rows = [(a, b, whole[i, j]) for i, a in enumerate(names[0]) for j, b in enumerate(names[1])]
    return counts(rows, "locality", "year")


def share_worked_out(measure: Measure, shown: pd.DataFrame, policy=POLICY) -> float:
    """The share of small cells that the attacker pins to one value."""
    weak = audit.weaknesses([(measure, shown)], policy)
    return sum(one.low == one.high for one in weak) / measure.data["numerator"].between(1, policy.suppress_up_to).sum()


def only_small_hidden(measure: Measure) -> pd.DataFrame:
    """What is often published: small counts suppressed, all else as it is."""
    exact = measure.data["numerator"].astype(float)
    return measure.data.assign(numerator=exact.mask(exact.between(1, 7)))


def test_a_lone_small_cell_beside_a_true_total_is_worked_out():
    table = counts([("Chesil", 3), ("Dorchester", 20), ("All", 23)], "locality")
    [weak] = audit.weaknesses([(table, only_small_hidden(table))], UNROUNDED)
    assert (weak.low, weak.high) == (3, 3)


def test_without_rounding_further_cells_are_hidden_instead():
    table = counts([("Chesil", 3), ("Dorchester", 20), ("Purbeck", 30), ("All", 53)], "locality")
    assert disclosure.control(table, UNROUNDED).data["symbol"].tolist() == ["[c]", "[c]", "", ""]


def test_a_small_cell_that_rounded_totals_leave_too_narrow_is_protected_by_hiding_the_smallest_other():
    table = counts([("Chesil", 3), ("Dorchester", 8), ("Purbeck", 0), ("All", 11)], "locality")
    first = table.data.assign(numerator=[np.nan, 10, 0, 10])
    [weak] = audit.weaknesses([(table, first)], POLICY)
    assert (weak.low, weak.high, weak.where) == (1, 4, {"locality": "Chesil"})
    assert "Chesil" in str(weak)
    assert disclosure.control(table, POLICY).data["symbol"].tolist() == ["[c]", "[c]", "", ""]


@pytest.mark.parametrize("shape", [(3, 2), (5, 4), (12, 4)])
def test_an_attacker_recovers_no_cell_of_a_table_with_margins(shape):
    rng = np.random.default_rng(shape[0])
    naive, ours = [], []
    for _ in range(6):
        table = with_margins(rng.poisson(rng.choice([3, 8, 20], size=shape)))
        naive.append(share_worked_out(table, only_small_hidden(table), UNROUNDED))
        shown = disclosure.control(table, POLICY).data
        assert audit.weaknesses([(table, shown)], POLICY) == []
        ours.append(share_worked_out(table, shown))
        assert shown["numerator"].notna().mean() > 0.2
    assert max(ours) == 0
    assert np.mean(naive) > (0.5 if shape == (3, 2) else 0.1)


@given(st.lists(st.integers(0, 30), min_size=2, max_size=6))
@settings(deadline=None, max_examples=40)
def test_trying_every_combination_leaves_a_suppressed_cell_five_values_at_least(cells):
    *inner, total = [*cells, sum(cells)]
    table = counts([*((f"locality {i}", n) for i, n in enumerate(inner)), ("All", total)], "locality")
    shown = disclosure.control(table, POLICY).data["numerator"]
    *possible, totals = [_could_be(n, true) for n, true in zip(shown, [*inner, total], strict=True)]
    for i, true in enumerate(inner):
        if 1 <= true <= 7:
            others = {0}
            for options in (options for j, options in enumerate(possible) if j != i):
                others = {so_far + n for so_far in others for n in options}
            left = [n for n in possible[i] if any(n + rest in totals for rest in others)]
            assert true in left
            assert len(left) >= POLICY.least_uncertainty


def _could_be(shown: float, true: int) -> range:
    """What an attacker who knows which cells are small makes of one cell."""
    if pd.isna(shown):
        return range(1, 8) if 1 <= true <= 7 else range(0, 181)
    low, high = disclosure.could_be(int(shown), POLICY)
    return range(low, high + 1)


def test_percentages_that_share_out_one_denominator_protect_each_other():
    data = pd.DataFrame({"category": ["neglect", "emotional", "physical"], "numerator": [3, 8, 0], "denominator": [11, 11, 11]})
    shares = Measure("plans by category", "%", data.assign(**NO_INTERVAL), ("category",), "plans", "extract", "plans", 100)
    shown = disclosure.control(shares, POLICY).data
    assert audit.weaknesses([(shares, shown)], POLICY) == []
    assert shown["numerator"].isna().all()


def test_children_counted_in_several_years_make_a_total_below_the_sum_and_are_still_protected():
    table = counts([("2022", 12), ("2023", 5), ("All", 13)], "year")
    shown = disclosure.control(table, POLICY).data
    assert audit.weaknesses([(table, shown)], POLICY) == []


def test_two_tables_that_share_a_margin_are_protected_together():
    by_place = counts([("Chesil", "All", 3), ("Dorchester", "All", 9), ("All", "All", 12)], "locality", "sex")
    by_both = counts([("Chesil", "F", 1), ("Chesil", "M", 2), ("Dorchester", "F", 0), ("Dorchester", "M", 9)], "locality", "sex")
    together = disclosure.control_together([by_place, by_both], POLICY)
    assert audit.weaknesses(list(zip((by_place, by_both), (one.data for one in together), strict=True)), POLICY) == []


def test_a_table_of_a_hundred_rows_is_audited_in_seconds():
    import time

    table = with_margins(np.random.default_rng(3).poisson(6, size=(24, 3)))
    began = time.perf_counter()
    disclosure.control(table, POLICY)
    assert time.perf_counter() - began < 20  # under a second on an idle machine


def test_two_populations_that_differ_by_a_few_children_conflict():
    def record(rows, **more):
        table = counts(rows, "period", **more)
        return registry.record(table, disclosure.control(table, POLICY)) | {
            "set": "made_up",
            "period": "2019-04-01 to 2024-03-31",
        }

    ours = record([("2023", 40), ("2024", 60)], population="children placed by us")
    everyone = record([("2023", 43), ("2024", 90)], population="all children placed here")
    [sentence] = registry.conflicts([ours, everyone])
    assert "period 2023" in sentence
    assert "differ by 1 to 7" in sentence
    assert registry.conflicts([ours, ours]) == []
    assert registry.conflicts([ours, everyone | {"period": "2020-04-01 to 2024-03-31"}]) == []
    assert registry.conflicts([ours, everyone | {"set": "dorset"}]) == []


def test_tables_of_one_measure_that_give_a_number_away_between_them_conflict():
    one = counts([("Chesil", 3), ("Dorchester", 9)], "locality")
    other = counts([("All", 12)], "sex")
    records = [registry.record(table, disclosure.control(table, POLICY)) for table in (one, other)]
    assert all(audit.weaknesses([registry._table(record)], POLICY) == [] for record in records)
    [sentence] = registry.conflicts(records)
    assert "locality Chesil" in sentence


def test_a_correction_of_three_children_must_not_show_between_labels():
    def record(n, label):
        table = counts([("2024", n)], "period")
        return registry.record(table, disclosure.control(table, POLICY)) | {"label": label}

    assert registry.conflicts_between_labels([record(43, "new")], [record(40, "old")])
    assert registry.conflicts_between_labels([record(41, "new")], [record(40, "old")]) == []
    assert registry.conflicts_between_labels([record(60, "new")], [record(40, "old")]) == []
    assert registry.conflicts_between_labels([record(8, "new")], [record(7, "old")])
