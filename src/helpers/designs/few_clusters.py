"""Inference from few places: collapsed t, exact permutation with its smallest reachable p, enumerated wild cluster bootstrap.

With six localities ordinary standard errors find effects that are not there in up to a third of tries (methods section 5).
"""

import itertools
import math
from dataclasses import dataclass

import numpy as np
from scipy import stats

from helpers import wording
from helpers.designs import given, minima
from helpers.results import NotEnoughData

TIE = 1e-9
WEIGHTS = {
    "rademacher": np.array([-1.0, 1.0]),
    "webb": np.array([-math.sqrt(1.5), -1.0, -math.sqrt(0.5), math.sqrt(0.5), 1.0, math.sqrt(1.5)]),
}


@dataclass(frozen=True)
class CollapsedT:
    """A difference of two means of one number a place, with the t interval of places less two degrees of freedom."""

    estimate: float
    standard_error: float
    ci_low: float
    ci_high: float
    p_value: float
    degrees_of_freedom: int


@dataclass(frozen=True)
class Permutation:
    """Every possible choice of places: `statistics` has one difference a choice, `observed` the actual one.

    `ci_low` and `ci_high` hold the effects that the permutation test does not reject at 1 - `level`; where that is below
    `smallest_p` no effect can be rejected, and the interval has no ends.
    """

    statistics: np.ndarray
    observed: float
    p_value: float
    smallest_p: float
    ci_low: float
    ci_high: float
    level: float

    @property
    def others_as_far(self) -> int:
        """How many other choices show at least as much in the same direction."""
        same_way = self.statistics * np.sign(self.observed)
        return int(np.sum(same_way >= abs(self.observed) - TIE)) - 1

    @property
    def others_in_words(self) -> str:
        """ "no other choice shows as much", "two other choices show as much"."""
        count = self.others_as_far
        return (
            f"{wording.count_of(count, 'other choice')} show as much"
            if count > 1
            else f"{wording.small(count)} other choice shows as much"
        )


@dataclass(frozen=True)
class WildBootstrap:
    """A restricted wild cluster bootstrap-t: `statistics` has the bootstrap t of each weight vector."""

    estimate: float
    t: float
    p_value: float
    smallest_p: float
    ci_low: float
    ci_high: float
    statistics: np.ndarray


def collapsed_t(treated, control, level: float = 0.95) -> CollapsedT:
    """Mean of the treated places' changes less that of the others', pooled variance (Donald and Lang 2007).

    One number a place. NotEnoughData below two places on either side.
    """
    treated, control = _two_sides(treated, control)
    df = len(treated) + len(control) - 2
    pooled = (((treated - treated.mean()) ** 2).sum() + ((control - control.mean()) ** 2).sum()) / df
    error = math.sqrt(pooled * (1 / len(treated) + 1 / len(control)))
    estimate = float(treated.mean() - control.mean())
    if error <= TIE * max(1.0, np.abs(treated).max(), np.abs(control).max()):
        raise NotEnoughData("places on each side changed exactly alike, so nothing shows how they differ")
    reach = stats.t.ppf(0.5 + level / 2, df) * error
    p = float(2 * stats.t.sf(abs(estimate) / error, df))
    return CollapsedT(estimate, error, estimate - reach, estimate + reach, p, df)


