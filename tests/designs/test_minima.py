"""Below its minimum, and where data cannot answer, every design refuses in a sentence fit for the page."""

import numpy as np
import pandas as pd
import pytest

from helpers.designs import (
    agreement,
    control_chart,
    cox,
    decomposition,
    few_clusters,
    funnel,
    gaps,
    minima,
    multilevel,
    negative_binomial,
    recurrent_events,
    survival,
    weighting,
)
from helpers.designs.difference_in_differences import difference_in_differences
from helpers.designs.interrupted_time_series import interrupted_time_series
from helpers.designs.staggered_difference_in_differences import earlier_trends, group_time_effects
from helpers.designs.two_way_fixed_effects import fixed_effects_poisson
from helpers.results import NotEnoughData


def monthly(before, after, events=20):
    periods = pd.date_range("2021-09-01", periods=before + after, freq="MS")
    counts = events + np.arange(before + after) % 5
    return pd.DataFrame({"period": periods, "events": counts, "exposure": 1000.0}), str(periods[before].date())


def series(before, after, **how):
    frame, change_on = monthly(before, after)
    return interrupted_time_series(frame, change_on=change_on, outcome="incidents", n_unit="incidents", **how)


def places(before, after, pilots=("A", "B"), others=("C", "D"), events=lambda place, month: 5 + (ord(place) * (month + 1)) % 7):
    months = pd.date_range("2021-09-01", periods=before + after, freq="MS")
    rows = [(p, m, events(p, k), 1.0) for p in (*pilots, *others) for k, m in enumerate(months)]
    panel = pd.DataFrame(rows, columns=["place", "period", "events", "exposure"])
    return panel, {"place": "place", "with_change": list(pilots), "change_on": str(months[before].date())}


def compared(*args, **how):
    panel, about = places(*args, **how)
    return difference_in_differences(panel, **about, outcome="plan starts", n_unit="plans")


def people(n, events):
    return np.arange(1, n + 1, dtype=float), np.arange(n) < events


def regression(events, n=200, covariate=lambda i: i % 2):
    duration, happened = people(n, events)
    return cox.cox(pd.DataFrame({"panel": [float(covariate(i)) for i in range(n)]}), stop=duration, event=happened)


def groups(n):
    return np.arange(2 * n) % 2, np.arange(2 * n) < n


def arms(n, chance=lambda i: i % 3 == 0):
    frame = pd.DataFrame({"age": np.arange(n) % 7.0, "exposed": [float(chance(i)) for i in range(n)]})
    return weighting.propensity(frame, exposed="exposed", covariates="age")


def trends(periods_before):
    rows = [
        (place, period, np.sin(3 * place + period), periods_before if place < 5 else 0)
        for place in range(10)
        for period in range(periods_before + 2)
    ]
    panel = pd.DataFrame(rows, columns=["place", "period", "outcome", "first"]).replace({"first": {0: np.nan}})
    return earlier_trends(group_time_effects(panel, place="place", period="period", outcome="outcome", first_changed="first"))


