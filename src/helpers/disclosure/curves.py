"""Cumulative incidence curves as readers may see them: a fixed grid of times, in steps of the rounding."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from helpers.designs.survival import CumulativeIncidence
from helpers.disclosure.controlled import KEY, VALUES, Controlled
from helpers.disclosure.policy import Policy, round_count


def control_curve(
    curves: Mapping[str, CumulativeIncidence],
    policy: Policy,
    *,
    group: str,
    time: str,
    name: str,
    population: str,
    basis: str,
    source: str,
    better: str | None = None,
) -> Controlled:
    """The curves of `designs.survival`, one for each group, at their own few times, each outcome until too few are followed.

    The result's dimensions are outcome, `group` and `time`. A share is shown as the number of children that it would be of the
    whole group, suppressed and rounded as a count, so that no step is finer than the rounding; its interval is widened to the
    same steps. So a numerator is those equivalent children, the denominator the group rounded, ratio a percentage made from
    the two; at_risk is rounded. A curve stops at the first time when fewer than `min_group` are at risk. Fewer than the
    smallest count of events, 0% after the start and 100% are [c]; a small group has no curve. ValueError if `basis` is published.
    """
    if basis == "published":
        raise ValueError("a published curve is controlled already: call disclosure.published")
    rows = []
    for label, result in curves.items():
        if round_count(result.people, policy) is None:
            continue
        for outcome, curve in result.curve.groupby("outcome", sort=False):
            for point in curve.sort_values("time").itertuples():
                if point.time > 0 and point.at_risk < policy.min_group:
                    break
                at_risk = round_count(point.at_risk if point.time > 0 else result.people, policy)
                rows.append(
                    {"outcome": outcome, group: label, time: point.time, "at_risk": at_risk}
                    | _shown(point, result.people, policy)
                )
    data = pd.DataFrame(rows, columns=["outcome", group, time, *VALUES, "symbol", "at_risk"])
    data = data.astype({value: float for value in VALUES})
    facts = {"name": name, "population": population, "basis": basis, "source": source, "better": better}
    return Controlled(unit="%", data=data, dimensions=("outcome", group, time), policy=policy, per=100, key=KEY, **facts)


def _shown(point, people: int, policy: Policy) -> dict:
    """The values of one point of a curve of `people` children, as controlled numbers."""
    of, step = round_count(people, policy), policy.round_to
    hidden = dict.fromkeys(VALUES, np.nan) | {"denominator": of, "symbol": "[c]"}
    if point.time <= 0 and point.events == 0:
        return hidden | {"numerator": 0, "ratio": 0.0, "symbol": ""}
    children = round_count(round(point.share * people), policy)
    if not children or children >= of or not round_count(point.events, policy):
        return hidden
    low, high = np.floor(point.ci_low * people / step) * step, np.ceil(point.ci_high * people / step) * step
    ends = {"ratio": children, "ci_low": min(low, children), "ci_high": min(max(high, children), of)}
    percentages = {name: np.floor(100 * count / of + 0.5) for name, count in ends.items()}
    return hidden | {"numerator": children, "symbol": ""} | percentages
