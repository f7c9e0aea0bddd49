"""What a notebook may show: controlled measures, released words and findings, each as one block."""

from dataclasses import dataclass, replace
from types import SimpleNamespace

import pandas as pd
import pytest

from helpers import disclosure, evidence, page, report
from helpers.cohorts import Cohort
from helpers.disclosure import Policy
from helpers.measures import Measure
from helpers.report.grid import grid, headline
from helpers.results import Effect, NotEnoughData

POLICY = Policy()
ROWS = pd.DataFrame(
    {
        "period": ["2024", "2025", "2024", "2025"],
        "locality": ["Ashcombe", "Ashcombe", "Tarrow", "Tarrow"],
        "numerator": [24, 31, 3, 12],
        "denominator": [1198, 1204, 60, 61],
        "ratio": [2.0, 2.6, 5.0, 19.7],
        "ci_low": [1.0, 1.0, 1.0, 1.0],
        "ci_high": [9.0, 9.0, 9.0, 9.0],
    }
)
MEASURE = Measure(
    "children who went missing", "%", ROWS, ("period", "locality"), "children in care", "extract", "The log.", per=100
)


@pytest.fixture
def shown(monkeypatch):
    """The blocks displayed so far, and what stands beside each of them for JupyterLab."""
    bundles = []
    monkeypatch.setattr("IPython.display.display", lambda data, raw: bundles.append(data))
    return SimpleNamespace(
        bundles=bundles, blocks=lambda: [bundle[page.MIME] for bundle in bundles], last=lambda: bundles[-1][page.MIME]
    )


def controlled():
    return disclosure.control(MEASURE, POLICY)


# -- what is refused


@pytest.mark.parametrize(
    "call",
    [
        lambda: report.table(MEASURE, "Children"),
        lambda: report.table(ROWS, "Children"),
        lambda: report.records(ROWS, "Children"),
        lambda: report.timeline(ROWS),
        lambda: report.figure(SimpleNamespace(table=MEASURE, title="T", alt="A", columns={}, across="")),
        lambda: report.finding(SimpleNamespace(record=lambda: {}), number=45),
        lambda: report.cover("T", question="?", audience="a", place="p", period="y", counted=45, basis="extract"),
    ],
    ids=["a measure", "a frame", "a frame as records", "a frame as a timeline", "a figure", "a bare number", "a bare count"],
)
def test_what_is_not_controlled_is_refused_and_nothing_is_shown(call, shown):
    with pytest.raises(TypeError, match="controlled"):
        call()
    assert shown.bundles == []


def test_numbers_changed_after_control_are_refused(shown):
    changed = controlled()
    changed.data.loc[0, "numerator"] = 24
    with pytest.raises(TypeError, match="changed after disclosure control"):
        report.table(changed, "Children")


# -- how numbers are written


def test_a_small_count_is_a_symbol_and_a_small_denominator_gives_whole_percentages():
    table = grid(controlled(), "Children missing")
    assert table["rows"] == [
        ["2024", "Ashcombe", "25", "1,200", "2.1", "1.4 to 3.1"],
        ["2025", "Ashcombe", "30", "1,205", "2.5", "1.7 to 3.5"],
        ["2024", "Tarrow", "[c]", "60", "[c]", "[c]"],
        ["2025", "Tarrow", "10", "60", "17", "9 to 28"],
    ]
    assert list(table["symbols"]) == ["[c]"]
    assert [head["label"] for head in table["columns"]][-2:] == ["Percentage", "95% interval, %"]


def test_columns_are_chosen_named_and_ordered_by_the_notebook():
    table = grid(controlled(), "Children", columns={"locality": "Locality", "period": "Year to March", "ratio": "Missing, %"})
    assert [head["label"] for head in table["columns"]] == ["Locality", "Year to March", "Missing, %"]
    assert table["rows"][0] == ["Ashcombe", "2024", "2.1"]
    with pytest.raises(KeyError, match="no column 'rate'"):
        grid(controlled(), "Children", columns={"rate": "Rate"})


def test_one_dimension_can_be_spread_over_the_columns():
    table = grid(controlled(), "Children", across="period")
    assert [head["label"] for head in table["columns"]] == ["Locality", "2024, %", "2025, %"]
    assert table["rows"] == [["Ashcombe", "2.1", "2.5"], ["Tarrow", "[c]", "17"]]


