"""Children who go missing, a few incidents at a time."""

import re

import pandas as pd
import pytest

from helpers import disclosure, missing_children
from helpers.designs.recurrent_events import repeat_within
from helpers.extracts import Extracts
from helpers.measures import Measure
from helpers.results import NotEnoughData
from helpers.tables import TABLES

FROM_RECORDS = {"basis": "synthetic", "source": "A log of missing episodes."}
START, END = "miss_missing_episode_start_date", "miss_missing_episode_end_date"
OFFERED, ACCEPTED, COMPLETED = "miss_missing_rhi_offered", "miss_missing_rhi_accepted", "miss_missing_rhi_completed_date"


def log(*rows: dict) -> pd.DataFrame:
    """A log of missing episodes with what each row says; a row that says nothing is an incident of one night in care."""
    usual = {"miss_person_id": "Ada", START: "2022-06-10 18:00", END: "2022-06-11 09:00", "miss_missing_from": "foster",
             "miss_missing_episode_type": "missing", "miss_time_recorded": True}  # fmt: skip
    frame = pd.DataFrame([usual | row for row in rows])
    return TABLES["missing_episodes"].typed(frame.assign(miss_table_id=[f"M{number}" for number in range(len(frame))]))


def described(*rows: dict) -> pd.DataFrame:
    return missing_children.described(log(*rows))


def value(measure: Measure, column: str = "numerator", **where) -> float:
    [found] = measure.where(**where).data[column]
    return found


# --- whose incidents, and what each one is


def test_an_entry_that_cannot_be_read_is_neither_missing_nor_away_and_a_log_that_tells_none_apart_holds_missing_incidents():
    kind = "miss_missing_episode_type"
    assert list(missing_children.went_missing(log({}, {kind: "absent"}, {kind: None}))) == [True, False, False]
    assert list(missing_children.went_missing(log({kind: None}, {kind: None}))) == [True, True]


def test_a_child_without_a_placing_authority_is_our_own_and_one_that_another_authority_placed_is_not():
    incidents = log({}, {"miss_placing_authority": "Dorset"}, {"miss_placing_authority": "Another authority"})
    assert list(missing_children.placed_by(incidents, "Dorset")) == [True, True, False]
    assert missing_children.placed_by(log({"miss_placing_authority": "dorset Council"}), "Dorset").all()


def test_an_incident_on_31_march_belongs_to_the_year_that_ends_that_day_and_the_next_to_the_year_after():
    incidents = described({START: "2022-03-31 23:30"}, {START: "2022-04-01 00:10"}, {START: "2022-12-25"}, {START: "2023-01-02"})
    assert list(incidents["year"]) == ["2022", "2023", "2023", "2023"]
    assert [f"{day:%Y-%m-%d}" for day in incidents["period"]] == ["2022-03-01", "2022-04-01", "2022-12-01", "2023-01-01"]


def test_everywhere_but_the_family_home_is_care_and_so_is_an_empty_entry_of_the_return_of_children_in_care():
    places = described(*({"miss_missing_from": place} for place in ("home", "foster", "residential", "supported", "other", None)))
    assert list(places["place"]) == ["home", *["care"] * 4, "not recorded"]
    of_the_return = described({"miss_missing_from": None, "miss_time_recorded": False})
    assert list(of_the_return["place"]) == ["care"]


def test_a_log_without_incidents_is_refused_in_a_sentence():
    with pytest.raises(NotEnoughData, match="No incident"):
        missing_children.described(log({}).iloc[:0])


# --- return home interviews


def test_an_interview_on_the_third_day_is_within_72_hours_and_one_an_hour_later_or_none_is_not():
    returned = "2022-06-11 09:00"
    interviews = described(
        {END: returned, COMPLETED: "2022-06-14 09:00"},
        {END: returned, COMPLETED: "2022-06-14 10:00"},
        {END: returned, COMPLETED: "2022-06-11 09:00"},
        {END: returned, COMPLETED: None},
        {END: None, COMPLETED: "2022-06-12 09:00"},
        {END: returned, COMPLETED: "2022-06-10 20:00"},
    )
    assert list(interviews["within_72_hours"]) == [True, False, True, False, False, False]
    assert list(interviews["completed"]) == [True, True, True, False, True, True]


def test_an_interview_is_due_when_the_child_has_returned_unless_it_was_recorded_as_not_required():
    incidents = described({OFFERED: "Y"}, {OFFERED: "N"}, {OFFERED: None}, {OFFERED: "NA"}, {END: None, OFFERED: "Y"})
    assert list(incidents["due"]) == [True, True, True, False, False]


