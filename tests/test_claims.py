"""The self-evaluation's claims: the published example's arithmetic, the rules of each verdict, and what null data give."""

import itertools
from functools import cache

import numpy as np
import pandas as pd
import pytest

from helpers import charts, claims, disclosure
from helpers.claims.tables import VARYING, permits
from helpers.claims.verdicts import inside_a_sentence
from helpers.designs.two_points import two_counts, two_proportions
from helpers.results import Effect, NotEnoughData


@pytest.fixture(scope="module")
def figures():
    return claims.figures_of("Dorset")


@pytest.fixture(scope="module")
def judged(figures):
    return {claim.row["figure_id"]: claim for claim in claims.judge(claims.claims_of(figures))}


@cache
def a_figure() -> pd.DataFrame:
    return claims.figures_of("Dorset").iloc[[0]]


def claim_of(**values) -> pd.DataFrame:
    """One made-up claim in the columns of the file: 40 incidents, then 20, unless told otherwise."""
    usual = a_figure().copy()
    usual[[c for c in usual.columns if usual[c].dtype == float]] = np.nan
    words = {
        "figure_id": "made_up", "measure": "Incidents", "breakdown": "", "unit": "incidents", "claim": "change", "alike": "yes",
        "claimed_direction": "down", "counted_as": "incidents", "better": "lower", "not_alike_because": "", "note": "",
    }  # fmt: skip
    return usual.assign(**(words | {"previous_value": 40.0, "value": 20.0} | values))


# What the methods notes work out by hand: figure, p-value, verdict.
COUNTS = [
    ("missing_incidents_in_care", 0.66, "noise"), ("in_care_missing", 0.75, "noise"), ("child_protection_plans", 0.74, "noise"),
    ("in_care_excluding_uasc", 0.86, "noise"), ("children_in_need", 0.0, "signal"), ("early_help", 0.003, "signal"),
    ("efrh_significant", 0.044, "not testable"), ("early_permanence", 0.0, "signal"), ("neet_illness", 0.14, "noise"),
    ("neet_parenthood", 0.38, "noise"), ("staying_put", 0.33, "noise"),
]  # fmt: skip


@pytest.mark.parametrize(("figure_id", "p", "verdict"), COUNTS)
def test_counts_have_the_p_value_worked_out_by_hand(judged, figure_id, p, verdict):
    claim = judged[figure_id]
    assert (claim.independent or claim.effect).p_value == pytest.approx(p, abs=0.006)
    assert claim.verdict == verdict


def test_missing_incidents_are_clear_only_if_no_child_is_counted_twice(judged):
    claim = judged["missing_incidents_all"]
    alone = claim.independent
    # The notes print the log-normal interval, 0.51 to 0.95; the exact one is a little wider.
    assert (alone.estimate, alone.ci_low, alone.ci_high) == pytest.approx((0.69, 0.51, 0.95), abs=0.012)
    assert alone.p_value == pytest.approx(0.027, abs=0.001)
    assert claim.effect.p_value == pytest.approx(0.19, abs=0.005)
    assert claim.verdict == "noise"


def test_rate_ratios_and_intervals_of_the_counts_on_a_day(judged):
    early_help, in_need = judged["early_help"].effect, judged["children_in_need"].effect
    assert (early_help.estimate, early_help.ci_low, early_help.ci_high) == pytest.approx((1.12, 1.04, 1.20), abs=0.005)
    assert (in_need.estimate, in_need.ci_low, in_need.ci_high) == pytest.approx((0.81, 0.75, 0.88), abs=0.008)
    assert early_help.design == in_need.design == "two_stocks"


@pytest.mark.parametrize(
    ("figure_id", "p"), [("gcse_maths", 0.23), ("gcse_five", 0.22), ("gcse_five_english_maths", 0.71), ("gcse_english", 1.0)]
)
def test_gcse_claims_have_fishers_p_value_on_cohorts_of_42_and_22(judged, figure_id, p):
    assert judged[figure_id].effect.p_value == pytest.approx(p, abs=0.006)
    assert judged[figure_id].effect.n == 64


def test_english_is_described_as_better_and_fell(judged):
    assert judged["gcse_english"].verdict == "inconsistent"


