"""Verdicts as a reader meets them: the sentence each result permits, tables, charts and findings."""

import math
from dataclasses import replace

import pandas as pd

from helpers import disclosure, evidence
from helpers.claims.documents import SOURCE, printed
from helpers.claims.verdicts import VERDICTS, Claim, judge
from helpers.extracts import published
from helpers.measures import Measure
from helpers.results import Check, NotEnoughData
from helpers.wording import count_of, interval, number, p_value, sentence_case, small

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
            "permits": permits(claim),
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
    if row["claim"] == "change" and pd.notna(row["previous_value"]):
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
    unit = unit.removesuffix("s") if row["value"] == 1 else unit
    space = "" if unit.startswith("%") or not unit else " "
    return f"{row['qualifier']} {value}{space}{unit}".strip()


def difference_in_words(claim: Claim) -> str:
    """ "31% lower (−60% to 20%)", "16.1 percentage points higher (10.6 to 21.7)"; of incidents, the cautious one."""
    effect = claim.effect
    if effect.null == 0:
        return f"{evidence.size_in_words(effect)} ({interval(effect.ci_low, effect.ci_high, 1)})"
    low, high = (100 * (end - 1) for end in (effect.ci_low, effect.ci_high))
    if not math.isfinite(high):
        return f"at least {number(low, 0)}% higher, from none"
    return f"{evidence.size_in_words(effect)} ({number(low, 0)}% to {number(high, 0)}%)"


def p_in_words(claim: Claim) -> str:
    """The p-value; of incidents allowing for repeats, with the plain one beside it."""
    p = p_value(claim.effect.p_value)
    return p if claim.independent is None else f"{p} allowing for repeats, {p_value(claim.independent.p_value)} without"


def permits(claim: Claim) -> str:
    """What the figures permit one to say, chosen by the result, with what else must be known of them."""
    return f"{_said(claim)} {claim.row['note']}".strip()


def _said(claim: Claim) -> str:
    row, effect = claim.row, claim.effect
    what, higher = sentence_case(effect.outcome), effect.estimate > effect.null
    ways = ("stood below the comparator", "stood above the comparator") if row["claim"] == "comparison" else ("fell", "rose")
    moved = ways[higher]
    if claim.verdict == "not testable":
        return claim.reason
    if claim.verdict == "inconsistent":
        chance = "by more than chance" if effect.p_value < 0.05 else "by no more than chance gives"
        return f"{what}: the figures {moved}, {chance}, where the words say the opposite."
    if claim.verdict == "signal":
        return f"{what} {moved}, by more than chance. The figures do not say why."
    if not effect.ci_low <= effect.null <= effect.ci_high:
        return f"{what} {moved}. Alone this would stand out; among so many tests one or two such come by chance."
    if row["claimed_direction"] == "same":
        return f"{what}: the figures agree with no change, and with anything from {evidence.interval_in_words(effect)}."
    repeats = claim.independent is not None and claim.independent.p_value < 0.05
    unless = " Only if nobody were counted twice would the difference stand out." if repeats else ""
    return f"{what}: the two figures cannot be told apart from chance.{unless}"


def overview(judged: list[Claim]) -> Measure:
    """How many claims have each verdict, by theme, with a row of all themes."""
    counts = pd.DataFrame({"theme": [c.row["theme"] for c in judged], "verdict": [c.verdict for c in judged]})
    table = pd.crosstab(counts["theme"], counts["verdict"]).reindex(counts["theme"].unique())
    table = table.reindex(columns=list(VERDICTS), fill_value=0)
    table.loc["All themes"] = table.sum()
    data = table.rename(columns=sentence_case).stack().rename("numerator").reset_index()
    return _claims_measure(data.assign(denominator=float("nan"), ratio=float("nan")), ("theme", "verdict"), "claims by verdict")


def signals(judged: list[Claim]) -> Measure:
    """Of the claims that could be settled, how many are signals: one row."""
    settled = [claim for claim in judged if claim.verdict != "not testable"]
    found, n = float(sum(claim.verdict == "signal" for claim in settled)), float(len(settled))
    data = pd.DataFrame([{"theme": "All themes", "numerator": found, "denominator": n, "ratio": 100 * found / n}])
    return _claims_measure(data, ("theme",), "claims that are signals", per=100.0)


def tally(judged: list[Claim]) -> str:
    """ "10 of 34": signals of the claims that could be settled."""
    row = signals(judged).data.iloc[0]
    return f"{number(row['numerator'])} of {number(row['denominator'])}"


def in_short(judged: list[Claim]) -> str:
    """The verdicts in two sentences."""
    of = pd.Series([claim.verdict for claim in judged]).value_counts().reindex(list(VERDICTS), fill_value=0)
    settled = len(judged) - of["not testable"]
    against = (
        f", and {count_of(int(of['inconsistent']), 'runs', 'run')} against the words beside it" if of["inconsistent"] else ""
    )
    return (
        f"Of {number(len(judged))} claims of a change, a comparison or an effect, {number(settled)} can be tested with what the "
        f"document prints: {number(of['signal'])} show a difference that chance alone would not explain, {number(of['noise'])} "
        f"cannot be told from chance{against}. The other {number(of['not testable'])} need one more number or a fair comparison."
    )


