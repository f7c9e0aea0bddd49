"""Published figures of a place against its own past and against others, on a few made-up rows and on Dorset's own."""

import csv
import re
import statistics
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from helpers import comparisons, intervals
from helpers.extracts import published
from helpers.extracts.official import periods
from helpers.measures import Measure, Spread
from helpers.results import NotEnoughData

IN_FIVE_YEARS = {"period_start": "2019-04-01", "period_end": "2024-03-31"}
FORMS = {"lower": "below", "higher": "above", "unclear": "no telling", "unknown": "nothing known"}


def share(*rows, **changes) -> Measure:
    """A published share from rows of (year, role, numerator, denominator, ratio, ci_low, ci_high)."""
    columns = ["period", "role", "numerator", "denominator", "ratio", "ci_low", "ci_high"]
    data = pd.DataFrame(rows, columns=columns).assign(area=lambda d: d["role"].map({"England": "England"}).fillna("Dorset"))
    facts = {"name": "children who went missing", "unit": "%", "population": "children looked after", "source": "Source: DfE."}
    facts |= {"dimensions": ("period", "area", "role"), "basis": "published", "per": 100, "better": "lower"}
    return Measure(data=data, **facts | changes)


NO_FIGURE = ("2024", "local authority", *[np.nan] * 5)
BEFORE = ("2023", "local authority", 60, 600, 10.0, 7.9, 12.6)
OURS = ("2024", "local authority", 71, 590, 12.0, 9.7, 14.9)


def england(ratio, year="2024"):
    return (year, "England", np.nan, np.nan, ratio, np.nan, np.nan)


# --- years


@pytest.mark.parametrize(
    ("period_start", "period_end", "years"),
    [
        ("2019-04-01", "2024-03-31", ["2020", "2021", "2022", "2023", "2024"]),
        ("2019-04-02", "2024-03-30", ["2021", "2022", "2023"]),
        ("2020-01-01", "2021-12-31", ["2021"]),
        ("2022-04-01", "2023-03-31", ["2023"]),
        ("2022-04-02", "2023-03-31", []),
        ("2022-11-01", "2023-10-31", []),
    ],
)
def test_only_years_to_31_march_that_lie_whole_in_the_period_are_counted(period_start, period_end, years):
    assert periods.within("year to 31 March", period_start, period_end) == years


def test_a_period_without_a_whole_reporting_year_is_refused_in_a_sentence():
    with pytest.raises(NotEnoughData) as refused:
        comparisons.published_measure("children_missing_share", "Dorset", "2022-11-01", "2023-10-31")
    assert "Dorset" in str(refused.value) and "none" not in str(refused.value)


def test_a_measure_holds_only_the_years_of_the_period():
    measure = comparisons.published_measure("children_missing_share", "Dorset", "2021-04-01", "2023-03-31")
    assert set(measure.data["period"]) == {"2022", "2023"}
    assert {"local authority", "neighbour", "region", "England"} == set(measure.data["role"])


def test_a_made_up_place_has_no_published_figures_beside_it():
    with pytest.raises(NotEnoughData, match="Wrenshire"):
        comparisons.published_measure("children_missing_share", "Wrenshire", **IN_FIVE_YEARS)
    with pytest.raises(NotEnoughData, match="Wrenshire"):
        comparisons.side_by_side(["section_47_rate"], "Wrenshire", **IN_FIVE_YEARS)


def test_the_latest_year_is_the_last_in_which_the_place_itself_has_a_figure():
    measure = share(BEFORE, NO_FIGURE, england(11.2))
    assert comparisons.latest_year(measure) == "2023"
    assert comparisons.latest_count(measure) == 60
    count = replace(measure, per=None, data=measure.data.assign(ratio=np.nan))
    assert comparisons.latest_year(count) == "2023"


def test_where_figures_begin_later_than_the_period_it_is_the_period_that_lacks_them():
    for table in (comparisons.side_by_side, comparisons.by_year):
        with pytest.raises(NotEnoughData, match="April 2016 to March 2018"):
            table(["section_47_rate"], "Dorset", "2016-04-01", "2018-03-31")


