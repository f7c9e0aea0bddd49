"""Every benchmark that ships, held to the files it was taken from (where they are present) and to verified facts (everywhere)."""

from functools import cache
from pathlib import Path

import pandas as pd
import pytest

from helpers.extracts.official.catalogue import MEASURES
from helpers.extracts.official.sources import SOURCES
from helpers.extracts.published import DATA

STATISTICS = Path(__file__).parents[3] / "shared" / "open-statistics"
POPULATION = "population"
DORSET = "838"
COUNTY = "Local authority"
NUMBERS = ["numerator", "denominator", "value"]


@pytest.fixture(scope="module")
def benchmarks() -> pd.DataFrame:
    table = pd.read_csv(DATA / "benchmarks.csv", dtype=str, keep_default_na=False).assign(year=lambda d: d["year"].astype(int))
    sources = pd.read_csv(DATA / "benchmark_sources.csv", dtype=str, keep_default_na=False)
    return table.merge(sources, how="left", on="source_id").fillna("")


@pytest.fixture(scope="module")
def of_everyone(benchmarks) -> pd.DataFrame:
    """The benchmarks that are not of a group."""
    return benchmarks[benchmarks["group"] == ""]


@pytest.fixture(scope="module")
def statistics(shared) -> Path:
    """The department's files, where the reference folder is present."""
    return shared / "open-statistics"


# What section 7 of the formats note and section 5 of the note on official statistics verified, for Dorset.
VERIFIED = [  # measure, year, numerator, denominator, value
    ("children_missing_share", 2024, "71", "590", 12),
    ("children_missing_share", 2023, "76", "599", 13),
    ("children_missing_share", 2025, "", "", 14),
    ("children_missing_more_than_once", 2024, "45", "", 45),
    ("missing_incidents_per_child", 2024, "448", "71", 6.3),
    ("children_away", 2024, "25", "", 25),
    ("away_incidents", 2024, "55", "", 55),
    ("plans_open", 2024, "296", "", 296),
    ("plans_open_rate", 2024, "296", "66436", 44.6),
    ("plans_open_rate", 2023, "304", "66267", 45.9),
    ("repeat_plans_share", 2024, "104", "357", 29.1),
    ("repeat_plans_share", 2025, "92", "335", 27.5),
    ("plans_open_two_years_share", 2024, "7", "296", 2.4),
    ("section_47_rate", 2024, "1050", "66436", 158.0),
    ("section_47_enquiries", 2025, "1031", "", 1031),
    ("initial_conferences", 2024, "388", "", 388),
    ("children_in_need_rate", 2024, "2167", "66436", 326.2),
    ("children_in_need_rate", 2023, "2371", "66267", 357.8),
    ("referral_rate", 2024, "2454", "66436", 369.4),
    ("referral_rate", 2025, "2349", "67149", 349.8),
    ("re_referrals_share", 2024, "345", "2454", 14.1),
    ("re_referrals_share", 2025, "346", "2349", 14.7),
    ("looked_after_rate", 2024, "447", "66436", 67),
    ("looked_after_rate", 2023, "433", "66267", 65),
    ("looked_after", 2025, "437", "", 437),
    ("conferences_in_15_days_share", 2024, "319", "388", 82.2),
    ("no_further_action_share", 2024, "289", "2454", 11.8),
    ("assessed_not_in_need_share", 2024, "623", "2454", 25.4),
    ("assessments_in_45_days_share", 2023, "", "", 86.5),
    ("assessments_in_45_days_share", 2022, "", "", 93.1),
    ("unaccompanied", 2024, "54", "", 54),
    ("three_placements_share", 2025, "48", "437", 11),
    ("long_term_stability_share", 2025, "122", "156", 78),
    ("long_term_stability_share", 2024, "106", "152", 70),
    ("plans_in_january", 2024, "3916", "", 3916),
    ("plans_in_january", 2025, "4333", "", 4333),
    ("key_stage_2_maths", 2023, "", "", 68),
    ("early_years_good_level", 2025, "", "", 69.7),
    ("neet", 2025, "", "", 4.1),
]
OF_GROUPS = [  # measure, group, year, value: the same notes
    ("early_years_good_level", "eligible for free school meals", 2025, 45.0),
    ("early_years_good_level", "eligible for free school meals", 2022, 41.4),
    ("early_years_good_level", "girls", 2022, 71.5),
    ("early_years_good_level", "boys", 2022, 59.8),
    ("early_years_good_level", "special educational needs support", 2022, 31.2),
    ("early_years_good_level", "education, health and care plan", 2022, 3.2),
    ("key_stage_2_reading_writing_maths", "disadvantaged", 2025, 39),
    ("key_stage_2_reading_writing_maths", "not disadvantaged", 2025, 63),
    ("attainment_8", "disadvantaged", 2025, 31.1),
    ("attainment_8", "not disadvantaged", 2025, 46.9),
    ("attainment_8", "disadvantaged", 2019, 35.8),
    ("attainment_8", "not disadvantaged", 2019, 48.7),
    ("attainment_8", "special educational needs support", 2019, 31.0),
    ("attainment_8", "education, health and care plan", 2019, 12.9),
    ("attainment_8", "no identified special educational needs", 2019, 49.7),
    ("attainment_8", "girls", 2023, 46.2),
    ("attainment_8", "boys", 2023, 42.2),
]