def test_a_long_unit_stands_once_in_the_caption_of_a_spread_table():
    counted = replace(
        MEASURE, unit="children", per=None, data=ROWS.assign(denominator=None, ratio=None, ci_low=None, ci_high=None)
    )
    table = grid(disclosure.control(counted, POLICY), "Missing", across="period")
    assert table["caption"] == "Missing (number of children)"
    assert [head["label"] for head in table["columns"]] == ["Locality", "2024", "2025"]
    assert table["rows"] == [["Ashcombe", "25", "30"], ["Tarrow", "[c]", "10"]]


def test_published_figures_stand_as_published_with_their_symbols():
    rows = pd.DataFrame(
        {"area": ["A", "B", "C"], "numerator": [3, None, 7], "denominator": [61.0, None, 70], "ratio": [4.9, None, 10.0],
         "ci_low": [None] * 3, "ci_high": [None] * 3, "symbol": ["", "c", "p"]}
    )  # fmt: skip
    measure = Measure("plans", "%", rows, ("area",), "children", "published", "DfE.", per=100)
    table = grid(disclosure.published(measure), "Plans")
    assert [row[3] for row in table["rows"]] == ["4.9", "[c]", "10.0 [p]"]
    assert set(table["symbols"]) == {"[c]", "[p]"}


def test_a_negative_number_has_a_true_minus_and_a_year_no_comma(shown):
    words = disclosure.published_words(pd.DataFrame({"claim": ["a"], "year": [2024], "change": [-1205.0]}), source="s")
    report.records(words, "Claims")
    assert shown.last()["table"]["rows"] == [["a", "2024", "−1,205"]]


def test_an_empty_cell_becomes_a_symbol(shown):
    report.records(disclosure.published_words(pd.DataFrame({"a": ["x", ""], "b": [None, "y"]}), source="s"), "Words")
    assert shown.last()["table"]["rows"] == [["x", "[z]"], ["[z]", "y"]]


def test_a_headline_is_one_controlled_row():
    assert headline(controlled().where(period="2025", locality="Ashcombe")) == "2.5%"
    with pytest.raises(ValueError, match="one row"):
        headline(controlled())


# -- blocks


def test_every_block_is_shown_to_jupyter_as_the_same_fragment_that_the_page_has(shown):
    report.note("Nothing was <left> out.")
    (bundle,) = shown.bundles
    assert bundle[page.MIME] == {"kind": "note", "text": "Nothing was <left> out."}
    assert "Nothing was &lt;left&gt; out." in bundle["text/html"] and "<style>" in bundle["text/html"]


def test_a_finding_travels_with_its_record_and_its_reason(shown):
    row = controlled().where(period="2025", locality="Ashcombe")
    found = evidence.describe(row, finding_id="level", statement="{value} of children went missing.")
    report.finding(found, number=row, number_note="of children in Ashcombe")
    report.answer(found)
    assert shown.blocks()[0]["finding"] == found.record() and shown.blocks()[0]["number"] == "2.5%"
    assert shown.last() == {"kind": "answer", "text": found.statement}


def test_a_cohort_shows_rounded_counts_only(shown):
    incidents = pd.DataFrame({"placed_by": ["us"] * 6 + ["others"] * 1197})
    report.cohort(Cohort.of(incidents, "incidents in the log").keep(incidents["placed_by"] == "us", "placed by us"), POLICY)
    assert shown.last()["table"]["rows"] == [["Incidents in the log", "1,205"], ["Placed by us", "[c]"]]


def test_a_timeline_writes_days_months_and_years(shown):
    events = pd.DataFrame({"date": ["2020-09-01", "2020-09", "2020"], "event": ["a", "b", "c"]})
    report.timeline(disclosure.published_words(events, source="s"))
    assert [event["when"] for event in shown.last()["events"]] == ["1 September 2020", "September 2020", "2020"]


def test_the_methods_are_printed_from_the_rule_itself(shown):
    report.methods()
    assert shown.last()["rule"] == list(evidence.RULE)
    assert [row[0] for row in shown.last()["tables"][0]["rows"]] == [one.name for one in evidence.STRENGTHS.values()]


# -- questions


