"""Themes on awkward authorities: suppressed nearly whole, new, without a return in a year, published as two together."""

import pytest
from pages_of_places import THEMES, said, without_drawing
from theme_cells import THEMES as PRESENT

AWKWARD = [
    "City of London", "Isles of Scilly", "Hackney", "Hampshire", "Herefordshire", "Cumberland", "North Northamptonshire",
    "Kingston upon Thames", "Richmond upon Thames", "Bournemouth, Christchurch and Poole",
]  # fmt: skip
THEMES = [theme for theme in THEMES if theme in PRESENT]


@pytest.fixture(scope="module")
def pages(official_statistics_typed):
    """pages(place) -> what each theme says of it."""
    with without_drawing(official_statistics_typed):
        yield lambda place: [said(theme, place, period_end="2025-12-31") for theme in THEMES]


@pytest.mark.parametrize("place", AWKWARD)
def test_every_theme_runs_for_an_awkward_authority_and_no_sentence_speaks_of_a_figure_that_is_not_there(pages, place):
    told = pages(place)
    assert [fault for page in told for fault in page.faults()] == []
    [of_dorset] = [page for page in told if page.theme == "self_evaluation_claims"]
    assert not of_dorset.findings and f"There is none here for {place}" in " ".join(of_dorset.refused)


def test_a_page_with_a_number_that_is_none_or_a_missing_figure_compared_is_at_fault():
    page = said("self_evaluation_claims", "Nowhere", nothing="a parameter that no theme has")
    assert "KeyError" in page.faults()[0]
    page.failure = ""
    page.blocks = [{"kind": "note", "text": "It was nan."}, {"kind": "note", "text": "It was [c], lower than England’s."}]
    heads = [{"label": label} for label in ("Measure", "Nowhere", "Rank in England")]
    page.blocks += [{"kind": "records", "table": {"caption": "t", "columns": heads, "rows": [["m", "[x]", "3 of 150"]]}}]
    page.blocks += [{"kind": "records", "table": {"caption": "t", "columns": heads, "rows": [["m", "[x]", "[x]"]]}}]
    assert len(page.faults()) == 3
