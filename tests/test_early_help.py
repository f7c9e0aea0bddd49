"""The front door, a few children at a time: what follows a contact, who comes back, and what is not yet known."""

import re

import numpy as np
import pandas as pd
import pytest

from helpers import disclosure, early_help, evidence, shares
from helpers.designs import two_points
from helpers.early_help import AGAIN, DOWN, ENDED, UP, Window
from helpers.early_help.pathways import LEFT, WITH_HELP, WITHOUT_HELP, localities_differ
from helpers.early_help.steps import DATED
from helpers.early_help.volumes import EARLY_HELP, EITHER, IN_NEED
from helpers.extracts import About, Extracts
from helpers.measures import Measure
from helpers.results import NotEnoughData
from helpers.tables import TABLES

WINDOW = Window("2022-04-01", "2024-03-31")
POLICY = disclosure.Policy()
KEYS = {name: TABLES[name].key[0] for name in DATED}
LAST = "2024-03-31"  # every table is made to run to this day, so that what follows is known up to it
FIRST = "2022-03-31"  # and from this one, on which something began and ended, before the window


def table(name: str, *rows: tuple, **columns: list) -> pd.DataFrame:
    """A typed table of (child, day) rows; further columns by keyword, one value a row."""
    person, day, _ = DATED[name]
    frame = pd.DataFrame(rows, columns=[person, day]).assign(**columns)
    return TABLES[name].typed(frame.assign(**{KEYS[name]: [f"{name} {number}" for number in range(len(frame))]}))


def records(**tables: pd.DataFrame) -> Extracts:
    return Extracts(about=About("Wrenshire", made_up=True), tables=tables)


def steps(**tables) -> pd.DataFrame:
    return early_help.followed(records(**tables), WINDOW)


def outcomes(rows: pd.DataFrame) -> list:
    return [outcome if isinstance(outcome, str) else None for outcome in rows["outcome"]]


# --- from one step to the next


def test_an_open_episode_whose_referral_is_not_in_the_records_is_a_child_in_need_and_not_a_referral():
    days = [("w", FIRST), ("Ada", "2022-06-01"), ("Ben", "2022-06-01"), ("x", LAST)]
    closed = {"cine_close_date": [FIRST, "2022-09-01", None, None]}
    both = records(cin_episodes=table("cin_episodes", *days, cine_referral_listed=[True, False, True, None], **closed))
    assert list(early_help.re_referrals(both, WINDOW)["person"]) == ["Ben", "x"]
    helped = both.tables | {"early_help_episodes": table("early_help_episodes", ("w", FIRST), ("x", LAST))}
    assert list(early_help.stepped_down(records(**helped), WINDOW)["person"]) == ["Ada"]


@pytest.mark.parametrize(
    ("referred", "followed"),
    [("2022-06-01", True), ("2022-06-29", True), ("2022-06-30", False), ("2022-05-31", False), (None, False)],
    ids=["same day", "28 days", "29 days", "day before", "never"],
)
def test_a_contact_led_to_a_referral_of_the_same_child_within_28_days(referred, followed):
    referrals = table("cin_episodes", ("Ada", referred or "2023-01-01"), ("another", "2022-04-01"), ("another", LAST))
    [row] = steps(contacts=table("contacts", ("Ada", "2022-06-01")), cin_episodes=referrals).itertuples()
    assert (row.step, row.known, row.went_on) == ("Contact to referral", True, followed)


def test_a_contact_too_recent_to_have_been_followed_is_not_counted_as_a_no():
    contacts = table("contacts", ("Ada", "2024-03-03"), ("Ben", "2024-03-04"), ("Cy", "2022-04-02"))
    found = steps(contacts=contacts, cin_episodes=table("cin_episodes", ("Ben", "2024-03-05"), ("x", "2022-05-01"), ("x", LAST)))
    known = dict(zip(found["person"], found["known"], strict=True))
    assert known == {"Cy": False, "Ada": True, "Ben": False}  # Cy came before referrals were recorded
    assert not found.loc[found["person"].eq("Ben"), "went_on"].any()


