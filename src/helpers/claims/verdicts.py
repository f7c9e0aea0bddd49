"""Signal, noise, agrees with no change, not testable or inconsistent: one verdict for each claim, chosen by its figures.

Counts of people on a day are tested as if independent, an indication only; `year_to_year` tests those of children who come in
families beside how far such counts of English authorities vary, by which two signals are none. Incidents are tested twice, as
independent and with the spread that repeat incidents bring; the cautious result decides. Percentages without a printed
denominator are tested over every plausible one, and have a verdict only if all of them agree. A difference printed without its
two percentages is tested as if the comparator were 50%, where chance reaches furthest.
"""

import math
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
import pandas as pd
from scipy import stats

from helpers import intervals
from helpers.designs.multiplicity import benjamini_hochberg
from helpers.designs.two_points import fisher, two_counts, two_proportions, two_stocks
from helpers.extracts.official.year_to_year import SPREADS
from helpers.results import Effect
from helpers.wording import number

VERDICTS = {
    "signal": "The figures differ by more than chance alone would explain. Why they differ is another question.",
    "noise": "A difference of this size, or larger, comes about often enough by chance alone.",
    "agrees with no change": "The words say about the same, and the figures cannot be told from that.",
    "not testable": "The document does not give what a test needs, or the two figures were not counted the same way.",
    "inconsistent": "The words and the figures of the document point different ways.",
}
DENOMINATORS_TRIED = 40
RANKS = ("from the lowest", "% of authorities")
WIDEST = 50  # %: where chance reaches furthest
# Counts on a day of children who come in families, and the headline measure that shows how far such counts vary. Early help is
# published of no authority; it is taken to vary as children in need do.
VARIES_AS = {
    "early_help": "children_in_need_rate",
    "children_in_need": "children_in_need_rate",
    "child_protection_plans": "plans_open_rate",
}
ALONE = 0.05  # the p-value below which a test judged by itself is a signal


@dataclass(frozen=True)
class Claim:
    """One claim with its verdict. `effect` is the cautious test and `adjusted` its p-value allowing for all the tests made;
    both are None where nothing could be tested; `clear` is whether it stands out so. `reason` and `needs` say why there is no
    verdict, and what would change that."""

    row: pd.Series  # the figure, as `documents.figures_of` gives it
    verdict: str
    reason: str = ""
    needs: str = ""
    effect: Effect | None = None
    independent: Effect | None = None  # incidents: the same test without repeats
    adjusted: float | None = None
    clear: bool = False
    assumption: str = ""  # the denominators, in words


def judge(
    claims: pd.DataFrame, *, dispersion: float = 3.0, false_discovery_rate: float = 0.05, one_by_one: bool = False,
    varying: bool = False,
) -> list[Claim]:  # fmt: skip
    """A verdict on every claim, in the order given; `one_by_one` judges each test alone, at 5%; `varying` by `year_to_year`.

    `dispersion` is the variance of a count of incidents over its mean: 1 if no child recurs. The family for the false
    discovery rate (Benjamini and Hochberg) is every claim whose two figures were counted alike and could be tested.
    """
    tried = [_try(row, dispersion) for _, row in claims.iterrows()]
    if varying:
        tried = [claim if claim.verdict else replace(claim, effect=year_to_year(claim.row) or claim.effect) for claim in tried]
    family = [math.nan if claim.verdict else claim.effect.p_value for claim in tried]
    adjusted = benjamini_hochberg(family)
    tests, rejected = int(np.isfinite(family).sum()), int((adjusted <= false_discovery_rate).sum())
    cut_off = false_discovery_rate * max(rejected, 1) / max(tests, 1)  # a p-value up to this is a signal
    cut_off = ALONE if one_by_one else cut_off
    return [_settle(claim, q, cut_off) for claim, q in zip(tried, adjusted, strict=True)]


def _try(row: pd.Series, dispersion: float) -> Claim:
    """The claim with its test, or with the reason why there is none; its verdict is not yet given."""
    if row["counted_as"] in ("words", "average", "money") or row["claim"] == "effect" or _missing_side(row):
        return Claim(row, "not testable", *_why_not(row))
    test = {"people on a day": _people, "events": _events, "incidents": _incidents, "share": _share, "gap": _share}[
        row["counted_as"]
    ]
    effect, independent, assumption = test(row, dispersion)
    if row["alike"] == "no":
        reason, needs = _not_alike(row), "the same way of counting at both times"
        return Claim(row, "not testable", reason, needs, effect, independent, assumption=assumption)
    return Claim(row, "", effect=effect, independent=independent, assumption=assumption)