REFUSED_AND_ANSWERED = {
    "a control chart": (lambda n: control_chart.xmr(np.arange(n) % 3, range(n)), 5, 6),
    "months before, with seasons": (lambda n: series(n, 12, harmonics=2), 23, 24),
    "months after, with seasons": (lambda n: series(24, n, harmonics=2), 11, 12),
    "months before, without seasons": (lambda n: series(n, 12), 11, 12),
    "months before, two sides": (lambda n: compared(n, 12), 11, 12),
    "months after, two sides": (lambda n: compared(12, n), 11, 12),
    "places with the change": (lambda n: few_clusters.collapsed_t(np.arange(n), [1.0, 2.0, 4.0]), 1, 2),
    "places without the change": (lambda n: few_clusters.exact_permutation([1.0, 2.0], np.arange(n)), 1, 2),
    "periods before, for trends": (trends, 3, 4),
    "places of a widened funnel": (
        lambda n: funnel.ratios(
            pd.DataFrame({"p": range(n), "o": 10 + np.arange(n) % 4, "e": 11.0}),
            place="p", observed="o", expected="e", overdispersion="trimmed",
        ), 9, 10,
    ),
    "people at risk": (lambda n: survival.kaplan_meier(*people(n, 10), times=[5]), 19, 20),
    "outcomes followed": (lambda n: survival.kaplan_meier(*people(40, n), times=[5]), 9, 10),
    "events a covariate": (regression, 9, 10),
    "people behind a concentration": (
        lambda n: recurrent_events.concentration(pd.DataFrame({"child": range(n)}), person="child"), 19, 20,
    ),
    "people in a group": (lambda n: gaps.risk_difference(*groups(n), outcome="grade"), 9, 10),
    "people in an arm": (lambda n: arms(60, lambda i: i < 2 * n and i % 2 == 0), 9, 10),
    "groups of people": (
        lambda n: multilevel.intraclass_correlation(np.arange(3.0 * n) % 7, np.repeat(np.arange(n), 3)), 9, 10,
    ),
    "cases graded twice": (
        lambda n: agreement.weighted_kappa(["good", "poor"] * (n // 2), ["good", "poor", "poor", "good"] * (n // 4),
                                           grades=["poor", "good"]), 16, 20,
    ),
    "counts of events": (
        lambda n: negative_binomial.negative_binomial(1 + np.arange(n) % 4, pd.DataFrame({"panel": np.arange(n) % 2.0})), 19, 20,
    ),
    "people of a decomposed rate": (
        lambda n: decomposition.kitagawa(
            pd.DataFrame({"s": ["a", "b"], "x1": 2, "n1": n // 2, "x2": 3, "n2": 20}),
            stratum="s", first=("x1", "n1"), second=("x2", "n2"),
        ), 18, 20,
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", REFUSED_AND_ANSWERED)
def test_one_fewer_than_the_least_is_refused_and_the_least_is_answered(what):
    answer, too_few, enough = REFUSED_AND_ANSWERED[what]
    with pytest.raises(NotEnoughData) as refused:
        answer(too_few)
    assert refused.value.args[0] and "Error" not in str(refused.value)
    answer(enough)


def fixed_effects(events):
    panel, about = places(6, 6, events=events)
    panel["exposed"] = panel["place"].isin(about["with_change"]) & (panel["period"] >= about["change_on"])
    return fixed_effects_poisson(
        panel, place="place", period="period", events="events", exposure="exposure", exposed="exposed", outcome="plan starts",
        n_unit="plans",
    )  # fmt: skip


CANNOT = {
    "no events in a series": (lambda: series_of(0), "no events"),
    "no events on one side of a comparison": (
        lambda: compared(12, 12, events=lambda p, m: 0 if p == "A" and m >= 12 else 4), "A has no events before or after",
    ),
    "one place on a side": (lambda: compared(12, 12, pilots=("A",)), "two of each are needed"),
    "events in two places alone": (lambda: fixed_effects(lambda p, m: 3 if p in "AC" else 0), "three are needed"),
    "all events on one side of a covariate": (lambda: regression(40, covariate=lambda i: i < 40), "one side has had none"),
    "covariates that are one": (
        lambda: cox.cox(pd.DataFrame({"a": np.arange(60) % 2, "b": 1 - np.arange(60) % 2}).astype(float),
                        stop=people(60, 30)[0], event=people(60, 30)[1]), "too alike",
    ),
    "arms that do not overlap": (lambda: arms(60, lambda i: i % 7 > 3), "tells the two groups apart"),
    "a rare-event chart of events every time": (lambda: control_chart.g([0] * 12, range(12)), "every chance was an event"),
    "a competing outcome alone": (
        lambda: survival.fine_gray(pd.DataFrame({"a": np.arange(40) % 2.0}), people(40, 1)[0], ["closed"] * 40, cause="care"),
        "happened to nobody",
    ),
    "one rank order alone": (lambda: gaps.gap_index(np.arange(40), np.arange(40) < 20), "ranks below"),
}  # fmt: skip


def series_of(events):
    frame, change_on = monthly(24, 12)
    return interrupted_time_series(frame.assign(events=events), change_on=change_on, outcome="incidents", n_unit="incidents")


@pytest.mark.parametrize("what", CANNOT)
def test_what_data_cannot_answer_is_refused_with_the_reason(what):
    ask, reason = CANNOT[what]
    with pytest.raises(NotEnoughData, match=reason):
        ask()


def test_every_minimum_stands_in_the_table_that_the_page_prints():
    printed = " ".join(minima.table()["needs"])
    for name, least in vars(minima).items():
        if name.isupper() and not name.startswith("_"):
            for number in least if isinstance(least, tuple) else (least,):
                assert f"{number} " in printed, name