# --- the first year against the last


def test_a_share_is_compared_from_its_first_year_to_its_last_in_percentage_points():
    measure = share(
        ("2022", "local authority", 20, 100, 20.0, 0, 0),
        ("2021", "England", 9, 10, 90.0, 0, 0),
        ("2023", "local authority", 90, 100, 90.0, 0, 0),
        ("2024", "local authority", 30, 100, 30.0, 0, 0),
    )
    effect = comparisons.first_to_last(measure)
    assert effect.estimate == pytest.approx(10) and effect.scale == "percentage points" and effect.design == "two_points"
    assert effect.ci_low < 10 < effect.ci_high and effect.n == 200
    assert comparisons.years_compared(measure) == "between the years to March 2022 and March 2024"


def test_a_rate_is_compared_as_a_ratio_of_counts_over_populations():
    measure = share(("2020", "local authority", 100, 10_000, 100.0, 0, 0), ("2024", "local authority", 75, 15_000, 50.0, 0, 0),
                    unit="per 10,000 children", per=10_000)  # fmt: skip
    effect = comparisons.first_to_last(measure, worthwhile=0.8)
    assert effect.estimate == pytest.approx(0.5) and effect.scale == "rate ratio" and effect.worthwhile == 0.8


def test_plans_of_families_in_years_that_wander_differ_no_more_often_than_promised_and_the_finding_says_why():
    """Each year 150 families start plans, 1.9 children each, of a level that wanders by a tenth: chance alone finds 36 in 100."""
    rng, false = np.random.default_rng(1), {"chance": 0, "allowed": 0}
    for _ in range(80):
        first, last = ((1 + rng.poisson(0.86, rng.poisson(150 * np.exp(rng.normal(0, 0.1))))).sum() for _ in range(2))
        years = share(("2022", "local authority", first, 60_000, 0, 0, 0), ("2024", "local authority", last, 60_000, 0, 0, 0),
                      unit="per 10,000 children", per=10_000, spread=Spread(2.26, 0.1))  # fmt: skip
        effect = comparisons.first_to_last(years)
        false["allowed"] += effect.p_value < 0.05
        false["chance"] += comparisons.first_to_last(years, phi=1.0).p_value < 0.05
    assert false["chance"] > 0.25 * 80 and 0 < false["allowed"] < 0.1 * 80
    assert "those of English authorities vary" in effect.checks[0].detail and "times as much as chance" in effect.checks[0].detail
    assert comparisons.MOVING in effect.checks[0].detail
    unmeasured = comparisons.first_to_last(replace(years, spread=None)).checks[0].detail
    assert "not measured" in unmeasured and "chance alone" in unmeasured


def test_what_families_and_wandering_add_is_told_by_how_much_two_figures_rest_on():
    assert Spread().phi(300, 200) == 1 and Spread(2.0, 0.1).phi(0, 200) == 2
    # Log counts of 300 and 150: chance 1/300 + 1/150 = 0.01, twice for families, and 2 x 0.01 of wandering, 4 times chance.
    assert Spread(2.0, 0.1).phi(300, 150) == pytest.approx(4.0)


def test_years_without_both_counts_are_passed_over_and_one_year_alone_shows_no_change():
    rows = [("2020", "local authority", np.nan, np.nan, 20.0, np.nan, np.nan), ("2022", "local authority", 5, 0, np.nan, 0, 0),
            ("2023", "local authority", 20, 100, 20.0, 0, 0), ("2024", "local authority", 30, 100, 30.0, 0, 0)]  # fmt: skip
    assert comparisons.years_compared(share(*rows)) == "between the years to March 2023 and March 2024"
    with pytest.raises(NotEnoughData, match="two years"):
        comparisons.first_to_last(share(*rows[:3]))


def yearly(**values) -> Measure:
    """The place's own shares by year, each with an interval of two points either way and a count out of 100."""
    return share(*((year[1:], "local authority", value, 100, value, value - 2, value + 2) for year, value in values.items()))


