"""Values for parameters: read to their declared types, or refused in a sentence with what would have been right."""

import datetime
import difflib
import math
import re

from helpers.runs.themes import Parameter, is_iso_date

YES, NO = ("true", "yes", "on"), ("false", "no", "off")


def nearest(text: str, known) -> str:
    """ " Did you mean missing_children?", or the names there are where none is near."""
    known = [str(name) for name in known]
    by_lower, text = {name.lower(): name for name in known}, str(text).lower()
    close = difflib.get_close_matches(text, by_lower, n=1, cutoff=0.5) or [
        name for name in by_lower if len(text) > 2 and text in name
    ]
    if close:
        return f" Did you mean {by_lower[close[0]]}?"
    return f" There are: {', '.join(known)}." if known else ""


def value_of(parameter: Parameter, given) -> str | int | float | bool:
    """`given` (text from the command line, or a value from a parameters file) as the type that the notebook declares.

    Raises ValueError with a sentence that says what was expected.
    """
    read = {"str": _text, "int": _whole_number, "float": _number, "bool": _yes_or_no, "date": _day}
    return read[parameter.type](parameter, given)


def _text(parameter, given) -> str:
    if isinstance(given, (bool, list, dict, tuple)) or given is None:
        raise ValueError(f"{parameter.name} is a text, not {_shown(given)}. Put it in quotation marks.")
    if re.search(r"[\x00-\x1f\x7f]", str(given)):
        raise ValueError(f"{parameter.name} holds a line break or another character that cannot be printed.")
    return str(given)


def _whole_number(parameter, given) -> int:
    if not isinstance(given, (bool, float)) and re.fullmatch(r"\s*[+-]?\d{1,18}\s*", str(given), re.ASCII):
        return int(given)
    raise ValueError(f"{parameter.name} is a whole number such as {parameter.default}, not {_shown(given)}.")


def _number(parameter, given) -> float:
    try:
        number = math.nan if isinstance(given, bool) or "_" in str(given) else float(given)
    except (TypeError, ValueError):
        number = math.nan
    if not math.isfinite(number):
        raise ValueError(f"{parameter.name} is a number such as {parameter.default}, not {_shown(given)}.")
    return number


def _yes_or_no(parameter, given) -> bool:
    text = str(given).strip().lower()
    if text not in YES + NO or (isinstance(given, (int, float)) and not isinstance(given, bool)):
        raise ValueError(f"{parameter.name} is true or false, not {_shown(given)}.")
    return text in YES


def _day(parameter, given) -> str:
    if isinstance(given, datetime.date) and not isinstance(given, datetime.datetime):
        return given.isoformat()
    text = str(given).strip()
    if is_iso_date(text) or (text == "" and parameter.default == ""):
        return text
    if re.fullmatch(r"\d{4}-\d{2}-\d{2}", text, re.ASCII):
        raise ValueError(f"{parameter.name}: there is no such day as {text}.")
    raise ValueError(f"{parameter.name} is a day written year-month-day, {_iso_form(text)}, not {_shown(given)}.")


def _iso_form(text: str) -> str:
    """What a day-first date would be in ISO form, or an example."""
    parts = re.fullmatch(r"(\d{1,2})[/.\- ](\d{1,2})[/.\- ](\d{4})", text, re.ASCII)
    iso = f"{parts[3]}-{int(parts[2]):02}-{int(parts[1]):02}" if parts else ""
    return f"here {iso}" if is_iso_date(iso) else "for example 2024-03-31"


def _shown(given) -> str:
    return f"“{given}”"
