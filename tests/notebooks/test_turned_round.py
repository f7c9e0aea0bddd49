"""The words follow the records: turn the planted effects round and the findings turn; plant none and none is claimed."""

import pytest
from theme_cells import run

from helpers import synthetic
from helpers.synthetic import Effects, missing, place

TURNED_ROUND = 4  # a seed whose plain ratios lie near the true sizes, as the shipped one was chosen
PERIOD = {"local_authority": synthetic.AUTHORITY, "period_start": "2018-04-01", "period_end": "2025-03-31"}
INTERVIEWS_CHANGED_ON = f"{place.INTERVIEWS_CHANGED_ON:%Y-%m-%d}"
IN_TIME = missing.WITHIN_72_HOURS  # of completed interviews before the change
PILOTS = {"pilot_localities": ";".join(synthetic.PILOT), "contrast_until": "2024-10-01"}


def findings(folder) -> dict:
    """What the notebooks find in a folder of typed tables, by finding."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("EVALUATION_EXTRACTS", str(folder))
        missing = run("missing_children", until="interviews_change", interviews_changed_on=INTERVIEWS_CHANGED_ON, **PERIOD)
        plans = run("sft_outcomes", until="ended", **PERIOD, **PILOTS)
    every = [missing["change_finding"], missing["interviews_change"], plans["difference_finding"], *plans["ended"]]
    return {found.finding_id: found for found in every}


@pytest.fixture(scope="module")
def turned_round(drawn):
    return findings(drawn("effects turned round", TURNED_ROUND, Effects().flipped()))


@pytest.fixture(scope="module")
def without(without_effects):
    return findings(without_effects)


@pytest.mark.parametrize(
    ("finding_id", "says", "no_longer", "true"),
    [
        ("incidents-after-the-change", ("more", "higher"), "fewer", Effects().flipped().missing_incidents),
        ("interviews-in-time", ("smaller", "lower"), "larger", 1 + Effects().flipped().interviews_within_72_hours / IN_TIME),
        ("plans-in-pilot-localities", ("more", "higher"), "fewer", Effects().flipped().plan_starts),
    ],
)
def test_what_improved_worsens_when_the_effect_is_turned_round_and_the_sentence_with_it(
    turned_round, finding_id, says, no_longer, true
):
    found = turned_round[finding_id]
    assert found.direction == "worsened"
    assert all(word in found.statement for word in says) and no_longer not in found.statement
    assert found.ci_low <= true <= found.ci_high


def test_no_finding_calls_effects_that_were_turned_round_an_improvement(turned_round):
    assert len(turned_round) == 5 and "improved" not in {found.direction for found in turned_round.values()}


def test_where_nothing_was_planted_no_change_is_claimed(without):
    assert len(without) == 5
    assert {found.direction for found in without.values()} == {"no clear change"}
    for found in without.values():
        null = 1.0 if found.scale.endswith("ratio") else 0.0
        assert found.ci_low <= null <= found.ci_high
        assert not [word for word in ("more than", "fewer than", "was recorded alongside") if word in found.statement]


def test_nothing_found_is_never_more_than_limited_or_the_absence_of_a_worthwhile_effect(without):
    assert {found.strength for found in without.values()} <= {"limited", "no evidence of effect"}
