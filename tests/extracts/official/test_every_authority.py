"""Official statistics against themselves: recomputed rates, shares and the Interactive Tool, for every authority and year."""

import pytest

from helpers.extracts import official, published
from helpers.extracts.official import catalogue, families, interactive_tool
from helpers.extracts.official.sources import SOURCES

RATES = ["children_in_need_rate", "plans_open_rate", "plans_started_rate", "section_47_rate", "referral_rate",
         "initial_conferences_rate"]  # fmt: skip
# What the tool prints otherwise than the files, seen and understood: regional shares of rounded counts, rounding of a half,
# England of all schools rather than state-funded ones.
PRINTED_APART = {"children_missing_share": 2, "children_away_share": 3, "attainment_8": 3, "grade_5_english_maths": 4}


@pytest.mark.parametrize("key", RATES)
def test_rates_from_counts_and_populations_agree_with_the_interactive_tool_to_a_twentieth(official_statistics, key):
    both = _both(official_statistics, key, "")
    assert len(both) > 1600
    assert (both["value"] - both["value_of_tool"]).abs().max() <= 0.0501


@pytest.mark.parametrize("key", [key for key in SOURCES if key not in RATES and key != "conferences_in_15_days_share"])
def test_figures_of_the_files_are_those_of_the_interactive_tool(official_statistics, key):
    """A wrong column, a wrong group or a wrong year would show here."""
    for group, source in SOURCES[key].items():
        if not (source.data_set and source.tool) or "pupils" in group:
            continue
        both = _both(official_statistics, key, group)
        allowed = 0.11 if "attainment" in key else 0.51 if catalogue.MEASURES[key].whole_number else 0.06
        apart = both[(both["value"] - both["value_of_tool"]).abs() > allowed]
        areas = apart[apart["area_type"] == "Local authority"]
        assert len(both) and len(areas) <= PRINTED_APART.get(key, 1), (
            key,
            group,
            areas[["area", "year", "value", "value_of_tool"]],
        )


def _both(statistics, key, group):
    source, definition = SOURCES[key][group], catalogue.MEASURES[key]
    ours, tools = catalogue._from_files(statistics, source, definition), catalogue._from_tool(statistics, source, definition)
    both = ours.merge(tools[[*catalogue.KEY, "value"]], on=catalogue.KEY, suffixes=("", "_of_tool"))
    return both.dropna(subset=["value", "value_of_tool"])


@pytest.mark.parametrize("family", [family for family in families.FAMILIES if family.ratios], ids=lambda family: family.key)
def test_every_published_share_is_its_count_over_what_it_is_said_to_divide(official_statistics, family):
    for measure in set(family.ratios) & set(official_statistics.measures(family.key)):
        figures = official_statistics.figures(family.key, measure)
        figures = figures[(figures["level"] == "Local authority") & (figures["denominator"] > 0)]
        figures = figures.dropna(subset=["numerator", "value"])
        per = 100 if figures["unit"].eq("%").all() else 1
        apart = (per * figures["numerator"] / figures["denominator"] - figures["value"]).abs()
        assert (apart <= 0.51 if per == 100 else apart <= 0.06).mean() > 0.99, (measure, apart.max())


def test_a_pair_that_publishes_one_figure_has_it_each_and_says_so(official_statistics, monkeypatch):
    monkeypatch.setattr(official, "of", lambda: official_statistics)
    measure = published.benchmarks("caseload", "Kingston upon Thames")
    assert measure.where(period="September 2025", role="local authority").data["ratio"].tolist() == [13.9]
    assert "published together" in measure.source


@pytest.mark.parametrize("place", ["City of London", "Isles of Scilly", "Hackney", "Hampshire", "Herefordshire", "Cumberland",
                                   "North Northamptonshire", "Richmond upon Thames", "Buckinghamshire", "Barnsley"])  # fmt: skip
def test_every_measure_answers_or_refuses_in_a_sentence_for_an_awkward_authority(official_statistics, monkeypatch, place):
    monkeypatch.setattr(official, "of", lambda: official_statistics)
    for key in ("children_in_need_rate", "children_missing_share", "attainment_8", "caseload", "early_years_good_level"):
        measure = published.benchmarks(key, place)
        ours = measure.data[measure.data["role"] == "local authority"]
        assert len(ours) and not ours["period"].duplicated().any()
        assert (ours["ratio"].notna() | (ours["symbol"] != "")).all()


def test_the_tool_and_the_files_name_the_same_153_authorities(official_statistics):
    tools = catalogue._from_tool(official_statistics, SOURCES["children_in_need_rate"][""], catalogue.MEASURES["referrals"])
    standing = published.authorities().query("successor == ''")
    of_tool = tools[(tools["area_type"] == "Local authority") & (tools["year"] == 2025)]
    assert set(standing["old_code"]) <= set(of_tool["old_code"])  # the tool lists the abolished too, without figures
    with_figures = of_tool[of_tool["value"].notna()]
    assert set(with_figures["area"]) <= set(standing["name"]) and len(with_figures) > 145
    assert interactive_tool.KEY in {series.data_set for series in official_statistics.series}


@pytest.mark.parametrize(
    ("key", "place", "year", "symbol"),
    [("agency_rate", "Sunderland", 2025, "low"), ("attainment_8", "Isles of Scilly", 2021, "c"),
     ("children_away_share", "North East Lincolnshire", 2024, "c"),
     ("conferences_in_15_days_share", "Kensington and Chelsea", 2021, "")],
)  # fmt: skip
def test_what_a_file_withholds_is_not_taken_from_the_tool_and_what_only_counts_withhold_is(
    official_statistics, key, place, year, symbol
):
    rows = catalogue.rows(official_statistics, key).query("area == @place and year == @year")
    assert rows["symbol"].tolist() == [symbol] and rows["value"].isna().tolist() == [symbol != ""]
