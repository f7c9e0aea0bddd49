"""Who is counted, and at each step who was left out and why."""

from dataclasses import dataclass, field

import pandas as pd


@dataclass(frozen=True)
class Step:
    """One narrowing of a cohort: how many rows were left out, for what reason, and how many stayed."""

    reason: str
    left_out: int
    kept: int


@dataclass(frozen=True)
class Cohort:
    """Rows still counted, in words, with the steps that led to them. Counts are exact: `report.cohort` controls them.

    >>> ours = Cohort.of(incidents, "incidents in the log").keep(in_period, "in the period").keep(placed_by_us, "placed by us")
    >>> ours.frame, ours.steps
    """

    frame: pd.DataFrame
    label: str
    started_with: int
    steps: tuple[Step, ...] = field(default=())

    @classmethod
    def of(cls, frame: pd.DataFrame, label: str) -> "Cohort":
        """Everything in `frame`, called `label`."""
        return cls(frame, label, len(frame))

    def keep(self, mask: pd.Series, reason: str) -> "Cohort":
        """The rows where `mask` is true; `reason` completes "kept because it is ...". An unknown (missing) value is left out.

        Raises ValueError where `mask` is not about the rows still in the cohort: a mask made from an earlier frame may have
        more rows than are left, and is narrowed to them; one that lacks rows is refused.
        """
        lacking = self.frame.index.difference(mask.index)
        if len(lacking):
            raise ValueError(
                f"The condition “{reason}” says nothing about {len(lacking)} of the {len(self.frame)} rows in the cohort."
            )
        kept = self.frame[mask.reindex(self.frame.index).fillna(False).astype(bool)]
        return Cohort(kept, self.label, self.started_with, (*self.steps, Step(reason, len(self.frame) - len(kept), len(kept))))

    def __len__(self) -> int:
        return len(self.frame)