def test_what_is_not_recorded_was_neither_offered_nor_accepted():
    incidents = described({OFFERED: "Y", ACCEPTED: "Y"}, {OFFERED: None, ACCEPTED: None}, {OFFERED: "N", ACCEPTED: "NA"})
    assert list(incidents["offered"]) == list(incidents["accepted"]) == [True, False, False]


def interviews() -> Measure:
    """Ten incidents of 2022/23: eight due, six offered, three accepted, two completed of which one in time."""
    in_time, late = "2022-06-12 09:00", "2022-06-20 09:00"
    rows = [{OFFERED: "Y", ACCEPTED: "Y", COMPLETED: in_time}, {OFFERED: "Y", ACCEPTED: "Y", COMPLETED: late},
            {OFFERED: "Y", ACCEPTED: "Y"}, {OFFERED: "Y", ACCEPTED: "N"}, {OFFERED: "Y"}, {OFFERED: "Y", ACCEPTED: "N"},
            {OFFERED: "N"}, {}, {OFFERED: "NA"}, {OFFERED: "Y", END: None}]  # fmt: skip
    return missing_children.return_interviews(described(*rows), **FROM_RECORDS)


def test_each_step_of_an_interview_is_a_share_of_those_who_could_have_reached_it():
    measure, (offered, accepted, in_time, of_all_due) = interviews(), missing_children.STEPS
    shares = {step: (value(measure, step=step), value(measure, "denominator", step=step)) for step in missing_children.STEPS}
    assert shares == {offered: (6, 8), accepted: (3, 6), in_time: (1, 2), of_all_due: (1, 8)}
    assert set(measure.data["period"]) == {"2023"} and measure.better == "higher" and measure.unit == "%"


def test_of_all_due_is_told_for_the_latest_year_alone():
    incidents = described(
        *({OFFERED: "Y", COMPLETED: "2022-06-12 09:00"} for _ in range(30)),
        *({OFFERED: "Y", START: "2021-06-10", END: "2021-06-11"} for _ in range(30)),
        *({OFFERED: "Y"} for _ in range(70)),
    )
    latest = missing_children.latest_of_all_due(missing_children.return_interviews(incidents, **FROM_RECORDS))
    found = missing_children.of_all_due_finding(disclosure.control(latest, disclosure.Policy()), basis="synthetic")
    assert list(latest.data["period"]) == ["2023"] and (value(latest), value(latest, "denominator")) == (30, 100)
    assert found.direction == "describes" and found.estimate == 30.0 and "30.0%" in found.statement


def test_a_year_in_which_no_interview_was_completed_has_nothing_to_say_of_72_hours():
    measure = missing_children.return_interviews(described({OFFERED: "Y", ACCEPTED: "Y"}, {OFFERED: "N"}), **FROM_RECORDS)
    assert [tuple(row) for row in measure.data[["step", "numerator", "denominator"]].to_numpy()] == [
        (missing_children.STEPS[0], 1, 2), (missing_children.STEPS[1], 1, 1), (missing_children.STEPS[2], 0, 0),
        (missing_children.STEPS[3], 0, 2),
    ]  # fmt: skip
    assert measure.data["ratio"].isna().sum() == 1


def test_where_a_log_holds_days_without_hours_no_interview_is_said_to_be_in_time_or_late():
    dates_only = {"miss_time_recorded": False, END: "2022-06-11", OFFERED: "Y", COMPLETED: "2022-06-14"}
    measure = missing_children.return_interviews(described(dates_only, dates_only, {OFFERED: "Y"}), **FROM_RECORDS)
    offered, _, in_time, of_all_due = (value(measure, "denominator", step=step) for step in missing_children.STEPS)
    assert (offered, in_time, of_all_due) == (3, 0, 1)


def test_records_without_interviews_are_refused_rather_than_counted_as_none_offered():
    with pytest.raises(NotEnoughData, match="return interview"):
        missing_children.return_interviews(described({}, {}), **FROM_RECORDS)


def test_where_no_child_has_returned_no_interview_is_due_and_none_is_said_to_be_late():
    with pytest.raises(NotEnoughData, match="ended and needed"):
        missing_children.return_interviews(described({OFFERED: "Y", END: None}, {OFFERED: "NA"}), **FROM_RECORDS)


def test_the_title_of_the_chart_of_interviews_is_the_share_of_all_due_or_none_where_it_is_not_shown():
    rows = [*[{OFFERED: "Y", COMPLETED: "2022-06-12 09:00"}] * 30, *[{OFFERED: "Y"}] * 70]
    for every, title in ((rows, "30 in 100 return interviews due take"), (rows[27:], "Return interviews, offered, accepted")):
        latest = missing_children.latest_of_all_due(missing_children.return_interviews(described(*every), **FROM_RECORDS))
        found = missing_children.of_all_due_finding(disclosure.control(latest, disclosure.Policy()), basis="synthetic")
        assert missing_children.interviews_title(found).startswith(title)