def test_a_referral_with_no_further_action_is_not_expected_to_be_assessed():
    referrals = table("cin_episodes", ("Ada", "2022-06-01"), ("Ben", "2022-06-01"), ("Cy", "2022-06-01"),
                      cine_referral_nfa=["N", "Y", None])  # fmt: skip
    assessed = table("assessments", ("Ada", "2022-06-03"), ("x", "2022-04-01"), ("x", LAST))
    found = steps(cin_episodes=referrals, assessments=assessed)
    assert dict(zip(found["person"], found["went_on"], strict=True)) == {"Ada": True, "Cy": False}


def test_steps_whose_records_did_not_come_are_left_out_and_named():
    only = records(cin_episodes=table("cin_episodes", ("Ada", "2022-06-01")), contacts=table("contacts", ("Ada", "2022-06-01")))
    assert set(early_help.followed(only, WINDOW)["step"]) == {"Contact to referral"}
    told = early_help.coverage(only, WINDOW, POLICY)
    assert "Referral accepted to assessment: these records hold no assessments" in told and "Annex A" in told
    with pytest.raises(NotEnoughData, match="no two steps"):
        early_help.followed(records(cin_episodes=table("cin_episodes", ("Ada", "2022-06-01"))), WINDOW)


def test_the_share_of_a_step_has_wilsons_interval_and_a_handful_of_children_is_not_shown():
    contacts = [(f"child {n}", "2022-06-01") for n in range(200)]
    referrals = [(f"child {n}", "2022-06-02") for n in range(60)]
    both = records(contacts=table("contacts", *contacts),
                   cin_episodes=table("cin_episodes", ("x", "2022-04-01"), *referrals, ("x", LAST)))  # fmt: skip
    shown = disclosure.control(early_help.conversions(early_help.followed(both, WINDOW), both), POLICY)
    main = early_help.main_step(shown)
    assert early_help.flow_title(main) == "Contact to referral: 30 in 100"
    found = early_help.step_finding(main)
    assert "30.0%" in found.statement and "24.1 to 36.7" in found.statement and found.direction == "describes"
    few = records(contacts=table("contacts", *contacts[:6]), cin_episodes=both["cin_episodes"])
    hidden = disclosure.control(early_help.conversions(early_help.followed(few, WINDOW), few), POLICY)
    assert hidden.data["symbol"].eq("[c]").all()
    with pytest.raises(NotEnoughData, match="too few children"):
        early_help.main_step(hidden)


def test_one_locality_is_counted_alone_and_a_table_without_localities_says_so():
    place = Window("2022-04-01", "2024-03-31", "Chesil")
    referrals = table(
        "cin_episodes", ("Ada", "2022-06-01"), ("Ben", "2022-06-01"), ("x", LAST), cine_locality=["Chesil", "West", None]
    )
    assert list(early_help.re_referrals(records(cin_episodes=referrals), place)["person"]) == ["Ada"]
    with pytest.raises(NotEnoughData, match="Contacts in Chesil"):
        early_help.by_month(records(contacts=table("contacts", ("Ada", "2022-06-01"))), "contacts", place, POLICY)


# --- how many


def daily(name: str, first: str, last: str, a_day: int = 1) -> pd.DataFrame:
    days = np.repeat(pd.date_range(first, last).strftime("%Y-%m-%d"), a_day)
    return table(name, *((f"child {n}", day) for n, day in enumerate(days)))


def test_only_whole_months_are_counted_and_a_month_with_a_week_missing_is_not():
    found = early_help.by_month(records(contacts=daily("contacts", "2022-05-09", "2022-08-28")), "contacts", WINDOW, POLICY)
    assert [f"{month:%Y-%m}" for month in found.data["period"]] == ["2022-06", "2022-07", "2022-08"]
    assert list(found.data["numerator"]) == [30, 31, 28] and found.unit == "contacts a month"


