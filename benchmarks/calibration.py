"""How often every test finds what is not there, and how often every interval holds what is: seeded simulations, minutes long.

    python benchmarks/calibration.py [runs, default 400] [words of the headings to run again, default all]

It writes benchmarks/calibration.md as it goes.

Each situation is one that the themes meet: a name, what is drawn (`calibration_draws`: nothing there; `calibration_truths`:
something known), and whether it went wrong. A line gives the share of runs in which a test of nominal 5% finds an effect where
there is none, or a 95% interval misses the true value, with its Monte Carlo error; "above" marks a share that 5% would not give
by chance (one-sided binomial p below 0.01), "below" one that errs on the side of caution.
"""

import os
import sys
import warnings
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # small matrices: threads would only wait for each other
import numpy as np
import pandas as pd
from scipy import stats

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "src"))
import calibration_draws as draw
import calibration_truths as true

from helpers import intervals
from helpers.designs import agreement, gaps, survival, two_points
from helpers.results import NotEnoughData

TABLE = Path(__file__).with_suffix(".md")
STEADY = "Control charts of steady series: points that break a rule"
HEAD = ["| situation | share | error | runs | refused | |", "|---|---|---|---|---|---|"]
CHART_HEAD = ["| chart | share | error |", "|---|---|---|"]
ABOUT = [
    "# False positives and missed intervals, simulated",
    "",
    "Written by `python benchmarks/calibration.py`. Nominal 5% everywhere: of tests, the share of runs that find an effect where",
    "there is none; of intervals, the share that miss the true value. The error is Monte Carlo's, one standard deviation, in",
    "points. **Above**: more than chance leaves (p below 0.01; of 200 lines two or so reach it by chance). Below: fewer,",
    "on the side of caution. Refused: runs that the design would not answer. Months correlate through a log-normal rate; places",
    "drift by 10% alone. Of control charts the usual range is taken from the points shown.",
]


# -- whether a run went wrong


def found(result) -> bool:
    """A test of nominal 5% found an effect where there is none."""
    return result["p_value"] < 0.05 if isinstance(result, pd.Series) else result.p_value < 0.05


def missed(truth: float):
    def outside(result) -> bool:
        low, high = (result[name] if isinstance(result, pd.Series) else getattr(result, name) for name in ("ci_low", "ci_high"))
        return not low <= truth <= high

    return outside


def interval_missed(truth: float):
    return lambda interval: not interval.low <= truth <= interval.high


def of_each(flags) -> float:
    """Where a run draws many places or points: the share of them outside."""
    return float(np.mean(flags))


def proportion(rng, n, p):
    return intervals.wilson(rng.binomial(n, p), n)


