"""An executed notebook with every kind of block, made by calling `report` itself, for the page tests and for looking at."""

from dataclasses import replace
from unittest.mock import patch

import nbformat
import numpy as np
import pandas as pd

from helpers import charts, disclosure, evidence, report
from helpers.disclosure import Policy
from helpers.measures import Measure
from helpers.results import Check, Effect

PLACE = "Wendmere"
RUN = {
    "label": "2025-q1",
    "set": "made_up",
    "theme": "missing_children",
    "parameters": {
        "local_authority": PLACE,
        "period_start": "2018-04-01",
        "period_end": "2025-03-31",
        "locality": "",
        "round_to": 5,
    },
    "inputs": [{"path": "data/synthetic/missing_episodes.csv", "sha256": "a1b2c3d4" * 8, "rows": 1200}],
    "versions": {"python": "3.11.9", "pandas": "3.0.1", "statsmodels": "0.15.0"},
    "git_commit": "0123456789abcdef0123456789abcdef01234567",
    "policy": Policy().record(),
    "started": "2025-05-02T09:30:00",
    "made_up": True,
    "local_authority": PLACE,
}
SOURCE = "Missing episodes log and SSDA903, Wendmere (made-up records)."
LOCALITIES = ("Ashcombe", "Brackwater", "Fernlea", "Holmsley", "Netherby", "Tarrow")


class Recorder:
    """A notebook filled by what is displayed, as a kernel would fill it."""

    def __init__(self):
        self.cells = []

    def prose(self, source: str, cell_id: str):
        self.cells.append(nbformat.v4.new_markdown_cell(source, id=cell_id))

    def show(self, cell_id: str, *calls, tags=()):
        """A code cell of these calls, with what they display as its outputs."""
        outputs = []

        def display(data, raw=False):
            outputs.append(nbformat.v4.new_output("display_data", data=data))

        with patch("IPython.display.display", display):
            for call in calls:
                call()
        cell = nbformat.v4.new_code_cell("secret_code()", id=cell_id, outputs=outputs, metadata={"tags": list(tags)})
        self.cells.append(cell)

    def notebook(self):
        return nbformat.v4.new_notebook(cells=self.cells, metadata={"language_info": {"name": "python"}})


def yearly(name="children in care who went missing at least once", basis="synthetic", seed=1, small=False):
    """Seven years of a percentage by locality, controlled."""
    chance = np.random.default_rng(seed)
    rows = [
        {
            "period": str(year),
            "locality": place,
            "numerator": int(n * share),
            "denominator": n,
            "ratio": 100.0,
            "ci_low": 1.0,
            "ci_high": 2.0,
        }
        for place in LOCALITIES
        for year in range(2019, 2026)
        for n, share in [(int(chance.integers(40, 200)), chance.uniform(0.02 if small else 0.08, 0.2))]
    ]
    measure = Measure(
        name,
        "%",
        pd.DataFrame(rows),
        ("period", "locality"),
        "children looked after at any time in the year",
        basis,
        SOURCE,
        per=100,
        better="lower",
    )
    return disclosure.control(measure, Policy())


def findings():
    """One finding of every strength, by the rule in evidence."""
    base = Effect(
        "missing incidents",
        0.78,
        0.70,
        0.87,
        "rate ratio",
        1.0,
        "difference_in_differences",
        1240,
        "children",
        0.001,
        "lower",
        clusters=12,
        worthwhile=0.9,
        checks=(
            Check("Trends before the change", True, "The two groups moved alike in the 24 months before (p = 0.42)."),
            Check("Placebo start", True, "A start set a year early shows nothing (p = 0.61)."),
            Check("Leave one locality out", True, "The estimate stays between 0.75 and 0.81."),
        ),
    )
    six = replace(
        base, clusters=6, checks=(*base.checks[:2], Check("Leave one locality out", None, "Tarrow alone moves it to 0.83."))
    )
    series = replace(base, design="interrupted_time_series", clusters=None, outcome="late return interviews")
    unclear = replace(
        base,
        estimate=0.97,
        ci_low=0.8,
        ci_high=1.18,
        p_value=0.7,
        clusters=6,
        worthwhile=0.7,
        outcome="repeat incidents",
        checks=(Check("Placebo start", False, "A start set a year early shows as much (p = 0.02)."),),
    )
    none = replace(base, estimate=1.0, ci_low=0.95, ci_high=1.06, p_value=0.9, worthwhile=0.8, outcome="nights away")
    found = [
        evidence.find(
            effect,
            finding_id=name,
            basis="synthetic",
            comparator={"name": "three localities without it", "basis": "synthetic"},
            subject="The daily missing meeting",
            lower="fewer incidents than elsewhere",
            higher="more incidents than elsewhere",
            unclear="We cannot tell whether the meeting altered how often children go missing.",
            ruled_out="We found no effect of the meeting large enough to matter.",
            policy=Policy(),
        )
        for name, effect in {"strong": base, "moderate": six, "emerging": series, "limited": unclear, "none": none}.items()
    ]
    level = yearly().where(period="2025", locality="Fernlea")
    found.append(
        evidence.describe(level, finding_id="level", statement="In the last year {value} of children in care went missing.")
    )
    return found