def test_months_of_which_too_many_would_be_hidden_are_pooled_to_quarters_and_a_handful_is_refused():
    every_fifth = daily("contacts", "2022-04-01", "2023-03-31").iloc[::5]
    found = early_help.by_month(records(contacts=every_fifth), "contacts", WINDOW, POLICY)
    assert found.unit == "contacts a quarter" and list(found.data["numerator"]) == [19, 18, 18, 18]
    with pytest.raises(NotEnoughData, match="too few to be shown by month or by quarter"):
        early_help.by_month(records(contacts=every_fifth.iloc[::4]), "contacts", WINDOW, POLICY)


def test_a_child_with_both_kinds_of_help_counts_once_in_the_total():
    helped = table("early_help_episodes", ("x", "2021-01-01"), ("Ada", "2022-05-01"), ("Ben", "2022-05-01"), ("x", LAST),
                   earl_episode_end_date=["2021-01-02", "2022-06-30", None, None])  # fmt: skip
    days = [("Ada", "2022-05-02"), ("Cy", "2022-05-02"), ("Di", "2022-05-02")]
    need = table("cin_episodes", ("x", "2021-01-01"), *days, ("x", LAST),
                 cine_close_date=["2021-01-02", None, None, None, None], cine_referral_nfa=["N", "N", "N", "Y", "N"])  # fmt: skip
    found = early_help.stock(records(early_help_episodes=helped, cin_episodes=need), WINDOW).data
    june = found[found["period"].eq("2022-06-30")].set_index("support")["numerator"]
    assert dict(june) == {EARLY_HELP: 1, IN_NEED: 2, EITHER: 3}  # Ada's early help ended that day; Di's referral went no further
    may = found[found["period"].eq("2022-05-31")].set_index("support")["numerator"]
    assert dict(may) == {EARLY_HELP: 2, IN_NEED: 2, EITHER: 3}


def test_without_the_day_that_early_help_ended_nobody_can_say_who_has_it():
    helped, need = table("early_help_episodes", ("Ada", "2022-05-01")), table("cin_episodes", ("Ada", "2022-05-01"))
    with pytest.raises(NotEnoughData, match="early help ended"):
        early_help.stock(records(early_help_episodes=helped, cin_episodes=need), WINDOW)


def test_families_helped_on_both_days_are_one_chance_when_two_days_are_compared():
    days = [("x", "2021-01-01"), ("Ada", "2022-05-01"), ("Abe", "2022-05-01"), ("x", LAST)]  # Ada and Abe are of one family
    helped = table("early_help_episodes", *days, earl_family_id=[None, "A", "A", None],
                   earl_episode_end_date=["2021-01-02", None, None, None])  # fmt: skip
    need = table("cin_episodes", ("x", "2021-01-01"), ("Ben", "2022-05-02"), ("Cy", "2022-05-02"), ("x", LAST),
                 cine_close_date=["2021-01-02", "2023-06-01", None, None])  # fmt: skip
    both, all_shown = records(early_help_episodes=helped, cin_episodes=need), disclosure.Policy(0, 1, 1, approver="a test")
    shown = disclosure.control(early_help.stock(both, WINDOW), all_shown)
    change = early_help.stock_changes(both, WINDOW, shown)[EITHER]
    families = [*"AA", "Ben", "Cy"], [*"AA", "Cy", "x"]
    by_hand = two_points.two_stocks_of_families(*families, outcome="help", n_unit="children")
    assert (change.estimate, change.ci_high, change.n) == (1.0, by_hand.ci_high, 8)


def stocks(helped: tuple[int, int], need: tuple[int, int]):
    """A stock on 31 March of two years: children with early help and others in need."""
    rows = [
        {"period": pd.Timestamp(day), "support": support, "numerator": float(count)}
        for at, day in enumerate(("2023-03-31", "2024-03-31"))
        for support, count in ((EARLY_HELP, helped[at]), (IN_NEED, need[at]), (EITHER, helped[at] + need[at]))
    ]
    empty = dict.fromkeys(("denominator", "ratio", "ci_low", "ci_high"), np.nan)
    return Measure(
        "children", "children", pd.DataFrame(rows).assign(**empty), ("period", "support"), "children", "synthetic", "Records."
    )