def test_a_change_is_seen_from_the_last_whole_year_before_it():
    measure = yearly(y2020=10, y2021=11, y2022=12, y2023=13, y2024=14)
    kept = comparisons.since_before(measure, "2022-11-01").data["period"]
    assert list(kept) == ["2022", "2023", "2024"]
    assert list(comparisons.since_before(measure, "2022-03-31").data["period"]) == ["2022", "2023", "2024"]
    assert list(comparisons.since_before(measure, "2022-03-30").data["period"]) == ["2021", "2022", "2023", "2024"]


def test_every_year_is_kept_where_a_late_change_would_leave_fewer_than_two():
    measure = yearly(y2020=10, y2021=11, y2022=12)
    assert (
        len(comparisons.since_before(measure, "2023-11-01").data)
        == len(comparisons.since_before(measure, "2022-06-01").data)
        == 3
    )


def test_the_years_between_are_told_where_one_lies_outside_both_ends():
    assert comparisons.path(yearly(y2020=10, y2021=10.5, y2022=11)) == ""
    assert comparisons.path(yearly(y2020=10, y2021=11.9, y2022=16)) == ""
    peak = yearly(y2020=10, y2021=18, y2022=11)
    assert comparisons.path(peak) == " Year by year it was 10% (2020), 18% (2021) and 11% (2022)."
    rates = replace(peak, unit="per 10,000 children")
    assert comparisons.path(rates) == " Year by year it was 10 (2020), 18 (2021) and 11 (2022) per 10,000 children."
    assert comparisons.path(yearly(y2020=10, y2022=18)) == ""


def test_dorsets_missing_children_of_2020_and_2024_are_compared_as_published():
    effect = comparisons.first_to_last(comparisons.published_measure("children_missing_share", "Dorset", **IN_FIVE_YEARS))
    rows = {row["year"]: row for row in rows_of("benchmarks", measure_key="children_missing_share", area="Dorset")}
    first, last = (float(rows[year]["numerator"]) / float(rows[year]["denominator"]) for year in ("2020", "2024"))
    assert effect.estimate == pytest.approx(100 * (last - first))


# --- beside others


@pytest.mark.parametrize(
    ("theirs", "form"),
    [(15.0, "lower"), (9.6, "higher"), (11.2, "unclear"), (9.7, "unclear"), (14.9, "unclear"), (np.nan, "unknown")],
)
def test_a_place_is_above_or_below_england_only_where_england_lies_outside_its_interval(theirs, form):
    assert comparisons.against(share(OURS, england(theirs)), "England", "2024", **FORMS) == FORMS[form]


def test_without_an_interval_or_without_the_other_area_nothing_is_said_of_the_difference():
    without_interval = ("2024", "local authority", np.nan, np.nan, 12.0, np.nan, np.nan)
    assert comparisons.against(share(without_interval, england(15.0)), "England", "2024", **FORMS) == FORMS["unknown"]
    assert comparisons.against(share(OURS), "England", "2024", **FORMS) == FORMS["unknown"]
    assert comparisons.against(share(OURS, england(15.0)), "region", "2024", **FORMS) == FORMS["unknown"]
    assert comparisons.against(share(OURS, england(15.0)), "England", "2023", **FORMS) == FORMS["unknown"]


def standing(*rows, **changes):
    return comparisons.beside_england(share(*rows, **changes), finding_id="beside-england", subject="The share who went missing")


def test_the_sentence_beside_england_follows_the_figures_in_all_its_forms():
    without_interval = ("2024", "local authority", np.nan, np.nan, 12.0, np.nan, np.nan)
    lower, higher, unclear, unknown = (
        standing(*rows).statement
        for rows in ([OURS, england(15.0)], [OURS, england(9.0)], [OURS, england(11.2)], [without_interval, england(11.2)])
    )
    assert "lower than England’s 15.0%" in lower and "higher" not in lower
    assert "higher than England’s 9.0%" in higher and "lower" not in higher
    assert "cannot be told apart from England’s 11.2%" in unclear
    assert "lower" not in unknown and "higher" not in unknown and "11.2%" in unknown
    assert all("12" in said for said in (lower, higher, unclear, unknown))
    assert all("9.7 to 14.9" in said for said in (lower, higher, unclear)) and "interval" in unknown