def _settle(claim: Claim, adjusted: float, cut_off: float) -> Claim:
    if claim.verdict:
        return claim
    signal = bool(claim.effect.p_value <= cut_off)
    claim = replace(claim, adjusted=float(adjusted), clear=signal)
    if points_the_other_way(claim.row):
        return replace(claim, verdict="inconsistent", reason="The words say one direction and the figures the other.")
    if any((_p_at(claim.row, n) <= cut_off) != signal for n in denominators(claim.row)):
        reason = _unless(claim.row, signal, cut_off)
        return replace(claim, verdict="not testable", reason=reason, needs="the number behind each percentage")
    if (
        not signal
        and claim.row["claimed_direction"] == "same"
        and claim.effect.ci_low <= claim.effect.null <= claim.effect.ci_high
    ):
        return replace(claim, verdict="agrees with no change")
    return replace(claim, verdict="signal" if signal else "noise")


def _unless(row: pd.Series, signal: bool, cut_off: float) -> str:
    """ "A signal unless the percentage covers 17 or fewer: ..." """
    every = range(int(row["n_lowest"]), int(row["n_highest"]) + 1)
    nearest = min((n for n in every if (_p_at(row, n) <= cut_off) != signal), key=lambda n: abs(n - row["n_assumed"]))
    way = "fewer" if nearest < row["n_assumed"] else "more"
    verdict = "A signal" if signal else "Noise"
    return f"{verdict} unless the percentage covers {number(nearest)} or {way}, which the document leaves open: {row['n_basis']}."


def points_the_other_way(row: pd.Series) -> bool:
    """Whether a change claimed in one direction has figures that moved in the other."""
    moved = row["value"] - row["previous_value"]
    return {"up": moved < 0, "down": moved > 0}.get(row["claimed_direction"], False)


def denominators(row: pd.Series) -> list[int]:
    """The denominators to try where the document gives none; empty where both are known."""
    if row["counted_as"] not in ("share", "gap") or pd.isna(row["n_assumed"]):
        return []
    lowest, highest = int(row["n_lowest"]), int(row["n_highest"])
    return sorted({round(n) for n in np.linspace(lowest, highest, DENOMINATORS_TRIED)})


def _p_at(row: pd.Series, n: int) -> float:
    if row["claim"] == "comparison":
        share, other = _share_and_known(row)
        return _binomial(round(share * n / 100), n, other / 100)
    known = row["n_previous"]
    return fisher(*_counts(row, n, n if pd.isna(known) else int(known)))


def _missing_side(row: pd.Series) -> bool:
    if row["counted_as"] == "gap":
        return bool(pd.isna(row["value"]) or pd.isna(row["n_assumed"]))
    other = row["previous_value"] if row["claim"] == "change" else row["comparator_value"]
    uncounted = row["counted_as"] == "share" and pd.isna(row["n_value"]) and pd.isna(row["n_assumed"])
    return bool(pd.isna(row["value"]) or pd.isna(other) or uncounted)


def _why_not(row: pd.Series) -> tuple[str, str]:
    """Why a claim cannot be tested, and what would make it so."""
    if row["claim"] == "effect":
        why = _not_alike(row) if row["not_alike_because"] else "Nothing shows what would have happened without it."
        return why, "similar children or places without it, counted the same way, before and after"
    if row["not_alike_because"]:
        return _not_alike(row), "the same way of counting on both sides, and the numbers behind it"
    if row["unit"] in RANKS:
        return "A rank, without the figures ranked.", "the figures behind the ranks, and the number of pupils"
    if row["unit"] == "% change":
        return "A national figure quoted from another publication, without its counts.", "the counts, from that publication"
    if row["official_benchmark"]:
        lacks = "No figure" if pd.isna(row["value"]) else "No figure of the comparator"
        why = f"{lacks} is given; published ones stand beside this claim further down."
        return why, "both figures, and the numbers behind them, for the same dates"
    if pd.isna(row["value"]):
        return "No figure is given.", "the figures, and how many children or events each rests on"
    if row["claim"] == "change" and pd.isna(row["previous_value"]):
        return "The earlier figure is not given.", "the earlier figure, and how many each rests on"
    if row["counted_as"] == "average":
        return "An average says nothing of chance without its spread.", "the number of children and the spread at both times"
    return (
        "The comparator's figure, or the numbers behind it, are not given.",
        "the comparator's figure and the numbers behind both",
    )


def _not_alike(row: pd.Series) -> str:
    return f"Not counted alike: {row['not_alike_because']}."


def _people(row: pd.Series, dispersion: float) -> tuple:
    return two_stocks(int(row["previous_value"]), int(row["value"]), **_named(row)), None, ""


