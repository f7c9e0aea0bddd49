"""What was planted at the made-up front door is found the way it was planted, and nothing where nothing was."""

from pathlib import Path

import pytest
import yaml

from helpers import disclosure, early_help, shares
from helpers.early_help import Window
from helpers.extracts import load_typed
from helpers.synthetic import Effects
from helpers.synthetic.place import FRONT_DOOR_CHANGED_ON

PARAMETERS = Path(__file__).parents[1] / "notebooks" / "parameters.yml"
WINDOW = Window("2018-04-01", "2025-03-31")
CHANGED_ON = "2023-06-01"
TURNED_ROUND = 4  # the seed that tests/notebooks/test_turned_round.py draws too


def findings(folder) -> list:
    """What the page finds of contacts becoming referrals and of early help stepping up, by the words it would use."""
    records, policy = load_typed(folder), disclosure.Policy()
    contacts = early_help.became_referrals(early_help.followed(records, WINDOW))
    helped = early_help.followed_for(early_help.stepped_up(records, WINDOW), 6)
    found = []
    for rows, name, better in ((contacts, "contacts becoming referrals", None), (helped, "early help stepping up", "lower")):
        share = shares.by_month(rows, name=name, population=name, better=better, **early_help.facts(records))
        fitted = shares.series(share, rows, change_on=CHANGED_ON, worthwhile=0.8)
        words = {"finding_id": name.replace(" ", "-"), "basis": records.basis, "policy": policy}
        found.append(shares.finding(fitted.effect, fitted, **words))
    return found


def test_effects_turned_round_are_found_turned_round_and_the_sentence_with_them(drawn):
    flipped = Effects().flipped()
    referred, stepped_up = findings(drawn("effects turned round", TURNED_ROUND, flipped))
    for found, base, effect in ((referred, 0.35, flipped.contact_to_referral), (stepped_up, 0.17, flipped.step_up)):
        assert 1 < found.ci_low <= (base + effect) / base <= found.ci_high, found.statement
        assert "a larger share" in found.statement and "smaller share" not in found.statement
    assert stepped_up.direction == "worsened"


def test_where_nothing_was_planted_no_change_is_claimed_at_the_front_door(without_effects):
    for found in findings(without_effects):
        assert found.direction == "no clear change" and found.ci_low <= 1 <= found.ci_high, found.statement


def test_re_referral_in_which_nothing_was_planted_is_not_said_to_have_changed_and_its_size_is_that_of_the_figures(
    without_effects,
):
    records = load_typed(without_effects)
    rows = early_help.re_referrals(records, WINDOW)
    shown = disclosure.control(early_help.re_referred(rows, records, months=12), disclosure.Policy())
    effect = early_help.re_referral_change(rows, shown, months=12)
    assert effect.ci_low <= 0 <= effect.ci_high
    assert effect.estimate == pytest.approx(shown.data["ratio"].iloc[-1] - shown.data["ratio"].iloc[0])
    found = early_help.again_finding(effect, shown, disclosure.Policy())
    assert found.direction == "no clear change" and found.comparator["name"] == "referrals of the year to March 2019"


def test_the_page_of_the_made_up_authority_is_told_the_day_on_which_its_front_door_changed():
    told = yaml.safe_load(PARAMETERS.read_text(encoding="utf-8"))["sets"]["made_up"]["early_help"]["change_on"]
    assert f"{FRONT_DOOR_CHANGED_ON:%Y-%m-%d}" == f"{told}" == CHANGED_ON
