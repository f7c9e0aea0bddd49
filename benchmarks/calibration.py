"""How often every test finds what is not there, and how often every interval holds what is: seeded simulations, minutes long.

    python benchmarks/calibration.py [runs, default 400]     writes benchmarks/calibration.md as it goes

Each situation is one that the themes meet. A line gives the share of runs in which a test of nominal 5% finds an effect where
there is none, or a 95% interval misses the true value, with its Monte Carlo error; "above" marks a share that 5% would not give
by chance (one-sided binomial p below 0.01), "below" one that errs on the side of caution.
"""

import sys
import warnings
from pathlib import Path

import numpy as np
import pandas as pd
from scipy import stats

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "src"))
from helpers import intervals
from helpers.designs import (
    agreement,
    few_clusters,
    gaps,
    multilevel,
    negative_binomial,
    recurrent_events,
    standardised_rates,
    survival,
    two_points,
    weighting,
)
from helpers.designs import staggered_difference_in_differences as staggered
from helpers.designs.difference_in_differences import difference_in_differences
from helpers.designs.interrupted_time_series import interrupted_time_series
from helpers.designs.two_way_fixed_effects import fixed_effects_poisson
from helpers.results import NotEnoughData

TABLE = Path(__file__).with_suffix(".md")
RUNS = int(sys.argv[1]) if len(sys.argv) > 1 else 400
COVARIATE = ["panel"]


# -- what the simulations draw


def correlated(rng, size: tuple[int, ...], rho: float) -> np.ndarray:
    """Standard normal, each month correlated `rho` with the one before (last axis)."""
    noise = rng.normal(size=size)
    for month in range(1, size[-1]):
        noise[..., month] = rho * noise[..., month - 1] + np.sqrt(1 - rho**2) * noise[..., month]
    return noise


def counts(rng, mean, phi: float, rho: float) -> np.ndarray:
    """Counts of these means, `phi` times as varied as chance makes them, through months that correlate at `rho`."""
    mean = np.asarray(mean, dtype=float)
    spread = np.log(1 + (phi - 1) / mean.mean())
    return rng.poisson(mean * np.exp(np.sqrt(spread) * correlated(rng, mean.shape, rho) - spread / 2))


