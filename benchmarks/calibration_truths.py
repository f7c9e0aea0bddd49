"""What calibration draws where something is there to find: studies with a known effect, share or rate, and what designs answer.

Each gives a result whose 95% interval should hold the truth that `calibration.py` names beside it.
"""

import sys
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
from scipy import stats

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "src"))
import calibration_draws as draw

from helpers.designs import (
    agreement,
    cox,
    decomposition,
    difference_in_differences,
    few_clusters,
    gaps,
    mean_cumulative_function,
    multilevel,
    negative_binomial,
    recurrent_events,
    relative_magnitudes,
    standardised_rates,
    state_occupancy,
    survival,
    weighting,
)
from helpers.designs import staggered_difference_in_differences as staggered
from helpers.designs.two_way_fixed_effects import fixed_effects_poisson

RATIO = 0.7  # rate and hazard ratios
POINTS = 0.12  # differences of shares, as a share
SHIFT = 0.5  # differences of means, in standard deviations


# -- places


def compared(rng, **how):
    """Three of six places have 30% fewer plan starts than they would have had."""
    return draw.compared(rng, effect=RATIO, **how)


def fixed_effects(rng, **how):
    about = {name: name for name in ("place", "period", "events", "exposure", "exposed")}
    return fixed_effects_poisson(draw.panel(rng, effect=RATIO, **how), **about, outcome="x", n_unit="x").effect


def group_time(rng, **how):
    frame = draw.quarters(draw.panel(rng, before=24, after=18, mean=40, effect=RATIO, **how))
    result = staggered.group_time_effects(frame, place="place", period="quarter", outcome="outcome", first_changed="first")
    return staggered.aggregate(result)


def wild(rng, **how):
    frame = draw.panel(rng, effect=RATIO, mean=40, **how)
    about = (frame[name] for name in ("exposed", "place", "period"))
    return few_clusters.wild_cluster_bootstrap(np.log(frame["events"] + 0.5), *about)


