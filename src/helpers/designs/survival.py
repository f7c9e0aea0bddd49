"""Time until something happens: Kaplan-Meier, and Aalen-Johansen where one outcome rules out another.

One minus Kaplan-Meier with the other outcomes censored overstates each of them; never use it for competing outcomes.
"""

import math
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import stats

from helpers.results import Effect, NotEnoughData

ENOUGH_AT_RISK = 20
ENOUGH_EVENTS = 10


@dataclass(frozen=True)
class CumulativeIncidence:
    """The share to whom each outcome has happened by each time. `curve` has a row an outcome and time.

    Columns: outcome, time, share (0 to 1), standard_error, ci_low, ci_high, at_risk (just before that time), events (so far).
    """

    curve: pd.DataFrame
    people: int


def aalen_johansen(duration, outcome, *, times, causes: list[str] | None = None, entry=None) -> CumulativeIncidence:
    """Cumulative incidence of each of `causes` at `times` (Aalen and Johansen 1978), allowing for the other outcomes.

    `duration` is time from each start to its outcome or to the end of what is known; `outcome` names what happened, missing
    where nothing had (censored). `entry` is the time from which each was seen (late entry). Times are in the unit of
    `duration`. Standard errors are those of Marubini and Valsecchi (Greenwood's where there is one cause), intervals on the
    log(-log) scale. NotEnoughData below 20 people or 10 events of any kind.
    """
    duration, outcome, entry = _observed(duration, outcome, entry)
    causes = sorted({name for name in outcome if name is not None}) if causes is None else list(causes)
    at, at_risk, happened = _steps(duration, outcome, entry, causes)
    surviving = np.concatenate([[1.0], np.cumprod(1 - happened.sum(axis=1) / at_risk)])[:-1]
    z = stats.norm.ppf(0.975)
    rows = []
    for number, cause in enumerate(causes):
        deaths, every = happened[:, number], happened.sum(axis=1)
        share = np.cumsum(surviving * deaths / at_risk)
        for time in times:
            upto = at <= time
            value = float(share[upto][-1]) if upto.any() else 0.0
            error = math.sqrt(max(_variance(value, share[upto], surviving[upto], deaths[upto], every[upto], at_risk[upto]), 0.0))
            low, high = log_log_limits(value, error, z)
            seen = int(((entry < time) & (duration >= time)).sum())
            rows.append((cause, time, value, error, low, high, seen, int(deaths[upto].sum())))
    columns = ["outcome", "time", "share", "standard_error", "ci_low", "ci_high", "at_risk", "events"]
    return CumulativeIncidence(pd.DataFrame(rows, columns=columns), len(duration))


def kaplan_meier(duration, event, *, times, entry=None, outcome: str = "event") -> CumulativeIncidence:
    """The share to whom `event` (true or false) has happened by `times`: one minus Kaplan-Meier's survival."""
    named = np.where(np.asarray(event, dtype=bool), outcome, None)
    return aalen_johansen(duration, named, times=times, causes=[outcome], entry=entry)


def median_time(duration, event) -> float:
    """The smallest time by which half have had the event, by Kaplan-Meier; infinite where fewer than half ever do."""
    duration, named, entered = _observed(duration, np.where(np.asarray(event, dtype=bool), "event", None), None, 1, 1)
    at, at_risk, happened = _steps(duration, named, entered, ["event"])
    surviving = np.cumprod(1 - happened[:, 0] / at_risk)
    reached = at[surviving <= 0.5 + 1e-12]
    return float(reached[0]) if len(reached) else math.inf


def difference_at(
    duration, outcome, *, with_change, cluster, cause: str, at: float, name: str, n_unit: str = "children",
    better: str | None = None, worthwhile: float | None = None, places: int | None = None, draws: int = 999, seed: int = 2024,
) -> Effect:  # fmt: skip
    """The difference in cumulative incidence of `cause` at time `at`, with the change less without, in percentage points.

    The interval is normal with a standard error from a bootstrap that draws whole clusters (families), so that siblings count
    once. `places` is how many localities the change was applied to or withheld from: with six of them the interval still
    understates what localities differ by, and `evidence` caps the finding. NotEnoughData below 20 people or 10 events of any
    kind in either group, or where nobody in a group is followed as long as `at`.
    """
    duration, outcome, _ = _observed(duration, outcome, None)
    chosen, cluster = np.asarray(with_change, dtype=bool), pd.factorize(np.asarray(cluster))[0]
    rng = np.random.default_rng(seed)
    shares, spreads = [], []
    for group, words in ((chosen, "with the change"), (~chosen, "without it")):
        _enough(int(group.sum()), int((outcome[group] != None).sum()), f" {words}")  # noqa: E711
        if duration[group].max() < at:
            raise NotEnoughData(f"nobody {words} has been followed for long enough to compare")
        families, member = np.unique(cluster[group], return_inverse=True)
        weights = rng.multinomial(len(families), np.full(len(families), 1 / len(families)), size=draws)
        everyone = np.vstack([np.ones(len(families)), weights])[:, member]
        values = weighted_share(duration[group], outcome[group], cause, at, everyone)
        shares.append(values[0])
        spreads.append(values[1:])
    difference = 100 * (shares[0] - shares[1])
    error = 100 * float(np.std(spreads[0] - spreads[1], ddof=1))
    if error == 0:
        raise NotEnoughData(f"{name}: nobody in either group, so there is nothing to compare")
    reach = stats.norm.ppf(0.975) * error
    p = float(2 * stats.norm.sf(abs(difference) / error))
    return Effect(
        name, difference, difference - reach, difference + reach, "percentage points", 0.0, "competing_risks", len(duration),
        n_unit, p, better, places, None, worthwhile,
    )  # fmt: skip


