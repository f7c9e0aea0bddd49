"""Cumulative incidence and survival curves as readers may see them: a fixed grid of days, in steps of the rounding."""

import numpy as np
import pandas as pd

from helpers.disclosure.controlled import KEY, VALUES, Controlled
from helpers.disclosure.policy import Policy, round_count


def control_curve(
    curve: pd.DataFrame,
    policy: Policy,
    *,
    grid: list[float],
    by: list[str],
    name: str,
    population: str,
    basis: str,
    source: str,
    time: str = "days",
    better: str | None = None,
) -> Controlled:
    """Curves read at the times of `grid` alone, for each combination of `by`; stopped where fewer than `min_group` are at risk.

    `curve` has, for each combination of `by`, rows in time order with `time`, at_risk (children still followed just before),
    estimate, ci_low and ci_high (0 to 1; cumulative incidence) as the model gives them; the first row is the start and its
    at_risk the size of the group. An estimate is shown as the number of children it would be of the whole group, suppressed and
    rounded as a count, so that no step is finer than the rounding; its interval is widened to the same steps. The result's
    dimensions are `by` and `time`; ratio is a percentage; at_risk is rounded; numerators are those equivalent children, not
    events counted. 0% after the start and 100% are [c].
    """
    if basis == "published":
        raise ValueError("a published curve needs no control: call disclosure.published")
    rows = []
    groups = curve.groupby(by, sort=False) if by else [((), curve)]
    for key, group in groups:
        group = group.sort_values(time)
        size = int(group["at_risk"].iloc[0])
        for when in grid:
            past, ahead = group[group[time] <= when], group[group[time] >= when]
            at_risk = int(ahead["at_risk"].iloc[0]) if len(ahead) else 0
            if past.empty or at_risk < policy.min_group or round_count(size, policy) is None:
                break
            point = _point(past.iloc[-1], size, policy, at_start=when == group[time].iloc[0])
            labels = dict(zip(by, key if isinstance(key, tuple) else (key,), strict=True))
            rows.append(labels | {time: when, **point, "at_risk": round_count(at_risk, policy)})
    data = pd.DataFrame(rows, columns=[*by, time, *VALUES, "symbol", "at_risk"])
    data = data.astype({value: float for value in VALUES})
    facts = {"name": name, "population": population, "basis": basis, "source": source, "better": better}
    return Controlled(unit="%", data=data, dimensions=(*by, time), policy=policy, per=100, key=KEY, **facts)


def _point(last: pd.Series, size: int, policy: Policy, at_start: bool) -> dict:
    """One point of a curve as controlled numbers of a group of `size` children."""
    of = round_count(size, policy)
    missing = {value: np.nan for value in VALUES} | {"denominator": of, "symbol": "[c]"}
    children = round(float(last["estimate"]) * size)
    shown = round_count(children, policy)
    if at_start and children == 0:
        return missing | {"numerator": 0, "ratio": 0.0, "symbol": ""}
    if not shown or shown >= of:
        return missing
    step = policy.round_to
    low = np.floor(last["ci_low"] * size / step) * step
    high = min(np.ceil(last["ci_high"] * size / step) * step, of)
    share = {"ratio": shown, "ci_low": min(low, shown), "ci_high": max(high, shown)}
    return missing | {"numerator": shown, "symbol": ""} | {name: np.floor(100 * n / of + 0.5) for name, n in share.items()}
