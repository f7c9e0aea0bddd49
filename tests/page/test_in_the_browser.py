"""Pages in a real browser: nothing that axe finds, no request, no script, no sideways scroll, and all said that must be."""

import re
from itertools import pairwise

import pytest

MODES = {
    "light": ({"width": 1280, "height": 900}, "light", "screen"),
    "dark": ({"width": 1280, "height": 900}, "dark", "screen"),
    "phone": ({"width": 320, "height": 640}, "light", "screen"),
    "print": ({"width": 794, "height": 1123}, "light", "print"),
}
PAGES = ("page", "index", "labels")


@pytest.fixture
def open_page(browser, files):
    contexts = []

    def opened(name, mode="light"):
        viewport, scheme, media = MODES[mode]
        context = browser.new_context(viewport=viewport, color_scheme=scheme, accept_downloads=True)
        contexts.append(context)
        tab = context.new_page()
        tab.asked = []
        tab.route("**/*", lambda route: (tab.asked.append(route.request.url), route.continue_()))
        tab.goto(files[name].as_uri())
        tab.emulate_media(media=media, color_scheme=scheme)
        return tab

    yield opened
    for context in contexts:
        context.close()


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("name", PAGES)
def test_axe_finds_nothing(open_page, name, mode):
    from axe_playwright_python.sync_playwright import Axe

    tab = open_page(name, mode)
    tab.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
    results = Axe().run(tab, options={"resultTypes": ["violations"]})
    assert results.response["violations"] == [], results.generate_report()


def test_axe_finds_what_is_wrong_with_a_page_that_is_not_ours(browser):
    from axe_playwright_python.sync_playwright import Axe

    tab = browser.new_page()
    tab.set_content("<html><body><img src='data:,'><p style='color:#ccc'>faint</p></body></html>")
    found = {violation["id"] for violation in Axe().run(tab).response["violations"]}
    tab.close()
    assert {"image-alt", "color-contrast", "html-has-lang", "landmark-one-main"} <= found


@pytest.mark.parametrize("name", PAGES)
def test_opening_a_page_asks_for_nothing_but_the_page(open_page, files, name):
    asked = open_page(name).asked
    assert [url for url in asked if not url.startswith("data:image/png")] == [files[name].as_uri()]


@pytest.mark.parametrize("name", PAGES)
def test_no_page_scrolls_sideways_on_a_small_phone(open_page, name):
    tab = open_page(name, "phone")
    tab.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
    assert tab.evaluate("document.documentElement.scrollWidth") <= 320


@pytest.mark.parametrize("name", PAGES)
def test_headings_begin_with_one_h1_and_go_down_one_level_at_a_time(open_page, name):
    levels = open_page(name).eval_on_selector_all("h1,h2,h3,h4,h5,h6", "all => all.map(h => Number(h.tagName[1]))")
    assert levels[0] == 1 and levels.count(1) == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))


@pytest.mark.parametrize("name", PAGES)
def test_every_link_within_a_page_leads_somewhere_and_no_anchor_is_used_twice(open_page, name):
    tab = open_page(name)
    ids = tab.eval_on_selector_all("[id]", "all => all.map(e => e.id)")
    links = tab.eval_on_selector_all("a[href^='#']", "all => all.map(a => a.getAttribute('href').slice(1))")
    assert len(ids) == len(set(ids))
    assert set(links) <= set(ids)


def test_every_picture_says_what_it_shows(open_page):
    alts = open_page("page").eval_on_selector_all("img", "all => all.map(i => i.getAttribute('alt') || '')")
    assert len(alts) == 6
    assert all(len(alt) > 40 and "No description" not in alt and not re.search(r"\.png|image", alt) for alt in alts)


@pytest.mark.parametrize("name", PAGES)
def test_every_table_has_a_caption_scopes_and_no_empty_or_merged_cell(open_page, name):
    tables = open_page(name).eval_on_selector_all(
        "table",
        """all => all.map(t => ({caption: t.caption ? t.caption.textContent.trim() : '',
            heads: [...t.querySelectorAll('th')].every(h => ['col', 'row'].includes(h.scope)),
            rows: [...t.tBodies[0].rows].every(r => r.cells[0].scope === 'row'),
            full: [...t.querySelectorAll('th,td')].every(c => c.textContent.trim() !== ''),
            single: [...t.querySelectorAll('th,td')].every(c => c.colSpan === 1 && c.rowSpan === 1),
            even: new Set([...t.rows].map(r => r.cells.length)).size === 1}))""",
    )
    assert tables or name == "index"
    for table in tables:
        assert table["caption"] and table["heads"] and table["rows"] and table["full"] and table["single"] and table["even"], (
            table
        )


def test_the_csv_of_a_table_opens_from_a_single_file(open_page):
    tab = open_page("page")
    with tab.expect_download(timeout=10_000) as waited:
        tab.click("text=Download table 1 as a CSV file")
    assert waited.value.suggested_filename == "missing_children-table-1.csv"
    text = waited.value.path().read_text(encoding="utf-8-sig")
    assert text.splitlines()[0].startswith("Year to March,Locality,Children missing,Children in care,Percentage missing")


def test_everything_folded_away_is_open_in_print(open_page):
    tab = open_page("page", "print")
    heights = tab.eval_on_selector_all("figure details table", "all => all.map(t => t.getBoundingClientRect().height)")
    assert heights and min(heights) > 40


def test_a_keyboard_reaches_every_region_that_scrolls(open_page):
    tab = open_page("page", "phone")
    regions = tab.eval_on_selector_all(".scroll,.pic", "all => all.map(r => [r.tabIndex, r.getAttribute('role'), r.ariaLabel])")
    assert all(tabindex == 0 and role == "region" and label for tabindex, role, label in regions)
    assert len({label for *_, label in regions}) == len(regions)


def test_links_and_buttons_are_large_enough_to_hit(open_page):
    sizes = open_page("page", "phone").eval_on_selector_all(
        "nav a,.more a,.csv a,summary", "all => all.filter(e => e.offsetParent).map(e => e.getBoundingClientRect().height)"
    )
    assert min(sizes) >= 24


def test_printing_gives_a_tagged_document(browser, files):
    tab = browser.new_page()
    tab.goto(files["page"].as_uri())
    printed = tab.pdf(prefer_css_page_size=True, tagged=True)
    tab.close()
    assert b"/StructTreeRoot" in printed and b"/Lang" in printed
