"""Two-way fixed effects: the regression on place and period, what it is made of, and its Poisson form for counts.

With changes at different dates the regression also uses places already changed as controls; `decomposition` shows how much
of it does (Goodman-Bacon 2021). It is shown beside `staggered_difference_in_differences`, never instead of it.
"""

import itertools
import math
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import stats

from helpers import intervals, wording
from helpers.designs import few_clusters, given, minima, regression
from helpers.designs.staggered_difference_in_differences import wide_panel
from helpers.results import Check, Effect, NotEnoughData

MOST_LISTED = 12  # places up to which every vector of signs is tried
LEVEL = 0.95


@dataclass(frozen=True)
class Decomposition:
    """The two-way estimate as a weighted mean of two-by-two comparisons; weights sum to 1.

    `comparisons` has a row a pair: kind ("with places never changed", "with places not yet changed", "with places already
    changed"), changed, against (first periods; against missing for never), weight, estimate. `kinds` sums them up by kind.
    """

    estimate: float
    comparisons: pd.DataFrame
    kinds: pd.DataFrame

    def check(self) -> Check:
        """Passes where comparisons with places already changed make up less than a tenth of the two-way estimate."""
        already = self.kinds.set_index("kind")["weight"].get("with places already changed", 0.0)
        return Check(
            "Places already changed as controls",
            bool(already < 0.1),
            f"they make up {100 * already:.0f}% of the two-way regression",
        )


def decomposition(panel: pd.DataFrame, *, place: str, period: str, outcome: str, first_changed: str) -> Decomposition:
    """Goodman-Bacon's decomposition of the static two-way estimate for a balanced panel; arguments as `group_time_effects`.

    Places that had the change from the first period are controls "already changed". NotEnoughData where the change comes in no
    period, or in every place at once.
    """
    periods, outcomes, first = wide_panel(panel, place, period, outcome, first_changed)
    starts, wave_of = np.unique(first, return_inverse=True)
    if len(starts) < 2 or not (np.isfinite(starts) & (starts > 0)).any():
        raise NotEnoughData("every place had the change at once, or none after the first period: there is nothing to compare")
    exposed = (np.arange(len(periods)) >= first[:, None]).astype(float)
    centred = exposed - exposed.mean(axis=1, keepdims=True) - exposed.mean(axis=0) + exposed.mean()
    estimate = float((centred * outcomes).sum() / (centred**2).sum())
    means = np.array([outcomes[wave_of == wave].mean(axis=0) for wave in range(len(starts))])
    shares, treated = np.bincount(wave_of) / len(first), np.array([exposed[wave_of == w].mean() for w in range(len(starts))])
    total = (centred**2).sum() / centred.size
    named = [periods[int(start)] if np.isfinite(start) else None for start in starts]
    rows = []

    def add(kind, changed, against, window, at, weight):
        before, after = slice(window[0], at), slice(at, window[1])
        change = [means[wave][after].mean() - means[wave][before].mean() for wave in (changed, against)]
        rows.append((kind, named[changed], named[against], weight / total, change[0] - change[1]))

    for early, late in itertools.combinations(range(len(starts)), 2):
        both, d, e = shares[early] + shares[late], treated[early], treated[late]
        split = shares[early] * shares[late] / both**2
        if np.isinf(starts[late]) and starts[early] > 0:
            weight = both**2 * split * d * (1 - d)
            add("with places never changed", early, late, (0, len(periods)), int(starts[early]), weight)
        if np.isinf(starts[late]):
            continue
        already = (both * d) ** 2 * split * e / d * (d - e) / d
        add("with places already changed", late, early, (int(starts[early]), len(periods)), int(starts[late]), already)
        if starts[early] == 0:
            continue
        not_yet = (both * (1 - e)) ** 2 * split * (d - e) / (1 - e) * (1 - d) / (1 - e)
        add("with places not yet changed", early, late, (0, int(starts[late])), int(starts[early]), not_yet)
    comparisons = pd.DataFrame(rows, columns=["kind", "changed", "against", "weight", "estimate"])
    kinds = comparisons.assign(part=comparisons["weight"] * comparisons["estimate"]).groupby("kind", as_index=False)
    kinds = kinds[["weight", "part"]].sum().assign(estimate=lambda k: k["part"] / k["weight"]).drop(columns="part")
    return Decomposition(estimate, comparisons, kinds)


@dataclass(frozen=True)
class FixedEffectsPoisson:
    """A Poisson regression with place and period effects: `effect` is the rate ratio, its interval the wider of two.

    `clustered` is that of the t of places less one, `score` that of the restricted wild bootstrap of the places' scores over
    every vector of signs (Kline and Santos 2012), inverted: the ratios that it does not reject. `smallest_p` is the smallest p
    that it can reach; where that is above 5% it rejects nothing, and its interval has no ends.
    """

    effect: Effect
    standard_error: float  # of the log rate ratio, clustered by place
    clustered: intervals.Interval
    score: intervals.Interval
    score_p_value: float
    smallest_p: float
    places: int