def exact_permutation(treated, control, level: float = 0.90) -> Permutation:
    """The difference in mean change for every choice of as many places (Fisher 1935), two-sided, with an interval by inversion.

    With 3 of 6 places there are 20 choices and no p below 0.10, so the level is 90% unless told otherwise. The first of the
    places count as chosen. NotEnoughData below two places on either side or above 200,000 choices.
    """
    treated, control = _two_sides(treated, control)
    changes, chosen = np.concatenate([treated, control]), len(treated)
    if math.comb(len(changes), chosen) > 200_000:
        raise NotEnoughData(f"{math.comb(len(changes), chosen):,} choices of places are too many to list")
    choices = np.array(list(itertools.combinations(range(len(changes)), chosen)))
    picked = np.zeros((len(choices), len(changes)))
    np.put_along_axis(picked, choices, 1.0, axis=1)
    contrast = picked / chosen - (1 - picked) / (len(changes) - chosen)
    statistics = contrast @ changes
    observed = float(statistics[0])
    # Were the effect tau, each choice would show statistics - tau x slopes, the actual one observed - tau.
    slopes = contrast @ (np.arange(len(changes)) < chosen)
    scale = max(np.abs(statistics).max(), TIE)

    def p_values(taus: np.ndarray) -> np.ndarray:
        as_far = np.abs(statistics - np.outer(taus, slopes)) >= (np.abs(observed - taus) - TIE * scale)[:, None]
        return as_far.mean(axis=1)

    smallest = _smallest_p(len(changes), chosen)
    low, high = _invert_by_crossings(p_values, statistics, slopes, observed, 1 - level)
    return Permutation(statistics, observed, float(p_values(np.zeros(1))[0]), smallest, low, high, level)


def sign_permutation(differences) -> Permutation:
    """Every way of swapping the two members of each pair (Fisher's Darwin test); `statistics` are sums over the pairs.

    At most 20 pairs. `smallest_p` is two-sided; no interval is computed.
    """
    differences = given.numbers(differences, "differences")
    if not len(differences):
        raise NotEnoughData("no pairs: there is nothing to swap")
    if len(differences) > 20:
        raise NotEnoughData(f"{len(differences)} pairs give too many assignments to list")
    signs = np.array(list(itertools.product([1.0, -1.0], repeat=len(differences))))
    # Rounded to protect ties: sums of the same numbers in another order differ in the last bit.
    statistics = np.round(signs @ np.abs(differences), 6)
    observed = round(float(differences.sum()), 6)
    p = float(np.mean(np.abs(statistics) >= abs(observed)))
    return Permutation(statistics, observed, p, 2 / len(statistics), math.nan, math.nan, math.nan)


def wild_cluster_bootstrap(
    outcome, exposed, place, period, *, weights: str = "rademacher", level: float = 0.95, interval: bool = True,
    draws: int = 9_999, seed: int = 0,
) -> WildBootstrap:  # fmt: skip
    """Restricted wild cluster bootstrap-t for `exposed` with place and period effects, over every weight vector.

    Arrays of one value a place and period. Rademacher has 2^places vectors and no p below 2/2^places (1/32 for six places);
    Webb's six points have 6^places and reach lower (Cameron, Gelbach and Miller 2008; MacKinnon and Webb 2018). The interval
    holds the effects that the test does not reject; without `interval` it is not searched for. Above nine places with Webb's
    weights, 16 with Rademacher's, vectors are too many to list and `draws` are drawn with `seed`.
    """
    given.alike(outcome=outcome, exposed=exposed, place=place, period=period)
    if weights not in WEIGHTS:
        raise ValueError(f"weights are one of {wording.listing(WEIGHTS)}; got {weights!r}")
    outcome, exposed = given.numbers(outcome, "outcome"), given.numbers(exposed, "exposed")
    at, when, points = given.groups(place, "place"), given.groups(period, "period"), WEIGHTS[weights]
    places = int(at.max(initial=-1)) + 1
    if places < 2:
        raise NotEnoughData("one place alone does not show how places differ")
    member = np.eye(places)[at]
    basis, _ = np.linalg.qr(np.column_stack([member, np.eye(when.max() + 1)[when][:, 1:]]))

    def sweep(columns):
        return columns - basis @ (basis.T @ columns)

    d, y = sweep(exposed), sweep(outcome)
    if d @ d < TIE:
        raise NotEnoughData("exposure does not vary once places and periods are allowed for")
    estimate = float(d @ y / (d @ d))
    if np.abs(y - estimate * d).max() <= TIE * max(1.0, np.abs(outcome).max()):
        raise NotEnoughData("exposure, places and periods explain every value, so nothing shows how places differ")
    shares = member.T @ d**2
    listed = places <= (16 if weights == "rademacher" else 9)
    if listed:
        vectors = np.array(list(itertools.product(points, repeat=places)))
    else:
        drawn = np.random.default_rng(seed).choice(points, size=(draws, places))
        vectors = np.vstack([np.ones(places), drawn])  # that of no change first
    smallest = 2 / len(vectors) if listed else 1 / len(vectors)

    def test(tau: float) -> tuple[float, np.ndarray]:
        """The t of the estimate against tau, and the bootstrap t of each weight vector with that null imposed."""
        restricted = y - tau * d
        parts = sweep(member * restricted[:, None])
        pull = member.T @ (d[:, None] * parts)  # score of place g from the residuals of place h
        betas = vectors @ pull.sum(axis=0) / (d @ d)
        scores = vectors @ pull.T - betas[:, None] * shares
        with np.errstate(divide="ignore", invalid="ignore"):
            values = betas * (d @ d) / np.sqrt((scores**2).sum(axis=1))
        own_score = member.T @ (d * (y - estimate * d))
        return float((estimate - tau) * (d @ d) / np.sqrt((own_score**2).sum())), values

    def p_value(tau: float) -> float:
        t, values = test(tau)
        return float(np.mean(np.abs(values) >= abs(t) - TIE))

    t, statistics = test(0.0)
    spread = abs(estimate / t) if t else 1.0
    low, high = (end_of_interval(p_value, estimate, way * spread, 1 - level) if interval else way * math.inf for way in (-1, 1))
    return WildBootstrap(estimate, t, p_value(0.0), smallest, low, high, statistics)


