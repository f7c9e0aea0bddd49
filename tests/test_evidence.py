"""The words never outrun the evidence: strength by the written rule, verbs by the strength, direction by the interval."""

import json
import math
from dataclasses import replace

import pandas as pd
import pytest

from helpers import disclosure, evidence, measures
from helpers.disclosure.policy import Policy
from helpers.results import Check, Effect, NotEnoughData

FALL = Effect(
    "missing incidents per 1,000 days in care", 0.72, 0.60, 0.86, "rate ratio", 1.0, "interrupted_time_series", 503, "incidents",
    0.001, "lower", worthwhile=0.8,
    checks=tuple(Check(name, True, "") for name in evidence.DESIGNS["interrupted_time_series"].checks),
)  # fmt: skip
PILOTS = replace(
    FALL, design="difference_in_differences", clusters=12, smallest_p=0.002,
    checks=tuple(Check(name, True, "") for name in evidence.DESIGNS["difference_in_differences"].checks),
)  # fmt: skip


def found(effect, **how):
    how = {"finding_id": "missing", "basis": "synthetic", "subject": "The daily missing meeting", **how}
    return evidence.find(effect, **how)


def test_a_series_without_a_comparison_group_says_followed_by_and_never_led_to():
    finding = found(FALL)
    assert (finding.direction, finding.strength) == ("improved", "emerging")
    assert finding.statement == (
        "The daily missing meeting was followed by a fall in missing incidents per 1,000 days in care "
        "(28% lower, 95% interval 14% to 40% lower)."
    )
    assert "no comparison group" in finding.because


def test_the_same_call_speaks_more_strongly_or_weakly_as_the_evidence_does():
    six = replace(PILOTS, clusters=6, smallest_p=0.1)
    failed = six.with_checks(Check("Influence", False, ""))
    words = [found(effect).statement for effect in (PILOTS, six, failed, replace(FALL, design="two_points", checks=()))]
    for statement, verb in zip(
        words, ["led to", "is likely to have contributed to", "was followed by", "was recorded alongside"], strict=True
    ):
        assert f"The daily missing meeting {verb} a fall" in statement


def test_each_failed_check_lowers_by_one_step_and_is_named_and_one_without_a_verdict_does_not():
    lowered = found(FALL.with_checks(Check("Influence of the most frequent children", False, "")))
    assert lowered.strength == "limited" and "influence of the most frequent children" in lowered.because
    assert found(FALL.with_checks(Check("Recording", None, ""))).strength == "emerging"


def test_a_design_that_was_not_put_through_its_checks_is_lowered():
    untested = found(replace(FALL, checks=()))
    assert untested.strength == "limited" and "not tested" in untested.because


def test_a_needed_check_that_could_not_be_made_counts_as_not_made_where_the_result_is_clear():
    could_not = tuple(replace(check, passed=None) if check.name == "Placebo dates" else check for check in FALL.checks)
    lowered = found(replace(FALL, checks=could_not))
    assert lowered.strength == "limited" and "not tested: placebo dates" in lowered.because
    narrow = replace(FALL, estimate=1.01, ci_low=0.9, ci_high=1.12, p_value=0.8, checks=could_not)
    assert found(narrow).strength == "no evidence of effect"


def test_flipping_the_effect_flips_the_words():
    rise = found(replace(FALL, estimate=1.4, ci_low=1.2, ci_high=1.7))
    assert rise.direction == "worsened" and "a rise in" in rise.statement and "40% higher" in rise.statement
    assert found(replace(FALL, better="higher")).direction == "worsened"


def test_an_interval_that_holds_no_effect_is_no_clear_change_and_limited():
    unclear = found(replace(FALL, estimate=0.9, ci_low=0.69, ci_high=1.18, p_value=0.4), unclear="We cannot tell ({interval}).")
    assert (unclear.direction, unclear.strength) == ("no clear change", "limited")
    assert unclear.statement == "We cannot tell (31% lower to 18% higher)."


def test_a_p_value_above_five_percent_is_not_clear_whatever_the_interval():
    assert found(replace(FALL, p_value=0.06)).direction == "no clear change"


def test_no_evidence_of_effect_only_where_the_interval_excludes_a_worthwhile_effect_and_the_design_can_tell():
    narrow = replace(FALL, estimate=1.01, ci_low=0.9, ci_high=1.12, p_value=0.8)
    ruled_out = found(narrow)
    assert ruled_out.strength == "no evidence of effect"
    assert ruled_out.statement.startswith("We found no effect on missing incidents per 1,000 days in care as large as 20% lower")
    assert found(replace(narrow, worthwhile=None)).strength == "limited"
    assert found(replace(narrow, ci_high=1.4)).strength == "limited"
    assert found(replace(narrow, design="two_points")).strength == "limited"
    assert found(narrow.with_checks(Check("Recording", False, ""))).strength == "limited"


def test_two_points_small_numbers_and_small_effects_say_so():
    two = found(replace(FALL, design="two_points", n=24, checks=()))
    assert "not why" in two.statement and "small numbers" in two.statement and two.strength == "limited"
    small = found(replace(FALL, estimate=0.93, ci_low=0.9, ci_high=0.97))
    assert "smaller than what was set beforehand" in small.statement and "20% lower" in small.statement


