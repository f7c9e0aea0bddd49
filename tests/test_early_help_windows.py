"""A steady front door, told by extracts that cover different times, shows no change that is only where the records begin."""

import pandas as pd
import pytest

from helpers import disclosure, early_help, evidence, shares
from helpers.early_help import UP, Window
from helpers.extracts import Extracts, load_typed
from helpers.results import NotEnoughData

WINDOW, POLICY = Window("2018-04-01", "2025-03-31"), disclosure.Policy()
CHANGED_ON = "2023-06-01"  # nothing changed on this day: no effect was planted


@pytest.fixture(scope="module")
def steady(without_effects) -> Extracts:
    """Seven years of contacts, referrals and early help in which nothing changed."""
    return load_typed(without_effects)


def open_since(records: Extracts, first: str) -> Extracts:
    """The same with child in need episodes as a return types them: those open at some time since `first`, beside the long log."""
    every = records["cin_episodes"]
    there = every[every["cine_close_date"].isna() | every["cine_close_date"].ge(first)]
    listed = there["cine_referral_date"].ge(first).astype("boolean")
    tables = {name: records[name] for name in ("persons", "early_help_episodes")}
    return Extracts(about=records.about, tables=tables | {"cin_episodes": there.assign(cine_referral_listed=listed)})


@pytest.fixture(scope="module")
def three_censuses(steady) -> Extracts:
    return open_since(steady, "2022-04-01")


@pytest.fixture(scope="module")
def half_a_year(steady) -> Extracts:
    return open_since(steady, "2024-10-01")


def curve_stepped_up(records: Extracts) -> disclosure.Controlled:
    about = {"name": "what early help led to", "population": "early help episodes"}
    return early_help.curves(early_help.stepped_up(records, WINDOW), [UP], records, POLICY, months=(6,), **about)


def share_stepped_up(records: Extracts) -> float:
    return float(curve_stepped_up(records).data["ratio"].iloc[0])


def risk(records: Extracts):
    rows = early_help.followed_for(early_help.stepped_up(records, WINDOW), 6)
    about = {"name": "early help stepping up", "population": "early help episodes", **early_help.facts(records)}
    return shares.series(shares.by_month(rows, **about), rows, change_on=CHANGED_ON, worthwhile=0.8).effect


def test_help_and_need_together_do_not_rise_because_a_census_begins(three_censuses):
    shown = disclosure.control(early_help.stock(three_censuses, WINDOW), POLICY)
    changes = early_help.stock_changes(three_censuses, WINDOW, shown)
    found = early_help.stock_finding(changes, shown, POLICY)  # counted from a year after the oldest case on it was 113% higher
    assert found.direction == "no clear change" and shown.data["period"].min() == pd.Timestamp("2022-04-30")


def test_how_much_early_help_stepped_up_is_told_with_the_time_in_which_a_referral_counts(three_censuses):
    found = early_help.up_finding(early_help.point(curve_stepped_up(three_censuses), UP, months=6))
    assert "within 6 months of their start, while help went on or in the 28 days after it ended" in found.statement


def test_early_help_from_before_the_referrals_records_is_not_taken_for_help_that_nothing_followed(steady, three_censuses):
    assert share_stepped_up(three_censuses) == pytest.approx(share_stepped_up(steady), abs=2)  # 6% against 14% otherwise
    assert not evidence.is_clear(risk(three_censuses))


def test_re_referral_shows_no_change_where_only_the_censuses_of_three_years_came(three_censuses):
    rows = early_help.re_referrals(three_censuses, WINDOW)
    shown = disclosure.control(early_help.re_referred(rows, three_censuses, months=12), POLICY)
    assert list(shown.data["period"]) == ["2023", "2024"]
    assert not evidence.is_clear(early_help.re_referral_change(rows, shown, months=12))


def test_a_half_year_of_referrals_beside_a_long_log_answers_for_that_half_year_and_refuses_the_rest(steady, half_a_year):
    first = half_a_year.span("cin_episodes")[0]
    assert pd.Timestamp("2024-10-01") <= first <= pd.Timestamp("2024-10-03")
    assert early_help.stepped_up(half_a_year, WINDOW)["date"].min() >= first
    assert early_help.stepped_down(half_a_year, WINDOW)["date"].min() >= first

    def together(records):
        return early_help.stock_changes(records, WINDOW, disclosure.control(early_help.stock(records, WINDOW), POLICY))

    for refused in (risk, together):
        with pytest.raises(NotEnoughData):
            refused(half_a_year)
    told = early_help.coverage(half_a_year, WINDOW, POLICY)
    assert "referrals from October 2024" in told and "early help episodes started from" not in told
    early, first = half_a_year["early_help_episodes"]["earl_episode_start_date"], half_a_year.span("cin_episodes")[0]
    before = int((early.ge(max(WINDOW.period_start, "2018-04-01")) & early.lt(first)).sum())
    shown = int(told.split("led to: ")[1].split(" episodes")[0].replace(",", ""))
    assert before > 100 and abs(shown - before) < 0.1 * before


def test_closed_episodes_from_before_early_help_was_recorded_are_not_said_to_have_led_to_none(steady):
    late = steady["early_help_episodes"]
    late = late[late["earl_episode_start_date"].ge("2023-04-01") | late["earl_episode_end_date"].ge("2023-04-01")]
    short_log = Extracts(about=steady.about, tables=steady.tables | {"early_help_episodes": late})
    assert early_help.stepped_down(short_log, WINDOW)["date"].min() >= pd.Timestamp("2023-04-28")
