"""Verdicts as a reader meets them: the sentence each result permits, tables, charts and findings."""

import math
from dataclasses import replace

import pandas as pd

from helpers import disclosure, evidence
from helpers.claims.documents import SOURCE, printed
from helpers.claims.verdicts import ALONE, VERDICTS, Claim, judge, year_to_year
from helpers.extracts import published
from helpers.measures import Measure
from helpers.results import Check, NotEnoughData
from helpers.wording import count_of, interval, listing, number, p_value, sentence_case, small

BEHIND = "Department for Education, statistics of children looked after and of attainment, and the document's own population"
VARYING = "Counts of children in need, plans and early help vary as authorities' do from year to year"
USUAL = "Beside how far counts of children in need of English authorities vary from one year to the next it does not stand out."
BESIDE = "Each event's source stands beside it"


def tested(judged: list[Claim]) -> disclosure.Words:
    """Claims whose figures could be tested, by theme: claim, figures, difference, p-values, verdict, what one may say."""
    rows = [
        {
            "theme": claim.row["theme"],
            "claim": claim.row["claimed"],
            "figures": figures_in_words(claim),
            "difference": difference_in_words(claim),
            "p": p_in_words(claim),
            "adjusted": p_value(claim.adjusted),
            "verdict": sentence_case(claim.verdict),
            "permits": permits(claim, family(judged)),
        }
        for claim in _by_theme(judged)
        if claim.verdict != "not testable"
    ]
    return disclosure.published_words(pd.DataFrame(rows), source=SOURCE)


def untested(judged: list[Claim]) -> disclosure.Words:
    """Claims that no test can be made of: claim, the figures given, why not, and what would make it testable."""
    rows = [
        {
            "theme": claim.row["theme"],
            "claim": claim.row["claimed"],
            "figures": figures_in_words(claim),
            "reason": claim.reason,
            "needs": sentence_case(claim.needs),
        }
        for claim in _by_theme(judged)
        if claim.verdict == "not testable"
    ]
    return disclosure.published_words(pd.DataFrame(rows), source=SOURCE)


def figures_in_words(claim: Claim) -> str:
    """ "95 to 66 incidents", "64% to 70.4% (of about 166 and 152, assumed)" """
    row = claim.row
    if pd.isna(row["value"]):
        return "none given"
    percent = "%" if row["unit"].startswith("%") else ""
    if row["claim"] == "comparison" and row["unit"] == "percentage points":
        way = "below" if row["value"] < 0 else "above"
        gap = f"{printed(abs(row['value']))} percentage points {way}" if row["value"] else "level with"
        text = f"{gap} {row['comparator']}"
    elif row["claim"] == "change" and pd.notna(row["previous_value"]):
        text = f"{printed(row['previous_value'])}{percent} to {_with_unit(row)}"
    elif row["claim"] == "comparison" and pd.notna(row["comparator_value"]):
        text = f"{_with_unit(row)} against {printed(row['comparator_value'])}{percent}, {row['comparator']}"
    else:
        text = _with_unit(row)
    return f"{text} ({claim.assumption})" if claim.assumption else text


def _with_unit(row: pd.Series) -> str:
    value, unit = printed(row["value"]), row["unit"]
    if unit == "GBP million":
        return f"£{value} million"
    unit = "" if unit == "score" else unit.removesuffix("s") if row["value"] == 1 else unit
    space = "" if unit.startswith("%") or not unit else " "
    return f"{row['qualifier']} {value}{space}{unit}".strip()


def difference_in_words(claim: Claim) -> str:
    """ "31% lower (60% lower to 20% higher)", "16.1 percentage points higher (10.6 to 21.7)"; of incidents, the cautious one."""
    effect = claim.effect
    if effect.null == 0:
        return f"{evidence.size_in_words(effect)} ({interval(effect.ci_low, effect.ci_high, 1)})"
    if not math.isfinite(effect.estimate):
        return "No ratio can be formed with none before"
    return f"{evidence.size_in_words(effect)} ({evidence.interval_in_words(effect)})"


def p_in_words(claim: Claim) -> str:
    """The p-value; of incidents allowing for repeats, with the plain one beside it."""
    p = p_value(claim.effect.p_value)
    return p if claim.independent is None else f"{p} allowing for repeats, {p_value(claim.independent.p_value)} without"


def permits(claim: Claim, tests: int = 1) -> str:
    """What the figures permit one to say, chosen by the result among so many `tests`, with what else must be known of them."""
    return f"{_said(claim, tests)} {claim.row['note']}".strip()