def stock_finding(**counts):
    shown, changes = disclosure.control(stocks(**counts), POLICY), {}
    for support in (EARLY_HELP, IN_NEED, EITHER):  # children of as many families, none of them there on both days
        first, last = shown.where(support=support).data.sort_values("period")["numerator"].astype(int)
        about = {"outcome": "early help and child in need together", "n_unit": "children"}
        changes[support] = two_points.two_stocks_of_families(range(first), range(first, first + last), **about)
    return early_help.stock_finding(changes, shown, POLICY)


def test_early_help_up_and_children_in_need_down_is_read_as_a_total_and_said_to_be_perhaps_a_new_name():
    moved = stock_finding(helped=(1387, 1551), need=(1306, 1056))
    assert moved.direction == "no clear change" and "3% lower" in moved.statement
    assert "1,385 to 1,550" in moved.statement and "One rose as the other fell" in moved.statement
    assert moved.estimate == pytest.approx(2605 / 2695, abs=0.001)  # of the totals as shown
    rose = stock_finding(helped=(1000, 1300), need=(1000, 1200))
    assert rose.statement.startswith("More children") and "One rose" not in rose.statement and rose.direction == "describes"
    assert early_help.stock_title(rose).startswith("More") and early_help.stock_title(moved).startswith("No clear change")


# --- what came next


def test_a_child_is_referred_again_on_a_later_day_or_leaves_or_is_followed_to_the_end_of_the_records():
    ada = [("Ada", "2022-06-01"), ("Ada", "2022-06-01"), ("Ada", "2022-09-01")]
    referrals = table(
        "cin_episodes", ("w", FIRST), *ada, ("Ben", "2022-06-01"), ("Cy", "2023-03-31"), ("x", LAST),
        cine_close_date=[FIRST] + ["2022-07-01"] * 3 + ["2022-08-01"] + [None] * 2,
        cine_close_reason=["RC7"] * 4 + ["RC5"] + [None] * 2,
    )  # fmt: skip
    rows = early_help.re_referrals(records(cin_episodes=referrals), WINDOW)
    found = {
        (person, f"{day:%m}"): outcome for person, day, outcome in zip(rows["person"], rows["date"], outcomes(rows), strict=True)
    }
    assert found == {("Ada", "06"): AGAIN, ("Ada", "09"): None, ("Ben", "06"): LEFT, ("Cy", "03"): None, ("x", "03"): None}
    months = rows.set_index("person")["months"]
    assert months["Cy"] == pytest.approx(366 / 30.4375) and months["Ben"] == pytest.approx(61 / 30.4375)


def test_a_child_who_turns_18_cannot_be_referred_again():
    people = TABLES["persons"].typed(pd.DataFrame({"pers_person_id": ["Ada"], "pers_dob": ["2004-07-01"]}))
    referrals = table("cin_episodes", ("Ada", "2022-06-01"), ("x", LAST))
    [first, _] = early_help.re_referrals(records(persons=people, cin_episodes=referrals), WINDOW).itertuples()
    assert first.outcome == LEFT and first.months == pytest.approx(30 / 30.4375)


@pytest.mark.parametrize(
    ("ended", "referred", "nfa", "outcome"),
    [
        ("2022-09-01", "2022-07-01", "N", UP), ("2022-09-01", "2022-09-29", "N", UP), ("2022-09-01", "2022-09-30", "N", ENDED),
        ("2022-09-01", "2022-07-01", "Y", ENDED), (None, None, None, None), ("2024-03-10", None, None, None),
        ("2022-09-01", "2022-06-01", "N", ENDED),
    ],
    ids=["during", "28 days after", "29 days after", "not accepted", "still open", "ended too recently", "on the first day"],
)  # fmt: skip
def test_early_help_stepped_up_where_a_referral_was_accepted_while_it_went_on_or_within_28_days(ended, referred, nfa, outcome):
    helped = table("early_help_episodes", ("w", FIRST), ("Ada", "2022-06-01"), earl_episode_end_date=[FIRST, ended])
    referrals = table(
        "cin_episodes", ("w", FIRST), ("Ada" if referred else "y", referred or "2022-05-01"), ("x", LAST),
        cine_referral_nfa=["N", nfa, "N"],
    )  # fmt: skip
    rows = early_help.stepped_up(records(early_help_episodes=helped, cin_episodes=referrals), WINDOW)
    assert outcomes(rows) == [outcome]