@pytest.mark.parametrize(
    "typed", ["The meeting led to fewer incidents.", "Fewer, thanks to the meeting.", "A fall was followed by calm."]
)
def test_a_sentence_typed_with_a_verb_kept_for_stronger_evidence_is_refused(typed):
    for template in ("lower", "higher", "unclear", "ruled_out"):
        with pytest.raises(ValueError, match="kept for"):
            found(FALL, **{template: typed})


def test_the_name_of_what_was_counted_may_hold_any_word():
    illness = replace(FALL, outcome="absence due to illness")
    assert found(illness, subject=None, lower="Absence due to illness fell.").statement == "Absence due to illness fell."


def test_whole_sentences_without_a_verb_of_effect_stand_as_given():
    sentence = "Fewer children went missing after the change than the earlier trend predicts."
    assert found(FALL, subject=None, lower=sentence).statement == sentence
    assert found(FALL, subject=None, lower="Missing {verb} less: {size}.").statement == "Missing was followed by less: 28% lower."
    with pytest.raises(ValueError, match="may hold"):
        found(FALL, unclear="{sise}")


def test_made_up_records_are_never_set_against_published_figures():
    for basis, other in (("synthetic", "published"), ("synthetic", "extract"), ("published", "synthetic")):
        with pytest.raises(ValueError, match="never set against"):
            found(FALL, basis=basis, comparator={"name": "England", "basis": other})
    assert found(FALL, basis="extract", comparator={"name": "England", "basis": "published"}).comparator["name"] == "England"


def test_the_record_is_that_of_run_json_and_numbers_from_records_are_rounded():
    record = found(replace(FALL, ci_high=0.8612345, checks=(Check("Recording", None, "as before"),))).record()
    assert json.loads(json.dumps(record, allow_nan=False)) == record
    assert record["n"] == 505 and record["ci_high"] == 0.861
    assert record["checks"] == [{"name": "Recording", "passed": None, "detail": "as before"}]
    assert found(FALL, basis="published").record()["n"] == 503


def test_an_open_interval_is_null_in_the_record_and_in_words_without_bound():
    finding = found(replace(FALL, estimate=2.0, ci_low=1.1, ci_high=float("inf")))
    assert finding.record()["ci_high"] is None and "without bound" in finding.statement


def test_records_of_fewer_than_ten_people_are_refused_and_published_ones_are_not():
    with pytest.raises(NotEnoughData, match="fewer than 10 incidents"):
        found(replace(FALL, n=9))
    assert found(replace(FALL, n=9), basis="published").n == 9


def test_where_neither_way_is_better_a_clear_change_takes_no_side():
    assert found(replace(FALL, better=None)).direction == "describes"


def test_percentage_points_are_said_as_points():
    points = replace(FALL, estimate=-8.6, ci_low=-15.0, ci_high=-2.2, scale="percentage points", null=0.0, worthwhile=None)
    assert "8.6 percentage points lower, 95% interval 2.2 to 15.0 percentage points lower" in found(points).statement


def level(numerator, denominator):
    """A measure of one row, controlled: what a notebook describes."""
    frame = pd.DataFrame({"period": "2024", "went": [True] * numerator + [False] * (denominator - numerator)})
    measure = measures.proportion(
        frame, measure="children who went missing", outcome="went", by=["period"], population="children in care",
        basis="extract", source="local log",
    )  # fmt: skip
    return disclosure.control(measure, Policy())


def test_a_level_describes_and_a_withheld_one_says_that_it_is_not_shown():
    finding = evidence.describe(level(71, 590), finding_id="level", statement="{value} of {n} children went missing.")
    assert finding.statement == "11.9% of 590 children went missing."
    assert (finding.direction, finding.strength, finding.n) == ("describes", "describes", 590)
    assert "not shown" in evidence.describe(level(3, 590), finding_id="level", statement="{value}").statement
    with pytest.raises(ValueError, match="kept for"):
        evidence.describe(level(71, 590), finding_id="level", statement="The meeting reduced this to {value}.")


def test_the_printed_rule_is_the_one_that_is_used():
    table = evidence.strength_table().set_index("strength")
    assert "“led to”" in table.loc["Strong", "wording"]
    assert set(evidence.design_table()["highest strength"]) <= {strength.name for strength in evidence.STRENGTHS.values()}
    assert str(evidence.ENOUGH_CLUSTERS) in evidence.RULE[1]


def test_a_level_from_records_is_told_to_three_figures_so_that_small_counts_cannot_be_worked_back():
    level = Effect("repeats", 77.5558867, 72.7990367, 81.5874141, "%", math.nan, "recurrent_events", 2515, "incidents")
    ours, published = (
        evidence.describe(level, finding_id="again", statement="{value} ({interval}).", basis=basis)
        for basis in ("extract", "published")
    )
    assert (ours.estimate, ours.ci_low, ours.ci_high) == (77.6, 72.8, 81.6) and published.estimate == 77.5558867
    assert ours.statement == "77.6% (72.8 to 81.6)."