def _said(claim: Claim, tests: int) -> str:
    row, effect = claim.row, claim.effect
    what, higher = sentence_case(effect.outcome), effect.estimate > effect.null
    compared = row["claim"] == "comparison"
    moved = f"stood {('below', 'above')[higher]} {row['comparator']}" if compared else ("fell", "rose")[higher]
    if claim.verdict == "not testable":
        return claim.reason
    if claim.verdict == "inconsistent":
        chance = "by more than chance" if claim.clear else "by no more than chance gives"
        return f"{what}: the figures {moved}, {chance}, where the words say the opposite."
    if claim.verdict == "signal":
        beside = year_to_year(row)
        usual = "" if beside is None or beside.p_value < ALONE else f" {USUAL}"
        return f"{what} {moved}, by more than chance. The figures do not say why.{usual}"
    if not effect.ci_low <= effect.null <= effect.ci_high:
        about = small(max(1, round(ALONE * tests)))
        return f"{what} {moved}. Alone this would stand out; among {number(tests)} tests about {about} would do so by chance."
    if claim.verdict == "agrees with no change":
        no = "no difference" if compared else "no change"
        return f"{what}: the figures agree with {no}, and with anything from {evidence.interval_in_words(effect)}."
    repeats = claim.independent is not None and claim.independent.p_value < 0.05
    unless = " Only if nobody were counted twice would the difference stand out." if repeats else ""
    return f"{what}: a difference of this size cannot be told from chance.{unless}"


def overview(judged: list[Claim]) -> Measure:
    """How many claims have each verdict, by theme, with a row of all themes."""
    counts = pd.DataFrame({"theme": [c.row["theme"] for c in judged], "verdict": [c.verdict for c in judged]})
    table = pd.crosstab(counts["theme"], counts["verdict"]).reindex(counts["theme"].unique())
    table = table.reindex(columns=list(VERDICTS), fill_value=0)
    table.loc["All themes"] = table.sum()
    data = table.rename(columns=sentence_case).stack().rename("numerator").reset_index()
    return _claims_measure(data.assign(denominator=float("nan"), ratio=float("nan")), ("theme", "verdict"), "claims by verdict")


def signals(judged: list[Claim]) -> Measure:
    """Of the claims that could be settled, how many are signals: one row. A count, since a share of them would be no score."""
    found, n = float(_verdicts(judged)["signal"]), float(_settled(judged))
    data = pd.DataFrame([{"theme": "All themes", "numerator": found, "denominator": n, "ratio": float("nan")}])
    return _claims_measure(data, ("theme",), "claims that are signals")


def tally(judged: list[Claim]) -> str:
    """ "16 signals", for a card."""
    return count_of(int(_verdicts(judged)["signal"]), "signal").replace("no ", "No ")


def ways(judged: list[Claim]) -> str:
    """ "seven favourable, seven unfavourable, two neither": which way the signals point, by what would be better."""
    found = [claim.effect for claim in judged if claim.verdict == "signal"]
    neither = sum(effect.better is None for effect in found)
    good = sum(effect.better is not None and (effect.estimate < effect.null) == (effect.better == "lower") for effect in found)
    kinds = {"favourable": good, "unfavourable": len(found) - good - neither, "neither": neither}
    return ", ".join(f"{small(n) if n else 'none'} {kind}" for kind, n in kinds.items())


def family(judged: list[Claim]) -> int:
    """How many tests the adjusted p-values allow for."""
    return sum(claim.adjusted is not None for claim in judged)


def allowed_for(judged: list[Claim]) -> str:
    """How many tests the adjusted p-values allow for, and why they are not as many as the claims with a verdict."""
    settled, tests = _settled(judged), family(judged)
    more = count_of(tests - settled, "claim")
    also = f", and of {more} whose verdict hangs on a number that the document does not print" if tests > settled else ""
    return f"The adjusted p-values allow for {number(tests)} tests: those of the {number(settled)} claims in this table{also}."


def _verdicts(judged: list[Claim]) -> pd.Series:
    return pd.Series([claim.verdict for claim in judged]).value_counts().reindex(list(VERDICTS), fill_value=0)


def _settled(judged: list[Claim]) -> int:
    return sum(claim.verdict != "not testable" for claim in judged)


def in_short(judged: list[Claim]) -> str:
    """The verdicts in three sentences."""
    of = _verdicts(judged)
    parts = [
        f"{number(of['signal'])} show a difference that chance alone would not explain ({ways(judged)})",
        f"{number(of['noise'])} cannot be told from chance",
    ]
    if of["agrees with no change"]:
        parts.append(f"{count_of(int(of['agrees with no change']), 'claim')} of no change fit the figures")
    if of["inconsistent"]:
        parts.append(f"{count_of(int(of['inconsistent']), 'is', 'are')} at odds with the figures given")
    return (
        f"Of {number(len(judged))} claims of a change, a comparison or an effect, {number(_settled(judged))} can be tested with "
        f"what the document prints and published numbers of children. Of these {listing(parts)}. "
        f"The other {number(of['not testable'])} need one more number or a fair comparison."
    )


