"""Gaps in attainment: who is counted, against whom, and what the figures permit."""

import numpy as np
import pandas as pd
import pytest

from helpers import attainment
from helpers.attainment import GROUPS
from helpers.designs import gaps
from helpers.results import NotEnoughData
from helpers.tables import TABLES


def pupils_and_results(rows: list[dict]) -> tuple[pd.DataFrame, pd.DataFrame]:
    frame = pd.DataFrame(rows)
    pupils = TABLES["pupils"].typed(frame.drop_duplicates(["pupi_pupil_id", "pupi_academic_year"]))
    results = frame.rename(columns={"pupi_pupil_id": "resu_pupil_id", "pupi_academic_year": "resu_academic_year"})
    return pupils, TABLES["pupil_results"].typed(results)


def drawn(
    seed: int, *, gap: float, years=("2021/22", "2022/23"), schools=20, each=30, change=0.0
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Attainment 8 and grade 5 of pupils in schools, disadvantaged pupils `gap` points behind, `change` more in the last year."""
    rng = np.random.default_rng(seed)
    rows = []
    for year in years:
        effect = rng.normal(0, 3, schools)
        for pupil in range(schools * each):
            school, behind = pupil % schools, rng.random() < 0.3
            points = 48 + effect[school] - (gap + change * (year == years[-1])) * behind + rng.normal(0, 15)
            who = {"pupi_pupil_id": f"P{pupil}", "pupi_academic_year": year, "pupi_disadvantaged": "Y" if behind else "N",
                   "pupi_school_urn": f"S{school}", "resu_key_stage": "KS4"}  # fmt: skip
            rows.append({**who, "resu_measure": "ATTAINMENT8", "resu_points": points})
            rows.append({**who, "resu_measure": "ENGLISH_MATHS_9_5", "resu_met": "Y" if points > 50 else "N"})
    return pupils_and_results(rows)


def test_an_academic_year_is_named_by_the_summer_in_which_it_ends():
    ending = attainment.year_ending(pd.Series(["2023/24", "2023-24", "2019/2020", "202425", None]))
    assert ending.fillna("").tolist() == ["2024", "2024", "2020", "2025", ""]


def test_pupils_without_a_result_or_a_description_are_left_out_and_said_so():
    reading = {"resu_key_stage": "KS2", "resu_measure": "RWM"}
    pupils, results = pupils_and_results(
        [
            {"pupi_pupil_id": name, "pupi_academic_year": "2022/23", "resu_met": met, **reading}
            for name, met in [("a", "Y"), ("b", "N"), ("c", None), ("d", "Y")]
        ]
    )  # fmt: skip
    cohort = attainment.counted(pupils[pupils["pupi_pupil_id"] != "d"], results, "KS2", "2022-09-01", "2023-08-31")
    assert cohort.frame["resu_pupil_id"].tolist() == ["a", "b"] and cohort.frame["value"].tolist() == [True, False]
    assert [(step.reason, step.left_out) for step in cohort.steps] == [
        ("of a summer in the period", 0), ("with a result", 1), ("of a pupil described in the pupil file", 1),
    ]  # fmt: skip


def test_a_gap_in_points_holds_the_planted_one_and_counts_schools():
    cohort = attainment.counted(*drawn(4, gap=12), "KS4", "2021-09-01", "2023-08-31")
    found = attainment.gap(attainment.latest(cohort.frame), "KS4", GROUPS["disadvantaged"])
    assert 0 < found.ci_low < 12 < found.ci_high and found.scale == "points" and found.better == "lower"


def test_a_change_in_the_gap_is_found_where_one_was_planted_and_not_where_none_was():
    changes = [
        attainment.change_in_gap(
            attainment.counted(*drawn(seed, gap=12, change=change), "KS4", "2021-09-01", "2023-08-31").frame, "KS4",
            GROUPS["disadvantaged"],
        )
        for seed in range(6) for change in (0, 12)
    ]  # fmt: skip
    without, planted = changes[::2], changes[1::2]
    assert sum(effect.p_value < 0.05 for effect in without) <= 1
    assert all(effect.p_value < 0.05 and effect.estimate > 0 for effect in planted)
    assert sum(effect.ci_low < 12 < effect.ci_high for effect in planted) >= 5


def test_a_group_with_fewer_than_ten_pupils_on_a_side_is_refused_and_left_out_of_the_list():
    frame = attainment.counted(*drawn(1, gap=10), "KS4 basics", "2021-09-01", "2023-08-31").frame
    assert list(attainment.gaps_by_group(frame, "KS4 basics")) == ["Disadvantaged pupils, against other pupils"]
    with pytest.raises(NotEnoughData, match="too few in one of the groups"):
        attainment.gap(frame, "KS4 basics", GROUPS["looked_after"])


def test_schools_that_do_not_differ_in_their_gap_are_not_made_to():
    frame = attainment.counted(*drawn(2, gap=12, each=60, years=("2022/23",)), "KS4", "2021-09-01", "2023-08-31").frame
    fit = attainment.schools_differ(frame, GROUPS["disadvantaged"])
    assert fit.coefficients.loc["in_group", "estimate"] == pytest.approx(-12, abs=3)
    assert fit.sd_slope < 3 and 1.5 < fit.sd_group < 5


def test_a_difference_of_means_is_welchs_and_by_school_wider_where_schools_differ():
    sleep = [0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0, 1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4]
    plain = gaps.mean_difference(sleep, [True] * 10 + [False] * 10, outcome="hours")  # Student (1908), as R's t.test prints it
    assert (plain.estimate, plain.p_value) == (pytest.approx(-1.58), pytest.approx(0.07939, abs=5e-6))
    assert (plain.ci_low, plain.ci_high) == (pytest.approx(-3.3654832), pytest.approx(0.2054832))
    rng = np.random.default_rng(3)
    school = np.arange(400) % 20
    points = rng.normal(0, 1, 400) + rng.normal(0, 4, 20)[school]
    of_whole_schools = school < 10
    apart = gaps.mean_difference(points, of_whole_schools, outcome="points", cluster=school)
    alone = gaps.mean_difference(points, of_whole_schools, outcome="points")
    assert apart.ci_high - apart.ci_low > 3 * (alone.ci_high - alone.ci_low)