def _observed(duration, outcome, entry, people: int = ENOUGH_AT_RISK, events: int = ENOUGH_EVENTS):
    duration = np.asarray(duration, dtype=float)
    outcome = np.array([None if pd.isna(value) else str(value) for value in np.asarray(outcome, dtype=object)], dtype=object)
    entry = np.full(len(duration), -np.inf) if entry is None else np.asarray(entry, dtype=float)
    if np.isnan(duration).any() or (duration < 0).any() or (entry >= duration).any():
        raise ValueError("every duration must be known, not negative, and later than its entry")
    _enough(len(duration), int(sum(value is not None for value in outcome)), "", people, events)
    return duration, outcome, entry


def _enough(people: int, events: int, words: str, enough_people: int = ENOUGH_AT_RISK, enough_events: int = ENOUGH_EVENTS):
    # How many there were is not said: beside rounded tables an exact small number gives the others away.
    if people < enough_people or events < enough_events:
        raise NotEnoughData(f"too few at risk or too few outcomes{words}: {enough_people} and {enough_events} are needed")


def _steps(duration, outcome, entry, causes) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The times at which anything happened; how many were at risk just before; how often each cause (then any other) happened.

    Who is censored at a time is at risk at it; who enters at a time is not.
    """
    something = np.array([value is not None for value in outcome])
    at = np.unique(duration[something])
    at_risk = np.searchsorted(np.sort(entry), at, side="left") - np.searchsorted(np.sort(duration), at, side="left")
    place = np.searchsorted(at, duration[something])
    column = np.array([causes.index(value) if value in causes else len(causes) for value in outcome[something]], dtype=int)
    happened = np.zeros((len(at), len(causes) + 1))
    np.add.at(happened, (place, column), 1.0)
    return at, at_risk.astype(float), happened


def _variance(value, share, surviving, deaths, every, at_risk) -> float:
    """Marubini and Valsecchi's variance of a cumulative incidence at the last of these steps."""
    left = value - share
    with np.errstate(divide="ignore", invalid="ignore"):
        all_causes = np.where(at_risk > every, every / (at_risk * (at_risk - every)), 0.0)
    own = surviving**2 * (at_risk - deaths) / at_risk * deaths / at_risk**2
    return float((left**2 * all_causes + own - 2 * left * surviving * deaths / at_risk**2).sum())


def log_log_limits(value: float, error: float, z: float) -> tuple[float, float]:
    if not 0 < value < 1 or error == 0:
        return value, value
    spread = math.exp(z * error / (value * abs(math.log(value))))
    return value**spread, value ** (1 / spread)


def weighted_share(duration, outcome, cause, at, weights) -> np.ndarray:
    """The cumulative incidence of `cause` at `at` for each row of `weights` (one weight a person), all rows at once."""
    order = np.argsort(duration, kind="stable")
    duration, outcome, weights = duration[order], outcome[order], np.asarray(weights, dtype=float)[:, order]
    steps, first = np.unique(duration, return_index=True)
    at_risk = np.add.reduceat(weights, first, axis=1)[:, ::-1].cumsum(axis=1)[:, ::-1]
    something = np.array([value is not None for value in outcome], dtype=float)
    own = np.array([value == cause for value in outcome], dtype=float)
    any_cause, this_cause = (np.add.reduceat(weights * happened, first, axis=1) for happened in (something, own))
    upto = steps <= at
    with np.errstate(divide="ignore", invalid="ignore"):
        hazard, own_hazard = (np.where(at_risk > 0, d / at_risk, 0.0)[:, upto] for d in (any_cause, this_cause))
    before = np.cumprod(np.hstack([np.ones((len(weights), 1)), 1 - hazard[:, :-1]]), axis=1)[:, : own_hazard.shape[1]]
    return (before * own_hazard).sum(axis=1)
