"""What calibration draws: studies without an effect, as the themes meet them, and what each design makes of them."""

import itertools
import sys
from pathlib import Path

import numpy as np
import pandas as pd

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "src"))
from helpers.designs import (
    agreement,
    control_chart,
    few_clusters,
    funnel,
    mean_cumulative_function,
    multilevel,
    negative_binomial,
    recurrent_events,
    standardised_rates,
    survival,
    weighting,
)
from helpers.designs import staggered_difference_in_differences as staggered
from helpers.designs.difference_in_differences import difference_in_differences
from helpers.designs.interrupted_time_series import interrupted_time_series
from helpers.designs.two_way_fixed_effects import fixed_effects_poisson

COVARIATE, WORDS = ["panel"], {"outcome": "x", "n_unit": "x"}


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


def series(rng, *, months: int, before: int, mean: float, phi: float, rho: float, by: str = "month", effect: float = 1.0):
    """`effect` is the rate ratio from the change on."""
    step = 3 if by == "quarter" else 1
    periods = pd.date_range("2021-10-01", periods=months // step, freq=f"{step}MS")
    seasons = 1 + 0.2 * np.sin(2 * np.pi * np.arange(months) / 12)
    means = mean * seasons * np.where(np.arange(months) >= before, effect, 1.0)
    events = counts(rng, means, phi, rho).reshape(-1, step).sum(axis=1)
    monthly = pd.DataFrame({"period": periods, "events": events, "exposure": 1000.0})
    change_on = str(periods[before // step].date())
    fitted = interrupted_time_series(monthly, change_on=change_on, outcome="x", n_unit="x", pandemic=None)
    return fitted.effect


def panel(rng, *, places=6, pilots=3, before=24, after=17, mean=4.0, phi=2.0, rho=0.6, drift=0.1, effect=1.0):
    """Plan starts by place and month: months correlated, places drifting on their own after the change, pilots by `effect`."""
    months = pd.date_range("2021-10-01", periods=before + after, freq="MS")
    means = np.full((places, len(months)), mean) * np.exp(rng.normal(0, 0.3, places))[:, None]
    means[:, before:] *= np.exp(drift * rng.normal(size=places))[:, None]
    means[:pilots, before:] *= effect
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
    about = (frame[name] for name in ("exposed", "place", "period"))
    return few_clusters.wild_cluster_bootstrap(np.log(frame["events"] + 0.5), *about, weights=weights, interval=False)


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


def incidents(rng, children: int, shape: float, ratio: float = 1.0) -> pd.DataFrame:
    """Incidents of children who differ (gamma of this shape) over up to two years; half, in the panel, `ratio` times as often."""
    often, followed = rng.gamma(shape, 1 / shape, children), rng.uniform(1, 2, children)
    rows = []
    for child in range(children):
        end = followed[child]
        edges = [0.0, *np.sort(rng.uniform(0, end, rng.poisson(1.5 * often[child] * ratio ** (child % 2) * end))), end]
        rows += [(child, *ends, ends[1] < end, order) for order, ends in enumerate(itertools.pairwise(edges), 1)]
    frame = pd.DataFrame(rows, columns=["child", "start", "stop", "event", "order"])
    return frame.assign(panel=(frame["child"] % 2).astype(float))


def rate_of_events(rng, children, shape):
    rows = incidents(rng, children, shape)
    return recurrent_events.andersen_gill(rows, covariates=COVARIATE, person="child").coefficients.iloc[0]


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
    return mean_cumulative_function.mean_cumulative_ratio(rows, person="child", with_change="panel", at=1.0, outcome="x")


def negative_counts(rng, children, shape, cluster, ratio=1.0):
    family = families(rng, children)
    often = rng.gamma(shape, 1 / shape, family.max() + 1)[family] if cluster else rng.gamma(shape, 1 / shape, children)
    rows = pd.DataFrame({"panel": rng.integers(0, 2, family.max() + 1)[family].astype(float)})
    counted = rng.poisson(2 * often * ratio ** rows["panel"])
    fit = negative_binomial.negative_binomial(counted, rows, cluster=family if cluster else None)
    return fit.coefficients.loc["panel"]


def pupils(rng, schools, size=20):
    school = np.repeat(np.arange(schools), size)
    alike, share = rng.normal(0, 0.4, schools), rng.beta(2, 6, schools)
    return school, rng.random(len(school)) < share[school], rng.normal(size=len(school)) + alike[school]


def school_gap(rng, schools, how):
    school, poor, score = pupils(rng, schools)
    return how(score, poor, school)


def need_and_exposure(rng, people, effect=0.0):
    """Siblings, exposed by age and need; the outcome goes with both, and `effect` of it (a share) with exposure."""
    family = families(rng, people)
    need = (rng.normal(size=family.max() + 1)[family] + rng.normal(size=people)) / np.sqrt(2)
    age = rng.integers(0, 17, people) / 8 - 1
    exposed = (rng.random(family.max() + 1)[family] < 1 / (1 + np.exp(-0.6 * need))).astype(float)
    frame = pd.DataFrame({"need": need, "age": age, "exposed": exposed, "family": family})
    share = 0.85 / (1 + np.exp(0.8 - 0.7 * need)) + effect * exposed
    frame["outcome"] = (rng.random(people) < share).astype(float)
    return frame, weighting.propensity(frame, exposed="exposed", covariates="need + age")


def weighted(rng, people, kind, effect=0.0):
    frame, model = need_and_exposure(rng, people, effect)
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


def beyond(rng, places, how, spread, transform="log"):
    """Which of places that differ by `spread` (in log rate) and chance lie outside the 95% limits of a funnel."""
    expected = rng.uniform(10, 60, places)
    observed = rng.poisson(expected * np.exp(rng.normal(0, spread, places)))
    frame = pd.DataFrame({"place": np.arange(places), "o": observed, "e": expected})
    points = funnel.ratios(frame, place="place", observed="o", expected="e", overdispersion=how, transform=transform).points
    return (points["value"] > points["upper_95"]) | (points["value"] < points["lower_95"])


def beyond_shares(rng, places, share):
    n = rng.integers(40, 300, places)
    frame = pd.DataFrame({"place": np.arange(places), "x": rng.binomial(n, share), "n": n})
    points = funnel.proportions(frame, place="place", count="x", n="n").points
    return (points["value"] > points["upper_95"]) | (points["value"] < points["lower_95"])


def signalled(rng, kind, months, mean, phi=1.0, rule="any"):
    """Which points of a chart break a rule, where nothing happens."""
    periods = np.arange(months)
    if kind == "xmr":
        chart = control_chart.xmr(rng.normal(size=months), periods)
    elif kind == "u":
        chart = control_chart.u(counts(rng, np.full(months, mean), phi, 0.0), np.full(months, 1000.0), periods)
    elif kind == "p":
        n = rng.integers(60, 100, months)
        chart = control_chart.p(rng.binomial(n, mean), n, periods)
    elif kind == "g":
        chart = control_chart.g(rng.geometric(mean, months) - 1, periods)
    else:
        chart = control_chart.t(rng.exponential(mean, months), periods)
    found = chart.points["signal"]
    return found == control_chart.OUTSIDE if rule == "outside" else found != ""
