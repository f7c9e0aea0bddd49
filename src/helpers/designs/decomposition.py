"""What a gap is made of: Oaxaca-Blinder for means, Kitagawa for shares and rates. They describe; they do not say why."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from helpers.designs import given, minima, regression
from helpers.results import NotEnoughData

REFERENCES = ("pooled", "first", "second")


@dataclass(frozen=True)
class OaxacaBlinder:
    """The gap of two means (first less second) as explained by what the groups are like, and not.

    `parts` has estimate, standard_error, ci_low, ci_high for gap, explained, unexplained and the three-fold endowments,
    coefficients, interaction; `detail` the explained part by covariate. All in the outcome's unit.
    """

    parts: pd.DataFrame
    detail: pd.DataFrame
    reference: str
    people: int


@dataclass(frozen=True)
class Kitagawa:
    """The difference of two crude rates as composition and rates, which add to it. `strata` has each stratum's part.

    `parts` has estimate, ci_low, ci_high for difference, composition and rates, in percentage points.
    """

    parts: pd.DataFrame
    strata: pd.DataFrame


def oaxaca_blinder(
    frame: pd.DataFrame, *, outcome: str, covariates: list[str], first: str, reference: str = "pooled",
    cluster: str | None = None, draws: int = 499, seed: int = 2024,
) -> OaxacaBlinder:  # fmt: skip
    """Blinder's and Oaxaca's decomposition (1973) of the gap between the `first` group (a true or false column) and the others.

    What each group's covariates go with is taken from `reference`: "pooled" (both groups with a dummy for the first, Jann 2008),
    "first" or "second". Errors and percentile limits from a bootstrap of whole `cluster`s (of people within groups where there
    are none). Parts of single categories depend on which category is left out; add them up. NotEnoughData below 10 people a
    covariate in either group, or where covariates cannot be told apart.
    """
    if reference not in REFERENCES:
        raise ValueError(f"the reference is one of {', '.join(REFERENCES)}; got {reference!r}")
    given.columns(frame, outcome, *given.listed(covariates, "covariates"), first, cluster)
    y, group = given.numbers(frame[outcome], outcome), given.flags(frame[first], first)
    x = np.column_stack([np.ones(len(y)), given.table(frame[covariates])])
    if min(group.sum(), (~group).sum()) < minima.PEOPLE_A_COVARIATE * x.shape[1]:
        least = f"{minima.PEOPLE_A_COVARIATE} a covariate are needed"
        raise NotEnoughData(f"too few in one of the groups for {len(covariates)} covariates: {least}")
    if any(np.linalg.matrix_rank(x[side]) < x.shape[1] for side in (group, ~group)):
        raise NotEnoughData("in one of the groups the covariates are too alike to be told apart")
    if np.ptp(y) == 0:
        raise NotEnoughData("everybody has the same outcome, so there is no gap to take apart")
    if cluster is not None:
        regression.spread_over_clusters(group[:, None], given.groups(frame[cluster], cluster))
    estimate = _parts(y, x, group, np.ones(len(y)), reference)
    rng = np.random.default_rng(seed)
    drawn = np.array([_parts(y, x, group, weights, reference) for weights in _resamples(frame, cluster, group, draws, rng)])
    low, high = np.quantile(drawn, [0.025, 0.975], axis=0)
    names = ["gap", "explained", "unexplained", "endowments", "coefficients", "interaction", *covariates]
    table = pd.DataFrame(
        {"estimate": estimate, "standard_error": drawn.std(axis=0, ddof=1), "ci_low": low, "ci_high": high}, index=names
    )
    return OaxacaBlinder(table.iloc[:6], table.iloc[6:], reference, len(y))


def kitagawa(
    counts: pd.DataFrame, *, stratum: str, first: tuple[str, str], second: tuple[str, str], draws: int = 999, seed: int = 2024
) -> Kitagawa:
    """Kitagawa's decomposition (1955) of the difference of two rates, first less second, into composition and rates.

    `counts` has a row a stratum; `first` and `second` name its columns of (events, people). Each stratum's composition part is
    the difference of shares of people times the mean rate, its rate part the difference of rates times the mean share; there is
    no interaction left over. Limits: percentiles of multinomial people and binomial events drawn again. NotEnoughData where a
    stratum has people on one side only, or fewer than 20 people are on a side.
    """
    given.columns(counts, stratum, *first, *second)
    (x_1, n_1), (x_2, n_2) = (tuple(given.numbers(counts[name], name) for name in pair) for pair in (first, second))
    if ((x_1 > n_1) | (x_2 > n_2) | (x_1 < 0) | (x_2 < 0)).any():
        raise ValueError("events lie between none and the people of their stratum")
    if not x_1.any() and not x_2.any():
        raise NotEnoughData("no events on either side: there is no difference to take apart")
    if min(n_1.sum(), n_2.sum()) < minima.PEOPLE_DECOMPOSED or ((n_1 == 0) | (n_2 == 0)).any():
        raise NotEnoughData("a stratum has people on one side only, or a side has too few: join strata")
    composition, rates = _kitagawa(x_1, n_1, x_2, n_2)
    rng = np.random.default_rng(seed)
    people = [rng.multinomial(int(n.sum()), n / n.sum(), size=draws).astype(float) for n in (n_1, n_2)]
    events = [rng.binomial(p.astype(int), x / n) for p, x, n in zip(people, (x_1, x_2), (n_1, n_2), strict=True)]
    drawn = _kitagawa(events[0], people[0], events[1], people[1])
    totals = np.column_stack([(drawn[0] + drawn[1]).sum(axis=1), drawn[0].sum(axis=1), drawn[1].sum(axis=1)])
    low, high = np.quantile(totals, [0.025, 0.975], axis=0)
    estimate = [(composition + rates).sum(), composition.sum(), rates.sum()]
    parts = pd.DataFrame({"estimate": estimate, "ci_low": low, "ci_high": high}, index=["difference", "composition", "rates"])
    strata = pd.DataFrame({stratum: counts[stratum].to_numpy(), "composition": composition, "rates": rates})
    return Kitagawa(parts, strata)


def _parts(y, x, group, weights, reference) -> np.ndarray:
    def fitted(rows, columns):
        heavy = columns * weights[rows, None]
        return np.linalg.lstsq(heavy.T @ columns, heavy.T @ y[rows], rcond=None)[0]

    everyone = np.ones(len(y), dtype=bool)
    one, two = fitted(group, x[group]), fitted(~group, x[~group])
    mean_1, mean_2 = (np.average(x[side], axis=0, weights=weights[side]) for side in (group, ~group))
    apart, gap = mean_1 - mean_2, mean_1 @ one - mean_2 @ two
    if reference == "pooled":
        with_dummy = fitted(everyone, np.column_stack([x, group]))
        known = with_dummy[:-1]
    else:
        known = one if reference == "first" else two
    explained = apart * known
    three = [apart @ two, mean_2 @ (one - two), apart @ (one - two)]
    return np.array([gap, explained.sum(), gap - explained.sum(), *three, *explained[1:]])


def _resamples(frame, cluster, group, draws, rng):
    """Weights that count how often each person is drawn: whole clusters, or people within their group."""
    if cluster is not None:
        who = given.groups(frame[cluster], cluster)
        clusters = who.max() + 1
        if clusters < minima.SCHOOLS:
            raise NotEnoughData(f"fewer than {minima.SCHOOLS} schools or families: too few for an interval that allows for them")
        for _ in range(draws):
            yield rng.multinomial(clusters, np.full(clusters, 1 / clusters))[who].astype(float)
        return
    for _ in range(draws):
        weights = np.zeros(len(group))
        for side in (group, ~group):
            weights[side] = rng.multinomial(side.sum(), np.full(side.sum(), 1 / side.sum()))
        yield weights


def _kitagawa(x_1, n_1, x_2, n_2) -> tuple[np.ndarray, np.ndarray]:
    """Each stratum's parts in percentage points; a stratum drawn empty has the rate of nobody, 0, and no weight."""
    share_1, share_2 = n_1 / n_1.sum(axis=-1, keepdims=True), n_2 / n_2.sum(axis=-1, keepdims=True)
    rate_1, rate_2 = x_1 / np.maximum(n_1, 1), x_2 / np.maximum(n_2, 1)
    return 100 * (share_1 - share_2) * (rate_1 + rate_2) / 2, 100 * (rate_1 - rate_2) * (share_1 + share_2) / 2
