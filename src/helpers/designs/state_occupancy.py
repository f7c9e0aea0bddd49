"""Which state people are in as time goes on: child protection plan, child in need, closed, in care; for those still followed."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import stats

from helpers.designs import given, minima
from helpers.results import NotEnoughData


@dataclass(frozen=True)
class Occupancy:
    """The share in each state at each time. `curve` has state, time, share (0 to 1), standard_error, ci_low, ci_high."""

    curve: pd.DataFrame
    people: int
    moves: int


def state_occupancy(
    spells: pd.DataFrame, *, person: str, state: str, start: str, stop: str, to: str, times, cluster: str | None = None,
    draws: int = 199, seed: int = 2024,
) -> Occupancy:  # fmt: skip
    """The share in each state at `times` since everyone's time zero, by Aalen and Johansen's product (1978).

    One row a spell: `person` in `state` from `start` (0 for each person's first) to `stop`, then moved to the state `to`, or
    missing where that is all that is known. A state that nobody leaves needs no spells. Right for shares even where moves
    depend on the past (Datta and Satten 2001), if the end of following does not. Errors from a bootstrap of whole `cluster`s
    (family; else people), limits on the logit scale. NotEnoughData below 20 people or 10 moves, or where nobody who could
    still move is followed to the last of `times`.
    """
    given.columns(spells, person, state, start, stop, to, cluster)
    for name in (person, state):
        given.groups(spells[name], name)
    begins, ends = given.numbers(spells[start], start), given.numbers(spells[stop], stop)
    if (begins >= ends).any() or not (spells.groupby(person, observed=True)[start].min() == 0).all():
        raise ValueError("every spell stops after it starts, and each person's first starts at 0")
    spells = spells.astype({state: object, to: object})  # categories would have to be the same in both
    moved = spells[to].notna().to_numpy()
    people = int(spells[person].nunique())
    if people < minima.FOLLOWED[0] or moved.sum() < minima.FOLLOWED[1]:
        raise NotEnoughData(f"too few people or moves: {minima.FOLLOWED[0]} and {minima.FOLLOWED[1]} are needed")
    states = sorted({*spells[state], *spells[to].dropna()})
    last = ends[~moved].max() if (~moved).any() else np.inf
    if max(times) > max(last, ends.max() if set(spells.loc[moved, to]) - set(spells[state]) else last):
        raise NotEnoughData("nobody has been followed for long enough")
    who = given.groups(spells[cluster or person], cluster or person)
    rng, groups = np.random.default_rng(seed), who.max() + 1
    weights = np.vstack([np.ones(groups), rng.multinomial(groups, np.full(groups, 1 / groups), size=draws)])[:, who]
    number = {name: place for place, name in enumerate(states)}
    origin = spells[state].map(number).to_numpy()
    target = spells[to].map(number).fillna(-1).to_numpy().astype(int)
    shares = _shares(begins, ends, origin, target, weights, len(states), np.asarray(times, dtype=float))
    rows, z = [], stats.norm.ppf(0.975)
    for place, name in enumerate(states):
        for column, time in enumerate(times):
            share, error = float(shares[0, place, column]), float(shares[1:, place, column].std(ddof=1))
            low = high = share
            if 0 < share < 1:
                logit, reach = np.log(share / (1 - share)), z * error / (share * (1 - share))
                low, high = (float(1 / (1 + np.exp(-end))) for end in (logit - reach, logit + reach))
            rows.append((name, time, share, error, low, high))
    curve = pd.DataFrame(rows, columns=["state", "time", "share", "standard_error", "ci_low", "ci_high"])
    return Occupancy(curve, people, int(moved.sum()))


def _shares(begins, ends, origin, target, weights, states: int, times: np.ndarray) -> np.ndarray:
    """Shares by draw (a row of `weights`), state and time: moves one event time after another, all draws at once."""
    at = np.unique(ends[target >= 0])
    enters, leaves = np.searchsorted(at, begins, side="right"), np.searchsorted(at, ends, side="right")
    at_risk = np.zeros((states, len(at) + 1, len(weights)))
    np.add.at(at_risk, (origin, enters), weights.T)
    np.add.at(at_risk, (origin, leaves), -weights.T)
    at_risk = at_risk.cumsum(axis=1)
    now = np.stack([weights[:, (begins == 0) & (origin == place)].sum(axis=1) for place in range(states)], axis=1)
    now = now / now.sum(axis=1, keepdims=True)
    shares = np.empty((len(weights), states, len(times)))
    done = np.searchsorted(at, times, side="right")
    shares[:, :, done == 0] = now[:, :, None]
    moves = np.flatnonzero(target >= 0)
    place = np.searchsorted(at, ends[moves])
    order = np.argsort(place, kind="stable")
    groups = np.split(moves[order], np.flatnonzero(np.diff(place[order])) + 1)
    for step, group in enumerate(groups):
        before = now.copy()
        for row in group:
            there = at_risk[origin[row], step]
            part = before[:, origin[row]] * np.divide(weights[:, row], there, out=np.zeros(len(there)), where=there > 1e-9)
            now[:, origin[row]] -= part
            now[:, target[row]] += part
        shares[:, :, done == step + 1] = now[:, :, None]
    return shares
