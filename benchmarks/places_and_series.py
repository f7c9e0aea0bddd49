"""Few places, series and standardised rates against the nearest library: the same work, the same results, ratios in one run.

    python -m pip install -r benchmarks/requirements.txt    (in an environment of its own)
    python benchmarks/places_and_series.py

No Python library computes directly standardised rates with Dobson limits; the rival there is UKHSA's routine written plainly,
place by place, in pandas. scipy's permutation test gives a p-value only, ours its interval too.
"""

import sys
import time
import warnings
from pathlib import Path

import numpy as np
import pandas as pd
import statsmodels.api as sm
import statsmodels.formula.api as smf
from scipy import stats

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "src"))
from helpers.designs import few_clusters, standardised_rates
from helpers.designs.interrupted_time_series import interrupted_time_series


def seconds(work, runs: int = 5):
    """The least processor time (a clock is unfair on a shared machine) of `runs` after one to warm up, and what the work gave."""
    times, result = [], work()
    for _ in range(runs):
        began = time.process_time()
        result = work()
        times.append(time.process_time() - began)
    return min(times), np.asarray(result, dtype=float)


def compare(name: str, ours, theirs, rival: str, runs: int = 5, apart: float = 1e-8) -> None:
    """Print both times and their ratio; stops where the results differ by more than `apart`."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        (own, result), (other, expected) = seconds(ours, runs), seconds(theirs, runs)
    np.testing.assert_allclose(result, expected, rtol=1e-5, atol=apart)
    print(
        f"{name}: {1000 * own:.1f} ms of processor, {rival} {1000 * other:.1f} ms, {other / own:.1f} times as fast, equal results"
    )


def wild_bootstrap(places: int, periods: int = 24) -> None:
    """Every vector of signs: 64 for six places, 4,096 for twelve."""
    from wildboottest.wildboottest import wildboottest

    rng = np.random.default_rng(1)
    place, period = np.repeat(np.arange(places), periods), np.tile(np.arange(periods), places)
    exposed = ((place < places // 2) & (period >= periods // 2)).astype(float)
    drift = rng.normal(0, 0.3, (places, 2))[place, (period >= periods // 2).astype(int)]
    panel = pd.DataFrame({"y": drift + rng.normal(size=len(place)), "D": exposed, "place": place, "period": period})
    model = smf.ols("y ~ D + C(place) + C(period)", panel)

    def ours():
        arrays = (panel[name].to_numpy() for name in ("y", "D", "place", "period"))
        return few_clusters.wild_cluster_bootstrap(*arrays, interval=False).p_value

    def theirs():
        table = wildboottest(model, param="D", cluster=panel["place"], B=9_999, seed=1, parallel=False, show=False)
        return float(table["p-value"].iloc[0])

    # The vector of no change and its mirror image tie with the estimate itself; rounding may cost wildboottest both.
    name, ties = f"wild bootstrap, {2**places:,} sign vectors", 2 / 2**places
    compare(name, ours, theirs, "wildboottest (not parallel)", runs=3, apart=ties + 1e-9)


def permutation() -> None:
    """All 20 choices of three places among six, for 100 studies."""
    changes = np.random.default_rng(2).normal(size=(100, 6))

    def theirs(row):
        def difference(a, b, axis):
            return a.mean(axis=axis) - b.mean(axis=axis)

        return stats.permutation_test((row[:3], row[3:]), difference, n_resamples=np.inf, vectorized=True).pvalue

    compare(
        "permutation over C(6,3), 100 studies",
        lambda: [few_clusters.exact_permutation(row[:3], row[3:]).p_value for row in changes],
        lambda: [theirs(row) for row in changes],
        "scipy",
    )


def series() -> None:
    """1,000 series of 60 months with two pairs of harmonics: level change and its p-value, of two kinds of error and ours.

    Our default weighs every strength of correlation between months, which no library does: of it only estimates are equal.
    """
    rng = np.random.default_rng(3)
    periods, time_, after = pd.date_range("2021-09-01", periods=60, freq="MS"), np.arange(60.0), np.arange(60) >= 36
    events = rng.poisson(40 * (1 + 0.2 * np.sin(2 * np.pi * time_ / 12)), (1_000, 60))
    frames = [pd.DataFrame({"period": periods, "events": counts, "exposure": 12_000.0}) for counts in events]
    month = periods.month.to_numpy()
    waves = [wave(2 * np.pi * pair * month / 12) for pair in (1, 2) for wave in (np.sin, np.cos)]
    design = np.column_stack([np.ones(60), time_, after, np.where(after, time_ - 36, 0), *waves])
    about = {"change_on": "2024-09-01", "outcome": "incidents", "n_unit": "incidents", "pandemic": None}

    def ours(**model):
        fitted = []
        for monthly in frames:
            level = interrupted_time_series(monthly, reference="normal", **model, **about).level_change
            fitted.append((np.log(level.estimate), level.p_value))
        return np.array(fitted)

    def theirs(**how):
        fitted = []
        for counts in events:
            model = sm.GLM(counts, design, family=sm.families.Poisson(), offset=np.full(60, np.log(12_000.0)))
            result = model.fit(tol=1e-10, **how)
            fitted.append((result.params[2], result.pvalues[2]))
        return np.array(fitted)

    def quasi_poisson():
        return theirs(scale="X2")

    def newey_west():
        return theirs(cov_type="HAC", cov_kwds={"maxlags": 3})

    compare("1,000 quasi-Poisson series", lambda: ours(errors="independent"), quasi_poisson, "statsmodels", runs=4)
    compare("1,000 series, Newey-West errors", lambda: ours(errors="hac", lags=3), newey_west, "statsmodels", runs=4)
    own, other = (lambda: ours()[:, 0]), (lambda: quasi_poisson()[:, 0])
    compare("1,000 series, every correlation weighed", own, other, "statsmodels, none weighed", runs=4)


def standardisation() -> None:
    """153 authorities x 10 years x 18 age bands, directly standardised, Dobson limits."""
    rng = np.random.default_rng(4)
    grid = pd.MultiIndex.from_product([range(153), range(2015, 2025), range(18)], names=["authority", "year", "age"])
    bands = grid.to_frame(index=False)
    bands["population"] = rng.integers(500, 5_000, len(bands))
    bands["events"] = rng.poisson(bands["population"] * 0.01)
    bands["standard"] = 1_000 + 10 * bands["age"]

    def ours():
        rates = standardised_rates.direct(
            bands, by=["authority", "year"], events="events", population="population", standard="standard"
        ).rates
        return rates[["rate", "ci_low", "ci_high"]].to_numpy()

    def one(place):
        total, weight = place["events"].sum(), place["standard"] / place["standard"].sum()
        rate = (weight * place["events"] / place["population"]).sum()
        spread = np.sqrt((weight**2 * place["events"] / place["population"] ** 2).sum() / total)
        z = stats.norm.ppf(0.975)
        low = total * (1 - 1 / (9 * total) - z / (3 * np.sqrt(total))) ** 3
        high = (total + 1) * (1 - 1 / (9 * (total + 1)) + z / (3 * np.sqrt(total + 1))) ** 3
        return pd.Series([1e4 * rate, 1e4 * (rate + spread * (low - total)), 1e4 * (rate + spread * (high - total))])

    def theirs():
        return bands.groupby(["authority", "year"]).apply(one, include_groups=False).to_numpy()

    compare("direct standardisation, 153 authorities x 10 years", ours, theirs, "pandas, place by place", runs=2)


if __name__ == "__main__":
    wild_bootstrap(6)
    wild_bootstrap(12)
    permutation()
    series()
    standardisation()