def overall_finding(judged: list[Claim]) -> evidence.Finding:
    """How many of the claims that could be settled are signals, as a finding that only describes."""
    shown = "{count} of the {n} claims that could be tested show a difference that chance alone would not explain"
    statement = f"{shown}: {ways(judged)}."
    counted = disclosure.published(signals(judged))
    return evidence.describe(
        counted, finding_id="claims-overall", statement=statement, because="a count of verdicts, not an effect"
    )


def beyond_chance(judged: list[Claim], effects: dict, what: str) -> str:
    """A chart's title: how many of its rows stand out after allowing for all tests, as "Five of 18 counts differ by ..."."""
    clear = sum(claim.clear and claim.effect in effects.values() for claim in judged)
    what = what.replace("differ", "differs") if clear == 1 else what
    return f"{sentence_case(small(clear))} of {len(effects)} {what} by more than chance"


def _claims_measure(data: pd.DataFrame, dimensions: tuple, name: str) -> Measure:
    empty = data.assign(ci_low=float("nan"), ci_high=float("nan"), symbol="")
    counted = "claims of change, comparison or effect in the document"
    return Measure(name, "claims", empty, dimensions, counted, "published", SOURCE)


def ratios(judged: list[Claim]) -> dict:
    """The tests of counts as a chart takes them: name -> effect, the clearest first, without those that have no bound."""
    return _effects(judged, "rate ratio")


def percentage_points(judged: list[Claim]) -> dict:
    """The tests of two percentages as a chart takes them: name -> effect, the clearest first."""
    return _effects(judged, "percentage points")


def gaps(judged: list[Claim]) -> dict:
    """The tests of a percentage against a national one as a chart takes them: name -> effect, the clearest first."""
    return _effects(judged, "percentage points", "comparison")


def _effects(judged: list[Claim], scale: str, kind: str = "change") -> dict:
    kept = [c for c in judged if c.verdict != "not testable" and c.effect.scale == scale and c.row["claim"] == kind]
    kept = [c for c in kept if 0 < c.effect.ci_high < float("inf") or scale != "rate ratio"]
    kept.sort(key=lambda c: c.effect.p_value)
    return {sentence_case(c.effect.outcome): c.effect for c in kept}


def before_and_after(judged: list[Claim], figure_id: str) -> str:
    """The two figures of a claim for its card: "95 to 66", "64% to 70.4%", "3 of 22 to 12 of 42" where both are known."""
    claim = _one(judged, figure_id)
    row = claim.row
    if pd.notna(row["n_value"]) and pd.notna(row["n_previous"]):
        return claim.assumption
    unit = "%" if row["unit"] == "%" else ""
    return f"{printed(row['previous_value'])}{unit} to {printed(row['value'])}{unit}"


def finding(judged: list[Claim], figure_id: str) -> evidence.Finding:
    """The finding of one claim: its cautious test, its p-value allowing for all tests, in a sentence that the result chose."""
    claim = _one(judged, figure_id)
    name = f"claim-{figure_id.replace('_', '-')}"
    if claim.verdict == "not testable":
        outcome = claim.row["measure"]
        return evidence.Finding(
            name, f"{outcome}: this claim cannot be tested. {claim.reason}", outcome, None, None, None, None, "none", None, "",
            "describes", "describes", "no test could be made", "published",
        )  # fmt: skip
    alone = f"the p-value allows for all {number(family(judged))} tests; on its own it is {p_value(claim.effect.p_value)}"
    effect = replace(claim.effect, p_value=claim.adjusted).with_checks(Check("Many tests", None, alone))
    went = f"{sentence_case(effect.outcome)} went from {_with_dates(claim.row)}"
    taken = "The percentages are taken to be" if pd.notna(claim.row["n_assumed"]) else "In children, that is"
    rests = f" {taken} {claim.assumption}." if claim.row["counted_as"] == "share" else ""
    cautious = "Allowing for repeat incidents, we" if claim.independent is not None else "We"
    return evidence.find(
        effect, finding_id=name, basis="published",
        lower=f"{went}, a fall that chance alone would not explain ({{interval}}).{rests}",
        higher=f"{went}, a rise that chance alone would not explain ({{interval}}).{rests}",
        unclear=f"{went}. {cautious} cannot tell this from chance (95% interval {{interval}}).{rests}",
    )  # fmt: skip


def _with_dates(row: pd.Series) -> str:
    """ "95 (March 2023) to 66 (March 2024)" """
    percent = "%" if row["unit"] == "%" else ""
    before = f"{printed(row['previous_value'])}{percent} ({row['previous_period']})"
    return f"{before} to {printed(row['value'])}{percent} ({row['period']})"


