"""What a design answers with: an effect, the checks it was put through, and the refusal of a design that cannot answer."""

from dataclasses import dataclass, field, replace


class NotEnoughData(ValueError):
    """A design refuses before fitting; its message is a sentence fit for the page."""


def told(given: str, what: str) -> str:
    """`given`, a parameter; NotEnoughData where the run was not told it. `what` names it ("the day the service changed")."""
    if not str(given).strip():
        raise NotEnoughData(f"This run was not told {what}, so nothing is tested against it.")
    return given


@dataclass(frozen=True)
class Check:
    """One test of a design's assumption: passed, failed, or (None) merely worth knowing."""

    name: str
    passed: bool | None
    detail: str


@dataclass(frozen=True)
class Effect:
    """One estimated effect or difference with its 95% interval.

    `outcome` names what was measured; `scale` is in words ("rate ratio", "percentage points"); `null` is the value of no
    effect on that scale (1 for ratios, 0 for differences). `better` says which way is an improvement, or None where neither
    is. `design` is a key of `evidence.DESIGNS`. `worthwhile` is the smallest effect worth acting on, on the same scale, set
    before looking. `n` is the number of `n_unit` behind the estimate; `clusters` the units the change was applied to.
    """

    outcome: str
    estimate: float
    ci_low: float
    ci_high: float
    scale: str
    null: float
    design: str
    n: int
    n_unit: str
    p_value: float | None = None
    better: str | None = None  # "lower", "higher" or None
    clusters: int | None = None
    smallest_p: float | None = None  # smallest p-value that the design can reach
    worthwhile: float | None = None
    checks: tuple[Check, ...] = field(default=())

    def with_checks(self, *checks: Check) -> "Effect":
        """The same effect with further checks."""
        return replace(self, checks=self.checks + checks)


def answer_stands(main, *others: float) -> bool:
    """Whether other estimates of the same effect all lie in the 95% interval of `main` (anything with `ci_low` and `ci_high`).

    The rule of every check that fits a design again, on part of the data or another way. Where the interval excludes no effect
    they then lie on its side of none. That they are less sure themselves, from fewer data, changes no answer and fails nothing.
    """
    return all(bool(main.ci_low <= other <= main.ci_high) for other in others)
