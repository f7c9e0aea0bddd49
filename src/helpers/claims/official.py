"""The document's figures beside official statistics published since: do both point one way, does a comparison hold."""

import pandas as pd

from helpers import disclosure
from helpers.claims.documents import AUTHORITY, SOURCE
from helpers.claims.tables import figures_in_words
from helpers.claims.verdicts import Claim
from helpers.extracts import published
from helpers.wording import interval, listing, number, sentence_case

YEAR = "2024"  # to 31 March: the last full year before the document
SAID = {"below": "below", "above": "above", "same": "in line with"}


def official_since(figures: pd.DataFrame) -> disclosure.Words:
    """Where official statistics cover the same dates: the document's figures, theirs, and what the two show together.

    A claim to stand above, below or in line with others is set beside the benchmarks that ship, where its row names one.
    """
    have = figures[figures["claim"].isin(["change", "comparison"])]
    have = have[have["official_value"].notna() | (have["official_benchmark"] != "")]
    rows = [_beside_benchmark(row) if row["official_benchmark"] else _beside_statistic(row) for _, row in have.iterrows()]
    licence = "Contains public sector information licensed under the Open Government Licence v3.0."
    source = (
        f"{SOURCE}; Department for Education, statistics of children in need, looked after and leaving care, of attainment, "
        f"and of education, health and care plans. {licence}"
    )
    return disclosure.published_words(pd.DataFrame(rows), source=source)


def _beside_statistic(row: pd.Series) -> dict:
    percent = "%" if row["official_measure"].partition(" (DfE")[0].endswith(", %") else ""
    both = [n for n in (row["official_previous"], row["official_value"]) if pd.notna(n)]
    return {
        "measure": _named(row),
        "document": figures_in_words(Claim(row, "")),
        "official": _gap_in_words(row) or " to ".join(number(n) + percent for n in both),
        "what": row["official_measure"],
        "together": _together(row),
    }


def _named(row: pd.Series) -> str:
    return row["measure"] + (f" ({row['breakdown']})" if row["breakdown"] else "")


def _is_gap(row: pd.Series) -> bool:
    return row["official_measure"].endswith("percentage points")


def _gap_in_words(row: pd.Series) -> str:
    """ "4.2 percentage points below England"; nothing for a statistic that is no difference."""
    apart = row["official_value"]
    return f"{number(abs(apart))} percentage points {'below' if apart < 0 else 'above'} England" if _is_gap(row) else ""


def _together(row: pd.Series) -> str:
    if row["official_not_alike"]:
        return f"Not comparable: {row['official_not_alike']}"
    if _is_gap(row):
        other = 0.0 if row["unit"] == "percentage points" else row["comparator_value"]
        ours, theirs = row["value"] - other, row["official_value"]
    else:
        ours, theirs = row["value"] - row["previous_value"], row["official_value"] - row["official_previous"]
    if pd.isna(ours) or pd.isna(theirs):
        return "No figure to compare" if pd.isna(row["value"]) else "One figure only"
    return "Same direction" if ours * theirs > 0 or ours == theirs else "Not the same direction"


def _beside_benchmark(row: pd.Series) -> dict:
    """A claim about comparators beside the year's figure with its interval, the neighbours' median, the region and England."""
    measure = published.benchmarks(row["official_benchmark"], AUTHORITY)
    of_year = measure.data[measure.data["period"] == YEAR].set_index("role")
    near = published.neighbour_summary(measure).data.set_index(["period", "role"])
    others = {
        "the neighbours' median": near.loc[(YEAR, "neighbours' median"), "ratio"],
        f"the {of_year.loc['region', 'area']}": of_year.loc["region", "ratio"],
        "England": of_year.loc["England", "ratio"],
    }
    ours, percent = of_year.loc["local authority"], "%" if measure.unit == "%" else ""
    first = f"{AUTHORITY} {number(ours['ratio'], 1)}{percent} (95% interval {interval(ours['ci_low'], ours['ci_high'], 1)})"
    said = f"said to be {SAID[row['claimed_direction']]} {row['comparator'].replace('; ', ', and ')}"
    return {
        "measure": _named(row),
        "document": f"{figures_in_words(Claim(row, ''))}; {said}" if pd.notna(row["value"]) else f"No figure; {said}",
        "official": "; ".join([first, *(f"{name} {number(value, 1)}{percent}" for name, value in others.items())]),
        "what": f"{sentence_case(measure.name)}{',' if percent else ''} {measure.unit}, year to March {YEAR} (DfE)",
        "together": _compared(row["claimed_direction"], ours, others),
    }


def _compared(claimed: str, ours: pd.Series, others: dict[str, float]) -> str:
    """ "Agrees: below England and the South West; not told from the neighbours' median" """
    where = {
        "below": [name for name, value in others.items() if ours["ci_high"] < value],
        "above": [name for name, value in others.items() if ours["ci_low"] > value],
    }
    where["same"] = [name for name in others if name not in where["below"] + where["above"]]
    told = {"below": "below", "above": "above", "same": "not told from"}
    words = "; ".join(f"{told[way]} {listing(names)}" for way, names in where.items() if names)
    agrees = "Agrees" if len(where[claimed]) == len(others) else "Agrees in part" if where[claimed] else "Does not agree"
    return f"{agrees}: {words}"