def test_an_interview_counts_by_the_month_of_its_incident_once_a_later_one_is_no_longer_to_come():
    in_time, late = {COMPLETED: "2022-06-12 09:00"}, {COMPLETED: "2022-06-20 09:00"}
    days = {COMPLETED: "2022-06-12", "miss_time_recorded": False}
    just_back = {START: "2022-08-20", END: "2022-08-21", COMPLETED: "2022-08-22"}
    incidents = described(in_time, late, {}, days, just_back)
    held = missing_children.completed_interviews(incidents, pd.Timestamp("2022-09-01"))
    assert list(held["happened"]) == [True, False] and set(held["period"]) == {pd.Timestamp("2022-06-01")}
    assert len(missing_children.completed_interviews(incidents, pd.Timestamp("2022-09-27"))) == 2  # August had not ended
    assert len(missing_children.completed_interviews(incidents, pd.Timestamp("2022-09-30"))) == 3
    with pytest.raises(NotEnoughData, match="no return interview with the hours"):
        missing_children.completed_interviews(described({}, days), pd.Timestamp("2022-09-30"))


# --- counts


def test_a_child_missing_twice_is_two_incidents_and_one_child_and_stands_in_each_place_they_went_missing_from():
    incidents = described({}, {START: "2022-07-01"}, {"miss_missing_from": "home"}, {"miss_person_id": "Ben"})
    events, children = missing_children.children_and_incidents(incidents, **FROM_RECORDS)
    assert (value(events, place="Care"), value(events, place="Home")) == (3, 1)
    assert (value(children, place="Care"), value(children, place="Home")) == (2, 1)


def test_a_year_without_incidents_from_home_has_a_zero_where_other_years_have_some():
    incidents = described({"miss_missing_from": "home", START: "2021-06-01"}, {START: "2021-06-01"}, {START: "2022-06-01"})
    events, children = missing_children.children_and_incidents(incidents, **FROM_RECORDS)
    assert value(events, period="2023", place="Home") == value(children, period="2023", place="Home") == 0
    assert value(events, period="2022", place="Home") == 1


def test_a_return_of_children_in_care_alone_does_not_say_that_nobody_went_missing_from_home():
    of_the_return = described({"miss_missing_from": None, "miss_time_recorded": False})
    events, _ = missing_children.children_and_incidents(of_the_return, **FROM_RECORDS)
    assert list(events.data["place"]) == ["Care"]


def test_the_years_that_a_log_covers_are_told():
    incidents, policy = log({START: "2021-06-01"}, {START: "2023-02-28 23:00"}, {}), disclosure.Policy()
    said = missing_children.coverage(incidents, Extracts(), policy)
    assert re.findall(r"\d{4}", said) == ["2022", "2023"]
    lost = pd.DataFrame({"path": ["log.csv"], "table": ["missing_episodes"], "reason": ["no date"], "rows": [13]})
    assert missing_children.coverage(incidents, Extracts(left_out=lost), policy).endswith("not counted here: 15.")


def test_a_second_incident_is_told_after_a_first_and_after_any():
    again = [n % 2 == 0 for n in range(80)]
    days = [30.0 if repeated else 120.0 for repeated in again]
    gaps = pd.DataFrame({"person": [f"child {n // 2}" for n in range(80)], "days": days, "repeated": again})
    firsts, every = (repeat_within(rows, days=90) for rows in (gaps.groupby("person").head(1), gaps))
    after_first, after_any = missing_children.repeat_findings(firsts, every, days=90, basis="synthetic")
    assert (after_first.estimate, after_any.estimate) == (100.0, 50.0)
    assert "90 days" in after_first.statement and "50%" in after_any.statement
    assert {after_first.direction, after_any.direction} == {"describes"}


# --- days in care, and the rate


MONTHS = pd.period_range("2022-06", "2022-07", freq="M")


def episodes(*rows: dict) -> pd.DataFrame:
    usual = {"clae_person_id": "Ada", "clae_cla_episode_start_date": "2022-06-01", "clae_cla_episode_start_reason": "S",
             "clae_cla_episode_ceased_date": "2022-06-11", "lega_legal_status": "C2"}  # fmt: skip
    frame = pd.DataFrame([usual | row for row in rows])
    return TABLES["cla_episodes"].typed(frame.assign(clae_cla_episode_id=[f"E{number}" for number in range(len(frame))]))


