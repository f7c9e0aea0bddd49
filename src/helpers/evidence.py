"""From an effect and its checks to a finding: direction and strength by one written rule, and the words each strength permits.

The rule stands in this file alone (STRENGTHS, DESIGNS, RULE) and the page prints it with `strength_table`, `design_table`
and RULE, so that what a reader is told and what the code does cannot part. A level or count only describes.
"""

import math
import re
from dataclasses import dataclass, replace
from string import Formatter

import pandas as pd

from helpers import wording
from helpers.disclosure.controlled import Controlled
from helpers.disclosure.policy import Policy, round_count
from helpers.measures import BASES
from helpers.results import Check, Effect, NotEnoughData

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
DIRECTIONS = ("improved", "worsened", "no clear change", "mixed", "describes")


@dataclass(frozen=True)
class Design:
    """A design's plain name, the highest strength it can reach, why no higher, and the checks it must have been put through."""

    name: str
    highest: str
    why: str
    checks: tuple[str, ...] = ()  # names of Check that count as made whatever their verdict
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
    "competing_risks": Design("cumulative incidence in two groups", "emerging", "the groups may differ in more than the service"),
    "recurrent_events": Design("concentration of repeated events", "limited", "it describes who the events happened to"),
}

RULE = (
    "Strength begins at the highest that the design can reach and is only ever lowered.",
    f"A comparison of fewer than {ENOUGH_CLUSTERS} places, or one whose smallest reachable p-value is above {SIGNIFICANT}, "
    "is at most moderate.",
    "Each failed check lowers it by one step; checks that the design needs and that were not made lower it by one step together.",
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


@dataclass(frozen=True)
class Finding:
    """One finding: a statement that its result chose, with direction, strength, why that strength, and what it rests on."""

    finding_id: str
    statement: str
    outcome: str
    estimate: float | None
    ci_low: float | None
    ci_high: float | None
    p_value: float | None
    scale: str
    n: int | None  # rounded by the disclosure policy unless published
    n_unit: str
    direction: str  # one of DIRECTIONS
    strength: str  # a key of STRENGTHS
    because: str
    basis: str  # one of BASES
    comparator: dict | None = None  # {"name", "basis"}
    checks: tuple[Check, ...] = ()

    def __post_init__(self):
        if self.basis not in BASES:
            raise ValueError(f"basis must be one of {', '.join(BASES)}; got {self.basis!r}")
        if self.direction not in DIRECTIONS or self.strength not in STRENGTHS:
            raise ValueError(f"no such direction or strength: {self.direction!r}, {self.strength!r}")
        if self.comparator is not None:
            if set(self.comparator) != {"name", "basis"} or self.comparator["basis"] not in BASES:
                raise ValueError("a comparator has a name and a basis (published, extract or synthetic)")
            if (self.basis == "synthetic") != (self.comparator["basis"] == "synthetic"):
                raise ValueError("made-up records are never set against real figures, published or extracted")

    def record(self) -> dict:
        """The finding as it stands in run.json; a limit that is infinite or unknown is null."""
        return {
            "id": self.finding_id,
            "statement": self.statement,
            "outcome": self.outcome,
            "estimate": _plain(self.estimate),
            "ci_low": _plain(self.ci_low),
            "ci_high": _plain(self.ci_high),
            "p_value": _plain(self.p_value),
            "scale": self.scale,
            "n": self.n,
            "n_unit": self.n_unit,
            "direction": self.direction,
            "strength": self.strength,
            "because": self.because,
            "basis": self.basis,
            "comparator": self.comparator,
            "checks": [{"name": c.name, "passed": c.passed, "detail": c.detail} for c in self.checks],
        }


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
    untested = [name for name in design.checks if name not in {check.name for check in effect.checks}]
    if failed:
        reasons.append(f"not passed: {wording.listing(failed).lower()}")
    if untested:
        reasons.append(f"not tested: {wording.listing(untested).lower()}")
    level = max(0, level - len(failed) - bool(untested))
    if is_clear(effect):
        return LADDER[level], "; ".join(reasons)
    if rules_out_worthwhile(effect) and level >= LADDER.index("emerging") and not failed:
        return "no evidence of effect", "; ".join([*reasons, "the interval excludes a worthwhile effect"])
    return "limited", "; ".join([*reasons, "the result cannot be told from chance"])


def size_in_words(effect: Effect) -> str:
    """ "28% lower", "8.6 percentage points higher", "no different" """
    return _distance(effect, effect.estimate)


def interval_in_words(effect: Effect) -> str:
    """ "14% to 40% lower", or "31% lower to 4% higher", the 95% interval in the words of `size_in_words`."""
    ends = sorted((effect.ci_low, effect.ci_high), key=lambda end: _gap(effect, end))
    near, far = (_distance(effect, end) for end in ends)
    same_way = (
        near.rsplit(" ", 1)[-1] == far.rsplit(" ", 1)[-1] and (effect.ci_low - effect.null) * (effect.ci_high - effect.null) > 0
    )
    if not same_way:
        return f"{_distance(effect, effect.ci_low)} to {_distance(effect, effect.ci_high)}"
    unit = "" if effect.null == 1 else f" {effect.scale}"
    way = far.rsplit(" ", 1)[-1]
    return f"{near.removesuffix(' ' + way).removesuffix(unit)} to {far}"


def find(
    effect: Effect,
    *,
    finding_id: str,
    basis: str,
    comparator: dict | None = None,
    subject: str | None = None,
    lower: str | None = None,
    higher: str | None = None,
    unclear: str | None = None,
    ruled_out: str | None = None,
    policy: Policy | None = None,
) -> Finding:
    """The finding of an effect: direction and strength by RULE, and the statement that they choose.

    With `subject` ("The daily missing meeting"), `lower` and `higher` say what changed ("fewer missing incidents than the
    earlier trend predicts") and the verb between them is the strength's own. Without it they are whole sentences, which may
    hold {verb}. All templates may hold {size}, {interval} and {n}; a verb kept for emerging or stronger evidence typed into
    one is refused, since the sentence would outlive a weaker result. NotEnoughData where records rest on too few to be shown.
    """
    for template in (lower, higher, unclear, ruled_out):
        _refuse_strong_verbs(template)
        _refuse_unknown_words(template, ("verb", "size", "interval", "n"))
    strength, because = strength_of(effect)
    words = {
        "verb": STRENGTHS[strength].verbs[0],
        "size": size_in_words(effect),
        "interval": interval_in_words(effect),
        "n": _shown(effect.n, effect.n_unit, basis, policy),
    }
    if strength == "no evidence of effect":
        by_default = f"We found no effect on {effect.outcome} as large as {_worthwhile(effect)}: the interval is {{interval}}."
        sentence = ruled_out or by_default
    elif not is_clear(effect):
        sentence = unclear or f"We cannot tell a change in {effect.outcome} from chance: {{size}}, 95% interval {{interval}}."
    else:
        fell = effect.estimate < effect.null
        given = lower if fell else higher
        changed = given or f"a {'fall' if fell else 'rise'} in {effect.outcome} ({{size}}, 95% interval {{interval}})"
        whole_sentence = given is not None and subject is None
        sentence = changed if whole_sentence else f"{subject or 'The change'} {{verb}} {changed}."
    statement = wording.sentence_case(_fill(sentence, words))
    if is_clear(effect):
        statement = " ".join([statement, *_cautions(effect)])
    return Finding(
        finding_id, statement, effect.outcome, *_numbers(effect, basis), effect.scale, _rounded_n(effect.n, basis, policy),
        effect.n_unit, direction_of(effect), strength, because, basis, comparator, effect.checks,
    )  # fmt: skip


def describe(
    level: Controlled | Effect, *, finding_id: str, statement: str, basis: str | None = None, comparator: dict | None = None,
    because: str = "a level, not an effect", policy: Policy | None = None,
) -> Finding:  # fmt: skip
    """A finding that only describes: one row of a controlled measure, or a design's estimate of a level.

    `statement` may hold {value}, {interval}, {count} and {n} (numerator and denominator of a controlled row). A value that
    disclosure control withheld gives a sentence that says so. `basis` is the measure's own, and needed only for an Effect.
    """
    _refuse_strong_verbs(statement)
    if isinstance(level, Controlled):
        if len(level.data) != 1:
            raise ValueError(f"a finding describes one row; {level.name} has {len(level.data)}")
        row, basis, outcome, scale, checks = level.data.iloc[0], level.basis, level.name, level.unit, ()
        count, n = row["numerator"], row["denominator"]
        value = row["ratio"] if level.per is not None or pd.notna(row["ratio"]) else count
        low, high, n_unit = row["ci_low"], row["ci_high"], level.population
        n = n if pd.notna(n) else count
    else:
        value, low, high, n, n_unit = level.estimate, level.ci_low, level.ci_high, level.n, level.n_unit
        outcome, scale, checks, count = level.outcome, level.scale, level.checks, math.nan
        _shown(n, n_unit, basis, policy)
        n = _rounded_n(n, basis, policy)
    if pd.isna(value):
        sentence = f"The figure for {outcome} is not shown: the numbers behind it are too small."
    else:
        words = {"value": _with_unit(value, scale), "interval": wording.interval(low, high) if pd.notna(low) else "not known"}
        words |= {"count": wording.number(count) if pd.notna(count) else "[c]", "n": wording.number(n) if pd.notna(n) else "[c]"}
        sentence = _fill(statement, words)
    numbers = (_number(value), _number(low), _number(high), None, scale, int(n) if pd.notna(n) else None, n_unit)
    return Finding(
        finding_id,
        wording.sentence_case(sentence),
        outcome,
        *numbers,
        "describes",
        "describes",
        because,
        basis,
        comparator,
        checks,
    )


def with_direction_mixed(finding: Finding, statement: str, because: str) -> Finding:
    """The same finding where its parts point in opposite ways (level one way, slope the other): at most limited, and mixed."""
    _refuse_strong_verbs(statement)
    return replace(finding, statement=statement, direction="mixed", strength="limited", because=because)


def _refuse_strong_verbs(template: str | None) -> None:
    if template is None:
        return
    for name in ("emerging", "moderate", "strong"):
        for verb in STRENGTHS[name].verbs:
            if re.search(rf"\b{re.escape(verb)}\b", template, flags=re.IGNORECASE):
                raise ValueError(
                    f"“{verb}” is kept for {name} evidence; write {{verb}} or give subject=, and the result chooses: {template!r}"
                )


def _refuse_unknown_words(template: str | None, known) -> None:
    unknown = {name for _, name, _, _ in Formatter().parse(template or "") if name is not None} - set(known)
    if unknown:
        names = ", ".join("{" + word + "}" for word in known)
        raise ValueError(f"a statement may hold {names}; not {', '.join(sorted(unknown))}")


def _fill(template: str, words: dict) -> str:
    _refuse_unknown_words(template, words)
    return template.format(**words)


def _cautions(effect: Effect) -> list[str]:
    """What a clear result must still say of itself."""
    cautions = []
    if DESIGNS[effect.design].two_points:
        cautions.append("This sets two points side by side: it shows that the figures differ, not why.")
    if effect.n < SMALL:
        cautions.append(f"It rests on small numbers ({effect.n_unit}).")
    if effect.worthwhile is not None and abs(_gap_signed(effect, effect.estimate)) < abs(_gap_signed(effect, effect.worthwhile)):
        cautions.append(f"It is smaller than {_worthwhile(effect)}, set beforehand as worth acting on.")
    return cautions


def _worthwhile(effect: Effect) -> str:
    return _distance(effect, effect.worthwhile)


def _gap_signed(effect: Effect, value: float) -> float:
    if effect.null == 1:
        return math.log(value) if 0 < value < math.inf else math.copysign(math.inf, value - 1)
    return value - effect.null


def _gap(effect: Effect, value: float) -> float:
    return abs(_gap_signed(effect, value))


def _distance(effect: Effect, value: float) -> str:
    """How far `value` lies from no effect, and which way."""
    gap = value - effect.null
    if not math.isfinite(gap):
        return "without bound higher" if gap > 0 else "without bound lower"
    if effect.null == 1:
        amount, unit = abs(gap) * 100, "%"
        text = wording.number(amount, 0 if amount >= 1 else 1)
    else:
        amount, unit = abs(gap), f" {effect.scale}"
        text = wording.number(amount, 1 if amount < 100 else 0)
    if not text.strip("0.,"):
        return "no different"
    return f"{text}{unit} {'higher' if gap > 0 else 'lower'}"


def _with_unit(value: float, unit: str) -> str:
    return wording.number(value) + (unit if unit == "%" else f" {unit}")


def _shown(n: int, n_unit: str, basis: str, policy: Policy | None) -> str:
    """`n` as words may show it; records that rest on fewer than the policy's smallest group are refused."""
    policy = policy or Policy()
    if basis != "published" and n < policy.min_group:
        raise NotEnoughData(
            f"fewer than {policy.min_group} {n_unit}: too few to show a result without risk to the people counted"
        )
    return wording.number(_rounded_n(n, basis, policy))


def _rounded_n(n: int, basis: str, policy: Policy | None) -> int:
    return int(n) if basis == "published" else round_count(n, policy or Policy())


def _numbers(effect: Effect, basis: str) -> tuple:
    """Estimate, limits and p-value; to three significant figures for records, so that small counts cannot be worked back."""
    numbers = (effect.estimate, effect.ci_low, effect.ci_high, effect.p_value)
    if basis == "published":
        return numbers
    return tuple(None if n is None else float(f"{n:.3g}") for n in numbers)


def _number(value) -> float | None:
    return None if pd.isna(value) else float(value)


def _plain(value: float | None) -> float | None:
    return None if value is None or not math.isfinite(value) else float(value)
