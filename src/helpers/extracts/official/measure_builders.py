"""What a headline measure says of itself, and the forms most of them have: a count, a rate, a share, a mean."""

from dataclasses import dataclass

YEAR_TO_MARCH, ACADEMIC_YEAR = "year to 31 March", "academic year"


@dataclass(frozen=True)
class HeadlineMeasure:
    """One published measure. `per` is None for a plain count; `interval` names what can be computed from the published counts.

    `whole_number` marks a share or rate that its publisher prints without decimals: it is recomputed where both counts stand.
    `no_interval` says in words why a share, rate or mean has none.
    """

    key: str
    name: str
    definition: str
    unit: str
    population: str
    publication: str
    first_period: int  # the first comparable year, by the year in which it ends; an authority's own series may begin later
    formula: str = ""
    period: str = YEAR_TO_MARCH  # a kind of helpers.extracts.official.periods
    per: float | None = None
    better: str | None = None  # "lower", "higher" or None where neither is
    interval: str | None = None  # "proportion" (Wilson), "rate" (Byar) or None
    no_interval: str = ""
    stock: bool = False  # counted on one day: the same children recur from year to year, so an interval is indicative only
    whole_number: bool = False
    breaks: str = ""


TOOL_ALONE = "the Interactive Tool gives the percentage alone, without the counts"
CHILD_POPULATION = "children aged 0 to 17 living in the area, at the mid-year before"


def count(key, name, definition, population, publication, first_period, unit="children", **more):
    """A plain count: no denominator, no interval."""
    more.setdefault("formula", f"number of {unit}")
    return HeadlineMeasure(key, name, definition, unit, population, publication, first_period, **more)


def rate(key, name, definition, publication, first_period, **more):
    """Events or children for every 10,000 children who live in the area."""
    unit, per = "per 10,000 children", 10_000
    more.setdefault("formula", "number / children aged 0 to 17 at the mid-year before × 10,000")
    return HeadlineMeasure(
        key, name, definition, unit, CHILD_POPULATION, publication, first_period, per=per, interval="rate", **more
    )


def share(key, name, definition, population, publication, first_period, **more):
    """A percentage, with an interval where its counts are published."""
    more.setdefault("formula", f"those with the outcome / {population} × 100")
    more.setdefault("interval", "proportion")
    return HeadlineMeasure(key, name, definition, "%", population, publication, first_period, per=100, **more)


def mean(key, name, definition, unit, population, publication, first_period, **more):
    """An average, whose spread is not published and which therefore has no interval."""
    return HeadlineMeasure(key, name, definition, unit, population, publication, first_period, per=1, **more)
