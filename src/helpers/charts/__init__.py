"""Controlled measures and effects become figures: a picture, its words, its text alternative and the numbers behind it.

Every function computes its text alternative from the numbers that it draws. Pictures are 860 px wide on the page, drawn at twice
that, without metadata. Colours are the Government Analysis Function's, always with a second cue: line style, marker
or label. No function computes a statistic: limits, intervals and counterfactuals arrive in what it is given.
"""

from helpers.charts.comparisons import against_comparators, ranked
from helpers.charts.drawing import Figure
from helpers.charts.effects import assignments, cumulative_incidence, forest
from helpers.charts.event_studies import event_study
from helpers.charts.flow import steps
from helpers.charts.funnel import funnel
from helpers.charts.gaps import dumbbell
from helpers.charts.panels import panels
from helpers.charts.series import control_chart, interrupted_series, lines, localities

__all__ = [
    "Figure",
    "against_comparators",
    "assignments",
    "control_chart",
    "cumulative_incidence",
    "dumbbell",
    "event_study",
    "forest",
    "funnel",
    "interrupted_series",
    "lines",
    "localities",
    "panels",
    "ranked",
    "steps",
]
