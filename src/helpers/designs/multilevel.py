"""Pupils within schools: how much schools differ, whether a gap differs between them, and estimates not stretched by chance."""

import math
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import optimize, stats

from helpers.designs import given, minima
from helpers.results import Effect, NotEnoughData


@dataclass(frozen=True)
class Multilevel:
    """A linear model with a random intercept by group, perhaps with a random slope.

    `coefficients` has a row a term: estimate, standard_error, ci_low, ci_high, p_value. `groups` has a row a group:
    size, intercept and, where there is one, slope (shrunken departures from the average, in the outcome's unit), each with
    its standard error (of prediction). Standard deviations are in the outcome's unit; `icc` is the share of the variance left
    over that lies between groups, 0 to 1. `deviance` is -2 x the log-likelihood (restricted, where `restricted`).
    """

    coefficients: pd.DataFrame
    sd_group: float
    sd_slope: float | None
    correlation: float | None  # of intercept and slope
    sd_residual: float
    icc: float
    log_likelihood: float
    deviance: float
    restricted: bool
    groups: pd.DataFrame
    people: int


@dataclass(frozen=True)
class IntraclassCorrelation:
    """The share of variance between groups, 0 to 1, with its exact 95% interval, and the mean group size it counts with."""

    icc: float
    ci_low: float
    ci_high: float
    mean_size: float
    groups: int
    people: int


def multilevel(
    frame: pd.DataFrame, *, outcome: str, covariates: list[str], group: str, slope: str | None = None, restricted: bool = True
) -> Multilevel:
    """A linear mixed model by restricted (or full) maximum likelihood, profiled over how groups differ as in R's lme4.

    `slope` names the one of `covariates` whose effect may differ between groups, correlated with the intercept. Where groups
    differ no more than chance makes them the variance between them is nought; statsmodels' MixedLM stops short there, and its
    lbfgs can collapse. Limits are t's with the degrees of freedom of R's nlme: groups less terms for what is the same for all
    of a group or differs by group. NotEnoughData below 10 groups or with no group of two; ValueError for values that are
    missing. Bates and others (2015); Pinheiro and Bates (2000); Goldstein and others (1993).
    """
    given.columns(frame, outcome, *given.listed(covariates, "covariates"), group)
    who = given.groups(frame[group], group)
    _enough(np.bincount(who))
    if slope is not None and slope not in covariates:
        raise ValueError(f"the slope that may differ, {slope}, must be one of the covariates")
    names = ["intercept", *covariates]
    x = np.column_stack([np.ones(len(frame)), given.table(frame[covariates])])
    y = given.numbers(frame[outcome], outcome)
    if np.linalg.matrix_rank(x) < x.shape[1] or len(y) < 2 * x.shape[1]:
        raise NotEnoughData("the covariates are too alike, or the people too few, to be told apart")
    random = x[:, [0]] if slope is None else x[:, [0, 1 + covariates.index(slope)]]
    estimate, covariance, between, within, log_likelihood = _fitted(y, x, random, who, restricted)
    error = np.sqrt(np.diag(covariance))
    t = stats.t(_degrees_of_freedom(x, who, None if slope is None else 1 + covariates.index(slope)))
    coefficients = pd.DataFrame(
        {
            "estimate": estimate, "standard_error": error, "ci_low": estimate - t.ppf(0.975) * error,
            "ci_high": estimate + t.ppf(0.975) * error, "p_value": 2 * t.sf(np.abs(estimate) / error),
        },
        index=pd.Index(names, name="term"),
    )  # fmt: skip
    deviations = np.sqrt(np.maximum(np.diag(between), 0))
    centre = random.mean(axis=0)
    spread = float(centre @ between @ centre)
    return Multilevel(
        coefficients, float(deviations[0]), None if slope is None else float(deviations[1]),
        None if slope is None or not deviations.all() else float(between[0, 1] / deviations.prod()), math.sqrt(within),
        spread / (spread + within), log_likelihood, -2 * log_likelihood, restricted,
        _departures(y - x @ estimate, random, frame[group], between, within), len(y),
    )  # fmt: skip