def two_by_two(rng, units):
    """Pupils' scores before and after, a project in a third of them."""
    after, project = np.tile([0, 1], units), np.repeat(np.arange(units) < units // 3, 2)
    score = rng.normal(size=units).repeat(2) + rng.normal(0, 0.7, 2 * units) + SHIFT * after * project
    frame = pd.DataFrame({"unit": np.arange(units).repeat(2), "after": after, "project": project.astype(int), "score": score})
    return difference_in_differences.two_by_two(frame, unit="unit", with_change="project", after="after", outcome="score")


def parting(rng, slope):
    """Twelve places, five of which part from the others by `slope` a period, before the change and after; no effect."""
    frame = pd.MultiIndex.from_product([range(12), range(8)], names=["place", "period"]).to_frame(index=False)
    chosen = frame["place"] < 5
    frame["outcome"] = rng.normal(0, 0.1, len(frame)) + slope * chosen * frame["period"]
    frame["first"] = np.where(chosen, 5, np.nan)
    result = staggered.group_time_effects(frame, place="place", period="period", outcome="outcome", first_changed="first")
    return relative_magnitudes.relative_magnitudes_of(result, magnitudes=[1.0]).bounds.iloc[0]


def indirect(rng, mean):
    bands = pd.DataFrame({"p": "a", "people": [3000.0, 4000.0, 2000.0], "all": [2000, 3000, 1000], "of": [3e5, 4e5, 2e5]})
    bands["events"] = rng.poisson(mean * np.array([0.35, 0.5, 0.15]))
    rates = standardised_rates.indirect(
        bands, by=["p"], events="events", population="people", reference_events="all", reference_population="of"
    ).rates
    return rates.iloc[0][["ratio_low", "ratio_high"]].set_axis(["ci_low", "ci_high"])


INDIRECT = 1 / (3000 * 2000 / 3e5 + 4000 * 3000 / 4e5 + 2000 * 1000 / 2e5)  # of one event


# -- people followed


def in_families(rng, people, ratio=RATIO, alike=0.8):
    """Times whose hazards stay in `ratio` though brothers and sisters are alike: a positive stable frailty of index `alike`."""
    family = draw.families(rng, people)
    angle, scale = rng.uniform(0, np.pi, family.max() + 1), rng.exponential(1, family.max() + 1)
    frailty = np.sin(alike * angle) / np.sin(angle) ** (1 / alike) * (np.sin((1 - alike) * angle) / scale) ** (1 / alike - 1)
    exposed = rng.integers(0, 2, family.max() + 1)[family]
    time = rng.exponential(1, people) / (frailty[family] * ratio ** (exposed / alike))
    return time, rng.uniform(0.5, 3, people), exposed.astype(float), family


def hazard(rng, people):
    time, known, exposed, family = in_families(rng, people)
    fit = cox.cox(pd.DataFrame({"x": exposed}), stop=np.minimum(time, known), event=time <= known, cluster=family)
    return fit.coefficients.iloc[0]


def late_entry(rng, people):
    """Children already in care when records begin are seen from then on."""
    exposed = rng.integers(0, 2, 3 * people).astype(float)
    time, entry = rng.exponential(1, 3 * people) / RATIO**exposed, rng.uniform(0, 1.5, 3 * people)
    seen = np.flatnonzero(time > entry)[:people]
    known = entry[seen] + rng.uniform(0.5, 2, len(seen))
    fit = cox.cox(
        pd.DataFrame({"x": exposed[seen]}), start=entry[seen], stop=np.minimum(time[seen], known), event=time[seen] <= known
    )
    return fit.coefficients.iloc[0]


def subdistribution(rng, people, share):
    """Fine and Gray's own way of drawing: the incidence of care is 1 - (1 - share (1 - exp(-t)))^(ratio where exposed)."""
    exposed = rng.integers(0, 2, people).astype(float)
    power = RATIO**exposed
    ever = 1 - (1 - share) ** power
    care, chance = rng.random(people) < ever, rng.random(people)
    to_care = -np.log(1 - (1 - (1 - chance * ever) ** (1 / power)) / share)
    time, known = np.where(care, to_care, rng.exponential(1, people)), rng.uniform(0.5, 3, people)
    outcome = np.where(time <= known, np.where(care, "care", "closed"), None)
    rows = pd.DataFrame({"x": exposed})
    return survival.fine_gray(rows, np.minimum(time, known), outcome, cause="care").coefficients.iloc[0]


def still_waiting(rng, people, entered=False):
    """Kaplan-Meier's share by time 1 of times that are exponential."""
    time = rng.exponential(1, 3 * people)
    entry = rng.uniform(0, 0.4, 3 * people) if entered else np.zeros(3 * people)
    seen = np.flatnonzero(time > entry)[:people]
    known = entry[seen] + rng.uniform(0.5, 3, len(seen))
    stop = np.minimum(time[seen], known)
    entry = entry[seen] if entered else None
    return survival.kaplan_meier(stop, time[seen] <= known, times=[1.0], entry=entry).curve.iloc[0]


def incidence(rng, people):
    """A difference of 40% less 28% in what a year would have shown, families apart."""
    exposed, known = rng.integers(0, 2, people), rng.uniform(0.5, 3, people)
    time, share = rng.exponential(1, people), np.where(exposed == 1, 0.4 + POINTS, 0.4)
    outcome = np.where(time <= known, np.where(rng.random(people) < share, "care", "closed"), None)
    return survival.difference_at(
        np.minimum(time, known), outcome, with_change=exposed, cluster=np.arange(people), cause="care", at=1.0, name="x",
        draws=199, seed=int(rng.integers(1e9)),
    )  # fmt: skip


def occupancy(rng, people):
    """The share with a child in need episode at time 1, after plans that last 1 and before closures after another 1."""
    one, two, known = rng.exponential(1, people), rng.exponential(1, people), rng.uniform(0.8, 3, people)
    rows = []
    for child, (a, b, end) in enumerate(zip(one, one + two, known, strict=True)):
        rows.append((child, "plan", 0.0, min(a, end), "need" if a < end else None))
        if a < end:
            rows.append((child, "need", a, min(b, end), "closed" if b < end else None))
    spells = pd.DataFrame(rows, columns=["child", "state", "start", "stop", "to"])
    curve = state_occupancy.state_occupancy(
        spells, person="child", state="state", start="start", stop="stop", to="to", times=[1.0], seed=int(rng.integers(1e9))
    ).curve
    return curve.set_index("state").loc["need"]


# -- events that recur


def rate_of_events(rng, children, shape):
    rows = draw.incidents(rng, children, shape, ratio=RATIO)
    return recurrent_events.andersen_gill(rows, covariates=draw.COVARIATE, person="child").coefficients.iloc[0]


def next_event(rng, children, time):
    """Children of one rate, so that the ratio is the same at every order."""
    rows = draw.incidents(rng, children, 1e6, ratio=RATIO)
    return recurrent_events.prentice_williams_peterson(
        rows, covariates=draw.COVARIATE, person="child", time=time, last_order=3
    ).coefficients.iloc[0]


def mean_events(rng, children, shape):
    rows = draw.incidents(rng, children, shape)
    return mean_cumulative_function.mean_cumulative(rows, person="child", times=[1.0]).curve.iloc[0]


def ratio_of_means(rng, children, shape):
    rows = draw.incidents(rng, children, shape, ratio=RATIO).assign(panel=lambda r: r["panel"] > 0)
    return mean_cumulative_function.mean_cumulative_ratio(rows, person="child", with_change="panel", at=1.0, outcome="x")


def negative_counts(rng, children, shape, cluster):
    return draw.negative_counts(rng, children, shape, cluster, ratio=RATIO)


def never_at_risk(rng, children):
    """A third of children are never at risk; the others' counts are negative binomial."""
    rows = pd.DataFrame({"panel": rng.integers(0, 2, children).astype(float)})
    counts = rng.poisson(3 * rng.gamma(2, 0.5, children) * RATIO ** rows["panel"]) * (rng.random(children) > 1 / 3)
    return negative_binomial.zero_inflated(counts, rows, why_never="never placed there").coefficients.loc["panel"]


def again_within(rng, children, shape=1.0):
    """Whether another of four episodes of each child follows within 30 days, children who differ, three a year on average."""
    often = rng.gamma(shape, 1 / shape, children).repeat(4)
    days = 365 / 3 * rng.exponential(1, 4 * children) / often
    known = rng.uniform(20, 180, 4 * children)
    seen = pd.DataFrame({"person": np.arange(children).repeat(4), "days": np.minimum(days, known), "repeated": days <= known})
    return recurrent_events.repeat_within(seen, days=30, times=(30,), draws=199, seed=int(rng.integers(1e9))).effect


def most_frequent(rng, children, shape):
    """The share of incidents that the top 5% of children had, three a child on average."""
    counts = _incidents(rng, children, shape)
    return recurrent_events.top_share_interval(pd.DataFrame({"person": np.arange(children).repeat(counts)}), person="person")


def _incidents(rng, children, shape):
    """The counts of children with any, from eight times as many."""
    counts = rng.poisson(rng.gamma(shape, 3 / shape, 8 * children))
    return counts[counts > 0][:children]


@cache
def most_frequent_true(shape):
    counts = np.sort(_incidents(np.random.default_rng(1), 200_000, shape))
    return 100 * counts[-len(counts) // 20 :].sum() / counts.sum()


AGAIN_WITHIN = 100 * (1 - 1 / (1 + 30 * 3 / 365))  # of `again_within` with shape 1


# -- gaps


def of_shares(rng, n, share, how, points=POINTS):
    """Shares of `share` and `share` + `points` in groups of a third and two thirds."""
    first = np.arange(n) < n // 3
    return how(rng.random(n) < share + points * first, first, outcome="x")


def of_scores(rng, schools, how, shift=SHIFT):
    school, poor, score = draw.pupils(rng, schools)
    return how((score - shift * poor * np.sqrt(1.16)), poor, school)


def in_national_ranks(rng, pupils):
    """The disadvantaged are uniform over the lower four fifths of 100,000 ranks, the others over all of them."""
    poor = np.arange(pupils) < pupils // 4
    ranks = np.ceil(rng.uniform(0, np.where(poor, 80_000, 100_000)))
    return gaps.gap_index_in_national_ranks(ranks, poor, nationally=100_000)


def change_of_gap(rng, how):
    before, after = (of_shares(rng, 300, share, how) for share in (0.3, 0.3))
    return gaps.difference_in_gaps(after, before, outcome="x")


def explained(rng, pupils):
    """Of a gap of 1, what they are like makes up 0.6: a covariate that differs by 0.6 and moves the outcome one for one."""
    first = np.arange(pupils) < pupils // 3
    frame = pd.DataFrame({"first": first, "absence": rng.normal(size=pupils) + 0.6 * first, "age": rng.normal(size=pupils)})
    frame["score"] = frame["absence"] + 0.4 * first + rng.normal(size=pupils)
    parts = decomposition.oaxaca_blinder(
        frame, outcome="score", covariates=["absence", "age"], first="first", draws=199, seed=int(rng.integers(1e9))
    ).parts
    return parts.loc["explained"]


KITAGAWA = np.array([[0.5, 0.3, 0.2], [0.2, 0.3, 0.5]]), np.array([[0.1, 0.2, 0.4], [0.08, 0.18, 0.36]])  # shares and rates


def composition(rng, people):
    counts = {"stratum": ["a", "b", "c"]}
    for side, (share, rate) in enumerate(zip(*KITAGAWA, strict=True)):
        counts[f"n{side}"] = rng.multinomial(people, share)
        counts[f"x{side}"] = rng.binomial(counts[f"n{side}"], rate)
    return decomposition.kitagawa(
        pd.DataFrame(counts), stratum="stratum", first=("x0", "n0"), second=("x1", "n1"), draws=199, seed=int(rng.integers(1e9))
    ).parts.loc["composition"]


def composition_true() -> float:
    (one, two), (rate_1, rate_2) = KITAGAWA
    return float(100 * ((one - two) * (rate_1 + rate_2) / 2).sum())


# -- schools, graders, weights


def pupil_covariate(rng, schools):
    school, _, score = draw.pupils(rng, schools)
    frame = pd.DataFrame({"x": rng.normal(size=len(school)), "school": school})
    frame["score"] = score + SHIFT * frame["x"]
    return multilevel.multilevel(frame, outcome="score", covariates=["x"], group="school").coefficients.loc["x"]


GRADED = np.array([[0.25, 0.08, 0.01], [0.06, 0.32, 0.06], [0.01, 0.05, 0.16]])  # by the first grader (rows) and the second


def graded_twice(rng, cases, how, **weights):
    cell = rng.choice(9, cases, p=GRADED.ravel())
    return how(cell // 3, cell % 3, grades=[0, 1, 2], **weights)


def agreement_true(how, **weights) -> float:
    """The agreement of as many cases as there could be, in the shares of `GRADED`."""
    cell = np.repeat(np.arange(9), np.round(100 * GRADED.ravel()).astype(int))
    return how(cell // 3, cell % 3, grades=[0, 1, 2], **weights).estimate


def grades(rng, cases):
    """The panel doubles the odds of a higher grade."""
    panel = rng.integers(0, 2, cases).astype(float)
    above = rng.logistic(size=cases) + np.log(2) * panel
    graded = np.searchsorted([-2.2, 0.0, 2.2], above)
    return agreement.proportional_odds(graded, pd.DataFrame({"x": panel}), grades=[0, 1, 2, 3]).coefficients.iloc[0]


def weighted(rng, people, kind):
    return draw.weighted(rng, people, kind, effect=POINTS)


def predicted(rng, people):
    frame, model = draw.need_and_exposure(rng, people, effect=POINTS)
    frame["outcome"] = rng.normal(size=people) + 0.7 * frame["need"] + SHIFT * frame["exposed"]
    return weighting.standardised(
        frame, model, outcome="outcome", covariates="need + age + exposed", exposed="exposed", draws=199,
        seed=int(rng.integers(1e9)),
    )  # fmt: skip


GAP_INDEX = 10 * (2 * stats.norm.cdf(SHIFT / np.sqrt(2)) - 1)