@pytest.mark.parametrize(("measure", "group", "year", "value"), OF_GROUPS)
def test_dorsets_verified_figures_of_groups_ship_as_published(benchmarks, measure, group, year, value):
    row = benchmarks.query("measure_key == @measure and group == @group and old_code == @DORSET and year == @year").iloc[0]
    assert round(float(row["value"]), 1) == value


@pytest.mark.parametrize(("measure", "year", "numerator", "denominator", "value"), VERIFIED)
def test_dorsets_verified_figures_ship_as_published(of_everyone, measure, year, numerator, denominator, value):
    row = of_everyone.query("measure_key == @measure and old_code == @DORSET and year == @year").iloc[0]
    assert (row["numerator"], row["denominator"]) == (numerator, denominator)
    assert round(float(row["value"]), 1) == value


@pytest.mark.parametrize(
    ("measure", "area", "year", "numerator", "value"),
    [
        ("missing_incidents", "South West", 2024, "4980", 4980),
        ("missing_incidents", "England", 2024, "83920", 83920),
        ("children_missing_share", "England", 2025, "", 11),
        ("repeat_plans_share", "England", 2025, "15130", 24.5),
        ("re_referrals_share", "England", 2025, "142900", 22.6),
        ("looked_after_rate", "England", 2024, "83530", 69),
        ("referral_rate", "England", 2025, "632830", 519.4),
    ],
)
def test_verified_figures_of_the_region_and_england_are_marked_as_rounded(of_everyone, measure, area, year, numerator, value):
    row = of_everyone.query("measure_key == @measure and area == @area and year == @year").iloc[0]
    assert (row["numerator"], round(float(row["value"]), 1)) == (numerator, value)
    assert row["rounded"] == ("yes" if numerator else "no")


def test_a_suppressed_or_unavailable_figure_keeps_its_publishers_symbol(of_everyone):
    two_years = of_everyone.query("measure_key == 'plans_open_two_years_share' and old_code == @DORSET and year == 2023").iloc[0]
    assert (two_years["value"], two_years["symbol"]) == ("", "c")
    re_referrals = of_everyone.query("measure_key == 're_referrals' and old_code == @DORSET and year == 2020").iloc[0]
    assert (re_referrals["value"], re_referrals["symbol"]) == ("", "x")
    assert (of_everyone["value"] == "").eq(of_everyone["symbol"] != "").all()


def test_dorsets_series_of_social_care_begin_in_2020_and_the_county_before_it_is_nowhere(benchmarks):
    plans = benchmarks[(benchmarks["measure_key"] == "plans_open") & (benchmarks["old_code"] == DORSET)]
    assert plans["year"].min() == 2020
    assert not benchmarks["old_code"].isin(["835", "836", "837"]).any()