@pytest.mark.parametrize("figure_id", ["review_health", "dental", "pep_on_time"])
def test_large_rises_are_signals_for_every_plausible_denominator(judged, figure_id):
    assert judged[figure_id].verdict == "signal"


@pytest.mark.parametrize(
    "figure_id",
    [
        "immunisations",
        "long_term_stability",
        "left_by_adoption",
        "left_by_special_guardianship",
        "left_by_reunification",
        "repeat_missing",
    ],
)
def test_smaller_changes_of_percentages_are_noise_for_every_plausible_denominator(judged, figure_id):
    assert judged[figure_id].verdict == "noise"


def test_initial_assessments_are_a_signal_in_a_year_of_children_but_not_in_a_single_month(judged):
    claim = judged["initial_health"]
    assert claim.effect.p_value < 0.001
    assert claim.verdict == "not testable"
    assert claim.reason.startswith("A signal unless the percentage covers 17 or fewer")
    assert "one month" in claim.reason


ATTAINMENT = {  # what is printed, and how many pupils: verdicts by the exact binomial test at 50%
    "eyfs_maths": "signal", "ks1_maths": "agrees with no change", "ks2_maths": "signal", "ks2_maths_girls": "signal",
    "ks4_maths": "signal", "ks4_maths_girls_level": "signal", "ks4_maths_boys": "noise", "ks2_writing": "signal",
    "ks2_writing_boys": "signal", "ks2_writing_girls": "signal",
}  # fmt: skip


@pytest.mark.parametrize("figure_id", ATTAINMENT)
def test_every_difference_of_attainment_from_england_is_tested_on_a_known_or_assumed_cohort(judged, figure_id):
    claim = judged[figure_id]
    assert claim.verdict == ATTAINMENT[figure_id]
    printed_gap = claim.row["value"] - (claim.row["comparator_value"] if claim.row["unit"] == "%" else 0)
    assert claim.effect.estimate == pytest.approx(printed_gap)
    # The interval is as wide as that of one proportion near one half.
    half = 1.96 * 50 / claim.row["n_assumed"] ** 0.5
    assert (claim.effect.ci_high - claim.effect.ci_low) / 2 == pytest.approx(half, rel=0.02)


def test_about_the_same_agrees_with_no_change_only_where_it_cannot_be_told_from_it(judged):
    same = {"claimed_direction": "same", "counted_as": "events"}
    assert claims.judge(claim_of(**same, previous_value=50.0, value=54.0))[0].verdict == "agrees with no change"
    assert claims.judge(claim_of(**same, previous_value=50.0, value=150.0))[0].verdict == "signal"
    assert judged["in_care"].verdict == "agrees with no change"
    assert judged["custody"].verdict == "noise"  # its interval excludes no change


def test_the_adjustment_counts_every_test_made(judged):
    every = list(judged.values())
    settled = sum(claim.verdict != "not testable" for claim in every)
    assert claims.family(every) == settled + 1  # initial health assessments hang on a number
    assert f"allow for {claims.family(every)} tests" in claims.allowed_for(every)
    detail = claims.finding(every, "missing_incidents_all").checks[-1].detail
    assert f"all {claims.family(every)} tests" in detail


def test_signals_are_told_as_favourable_unfavourable_or_neither(judged):
    every = list(judged.values())
    assert claims.ways(every) in claims.in_short(every)
    assert claims.ways(every) in claims.overall_finding(every).statement
    rose, fell = (claims.judge(claim_of(previous_value=a, value=b, counted_as="events", claimed_direction=""))[0]
                  for a, b in ((30.0, 90.0), (90.0, 30.0)))  # fmt: skip
    neither = claims.judge(claim_of(previous_value=30.0, value=90.0, counted_as="events", claimed_direction="", better=""))[0]
    assert claims.ways([rose, rose, fell]) == "one favourable, two unfavourable, none neither"
    assert claims.ways([neither]) == "none favourable, none unfavourable, one neither"


