"""Cox regression on intervals at risk: late entry, strata, tied times, weights, and errors that allow for families.

Written because libraries go wrong here: statsmodels counts who enters at a time as at risk at it and loses its robust errors
with strata; lifelines' robust errors leave ties out. A person is at risk from just after `start` up to and including `stop`.
"""

import math
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import sparse, stats

from helpers import wording
from helpers.designs import given, minima, regression
from helpers.results import Check, Effect, NotEnoughData

FARTHEST = 12.0  # a log hazard ratio this large across a covariate's range means that one side has no events, unless
SURE = 2.0  # it is this many standard errors from nought


@dataclass(frozen=True)
class CoxFit:
    """Log hazard ratios and what is needed to use them. `coefficients` has a row a covariate.

    Columns: estimate (log hazard ratio), standard_error (robust where there are clusters, else model-based), model_error,
    hazard_ratio, ci_low, ci_high (95%, of the ratio), p_value. `covariance` is that of `standard_error`. With clusters limits
    and p-values allow for how few make most of the variance (see `coefficient_table`); `influence` has each one's part.
    `proportional` has the test that each ratio stays the same over time: slope's sign, statistic, p_value; a last row "all".
    """

    coefficients: pd.DataFrame
    covariance: np.ndarray
    model_covariance: np.ndarray
    log_likelihood: float
    proportional: pd.DataFrame
    intervals: int
    events: int
    clusters: int | None
    ties: str
    influence: np.ndarray | None = None  # clusters x covariates


def cox(
    covariates: pd.DataFrame, *, stop, event, start=None, strata=None, cluster=None, weights=None, ties: str = "efron",
    events_a_parameter: float = minima.EVENTS_A_PARAMETER,
) -> CoxFit:  # fmt: skip
    """Cox regression (1972) of the hazard of `event` on numeric `covariates`, one row an interval at risk.

    `start` (late entry, or the end of the person's interval before) and `stop` in one unit of time; `strata` each have a
    hazard of their own; `cluster` (person or family) asks for the sandwich errors of Lin and Wei (1989), without a
    small-sample factor; `weights` count a row for more or less, and are then best used with `cluster`. Ties "efron" or
    "breslow". NotEnoughData below 10 events a covariate, below 20 clusters, where covariates cannot be told apart, and where
    everyone with an event is on one side of a covariate. ValueError for values that are missing or intervals of no length.
    """
    rows, events = _rows(covariates, start, stop, event, strata, weights)
    names = list(covariates.columns)
    if not names:
        raise ValueError("no covariate: for the hazard of everybody together use survival.kaplan_meier")
    _enough(events, len(names), events_a_parameter)
    who = None if cluster is None else given.groups(cluster, "cluster")
    if who is not None and who.max() + 1 < minima.CLUSTERS:
        raise NotEnoughData(f"fewer than {minima.CLUSTERS} people or families: too few for an interval that allows for them")
    if who is not None:
        regression.spread_over_clusters(rows.x, who)
    likelihood = _PartialLikelihood(rows, ties)
    estimate, log_likelihood, information = _maximise(likelihood, rows.x, names)
    model = np.linalg.inv(information)
    residuals = likelihood.score_residuals(estimate)
    influence = None if who is None else _by_cluster(residuals, who) @ model
    covariance = model if influence is None else influence.T @ influence
    return CoxFit(
        coefficients=coefficient_table(names, estimate, covariance, model, influence), covariance=covariance,
        model_covariance=model, log_likelihood=log_likelihood,
        proportional=_proportional(likelihood, estimate, residuals, model, who, names),
        intervals=len(rows.x), events=events, clusters=None if who is None else int(who.max() + 1), ties=ties,
        influence=influence,
    )  # fmt: skip


def hazard_ratio(
    fit: CoxFit, covariate: str, *, outcome: str, n: int, n_unit: str = "children", design: str = "hazard_ratio",
    better: str | None = None, worthwhile: float | None = None, places: int | None = None,
) -> Effect:  # fmt: skip
    """The hazard ratio of one covariate as an effect, with the check that it stays the same over time.

    `n` people; `places` how many localities the change was applied to or withheld from, where it was. `better` "lower" where
    the event is unwelcome.
    """
    row = fit.coefficients.loc[covariate]
    return Effect(
        outcome, row["hazard_ratio"], row["ci_low"], row["ci_high"], "hazard ratio", 1.0, design, n, n_unit, row["p_value"],
        better, places, None, worthwhile, (proportional_hazards(fit, covariate),),
    )  # fmt: skip