def test_dorset_all_its_neighbours_in_both_models_the_region_and_england_are_there(of_everyone):
    models = pd.read_csv(DATA / "statistical_neighbours.csv", dtype=str)
    neighbours = set(models.loc[models["old_code"] == DORSET, "neighbour_old_code"])
    assert len(neighbours) == 15
    for measure in MEASURES:
        rows = of_everyone[of_everyone["measure_key"] == measure]
        assert set(rows["old_code"]) == neighbours | {DORSET, ""}, measure
        assert {"South West", "England"} <= set(rows["area"]), measure


def test_every_row_says_where_it_comes_from_and_stands_once(benchmarks):
    assert (benchmarks[["source", "release"]] != "").all(axis=None)
    assert not benchmarks.duplicated(["measure_key", "group", "area", "year"]).any()
    assert {(key, group) for key, group in zip(benchmarks["measure_key"], benchmarks["group"], strict=True)} <= {
        (key, group) for key, groups in SOURCES.items() for group in groups
    }
    assert set(benchmarks["measure_key"]) == set(MEASURES)


def test_what_ships_stays_small():
    assert (DATA / "benchmarks.csv").stat().st_size < 5_000_000


# ---- every row again, from the department's files ----

CIN = "cin_cpp/{}_2013_to_2025.csv".format
B1, C1 = CIN("b1_children_in_need"), CIN("c1_children_in_need_referrals_and_rereferrals")
C4, D3, D5 = (
    CIN("c4_children_in_need_section_47s_and_icpcs"),
    CIN("d3_cpps_subsequent_plan"),
    CIN("d5_cpps_at31march_by_duration"),
)
CLA, MISSING = "cla/cla_number_and_rate_per_10k_children.csv", "missing/la_children_missing_or_away_2020_2024.csv"
ON_31_MARCH = "Children looked after on 31 March each year"
STARTING, CEASING = "Children starting to be looked after each year", "Children ceasing to be looked after each year"
IN_YEAR, WENT_MISSING = "Children looked after during the year", "Children who had a missing incident during the year"
AWAY = "Children who were away from placement without authorisation during the year"
REPEATEDLY, INCIDENTS = "Children who went missing more than once during the year", "Number of missing incidents during the year"
AWAY_INCIDENTS = "Number of away from placement without authorisation incidents during the year"

FROM_COLUMNS = {  # measure: file, numerator, denominator, published value (None where it is computed from the two)
    "plans_started": (D3, "CPP_start", None, "CPP_start"),
    "plans_started_rate": (D3, "CPP_start", POPULATION, None),
    "plans_open": (D5, "CPP_At31", None, "CPP_At31"),
    "plans_open_rate": (D5, "CPP_At31", POPULATION, None),
    "repeat_plans": (D3, "CPP_subsequent", None, "CPP_subsequent"),
    "repeat_plans_share": (D3, "CPP_subsequent", "CPP_start", "CPP_subsequent_percent"),
    "plans_open_two_years": (D5, "2_years_or_more", None, "2_years_or_more"),
    "plans_open_two_years_share": (D5, "2_years_or_more", "CPP_At31", "2_years_or_more_percent"),
    "section_47_enquiries": (C4, "Section47", None, "Section47"),
    "section_47_rate": (C4, "Section47", POPULATION, None),
    "initial_conferences": (C4, "ICPC", None, "ICPC"),
    "initial_conferences_rate": (C4, "ICPC", POPULATION, None),
    "children_in_need": (B1, "At31_episodes", None, "At31_episodes"),
    "children_in_need_rate": (B1, "At31_episodes", POPULATION, None),
    "referrals": (C1, "referral_count", None, "referral_count"),
    "referral_rate": (C1, "referral_count", POPULATION, None),
    "re_referrals": (C1, "rereferral_count", None, "rereferral_count"),
    "re_referrals_share": (C1, "rereferral_count", "referral_count", "rereferral_percent"),
}
FROM_KINDS = {  # measure: file, then the same, of rows that carry the kind of figure in a column
    "looked_after": (CLA, ON_31_MARCH, None, ON_31_MARCH),
    "looked_after_rate": (CLA, ON_31_MARCH, POPULATION, "rate"),
    "starting_care": (CLA, STARTING, None, STARTING),
    "starting_care_rate": (CLA, STARTING, POPULATION, "rate"),
    "ceasing_care": (CLA, CEASING, None, CEASING),
    "ceasing_care_rate": (CLA, CEASING, POPULATION, "rate"),
    "looked_after_in_year": (MISSING, IN_YEAR, None, IN_YEAR),
    "children_missing": (MISSING, WENT_MISSING, None, WENT_MISSING),
    "children_missing_share": (
        MISSING,
        WENT_MISSING,
        IN_YEAR,
        "Percentage of children who had a missing incident during the year",
    ),
    "children_missing_more_than_once": (MISSING, REPEATEDLY, None, REPEATEDLY),
    "children_missing_more_than_once_share": (MISSING, REPEATEDLY, WENT_MISSING, None),
    "missing_incidents": (MISSING, INCIDENTS, None, INCIDENTS),
    "missing_incidents_per_child": (
        MISSING,
        INCIDENTS,
        WENT_MISSING,
        "Average number of missing incidents per looked after child who went missing",
    ),
    "children_away": (MISSING, AWAY, None, AWAY),
    "children_away_share": (
        MISSING,
        AWAY,
        IN_YEAR,
        "Percentage of children who were away from placement without authorisation during the year",
    ),
    "away_incidents": (MISSING, AWAY_INCIDENTS, None, AWAY_INCIDENTS),
}
FROM_TOOL = {  # measure: the Interactive Tool's short name
    "children_missing_share": "Children_missing",
    "children_away_share": "Children_Away",
    "looked_after": "LACnum",
    "looked_after_rate": "LAC",
    "starting_care": "LACnum_Start",
    "starting_care_rate": "LAC_Start_Rate",
    "ceasing_care": "LACceased",
    "ceasing_care_rate": "LAC_Cease_Rate",
}