def _one(judged: list[Claim], figure_id: str) -> Claim:
    return next(claim for claim in judged if claim.row["figure_id"] == figure_id)


def assumed(judged: list[Claim]) -> disclosure.Words:
    """The numbers behind percentages that the document does not print: what was assumed, tried from where to where, and why."""
    rows = [
        {
            "measure": sentence_case(claim.effect.outcome),
            "taken": listing(number(n) for n in _behind(claim.row)),
            "tried": f"{number(claim.row['n_lowest'])} to {number(claim.row['n_highest'])}",
            "why": sentence_case(claim.row["n_basis"]),
        }
        for claim in _by_theme(judged)
        if claim.adjusted is not None and pd.notna(claim.row["n_assumed"])
    ]
    return disclosure.published_words(pd.DataFrame(rows), source=BEHIND)


def _behind(row: pd.Series) -> list[float]:
    """The numbers behind the earlier percentage, where it has its own, and the later one."""
    before = row["n_previous"] if pd.notna(row["n_previous"]) else row["n_assumed_previous"]
    return [n for n in (before, row["n_assumed"]) if pd.notna(n)]


def sensitivity(claims: pd.DataFrame, *, dispersion: float, false_discovery_rate: float) -> Measure:
    """How many claims have each verdict as the assumptions change: no repeats, more repeats, a looser and a stricter rate."""
    tried = {
        "As on this page": (dispersion, false_discovery_rate),
        "No child counted twice (dispersion 1)": (1.0, false_discovery_rate),
        "More repeats (dispersion 5)": (5.0, false_discovery_rate),
        VARYING: (dispersion, false_discovery_rate),
        "One false signal in ten accepted": (dispersion, 0.10),
        "One false signal in a hundred accepted": (dispersion, 0.01),
        "Each test judged alone": (dispersion, None),
        "Each test judged alone, no child counted twice": (1.0, None),
    }
    rows = []
    for name, (phi, rate) in tried.items():
        how = {"dispersion": phi, "false_discovery_rate": rate or false_discovery_rate, "one_by_one": rate is None}
        judged = judge(claims, **how, varying=name == VARYING)
        verdicts = pd.Series([claim.verdict for claim in judged])
        counts = verdicts.value_counts().reindex(list(VERDICTS), fill_value=0)
        rows += [{"assumption": name, "verdict": sentence_case(verdict), "numerator": float(n)} for verdict, n in counts.items()]
    data = pd.DataFrame(rows).assign(denominator=float("nan"), ratio=float("nan"))
    return _claims_measure(data, ("assumption", "verdict"), "claims by verdict")


def changes(local_authority: str, start: str, end: str) -> disclosure.Words:
    """The dated changes that could move the figures, as a timeline takes them."""
    rows = published.timeline(local_authority, start, end)
    noted = (". " + rows["conflict"].map(sentence_case)).where(rows["conflict"] != "", "")
    shown = rows.assign(event=rows["event"] + noted, localities=rows["localities"].str.replace(";", ", "))
    return disclosure.published_words(shown[["date", "event", "localities", "source"]], source=BESIDE)


def worked_out(checks: list[Check]) -> disclosure.Words:
    """Checks of the document's figures as a table, what does not agree first: what was worked out, the result, what was found."""
    told = {False: "Does not agree", None: "Worth knowing", True: "Agrees"}
    rows = [{"what": c.name, "agrees": told[c.passed], "found": c.detail} for c in checks]
    rows.sort(key=lambda row: list(told.values()).index(row["agrees"]))
    return disclosure.published_words(pd.DataFrame(rows), source=SOURCE)


def inspections(local_authority: str) -> disclosure.Words:
    """The inspections of the authority, oldest first, as a timeline takes them; NotEnoughData where none ship."""
    rows = published.inspections(local_authority)
    if rows.empty:
        raise NotEnoughData(f"No inspections of {local_authority} ship with this repository.")
    events = []
    for (date, body, what), part in rows.groupby(["date", "body", "inspection"], sort=False):
        results = "; ".join(_result(row) for _, row in part.iterrows())
        events.append({"date": date, "event": f"{what} ({body}). {results}", "source": part["source"].iloc[0]})
    return disclosure.published_words(pd.DataFrame(events), source=BESIDE)


def _result(row: pd.Series) -> str:
    told = ". ".join(part for part in (row["judgement"], row["result"]) if part) or "no grade is given"
    return f"{row['area']}: {told}"


def _by_theme(judged: list[Claim]) -> list[Claim]:
    order = list(dict.fromkeys(claim.row["theme"] for claim in judged))  # as the document comes to them
    return sorted(judged, key=lambda claim: order.index(claim.row["theme"]))