def proportional_hazards(fit: CoxFit, covariate: str) -> Check:
    """Whether the covariate's hazard ratio stays the same over time, by a score test against the order of event times."""
    row = fit.proportional.loc[covariate]
    passed = bool(row["p_value"] >= 0.05)
    way = "no sign that it changes" if passed else "it rises" if row["slope"] > 0 else "it falls"
    return Check(
        "Proportional hazards", passed, f"the hazard ratio over the time followed: {way} ({wording.p_value(row['p_value'])})"
    )


def joint_p_value(fit: CoxFit) -> float:
    """The p-value that no covariate matters: Wald's test; with clusters an F test with clusters less one degrees of freedom.

    Simulated false positives of a nominal 5% are 2% to 6% for 40 to 900 families in three to six places of uneven size.
    """
    estimate = fit.coefficients["estimate"].to_numpy()
    statistic = float(estimate @ np.linalg.solve(fit.covariance, estimate))
    if fit.clusters is None:
        return float(stats.chi2.sf(statistic, len(estimate)))
    least_sure = statistic * (fit.clusters - 1) / fit.clusters / len(estimate)
    return float(stats.f.sf(least_sure, len(estimate), fit.clusters - 1))


def coefficient_table(names: list[str], estimate, covariance, model, influence=None) -> pd.DataFrame:
    """Estimates on the log scale with their errors, and the ratios with 95% limits and p-values.

    Errors are as printed by R. Limits and p-values are normal, or with the `influence` of clusters those of the error times
    sqrt(G/(G-1)) and a t whose degrees of freedom are fewer where a few clusters make most of the variance.
    """
    error, wider, t = np.sqrt(np.diag(covariance)), 1.0, stats.norm
    if influence is not None:
        wider = math.sqrt(len(influence) / (len(influence) - 1))
        t = stats.t(regression.cluster_degrees_of_freedom(influence))
    reach = t.ppf(0.975) * wider * error
    columns = {
        "estimate": estimate, "standard_error": error, "model_error": np.sqrt(np.diag(model)), "hazard_ratio": np.exp(estimate),
        "ci_low": np.exp(estimate - reach), "ci_high": np.exp(estimate + reach),
        "p_value": 2 * t.sf(np.abs(estimate) / (wider * error)),
    }  # fmt: skip
    return pd.DataFrame(columns, index=pd.Index(names, name="covariate"))


@dataclass(frozen=True)
class _Rows:
    """Intervals at risk as arrays; `enters` and `leaves` say which of the event times, numbered over all strata, a row spans."""

    x: np.ndarray
    happened: np.ndarray
    weights: np.ndarray
    enters: np.ndarray  # the first event time of its stratum after its start
    leaves: np.ndarray  # one past the last event time at or before its stop
    times: np.ndarray  # of the numbered event times


def _rows(covariates, start, stop, event, strata, weights) -> tuple[_Rows, int]:
    given.alike(covariates=covariates, stop=stop, event=event, start=start, strata=strata, weights=weights)
    x, stop, happened = given.table(covariates), given.numbers(stop, "stop"), given.flags(event, "event")
    start = np.full(len(stop), -np.inf) if start is None else given.numbers(start, "start")
    start, stop = given.same_times(start, stop)
    weights = np.ones(len(stop)) if weights is None else given.numbers(weights, "weights")
    if (start >= stop).any() or (weights <= 0).any():
        wrong = f"{int((start >= stop).sum())} do not, {int((weights <= 0).sum())} weights are not"
        raise ValueError(f"every interval must stop after it starts, and every weight be above 0: {wrong}")
    stratum = np.zeros(len(stop), dtype=int) if strata is None else given.groups(strata, "strata")
    at = np.unique(stop[happened])
    width = len(at) + 1
    numbered = np.unique(stratum[happened] * width + np.searchsorted(at, stop[happened]))
    enters = np.searchsorted(numbered, stratum * width + np.searchsorted(at, start, side="right"))
    leaves = np.searchsorted(numbered, stratum * width + np.searchsorted(at, stop, side="right"))
    return _Rows(x - x.mean(axis=0), happened, weights, enters, leaves, at[numbered % width]), int(happened.sum())


def _enough(events: int, parameters: int, events_a_parameter: float) -> None:
    # How many there were is not said: beside rounded tables an exact small number gives the others away.
    if events < max(events_a_parameter * parameters, parameters + 1):
        needed = wording.count_of(math.ceil(events_a_parameter * parameters), "event")
        raise NotEnoughData(f"too few events for {wording.count_of(parameters, 'covariate')}: {needed} are needed")