RATES_IN_TOOL = {  # rates that are recomputed here and printed there
    "children_in_need_rate": "CIN",
    "plans_open_rate": "CPP_rate",
    "plans_started_rate": "CPP_Abuse_Rate",
    "section_47_rate": "Section_47",
    "referral_rate": "CPP_Total_Rateper10,000",
    "initial_conferences_rate": "ISCP_Conf",
}


@cache
def cells(path: str) -> dict:
    """The cells of one file by (old code, South West or England; year; column or kind of figure)."""
    table = pd.read_csv(STATISTICS / path, dtype=str, keep_default_na=False, encoding="utf-8-sig")
    place = table["old_la_code"].where(table["geographic_level"] == COUNTY, table["region_name"])
    table["place"] = place.where(table["geographic_level"] != "National", "England")
    found = {}
    for row in table.to_dict("records"):
        kind = row.get("CLA_group", row.get("population_type"))
        named = {(kind, column): value for column, value in row.items()} if kind else row
        for column, value in named.items():
            found[row["place"], int(row["time_period"]), column] = value
    return found


@cache
def tool() -> dict:
    """The Interactive Tool's values by (old code, South West or England; year; short name)."""
    table = pd.read_parquet(STATISTICS / "lait" / "bds_long_0.parquet").dropna(subset=["LA Number", "Values"])
    table = table[table["Short Desc"].isin([*FROM_TOOL.values(), *RATES_IN_TOOL.values()])]
    places = table["LA Number"].astype(int).astype(str).replace({"990": "South West", "970": "England"})
    return {
        (place, int(year), short): value
        for place, year, short, value in zip(places, table["Years"], table["Short Desc"], table["Values"], strict=True)
        if len(year) == 4 and year.isdigit()
    }


def population(place: str, year: int) -> str:
    """Children aged 0 to 17 at the mid-year before the year to 31 March."""
    path = "lookups/ons_mid-year_population_estimates_2012_to_2024.csv"
    return cells(path).get((place, year - 1, "population_estimate"), "x")