def within_and_between(
    frame: pd.DataFrame, *, outcome: str, covariate: str, group: str, others: list[str] | None = None
) -> Multilevel:
    """What a covariate goes with inside groups and what it goes with between them, apart (Mundlak 1978).

    Terms: "<covariate> within" (a pupil against the school's mean), "<covariate> between" (schools whose means differ), and
    `others`. They agree where what schools are like has nothing to do with who goes there. Refusals as in `multilevel`.
    """
    given.columns(frame, covariate, group)
    given.groups(frame[group], group)
    frame = frame.assign(**{covariate: given.numbers(frame[covariate], covariate)})
    mean = frame.groupby(group, observed=True)[covariate].transform("mean")
    if np.allclose(mean, frame[covariate]) or np.isclose(mean.std(), 0):
        raise NotEnoughData(f"{covariate}: it does not differ both within and between groups")
    terms = [f"{covariate} within", f"{covariate} between"]
    apart = frame.assign(**{terms[0]: frame[covariate] - mean, terms[1]: mean})
    return multilevel(apart, outcome=outcome, covariates=[*terms, *(others or [])], group=group)


def coefficient(
    fit: Multilevel, term: str, *, outcome: str, n_unit: str = "pupils", scale: str = "points", better: str | None = None,
    worthwhile: float | None = None,
) -> Effect:  # fmt: skip
    """One coefficient as an effect, in the outcome's unit, with the number of groups behind it."""
    row = fit.coefficients.loc[term]
    return Effect(
        outcome, row["estimate"], row["ci_low"], row["ci_high"], scale, 0.0, "multilevel", fit.people, n_unit, row["p_value"],
        better, len(fit.groups), None, worthwhile,
    )  # fmt: skip


def intraclass_correlation(values, group) -> IntraclassCorrelation:
    """The one-way analysis-of-variance estimate of the intraclass correlation, with Searle's F interval (1971).

    Below 0 it is given as 0. The interval is exact for groups of one size and near it otherwise. NotEnoughData as
    `multilevel`.
    """
    given.alike(values=values, group=group)
    values, who = given.numbers(values, "values"), given.groups(group, "group")
    sizes = np.bincount(who)
    _enough(sizes)
    n, k = len(values), len(sizes)
    means = np.bincount(who, values) / sizes
    between = float((sizes * (means - values.mean()) ** 2).sum() / (k - 1))
    within = float(((values - means[who]) ** 2).sum() / (n - k))
    if within == 0:
        raise NotEnoughData("people of a group all have one value, so a share between groups cannot be estimated")
    size, f = (n - (sizes**2).sum() / n) / (k - 1), between / within
    share = lambda ratio: max(0.0, (ratio - 1) / (ratio - 1 + size))
    low, high = f / stats.f.ppf(0.975, k - 1, n - k), f / stats.f.ppf(0.025, k - 1, n - k)
    return IntraclassCorrelation(share(f), share(low), share(high), float(size), k, n)


def _enough(sizes: np.ndarray) -> None:
    if len(sizes) < minima.GROUPS or (sizes < 2).all():
        raise NotEnoughData(f"too few groups: {minima.GROUPS} are needed, some with two people or more")


