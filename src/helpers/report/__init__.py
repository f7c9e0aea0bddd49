"""What a notebook calls to show things: each call displays one block, and only blocks reach the page.

Whatever takes data refuses what is not controlled; no sentence about a result is typed in a notebook.
"""

import base64
from collections.abc import Iterable
from dataclasses import asdict

import pandas as pd

from helpers import evidence, wording
from helpers.cohorts import Cohort
from helpers.designs import minima
from helpers.disclosure import Controlled, Policy, Words, require, round_count
from helpers.report.answers import Answers
from helpers.report.grid import grid, headline, symbols_in, words_grid
from helpers.report.show import show
from helpers.results import Check, Effect

__all__ = [
    "Answers", "answer", "cannot", "checks", "cohort", "cover", "figure", "finding", "follows", "methods", "note", "records",
    "table", "timeline",
]  # fmt: skip


def cover(title: str, *, question: str, audience: str, place: str, period: str, counted: str | Controlled, basis: str,
          made_up: bool = False) -> None:  # fmt: skip
    """The head of the page: what is asked, for whom, of which place and period, who is counted and what it rests on.

    `counted` is words, or one row of a controlled measure; `basis` is "published", "extract" or "synthetic".
    """
    block = {"kind": "cover", "title": title, "question": question, "audience": audience, "place": place, "period": period,
             "counted": _words_or_headline(counted), "basis": basis, "made_up": bool(made_up)}  # fmt: skip
    show(block)


def answer(*findings, text: str | None = None) -> None:
    """The one or two sentences beneath the question at the head of the page: the findings' own statements, or `text`.

    `text` is for a sentence that results chose elsewhere (`Finding.statement`s joined, a count put in words), never one typed.
    """
    sentences = [text] if text is not None else [finding.statement for finding in findings if finding is not None]
    show({"kind": "answer", "text": " ".join(sentence.strip() for sentence in sentences if sentence)})


def finding(finding: evidence.Finding, number: str | Controlled | Effect | None = None, number_note: str = "") -> None:
    """One finding, shown where it is found and gathered for the top of the page.

    `number` is the large figure of its card: words that results chose, one row of a controlled measure, or an effect, whose size
    stands there unless it cannot be told from chance; `number_note` says what the figure counts. A bare number is refused with a
    TypeError, since nothing says that it was controlled.
    """
    unclear = isinstance(number, Effect) and finding.direction == "no clear change"
    large = None if number is None else "No clear change" if unclear else _words_or_headline(number)
    show({"kind": "finding", "finding": finding.record(), "number": large, "number_note": number_note})


def table(controlled: Controlled, caption: str, *, columns: dict[str, str] | None = None, across: str | None = None,
          note: str = "") -> None:  # fmt: skip
    """A controlled measure as a table with its CSV.

    `columns` maps dimensions and "numerator", "denominator", "ratio" or "interval" to headings with units, in the order shown
    ({"period": "Year to March", "ratio": "Rate per 10,000"}); without it everything that varies is shown. `across` spreads one
    value over the columns of a dimension ("area"). Raises TypeError for what is not controlled.
    """
    show({"kind": "table", "table": grid(controlled, caption, columns=columns, across=across), "note": note})


def figure(figure) -> None:
    """A chart with its title, subtitle, source, alternative text and the controlled numbers behind it."""
    columns = figure.columns or None
    if isinstance(figure.table, Words):
        numbers = words_grid(figure.table, figure.title, columns=columns)
    else:
        numbers = grid(figure.table, figure.title, columns=columns, across=figure.across or None)
    if not (figure.alt.strip() and figure.title.strip()):
        raise ValueError("a figure needs a title and an alternative text that says what the chart shows")
    block = {"kind": "figure", "title": figure.title, "subtitle": figure.subtitle, "source": figure.source, "alt": figure.alt,
             "note": figure.note, "png": base64.b64encode(figure.png).decode("ascii"), "table": numbers}  # fmt: skip
    show(block)