def sample_notebook(n_figures: int = 6, n_tables: int = 6):
    """The notebook of a page with every kind of block, six charts and six tables."""
    book, found, measure = Recorder(), findings(), yearly()
    book.prose("# Children missing from care\n\nA title cell for whoever works here.", "title")
    book.show("parameters", tags=["parameters"])
    book.show(
        "cover",
        lambda: report.cover(
            "Children missing from care",
            question="Do fewer children in care go missing than before, and did the daily meeting help?",
            audience="For the service manager, the partnership board and inspectors",
            place=PLACE,
            period="April 2018 to March 2025",
            counted=measure.where(period="2025", locality="Fernlea"),
            basis="synthetic",
            made_up=True,
        ),
        lambda: report.answer(found[1], found[3]),
    )
    book.prose("## What changed, and when\n\nAny of these could move the figures on this page.", "changed")
    events = pd.DataFrame(
        {
            "date": ["2020-03-23", "2022-11", "2023"],
            "event": ["Pandemic restrictions begin", "Daily missing meeting begins", "Recording guidance changed"],
            "localities": ["", "Ashcombe; Fernlea", ""],
            "source": ["", "Service plan", ""],
        }
    )
    book.show("events", lambda: report.timeline(disclosure.published_words(events, source="the service’s own log of changes.")))
    book.prose(
        "## How many children went missing\n\nA child counts **once** in a year. See [the method](https://example.org/x).",
        "share",
    )
    drawn = []  # three charts, shown again where more are wanted: drawing is slow, and the page does not know
    for number in range(min(n_figures, 3)):
        part = yearly(seed=number + 1).where(locality=list(LOCALITIES[:3]))
        drawn.append(charts.lines(part, series="locality", title="Three localities over seven years"))
    for number in range(n_figures):
        figure = drawn[number % 3]
        book.show(f"figure-cell-{number}", lambda figure=figure: report.figure(figure))
    book.show(
        "findings-cell",
        *(
            lambda one=one, number=number: report.finding(one, *number)
            for one, number in zip(
                found,
                [
                    ("22% lower", "14% to 30% lower than elsewhere"),
                    (),
                    (),
                    (),
                    (),
                    (measure.where(period="2025", locality="Fernlea"), "of children in care"),
                ],
                strict=True,
            )
        ),
    )
    book.prose("## For whom\n\n### By locality\n\n- one\n- two", "whom")
    for number in range(n_tables - 1):
        shown = yearly(seed=number + 20, small=True)
        if number % 2:
            book.show(
                f"table-cell-{number}",
                lambda shown=shown: report.table(
                    shown,
                    "Children missing, by locality and year",
                    across="period",
                    note="Percentages of under 100 children are whole.",
                ),
            )
        else:
            book.show(
                f"table-cell-{number}",
                lambda shown=shown: report.table(
                    shown.where(period=["2024", "2025"]),
                    "Children missing in the last two years",
                    columns={
                        "period": "Year to March",
                        "locality": "Locality",
                        "numerator": "Children missing",
                        "denominator": "Children in care",
                        "ratio": "Percentage missing",
                        "interval": "95% interval, %",
                    },
                ),
            )
    claims = pd.DataFrame(
        {
            "claim": ["Missing incidents fell by a third", '=HYPERLINK("http://x")'],
            "figures": ["95 to 66", "28 to 14"],
            "change": [-29, -14],
            "verdict": ["Noise once children who go missing often are counted as one", "<b>Signal</b>"],
            "says": ["We cannot tell whether fewer incidents happened, since a few children account for most of them.", None],
        }
    )
    book.show(
        "claims", lambda: report.records(disclosure.published_words(claims, source="Self-evaluation, May 2024."), "Claims tested")
    )
    book.prose("## How it was tested", "tested")
    book.show("tested-cell", lambda: report.checks(found[3].checks + found[1].checks), lambda: report.methods())
    book.show("noted", lambda: report.note("No comparison with other authorities is made: the records are made up."))
    book.prose("## What this cannot tell us", "cannot")
    book.show(
        "cannot-cell",
        lambda: report.cannot(
            [
                (
                    "Whether recording changed.",
                    "If staff record more, figures rise while children are safer: Wendmere would look worse than it is.",
                ),
                ("Children missing from home.", "They are not in these records."),
            ]
        ),
    )
    book.show(
        "unanswered",
        lambda: report.answers.show(
            {
                "kind": "not_answered",
                "question": "Were return interviews offered in 72 hours?",
                "needs": [
                    {"title": "Missing episodes", "where_from": "the missing episodes log, kept by the missing coordinator"}
                ],
                "why": "This run has no extracts.",
                "again": False,
            }
        ),
    )
    book.prose("## What follows", "follows")
    book.show(
        "follows-cell",
        lambda: report.follows(
            [
                (
                    "Report children and incidents side by side, by month.",
                    "Performance lead",
                    "The monthly chart is in the board’s pack.",
                )
            ]
        ),
    )
    return book.notebook()