def test_standing_beside_england_describes_and_says_what_it_is_compared_with():
    found = standing(OURS, england(9.0))
    assert (found.direction, found.strength, found.basis) == ("describes", "describes", "published")
    assert found.comparator == {"name": "England", "basis": "published"}
    assert (found.estimate, found.ci_low, found.ci_high) == (12.0, 9.7, 14.9)


@pytest.mark.parametrize("rows", [[OURS, england(np.nan)], [OURS], [OURS, england(11.2, year="2023")]])
def test_where_england_has_no_figure_the_sentence_gives_none(rows):
    statement = standing(*rows).statement
    assert "nan" not in statement and "12" in statement


# --- side by side


def rows_of(file_name, /, **values):
    with (published.DATA / f"{file_name}.csv").open(encoding="utf-8-sig", newline="") as file:
        return [row for row in csv.DictReader(file) if all(row[column] == value for column, value in values.items())]


def test_the_neighbours_median_is_that_of_the_ten_published_figures_of_the_latest_year():
    table = comparisons.side_by_side(["section_47_rate", "looked_after_rate"], "Dorset", **IN_FIVE_YEARS).data
    assert list(table["year"]) == ["2024", "2024"]
    near = {row["neighbour_name"] for row in rows_of("statistical_neighbours", name="Dorset", model="2025")}
    assert len(near) == 10
    published_rows = rows_of("benchmarks", measure_key="section_47_rate", year="2024")
    values = {row["area"]: float(row["value"]) for row in published_rows if row["value"]}
    median = statistics.median(value for area, value in values.items() if area in near)
    row = table.iloc[0]
    assert float(row["neighbours"]) == pytest.approx(median, abs=0.051)
    assert float(row["england"]) == pytest.approx(values["England"], abs=0.051)
    assert float(row["region"]) == pytest.approx(values["South West"], abs=0.051)
    assert float(row["ours"]) == pytest.approx(values["Dorset"], abs=0.051)
    low, high = map(float, row["interval"].split(" to "))
    assert low < values["Dorset"] < high


def test_each_measure_stands_in_its_own_latest_year_and_one_without_figures_is_left_out(monkeypatch):
    ours = {
        "old": share(BEFORE, NO_FIGURE, england(11.2, "2023"), england(12.5)),
        "bare": share(("2024", "local authority", np.nan, np.nan, 8.0, np.nan, np.nan)),
        "empty": share(NO_FIGURE),
    }
    monkeypatch.setattr(published, "benchmarks", lambda key, place, group: ours[key])
    table = comparisons.side_by_side(["old", "bare", "empty"], "Dorset", **IN_FIVE_YEARS).data
    assert list(table["year"]) == ["2023", "2024"]
    assert list(table["england"]) == ["11.2", "[x]"]
    assert list(table["interval"]) == ["7.9 to 12.6", "[x]"]
    assert list(table["region"]) == ["[x]", "[x]"]
    assert list(table["neighbours"]) == ["[x]", "[x]"]


def test_a_place_is_higher_or_lower_than_its_neighbours_only_where_its_interval_lies_clear_of_their_median(monkeypatch):
    near = [("2024", "neighbour", np.nan, np.nan, value, np.nan, np.nan) for value in (8, 9, 10, 11, 12)]
    ours = {key: ("2024", "local authority", 1, 1, value, value - 1, value + 1) for key, value in
            {"above": 13.0, "below": 7.0, "about": 10.5}.items()}  # fmt: skip
    measures = {key: share(row, *near, name=f"{key} the others") for key, row in ours.items()}
    measures["without"] = share(NO_FIGURE, *near)
    monkeypatch.setattr(published, "benchmarks", lambda key, place, group: measures[key])
    said = comparisons.beside_neighbours(list(measures), "Dorset", **IN_FIVE_YEARS)
    assert "higher on above the others" in said and "lower on below the others" in said
    assert re.search("cannot be told apart on about the others", said)
    assert comparisons.beside_neighbours(["about"], "Dorset", **IN_FIVE_YEARS).count("cannot") == 1
    with pytest.raises(NotEnoughData, match="median"):
        comparisons.beside_neighbours(["without"], "Dorset", **IN_FIVE_YEARS)