class _PartialLikelihood:
    """The log partial likelihood of rows at risk, its slope and curvature, without a loop over times or strata.

    Sums over those at risk come from adding each row where it leaves and taking it off where it entered, then summing from
    the last event time back. With Efron's ties the d events of a time count 0, 1/d ... (d-1)/d of themselves as gone.
    """

    def __init__(self, rows: _Rows, ties: str):
        if ties not in ("efron", "breslow"):
            raise ValueError(f'ties are "efron" or "breslow"; got {ties!r}')
        self.rows, count = rows, len(rows.times)
        here = np.arange(len(rows.x))
        seen = rows.enters < rows.leaves
        late = seen & (rows.enters > 0)
        self.change = sparse.csr_matrix(
            (
                np.concatenate([np.ones(seen.sum()), -np.ones(late.sum())]),
                (np.concatenate([rows.leaves[seen], rows.enters[late]]) - 1, np.concatenate([here[seen], here[late]])),
            ),
            shape=(count, len(rows.x)),
        )
        self.events = np.flatnonzero(rows.happened)
        self.events = self.events[np.argsort(rows.leaves[self.events], kind="stable")]
        self.place = rows.leaves[self.events] - 1  # of each event among the numbered times, in order
        self.tied = np.bincount(self.place, minlength=count)
        self.first = np.cumsum(self.tied) - self.tied
        if ties == "efron":
            self.gone = (np.arange(len(self.place)) - self.first[self.place]) / self.tied[self.place]
        else:
            self.gone = np.zeros(len(self.place))
        weights = rows.weights[self.events]
        self.share = (self._by_time(weights) / self.tied)[self.place]  # mean weight of the tied
        self.of_events = weights @ rows.x[self.events]

    def at(self, beta: np.ndarray) -> "_Sums":
        """The sums over those at risk at each event time, at these coefficients."""
        rows = self.rows
        linear = rows.x @ beta
        risk = rows.weights * np.exp(linear - linear.max())
        with_x = np.column_stack([risk, risk[:, None] * rows.x])
        at_risk = (self.change @ with_x)[::-1].cumsum(axis=0)[::-1]
        tied = self._by_time(with_x[self.events])
        whole, everyone = at_risk[:, :1], at_risk[self.place, 0]
        total = everyone - self.gone * tied[self.place, 0]
        return _Sums(linear, risk, total, everyone / total, at_risk[:, 1:] / whole, tied[:, 1:] / whole)

    def value(self, sums: "_Sums") -> float:
        inside = (self.rows.weights * sums.linear)[self.events].sum()
        return float(inside - (self.share * (np.log(sums.total) + sums.linear.max())).sum())

    def slope(self, sums: "_Sums") -> np.ndarray:
        return self.of_events - self._means(sums, self.share).sum(axis=0)

    def information(self, sums: "_Sums", factor=1.0) -> np.ndarray:
        """The sum over events of the covariates' covariance among those at risk, each event times `factor`."""
        hazard = self._hazard(sums, factor)
        spread = (self.rows.x * (sums.risk * hazard)[:, None]).T @ self.rows.x
        each = self.share * factor * sums.over**2
        whole, once, twice = (self._by_time(each * self.gone**power)[:, None] for power in (0, 1, 2))
        cross = sums.x.T @ (once * sums.x_of_tied)
        return spread - sums.x.T @ (whole * sums.x) + cross + cross.T - sums.x_of_tied.T @ (twice * sums.x_of_tied)

    def score_residuals(self, beta: np.ndarray, factor=1.0) -> np.ndarray:
        """Each row's part in the slope (times its weight), each event times `factor`."""
        rows, sums = self.rows, self.at(beta)
        step = self.share * factor / sums.total
        hazard, upto = self._hazard(sums, factor), _upto(self._means(sums, step))
        spanned = upto.take(rows.leaves, axis=0) - upto.take(rows.enters, axis=0)
        parts = -sums.risk[:, None] * (rows.x * hazard[:, None] - spanned)
        # Who had a tied event is partly gone (_hazard has seen to the first of the two terms), and is set against the mean
        # over the orders in which the tied could have come.
        parts[self.events] -= sums.risk[self.events, None] * self._means(sums, self.gone * step).take(self.place, axis=0)
        against = (self._means(sums, np.ones(len(step))) / self.tied[:, None]).take(self.place, axis=0)
        parts[self.events] += (rows.weights[self.events] * factor)[:, None] * (rows.x[self.events] - against)
        return parts

    def _hazard(self, sums: "_Sums", factor) -> np.ndarray:
        """What each row's relative risk is multiplied by: the baseline hazard over the event times that it spans."""
        step = self.share * factor / sums.total
        total = _upto(self._by_time(step))
        hazard = total[self.rows.leaves] - total[self.rows.enters]
        hazard[self.events] -= self._by_time(self.gone * step)[self.place]
        return hazard

    def _by_time(self, values: np.ndarray) -> np.ndarray:
        """Sums of `values`, one an event, over the events of each time."""
        return np.add.reduceat(values, self.first, axis=0)

    def _means(self, sums: "_Sums", factor: np.ndarray) -> np.ndarray:
        """By event time the sum, over its events, of `factor` times the covariates' mean among those at risk at the event."""
        each = factor * sums.over
        whole, gone = self._by_time(each), self._by_time(each * self.gone)
        return whole[:, None] * sums.x - gone[:, None] * sums.x_of_tied


