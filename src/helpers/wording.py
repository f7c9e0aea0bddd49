"""How numbers, intervals, dates and lists are written for readers: one place, so that a figure reads the same everywhere."""

import math
from datetime import date

MINUS = "−"


def number(value: float, decimals: int | None = None) -> str:
    """`value` with thousands commas and a true minus sign; without `decimals`, as many as its size deserves."""
    if decimals is None:
        decimals = 0 if float(value).is_integer() or abs(value) >= 1000 else 1 if abs(value) >= 1 else 2
    text = f"{abs(value):,.{decimals}f}"
    return MINUS + text if value < 0 and float(text.replace(",", "")) != 0 else text


def interval(low: float, high: float, decimals: int | None = None) -> str:
    """ "9.7 to 14.9"; both ends with the same decimals; an end without bound in words."""
    if decimals is None:
        decimals = decimals_of(low, high)
    if not math.isfinite(high):
        return f"{number(low, decimals)} or more"
    if not math.isfinite(low):
        return f"{number(high, decimals)} or less"
    return f"{number(low, decimals)} to {number(high, decimals)}"


def decimals_of(*numbers: float) -> int:
    """How many decimals numbers that belong together deserve, by the largest of them."""
    largest = max((abs(number) for number in numbers if math.isfinite(number)), default=0)
    return 0 if largest >= 100 else 1 if largest >= 3 else 2


def p_value(p: float) -> str:
    """ "p = 0.03", "p < 0.001"."""
    return "p < 0.001" if p < 0.001 else f"p = {p:.3f}" if p < 0.01 else f"p = {p:.2f}"


def day(value) -> str:
    """ "1 November 2022", from a date, a timestamp or ISO text."""
    value = date.fromisoformat(str(value)[:10])
    return f"{value.day} {value:%B %Y}"


def month(value) -> str:
    """ "November 2022", from a date, a timestamp or ISO text."""
    return f"{date.fromisoformat(str(value)[:7] + '-01'):%B %Y}"


def listing(things) -> str:
    """ "a, b and c"."""
    things = [str(thing) for thing in things]
    return things[0] if len(things) == 1 else f"{', '.join(things[:-1])} and {things[-1]}" if things else "none"


SMALL_NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")


def small(count: int) -> str:
    """A count from 0 to 10 as a word, a larger one in figures."""
    return SMALL_NUMBERS[count] if 0 <= count <= 10 else number(count)


def count_of(count: int, singular: str, plural: str = "") -> str:
    """ "one month", "three months"."""
    return f"{small(count)} {singular if count == 1 else plural or singular + 's'}"


def sentence_case(text: str) -> str:
    """The first letter raised, the rest as it stands."""
    return text[:1].upper() + text[1:]


def period(start, end) -> str:
    """ "April 2019 to March 2024", from the first and last day."""
    return f"{month(start)} to {month(end)}"


def figure(value: float) -> str:
    """A share or a rate with one decimal, a whole one without, which was perhaps published so: "12.5", "12"."""
    return number(value, 0 if float(value).is_integer() else 1)


def figures(values) -> list[str]:
    """Figures that stand side by side, all with one decimal unless every one is whole; "[x]" where there is none."""
    known = [float(value) for value in values if value is not None and not math.isnan(value)]
    decimals = 0 if all(value.is_integer() for value in known) else 1
    return ["[x]" if value is None or math.isnan(value) else number(value, decimals) for value in values]


def amount(value: float, unit: str, decimals: int | None = None) -> str:
    """A value with its unit, as in a sentence: "12.5%", "44.6 per 10,000 children"."""
    of_share = decimals is None and (unit == "%" or unit.startswith("per "))
    written = figure(value) if of_share else number(value, decimals)
    return written + ("%" if unit == "%" else f" {unit}")