def test_a_figure_printed_rounded_that_lies_past_its_own_limit_is_told_apart_all_the_same(monkeypatch):
    near = [("2024", "neighbour", np.nan, np.nan, 9.0, np.nan, np.nan)] * 5
    measure = share(("2024", "local authority", 1, 1, 12.0, 12.1, 12.5), *near)
    monkeypatch.setattr(published, "benchmarks", lambda key, place, group: measure)
    assert "is higher on" in comparisons.beside_neighbours(["rounded"], "Dorset", **IN_FIVE_YEARS)


def test_a_place_like_its_neighbours_is_seldom_told_apart_on_any_of_ten_measures(monkeypatch):
    """Ten shares of 500 children at their neighbours' median: single intervals tell one apart in 40 places of 100."""
    rng, false, alone = np.random.default_rng(1), 0, 0
    near = [("2024", "neighbour", np.nan, np.nan, 20.0, np.nan, np.nan)] * 5
    for _ in range(8):
        counts = rng.binomial(500, 0.2, 10)
        limits = intervals.wilson(counts, np.full(10, 500)).times(100)
        alone += bool(((limits.low > 20) | (limits.high < 20)).any())
        rows = zip(counts, counts / 5, limits.low, limits.high, strict=True)
        measures = {f"m{k}": share(("2024", "local authority", n, 500, *of), *near) for k, (n, *of) in enumerate(rows)}
        monkeypatch.setattr(published, "benchmarks", lambda key, place, group, of=measures: of[key])
        monkeypatch.setattr(comparisons, "neighbours_median", lambda measure, year: 20.0)
        false += " is higher on" in (said := comparisons.beside_neighbours(list(measures), "Dorset", **IN_FIVE_YEARS))
        false += " is lower on" in said
    assert alone >= 3 and false == 0 and "ten measures looked at" in said


def test_a_places_own_figures_stand_year_by_year_with_a_symbol_where_none_is_published(monkeypatch):
    rates = yearly(y2023=10.25, y2024=11)
    counts = share(
        ("2024", "local authority", 1234, np.nan, np.nan, np.nan, np.nan), per=None, unit="children", name="children in care"
    )
    withheld = yearly(y2023=9, y2024=9)
    withheld.data.loc[1, ["numerator", "ratio", "ci_low", "ci_high"]] = np.nan
    withheld = replace(withheld, data=withheld.data.assign(symbol=["", "c"]))
    measures = {"rates": rates, "counts": counts, "withheld": withheld}
    monkeypatch.setattr(published, "benchmarks", lambda key, place, group: measures[key])
    table = comparisons.by_year(list(measures), "Dorset", **IN_FIVE_YEARS).data.set_index("measure")
    assert table["2023"].tolist() == ["10.2", "[x]", "9"]
    assert table["2024"].tolist() == ["11.0", "1,234", "[c]"]
    assert table.index[1] == "Children in care"  # the unit is in the name already


def test_dorsets_own_figures_are_those_of_the_published_file():
    table = comparisons.by_year(["children_missing"], "Dorset", **IN_FIVE_YEARS).data.iloc[0]
    rows = rows_of("benchmarks", measure_key="children_missing", area="Dorset")
    printed = {row["year"]: f"{float(row['value']):,.0f}" for row in rows if "2020" <= row["year"] <= "2024"}
    assert {year: table[year] for year in printed} == printed and len(printed) == 5


def test_a_sentence_of_the_source_that_another_says_more_fully_is_told_once():
    told = comparisons.sources_together([share(source="Source: DfE. Populations: estimates."),
                                         share(source="Source: DfE. Populations: estimates to 2024.")])  # fmt: skip
    assert told.count("Populations") == 1 and "to 2024" in told