@pytest.mark.parametrize(
    ("rows", "june"),
    [
        ([{}], 10),
        ([{}, {"clae_person_id": "Ben", "lega_legal_status": "V3"}, {"clae_person_id": "Cy", "lega_legal_status": "V4"}], 10),
        ([{}, {"clae_cla_episode_start_date": "2022-06-06", "clae_cla_episode_ceased_date": "2022-06-16"}], 15),
        ([{"lega_legal_status": None}], 10),
        ([{"clae_cla_episode_ceased_date": None}], 30),
        ([{"clae_cla_episode_start_date": "2022-05-30"}], 10),
    ],
    ids=["ten days", "short breaks left out", "overlap once", "status unknown", "still open", "began before"],
)
def test_days_in_care_are_days_of_children_without_short_breaks_each_day_once(rows, june):
    days = missing_children.days_in_care(episodes(*rows), MONTHS)
    assert days["exposure"].iloc[0] == june
    assert [f"{month:%Y-%m}" for month in days["period"]] == ["2022-06", "2022-07"]


def test_the_rate_counts_incidents_from_care_alone_for_every_1000_days_in_care():
    days = missing_children.days_in_care(episodes({"clae_cla_episode_ceased_date": None}), MONTHS)
    incidents = described({}, {START: "2022-06-20"}, {START: "2022-06-21", "miss_missing_from": "home"})
    rate = missing_children.monthly_rate(incidents, days, **FROM_RECORDS)
    assert list(rate.data["numerator"]) == [2, 0] and list(rate.data["denominator"]) == [30, 31]
    assert rate.data["ratio"].iloc[0] == pytest.approx(1000 * 2 / 30) and rate.better == "lower"
    assert list(missing_children.series(rate).columns) == ["period", "events", "exposure"]


def test_a_month_of_which_care_or_incidents_are_not_all_listed_has_no_rate():
    """The return begins in April 2022: of earlier care only what lasted is in it. The log is longer, and ends sooner."""
    care = episodes(
        {"clae_cla_episode_start_date": "2019-05-01", "clae_cla_episode_ceased_date": "2022-04-03"},
        {"clae_cla_episode_start_date": "2022-04-03", "clae_cla_episode_ceased_date": None},
        {"clae_cla_episode_start_date": "2023-03-30", "clae_cla_episode_ceased_date": None},
    )
    missing = log({START: "2020-01-01", END: "2020-01-02"}, {START: "2022-05-10"}, {START: "2022-07-29"})
    records = Extracts(tables={"missing_episodes": missing, "cla_episodes": care})
    months = records.whole_months("missing_episodes", "cla_episodes", period_start="2019-04-01", period_end="2024-03-31")
    rate = missing_children.monthly_rate(
        missing_children.described(missing), missing_children.days_in_care(care, months), **FROM_RECORDS
    )
    assert [f"{month:%Y-%m}" for month in rate.data["period"]] == ["2022-04", "2022-05", "2022-06", "2022-07"]
    assert list(rate.data["numerator"]) == [0, 1, 0, 1]
    assert list(rate.data["denominator"]) == [30, 31, 30, 31]  # Ada's, each day once


def test_the_interval_is_wider_where_one_child_had_every_incident_than_where_each_had_one():
    days = missing_children.days_in_care(episodes({"clae_cla_episode_ceased_date": None}), MONTHS[:1])
    one_child = described(*({START: f"2022-06-{day:02d}"} for day in range(1, 13)))
    widths = []
    for incidents in (one_child, one_child.assign(miss_person_id=[f"child {number}" for number in range(12)])):
        rate = missing_children.monthly_rate(incidents, days, **FROM_RECORDS).data.iloc[0]
        widths.append(rate["ci_high"] - rate["ci_low"])
    assert widths[0] > 2 * widths[1]


def test_without_a_child_missing_from_care_there_is_no_rate():
    days = missing_children.days_in_care(episodes({}), MONTHS[:1])
    with pytest.raises(NotEnoughData, match="missing from care"):
        missing_children.monthly_rate(described({"miss_missing_from": "home"}), days, **FROM_RECORDS)


# --- what the page cannot tell


def test_the_limits_name_what_these_records_lack_and_nothing_that_they_have():
    full = log({OFFERED: "Y", COMPLETED: "2022-06-12", "miss_locality": "Chesil"})
    lacking = full.assign(miss_missing_rhi_offered=pd.NA, miss_locality=pd.NA)
    complete, gaps, none = (
        [threat for threat, _ in missing_children.limits(Extracts(tables=tables))]
        for tables in ({"missing_episodes": full}, {"missing_episodes": lacking}, {})
    )
    assert len(gaps) == len(complete) + 2 and set(complete) < set(gaps)
    assert sum("miss_missing_rhi_offered" in threat or "miss_locality" in threat for threat in gaps) == 2
    assert any("from home" in threat for threat in set(none) - set(complete))
    assert all(bias for _, bias in missing_children.limits(Extracts()))
