"""The type that charts, tables and downloads accept: a measure fit to be shown."""

from dataclasses import dataclass

import pandas as pd

from helpers.disclosure.policy import Policy

SYMBOLS = {
    "[c]": "confidential: a small number, or one from which a small number could be worked out",
    "[low]": "rounds to zero but is not zero",
    "[x]": "not available",
    "[z]": "not applicable",
    "[u]": "low reliability",
    "[p]": "provisional",
    "[r]": "revised",
}


@dataclass(frozen=True)
class Controlled:
    """A measure after disclosure control (or published, and so controlled by its publisher). Made by `disclosure`, nowhere else.

    `data` keeps the dimensions, then numerator, denominator, ratio, ci_low, ci_high as numbers (missing where not shown) and
    symbol (empty, or one of SYMBOLS, saying why a value is not shown).
    """

    name: str
    unit: str
    data: pd.DataFrame
    dimensions: tuple[str, ...]
    population: str
    basis: str
    source: str
    policy: Policy | None  # None: published, as published
    per: float | None = None
    better: str | None = None

    def where(self, **values) -> "Controlled":
        """The rows whose dimensions have these values; a part of what may be shown may be shown."""
        from dataclasses import replace

        keep = pd.Series(True, index=self.data.index)
        for dimension, value in values.items():
            keep &= self.data[dimension].isin(value if isinstance(value, (list, tuple, set)) else [value])
        return replace(self, data=self.data[keep].reset_index(drop=True))


def require(thing) -> Controlled:
    """`thing`, if it is controlled; a TypeError that says what to do if it is not."""
    if not isinstance(thing, Controlled):
        raise TypeError(f"{type(thing).__name__} is not controlled: call disclosure.control(measure, policy) or disclosure.published(measure) first")
    return thing
