"""How often every test finds what is not there, and how often every interval holds what is: seeded simulations, minutes long.

    python benchmarks/calibration.py [runs, default 200]     writes benchmarks/calibration.md as it goes

Each situation is one that the themes meet. A line gives the share of runs in which a test of nominal 5% finds an effect where
there is none, or a 95% interval misses the true value, with its Monte Carlo error; "above" marks a share that 5% would not give
by chance (one-sided binomial p below 0.01), "below" one that errs on the side of caution.
"""

import sys
import warnings
from pathlib import Path

import numpy as np
import pandas as pd
from scipy import stats

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "src"))
import calibration_draws as draw

from helpers import intervals
from helpers.designs import gaps, survival, two_points
from helpers.results import NotEnoughData

TABLE = Path(__file__).with_suffix(".md")
RUNS = int(sys.argv[1]) if len(sys.argv) > 1 else 200


# -- whether a run went wrong


def found(result) -> bool:
    """A test of nominal 5% found an effect where there is none."""
    return result["p_value"] < 0.05 if isinstance(result, pd.Series) else result.p_value < 0.05


def missed(true: float):
    def outside(result) -> bool:
        low, high = (result[name] if isinstance(result, pd.Series) else getattr(result, name) for name in ("ci_low", "ci_high"))
        return not low <= true <= high

    return outside


def interval_missed(true: float):
    return lambda interval: not interval.low <= true <= interval.high


def proportion(rng, n, p):
    return intervals.wilson(rng.binomial(n, p), n)


SERIES = [
    (f"{months} months{' in quarters' * (by == 'quarter')}, {mean:g} a month, dispersion {phi:g}, correlation {rho:g}",
     lambda rng, m=months, b=before, e=mean, f=phi, r=rho, q=by: draw.series(rng, months=m, before=b, mean=e, phi=f, rho=r, by=q),
     found)
    for months, before, by in ((36, 24, "month"), (48, 30, "month"), (60, 36, "month"), (60, 36, "quarter"))
    for mean in (4, 40) for phi, rho in ((1, 0), (4, 0), (2, 0.3), (4, 0.6))
]  # fmt: skip
SITUATIONS = {
    "Interrupted time series (test)": SERIES,
    "Few places (test)": [
        ("difference in differences, 3 of 6 places, 4 a month", lambda rng: draw.compared(rng), found),
        ("difference in differences, 3 of 6 places, 40 a month", lambda rng: draw.compared(rng, mean=40), found),
        ("difference in differences, 2 of 6 places", lambda rng: draw.compared(rng, pilots=2), found),
        ("fixed-effects Poisson, 3 of 6 places", lambda rng: draw.fixed_effects(rng), found),
        ("fixed-effects Poisson, 4 of 12 places", lambda rng: draw.fixed_effects(rng, places=12, pilots=4), found),
        ("group-time effects, 3 of 6 places", lambda rng: draw.group_time(rng), found),
        ("group-time effects, 4 of 12 places", lambda rng: draw.group_time(rng, places=12, pilots=4), found),
        ("joint test of earlier trends, 12 of 40 places", lambda rng: draw.earlier_trends(rng, places=40, pilots=12), found),
        ("wild bootstrap, Rademacher, 3 of 6 places", lambda rng: draw.wild(rng, "rademacher"), found),
        ("permutation, 5 of 10 places, heavy tails", lambda rng: draw.permutation(rng, 10, 5), found),
    ],
    "Few places (95% interval; those of the tests above are the same, turned round)": [
        ("permutation inverted, 5 of 10 places", lambda rng: draw.permutation(rng, 10, 5), missed(0.0)),
    ],
    "Times to an outcome, siblings in families (test)": [
        ("difference in incidence, 200 children, 15%", lambda rng: draw.incidence(rng, 200, 0.15), found),
        ("difference in incidence, 200 children, 40%", lambda rng: draw.incidence(rng, 200, 0.4), found),
        ("cause-specific Cox, 120 children", lambda rng: draw.hazards(rng, 120, 0.4, survival.cause_specific), found),
        ("cause-specific Cox, 400 children", lambda rng: draw.hazards(rng, 400, 0.4, survival.cause_specific), found),
        ("Fine-Gray, 120 children", lambda rng: draw.hazards(rng, 120, 0.4, survival.fine_gray), found),
        ("Fine-Gray, 400 children", lambda rng: draw.hazards(rng, 400, 0.2, survival.fine_gray), found),
        ("log-rank, 100 independent children", lambda rng: draw.log_rank(rng, 100), found),
    ],
    "Cumulative incidence (95% interval)": [
        ("Aalen-Johansen, 60 children, 40%", lambda rng: draw.curve(rng, 60, 0.4), missed(0.4 * (1 - np.exp(-1)))),
        ("Aalen-Johansen, 200 children, 10%", lambda rng: draw.curve(rng, 200, 0.1), missed(0.1 * (1 - np.exp(-1)))),
    ],
    "Repeated events of children who differ much (test)": [
        ("Andersen-Gill, 40 children, gamma 0.5", lambda rng: draw.rate_of_events(rng, 40, 0.5), found),
        ("Andersen-Gill, 120 children, gamma 0.25", lambda rng: draw.rate_of_events(rng, 120, 0.25), found),
        ("Andersen-Gill, 300 children, gamma 0.25", lambda rng: draw.rate_of_events(rng, 300, 0.25), found),
        ("Prentice-Williams-Peterson, total time, 120", lambda rng: draw.next_event(rng, 120, "total"), found),
        ("Prentice-Williams-Peterson, gap time, 120", lambda rng: draw.next_event(rng, 120, "gap"), found),
        ("Wei-Lin-Weissfeld, 120 children", lambda rng: draw.wlw(rng, 120), found),
        ("ratio of mean events, 120 children, gamma 0.5", lambda rng: draw.mean_events(rng, 120, 0.5), found),
        ("negative binomial, 120 children", lambda rng: draw.negative_counts(rng, 120, 0.5, False), found),
        ("negative binomial, 120 children in families", lambda rng: draw.negative_counts(rng, 120, 0.5, True), found),
    ],
    "Gaps (test)": [
        ("gap index, 15 of 115 pupils", lambda rng: gaps.gap_index(rng.normal(size=115), np.arange(115) < 15), found),
        ("gap index, 12 schools", lambda rng: draw.school_gap(rng, 12, lambda s, p, c: gaps.gap_index(s, p, cluster=c)), found),
        ("gap index, 30 schools", lambda rng: draw.school_gap(rng, 30, lambda s, p, c: gaps.gap_index(s, p, cluster=c)), found),
        ("Hedges g, 30 schools", lambda rng: draw.school_gap(rng, 30, lambda s, p, c: gaps.hedges_g(s, p, cluster=c)), found),
        ("difference of shares, 30 schools",
         lambda rng: draw.school_gap(rng, 30, lambda s, p, c: gaps.risk_difference(s > 0.5, p, outcome="x", cluster=c)), found),
        ("ratio of shares, 40 and 120 pupils, 40%",
         lambda rng: gaps.risk_ratio(rng.random(160) < 0.4, np.arange(160) < 40, outcome="x"), found),
        ("proportional odds, 80 audits", lambda rng: draw.grades(rng, 80), found),
        ("mixed model, a school's own covariate, 30 schools", lambda rng: draw.slope(rng, 30), found),
    ],
    "Weighted groups, siblings in families (test)": [
        ("weights of all, 266 children", lambda rng: draw.weighted(rng, 266, "all"), found),
        ("overlap weights, 266 children", lambda rng: draw.weighted(rng, 266, "overlap"), found),
        ("augmented, 266 children", lambda rng: draw.weighted(rng, 266, "augmented"), found),
    ],
    "Two points (test)": [
        ("two counts, 10 a year", lambda rng: two_points.two_counts(*rng.poisson(10, 2), **draw.WORDS), found),
        ("two counts, 100 a year", lambda rng: two_points.two_counts(*rng.poisson(100, 2), **draw.WORDS), found),
        ("two proportions, 20% of 60 and 80",
         lambda rng: two_points.two_proportions(rng.binomial(60, 0.2), 60, rng.binomial(80, 0.2), 80, **draw.WORDS), found),
    ],
    "Rates, shares and correlations (95% interval)": [
        ("Wilson, 1% of 300", lambda rng: proportion(rng, 300, 0.01), interval_missed(0.01)),
        ("Wilson, 40% of 42", lambda rng: proportion(rng, 42, 0.4), interval_missed(0.4)),
        ("Byar and exact, 4 a month", lambda rng: intervals.byar(rng.poisson(4)), interval_missed(4.0)),
        ("Byar, 40 a month", lambda rng: intervals.byar(rng.poisson(40)), interval_missed(40.0)),
        ("direct standardisation, 40 events", lambda rng: draw.standard(rng, 40, False), missed(40 / 9000)),
        ("the same, children who recur", lambda rng: draw.standard(rng, 40, True), missed(40 / 9000)),
        ("intraclass correlation, 30 schools", lambda rng: draw.icc(rng, 30), missed(0.16 / 1.16)),
    ],
}  # fmt: skip


