"""The least that each design needs, in one table: below it a design refuses, and what is left is described, not tested.

`table` prints it on the page, so that what a reader is told and what a design refuses by cannot part. Sources: methods
section 2, and where a paper or a simulation set the number, the last column.
"""

import pandas as pd

CHART_POINTS = 6
CHART_RULE_POINTS = 12
MONTHS_WITH_SEASONS = (24, 12)  # before and after, as the next two
MONTHS_WITHOUT_SEASONS = (12, 12)
QUARTERS = (8, 8)
MONTHS_COMPARED = (12, 12)
PLACES_A_SIDE = 2
PLACES_WITH_EVENTS = 3
PERIODS_OF_EARLIER_TREND = 4
PLACES_IN_A_FUNNEL = 10
FOLLOWED = (20, 10)  # people at risk and outcomes
EVENTS_A_PARAMETER = 10
CLUSTERS = 20  # people or families behind a robust error of a regression
CLUSTERS_A_SIDE = 5  # families, schools or places in which a yes-or-no covariate, or a group, is found
ROWS_OF_COUNTS = 20
PEOPLE_CONCENTRATED = 20
PEOPLE_AT_THE_TOP = 10
PEOPLE_IN_A_GROUP = 10
SCHOOLS = 10  # schools or families behind an error of a gap
PEOPLE_IN_AN_ARM = 10
PEOPLE_A_COVARIATE = 10
PEOPLE_DECOMPOSED = 20
GROUPS = 10
CASES_GRADED_TWICE = 20
CASES_A_PARAMETER = 10
EVENTS_STANDARDISED = 10

_ROWS = (
    ("Control chart", f"{CHART_POINTS} points; {CHART_RULE_POINTS} for rules to apply", "with fewer, limits are trial limits"),
    ("Interrupted time series with seasons", "{} months before and {} after".format(*MONTHS_WITH_SEASONS), "each season twice"),
    (
        "Interrupted time series without seasons",
        "{} months before and {} after; of quarters, {} and {}".format(*MONTHS_WITHOUT_SEASONS, *QUARTERS),
        "a trend from less is mostly chance",
    ),
    (
        "Difference in differences",
        "{} months before and {} after; ".format(*MONTHS_COMPARED)
        + f"{PLACES_A_SIDE} places on each side, with events before and after; {PERIODS_OF_EARLIER_TREND} periods before for "
        f"trends; {PLACES_WITH_EVENTS} places with events for the Poisson form",
        "one place alone does not show how places differ",
    ),
    ("Funnel widened for places that differ", f"{PLACES_IN_A_FUNNEL} places", "with fewer, how much they differ is unknown"),
    (
        "Survival curve, cumulative incidence, states",
        "{} people at risk and {} outcomes, somebody followed long enough".format(*FOLLOWED),
        "with fewer, each person moves the curve",
    ),
    (
        "Regression of times or counts of events",
        f"{EVENTS_A_PARAMETER} events a covariate; {CLUSTERS} people or families for robust errors; {ROWS_OF_COUNTS} counts",
        "Peduzzi and others 1995; robust errors of few are too small",
    ),
    (
        "Errors by family, school or place",
        f"{CLUSTERS_A_SIDE} of them in each group, and with and without each yes-or-no covariate",
        "of one alone 64 in 100 differences are found that are not there, of two 22 to 31, of five 3 to 9 (simulated)",
    ),
    (
        "Concentration of repeated events",
        f"{PEOPLE_CONCENTRATED} people; {PEOPLE_AT_THE_TOP} in the share with most",
        "fewer describe children one could name",
    ),
    ("Gap between groups", f"{PEOPLE_IN_A_GROUP} people in each; {SCHOOLS} schools or families", "limits would mislead"),
    (
        "Weighted groups",
        f"{PEOPLE_IN_AN_ARM} people in each arm, and {PEOPLE_IN_AN_ARM} with a yes-or-no outcome; "
        f"{PEOPLE_IN_AN_ARM} families or places where they are the clusters",
        "with fewer, weights rest on single people",
    ),
    (
        "Decomposition of a gap",
        f"{PEOPLE_A_COVARIATE} people a covariate in each group; of rates, {PEOPLE_DECOMPOSED} a side and some in every stratum",
        "coefficients of fewer are mostly chance",
    ),
    ("People within schools or places", f"{GROUPS} groups, some of two or more", "how groups differ is unknown from fewer"),
    (
        "Agreement and grades",
        f"{CASES_GRADED_TWICE} cases; {CASES_A_PARAMETER} a covariate on the smaller side of a cut",
        "limits would mislead",
    ),
    ("Directly standardised rate", f"{EVENTS_STANDARDISED} events", "the rule of the UK Health Security Agency"),
)  # fmt: skip


def table() -> pd.DataFrame:
    """One row a design: design, needs, why; for a page's methods section."""
    return pd.DataFrame(_ROWS, columns=["design", "needs", "why"])