def _two_sides(treated, control) -> tuple[np.ndarray, np.ndarray]:
    treated, control = given.numbers(treated, "with the change", missing=True), given.numbers(control, "without", missing=True)
    if min(len(treated), len(control)) < minima.PLACES_A_SIDE:
        raise NotEnoughData(
            f"{len(treated)} places with the change and {len(control)} without; "
            f"{wording.small(minima.PLACES_A_SIDE)} of each are needed to show how they differ"
        )
    if not (np.isfinite(treated).all() and np.isfinite(control).all()):
        raise NotEnoughData("a place has no rate before or after the change")
    return treated, control


def _smallest_p(places: int, chosen: int) -> float:
    """Two choices, each the other's opposite, are as extreme as can be where the sides are equal; else one is."""
    return (2 if 2 * chosen == places else 1) / math.comb(places, chosen)


def _invert_by_crossings(p_values, statistics, slopes, observed: float, alpha: float) -> tuple[float, float]:
    """The ends of the effects not rejected: p changes only where a choice's line crosses the actual one's."""
    with np.errstate(divide="ignore", invalid="ignore"):
        crossings = np.concatenate([(statistics - observed) / (slopes - 1), (statistics + observed) / (slopes + 1)])
    crossings = np.unique(np.round(crossings[np.isfinite(crossings)], 12))
    reach = 1 + np.ptp(crossings)
    middles = np.concatenate([[crossings[0] - reach], (crossings[1:] + crossings[:-1]) / 2, [crossings[-1] + reach]])
    parts = np.array_split(middles, max(1, len(middles) * len(statistics) // 2_000_000))  # so that memory stays small
    kept = np.concatenate([p_values(part) for part in parts]) > alpha + TIE
    if kept.all() or not kept.any():
        return -math.inf, math.inf
    first, last = np.flatnonzero(kept)[[0, -1]]
    low = -math.inf if first == 0 else float(crossings[first - 1])
    high = math.inf if last == len(middles) - 1 else float(crossings[last])
    return low, high


def end_of_interval(p_value, estimate: float, step: float, alpha: float) -> float:
    """Where p falls to alpha, going from the estimate by `step`s and then by halving; without end where it never does."""
    near, far = estimate, estimate + step
    for _ in range(40):
        if p_value(far) <= alpha:
            break
        near, far = far, far + 2 * (far - estimate)
    else:
        return math.copysign(math.inf, step)
    for _ in range(20):  # to a millionth of the last step
        middle = (near + far) / 2
        near, far = (near, middle) if p_value(middle) <= alpha else (middle, far)
    return float(far)