def test_known_numerators_are_shown_and_large_ratios_are_read_as_times(judged):
    shown = {row["claim"]: row for row in claims.tested(list(judged.values())).data.to_dict("records")}
    maths = shown[judged["gcse_maths"].row["claimed"]]
    assert "3 of 22 to 12 of 42" in maths["figures"]
    assert claims.before_and_after(list(judged.values()), "gcse_maths") == "3 of 22 to 12 of 42"
    early = shown[judged["early_permanence"].row["claimed"]]
    assert early["difference"] == "9.5 times as high (2.3 to 84.1 times as high)"
    assert "No ratio can be formed" in shown[judged["custody"].row["claimed"]]["difference"]


def test_a_chart_is_titled_by_what_stands_out_after_all_tests(judged):
    every = list(judged.values())
    counts = claims.ratios(every)
    outside = sum(not effect.ci_low <= 1 <= effect.ci_high for effect in counts.values())
    assert outside == 7  # two of them no longer stand out among so many tests
    assert claims.beyond_chance(every, counts, "counts differ") == "Five of 18 counts differ by more than chance"


def test_claims_about_comparators_stand_beside_the_benchmarks_that_ship(figures):
    rows = claims.official_since(figures).data.set_index("measure")
    section_47 = rows.loc["Section 47 enquiries per 10,000 children, annualised"]
    assert "Dorset 158.0 (95% interval 148.6 to 167.9)" in section_47["official"]
    assert "England 186.2" in section_47["official"]
    assert section_47["together"].startswith("Does not agree: below")
    for measure in ("Referral rate per 10,000", "Re-referral rate"):
        assert rows.loc[measure, "together"].startswith("Agrees: below the neighbours' median")


def test_a_month_is_never_said_to_move_with_a_year(figures):
    rows = claims.official_since(figures).data
    months = rows[rows["document"].isin(["18 to 21 children", "43 to 38 incidents"])]
    assert list(months["together"]) == ["Not comparable: one month against a year"] * 2


def test_figures_not_counted_alike_are_not_tested_however_small_the_p_value(judged):
    for figure_id in ("efrh_significant", "marvels_sustained", "wey_valley_low"):
        claim = judged[figure_id]
        assert claim.verdict == "not testable"
        assert claim.adjusted is None
        assert claim.reason.startswith("Not counted alike")


def test_every_claim_has_one_verdict_and_every_untested_one_says_what_would_help(judged):
    assert {claim.verdict for claim in judged.values()} == set(claims.VERDICTS)
    for claim in judged.values():
        assert claim.row["claimed"].endswith(".")
        if claim.verdict == "not testable":
            assert claim.reason
            assert claim.needs


def test_turning_a_change_round_turns_its_words():
    fell, rose = (
        claims.judge(claim_of(previous_value=before, value=after, counted_as="events"))[0]
        for before, after in ((90.0, 30.0), (30.0, 90.0))
    )
    assert fell.verdict == "signal"
    assert rose.verdict == "inconsistent"  # the claim was of a fall
    fallen, risen = (claims.finding([c], "made_up") for c in (fell, rose))
    assert (fallen.direction, risen.direction) == ("improved", "worsened")
    assert "a fall" in fallen.statement
    assert "a rise" in risen.statement


def test_more_repeats_make_a_signal_noise():
    row = claim_of(previous_value=90.0, value=40.0)
    assert claims.judge(row, dispersion=1.0)[0].verdict == "signal"
    assert claims.judge(row, dispersion=6.0)[0].verdict == "noise"


def test_a_difference_that_depends_on_an_assumed_denominator_is_not_testable():
    share = {
        "counted_as": "share",
        "unit": "%",
        "claimed_direction": "up",
        "previous_value": 50.0,
        "value": 70.0,
        "n_assumed": 150.0,
    }
    narrow = claim_of(**share, n_lowest=120.0, n_highest=180.0)
    wide = claim_of(**share, n_lowest=15.0, n_highest=180.0)
    assert claims.judge(narrow)[0].verdict == "signal"
    assert claims.judge(wide)[0].verdict == "not testable"


def test_allowing_for_many_tests_turns_a_borderline_difference_into_noise():
    borderline = claim_of(previous_value=60.0, value=38.0, counted_as="events")
    assert claims.judge(borderline)[0].verdict == "signal"
    nothing = [claim_of(figure_id=f"same_{n}", previous_value=50.0, value=50.0, counted_as="events") for n in range(20)]
    assert claims.judge(pd.concat([borderline, *nothing], ignore_index=True))[0].verdict == "noise"