def line(name: str, wrong: int, runs: int, refused: int) -> str:
    share, error = wrong / runs, np.sqrt(0.05 * 0.95 / runs)
    above, below = stats.binom.sf(wrong - 1, runs, 0.05) < 0.01, stats.binom.cdf(wrong, runs, 0.05) < 0.01
    verdict = "**above**" if above else "below" if below else ""
    return f"| {name} | {100 * share:.1f}% | {100 * error:.1f} | {runs} | {refused or ''} | {verdict} |"


def simulated(number: int, heading: str) -> list[str]:
    """The lines of one heading; every situation has a seed of its own, so that headings can be run apart."""
    lines = ["", f"## {heading}", "", "| situation | share | error | runs | refused | |", "|---|---|---|---|---|---|"]
    for row, (name, study, wrong) in enumerate(SITUATIONS[heading]):
        rng, results, refused = np.random.default_rng([number, row]), [], 0
        for _ in range(RUNS):
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                try:
                    results.append(bool(wrong(study(rng))))
                except NotEnoughData:
                    refused += 1
        lines.append(line(name, sum(results), len(results), refused) if results else f"| {name} | | | 0 | {refused} | |")
        print(lines[-1], flush=True)
    return lines


def main() -> None:
    written = [
        "# False positives and missed intervals, simulated",
        "",
        f"Written by `python benchmarks/calibration.py {RUNS}`. Nominal 5% everywhere: of tests, the share of runs that find an",
        "effect where there is none; of intervals, the share that miss the true value. The error is Monte Carlo's, one",
        "standard deviation, in points. **Above**: more than chance leaves (p below 0.01). Below: fewer, on the side of caution.",
        "Refused: runs that the design would not answer. Months correlate through a log-normal rate; places drift by 10% alone.",
    ]
    for number, heading in enumerate(SITUATIONS):
        written += simulated(number, heading)
        TABLE.write_text("\n".join([*written, ""]), encoding="utf-8")


if __name__ == "__main__":
    main()
