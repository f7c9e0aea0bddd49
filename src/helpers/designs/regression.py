"""The regression arithmetic that designs share: Poisson regression with an offset, and covariances for correlated months."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from scipy import special, stats

from helpers import wording
from helpers.designs import minima
from helpers.results import NotEnoughData

CORRELATIONS = np.arange(19) / 20  # of neighbouring months, that an autoregression is tried with
NO_SPREAD = 1e-9  # dispersion: below it counts do not vary about their means but for rounding
LEANING = 30  # periods for each power of the prior that leans to strong correlation


@dataclass(frozen=True)
class PoissonFit:
    """A Poisson regression with log link: coefficients, fitted means, the inverse information, Pearson dispersion."""

    coefficients: np.ndarray
    means: np.ndarray
    inverse_information: np.ndarray  # covariance if the counts were exactly Poisson
    dispersion: float  # Pearson chi-squared over residual degrees of freedom
    residuals: np.ndarray  # Pearson
    degrees_of_freedom: int


def poisson(design: np.ndarray, events: np.ndarray, offset: np.ndarray) -> PoissonFit:
    """Fit by reweighted least squares, as R's glm; NotEnoughData where columns are collinear or it does not settle."""
    events = np.asarray(events, dtype=float)
    if events.sum() == 0:
        raise NotEnoughData("no events: a rate that is always nought has no trend to follow")
    # Columns of one length, so that their units do not matter; the corner of R is small where one follows from the others.
    corner = np.abs(np.diag(np.linalg.qr(design / np.sqrt((design**2).sum(axis=0)), mode="r")))
    if not corner.min() > 1e-9:
        raise NotEnoughData(
            "the parts of the model cannot be told apart on these months (for example the change and the pandemic)"
        )
    eta = np.log(np.maximum(events, 0.1))
    for _ in range(100):
        mu = np.exp(np.clip(eta, -30, 30))
        weighted = design * mu[:, None]
        coefficients = np.linalg.solve(design.T @ weighted, weighted.T @ (eta - offset + (events - mu) / mu))
        before, eta = eta, design @ coefficients + offset
        if np.abs(eta - before).max() < 1e-8:  # steps shrink as their squares, so the next would be nought
            break
    else:
        raise NotEnoughData("the model did not settle: the events are too few or too unevenly spread")
    if np.abs(coefficients).max() > 25 + np.abs(offset).max():
        raise NotEnoughData("one part of the series has no events at all, so a ratio of rates cannot be estimated")
    mu = np.exp(np.clip(eta, -30, 30))
    residuals = (events - mu) / np.sqrt(mu)
    left = len(events) - design.shape[1]
    inverse = np.linalg.inv(design.T @ (design * mu[:, None]))
    return PoissonFit(coefficients, mu, inverse, float((residuals**2).sum() / left), residuals, left)


def hac_covariance(
    design: np.ndarray, scores_residual: np.ndarray, bread: np.ndarray, lags: int, small_sample: bool = False
) -> np.ndarray:
    """Newey-West covariance, Bartlett kernel; `small_sample` multiplies by n/(n-k).

    `scores_residual` is the working residual whose product with the design is the score (observed less fitted, for least
    squares and for Poisson); `bread` the inverse information. Stata's newey and itsa multiply by n/(n-k); R's sandwich and
    Wooldridge do not.
    """
    scores = design * np.asarray(scores_residual)[:, None]
    meat = scores.T @ scores
    for lag in range(1, lags + 1):
        product = scores[lag:].T @ scores[:-lag]
        meat += (1 - lag / (lags + 1)) * (product + product.T)
    factor = len(design) / (len(design) - design.shape[1]) if small_sample else 1.0
    return factor * bread @ meat @ bread