def published_cells(measure: str, place: str, year: int) -> tuple[str, str, str | None]:
    """Numerator, denominator and published value as the file prints them; KeyError where it has no such row."""
    if measure in FROM_COLUMNS:
        path, above, below, value = FROM_COLUMNS[measure]
        cell = lambda column: cells(path)[place, year, column]
        under = population(place, year) if below == POPULATION else cell(below) if below else ""
        return cell(above), under, cell(value) if value else None
    path, above, below, value = FROM_KINDS[measure]
    column = "children_count" if path == CLA else "number"
    cell = lambda kind, column=column: cells(path)[place, year, (kind, column)]
    under = cell(above, "population_estimate") if below == POPULATION else cell(below) if below else ""
    shown = cell(above, "rate_per_10000") if value == "rate" else cell(value) if value else None
    return cell(above), under, shown


def is_number(text: str) -> bool:
    return text.replace(".", "", 1).isdigit()


def expected(measure: str, place: str, year: int) -> dict:
    """Numerator, denominator, value and symbol of one benchmark, from the department's own files."""
    try:
        above, below, value = published_cells(measure, place, year)
    except KeyError:
        value = tool()[place, year, FROM_TOOL[measure]]
        above, below = (value if MEASURES[measure].per is None else ""), ""
    if value is None:
        counts = is_number(above) and is_number(below)
        value = str(MEASURES[measure].per * int(above) / int(below)) if counts else above if not is_number(above) else below
    known = is_number(value)
    return {
        "numerator": above if is_number(above) else "",
        "denominator": below if is_number(below) else "",
        "value": float(value) if known else None,
        "symbol": "" if known else {"k": "low"}.get(value, value),
    }


@pytest.mark.parametrize("measure", FROM_COLUMNS | FROM_KINDS)
def test_every_row_is_what_the_departments_files_print(of_everyone, statistics, measure):
    """Made again without the loader: what the loader gives for these measures is checked against a second reading."""
    rows = of_everyone[of_everyone["measure_key"] == measure]
    assert len(rows)
    for row in rows.to_dict("records"):
        wanted = expected(measure, row["old_code"] or row["area"], row["year"])
        got = {"numerator": row["numerator"], "denominator": row["denominator"], "symbol": row["symbol"]}
        got["value"] = float(row["value"]) if row["value"] else None
        if wanted["value"] is not None:
            wanted["value"] = pytest.approx(wanted["value"], abs=0.00005)
        assert got == wanted, (measure, row["area"], row["year"])


def test_no_year_that_the_files_have_is_left_out(of_everyone, statistics):
    benchmarks = of_everyone
    places = set(benchmarks["old_code"]) - {""} | {"South West", "England"}
    present = {(row.measure_key, row.old_code or row.area, row.year) for row in benchmarks.itertuples()}
    for measure, (path, *_) in (FROM_COLUMNS | FROM_KINDS).items():
        years = {(place, year) for place, year, _ in cells(path) if place in places}
        assert {(measure, *key) for key in years} <= present, measure
    in_tool = {
        (measure, place, year)
        for measure, short in FROM_TOOL.items()
        for (place, year, name), value in tool().items()
        if name == short and place in places and is_number(value)
    }
    assert in_tool <= present


def test_recomputed_rates_agree_with_the_interactive_tool(of_everyone, statistics):
    benchmarks = of_everyone
    compared, apart = 0, []
    for row in benchmarks[benchmarks["measure_key"].isin(RATES_IN_TOOL)].itertuples():
        theirs = tool().get((row.old_code or row.area, row.year, RATES_IN_TOOL[row.measure_key]), "-")
        if is_number(theirs) and row.value:
            compared += 1
            if abs(float(row.value) - float(theirs)) > 0.0501:
                apart.append((row.measure_key, row.area, row.year, row.value, theirs))
    assert compared > 1000
    assert not apart


def test_what_ships_is_what_the_loader_makes_of_the_departments_files(benchmarks, official_statistics):
    from helpers.extracts.official.__main__ import FIGURES, figures

    made, sources = figures(official_statistics)
    shipped = benchmarks[FIGURES].assign(year=benchmarks["year"].astype(int))
    pd.testing.assert_frame_equal(
        made.assign(year=made["year"].astype(int)).reset_index(drop=True), shipped.reset_index(drop=True), check_dtype=False
    )
    assert set(sources["source_id"]) == set(benchmarks["source_id"])
