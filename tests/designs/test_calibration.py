"""A few of the situations of benchmarks/calibration.py, in few runs: intervals hold the truth and tests find nothing in nothing.

The whole table is benchmarks/calibration.md.
"""

import sys
from pathlib import Path

import pytest
from scipy import stats

sys.path.insert(0, str(Path(__file__).parents[2] / "benchmarks"))
import calibration

RUNS = 40
SHORT = [
    ("Interrupted time series, a fall", "36 months, 40 a month, dispersion 2, correlation 0.3"),
    ("Few places, a fall", "difference in differences, 3 of 6 places, 40 a month"),
    ("Few places, a fall", "two by two, 20 of 60 pupils"),
    ("Times to an outcome (95%", "Cox, 120 children in families, ratio 0.7"),
    ("Times to an outcome (95%", "Fine-Gray, 200 children, 40%, ratio 0.7"),
    ("Times to an outcome (95%", "Kaplan-Meier, 40 children"),
    ("Repeated events, a ratio", "Andersen-Gill, 60 children, gamma 0.5"),
    ("Repeated events, a ratio", "mean events by one year, 60 children, gamma 0.5"),
    ("Repeated events, a ratio", "negative binomial, 120 children"),
    ("Gaps that are there", "gap index, 30 schools"),
    ("Gaps that are there", "ratio of shares, 150 children, 30%"),
    ("Gaps that are there", "mixed model, a pupil's covariate, 12 schools"),
    ("Grades", "AC1, 100 cases"),
    ("Grades", "kappa, quadratic weights, 100 cases"),
    ("Weighted groups, 12 points", "overlap weights, 266 children"),
    ("Rates and shares", "direct standardisation, 40 events"),
    ("beyond a funnel's", "exact, shares, 20 places, 40%"),
]


@pytest.mark.parametrize(("words", "name"), SHORT)
def test_a_known_truth_is_missed_about_as_seldom_as_promised(words, name):
    (heading,) = [heading for heading in calibration.SITUATIONS if words in heading]
    ((study, wrong),) = [(study, wrong) for situation, study, wrong in calibration.SITUATIONS[heading] if situation == name]
    results, refused = calibration.ran(study, wrong, 7, RUNS)
    assert refused <= RUNS / 10
    assert sum(results) <= stats.binom.ppf(0.995, len(results), 0.05)