@dataclass(frozen=True)
class Uncertainty:
    """How a fit's coefficients vary: covariances and degrees of freedom, one a correlation of months, and how likely each is.

    Where the correlation is taken as known there is one of each. `normal` takes multipliers from the normal distribution.
    """

    covariances: np.ndarray  # correlations x coefficients x coefficients
    degrees_of_freedom: np.ndarray
    weights: np.ndarray
    dispersion: float
    correlation: float = 0.0  # the likeliest
    normal: bool = False

    def standard_errors(self, contrasts: np.ndarray) -> np.ndarray:
        return np.sqrt(self.weights @ self._variances(contrasts))

    def p_value(self, estimate: float, contrast: np.ndarray) -> float:
        """Two-sided, that the contrast is nought: the mean over correlations."""
        return float(2 * self.weights @ self._beyond(abs(estimate), np.sqrt(self._variances(contrast[None])))[:, 0])

    def reach(self, contrasts: np.ndarray, level: float = 0.95) -> np.ndarray:
        """How far the interval of each contrast (a row) reaches on either side."""
        errors, tail = np.sqrt(self._variances(contrasts)), (1 - level) / 2
        if self.normal:
            return special.ndtri(1 - tail) * errors[0]
        if len(self.weights) == 1:
            return special.stdtrit(self.degrees_of_freedom, 1 - tail) * errors[0]
        df = self.degrees_of_freedom[:, None]
        height = np.exp(special.gammaln((df + 1) / 2) - special.gammaln(df / 2)) / (np.sqrt(np.pi * df) * errors)
        reach = (special.stdtrit(df, 1 - tail) * errors).min(axis=0)
        for _ in range(100):  # the tail falls ever more slowly, so Newton's steps from below come nearer and never pass
            density = height * (1 + (reach / errors) ** 2 / df) ** (-(df + 1) / 2)
            step = (self.weights @ self._beyond(reach, errors) - tail) / (self.weights @ density)
            reach = reach + step
            if (step <= 1e-9 * reach).all():
                break
        return reach

    def _variances(self, contrasts: np.ndarray) -> np.ndarray:
        return np.einsum("mi,gij,mj->gm", contrasts, self.covariances, contrasts)

    def _beyond(self, distance, errors: np.ndarray) -> np.ndarray:
        if self.normal:
            return special.ndtr(-distance / errors)
        return special.stdtr(self.degrees_of_freedom[:, None], -distance / errors)