def year_to_year(row: pd.Series) -> Effect | None:
    """The test of a count in VARIES_AS beside how far such counts lie from their own path in any one year; None of others."""
    if row["figure_id"] not in VARIES_AS:
        return None
    before, after = int(row["previous_value"]), int(row["value"])
    return two_stocks(before, after, phi=SPREADS[VARIES_AS[row["figure_id"]]].phi(before, after), **_named(row))


def _events(row: pd.Series, dispersion: float) -> tuple:
    years = {"exposure_before": row["years_previous"], "exposure_after": row["years_value"]}
    if pd.isna(row["years_value"]):
        return two_counts(int(row["previous_value"]), int(row["value"]), **_named(row)), None, ""
    after = row["value"] * row["years_value"] if "yearly average" in row["breakdown"] else row["value"]
    note = f"{number(row['years_previous'])} and {number(row['years_value'])} years of counting"
    return two_counts(int(row["previous_value"]), round(after), **years, **_named(row)), None, note


def _incidents(row: pd.Series, dispersion: float) -> tuple:
    counts = int(row["previous_value"]), int(row["value"])
    alone = two_counts(*counts, **_named(row))
    return two_counts(*counts, phi=dispersion, **_named(row)), alone, ""


def _share(row: pd.Series, dispersion: float) -> tuple:
    after = row["n_value"] if pd.notna(row["n_value"]) else row["n_assumed"]
    if row["claim"] == "comparison":
        return _against_known(row, int(after)), None, _denominator_words(row)
    before = next(n for n in (row["n_previous"], row["n_assumed_previous"], row["n_assumed"]) if pd.notna(n))
    return two_proportions(*_counts(row, int(after), int(before)), **_named(row)), None, _denominator_words(row)


def _counts(row: pd.Series, after: int, before: int) -> tuple[int, int, int, int]:
    """The two percentages as counts and what they are of, the earlier first."""
    return round(row["previous_value"] * before / 100), before, round(row["value"] * after / 100), after


def _share_and_known(row: pd.Series) -> tuple[float, float]:
    """A percentage and the comparator's, a gap as if the comparator were at 50%."""
    return (WIDEST + row["value"], WIDEST) if row["counted_as"] == "gap" else (row["value"], row["comparator_value"])


@lru_cache(maxsize=4096)  # tried with dozens of denominators, and again under other assumptions
def _binomial(count: int, n: int, share: float) -> float:
    return float(stats.binomtest(count, n, share).pvalue)


def _against_known(row: pd.Series, n: int) -> Effect:
    """One percentage against a comparator so large that its own chance variation does not count (exact binomial test)."""
    share, other = _share_and_known(row)
    count = round(share * n / 100)
    interval = intervals.wilson(count, n).times(100)
    named = _named(row)
    return Effect(
        named["outcome"], share - other, interval.low - other, interval.high - other, "percentage points", 0.0,
        "two_points", n, named["n_unit"], _binomial(count, n, other / 100), named["better"],
    )  # fmt: skip


def _named(row: pd.Series) -> dict:
    outcome = row["measure"] + (f" ({row['breakdown']})" if row["breakdown"] else "")
    unit = "people" if row["counted_as"] in ("share", "gap") else row["unit"]
    return {"outcome": inside_a_sentence(outcome), "n_unit": unit, "better": row["better"] or None}


def _denominator_words(row: pd.Series) -> str:
    """ "3 of 22 to 12 of 42", "384 of 449, then of about 442, assumed", "of about 321 and 318, assumed" """
    before, after = (_part_of(row[value], row[n]) for value, n in (("previous_value", "n_previous"), ("value", "n_value")))
    if pd.isna(row["n_assumed"]):
        return " to ".join(part for part in (before, after) if part)
    about = number(row["n_assumed"])
    if before:
        return f"{before}, then of about {about}, assumed"
    if row["counted_as"] == "gap":
        return f"of about {about}, assumed, at {WIDEST}%"
    if pd.isna(row["n_assumed_previous"]):
        return f"of about {about}, assumed"
    return f"of about {number(row['n_assumed_previous'])} and {about}, assumed"


def _part_of(percentage: float, n: float) -> str:
    return f"{number(round(percentage * n / 100))} of {number(n)}" if pd.notna(percentage) and pd.notna(n) else ""


def inside_a_sentence(text: str) -> str:
    """The first letter lowered, unless it begins a name or an abbreviation ("GCSE", "Key Stage", "Wey Valley")."""
    first, _, rest = text.partition(" ")
    a_name = first[1:2].isupper() or rest[:1].isupper()
    return text if a_name else text[:1].lower() + text[1:]