def test_nothing_is_found_in_counts_that_did_not_change():
    random = np.random.default_rng(20240531)
    page = pd.concat([claim_of(counted_as="events", claimed_direction="")] * 12, ignore_index=True)
    found = 0
    for _ in range(40):
        before, after = random.poisson(60, size=(12, 2)).astype(float).T
        found += any(claim.verdict == "signal" for claim in claims.judge(page.assign(previous_value=before, value=after)))
    assert found <= 5  # 5% of pages at the rate promised: 2 expected


def test_two_points_are_never_more_than_limited_evidence(judged):
    for claim in judged.values():
        if claim.adjusted is not None and claim.row["claim"] == "change" and np.isfinite(claim.effect.ci_high):
            assert claims.finding([claim], claim.row["figure_id"]).strength in ("limited", "describes")


def test_a_finding_is_clear_only_where_the_verdict_is_a_signal(judged):
    for figure_id in ("care_leavers", "unaccompanied", "missing_incidents_all", "dental"):
        finding = claims.finding([judged[figure_id]], figure_id)
        assert (finding.p_value < 0.05) == (judged[figure_id].verdict == "signal")
        assert ("cannot tell this from chance" in finding.statement) == (judged[figure_id].verdict == "noise")


def test_the_arithmetic_that_holds_and_that_does_not(figures):
    checks = {check.name: check.passed for check in claims.consistency(figures)}
    fails = {name for name, passed in checks.items() if passed is False}
    assert fails == {
        "Supported accommodation places, by group", "Pathfinder posts by how they were filled", "How parents heard of the survey",
        "Length of the Dorset Marvels programme",
    }  # fmt: skip
    for holds in (
        "Schools by type",
        "The section 47 rate is six months made a year",
        "GCSE cohort of 2021/22, from its percentages",
    ):
        assert checks[holds] is True


def test_a_wrong_total_is_found(figures):
    wrong = figures.assign(value=figures["value"].where(figures["figure_id"] != "schools_first", 37))
    checks = {check.name: check for check in claims.consistency(wrong)}
    assert checks["Schools by type"].passed is False
    assert "makes 159; the document says 158" in checks["Schools by type"].detail


def test_what_is_said_in_two_places(figures):
    disagree = {check.name for check in claims.same_thing_twice(figures) if check.passed is False}
    assert disagree == {
        "Beds at Hayeswood", "Flats at Kirtleton Avenue", "Young people on the edge of care who stayed at home, %",
        "School-age children from minority ethnic groups, %", "Localities with Safeguarding Families Together",
    }  # fmt: skip


@pytest.mark.parametrize("place", ["Cornwall", "Wrenshire"])  # a real authority, and a made-up one
def test_another_authority_is_told_that_the_document_is_dorsets(place):
    with pytest.raises(NotEnoughData, match=rf"Dorset Council's, of May 2024.*{place}"):
        claims.figures_of(place)
    assert f"no self-evaluation of {place}" in claims.scope(place, "")
    assert claims.period(place, "2019-04-01", "2024-03-31") == "1 April 2019 to 31 March 2024"
    with pytest.raises(NotEnoughData, match=place):
        claims.inspections(place)


def test_a_locality_is_said_to_be_out_of_reach():
    assert "Chesil cannot be shown apart" in claims.scope("838", "Chesil")


def test_tables_hold_every_claim_once_and_are_released(judged):
    tested, untested = claims.tested(list(judged.values())), claims.untested(list(judged.values()))
    assert isinstance(tested, disclosure.Words)
    assert len(tested.data) + len(untested.data) == len(judged)
    overview = claims.overview(list(judged.values())).data
    assert overview.loc[overview["theme"] == "All themes", "numerator"].sum() == len(judged)


def test_no_cell_of_a_table_is_half_a_sentence(judged):
    for table in (claims.tested(list(judged.values())), claims.untested(list(judged.values()))):
        text = table.data.to_string()
        assert "nan" not in text.split()
        assert "  ," not in text
        assert ".." not in text.replace("...", "")


