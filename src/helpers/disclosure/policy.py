"""The disclosure policy of a run: what counts as small, how far numbers are rounded, and what a shown number can stand for."""

import math
import os
from dataclasses import asdict, dataclass

STANDARD = {"suppress_up_to": 7, "round_to": 5, "min_group": 10}


@dataclass(frozen=True)
class Policy:
    """Suppress counts from 1 to `suppress_up_to`, round the others to `round_to`; a looser policy needs a named approver.

    `min_group` is the fewest children behind a mean, a median or a point of a survival curve; `max_series` the most lines in
    one chart. Raises ValueError, in a sentence fit for a refusal, where the policy is looser than STANDARD and nobody is named.
    """

    suppress_up_to: int = 7
    round_to: int = 5
    min_group: int = 10
    max_series: int = 4
    approver: str = ""

    def __post_init__(self):
        for name in (*STANDARD, "max_series"):
            value, least = getattr(self, name), 0 if name == "suppress_up_to" else 1
            if isinstance(value, bool) or not isinstance(value, int) or value < least:
                raise ValueError(f"{name} must be a whole number, {least} or more; got {value!r}")
        mine = asdict(self)
        looser = [f"{name} {mine[name]} is looser than {floor}" for name, floor in STANDARD.items() if mine[name] < floor]
        if looser and not self.approver.strip():
            raise ValueError(f"{'; '.join(looser)}: a looser disclosure policy needs the name of the person who approved it")

    @classmethod
    def of_this_run(cls, suppress_up_to: int, round_to: int) -> "Policy":
        """The policy that a notebook's parameters ask for, approved by whom the command line named (`--approved-by`)."""
        return cls(suppress_up_to, round_to, approver=os.environ.get("EVALUATION_APPROVED_BY", ""))

    @property
    def smallest_shown(self) -> int:
        """The smallest count but zero that a reader can meet: the first multiple of `round_to` above `suppress_up_to`."""
        return (self.suppress_up_to // self.round_to + 1) * self.round_to

    @property
    def least_uncertainty(self) -> int:
        """How many values a suppressed count must still be able to take: as many as a rounded one, two at least, if the rule
        itself leaves so many."""
        return min(max(self.round_to, 2), self.suppress_up_to)

    def record(self) -> dict:
        """The policy as it stands in run.json."""
        return asdict(self)


def round_count(n: float, policy: Policy) -> int | None:
    """`n` as a reader may see it: 0 for none, None where it is small or missing, else rounded to `round_to`, halves upwards.

    A count above `suppress_up_to` is never rounded into the suppressed range: it becomes at least `policy.smallest_shown`.
    """
    if n is None or math.isnan(n):
        return None
    if n < 0:
        raise ValueError(f"a count cannot be below 0; got {n:g}")
    if n == 0:
        return 0
    if n < policy.suppress_up_to + 1:
        return None
    return max(math.floor(n / policy.round_to + 0.5) * policy.round_to, policy.smallest_shown)


def could_be(shown: int, policy: Policy) -> tuple[int, int]:
    """The smallest and the largest whole count that `round_count` shows as `shown`."""
    if shown == 0:
        return 0, 0
    low = policy.suppress_up_to + 1 if shown == policy.smallest_shown else math.ceil(shown - policy.round_to / 2)
    return low, math.ceil(shown + policy.round_to / 2) - 1
