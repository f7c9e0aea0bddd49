"""How far two people who grade the same cases agree, and what the grades of audits go with."""

import math
import warnings
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import stats

from helpers import wording
from helpers.designs import given, minima
from helpers.designs.cox import FARTHEST, SURE
from helpers.results import Check, Effect, NotEnoughData


@dataclass(frozen=True)
class Agreement:
    """Agreement of two raters beyond chance, 1 where they always agree; `matrix` counts cases, rows the first rater's grade."""

    estimate: float
    standard_error: float
    ci_low: float
    ci_high: float
    observed: float  # share of cases agreed, partly where grades are weighted
    by_chance: float
    cases: int
    matrix: pd.DataFrame


@dataclass(frozen=True)
class ProportionalOdds:
    """Odds ratios of a higher grade, the same wherever grades are cut. Columns: estimate (log), standard_error, odds_ratio, ...

    ci_low, ci_high (of the ratio), p_value; `check` tests "the same wherever cut".
    """

    coefficients: pd.DataFrame
    check: Check
    log_likelihood: float
    cases: int


def weighted_kappa(first, second, *, grades: list, weights: str = "quadratic") -> Agreement:
    """Cohen's kappa (1968) of two raters of the same cases; `grades` in their order, lowest first.

    `weights` "quadratic", "linear" or "none" (only exact agreement counts). Standard error of Fleiss, Cohen and Everitt (1969).
    Kappa is low where nearly all cases have one grade however often raters agree: give `gwet` beside it. NotEnoughData below
    20 cases, or where each rater gave one grade only.
    """
    table, w = _table(first, second, grades), _weights(len(grades), weights)
    p = table / table.sum()
    row, column = p.sum(axis=1), p.sum(axis=0)
    observed, chance = float((w * p).sum()), float((w * np.outer(row, column)).sum())
    if np.isclose(chance, 1):
        raise NotEnoughData("every case has the same grade, so agreement cannot be told from chance")
    average = (w @ column)[:, None] + (row @ w)[None, :]
    kappa = (observed - chance) / (1 - chance)
    inside = (p * (w - average * (1 - kappa)) ** 2).sum() - (kappa - chance * (1 - kappa)) ** 2
    return _agreement(kappa, math.sqrt(max(inside, 0) / table.sum()) / (1 - chance), observed, chance, table, grades)


def gwet(first, second, *, grades: list, weights: str = "none") -> Agreement:
    """Gwet's AC1 (2008), or with `weights` AC2, of two raters: chance taken as what cases hard to grade would bring.

    It does not collapse where nearly all cases have one grade. Arguments, and NotEnoughData below 20 cases, as
    `weighted_kappa`.
    """
    table, w = _table(first, second, grades), _weights(len(grades), weights)
    n, q = table.sum(), len(grades)
    share = (table.sum(axis=0) + table.sum(axis=1)) / (2 * n)
    scale = w.sum() / (q * (q - 1))
    observed, chance = float((w * table).sum() / n), float(scale * (share * (1 - share)).sum())
    estimate = (observed - chance) / (1 - chance)
    # Each cell's cases: their agreement, and their part in the chance of agreeing (linearised, Gwet 2008).
    own_chance = scale * (1 - (share[:, None] + share[None, :]) / 2)
    cell = (w - chance) / (1 - chance) - 2 * (1 - estimate) * (own_chance - chance) / (1 - chance)
    variance = (table * (cell - estimate) ** 2).sum() / (n * (n - 1))
    return _agreement(estimate, math.sqrt(variance), observed, chance, table, grades)


def proportional_odds(
    grade, covariates: pd.DataFrame, *, grades: list, cases_a_parameter: float = minima.CASES_A_PARAMETER
) -> ProportionalOdds:
    """Ordinal logistic regression (McCullagh 1980) of grades, lowest first, on numeric covariates; statsmodels' OrderedModel.

    Grades nobody was given are left out. The check is Brant's (1990): whether ratios are the same wherever grades are cut.
    Cases graded by one auditor resemble each other, which the errors leave out. NotEnoughData below 20 cases or where either
    side of the middlemost cut has fewer than 10 cases a covariate, and where it does not settle.
    """
    from statsmodels.miscmodels.ordinal_model import OrderedModel

    given.alike(grade=grade, covariates=covariates)
    x = given.table(covariates)
    code = np.unique(_codes(grade, grades, "grade"), return_inverse=True)[1]
    cuts = np.arange(code.max(initial=0))
    smaller = [min((code <= cut).sum(), (code > cut).sum()) for cut in cuts]
    if len(code) < minima.CASES_GRADED_TWICE or not smaller or max(smaller) < cases_a_parameter * x.shape[1]:
        raise NotEnoughData("too few cases in the lower or the higher grades to say what goes with them")
    spread = x.std(axis=0)
    if np.linalg.matrix_rank(np.column_stack([np.ones(len(x)), x])) <= x.shape[1]:
        raise NotEnoughData("the covariates are too alike to be told apart")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        fit = OrderedModel(code, (x - x.mean(axis=0)) / spread, distr="logit").fit(method="bfgs", maxiter=500, gtol=1e-6, disp=0)
    k = x.shape[1]
    estimate, error = fit.params[:k] / spread, np.asarray(fit.bse)[:k] / spread
    far = (np.abs(estimate) * np.ptp(x, axis=0) > FARTHEST) & (np.abs(estimate) < SURE * error)
    if not np.isfinite(error).all() or far.any():
        raise NotEnoughData(
            "the grades did not settle into an order that the covariates explain: one side may have one grade only"
        )
    z = stats.norm.ppf(0.975)
    table = pd.DataFrame(
        {
            "estimate": estimate, "standard_error": error, "odds_ratio": np.exp(estimate), "ci_low": np.exp(estimate - z * error),
            "ci_high": np.exp(estimate + z * error), "p_value": 2 * stats.norm.sf(np.abs(estimate) / error),
        },
        index=pd.Index(covariates.columns, name="covariate"),
    )  # fmt: skip
    usable = [cut for cut, fewest in zip(cuts, smaller, strict=True) if fewest >= cases_a_parameter * k]
    return ProportionalOdds(table, _brant(code, x, usable), float(fit.llf), len(code))