def series(rng, *, months: int, before: int, mean: float, phi: float, rho: float, by: str = "month"):
    step = 3 if by == "quarter" else 1
    periods = pd.date_range("2021-10-01", periods=months // step, freq=f"{step}MS")
    seasons = 1 + 0.2 * np.sin(2 * np.pi * np.arange(months) / 12)
    events = counts(rng, mean * seasons, phi, rho).reshape(-1, step).sum(axis=1)
    monthly = pd.DataFrame({"period": periods, "events": events, "exposure": 1000.0})
    change_on = str(periods[before // step].date())
    fitted = interrupted_time_series(monthly, change_on=change_on, outcome="x", n_unit="x", pandemic=None)
    return fitted.effect


def panel(rng, *, places=6, pilots=3, before=24, after=17, mean=4.0, phi=2.0, rho=0.6, drift=0.1) -> pd.DataFrame:
    """Plan starts by place and month: months correlated, and each place drifting on its own after the change."""
    months = pd.date_range("2021-10-01", periods=before + after, freq="MS")
    means = np.full((places, len(months)), mean) * np.exp(rng.normal(0, 0.3, places))[:, None]
    means[:, before:] *= np.exp(drift * rng.normal(size=places))[:, None]
    frame = pd.MultiIndex.from_product([range(places), months], names=["place", "period"]).to_frame(index=False)
    frame["events"], frame["exposure"] = counts(rng, means, phi, rho).ravel(), 1.0
    frame["exposed"] = (frame["place"] < pilots) & (frame["period"] >= months[before])
    frame["first"] = np.where(frame["place"] < pilots, before, 0)
    frame["number"] = np.tile(np.arange(before + after), places)
    return frame


def compared(rng, **how):
    frame = panel(rng, **how)
    changed = str(frame.loc[frame["exposed"], "period"].min().date())
    return difference_in_differences(
        frame, place="place", with_change=sorted(frame.loc[frame["exposed"], "place"].unique()), change_on=changed, outcome="x",
        n_unit="x",
    ).effect  # fmt: skip


def quarters(frame: pd.DataFrame) -> pd.DataFrame:
    frame = frame.assign(quarter=frame["number"] // 3)
    wide = frame.groupby(["place", "quarter"], as_index=False).agg(events=("events", "sum"), first=("first", "first"))
    return wide.assign(outcome=np.log(wide["events"] + 0.5), first=wide["first"] // 3)


def fixed_effects(rng, **how):
    about = {name: name for name in ("place", "period", "events", "exposure", "exposed")}
    return fixed_effects_poisson(panel(rng, **how), **about, outcome="x", n_unit="x").effect


def group_time(rng, **how):
    frame = quarters(panel(rng, before=24, after=18, **how))
    result = staggered.group_time_effects(frame, place="place", period="quarter", outcome="outcome", first_changed="first")
    return staggered.aggregate(result)


def earlier_trends(rng, **how):
    frame = quarters(panel(rng, before=24, after=18, **how))
    result = staggered.group_time_effects(frame, place="place", period="quarter", outcome="outcome", first_changed="first")
    return staggered.earlier_trends(result)


def wild(rng, weights, **how):
    frame = panel(rng, **how)
    y = np.log(frame["events"] + 0.5)
    return few_clusters.wild_cluster_bootstrap(
        y, frame["exposed"], frame["place"], frame["period"], weights=weights, interval=False
    )


def permutation(rng, places, chosen):
    changes = rng.standard_t(4, places)
    return few_clusters.exact_permutation(changes[:chosen], changes[chosen:], level=0.95)


def families(rng, people: int, size: int = 2) -> np.ndarray:
    return np.repeat(np.arange(people // size), size)


def outcomes(rng, people: int, share: float):
    """Time to one of two outcomes for brothers and sisters who resemble each other; half of families are exposed."""
    family = families(rng, people)
    alike, exposed = rng.normal(0, 0.7, family.max() + 1)[family], rng.integers(0, 2, family.max() + 1)[family]
    time, known = rng.exponential(1, people) * np.exp(-alike), rng.uniform(0.5, 3, people)
    kind = np.where(rng.random(people) < share, "care", "closed").astype(object)
    return np.minimum(time, known), np.where(time <= known, kind, None), exposed, family


def incidence(rng, people, share):
    duration, outcome, exposed, family = outcomes(rng, people, share)
    return survival.difference_at(
        duration, outcome, with_change=exposed, cluster=family, cause="care", at=1.0, name="x", draws=199,
        seed=int(rng.integers(1e9)),
    )  # fmt: skip


def curve(rng, people, share):
    """The share with the outcome by time 1, without siblings, where the truth is known."""
    time, known = rng.exponential(1, people), rng.uniform(0.5, 3, people)
    outcome = np.where(time <= known, np.where(rng.random(people) < share, "care", "closed"), None)
    return survival.aalen_johansen(np.minimum(time, known), outcome, times=[1.0], causes=["care"]).curve.iloc[0]


def hazards(rng, people, share, how):
    duration, outcome, exposed, family = outcomes(rng, people, share)
    rows = pd.DataFrame({"panel": exposed.astype(float)})
    return how(rows, duration, outcome, cause="care", cluster=family).coefficients.iloc[0]


def log_rank(rng, people):
    duration, known = rng.exponential(1, people), rng.uniform(0.5, 3, people)
    return survival.log_rank(np.minimum(duration, known), duration <= known, rng.integers(0, 2, people))


def incidents(rng, children: int, shape: float) -> pd.DataFrame:
    """Incidents of children who differ much (gamma of this shape) over up to two years; half of children are in the panel."""
    often, followed = rng.gamma(shape, 1 / shape, children), rng.uniform(1, 2, children)
    rows = []
    for child in range(children):
        edges = [
            0.0,
            *np.sort(rng.uniform(0, followed[child], rng.poisson(1.5 * often[child] * followed[child]))),
            followed[child],
        ]
        ends = zip(edges[:-1], edges[1:], strict=True)
        rows += [(child, a, b, k < len(edges) - 2, k + 1) for k, (a, b) in enumerate(ends)]
    frame = pd.DataFrame(rows, columns=["child", "start", "stop", "event", "order"])
    return frame.assign(panel=(frame["child"] % 2).astype(float))


def rate_of_events(rng, children, shape):
    return recurrent_events.andersen_gill(
        incidents(rng, children, shape), covariates=COVARIATE, person="child"
    ).coefficients.iloc[0]


def next_event(rng, children, time):
    return recurrent_events.prentice_williams_peterson(
        incidents(rng, children, 3.0).query("order <= 3"), covariates=COVARIATE, person="child", time=time
    ).coefficients.iloc[0]


def wlw(rng, children):
    rows = incidents(rng, children, 1.0)
    marginal = recurrent_events.marginal_rows(rows, person="child", orders=2)
    marginal["panel"] = (marginal["child"] % 2).astype(float)
    return recurrent_events.wei_lin_weissfeld(marginal, covariates=COVARIATE, person="child").average.iloc[0]


def mean_events(rng, children, shape):
    rows = incidents(rng, children, shape).assign(panel=lambda r: r["panel"] > 0)
    return recurrent_events.mean_cumulative_ratio(rows, person="child", with_change="panel", at=1.0, outcome="x")


def negative_counts(rng, children, shape, cluster):
    family = families(rng, children)
    often = rng.gamma(shape, 1 / shape, family.max() + 1)[family] if cluster else rng.gamma(shape, 1 / shape, children)
    rows = pd.DataFrame({"panel": rng.integers(0, 2, family.max() + 1)[family].astype(float)})
    fit = negative_binomial.negative_binomial(rng.poisson(2 * often), rows, cluster=family if cluster else None)
    return fit.coefficients.loc["panel"]


def pupils(rng, schools, size=20):
    school = np.repeat(np.arange(schools), size)
    alike, share = rng.normal(0, 0.4, schools), rng.beta(2, 6, schools)
    return school, rng.random(len(school)) < share[school], rng.normal(size=len(school)) + alike[school]


def school_gap(rng, schools, how):
    school, poor, score = pupils(rng, schools)
    return how(score, poor, school)


def weighted(rng, people, kind):
    """Siblings, exposed by age and need; the outcome goes with both and not with exposure."""
    family = families(rng, people)
    need = (rng.normal(size=family.max() + 1)[family] + rng.normal(size=people)) / np.sqrt(2)
    age = rng.integers(0, 17, people) / 8 - 1
    exposed = (rng.random(family.max() + 1)[family] < 1 / (1 + np.exp(-0.6 * need))).astype(float)
    frame = pd.DataFrame({"need": need, "age": age, "exposed": exposed, "family": family})
    frame["outcome"] = (rng.random(people) < 1 / (1 + np.exp(0.8 - 0.7 * need))).astype(float)
    model = weighting.propensity(frame, exposed="exposed", covariates="need + age")
    if kind == "augmented":
        return weighting.augmented(
            frame, model, outcome="outcome", covariates="need + age + exposed", exposed="exposed", cluster="family"
        )
    return weighting.difference(frame, weighting.weights(model, kind=kind), outcome="outcome", model=model, cluster="family")


def grades(rng, cases):
    order = ["inadequate", "requires improvement", "good", "outstanding"]
    rows = pd.DataFrame({"panel": rng.integers(0, 2, cases).astype(float)})
    drawn = rng.choice(order, cases, p=[0.1, 0.4, 0.4, 0.1])
    return agreement.proportional_odds(drawn, rows, grades=order).coefficients.iloc[0]


def standard(rng, mean, repeated):
    people, size = np.array([3000.0, 4000.0, 2000.0]), np.array([1.0, 1.2, 0.8])
    if not repeated:
        bands = pd.DataFrame({"p": "a", "events": rng.poisson(mean * people / people.sum()), "people": people, "standard": size})
        rate = standardised_rates.direct(bands, by=["p"], events="events", population="people", standard="standard", per=1.0)
    else:
        often = [(b, k, rng.poisson(mean * people[b] / people.sum() * s)) for b in range(3) for k, s in ((1, 0.6), (5, 0.08))]
        rows = pd.DataFrame(often, columns=["band", "times", "children"]).assign(p="a")
        rows["people"], rows["standard"] = people[rows["band"]], size[rows["band"]]
        rate = standardised_rates.direct_repeated(
            rows, by=["p"], band="band", times="times", people="children", population="people", standard="standard", per=1.0
        )
    return rate.rates.iloc[0]


def icc(rng, schools):
    school, _, score = pupils(rng, schools)
    return multilevel.intraclass_correlation(score, school)


def slope(rng, schools):
    school, _, score = pupils(rng, schools)
    frame = pd.DataFrame({"score": score, "x": rng.normal(size=schools)[school], "school": school})
    return multilevel.multilevel(frame, outcome="score", covariates=["x"], group="school").coefficients.loc["x"]


# -- whether a run went wrong


def found(result) -> bool:
    """A test of nominal 5% found an effect where there is none."""
    return result["p_value"] < 0.05 if isinstance(result, pd.Series) else result.p_value < 0.05


def missed(true: float):
    def outside(result) -> bool:
        low, high = (result[name] if isinstance(result, pd.Series) else getattr(result, name) for name in ("ci_low", "ci_high"))
        return not low <= true <= high

    return outside


def interval_missed(true: float):
    return lambda interval: not interval.low <= true <= interval.high


def proportion(rng, n, p):
    return intervals.wilson(rng.binomial(n, p), n)


SERIES = [
    (f"{months} {by}s, {mean:g} a month, dispersion {phi:g}, correlation {rho:g}",
     lambda rng, m=months, b=before, e=mean, f=phi, r=rho, q=by: series(rng, months=m, before=b, mean=e, phi=f, rho=r, by=q), found)
    for months, before, by in ((36, 24, "month"), (48, 30, "month"), (60, 36, "month"), (60, 36, "quarter"))
    for mean in (4, 40) for phi, rho in ((1, 0), (2, 0), (4, 0), (2, 0.3), (4, 0.3), (2, 0.6), (4, 0.6))
]  # fmt: skip
SITUATIONS = {
    "Interrupted time series (test)": SERIES,
    "Few places (test)": [
        ("difference in differences, 3 of 6 places, 4 a month", lambda rng: compared(rng), found),
        ("difference in differences, 3 of 6 places, 40 a month", lambda rng: compared(rng, mean=40), found),
        ("difference in differences, 2 of 6 places", lambda rng: compared(rng, pilots=2), found),
        ("fixed-effects Poisson, 3 of 6 places", lambda rng: fixed_effects(rng), found),
        ("fixed-effects Poisson, 4 of 12 places", lambda rng: fixed_effects(rng, places=12, pilots=4), found),
        ("group-time effects, 3 of 6 places", lambda rng: group_time(rng), found),
        ("group-time effects, 4 of 12 places", lambda rng: group_time(rng, places=12, pilots=4), found),
        ("joint test of earlier trends, 12 of 40 places", lambda rng: earlier_trends(rng, places=40, pilots=12), found),
        ("wild bootstrap, Rademacher, 3 of 6 places", lambda rng: wild(rng, "rademacher"), found),
        ("permutation, 5 of 10 places, heavy tails", lambda rng: permutation(rng, 10, 5), found),
    ],
    "Few places (95% interval)": [
        ("difference in differences, 3 of 6 places", lambda rng: compared(rng), missed(1.0)),
        ("fixed-effects Poisson, 3 of 6 places", lambda rng: fixed_effects(rng), missed(1.0)),
        ("fixed-effects Poisson, 4 of 12 places", lambda rng: fixed_effects(rng, places=12, pilots=4), missed(1.0)),
        ("permutation inverted, 5 of 10 places", lambda rng: permutation(rng, 10, 5), missed(0.0)),
    ],
    "Times to an outcome, siblings in families (test)": [
        ("difference in incidence, 200 children, 15%", lambda rng: incidence(rng, 200, 0.15), found),
        ("difference in incidence, 200 children, 40%", lambda rng: incidence(rng, 200, 0.4), found),
        ("cause-specific Cox, 120 children", lambda rng: hazards(rng, 120, 0.4, survival.cause_specific), found),
        ("cause-specific Cox, 400 children", lambda rng: hazards(rng, 400, 0.4, survival.cause_specific), found),
        ("Fine-Gray, 120 children", lambda rng: hazards(rng, 120, 0.4, survival.fine_gray), found),
        ("Fine-Gray, 400 children", lambda rng: hazards(rng, 400, 0.2, survival.fine_gray), found),
        ("log-rank, 100 independent children", lambda rng: log_rank(rng, 100), found),
    ],
    "Cumulative incidence (95% interval)": [
        ("Aalen-Johansen, 60 children, 40%", lambda rng: curve(rng, 60, 0.4), missed(0.4 * (1 - np.exp(-1)))),
        ("Aalen-Johansen, 200 children, 10%", lambda rng: curve(rng, 200, 0.1), missed(0.1 * (1 - np.exp(-1)))),
    ],
    "Repeated events of children who differ much (test)": [
        ("Andersen-Gill, 40 children, gamma 0.5", lambda rng: rate_of_events(rng, 40, 0.5), found),
        ("Andersen-Gill, 120 children, gamma 0.25", lambda rng: rate_of_events(rng, 120, 0.25), found),
        ("Andersen-Gill, 300 children, gamma 0.25", lambda rng: rate_of_events(rng, 300, 0.25), found),
        ("Prentice-Williams-Peterson, total time, 120", lambda rng: next_event(rng, 120, "total"), found),
        ("Prentice-Williams-Peterson, gap time, 120", lambda rng: next_event(rng, 120, "gap"), found),
        ("Wei-Lin-Weissfeld, 120 children", lambda rng: wlw(rng, 120), found),
        ("ratio of mean events, 120 children, gamma 0.5", lambda rng: mean_events(rng, 120, 0.5), found),
        ("negative binomial, 120 children", lambda rng: negative_counts(rng, 120, 0.5, False), found),
        ("negative binomial, 120 children in families", lambda rng: negative_counts(rng, 120, 0.5, True), found),
    ],
    "Gaps (test)": [
        ("gap index, 15 of 115 pupils", lambda rng: gaps.gap_index(rng.normal(size=115), np.arange(115) < 15), found),
        ("gap index, 12 schools", lambda rng: school_gap(rng, 12, lambda s, p, c: gaps.gap_index(s, p, cluster=c)), found),
        ("gap index, 30 schools", lambda rng: school_gap(rng, 30, lambda s, p, c: gaps.gap_index(s, p, cluster=c)), found),
        ("Hedges g, 30 schools", lambda rng: school_gap(rng, 30, lambda s, p, c: gaps.hedges_g(s, p, cluster=c)), found),
        ("difference of shares, 30 schools",
         lambda rng: school_gap(rng, 30, lambda s, p, c: gaps.risk_difference(s > 0.5, p, outcome="x", cluster=c)), found),
        ("ratio of shares, 40 and 120 pupils, 40%",
         lambda rng: gaps.risk_ratio(rng.random(160) < 0.4, np.arange(160) < 40, outcome="x"), found),
        ("proportional odds, 80 audits", lambda rng: grades(rng, 80), found),
        ("mixed model, a school's own covariate, 30 schools", lambda rng: slope(rng, 30), found),
    ],
    "Weighted groups, siblings in families (test)": [
        ("weights of all, 266 children", lambda rng: weighted(rng, 266, "all"), found),
        ("overlap weights, 266 children", lambda rng: weighted(rng, 266, "overlap"), found),
        ("augmented, 266 children", lambda rng: weighted(rng, 266, "augmented"), found),
    ],
    "Two points (test)": [
        ("two counts, 10 a year", lambda rng: two_points.two_counts(rng.poisson(10), rng.poisson(10), outcome="x", n_unit="x"), found),
        ("two counts, 100 a year", lambda rng: two_points.two_counts(rng.poisson(100), rng.poisson(100), outcome="x", n_unit="x"), found),
        ("two proportions, 20% of 60 and 80",
         lambda rng: two_points.two_proportions(rng.binomial(60, 0.2), 60, rng.binomial(80, 0.2), 80, outcome="x", n_unit="x"), found),
    ],
    "Rates, shares and correlations (95% interval)": [
        ("Wilson, 1% of 300", lambda rng: proportion(rng, 300, 0.01), interval_missed(0.01)),
        ("Wilson, 40% of 42", lambda rng: proportion(rng, 42, 0.4), interval_missed(0.4)),
        ("Byar and exact, 4 a month", lambda rng: intervals.byar(rng.poisson(4)), interval_missed(4.0)),
        ("Byar, 40 a month", lambda rng: intervals.byar(rng.poisson(40)), interval_missed(40.0)),
        ("direct standardisation, 40 events", lambda rng: standard(rng, 40, False), missed(40 / 9000)),
        ("the same, children who recur", lambda rng: standard(rng, 40, True), missed(40 / 9000)),
        ("intraclass correlation, 30 schools", lambda rng: icc(rng, 30), missed(0.16 / 1.16)),
    ],
}  # fmt: skip


def line(name: str, wrong: int, runs: int, refused: int) -> str:
    share, error = wrong / runs, np.sqrt(0.05 * 0.95 / runs)
    verdict = (
        "**above**"
        if stats.binom.sf(wrong - 1, runs, 0.05) < 0.01
        else "below"
        if stats.binom.cdf(wrong, runs, 0.05) < 0.01
        else ""
    )
    return f"| {name} | {100 * share:.1f}% | {100 * error:.1f} | {runs} | {refused or ''} | {verdict} |"


def main() -> None:
    written = [
        "# False positives and missed intervals, simulated",
        "",
        f"Written by `python benchmarks/calibration.py {RUNS}`. Nominal 5% everywhere: of tests, the share of runs that find an effect",
        "where there is none; of intervals, the share that miss the true value. The error is Monte Carlo's, one standard deviation,",
        "in points. **Above**: more than chance leaves (p below 0.01). Below: fewer, on the side of caution. Refused: runs that the",
        "design would not answer. Months correlate through a log-normal rate; places drift by 10% on their own.",
    ]
    for number, (heading, situations) in enumerate(SITUATIONS.items()):
        written += ["", f"## {heading}", "", "| situation | share | error | runs | refused | |", "|---|---|---|---|---|---|"]
        for row, (name, draw, wrong) in enumerate(situations):
            rng, results, refused = np.random.default_rng([number, row]), [], 0
            for _ in range(RUNS):
                with warnings.catch_warnings():
                    warnings.simplefilter("ignore")
                    try:
                        results.append(bool(wrong(draw(rng))))
                    except NotEnoughData:
                        refused += 1
            written.append(line(name, sum(results), len(results), refused) if results else f"| {name} | | | 0 | {refused} | |")
            print(written[-1], flush=True)
            TABLE.write_text("\n".join([*written, ""]), encoding="utf-8")


if __name__ == "__main__":
    main()