def fixed_effects_poisson(
    panel: pd.DataFrame, *, place: str, period: str, events: str, exposure: str, exposed: str, outcome: str, n_unit: str,
    better: str | None = None, worthwhile: float | None = None,
) -> FixedEffectsPoisson:  # fmt: skip
    """The rate ratio where `exposed` is 1 against where it is 0, log exposure as offset, every place and period its own level.

    Unlike differences of log rates it keeps periods without events. Places without any event say nothing and are left out.
    The effect's p-value is the larger and its interval the wider of the clustered t's and the score bootstrap's, neither of
    which is enough with few places (benchmarks/calibration.md). NotEnoughData below three places with events, or where exposure
    follows from place and period.
    """
    given.columns(panel, place, period, events, exposure, exposed)
    for name in (place, period):
        given.groups(panel[name], name)
    panel = panel.assign(**{name: given.numbers(panel[name], name) for name in (exposure, exposed)})
    panel = panel.assign(**{events: given.numbers(panel[events], events, least=0)})
    some = panel.groupby(place, observed=True)[events].transform("sum") > 0
    with_events = panel.loc[some, place].nunique()
    if with_events < minima.PLACES_WITH_EVENTS:
        least = wording.small(minima.PLACES_WITH_EVENTS)
        raise NotEnoughData(f"{wording.count_of(with_events, 'place')} with events; {least} are needed")
    used = panel[some & panel.groupby(period, observed=True)[events].transform("sum").gt(0)]
    if (used[exposure] <= 0).any():
        raise NotEnoughData("nobody was at risk in one of the places and periods, so it has no rate")
    who, when = pd.factorize(used[place])[0], pd.factorize(used[period])[0]
    member = np.eye(who.max() + 1)[who]
    levels = np.column_stack([member, np.eye(when.max() + 1)[when][:, 1:]])
    treated = used[exposed].to_numpy(dtype=float)
    design, groups = np.column_stack([treated, levels]), member.shape[1]
    counts, offset = used[events].to_numpy(dtype=float), np.log(used[exposure].to_numpy(dtype=float))
    fit = regression.poisson(design, counts, offset)
    if fit.dispersion < regression.NO_SPREAD:
        raise NotEnoughData("exposure, places and periods explain every count, so nothing shows how places differ")
    scores = member.T @ (design * (counts - fit.means)[:, None])
    error = math.sqrt((fit.inverse_information @ scores.T @ scores @ fit.inverse_information)[0, 0] * groups / (groups - 1))
    log, reach = float(fit.coefficients[0]), float(stats.t.ppf(0.975, groups - 1)) * error
    p = float(2 * stats.t.sf(abs(log) / error, groups - 1))
    signs, smallest = _signs(groups)

    def score_p(tau: float) -> float:
        return _score_p(treated, levels, counts, offset + tau * treated, member, signs)

    if smallest >= 1 - LEVEL:
        ends = -math.inf, math.inf
    else:
        ends = tuple(few_clusters.end_of_interval(score_p, log, way * error, 1 - LEVEL) for way in (-1, 1))
    bootstrap, t_ends = score_p(0.0), (log - reach, log + reach)
    effect = Effect(
        outcome, math.exp(log), _ratio(min(ends[0], t_ends[0])), _ratio(max(ends[1], t_ends[1])), "rate ratio", 1.0,
        "difference_in_differences", int(counts.sum()), n_unit, max(p, bootstrap), better, groups, smallest, worthwhile,
    )  # fmt: skip
    clustered, score = (intervals.Interval(_ratio(low), _ratio(high)) for low, high in (t_ends, ends))
    return FixedEffectsPoisson(effect, error, clustered, score, bootstrap, smallest, groups)


def _ratio(log: float) -> float:
    return math.exp(log) if log < 700 else math.inf


def _signs(places: int) -> tuple[np.ndarray, float]:
    """Vectors of signs, that of no change first: all of them, or beyond 12 places a draw; and the smallest p they can give."""
    if places <= MOST_LISTED:
        return np.array(list(itertools.product([1.0, -1.0], repeat=places))), 2 / 2**places
    drawn = np.random.default_rng(0).choice([1.0, -1.0], size=(9_999, places))
    return np.vstack([np.ones(places), drawn]), 1 / 10_000


def _score_p(treated, levels, counts, offset, member, signs) -> float:
    """The p-value of the studentised score of exposure, places and periods alone fitted, against every vector of signs."""
    null = regression.poisson(levels, counts, offset)
    weighted = levels * null.means[:, None]
    efficient = treated - levels @ (null.inverse_information @ (weighted.T @ treated))
    own = member.T @ (efficient * (counts - null.means))
    with np.errstate(invalid="ignore"):
        drawn = np.abs(signs @ own) / np.sqrt(((signs * own) ** 2).sum(axis=1))
    return float((drawn >= drawn[0] - few_clusters.TIE).mean())