def overall_finding(judged: list[Claim]) -> evidence.Finding:
    """How many of the claims that could be settled are signals, as a finding that only describes."""
    statement = "{count} of the {n} claims that could be tested show a difference that chance alone would not explain."
    counted = disclosure.published(signals(judged))
    return evidence.describe(
        counted, finding_id="claims-overall", statement=statement, because="a count of verdicts, not an effect"
    )


def clear_of_no_change(effects: dict) -> str:
    """A chart's title: how many of its intervals exclude no change."""
    clear = sum(not effect.ci_low <= effect.null <= effect.ci_high for effect in effects.values())
    return f"{sentence_case(small(clear))} of {len(effects)} intervals exclude no change"


def _claims_measure(data: pd.DataFrame, dimensions: tuple, name: str, per: float | None = None) -> Measure:
    unit = "%" if per else "claims"
    empty = data.assign(ci_low=float("nan"), ci_high=float("nan"), symbol="")
    counted = "claims of change, comparison or effect in the document"
    return Measure(name, unit, empty, dimensions, counted, "published", SOURCE, per)


def ratios(judged: list[Claim]) -> dict:
    """The tests of counts as a chart takes them: name -> effect, the clearest first, without those that have no bound."""
    return _effects(judged, "rate ratio")


def percentage_points(judged: list[Claim]) -> dict:
    """The tests of percentages as a chart takes them: name -> effect, the largest first."""
    return _effects(judged, "percentage points")


def _effects(judged: list[Claim], scale: str) -> dict:
    kept = [c for c in judged if c.verdict != "not testable" and c.effect.scale == scale and c.row["claim"] == "change"]
    kept = [c for c in kept if 0 < c.effect.ci_high < float("inf") or scale != "rate ratio"]
    kept.sort(key=lambda c: c.effect.p_value)
    return {sentence_case(c.effect.outcome): c.effect for c in kept}


def before_and_after(judged: list[Claim], figure_id: str) -> str:
    """The two figures of a claim for its card: "95 to 66", "64% to 70.4%"."""
    row = _one(judged, figure_id).row
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
    alone = f"the p-value allows for every claim tested; on its own it is {p_value(claim.effect.p_value)}"
    effect = replace(claim.effect, p_value=claim.adjusted).with_checks(Check("Many tests", None, alone))
    went = f"{sentence_case(effect.outcome)} went from {_with_dates(claim.row)}"
    taken = "are taken to be" if pd.notna(claim.row["n_assumed"]) else "are"
    rests = f" The percentages {taken} {claim.assumption}." if claim.row["counted_as"] == "share" else ""
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


def sensitivity(claims: pd.DataFrame, *, dispersion: float, false_discovery_rate: float) -> Measure:
    """How many claims have each verdict as the assumptions change: no repeats, more repeats, a looser and a stricter rate."""
    tried = {
        "As on this page": (dispersion, false_discovery_rate),
        "No child counted twice (dispersion 1)": (1.0, false_discovery_rate),
        "More repeats (dispersion 5)": (5.0, false_discovery_rate),
        "One false signal in ten accepted": (dispersion, 0.10),
        "One false signal in a hundred accepted": (dispersion, 0.01),
        "Each test judged alone": (dispersion, None),
        "Each test judged alone, no child counted twice": (1.0, None),
    }
    rows = []
    for name, (phi, rate) in tried.items():
        judged = judge(claims, dispersion=phi, false_discovery_rate=rate or false_discovery_rate, one_by_one=rate is None)
        verdicts = pd.Series([claim.verdict for claim in judged])
        counts = verdicts.value_counts().reindex(list(VERDICTS), fill_value=0)
        rows += [{"assumption": name, "verdict": sentence_case(verdict), "numerator": float(n)} for verdict, n in counts.items()]
    data = pd.DataFrame(rows).assign(denominator=float("nan"), ratio=float("nan"))
    return _claims_measure(data, ("assumption", "verdict"), "claims by verdict")


def official_since(figures: pd.DataFrame) -> disclosure.Words:
    """Where official statistics cover the same dates: the document's figures, theirs, and whether both point one way."""
    have = figures[figures["official_value"].notna() & figures["claim"].isin(["change", "comparison"])]
    rows = []
    for _, row in have.iterrows():
        ours = row["value"] - row["previous_value"]
        theirs = row["official_value"] - row["official_previous"]
        one_way = "yes" if ours * theirs > 0 or ours == theirs else "no"
        if pd.isna(ours * theirs):
            one_way = "no figure to compare" if pd.isna(row["value"]) else "one figure only"
        both = [row["official_previous"], row["official_value"]]
        rows.append({
            "measure": row["measure"], "document": figures_in_words(Claim(row, "")),
            "official": " to ".join(number(n) for n in both if pd.notna(n)), "what": row["official_measure"], "same_way": one_way,
        })  # fmt: skip
    licence = "Contains public sector information licensed under the Open Government Licence v3.0."
    source = f"{SOURCE}; Department for Education, statistics of children looked after, in need and leaving care. {licence}"
    return disclosure.published_words(pd.DataFrame(rows), source=source)


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
