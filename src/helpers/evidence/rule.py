"""The rule: what each strength needs and permits, how high each design can reach, and what lowers it.

It stands in this file alone, and the page prints it with `strength_table`, `design_table` and RULE, so that what a reader is
told and what the code does cannot part.
"""

import math
from dataclasses import dataclass

import pandas as pd

from helpers import wording
from helpers.results import Effect

SIGNIFICANT = 0.05
ENOUGH_CLUSTERS = 10  # below this a comparison of places rests on too few of them to be strong
SMALL = 30  # people or events: below this a clear result is said to rest on small numbers


@dataclass(frozen=True)
class Strength:
    """What a strength needs, and the verbs that it permits between what was done and what changed."""

    name: str
    level: int  # 4 strong ... 1 limited, 0 makes no claim of effect
    needs: str
    verbs: tuple[str, ...]  # the first is used where a sentence is composed; the others are kept for its strength or higher


STRENGTHS = {
    "strong": Strength(
        "Strong",
        4,
        "Random allocation, or a credible comparison group of ten places or more with every check of the design made and passed",
        ("led to", "reduced", "caused", "resulted in", "brought about", "because of", "thanks to", "due to", "as a result of"),
    ),
    "moderate": Strength(
        "Moderate",
        3,
        "A comparison group with one serious threat unresolved: too few places to rule out chance, or one check not passed",
        ("is likely to have contributed to", "contributed to", "helped to"),
    ),
    "emerging": Strength(
        "Emerging",
        2,
        "A long series with a clear break at a date set beforehand and no comparison group, or groups who may differ",
        ("was followed by", "coincided with"),
    ),
    "limited": Strength(
        "Limited",
        1,
        "Two points in time, small numbers, self-report, checks not passed, or a result that cannot be told from chance",
        ("was recorded alongside", "was reported by", "cannot be distinguished from chance"),
    ),
    "no evidence of effect": Strength(
        "No evidence of effect",
        0,
        "A design that reaches emerging or better, no failed check, and an interval that excludes a worthwhile effect",
        ("we found no effect larger than",),
    ),
    "describes": Strength("Describes", 0, "A level, a count or a share: no claim about an effect", ()),
}
LADDER = ("limited", "emerging", "moderate", "strong")
SIZES = ("E-value",)  # checks that tell a size and are neither passed nor failed
DIRECTIONS = ("improved", "worsened", "no clear change", "mixed", "describes")


@dataclass(frozen=True)
class Design:
    """A design's plain name, the highest strength it can reach, why no higher, and the checks it must have been put through."""

    name: str
    highest: str
    why: str
    checks: tuple[str, ...] = ()  # names of Check
    two_points: bool = False


DESIGNS = {
    "two_points": Design(
        "comparison of two points", "limited", "two points cannot tell a change from an earlier trend", two_points=True
    ),
    "two_stocks": Design(
        "comparison of two counts on a day", "limited", "many of the same children are in both counts", two_points=True
    ),
    "control_chart": Design("control chart", "emerging", "there is no comparison group"),
    "interrupted_time_series": Design(
        "interrupted time series",
        "emerging",
        "there is no comparison group",
        ("Residual autocorrelation", "Placebo dates", "Alternative model"),
    ),
    "difference_in_differences": Design(
        "difference in differences",
        "strong",
        "places were chosen, not drawn by lot",
        ("Trends before the change", "Placebo start", "Leave one locality out"),
    ),
    "two_by_two": Design(
        "difference of the changes of two groups of people",
        "emerging",
        "one point before does not show whether the groups were moving apart already",
    ),
    "staggered_difference_in_differences": Design(
        "difference in differences with changes at several dates",
        "strong",
        "places were chosen, not drawn by lot",
        ("Trends before the change", "Leave one locality out"),
    ),
    "competing_risks": Design(
        "cumulative incidence in two groups",
        "emerging",
        "the groups may differ in more than the service",
        ("The same localities before the change",),
    ),
    "hazard_ratio": Design(
        "regression of the time to an outcome",
        "emerging",
        "the groups may differ in more than the service",
        ("Proportional hazards",),
    ),
    "recurrent_rate": Design(
        "regression of repeated events",
        "emerging",
        "the groups may differ in more than the service",
        ("Proportional hazards",),
    ),
    "event_counts": Design("regression of counts of events", "emerging", "the groups may differ in more than the service"),
    "gap": Design("gap between groups", "limited", "a gap between groups does not say what makes it"),
    "multilevel": Design("regression of people within places", "emerging", "people and places may differ in more than is known"),
    "ordinal_regression": Design("regression of grades", "limited", "grades are opinions, and the cases graded may differ"),
    "weighting": Design(
        "comparison of weighted groups",
        "emerging",
        "the groups may differ in what was not recorded",
        ("Balance of covariates", "Overlap", "E-value", "Outcome that cannot have changed"),
    ),
    "recurrent_events": Design("concentration of repeated events", "limited", "it describes who the events happened to"),
}

