"""Whose records these are: about.yml beside the extracts, and the authority that a return's own header names."""

import contextlib
from datetime import date
from functools import lru_cache
from pathlib import Path

import pandas as pd
import yaml

from helpers import wording
from helpers.extracts import published
from helpers.extracts.collection import About
from helpers.extracts.faults import Fault
from helpers.extracts.parts import Part

ABOUT = "about.yml"


def same_authority(one: str, other: str) -> bool:
    """Whether two names or codes are one authority's, whatever their case and spacing."""
    return _known_as(one) == _known_as(other)


@lru_cache(maxsize=512)  # every file's header names one, and the search for one that there is not is long
def _known_as(text: str) -> str:
    """An authority's present name, from its name or code, or the text itself where no English one has it; in lower case."""
    with contextlib.suppress(published.UnknownAuthority):  # a made-up one, or one that was abolished
        text = published.authority(text).name
    return " ".join(text.casefold().split())


@lru_cache(maxsize=512)
def is_real(name: str) -> bool:
    """Whether an English local authority has, or had, this name or code."""
    known = published.authorities()
    real = {text.casefold() for column in ("name", "old_code", "new_code") for text in known[column] if text}
    return _known_as(name) in real


def read_about(path: Path) -> tuple[About | None, list[Fault]]:
    """about.yml as an About, or None where there is none or it cannot be read, with what was wrong with it."""
    if not path.exists():
        return None, []
    fix = "Write it as data/README.md shows; until then none of the records beside it is used."
    try:
        written = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (yaml.YAMLError, OSError, UnicodeDecodeError):
        return None, [Fault(ABOUT, "it is not a YAML file that can be read", fix, fatal=True)]
    except ValueError:
        return None, [Fault(ABOUT, "there is no such day as a line says", fix, fatal=True)]
    if not isinstance(written, dict):
        return None, [Fault(ABOUT, "it is not a list of lines like “authority: Dorset”", fix, fatal=True)]
    faults = [] if written.get("authority") else [Fault(ABOUT, "it has no line 'authority'", fix, fatal=True)]
    lines = {}
    for name, read in LINES.items():
        try:
            lines[name] = read(written[name]) if written.get(name) is not None else None
        except (AttributeError, TypeError, ValueError, KeyError):
            faults.append(Fault(ABOUT, f"the line '{name}' has a value of the wrong kind", fix, fatal=True))
    known = {name: value for name, value in lines.items() if value is not None}
    return (None, faults) if faults else (About(**known), [])


def _true_or_false(value) -> bool:
    if not isinstance(value, bool):
        raise TypeError("neither true nor false")
    return value


def _period(days) -> tuple[date, date]:
    first, last = map(_day, days)
    if first > last:
        raise ValueError("it ends before it begins")
    return first, last


def _day(value) -> date:
    return value if isinstance(value, date) else date.fromisoformat(str(value))


LINES = {  # of about.yml, and how each is read
    "authority": lambda value: str(value).strip(),
    "made_up": _true_or_false,
    "extracted_on": _day,
    "period": _period,
    "localities": lambda value: {str(place): tuple(map(str, teams or ())) for place, teams in value.items()},
    "children_aged_0_to_17": lambda value: {str(place): int(count) for place, count in value.items()},
}


def stated_by(parts: list[Part]) -> str:
    """The code of the English authority that the headers of returns name, whatever it has replaced; empty for none or several."""
    codes = sorted({part.records.authority for part in parts if is_real(part.records.authority)})
    return next((code for code in codes if all(is_of(other, code) for other in codes)), "")


def is_of(code: str, authority: str) -> bool:
    """Whether the authority with this code is `authority`, or one that was abolished and whose area it took over."""
    table = published.authorities()
    after = table[table["old_code"].isin(";".join(_with(code)["successor"]).split(";"))]
    return any(same_authority(name, authority) for name in [code, *after["name"]])


def of_others(parts: list[Part], about: About | None) -> tuple[list[Part], list[Fault]]:
    """The parts whose return's header names another authority than about.yml does, or than each other; a fault for each file."""
    named = {part.records.file: part.records.authority for part in parts if is_real(part.records.authority)}
    if about:
        others = {file: code for file, code in named.items() if not is_of(code, about.authority)}
        beside = f"about.yml says that the records are {about.authority}'s"
    else:
        others = {} if stated_by(parts) else named
        beside = f"the returns given name {wording.listing(sorted(set(map(called, named.values()))))}"
    to_do = f"Leave out what is another authority's, or correct the return's header or {ABOUT}. The file is not used."
    faults = [
        Fault(file, f"its header says that it is the return of {called(code)}, and {beside}", to_do, header="LEA", fatal=True)
        for file, code in others.items()
    ]
    return [part for part in parts if part.records.file in others], faults


def called(code: str) -> str:
    """An authority by its name and code: "City of London (201)"."""
    return f"{_with(code)['name'].iloc[0]} ({code})"


def _with(code: str) -> pd.DataFrame:
    """The authorities, of all that there have been, with this code (or name)."""
    table = published.authorities()
    return table[table[["old_code", "new_code", "name"]].eq(code).any(axis=1)]