@dataclass(frozen=True)
class ClusterUncertainty:
    """As Uncertainty, where people with all their events are what chance draws: `influence` is people x coefficients."""

    influence: np.ndarray

    def p_value(self, estimate: float, contrast: np.ndarray) -> float:
        errors, df = self._errors(contrast[None])
        return float(2 * special.stdtr(df[0], -abs(estimate) / errors[0]))

    def reach(self, contrasts: np.ndarray, level: float = 0.95) -> np.ndarray:
        errors, df = self._errors(contrasts)
        return special.stdtrit(df, 0.5 + level / 2) * errors

    def standard_errors(self, contrasts: np.ndarray) -> np.ndarray:
        return self._errors(contrasts)[0]

    def _errors(self, contrasts: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        own = self.influence @ contrasts.T
        return np.sqrt((own**2).sum(axis=0)), cluster_degrees_of_freedom(own)


@dataclass(frozen=True)
class LeastSure:
    """Two ways to judge the same coefficients: for each contrast that counts which is less sure."""

    ways: tuple

    def p_value(self, estimate: float, contrast: np.ndarray) -> float:
        return max(way.p_value(estimate, contrast) for way in self.ways)

    def reach(self, contrasts: np.ndarray, level: float = 0.95) -> np.ndarray:
        return np.maximum.reduce([way.reach(contrasts, level) for way in self.ways])

    def standard_errors(self, contrasts: np.ndarray) -> np.ndarray:
        return np.maximum.reduce([way.standard_errors(contrasts) for way in self.ways])


def known_uncertainty(covariance: np.ndarray, degrees_of_freedom: float, dispersion: float, normal: bool = False) -> Uncertainty:
    return Uncertainty(covariance[None], np.array([degrees_of_freedom]), np.ones(1), dispersion, normal=normal)


def autoregressive_uncertainty(fit: PoissonFit, design: np.ndarray, position: np.ndarray) -> Uncertainty:
    """How the coefficients of a Poisson fit vary where months follow a first-order autoregression of unknown strength.

    Thirty or sixty months say little about how strongly months are correlated, and an interval that takes the best guess as
    true is too narrow. Each strength from 0 to 0.9 is weighed by the restricted likelihood of the residuals and by a prior
    inverse to 1 - strength, to the power of a thirtieth of the periods: set by simulation to hold the level up to 0.6 in 24 to
    84 months (benchmarks/calibration.md), as in a short series strong correlations widen the interval by themselves. At each,
    the covariance and Satterthwaite's degrees of freedom are those of the Poisson estimates, which stay as they are.
    `position` is each row's place in the series, so that rows left out keep their distance.
    """
    errors, squared_errors, before, spread = _autoregressions(tuple(int(at) for at in position))
    weighted, left = design * np.sqrt(fit.means)[:, None], fit.degrees_of_freedom
    both = np.column_stack([weighted, fit.residuals])
    # What a month adds to what the month before foretold is independent of it.
    whitened = np.concatenate([np.broadcast_to(both[:1], (len(before), 1, both.shape[1])), both[1:] - before * both[:-1]], axis=1)
    whitened /= spread
    products = np.swapaxes(whitened, 1, 2) @ whitened
    inner, pull = products[:, :-1, :-1], products[:, :-1, -1]
    squares = products[:, -1, -1] - (pull * np.linalg.solve(inner, pull[..., None])[..., 0]).sum(axis=1)
    log_determinants = 2 * np.log(spread).sum(axis=(1, 2))
    likelihood = -(log_determinants + np.linalg.slogdet(inner)[1] + left * np.log(np.maximum(squares, 1e-300))) / 2
    belief = likelihood - len(position) / LEANING * np.log(1 - CORRELATIONS)
    weights = np.exp(belief - belief.max())
    basis, corner = np.linalg.qr(weighted)
    of_basis = errors @ basis
    within = basis.T @ of_basis
    trace = len(position) - np.trace(within, axis1=1, axis2=2)  # expected residual sum of squares at unit dispersion
    squared = squared_errors - 2 * (of_basis**2).sum(axis=(1, 2)) + (within**2).sum(axis=(1, 2))
    dispersion = float((fit.residuals**2).sum()) / trace
    bread = fit.inverse_information @ corner.T
    covariances = dispersion[:, None, None] * (bread @ within @ bread.T)
    likeliest = int(np.argmax(likelihood))
    return Uncertainty(
        covariances, trace**2 / squared, weights / weights.sum(), float(dispersion[likeliest]), float(CORRELATIONS[likeliest])
    )


@lru_cache(maxsize=64)
def _autoregressions(position: tuple[int, ...]) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """For each of CORRELATIONS the errors' correlation matrix, its sum of squares, what a month keeps of the one before, and
    the standard deviation of what it adds."""
    errors = CORRELATIONS[:, None, None] ** np.abs(np.subtract.outer(position, position))
    before = (CORRELATIONS[:, None] ** np.diff(position))[..., None]
    spread = np.sqrt(1 - before**2)
    return errors, (errors**2).sum(axis=(1, 2)), before, np.concatenate([np.ones((len(before), 1, 1)), spread], axis=1)


def cluster_degrees_of_freedom(parts: np.ndarray) -> np.ndarray:
    """How many degrees of freedom a cluster-robust variance has: fewer than clusters less one where a few make most of it.

    `parts` has a row a cluster: its part in each estimate, whose squares add up to the variance. Satterthwaite's formula with
    the variance of that sum taken from the fourth powers; clusters less one, near enough, where parts are normal.
    """
    squares, fourth = (parts**2).sum(axis=0), (parts**4).sum(axis=0)
    most = len(parts) - 1
    spread = np.maximum(fourth - squares**2 / len(parts), 2 * squares**2 / most)
    return np.clip(2 * squares**2 / np.where(spread > 0, spread, 1.0), 1.0, most)


def spread_over_clusters(columns: np.ndarray, who: np.ndarray) -> None:
    """NotEnoughData where a column of two values has either in fewer than five clusters: what sets those apart is no effect.

    `columns` rows x columns; those of more values are passed over. `who` numbers each row's cluster from 0.
    """
    for column in columns.T:
        low, high = column.min(), column.max()
        if low < high and ((column == low) | (column == high)).all():
            fewest = min(int((np.bincount(who[column == value]) > 0).sum()) for value in (low, high))
            if fewest < minima.CLUSTERS_A_SIDE:
                raise NotEnoughData(
                    f"one side of a comparison lies in fewer than {wording.small(minima.CLUSTERS_A_SIDE)} families, schools or "
                    "places: too few to show how they differ"
                )


def ljung_box(residuals: np.ndarray, lags: int, fitted_parameters: int = 0) -> float:
    """The p-value of Ljung and Box's test that residuals are uncorrelated up to `lags` (1978)."""
    residuals = np.asarray(residuals) - np.mean(residuals)
    n, total = len(residuals), float((residuals**2).sum())
    r = np.array([(residuals[lag:] * residuals[:-lag]).sum() / total for lag in range(1, lags + 1)])
    statistic = n * (n + 2) * (r**2 / (n - np.arange(1, lags + 1))).sum()
    return float(stats.chi2.sf(statistic, lags - fitted_parameters))