def odds_ratio(
    fit: ProportionalOdds, covariate: str, *, outcome: str, n_unit: str = "audits", better: str | None = "higher",
    worthwhile: float | None = None,
) -> Effect:  # fmt: skip
    """The odds ratio of a higher grade for one covariate as an effect, with the check of proportional odds."""
    row = fit.coefficients.loc[covariate]
    return Effect(
        outcome, row["odds_ratio"], row["ci_low"], row["ci_high"], "odds ratio", 1.0, "ordinal_regression", fit.cases, n_unit,
        row["p_value"], better, None, None, worthwhile, (fit.check,),
    )  # fmt: skip


def _table(first, second, grades) -> np.ndarray:
    given.alike(first=first, second=second)
    if len(set(grades)) < 2 or len(set(grades)) < len(grades):
        raise ValueError("grades are two or more, each named once")
    codes = [_codes(rater, grades, name) for rater, name in ((first, "first"), (second, "second"))]
    if len(codes[0]) < minima.CASES_GRADED_TWICE:
        least = minima.CASES_GRADED_TWICE
        raise NotEnoughData(f"fewer than {least} cases were graded twice: too few to say how far graders agree")
    table = np.zeros((len(grades), len(grades)))
    np.add.at(table, (codes[0], codes[1]), 1.0)
    return table


def _codes(graded, grades: list, name: str) -> np.ndarray:
    code = pd.Index(grades).get_indexer(np.asarray(graded, dtype=object))
    if (code < 0).any():
        named = wording.listing(map(str, grades))
        raise ValueError(f"{name}: {wording.count_of(int((code < 0).sum()), 'value')} are missing or none of the grades {named}")
    return code


def _weights(grades: int, weights: str) -> np.ndarray:
    apart = np.abs(np.subtract.outer(np.arange(grades), np.arange(grades))) / (grades - 1)
    kinds = {"quadratic": 1 - apart**2, "linear": 1 - apart, "none": (apart == 0).astype(float)}
    if weights not in kinds:
        raise ValueError(f'weights are "quadratic", "linear" or "none"; got {weights!r}')
    return kinds[weights]


def _agreement(estimate, error, observed, chance, table, grades) -> Agreement:
    matrix = pd.DataFrame(table.astype(int), index=pd.Index(grades, name="first"), columns=pd.Index(grades, name="second"))
    if observed >= 1:  # they agreed on every case: the fewest that would, one time in forty
        low, high = (0.025 ** (1 / table.sum()) - chance) / (1 - chance), 1.0
    elif abs(estimate) < 1:
        # On Fisher's z with a t: symmetrical limits of 30 cases miss the truth 9 to 15 times in 100, these 4 to 5.
        reach = stats.t.ppf(0.975, table.sum() - 1) * error / (1 - estimate**2)
        low, high = np.tanh(np.arctanh(estimate) - reach), np.tanh(np.arctanh(estimate) + reach)
    else:
        low, high = -1.0, estimate
    return Agreement(float(estimate), float(error), float(low), float(high), observed, chance, int(table.sum()), matrix)


def _brant(code, x, cuts) -> Check:
    """Brant's Wald test that logistic regressions at each cut share their slopes."""
    name = "Proportional odds"
    if len(cuts) < 2:
        return Check(name, None, "the grades can be cut in one place only, so it cannot be tested")
    x1, k = np.column_stack([np.ones(len(x)), x]), x.shape[1]
    fits = []
    for cut in cuts:
        beta = np.zeros(k + 1)
        for _ in range(50):
            share = 1 / (1 + np.exp(-np.clip(x1 @ beta, -30, 30)))
            information = x1.T @ (x1 * (share * (1 - share))[:, None])
            if np.linalg.cond(information) > 1e12:
                return Check(name, None, "at one of the cuts one side has one grade only, so it cannot be tested")
            step = np.linalg.solve(information, x1.T @ ((code > cut) - share))
            beta = beta + step
            if np.abs(step).max() < 1e-9:
                break
        fits.append((beta, share, np.linalg.inv(information)))
    slopes = np.concatenate([beta[1:] for beta, _, _ in fits])
    covariance = np.zeros((len(slopes), len(slopes)))
    for a, (_, share_a, inverse_a) in enumerate(fits):
        for b in range(a, len(fits)):
            _, share_b, inverse_b = fits[b]
            both = x1.T @ (x1 * (share_b * (1 - share_a))[:, None])  # who is above the higher cut is above the lower
            block = (inverse_a @ both @ inverse_b)[1:, 1:]
            covariance[a * k : (a + 1) * k, b * k : (b + 1) * k] = block
            covariance[b * k : (b + 1) * k, a * k : (a + 1) * k] = block.T
    contrast = np.kron(np.eye(len(fits) - 1, len(fits), 1) - np.eye(len(fits) - 1, len(fits)), np.eye(k))
    apart = contrast @ slopes
    statistic = float(apart @ np.linalg.pinv(contrast @ covariance @ contrast.T) @ apart)
    p = float(stats.chi2.sf(statistic, len(apart)))
    passed = bool(p >= 0.05)
    return Check(name, passed, f"the odds ratios are {'' if passed else 'not '}alike wherever the grades are cut")