def _fitted(y, x, random, who, restricted: bool) -> tuple[np.ndarray, np.ndarray, np.ndarray, float, float]:
    """Coefficients, their covariance, variances between and within groups, and the highest log-likelihood.

    The covariance between groups is within x factor x its transpose, the factor lower triangular (Bates and others 2015).
    """
    (n, k), q, groups = x.shape, random.shape[1], who.max() + 1
    # Orthogonal columns, a centred slope and what least squares leave: the same model, but years or pence lose no digits.
    basis, corner = np.linalg.qr(x)
    plain = basis.T @ y
    known = np.column_stack([basis, y - basis @ plain])
    centre, spread = (random[:, 1:].mean(axis=0), random[:, 1:].std(axis=0))
    z, turn = np.column_stack([random[:, [0]], (random[:, 1:] - centre) / spread]), np.diag([1.0, *spread])
    turn[0, 1:] = centre
    sums = np.zeros((2, groups, max(q, k + 1), max(q, k + 1)))
    np.add.at(sums[0, :, :q, :q], who, z[:, :, None] * z[:, None, :])
    np.add.at(sums[1, :, :q, : k + 1], who, z[:, :, None] * known[:, None, :])
    zz, zx, whole, left = sums[0, :, :q, :q], sums[1, :, :q, : k + 1], known.T @ known, n - k * restricted

    def solved(entries):
        factor = np.zeros((q, q))
        factor[np.tril_indices(q)] = entries
        inner, pull = np.eye(q) + factor.T @ zz @ factor, factor.T @ zx
        rest = whole - (np.swapaxes(pull, 1, 2) @ np.linalg.solve(inner, pull)).sum(axis=0)
        estimate = np.linalg.solve(rest[:k, :k], rest[:k, k])
        within = max(float(rest[k, k] - rest[:k, k] @ estimate), 1e-300) / left
        deviance = np.linalg.slogdet(inner)[1].sum() + left * (1 + math.log(2 * math.pi * within))
        deviance += np.linalg.slogdet(rest[:k, :k])[1] if restricted else 0.0
        return deviance, estimate, within, rest[:k, :k], np.linalg.solve(turn, factor)

    starts = [[size] if q == 1 else [size, 0.0, size] for size in (1.0, 0.1)]
    bounds = [(0, None)] if q == 1 else [(0, None), (None, None), (0, None)]
    tight = {"ftol": 1e-14, "gtol": 1e-8, "maxiter": 500}
    deviance_at = lambda entries: solved(entries)[0]
    ends = [optimize.minimize(deviance_at, at, jac="3-point", method="L-BFGS-B", bounds=bounds, options=tight).x for at in starts]
    # Groups that do not differ at all come first, for a search only comes near its bound.
    deviance, estimate, within, information, factor = solved(min([np.zeros(len(starts[0])), *ends], key=deviance_at))
    if within <= 1e-14 * float(y @ y) / n:
        raise NotEnoughData("people of a group all have the value that is expected of them, so nothing is left to chance")
    back = np.linalg.inv(corner)
    deviance += 2 * restricted * np.log(np.abs(np.diag(corner))).sum()
    covariance = within * back @ np.linalg.inv(information) @ back.T
    return back @ (plain + estimate), covariance, within * factor @ factor.T, within, -float(deviance) / 2


def _degrees_of_freedom(x, who, slope: int | None) -> np.ndarray:
    """Of each term: groups less their terms where it is the same for all of a group or differs by group, else people (nlme)."""
    groups = who.max() + 1
    means = np.column_stack([np.bincount(who, column) / np.bincount(who) for column in x.T])[who]
    of_groups = np.isclose(means, x).all(axis=0)
    between = groups - int(of_groups.sum())
    df = np.where(of_groups, between, len(x) - groups - int((~of_groups).sum()))
    if slope is not None:
        df[slope] = min(df[slope], between)
    return np.maximum(df, 1)


def _departures(residual, random, group, between, within) -> pd.DataFrame:
    """Best linear unbiased predictions and the errors of prediction, the fixed part taken as known."""
    who, names = pd.factorize(group, sort=True)
    rows = []
    for k in range(len(names)):
        z, r = random[who == k], residual[who == k]
        weight = between @ z.T @ np.linalg.inv(z @ between @ z.T + within * np.eye(len(r)))
        error = np.sqrt(np.maximum(np.diag(between - weight @ z @ between), 0))
        rows.append((len(r), *np.column_stack([weight @ r, error]).ravel()))
    columns = ["size", "intercept", "intercept_error", "slope", "slope_error"][: 1 + 2 * random.shape[1]]
    return pd.DataFrame(rows, columns=columns, index=pd.Index(names, name=group.name))