def closed(*rows: tuple, last=("x", LAST)) -> pd.DataFrame:
    """Child in need episodes of (child, referred, closed, why), one closed on the first day, and one begun on the last."""
    every = [("w", FIRST, FIRST, "RC7"), *rows, (*last, None, None)]
    return table("cin_episodes", *(row[:2] for row in every), cine_close_date=[row[2] for row in every],
                 cine_close_reason=[row[3] for row in every])  # fmt: skip


@pytest.mark.parametrize(
    ("helped", "again", "outcome"),
    [("2022-09-10", None, DOWN), ("2022-08-20", None, DOWN), ("2022-08-01", None, None), (None, "2022-10-01", AGAIN),
     ("2022-11-01", "2022-10-01", AGAIN)],
    ids=["after", "handed over before", "long before", "referred again", "referred first"],
)  # fmt: skip
def test_social_care_stepped_down_to_early_help_where_that_began_before_another_referral(helped, again, outcome):
    need = closed(("Ada", "2022-06-01", "2022-09-01", "RC7"), *([("Ada", again, None, None)] if again else []))
    help_ = table("early_help_episodes", ("w", FIRST), *([("Ada", helped)] if helped else []), ("x", LAST))
    rows = early_help.stepped_down(records(cin_episodes=need, early_help_episodes=help_), WINDOW)
    assert outcomes(rows) == [outcome]


@pytest.mark.parametrize("reason", ["RC1", "RC5"])
def test_a_child_who_was_adopted_or_moved_away_did_not_step_down(reason):
    need = closed(("Ada", "2022-06-01", "2022-09-01", reason), ("Ben", "2022-06-01", "2022-09-01", "RC9"))
    helped = table("early_help_episodes", ("w", FIRST), ("x", LAST))
    rows = early_help.stepped_down(records(cin_episodes=need, early_help_episodes=helped), WINDOW)
    assert list(rows["person"]) == ["Ben"]


def test_after_a_close_children_with_early_help_and_without_are_followed_from_the_same_day():
    need = closed(*((child, "2022-06-01", "2022-09-01", "RC7") for child in ("Ada", "Ben", "Cy")),
                  ("Ben", "2022-12-01", None, None), ("Cy", "2022-09-10", None, None))  # fmt: skip
    helped = table("early_help_episodes", ("w", FIRST), ("Ada", "2022-09-20"), ("x", LAST))
    both = records(cin_episodes=need, early_help_episodes=helped)
    rows = early_help.after_stepping_down(both, WINDOW)
    assert dict(zip(rows["person"], rows["support"], strict=True)) == {
        "Ada": WITH_HELP,
        "Ben": WITHOUT_HELP,
    }  # Cy came back at once
    assert outcomes(rows) == [None, AGAIN] and set(rows["date"].astype(str)) == {"2022-09-29"}


# --- one dated change


def test_without_a_date_the_question_says_what_it_needs_and_a_date_that_is_none_is_refused():
    with pytest.raises(NotEnoughData, match=r"needs the day on which this authority's own front door changed.*change_on"):
        early_help.change_day("", WINDOW)
    with pytest.raises(NotEnoughData, match="not a day written year-month-day"):
        early_help.change_day("last summer", WINDOW)
    with pytest.raises(NotEnoughData, match="outside the period"):
        early_help.change_day("2025-01-01", WINDOW)
    assert early_help.change_day("2023-06-01", WINDOW) == "2023-06-01"


