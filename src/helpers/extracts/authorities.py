"""English local authorities: every spelling and code, what became of the abolished, and their statistical neighbours."""

import re
import unicodedata
from dataclasses import dataclass
from difflib import get_close_matches
from functools import lru_cache
from pathlib import Path

import pandas as pd

from helpers.results import NotEnoughData
from helpers.wording import listing

DATA = Path(__file__).parents[3] / "data" / "published"
NEW_MODEL_FROM = 2024  # the 2025 neighbour model is used for years to March 2024 onwards, the 2021 model before


class UnknownAuthority(ValueError):
    """No such authority, or one that has been abolished; the message names those that could be meant."""


@dataclass(frozen=True)
class Authority:
    """One local authority as it stands now; `first_year` is the first year to 31 March for which it made its own return."""

    name: str
    old_code: str
    new_code: str
    region: str
    first_year: int


def authorities() -> pd.DataFrame:
    """Every English local authority seen in the department's files, one row each, the abolished with their successors' codes."""
    return _read("authorities").assign(
        first_year=lambda d: d["first_year"].astype(int), last_year=lambda d: d["last_year"].astype(int)
    )


@lru_cache(maxsize=512)
def authority(text: str) -> Authority:
    """The authority that `text` names, by any spelling or by its old or new code, in upper or lower case.

    A name shared by an abolished authority and its successor means the one that stands. Raises UnknownAuthority for an
    abolished authority, naming its successors, and for anything else, naming the nearest.
    """
    known, table = _authority_index(), authorities()
    found = known.get(_plain(text), known.get(re.sub(r"( county| city| borough)? council$", "", _plain(text))))
    if found is None:
        spellings = {_plain(spelling): name for name, others in zip(table["name"], table["other_names"], strict=True)
                     for spelling in [name, *others.split(";")] if spelling}  # fmt: skip
        near = [spellings[close] for close in get_close_matches(_plain(text), spellings, n=3, cutoff=0.6)]
        hint = (
            f"The nearest: {listing(dict.fromkeys(near))}."
            if near
            else "Give a name as the department writes it, or a code like 838."
        )
        raise UnknownAuthority(f"There is no English local authority called {str(text)!r}. {hint}")
    row = table.loc[found]
    if row["successor"]:
        present = table.set_index("old_code").loc[row["successor"].split(";")]
        now = listing(f"{name} ({code})" for code, name in present["name"].items())
        raise UnknownAuthority(
            f"{text!r} means an authority that was abolished after March {row['last_year']}: {row['name']} ({row['old_code']}). "
            f"Its area is now served by {now}, whose figures are not comparable with it."
        )
    return Authority(row["name"], row["old_code"], row["new_code"], row["region"], int(row["first_year"]))


def neighbours(local_authority: str, year: int) -> pd.DataFrame:
    """The ten statistical neighbours for the year to 31 March `year`, closest first: rank, name, old_code, model, closeness.

    The 2025 model for 2024 onwards, the 2021 model before; for an authority that this model lacks, the other one, as the
    column `model` says. Raises NotEnoughData for an authority in neither.
    """
    ours = of_today(local_authority)
    return _neighbours(ours, "2025" if int(year) >= NEW_MODEL_FROM else "2021").copy(deep=False)


def of_today(text: str) -> Authority:
    """The authority, or NotEnoughData where `text` names none of today: a made-up place is never set beside published figures."""
    try:
        return authority(text)
    except UnknownAuthority:
        raise NotEnoughData(
            f"{text} is not an English local authority of today, so no published figures can stand beside it."
        ) from None


@lru_cache
def _read(name: str) -> pd.DataFrame:
    return pd.read_csv(DATA / f"{name}.csv", dtype=str, keep_default_na=False, encoding="utf-8")


@lru_cache
def _neighbours(ours: Authority, wanted: str) -> pd.DataFrame:
    table = _read("statistical_neighbours")
    table = table[table["old_code"] == ours.old_code]
    if table.empty:
        raise NotEnoughData(f"{ours.name} is in neither statistical neighbour model.")
    model = wanted if wanted in set(table["model"]) else table["model"].iloc[0]
    table = table[table["model"] == model].assign(rank=lambda d: d["rank"].astype(int)).sort_values("rank")
    table = table[["rank", "neighbour_name", "neighbour_old_code", "model", "closeness"]]
    return table.set_axis(["rank", "name", "old_code", "model", "closeness"], axis=1).reset_index(drop=True)


@lru_cache
def _authority_index() -> dict[str, int]:
    """Every spelling and code of an authority -> its row; where two share a name or code, the one that stands."""
    index = {}
    for row in authorities().sort_values("successor", ascending=False).itertuples():
        for text in [row.name, *row.other_names.split(";"), row.old_code, row.new_code, *row.other_codes.split(";")]:
            if text:
                index[_plain(text)] = row.Index
    return index


def _plain(text: str) -> str:
    """Letters and digits only, lower case and of ordinary width: "St. Helens" and "st helens" are one spelling."""
    text = unicodedata.normalize("NFKC", str(text)).lower().replace("&", " and ")
    return " ".join("".join(letter if letter.isalnum() else " " for letter in text).split())
