"""The regression arithmetic that designs share: Poisson regression with an offset, and covariances for correlated months."""

from dataclasses import dataclass

import numpy as np
from scipy import optimize, stats

from helpers.results import NotEnoughData

LARGEST_AUTOCORRELATION = 0.95


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
    if np.linalg.matrix_rank(design) < design.shape[1]:
        raise NotEnoughData(
            "the parts of the model cannot be told apart on these months (for example the change and the pandemic)"
        )
    eta = np.log(np.maximum(events, 0.1))
    deviance = np.inf
    for _ in range(100):
        mu = np.exp(np.clip(eta, -30, 30))
        weighted = design * mu[:, None]
        information = design.T @ weighted
        coefficients = np.linalg.solve(information, weighted.T @ (eta - offset + (events - mu) / mu))
        eta = design @ coefficients + offset
        mu = np.exp(np.clip(eta, -30, 30))
        new = 2 * (np.where(events > 0, events * np.log(np.where(events > 0, events, 1) / mu), 0) - (events - mu)).sum()
        if abs(new - deviance) < 1e-10 * (abs(new) + 0.1):
            break
        deviance = new
    else:
        raise NotEnoughData("the model did not settle: the events are too few or too unevenly spread")
    if np.abs(coefficients).max() > 25 + np.abs(offset).max():
        raise NotEnoughData("one part of the series has no events at all, so a ratio of rates cannot be estimated")
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


def autocorrelation(fit: PoissonFit, design: np.ndarray, position: np.ndarray) -> float:
    """The first-order autocorrelation of the errors that would leave residuals as correlated as these.

    Residuals of a trend, a step and seasons look less correlated than the errors were, badly so in short series. The value
    returned is matched: with it, the expected lag-one autocorrelation of residuals equals the observed. Never below 0.
    `position` is each row's place in the series, so that rows left out keep their distance.
    """
    weighted = design * np.sqrt(fit.means)[:, None]
    basis, _ = np.linalg.qr(weighted)
    makes = np.eye(len(weighted)) - basis @ basis.T
    apart = np.abs(np.subtract.outer(position, position)).astype(float)
    next_to = np.triu((apart == 1).astype(float), 1)
    inner, outer = makes @ next_to @ makes, makes
    observed = fit.residuals @ next_to @ fit.residuals / (fit.residuals @ fit.residuals)

    def expected(rho: float) -> float:
        errors = rho**apart if rho > 0 else np.eye(len(apart))
        return float((inner * errors).sum() / (outer * errors).sum())

    if observed <= expected(0.0):
        return 0.0
    if observed >= expected(LARGEST_AUTOCORRELATION):
        return LARGEST_AUTOCORRELATION
    return float(optimize.brentq(lambda rho: expected(rho) - observed, 0.0, LARGEST_AUTOCORRELATION, xtol=1e-4))


def autoregressive_covariance(fit: PoissonFit, design: np.ndarray, position: np.ndarray, rho: float) -> tuple[np.ndarray, float]:
    """The covariance of the Poisson coefficients when errors follow a first-order autoregression, and the dispersion behind it.

    The estimates stay those of the Poisson fit; only their covariance, and the dispersion that the residuals imply, change.
    """
    weighted = design * np.sqrt(fit.means)[:, None]
    errors = rho ** np.abs(np.subtract.outer(position, position)) if rho > 0 else np.eye(len(position))
    basis, _ = np.linalg.qr(weighted)
    expected = np.trace(errors) - np.trace(basis.T @ errors @ basis)  # expected residual sum of squares at unit dispersion
    dispersion = float((fit.residuals**2).sum() / expected)
    bread = fit.inverse_information
    return dispersion * bread @ (weighted.T @ errors @ weighted) @ bread, dispersion


def effective_degrees_of_freedom(design: np.ndarray, means: np.ndarray, position: np.ndarray, rho: float) -> float:
    """Satterthwaite's degrees of freedom of the dispersion: fewer than rows less columns where errors are correlated."""
    weighted = design * np.sqrt(means)[:, None]
    basis, _ = np.linalg.qr(weighted)
    makes = np.eye(len(weighted)) - basis @ basis.T
    errors = rho ** np.abs(np.subtract.outer(position, position)) if rho > 0 else np.eye(len(position))
    product = makes @ errors
    return float(np.trace(product) ** 2 / np.sum(product * product.T))


def ljung_box(residuals: np.ndarray, lags: int, fitted_parameters: int = 0) -> float:
    """The p-value of Ljung and Box's test that residuals are uncorrelated up to `lags` (1978)."""
    residuals = np.asarray(residuals) - np.mean(residuals)
    n, total = len(residuals), float((residuals**2).sum())
    r = np.array([(residuals[lag:] * residuals[:-lag]).sum() / total for lag in range(1, lags + 1)])
    statistic = n * (n + 2) * (r**2 / (n - np.arange(1, lags + 1))).sum()
    return float(stats.chi2.sf(statistic, lags - fitted_parameters))
