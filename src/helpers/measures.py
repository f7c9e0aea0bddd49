"""One shape for every measure: numerator, denominator, ratio and interval, by named dimensions."""

from dataclasses import dataclass, replace

import pandas as pd

BASES = ("published", "extract", "synthetic")


@dataclass(frozen=True)
class Measure:
    """A measure by its dimensions, exact and not yet fit to be shown: `disclosure.control` or `disclosure.published` releases it.

    `data` has one row for each combination of `dimensions` and the columns numerator, denominator (missing for a plain count),
    ratio (`per` x numerator / denominator, or the published value), ci_low and ci_high (95%, same unit as ratio; missing where
    no denominator is known), and, for published figures, symbol (empty where the value stands). Counts have `per` None.
    """

    name: str  # "children in care who went missing at least once"
    unit: str  # "%", "per 10,000 children", "per 1,000 days in care", "children", "incidents per child"
    data: pd.DataFrame
    dimensions: tuple[str, ...]
    population: str  # who is counted: "children looked after at any time in the year"
    basis: str  # one of BASES
    source: str  # the line beneath a chart or table
    per: float | None = None
    better: str | None = None  # "lower", "higher" or None

    def __post_init__(self):
        if self.basis not in BASES:
            raise ValueError(f"basis must be one of {', '.join(BASES)}; got {self.basis!r}")

    def where(self, **values) -> "Measure":
        """The rows whose dimensions have these values (a value or a list of them)."""
        keep = pd.Series(True, index=self.data.index)
        for dimension, value in values.items():
            keep &= self.data[dimension].isin(value if isinstance(value, (list, tuple, set)) else [value])
        return replace(self, data=self.data[keep].reset_index(drop=True))
