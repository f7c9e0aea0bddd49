"""The types that charts, tables and downloads accept: a measure fit to be shown, and words that hold no records."""

from dataclasses import InitVar, dataclass, field, replace
from hashlib import sha256

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
VALUES = ("numerator", "denominator", "ratio", "ci_low", "ci_high")
KEY = object()  # held by this package alone: what is made without it is refused


@dataclass(frozen=True)
class Controlled:
    """A measure after disclosure control (or published, and so controlled by its publisher). Made by `disclosure`, nowhere else.

    `data` keeps the dimensions, then numerator, denominator, ratio, ci_low, ci_high as numbers (missing where not shown) and
    symbol (empty, or one of SYMBOLS, saying why a value is not shown). Made elsewhere, or changed afterwards: TypeError.
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
    key: InitVar[object] = None
    seal: str = field(init=False, repr=False, compare=False)

    def __post_init__(self, key):
        _made_here(self, key)

    def where(self, **values) -> "Controlled":
        """The rows whose dimensions have these values (a value or a list of them); a part of what may be shown may be shown."""
        keep = pd.Series(True, index=self.data.index)
        for dimension, value in values.items():
            keep &= self.data[dimension].isin(value if isinstance(value, (list, tuple, set)) else [value])
        return replace(require(self), data=self.data[keep].reset_index(drop=True), key=KEY)

    def sorted(self, by: str | list[str], ascending: bool = True) -> "Controlled":
        """The same rows in another order, by a dimension or a shown value; rows without that value come last."""
        data = require(self).data.sort_values(by, ascending=ascending, kind="stable", na_position="last")
        return replace(self, data=data.reset_index(drop=True), key=KEY)


@dataclass(frozen=True)
class Words:
    """A table of words: definitions, limits, claims or dates of a published document; no records, no counts of ours."""

    data: pd.DataFrame
    source: str
    key: InitVar[object] = None
    seal: str = field(init=False, repr=False, compare=False)

    def __post_init__(self, key):
        _made_here(self, key)


def require(thing, kind: type = Controlled):
    """`thing`, if it is controlled (or, with `kind` Words, words); a TypeError that says what to do if it is not."""
    if not isinstance(thing, kind):
        how = (
            "disclosure.published_words(frame, source=...)"
            if kind is Words
            else "disclosure.control(measure, policy) or disclosure.published(measure)"
        )
        raise TypeError(f"{type(thing).__name__} is not controlled: call {how} first")
    if thing.seal != _seal(thing.data):
        raise TypeError("the numbers were changed after disclosure control: change the measure, then control it again")
    return thing


def _made_here(thing, key) -> None:
    if key is not KEY:
        raise TypeError(f"{type(thing).__name__} is made by the functions of helpers.disclosure, nowhere else")
    data = thing.data.copy()
    object.__setattr__(thing, "data", data)
    object.__setattr__(thing, "seal", _seal(data))


def _seal(data: pd.DataFrame) -> str:
    return sha256(data.to_json(orient="split", date_format="iso", double_precision=15).encode()).hexdigest()