RULE = (
    "Strength begins at the highest that the design can reach and is only ever lowered.",
    f"A comparison of fewer than {ENOUGH_CLUSTERS} places, or one whose smallest reachable p-value is above {SIGNIFICANT}, "
    "is at most moderate.",
    "A check that fits a design again, on part of the data or another way, fails where the estimate leaves the 95% interval; "
    "being less sure, from fewer data, fails nothing, but another model of the same data must be as clear.",
    "Each failed check lowers it by one step; checks that the design needs and that were not made, or of a clear result could "
    "not be made, lower it by one step together.",
    f"A result is clear when its 95% interval excludes no effect and its p-value, where there is one, is below {SIGNIFICANT}.",
    "A result that is not clear is limited and its direction no clear change, unless the interval excludes a worthwhile effect.",
    "No evidence of effect: the whole interval lies nearer to no effect than the worthwhile effect set beforehand, in either "
    "direction; the design has reached emerging or better and no check has failed.",
    "A count, a level or a share describes, and is never evidence of an effect.",
)


def strength_table() -> pd.DataFrame:
    """One row a strength: its name, what it needs, the wording it permits; for a page's methods section."""
    rows = [(s.name, s.needs, ", ".join(f"“{verb}”" for verb in s.verbs) or "no verb of effect") for s in STRENGTHS.values()]
    return pd.DataFrame(rows, columns=["strength", "needs", "wording"])


def design_table() -> pd.DataFrame:
    """One row a design: its plain name, the highest strength it can reach, why no higher, the checks it needs."""
    rows = [(d.name, STRENGTHS[d.highest].name, d.why, ", ".join(d.checks) or "none") for d in DESIGNS.values()]
    return pd.DataFrame(rows, columns=["design", "highest strength", "why no higher", "checks needed"])


def is_clear(effect: Effect) -> bool:
    """Whether the 95% interval excludes no effect and the p-value, where there is one, is below 0.05."""
    outside = effect.ci_low > effect.null or effect.ci_high < effect.null
    return bool(outside and (effect.p_value is None or effect.p_value < SIGNIFICANT))


def rules_out_worthwhile(effect: Effect) -> bool:
    """Whether the whole interval lies nearer to no effect than `worthwhile`, on either side (an equivalence test)."""
    if effect.worthwhile is None or not (math.isfinite(effect.ci_low) and math.isfinite(effect.ci_high)):
        return False
    if effect.null == 1:  # a ratio: distance is on the log scale, so that 0.8 and 1.25 are equally far
        if effect.ci_low <= 0:
            return False
        reach = abs(math.log(effect.worthwhile))
        return max(abs(math.log(effect.ci_low)), abs(math.log(effect.ci_high))) < reach
    reach = abs(effect.worthwhile - effect.null)
    return max(abs(effect.ci_low - effect.null), abs(effect.ci_high - effect.null)) < reach


def direction_of(effect: Effect) -> str:
    """The direction by the interval: improved, worsened, no clear change; describes where neither way is an improvement."""
    if not is_clear(effect):
        return "no clear change"
    if effect.better is None:
        return "describes"
    return "improved" if (effect.estimate < effect.null) == (effect.better == "lower") else "worsened"


def strength_of(effect: Effect) -> tuple[str, str]:
    """The strength that RULE gives this effect, and in a few words why."""
    design = DESIGNS[effect.design]
    level, reasons = LADDER.index(design.highest), [f"{design.name}: {design.why}"]
    too_few = effect.clusters is not None and effect.clusters < ENOUGH_CLUSTERS
    if too_few:
        reasons.append(f"only {wording.count_of(effect.clusters, 'place')} compared")
    if effect.smallest_p is not None and effect.smallest_p > SIGNIFICANT:
        reasons.append(f"the smallest p-value that the design can reach is {effect.smallest_p:.2f}")
        too_few = True
    if too_few:
        level = min(level, LADDER.index("moderate"))
    failed = [check.name for check in effect.checks if check.passed is False]
    # One that has no verdict could not be made; where nothing is clear there is nothing for it to test.
    made = {check.name for check in effect.checks if check.passed is not None or check.name in SIZES or not is_clear(effect)}
    untested = [name for name in design.checks if name not in made]
    if failed:
        reasons.append(f"not passed: {wording.listing(failed).lower()}")
    if untested:
        reasons.append(f"not tested: {wording.listing(untested).lower()}")
    level = max(0, level - len(failed) - bool(untested))
    if is_clear(effect):
        return LADDER[level], "; ".join(reasons)
    if rules_out_worthwhile(effect) and level >= LADDER.index("emerging") and not failed:
        return "no evidence of effect", "; ".join([*reasons, "the interval excludes a worthwhile effect"])
    return "limited", "; ".join([*reasons, "the result cannot be told from chance and usual variation"])