def a_county(seed: int, *, referral: float = 0.35, after: float = 0.35, a_month: int = 300) -> pd.DataFrame:
    """Contacts of seven years, a share of which became referrals, another share from June 2023 on; families come together."""
    rng = np.random.default_rng(seed)
    months = pd.date_range("2018-04-01", "2025-03-31", freq="MS")
    families = rng.poisson(a_month / 1.8 * (1 + 0.1 * np.sin(2 * np.pi * months.month / 12)))
    month = np.repeat(months, families)
    happened = rng.random(len(month)) < np.where(month >= "2023-06-01", after, referral)
    children = 1 + rng.poisson(0.8, len(month))
    rows = pd.DataFrame({"date": np.repeat(month, children), "happened": np.repeat(happened, children)})
    return rows.assign(person=[f"child {n}" for n in range(len(rows))], period=rows["date"])


def fitted(rows: pd.DataFrame):
    about = {"name": "contacts becoming referrals", "population": "contacts", **early_help.facts(records())}
    return shares.series(shares.by_month(rows, **about), rows, change_on="2023-06-01", worthwhile=0.8)


def test_a_fall_that_was_planted_is_found_with_its_size_and_every_check_is_made():
    rows = a_county(1, after=0.27)
    table_ = rows.assign(source=np.where(np.arange(len(rows)) % 20, "6", None))
    effect = shares.tested(fitted(rows), rows, table_, date="date", recorded="source")
    assert effect.ci_low <= 0.27 / 0.35 <= effect.ci_high < 1
    assert {check.name for check in effect.checks} == {
        "Residual autocorrelation", "Placebo dates", "Alternative model", "Months just before",
        "Influence of the most frequent children", "Recording",
    }  # fmt: skip
    found = shares.finding(effect, fitted(rows), finding_id="it", basis="synthetic", policy=POLICY)
    assert re.search(r"a smaller share of contacts becoming referrals: 2\d\.\d%", found.statement)
    assert re.search(r"predicts 3\d\.\d%, 12 months on", found.statement) and found.direction == "describes"


def test_a_change_that_was_never_made_is_found_about_as_seldom_as_promised():
    found = [evidence.is_clear(fitted(a_county(seed)).effect) for seed in range(40)]
    assert sum(found) <= 5  # of 40 at 5% each: six or more would come by chance one time in seventy


def test_the_change_is_refused_below_the_months_that_its_design_needs():
    rows = a_county(1)
    with pytest.raises(NotEnoughData, match="are needed"):
        fitted(rows[rows["period"] < "2023-12-01"])


def p_of_localities(seed: int, families: int, places: str, *, high: float = 0.4) -> float:
    """The p-value of localities (a letter for each in ten families) of which the first has another share of re-referrals.

    Brothers and sisters, one to four of them, come back on one day or not at all.
    """
    rng = np.random.default_rng(seed)
    place = rng.choice(list(places), families)
    again, day = rng.random(families) < np.where(place == places[0], high, 0.4), rng.uniform(0, 12, families)
    family = np.repeat(np.arange(families), rng.integers(1, 5, families))
    rows = pd.DataFrame({"person": family.astype(str), "locality": place[family], "months": np.where(again, day, 12.0)[family],
                         "outcome": np.where(again[family], AGAIN, None)})  # fmt: skip
    return localities_differ(rows, AGAIN)


@pytest.mark.parametrize(("families", "places"), [(400, "ABC"), (60, "ABC"), (200, "AABBCCDDEF")], ids=["many", "few", "uneven"])
def test_localities_without_a_difference_are_seldom_told_apart_however_few_families_there_are(families, places):
    found = [p_of_localities(seed, families, places) < 0.05 for seed in range(60)]
    assert sum(found) <= 7  # of 60 at 5% each: eight or more would come by chance one time in a hundred


def test_a_locality_that_stands_out_is_told_apart():
    assert p_of_localities(0, 600, "ABC", high=0.6) < 0.001


