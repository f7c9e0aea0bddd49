"""Cox and Andersen-Gill on 100,000 intervals against statsmodels and lifelines: the same work, equal results, ratios in one run.

    python -m pip install -r benchmarks/requirements.txt    (in an environment of its own)
    python benchmarks/cox_and_andersen_gill.py [intervals]

Times are whole days, as in records. The rivals' traps are stepped round so that results are equal: entry is moved by a
ten-thousandth of a day for statsmodels, and Breslow's ties are used. lifelines takes entry times one person after another
(minutes at 10,000 intervals) and is compared without them; its robust errors leave ties out and are not compared.
"""

import sys
import time
import warnings
from pathlib import Path

import numpy as np
import pandas as pd

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "src"))
from helpers.designs import cox

COVARIATES = ["panel", "age", "girl"]


def children(intervals: int, seed: int = 1) -> pd.DataFrame:
    """Intervals between missing episodes of children in care: about four a child, in whole days since each came."""
    rng = np.random.default_rng(seed)
    child = np.arange(intervals) // 4
    panel, age, girl = rng.integers(0, 2, child.max() + 1), rng.normal(size=child.max() + 1), rng.integers(0, 2, child.max() + 1)
    frame = pd.DataFrame({"child": child, "panel": panel[child], "age": age[child], "girl": girl[child]}).astype(float)
    rate = 0.006 * np.exp(-0.3 * frame["panel"] + 0.2 * frame["age"])
    gap = 1 + pd.Series(np.minimum(np.floor(rng.exponential(1 / rate)), 400))
    frame["event"] = (gap < 401) & (rng.random(intervals) < 0.8)
    frame["stop"] = gap.groupby(child).cumsum()
    frame["start"] = frame["stop"] - gap
    return frame


def seconds(work, runs: int):
    """The least processor time of `runs` (a clock is unfair on a shared machine), and what the work gave."""
    times = []
    for _ in range(runs):
        began = time.process_time()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            result = work()
        times.append(time.process_time() - began)
    return min(times), np.asarray(result)


def statsmodels(rows, entry=None):
    from statsmodels.duration.hazard_regression import PHReg

    status = rows["event"].astype(int)
    return PHReg(rows["stop"], rows[COVARIATES], status=status, entry=entry, ties="breslow").fit(disp=0)


def lifelines(rows):
    from lifelines import CoxPHFitter

    frame = rows[[*COVARIATES, "stop", "event"]]
    return CoxPHFitter(baseline_estimation_method="breslow").fit(frame, "stop", "event")


def main() -> None:
    intervals = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    rows = children(intervals)
    about = {"stop": rows["stop"], "event": rows["event"]}

    def ours(**more):
        return cox.cox(rows[COVARIATES], **about, **more).coefficients["estimate"]

    work = [
        ("Cox, Efron's ties, no entry", lambda: ours(), "lifelines", lambda: lifelines(rows).params_, 1e-3),
        ("Cox, Breslow's ties, no entry", lambda: ours(ties="breslow"), "statsmodels", lambda: statsmodels(rows).params, 1e-5),
        (
            "Andersen-Gill, entry, robust by child",
            lambda: ours(ties="breslow", start=rows["start"], cluster=rows["child"]),
            "statsmodels, without robust errors",
            lambda: statsmodels(rows, rows["start"] + 1e-4).params,
            1e-4,
        ),
    ]
    print(f"{intervals:,} intervals, {int(rows['event'].sum()):,} events, {rows['stop'].nunique():,} days")
    for what, own, rival, other, tolerance in work:
        (fast, first), (slow, second) = seconds(own, 2), seconds(other, 2)
        equal = np.allclose(first, second, atol=tolerance)
        print(
            f"{what}: {fast:.2f} s; {rival}: {slow:.2f} s; ratio {slow / fast:.1f}; "
            f"{'equal' if equal else 'NOT EQUAL'} within {tolerance:g} (furthest {np.abs(first - second).max():.1e})",
            flush=True,
        )


if __name__ == "__main__":
    main()
