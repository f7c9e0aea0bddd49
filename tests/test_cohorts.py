import pandas as pd
import pytest

from helpers.cohorts import Cohort, Step

INCIDENTS = pd.DataFrame({"child": ["a", "b", "c", "d"], "year": [2018, 2019, 2019, 2020], "ours": [True, True, None, True]})


def test_every_step_says_how_many_were_left_out_and_why():
    cohort = Cohort.of(INCIDENTS, "incidents in the log").keep(INCIDENTS["year"] > 2018, "in the period")
    cohort = cohort.keep(cohort.frame["ours"], "placed by us")
    assert cohort.steps == (Step("in the period", 1, 3), Step("placed by us", 1, 2))
    assert list(cohort.frame["child"]) == ["b", "d"]
    assert [cohort.started_with, *(step.kept for step in cohort.steps)] == [4, 3, 2]


def test_a_condition_made_before_an_earlier_step_still_fits():
    cohort = Cohort.of(INCIDENTS, "incidents").keep(INCIDENTS["year"] > 2018, "in the period")
    assert len(cohort.keep(INCIDENTS["child"] != "d", "not d")) == 2


def test_a_condition_that_says_nothing_about_some_rows_is_refused():
    with pytest.raises(ValueError, match="says nothing about 2 of the 4 rows"):
        Cohort.of(INCIDENTS, "incidents").keep(pd.Series([True, True]), "in the period")
