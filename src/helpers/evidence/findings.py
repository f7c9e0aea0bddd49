"""Findings: a statement that its result chose, with direction, strength and what it rests on."""

import math
import re
from dataclasses import dataclass
from string import Formatter

import pandas as pd

from helpers import wording
from helpers.disclosure.controlled import Controlled
from helpers.disclosure.policy import Policy, round_count
from helpers.evidence.rule import DESIGNS, DIRECTIONS, SIGNIFICANT, SMALL, STRENGTHS, direction_of, is_clear, strength_of
from helpers.evidence.words import gap, interval_in_words, size_in_words, worthwhile_in_words
from helpers.measures import BASES
from helpers.results import Check, Effect, NotEnoughData


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
        _refuse_strong_verbs(template, effect.outcome)
        _refuse_unknown_words(template, ("verb", "size", "interval", "n"))
    strength, because = strength_of(effect)
    words = {
        "verb": STRENGTHS[strength].verbs[0],
        "size": size_in_words(effect),
        "interval": interval_in_words(effect),
        "n": _shown(effect.n, effect.n_unit, basis, policy),
    }
    if strength == "no evidence of effect":
        by_default = (
            f"We found no effect on {effect.outcome} as large as {worthwhile_in_words(effect)}: the interval is {{interval}}."
        )
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
    _refuse_strong_verbs(statement, level.name if isinstance(level, Controlled) else level.outcome)
    if isinstance(level, Controlled):
        if len(level.data) != 1:
            raise ValueError(f"a finding describes one row; {level.name} has {len(level.data)}")
        row, basis, outcome, scale, checks = level.data.iloc[0], level.basis, level.name, level.unit, ()
        count, n = row["numerator"], row["denominator"]
        value = row["ratio"] if level.per is not None or pd.notna(row["ratio"]) else count
        low, high, n_unit = row["ci_low"], row["ci_high"], level.population
        n = n if pd.notna(n) else count
    else:
        (value, low, high, _), n, n_unit = _numbers(level, basis), level.n, level.n_unit
        outcome, scale, checks, count = level.outcome, level.scale, level.checks, math.nan
        _shown(n, n_unit, basis, policy)
        n = _rounded_n(n, basis, policy)
    if pd.isna(value):
        sentence = f"The figure for {outcome} is not shown: the numbers behind it are too small."
    else:
        decimals = _decimals(value, low, high, scale) if pd.notna(low) else None
        interval = wording.interval(low, high, decimals) if pd.notna(low) else "not known"
        words = {"value": wording.number(value, decimals) + ("%" if scale == "%" else f" {scale}"), "interval": interval}
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


def _refuse_strong_verbs(template: str | None, outcome: str = "") -> None:
    """A measure's own name may hold any word ("absence due to illness"): it says what was counted, not what did it."""
    if template is None:
        return
    if outcome:
        template = re.sub(re.escape(outcome), "", template, flags=re.IGNORECASE)
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
    if effect.smallest_p is not None and effect.smallest_p > SIGNIFICANT:
        cautions.append(f"With {wording.small(effect.clusters)} places compared, chance cannot be ruled out.")
    if effect.n < SMALL:
        cautions.append(f"It rests on small numbers ({effect.n_unit}).")
    if effect.worthwhile is not None and abs(gap(effect, effect.estimate)) < abs(gap(effect, effect.worthwhile)):
        cautions.append(f"It is smaller than what was set beforehand as worth acting on ({worthwhile_in_words(effect)}).")
    return cautions


def _decimals(value: float, low: float, high: float, unit: str) -> int:
    """As many for a value as for the ends of its interval: none where disclosure control left whole numbers."""
    if all(float(number).is_integer() for number in (value, low, high)):
        return 0
    return 1 if unit == "%" else max(1, wording.decimals_of(value, low, high))


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