def test_a_signal_no_larger_than_authorities_vary_from_year_to_year_says_so_and_is_none_under_that_assumption(judged, figures):
    told = {name: "does not stand out" in permits(judged[name]) for name in judged if judged[name].verdict == "signal"}
    assert {name for name, said in told.items() if said} == {"early_help", "children_in_need"}
    table = claims.sensitivity(claims.claims_of(figures), dispersion=3.0, false_discovery_rate=0.05).data
    signals = table[table["verdict"] == "Signal"].set_index("assumption")["numerator"]
    assert signals["As on this page"] - signals[VARYING] == 2


def test_names_keep_their_capital_inside_a_sentence():
    assert inside_a_sentence("Missing incidents") == "missing incidents"
    assert inside_a_sentence("GCSE maths") == "GCSE maths"
    assert inside_a_sentence("Key Stage 2 maths") == "Key Stage 2 maths"


def test_the_cautious_test_of_proportions_agrees_with_a_second_way_of_working():
    """Pearson's chi-squared, as the methods notes use for assumed denominators, is within what Fisher's test allows."""
    effect = two_proportions(304, 350, 318, 350, outcome="immunisations", n_unit="children")
    assert 0.09 <= effect.p_value <= 0.13
    assert two_counts(95, 66, outcome="missing", n_unit="incidents", phi=3.0).p_value == pytest.approx(0.19, abs=0.005)


def drawn_forest(monkeypatch, effects, **arguments):
    """The picture of a forest as it stood before it became a PNG."""
    kept = []
    monkeypatch.setattr(charts.effects, "png", lambda figure: kept.append(figure) or b"")
    charts.forest(effects, title="Made up", subtitle="Made up", source="made up", **arguments)
    figure = kept[0]
    figure.canvas.draw()
    return figure


def ratio(estimate: float, low: float, high: float) -> Effect:
    return Effect("incidents", estimate, low, high, "rate ratio", 1.0, "two_points", 50, "incidents")


def test_long_names_are_wrapped_and_the_picture_grows_with_them(monkeypatch):
    long = "Care leavers not in education, employment or training through pregnancy or parenthood"
    short, tall = (drawn_forest(monkeypatch, {name: ratio(1.5, 0.7, 3.2), "Other": ratio(1, 0.8, 1.2)}) for name in ("A", long))
    labels = [label.get_text() for label in tall.axes[0].get_yticklabels()]
    assert labels[0].replace("\n", " ") == long
    assert max(len(line) for label in labels for line in label.split("\n")) <= 34
    assert tall.get_figheight() > short.get_figheight()


@pytest.mark.parametrize("ends", [(0.33, 84.0), (0.4, 2.5), (0.8, 1.25), (0.02, 300.0)])
def test_no_two_ticks_of_a_forest_overprint(monkeypatch, ends):
    figure = drawn_forest(monkeypatch, {"A": ratio(1.1, *ends), "B": ratio(1, 0.9, 1.1)})
    boxes = [label.get_window_extent() for label in figure.axes[0].get_xticklabels()]
    assert len(boxes) >= 2
    assert all(left.x1 < right.x0 for left, right in itertools.pairwise(boxes))


def test_only_a_named_main_estimate_stands_out(monkeypatch):
    effects = {"A": ratio(0.6, 0.4, 0.9), "B": ratio(1, 0.8, 1.2)}
    alike, one = drawn_forest(monkeypatch, effects), drawn_forest(monkeypatch, effects, main="B")
    widths = [[line.get_linewidth() for line in f.axes[0].lines if len(line.get_xdata()) == 2][:2] for f in (alike, one)]
    assert len(set(widths[0])) == 1
    assert widths[1][0] < widths[1][1]


def test_an_interval_from_nothing_is_drawn_to_the_edge(monkeypatch):
    axes = drawn_forest(monkeypatch, {"A": ratio(0.2, 0.0, 0.9), "B": ratio(1, 0.8, 1.2)}).axes[0]
    assert axes.lines[0].get_xdata()[0] == pytest.approx(axes.get_xlim()[0])