@dataclass(frozen=True)
class Extracts:
    tables: dict
    why_none: str = ""

    def missing(self, names):
        return [name for name in names if name not in self.tables]

    def stopped(self, name):
        return "plans.csv: there is no column for the day it started." if name == "cp_plans" else ""


INCIDENTS = pd.DataFrame({"person_id": ["a", "b"]})


def test_a_question_is_answered_from_tables_and_earlier_answers(shown):
    answers = report.Answers(Extracts({"missing_episodes": INCIDENTS}), POLICY)

    @answers.to("How many?")
    def incidents(missing_episodes):
        return len(missing_episodes)

    @answers.to("How many twice over?")
    def twice(incidents, policy):
        return 2 * incidents, policy.round_to

    assert incidents == 2 and twice == (4, 5) and shown.bundles == []


def test_a_question_whose_table_a_fault_took_away_says_which_fault(shown):
    answers = report.Answers(Extracts({}), POLICY)

    @answers.to("How many plans?")
    def plans(cp_plans):
        raise AssertionError("must not run")

    assert shown.last()["needs"] == [
        {"title": "Child protection plans", "where_from": "plans.csv: there is no column for the day it started."}
    ]


def test_a_question_whose_table_is_absent_says_what_it_needs_and_what_rests_on_it_is_quiet(shown):
    answers = report.Answers(Extracts({}, why_none="This run has no extracts."), POLICY)

    @answers.to("How many?")
    def incidents(missing_episodes):
        raise AssertionError("must not run")

    @answers.to("How many twice over?")
    def twice(incidents):
        raise AssertionError("must not run")

    first, second = shown.blocks()
    assert first["question"] == "How many?" and first["why"] == "This run has no extracts."
    assert [need["title"] for need in first["needs"]] == ["Missing episodes"] and first["needs"][0]["where_from"]
    assert second["again"] and second["question"] == "How many twice over?"
    assert incidents is None and twice is None


@pytest.mark.parametrize(("high", "large"), [(0.9, "20% lower"), (0.99, "20% lower"), (1.1, "No clear change")])
def test_an_effect_that_chance_explains_is_no_large_figure(shown, high, large):
    effect = Effect("incidents", 0.8, 0.5, high, "rate ratio", 1.0, "two_points", 400, "incidents", better="lower")
    report.finding(evidence.find(effect, finding_id="one", basis="published"), number=effect)
    assert shown.last()["number"] == large


def test_what_a_question_needs_is_told_at_length_once_and_in_a_line_after(shown):
    answers = report.Answers(Extracts({}, why_none="This run has no extracts."), POLICY)

    @answers.to("How many?")
    def many(missing_episodes): ...

    @answers.to("How long?")
    def long(missing_episodes): ...

    @answers.to("How many in care?")
    def in_care(missing_episodes, cla_episodes): ...

    assert [block["again"] for block in shown.blocks()] == [False, True, False]


def test_a_design_that_refuses_is_a_question_not_answered_with_its_sentence(shown):
    answers = report.Answers(Extracts({"missing_episodes": INCIDENTS}), POLICY)

    @answers.to("Did it change?")
    def change(missing_episodes):
        raise NotEnoughData("two months before September 2020; 24 are needed")

    assert shown.last()["why"] == "Two months before September 2020; 24 are needed." and shown.last()["needs"] == []


def test_any_other_error_stops_the_notebook_and_an_unknown_name_is_refused(shown):
    answers = report.Answers(Extracts({"missing_episodes": INCIDENTS}), POLICY)
    with pytest.raises(ZeroDivisionError):
        answers.to("?")(lambda missing_episodes: 1 / 0)
    with pytest.raises(TypeError, match="neither a table nor an earlier question"):
        answers.to("?")(lambda missing_episode: 1)
    assert shown.bundles == []


def test_a_cell_run_again_replaces_its_answer(shown):
    answers = report.Answers(Extracts({"missing_episodes": INCIDENTS}), POLICY)
    for value in (1, 2):

        @answers.to("How many?")
        def incidents(missing_episodes, value=value):
            return value

    assert answers.to("Again?")(lambda incidents: incidents) == 2


def test_a_published_figure_is_not_rounded_in_a_headline():
    one = replace(MEASURE, basis="published", data=ROWS.head(1).assign(symbol=""))
    assert headline(disclosure.published(one)) == "2%"