def records(words: Words, caption: str, *, columns: dict[str, str] | None = None, note: str = "") -> None:
    """A table of words (claims, limits, definitions) that `disclosure.published_words` released.

    `columns` maps column names to headings, in the order shown. Raises TypeError for a plain DataFrame.
    """
    show({"kind": "records", "table": words_grid(words, caption, columns=columns), "note": note})


def timeline(events: Words, *, note: str = "") -> None:
    """Dated changes that could move the figures, as `disclosure.published_words` released them: columns date and event, and where
    there are any, localities and source; date is "2020-09-01", "2020-09" or "2020". `note` stands above them, if there are any.
    """
    frame, source = require(events, Words).data, events.source
    kept = [name for name in ("date", "event", "localities", "source") if name in frame.columns]
    rows = [
        {name: "" if pd.isna(value) else str(value) for name, value in zip(kept, row, strict=True)}
        for row in frame[kept].itertuples(index=False)
    ]
    rows = [
        {**row, "localities": wording.listing(row["localities"].split(";"))} if row.get("localities") else row for row in rows
    ]
    show({"kind": "timeline", "events": [{**row, "when": _when(row["date"])} for row in rows], "source": source, "note": note})


def cannot(threats: Iterable[tuple[str, str]]) -> None:
    """What the page cannot tell, worst first: pairs of (threat, which way it would bias the figures)."""
    show({"kind": "cannot", "threats": [[str(threat), str(bias)] for threat, bias in threats]})


def follows(actions: Iterable[tuple[str, str, str]]) -> None:
    """What follows: triples of (action, owner, how we will know)."""
    show({"kind": "follows", "actions": [[str(action), str(owner), str(know)] for action, owner, know in actions]})


def checks(checks: Iterable[Check], caption: str = "How the result was tested") -> None:
    """The checks a design was put through: passed, failed, or worth knowing."""
    show({"kind": "checks", "caption": caption, "checks": [asdict(check) for check in checks]})


def methods() -> None:
    """How findings are rated and when a design refuses, printed from the tables that rate and refuse."""
    tables = [_plain_table(evidence.strength_table(), "What each strength needs"),
              _plain_table(evidence.design_table(), "How high each design can reach"),
              _plain_table(minima.table(), "The least that each design needs")]  # fmt: skip
    show({"kind": "methods", "tables": tables, "rule": list(evidence.RULE)})


def cohort(cohort: Cohort, policy: Policy, caption: str = "Who is counted") -> None:
    """Who was counted, step by step, every count controlled by `policy`; how many a step left out is not shown on its own."""
    kept = [(cohort.label, cohort.started_with), *((step.reason, step.kept) for step in cohort.steps)]
    rounded = [(label, round_count(count, policy)) for label, count in kept]
    rows = [[wording.sentence_case(label), "[c]" if count is None else wording.number(count)] for label, count in rounded]
    heads = [{"label": "Step", "number": False}, {"label": "Still counted", "number": True, "count": True}]
    facts = {"source": getattr(cohort, "source", ""), "population": "", "basis": getattr(cohort, "basis", ""),
             "policy": {"suppress_up_to": policy.suppress_up_to, "round_to": policy.round_to}}  # fmt: skip
    block = {"caption": caption, "columns": heads, "rows": rows, "symbols": symbols_in(rows), **facts}
    hidden = f"Counts from 1 to {policy.suppress_up_to} are not shown; the others are rounded to {policy.round_to}."
    show({"kind": "table", "table": block, "note": hidden})


def note(text: str) -> None:
    """A remark that results chose: what a figure leaves out, why a design was not used."""
    show({"kind": "note", "text": text})


def _words_or_headline(value) -> str:
    return value if isinstance(value, str) else evidence.size_in_words(value) if isinstance(value, Effect) else headline(value)


def _plain_table(frame: pd.DataFrame, caption: str) -> dict:
    heads = [{"label": wording.sentence_case(name), "number": False} for name in frame.columns]
    return {"caption": caption, "columns": heads, "rows": frame.astype(str).to_numpy().tolist(), "symbols": {}}


def _when(date: str) -> str:
    return {10: wording.day, 7: wording.month}.get(len(date), str)(date)