SERIES = [
    (f"{months} months{' in quarters' * (by == 'quarter')}, {mean:g} a month, dispersion {phi:g}, correlation {rho:g}",
     lambda rng, m=months, b=before, e=mean, f=phi, r=rho, q=by: draw.series(rng, months=m, before=b, mean=e, phi=f, rho=r, by=q),
     found)
    for months, before, by in (
        (24, 12, "month"), (36, 24, "month"), (48, 30, "month"), (60, 36, "month"), (84, 55, "month"), (60, 36, "quarter")
    )
    for mean in (4, 40) for phi, rho in ((1, 0), (4, 0), (2, 0.3), (4, 0.6))
]  # fmt: skip
FALLEN = [
    (f"{months} months, {mean:g} a month, dispersion {phi:g}, correlation {rho:g}",
     lambda rng, m=months, b=before, e=mean, f=phi, r=rho: draw.series(
         rng, months=m, before=b, mean=e, phi=f, rho=r, effect=true.RATIO),
     missed(true.RATIO))
    for months, before in ((24, 12), (36, 24), (60, 36))
    for mean, phi, rho in ((4, 1, 0), (40, 2, 0.3), (4, 4, 0.6), (40, 4, 0.6))
]  # fmt: skip
INDEX, INDEX_OF = true.GAP_INDEX, lambda s, p, c: gaps.gap_index(s, p, cluster=c)
G_OF, MEAN_OF = (
    lambda s, p, c: gaps.hedges_g(s, p, cluster=c),
    lambda s, p, c: gaps.mean_difference(s, p, outcome="x", cluster=c),
)
SITUATIONS = {
    "Interrupted time series (test)": SERIES,
    "Interrupted time series, a fall of 30% (95% interval)": FALLEN,
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
    "Few places, a fall of 30% (95% interval)": [
        ("difference in differences, 3 of 6 places, 4 a month", lambda rng: true.compared(rng), missed(true.RATIO)),
        ("difference in differences, 3 of 6 places, 40 a month", lambda rng: true.compared(rng, mean=40), missed(true.RATIO)),
        ("group-time effects, 3 of 6 places, 40 a month", lambda rng: true.group_time(rng), missed(np.log(true.RATIO))),
        ("fixed-effects Poisson, 3 of 6 places", lambda rng: true.fixed_effects(rng), missed(true.RATIO)),
        ("fixed-effects Poisson, 4 of 12 places", lambda rng: true.fixed_effects(rng, places=12, pilots=4), missed(true.RATIO)),
        ("wild bootstrap inverted, 3 of 6 places, 40 a month", lambda rng: true.wild(rng), missed(np.log(true.RATIO))),
        ("permutation inverted, 5 of 10 places", lambda rng: draw.permutation(rng, 10, 5), missed(0.0)),
        ("two by two, 20 of 60 pupils", lambda rng: true.two_by_two(rng, 60), missed(true.SHIFT)),
        ("relative magnitudes of 1, trends that part", lambda rng: true.parting(rng, 0.15), missed(0.0)),
        ("relative magnitudes of 1, trends alike", lambda rng: true.parting(rng, 0.0), missed(0.0)),
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
    "Times to an outcome (95% interval)": [
        ("Cox, 120 children in families, ratio 0.7", lambda rng: true.hazard(rng, 120), missed(true.RATIO)),
        ("Cox, 400 children in families, ratio 0.7", lambda rng: true.hazard(rng, 400), missed(true.RATIO)),
        ("Cox, 200 children who enter late, ratio 0.7", lambda rng: true.late_entry(rng, 200), missed(true.RATIO)),
        ("Fine-Gray, 200 children, 40%, ratio 0.7", lambda rng: true.subdistribution(rng, 200, 0.4), missed(true.RATIO)),
        ("Fine-Gray, 600 children, 15%, ratio 0.7", lambda rng: true.subdistribution(rng, 600, 0.15), missed(true.RATIO)),
        ("Kaplan-Meier, 40 children", lambda rng: true.still_waiting(rng, 40), missed(1 - np.exp(-1))),
        ("Kaplan-Meier, 100 children who enter late", lambda rng: true.still_waiting(rng, 100, True), missed(1 - np.exp(-1))),
        ("Aalen-Johansen, 60 children, 40%", lambda rng: draw.curve(rng, 60, 0.4), missed(0.4 * (1 - np.exp(-1)))),
        ("Aalen-Johansen, 200 children, 10%", lambda rng: draw.curve(rng, 200, 0.1), missed(0.1 * (1 - np.exp(-1)))),
        ("Aalen-Johansen, 400 children, 1%", lambda rng: draw.curve(rng, 400, 0.01), missed(0.01 * (1 - np.exp(-1)))),
        ("difference in incidence, 200 children", lambda rng: true.incidence(rng, 200), missed(12 * (1 - np.exp(-1)))),
        ("state occupancy, 60 children", lambda rng: true.occupancy(rng, 60), missed(np.exp(-1))),
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
    "Repeated events, a ratio of 0.7 (95% interval)": [
        ("Andersen-Gill, 60 children, gamma 0.5", lambda rng: true.rate_of_events(rng, 60, 0.5), missed(true.RATIO)),
        ("Andersen-Gill, 200 children, gamma 0.25", lambda rng: true.rate_of_events(rng, 200, 0.25), missed(true.RATIO)),
        ("Prentice-Williams-Peterson, total time, 120", lambda rng: true.next_event(rng, 120, "total"), missed(true.RATIO)),
        ("Prentice-Williams-Peterson, gap time, 120", lambda rng: true.next_event(rng, 120, "gap"), missed(true.RATIO)),
        ("mean events by one year, 60 children, gamma 0.5", lambda rng: true.mean_events(rng, 60, 0.5), missed(1.5)),
        ("ratio of mean events, 120 children, gamma 0.5", lambda rng: true.ratio_of_means(rng, 120, 0.5), missed(true.RATIO)),
        ("negative binomial, 120 children", lambda rng: true.negative_counts(rng, 120, 0.5, False), missed(true.RATIO)),
        ("negative binomial, 120 in families", lambda rng: true.negative_counts(rng, 120, 0.5, True), missed(true.RATIO)),
        ("a third never at risk, 400 children", lambda rng: true.never_at_risk(rng, 400), missed(true.RATIO)),
        ("another within 30 days, 60 children, gamma 1", lambda rng: true.again_within(rng, 60), missed(true.AGAIN_WITHIN)),
        ("incidents of the top 5% of 270 children, gamma 0.5", lambda rng: true.most_frequent(rng, 270, 0.5),
         missed(true.most_frequent_true(0.5))),
        ("incidents of the top 5% of 270 children, gamma 0.25", lambda rng: true.most_frequent(rng, 270, 0.25),
         missed(true.most_frequent_true(0.25))),
        ("incidents of the top 5% of 1,200 children, gamma 0.25", lambda rng: true.most_frequent(rng, 1_200, 0.25),
         missed(true.most_frequent_true(0.25))),
    ],
    "Gaps (test)": [
        ("gap index, 15 of 115 pupils", lambda rng: gaps.gap_index(rng.normal(size=115), np.arange(115) < 15), found),
        ("gap index, 12 schools", lambda rng: draw.school_gap(rng, 12, INDEX_OF), found),
        ("gap index, 30 schools", lambda rng: draw.school_gap(rng, 30, INDEX_OF), found),
        ("Hedges g, 30 schools", lambda rng: draw.school_gap(rng, 30, G_OF), found),
        ("difference of shares, 30 schools",
         lambda rng: draw.school_gap(rng, 30, lambda s, p, c: gaps.risk_difference(s > 0.5, p, outcome="x", cluster=c)), found),
        ("ratio of shares, 40 and 120 pupils, 40%",
         lambda rng: gaps.risk_ratio(rng.random(160) < 0.4, np.arange(160) < 40, outcome="x"), found),
        ("proportional odds, 80 audits", lambda rng: draw.grades(rng, 80), found),
        ("mixed model, a school's own covariate, 12 schools", lambda rng: draw.slope(rng, 12), found),
        ("mixed model, a school's own covariate, 30 schools", lambda rng: draw.slope(rng, 30), found),
    ],
    "Gaps that are there (95% interval)": [
        ("difference of shares, 600 children, 1%",
         lambda rng: true.of_shares(rng, 600, 0.01, gaps.risk_difference, 0), missed(0)),
        ("difference of shares, 150 children, 30%", lambda rng: true.of_shares(rng, 150, 0.3, gaps.risk_difference), missed(12)),
        ("ratio of shares, 900 children, 2%", lambda rng: true.of_shares(rng, 900, 0.02, gaps.risk_ratio, 0), missed(1)),
        ("ratio of shares, 150 children, 30%", lambda rng: true.of_shares(rng, 150, 0.3, gaps.risk_ratio), missed(1.4)),
        ("odds ratio, 150 children, 30%",
         lambda rng: true.of_shares(rng, 150, 0.3, gaps.odds_ratio), missed(0.42 / 0.58 / (0.3 / 0.7))),
        ("change of a difference of shares", lambda rng: true.change_of_gap(rng, gaps.risk_difference), missed(0.0)),
        ("change of a ratio of shares", lambda rng: true.change_of_gap(rng, gaps.risk_ratio), missed(1.0)),
        ("gap index, 12 schools", lambda rng: true.of_scores(rng, 12, INDEX_OF), missed(INDEX)),
        ("gap index, 30 schools", lambda rng: true.of_scores(rng, 30, INDEX_OF), missed(INDEX)),
        ("gap index in national ranks, 60 pupils", lambda rng: true.in_national_ranks(rng, 60), missed(2.0)),
        ("Hedges g, 12 schools", lambda rng: true.of_scores(rng, 12, G_OF), missed(-true.SHIFT)),
        ("Hedges g, 30 schools", lambda rng: true.of_scores(rng, 30, G_OF), missed(-true.SHIFT)),
        ("difference of means, 12 schools",
         lambda rng: true.of_scores(rng, 12, MEAN_OF), missed(-true.SHIFT * np.sqrt(1.16))),
        ("Oaxaca-Blinder, explained, 150 pupils", lambda rng: true.explained(rng, 150), missed(0.6)),
        ("Kitagawa, composition, 200 a side", lambda rng: true.composition(rng, 200), missed(true.composition_true())),
        ("mixed model, a pupil's covariate, 12 schools", lambda rng: true.pupil_covariate(rng, 12), missed(true.SHIFT)),
        ("intraclass correlation, 12 schools", lambda rng: draw.icc(rng, 12), missed(0.16 / 1.16)),
        ("intraclass correlation, 30 schools", lambda rng: draw.icc(rng, 30), missed(0.16 / 1.16)),
    ],
    "Grades (95% interval)": [
        (f"{name}, {cases} cases", lambda rng, c=cases, h=how, w=weights: true.graded_twice(rng, c, h, weights=w),
         missed(true.agreement_true(how, weights=weights)))
        for name, how, weights in (
            ("kappa", agreement.weighted_kappa, "none"), ("kappa, quadratic weights", agreement.weighted_kappa, "quadratic"),
            ("AC1", agreement.gwet, "none"), ("AC2, quadratic weights", agreement.gwet, "quadratic"),
        ) for cases in (30, 100)
    ] + [("proportional odds, 80 audits, odds doubled", lambda rng: true.grades(rng, 80), missed(2.0))],
    "Weighted groups, siblings in families (test)": [
        ("weights of all, 266 children", lambda rng: draw.weighted(rng, 266, "all"), found),
        ("overlap weights, 266 children", lambda rng: draw.weighted(rng, 266, "overlap"), found),
        ("augmented, 266 children", lambda rng: draw.weighted(rng, 266, "augmented"), found),
    ],
    "Weighted groups, 12 points more, siblings in families (95% interval)": [
        (f"{name}, 266 children", lambda rng, k=kind: true.weighted(rng, 266, k), missed(true.POINTS))
        for name, kind in (
            ("weights of all", "all"), ("weights of the exposed", "exposed"), ("overlap weights", "overlap"),
            ("augmented", "augmented")
        )
    ] + [("standardised means, 200 children", lambda rng: true.predicted(rng, 200), missed(true.SHIFT))],
    "Two points (test)": [
        ("two counts, 10 a year", lambda rng: two_points.two_counts(*rng.poisson(10, 2), **draw.WORDS), found),
        ("two counts, 100 a year", lambda rng: two_points.two_counts(*rng.poisson(100, 2), **draw.WORDS), found),
        ("two counts, 60 a year, dispersion 3 known",
         lambda rng: two_points.two_counts(*draw.counts(rng, np.full(2, 60.0), 3, 0), phi=3, **draw.WORDS), found),
        ("two proportions, 20% of 60 and 80",
         lambda rng: two_points.two_proportions(rng.binomial(60, 0.2), 60, rng.binomial(80, 0.2), 80, **draw.WORDS), found),
    ],
    "Rates and shares (95% interval)": [
        ("Wilson, 1% of 300", lambda rng: proportion(rng, 300, 0.01), interval_missed(0.01)),
        ("Wilson, 40% of 42", lambda rng: proportion(rng, 42, 0.4), interval_missed(0.4)),
        ("Byar and exact, 4 a month", lambda rng: intervals.byar(rng.poisson(4)), interval_missed(4.0)),
        ("Byar, 40 a month", lambda rng: intervals.byar(rng.poisson(40)), interval_missed(40.0)),
        ("direct standardisation, 20 events", lambda rng: draw.standard(rng, 20, False), missed(20 / 9000)),
        ("direct standardisation, 40 events", lambda rng: draw.standard(rng, 40, False), missed(40 / 9000)),
        ("the same, children who recur", lambda rng: draw.standard(rng, 40, True), missed(40 / 9000)),
        ("indirect standardisation, 12 events", lambda rng: true.indirect(rng, 12.0), missed(true.INDIRECT * 12)),
    ],
    "Places that do not differ but for chance or as places do: beyond a funnel's 95% limits": [
        ("exact, ratios, 20 places", lambda rng: draw.beyond(rng, 20, "none", 0), of_each),
        ("exact, shares, 20 places, 1%", lambda rng: draw.beyond_shares(rng, 20, 0.01), of_each),
        ("exact, shares, 20 places, 40%", lambda rng: draw.beyond_shares(rng, 20, 0.4), of_each),
        ("trimmed, places differ by 30%, 20 places", lambda rng: draw.beyond(rng, 20, "trimmed", 0.3), of_each),
        ("trimmed, places differ by 30%, 150 places", lambda rng: draw.beyond(rng, 150, "trimmed", 0.3), of_each),
        ("winsorised, places differ by 30%, 20 places", lambda rng: draw.beyond(rng, 20, "winsorised", 0.3), of_each),
        ("winsorised, places differ by 30%, 150 places", lambda rng: draw.beyond(rng, 150, "winsorised", 0.3), of_each),
        ("corrected, places differ by 30%, 11 places", lambda rng: draw.beyond(rng, 11, "corrected", 0.3, "root"), of_each),
        ("corrected, places differ by 30%, 150 places", lambda rng: draw.beyond(rng, 150, "corrected", 0.3, "root"), of_each),
    ],
}  # fmt: skip
CHARTS = {  # of points: three sigma is 0.3% where the usual range is known; it is taken from the points themselves
    f"{kind}, {months} months, {rule}": (lambda rng, k=kind, m=months, e=mean, f=phi, r=rule: draw.signalled(rng, k, m, e, f, r))
    for kind, mean, phi in (("xmr", 0, 1), ("u", 4, 1), ("u", 40, 4), ("p", 0.1, 1), ("g", 0.02, 1), ("t", 9, 1))
    for months in (24, 60)
    for rule in ("outside", "any")
}


def line(name: str, wrong: list[float], refused: int) -> str:
    runs, share = len(wrong), np.mean(wrong)
    if set(wrong) <= {0.0, 1.0}:
        error = np.sqrt(0.05 * 0.95 / runs)
        above, below = stats.binom.sf(sum(wrong) - 1, runs, 0.05), stats.binom.cdf(sum(wrong), runs, 0.05)
    else:
        error = np.std(wrong) / np.sqrt(runs)
        above, below = stats.norm.sf((share - 0.05) / error), stats.norm.cdf((share - 0.05) / error)
    verdict = "**above**" if above < 0.01 else "below" if below < 0.01 else ""
    return f"| {name} | {100 * share:.1f}% | {100 * error:.1f} | {runs} | {refused or ''} | {verdict} |"


def ran(study, wrong, seed, runs: int) -> tuple[list[float], int]:
    """Whether, or to what share, each run that was answered went wrong, and how many the design refused."""
    rng, results, refused = np.random.default_rng(seed), [], 0
    for _ in range(runs):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            try:
                results.append(float(wrong(study(rng))))
            except NotEnoughData:
                refused += 1
    return results, refused


def simulated(heading: str, row: int, runs: int) -> str:
    """The line of one situation; each has a seed of its own, so that headings can be run apart."""
    name, study, wrong = SITUATIONS[heading][row]
    results, refused = ran(study, wrong, [list(SITUATIONS).index(heading), row], runs)
    return line(name, results, refused) if results else f"| {name} | | | 0 | {refused} | |"


def false_alarms(heading: str, row: int, runs: int) -> str:
    name, study = list(CHARTS.items())[row]
    shares, _ = ran(study, of_each, [len(SITUATIONS), row], runs)
    return f"| {name} | {100 * np.mean(shares):.2f}% | {100 * np.std(shares) / np.sqrt(len(shares)):.2f} |"


def written_before() -> dict[str, list[str]]:
    """The table as it stands, by heading."""
    parts = TABLE.read_text(encoding="utf-8").split("\n\n## ")[1:] if TABLE.exists() else []
    return {part.split("\n", 1)[0]: ["", *f"## {part}".rstrip("\n").split("\n")] for part in parts}


def main() -> None:
    runs, chosen = int(sys.argv[1]) if len(sys.argv) > 1 else 400, sys.argv[2:]
    lines = written_before()
    with ProcessPoolExecutor() as processes:
        for heading in (*SITUATIONS, STEADY):
            if chosen and not any(words in heading for words in chosen):
                continue
            one, rows = (false_alarms, CHARTS) if heading == STEADY else (simulated, SITUATIONS[heading])
            head = CHART_HEAD if heading == STEADY else HEAD
            lines[heading] = ["", f"## {heading}", "", *head]
            for told in processes.map(partial(one, heading, runs=runs), range(len(rows))):
                lines[heading].append(told)
                print(told, flush=True)
            table = [line for name in (*SITUATIONS, STEADY) for line in lines.get(name, [])]
            TABLE.write_text("\n".join([*ABOUT, *table, ""]), encoding="utf-8")


if __name__ == "__main__":
    main()
