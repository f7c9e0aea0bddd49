"""Small measures of every kind that charts draw, and the charts of them."""

from dataclasses import replace

import numpy as np
import pandas as pd

from helpers import charts, disclosure
from helpers.charts import comparisons
from helpers.designs import control_chart, few_clusters
from helpers.designs import funnel as funnels
from helpers.designs import staggered_difference_in_differences as staggered
from helpers.designs.interrupted_time_series import interrupted_time_series
from helpers.designs.survival import CumulativeIncidence
from helpers.measures import Measure
from helpers.results import Effect

POLICY = disclosure.Policy()
SOURCE = "Source: a log of missing episodes."
MONTHS = pd.date_range("2020-04-01", periods=48, freq="MS")
CHANGE_ON = "2022-10-01"
EVENTS = pd.DataFrame(
    [("2021-01-01", "2021-06-30", "a closure"), ("2022-11-01", "", "a new panel"), ("2023-11-01", "", "a new rule"),
     ("2030-01-01", "", "after the chart")],
    columns=["date", "end", "label"],
)  # fmt: skip
STEADY = [40, 44, 38, 41, 45, 39, 42, 40, 43, 38, 41, 44] * 4
FELL = STEADY[:30] + [count // 2 for count in STEADY[30:]]
ROSE = STEADY[:30] + [2 * count for count in STEADY[30:]]


def measure(data: pd.DataFrame, dimensions, **changes) -> Measure:
    usual = {"name": "missing incidents", "unit": "per 1,000 days in care", "population": "children looked after", "per": 1000}
    usual |= {"basis": "synthetic", "source": SOURCE, "better": "lower"}
    columns = ["numerator", "denominator", "ratio", "ci_low", "ci_high"]
    return Measure(data=data.reindex(columns=[*dimensions, *columns]), dimensions=tuple(dimensions), **usual | changes)


def monthly(counts, exposure=10_000.0) -> Measure:
    """Incidents by month from April 2020."""
    rate = 1000 * np.asarray(counts) / exposure
    data = pd.DataFrame({"period": MONTHS[: len(counts)], "numerator": counts, "denominator": exposure, "ratio": rate,
                         "ci_low": rate * 0.8, "ci_high": rate * 1.2})  # fmt: skip
    return measure(data, ["period"])


def shares(**of_100) -> Measure:
    """A share of 100 by year, one series for each keyword: its counts from 2022 on."""
    rows = [
        {"period": str(2022 + year), "step": step, "numerator": count, "denominator": 100, "ratio": float(count),
         "ci_low": count - 5.0, "ci_high": count + 5.0}
        for step, counts in of_100.items() for year, count in enumerate(counts)
    ]  # fmt: skip
    return measure(pd.DataFrame(rows), ["period", "step"], unit="%", per=100)


def places(**counts) -> Measure:
    """Plans by half-year, one locality for each keyword."""
    rows = [
        {"period": MONTHS[6 * at], "locality": place, "numerator": count}
        for place, each in counts.items() for at, count in enumerate(each)
    ]  # fmt: skip
    return measure(pd.DataFrame(rows), ["period", "locality"], unit="plans in each half-year", per=None)


def compared(ours=(10.0, 12.0), england=(10.0, 10.0), *, interval=1.5, symbol="") -> Measure:
    """Published shares of Dorset, five neighbours (8 to 12), the South West (11.3) and England in 2023 and 2024."""
    rows = []
    for year, value, theirs in zip(("2023", "2024"), ours, england, strict=True):
        rows.append((year, "Dorset", "local authority", value, value - interval, value + interval))
        rows += [(year, f"Place {n}", "neighbour", 8.0 + n, 7.0 + n, 9.0 + n) for n in range(5)]
        rows += [(year, "South West", "region", 11.3, np.nan, np.nan), (year, "England", "England", theirs, np.nan, np.nan)]
    data = pd.DataFrame(rows, columns=["period", "area", "role", "ratio", "ci_low", "ci_high"])
    data = data.assign(numerator=np.nan, denominator=np.nan, symbol="")
    if symbol:
        withheld = (data["period"] == "2024") & (data["area"] == "Dorset")
        data.loc[withheld, ["ratio", "ci_low", "ci_high"]] = np.nan
        data.loc[withheld, "symbol"] = symbol
    made = measure(data, ["period", "area", "role"], basis="published", unit="%", per=100, name="children who went missing")
    return replace(made, data=data)


def quartiles(comparison: Measure) -> Measure:
    near = comparison.data[comparison.data["role"] == "neighbour"].groupby("period")["ratio"]
    summaries = {
        comparisons.MEDIAN: near.median(),
        comparisons.LOWER: near.quantile(0.25),
        comparisons.UPPER: near.quantile(0.75),
    }
    rows = [
        {"period": year, "area": "neighbours", "role": role, "ratio": value}
        for role, values in summaries.items()
        for year, value in values.items()
    ]
    return measure(pd.DataFrame(rows), ["period", "area", "role"], basis="published", unit="%", per=100)


def against(comparison: Measure, **arguments):
    released = disclosure.published(comparison), disclosure.published(quartiles(comparison))
    return charts.against_comparators(released[0], focus="Dorset", summary=released[1], **arguments)


def ranked(comparison: Measure):
    return charts.ranked(disclosure.published(comparison), focus="Dorset", period="2024")


def lines(exact: Measure, **arguments):
    return charts.lines(disclosure.control(exact, POLICY), series="step", title="More interviews in time", **arguments)


def spotted(counts, better="lower", **arguments):
    chart = control_chart.u(counts, [10_000.0] * len(counts), MONTHS[: len(counts)], per=1000, better=better)
    return charts.control_chart(disclosure.control(monthly(counts), POLICY), chart, **arguments)


def broken(counts, **arguments):
    frame = pd.DataFrame({"period": MONTHS, "events": counts, "exposure": 10_000.0})
    words = {"outcome": "incidents", "n_unit": "incidents", "per": 1000}
    fitted = interrupted_time_series(frame, change_on=CHANGE_ON, pandemic=None, **words)
    return charts.interrupted_series(disclosure.control(monthly(counts), POLICY), fitted, change_on=CHANGE_ON, **arguments)


def in_places(exact: Measure, in_focus=("Chesil",)):
    return charts.localities(
        disclosure.control(exact, POLICY), in_focus=list(in_focus), focus_name="pilot", change_on="2021-11-01"
    )


def side_by_side(exact: Measure, **arguments):
    return charts.panels(disclosure.control(exact, POLICY), panel="locality", title="Rows jump", **arguments)


def permuted(treated=(-0.5, -0.4, -0.45), control=(0.02, -0.05, 0.1)):
    return charts.assignments(few_clusters.exact_permutation(treated, control), subtitle="Differences", source=SOURCE)


def effect(estimate, low, high) -> Effect:
    return Effect("incidents", estimate, low, high, "rate ratio", 1.0, "two_points", 400, "incidents", 0.01, "lower")


def estimates(**rows):
    return charts.forest(rows, title="One of two is clear", subtitle="Later over earlier", source=SOURCE)


def curves(*, people=100, pilots=(0.0, 0.3, 0.6)) -> disclosure.Controlled:
    """Curves of two outcomes at 0, 6 and 12 months, as disclosure control leaves them."""

    def curve(values):
        rows = [
            {"outcome": outcome, "time": time, "share": share, "standard_error": 0.05, "ci_low": max(share - 0.1, 0),
             "ci_high": min(share + 0.1, 1), "at_risk": people - 2 * time, "events": round(share * people)}
            for outcome in ("Stepped down", "Closed") for time, share in zip((0, 6, 12), values, strict=True)
        ]  # fmt: skip
        return CumulativeIncidence(pd.DataFrame(rows), people)

    both = {"Pilot localities": curve(pilots), "Other localities": curve((0.0, 0.2, 0.4))}
    facts = {"name": "plans that had ended", "population": "plans", "basis": "synthetic", "source": SOURCE}
    return disclosure.control_curve(both, POLICY, group="localities", time="months", **facts)


def ended(**changes):
    return charts.cumulative_incidence(curves(**changes), group="localities", title="What plans led to")


def apart(unit="%", **of_two) -> "charts.Figure":
    """Two groups in each row: a keyword for each row, its two values."""
    rows = [
        {"phase": phase, "pupils": side, "numerator": value, "denominator": 100, "ratio": value}
        for phase, values in of_two.items() for side, value in zip(("disadvantaged", "others"), values, strict=True)
    ]  # fmt: skip
    made = measure(pd.DataFrame(rows), ["phase", "pupils"], unit=unit, per=100, name="standard met", basis="published")
    released = disclosure.published(made)
    return charts.dumbbell(released, row="phase", side="pupils", sides=("disadvantaged", "others"), title="Behind in both")


def followed(**of_200) -> "charts.Figure":
    """Steps, one a keyword: how many of 200 the next step followed."""
    rows = [
        {"step": step.replace("_", " "), "numerator": count, "denominator": 200, "ratio": count / 2, "ci_low": count / 2 - 5,
         "ci_high": count / 2 + 5}
        for step, count in of_200.items()
    ]  # fmt: skip
    exact = measure(pd.DataFrame(rows), ["step"], unit="%", per=100, name="steps followed", better=None)
    return charts.steps(disclosure.control(exact, POLICY), title="Contact to referral: 30 in 100")


def around_the_change(fall=0.5):
    """Twelve places over eight quarters, five of them lower by `fall` from the sixth on."""
    panel = pd.MultiIndex.from_product([range(12), range(8)], names=["place", "quarter"]).to_frame(index=False)
    changed = panel["place"] < 5
    panel["first"] = np.where(changed, 5, 0)
    panel["outcome"] = np.sin(5 * panel["place"] + 3 * panel["quarter"]) / 20 - fall * (changed & (panel["quarter"] >= 5))
    result = staggered.group_time_effects(panel, place="place", period="quarter", outcome="outcome", first_changed="first")
    return charts.event_study(
        staggered.aggregate(result, "dynamic"), title="Lower since the change", subtitle="Plans started", source=SOURCE,
        unit="difference in log rate",
    )  # fmt: skip


def in_a_funnel():
    """Dorset and eleven others of different sizes, published."""
    rows = [
        {"period": "2024", "area": f"Place {at}" if at else "Dorset", "role": "other" if at else "local authority",
         "numerator": 20.0 * (at + 1) + at % 3, "denominator": 100.0 * (at + 1)}
        for at in range(12)
    ]  # fmt: skip
    data = pd.DataFrame(rows).assign(ratio=lambda d: 100 * d["numerator"] / d["denominator"], ci_low=0.0, ci_high=100.0)
    made = measure(data, ["period", "area", "role"], basis="published", unit="%", per=100, name="referred again")
    design = funnels.proportions(data, place="area", count="numerator", n="denominator")
    return charts.funnel(disclosure.published(replace(made, data=data.assign(symbol=""))), design, focus="Dorset")


EVERY = {
    "funnel": in_a_funnel,
    "event_study": around_the_change,
    "dumbbell": lambda: apart(KS2=(41.0, 66.0), KS4=(25.5, 53.0)),
    "against_comparators": lambda: against(compared(), events=EVENTS),
    "ranked": lambda: ranked(compared()),
    "lines": lambda: lines(shares(Offered=(40, 60), Accepted=(30, 50)), events=EVENTS),
    "control_chart": lambda: spotted(STEADY, events=EVENTS),
    "interrupted_series": lambda: broken(FELL, events=EVENTS),
    "panels": lambda: side_by_side(places(Chesil=(20, 30), West=(25, 40)), marks={"West": MONTHS[6]}),
    "localities": lambda: in_places(places(Chesil=(20, 30), West=(25, 40))),
    "assignments": permuted,
    "forest": lambda: estimates(main=effect(0.6, 0.4, 0.9), other=effect(1.1, 0.8, 1.5)),
    "cumulative_incidence": ended,
    "steps": lambda: followed(Contact_to_referral=60, Conference_to_plan=180),
}