def _upto(values: np.ndarray) -> np.ndarray:
    """Sums of `values`, one an event time, over the times before each."""
    return np.concatenate([np.zeros((1, *values.shape[1:])), values.cumsum(axis=0)])


@dataclass(frozen=True)
class _Sums:
    """`risk` is a row's weight times its relative risk, scaled by the largest; the others are sums of it over those at risk."""

    linear: np.ndarray
    risk: np.ndarray
    total: np.ndarray  # an event, less those of the tied that count as gone
    over: np.ndarray  # an event: the sum over all at risk, over `total`
    x: np.ndarray  # event times x covariates, over all at risk, divided by the sum of their risk
    x_of_tied: np.ndarray  # the same over those whose event it is, divided alike


def _maximise(likelihood: _PartialLikelihood, x: np.ndarray, names: list[str]) -> tuple[np.ndarray, float, np.ndarray]:
    """Newton's method with halved steps; NotEnoughData where there is no highest point."""
    beta = np.zeros(x.shape[1])
    sums = likelihood.at(beta)
    value = likelihood.value(sums)
    for _ in range(50):
        information = likelihood.information(sums)
        scale = np.sqrt(np.maximum(np.diag(information), 1e-300))
        if np.linalg.cond(information / np.outer(scale, scale)) > 1e12:
            raise NotEnoughData(f"{wording.listing(names)}: too alike, or too even among those at risk, to be told apart")
        step = np.linalg.solve(information, likelihood.slope(sums))
        for _ in range(20):
            after = likelihood.at(beta + step)
            new = likelihood.value(after)
            if new >= value - 1e-12 * abs(value):
                break
            step = step / 2
        beta, sums, gain, value = beta + step, after, new - value, new
        # Of a covariate with a long tail a sure ratio can be as large across its range; one that runs away is never sure.
        far = (np.abs(beta) * np.ptp(x, axis=0) > FARTHEST) & (np.abs(beta) * scale < SURE)
        if far.any():
            raise NotEnoughData(
                f"{names[int(np.argmax(far))]}: one side has had none of the events, so no ratio can be estimated"
            )
        if abs(gain) < 1e-10 * (abs(value) + 1) and np.abs(step * scale).max() < 1e-6:
            return beta, value, likelihood.information(sums)
    raise NotEnoughData("the model did not settle: the events are too few or too unevenly spread")


def _proportional(likelihood, estimate, residuals, model, who, names) -> pd.DataFrame:
    """A score test of a log hazard ratio that drifts with the order of event times (Grambsch and Therneau 1994; robust meat)."""
    order = stats.rankdata(likelihood.rows.times[likelihood.place])
    factor = (order - order.mean()) / max(order.std(), 1e-12)
    sums = likelihood.at(estimate)
    drift = likelihood.score_residuals(estimate, factor)
    total = drift.sum(axis=0)
    own = drift - residuals @ model @ likelihood.information(sums, factor)
    own = own if who is None else _by_cluster(own, who)
    meat = own.T @ own
    # With all events at one time there is no order for a ratio to drift with.
    statistic = np.append(total**2 / np.where(np.diag(meat) > 0, np.diag(meat), 1.0), total @ np.linalg.pinv(meat) @ total)
    p = stats.chi2.sf(statistic, np.append(np.ones(len(names)), len(names)))
    frame = pd.DataFrame({"slope": np.append(np.sign(total), np.nan), "statistic": statistic, "p_value": p})
    return frame.set_axis(pd.Index([*names, "all"], name="covariate"))


def _by_cluster(values: np.ndarray, who: np.ndarray) -> np.ndarray:
    total = np.zeros((who.max() + 1, values.shape[1]))
    np.add.at(total, who, values)
    return total