# --- words


def finding(direction: str, estimate: float, statement: str) -> evidence.Finding:
    return evidence.Finding(
        "it", statement, "it", estimate, None, None, None, "rate ratio", 100, "children", direction, "limited", "", "synthetic"
    )


@pytest.mark.parametrize(
    ("risk", "said"),
    [("worsened", "fewer referrals would then only come later"), ("improved", "does not show that nobody was turned away"),
     ("no clear change", "cannot be told")],
)  # fmt: skip
def test_fewer_referrals_are_never_told_without_what_early_help_led_to(risk, said):
    told = early_help.answer(
        records(), WINDOW, finding("describes", 0.8, "Fewer. More of it."), finding(risk, 1.2, "Risk."), None, None
    )
    assert told.startswith("Fewer. Risk.") and said in told
    rose = early_help.answer(records(), WINDOW, finding("describes", 1.2, "More."), finding(risk, 1.2, "Risk."), None, None)
    assert said not in rose


@pytest.mark.parametrize(
    ("tables", "said"),
    [
        ({"cin_episodes": table("cin_episodes", *[("Ada", "2022-06-01")] * 6)}, "too few children to answer"),
        ({"cin_episodes": table("cin_episodes", *[("Ada", "2022-06-01")] * 60)}, "too short a time"),
        ({"cin_episodes": table("cin_episodes", ("Ada", "2019-06-01"))}, "hold no referral from 1 April 2022 to 31 March 2024"),
        ({"contacts": table("contacts", ("Ada", "2022-06-01"))}, "No extract supplied referrals"),
    ],
    ids=["a handful", "one day", "another period", "no referrals"],
)  # fmt: skip
def test_records_that_answer_nothing_say_why_before_published_figures_are_told(tables, said):
    published = finding("improved", 0.8, "Fewer came back (10.5 to 12.1). And why.")
    given = records(**tables)
    assert said in early_help.answer(given, WINDOW, None, None, None, None)
    told = early_help.answer(given, WINDOW, None, None, None, None, published)
    assert said in told and told.endswith(" Fewer came back (10.5 to 12.1).")


def test_without_records_published_figures_are_told_and_without_either_that_nothing_was_given():
    published = finding("improved", 0.8, "Fewer came back (10.5 to 12.1). And why.")
    assert early_help.answer(Extracts(), WINDOW, None, None, None, None, published) == "Fewer came back (10.5 to 12.1)."
    assert "No records were given" in early_help.answer(Extracts(), WINDOW, None, None, None, None)


def test_dorset_s_own_figures_are_read_as_a_total_and_no_other_authority_is_given_them():
    effect = early_help.said_change("Dorset", WINDOW)
    assert effect.estimate == pytest.approx(2607 / 2693)
    found = early_help.said_finding(effect, "Dorset", WINDOW)
    assert found.direction == "no clear change" and "2,167" in found.statement and "1,387 to 1,551" in found.statement
    contacts = early_help.said_of_contacts("Dorset", WINDOW).statement
    assert "1,201 of 3,659" in contacts and "31.3 to 34.4" in contacts
    for said in (early_help.said_change, early_help.said_of_contacts):
        with pytest.raises(NotEnoughData, match="No self-evaluation of Cornwall"):
            said("Cornwall", WINDOW)
        with pytest.raises(NotEnoughData, match="period does not hold"):
            said("Dorset", Window("2020-04-01", "2023-03-31"))


def test_what_the_records_lack_stands_before_what_is_always_unknown():
    listed = early_help.limits(records(early_help_episodes=table("early_help_episodes", ("Ada", "2022-06-01"))))
    assert "when help ended" in listed[0][0] or "No extract supplied" in " ".join(text for text, _ in listed[:6])
    assert "not answered here" in {bias for _, bias in listed[:3]} and len(listed) > len(early_help.limits(Extracts()))
    assert "no published figure counts contacts" in early_help.limits(Extracts())[0][0]
