"""The default sets end to end: one command from another folder, and everything that a reader is handed."""

import csv
import getpass
import math
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
import yaml
from theme_cells import ROOT

from helpers import evidence, synthetic
from helpers.evidence import STRENGTHS

SETS = yaml.safe_load((ROOT / "notebooks" / "parameters.yml").read_text(encoding="utf-8"))["sets"]
MADE_UP_THEMES = SETS["made_up"]["themes"]
WITHOUT_FINDINGS = {"data_quality"}  # it judges records, and claims nothing of children
PUBLISHED_THEMES = SETS["dorset"]["themes"]
PAGES = [("dorset", theme) for theme in PUBLISHED_THEMES] + [("made_up", theme) for theme in MADE_UP_THEMES]
TRUTH = Path(__file__).parents[2] / "data" / "synthetic" / "TRUTH.md"


class Page(HTMLParser):
    """What a browser would have to fetch or run, what is a link, and the text."""

    def __init__(self, path: Path):
        super().__init__()
        self.tags, self.fetched, self.links, self.handlers, self.words, self.classes = set(), [], [], [], [], []
        self.html = path.read_text(encoding="utf-8")
        self.feed(self.html)

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        for name, value in attrs:
            if name in ("src", "srcset", "poster", "data", "action", "background"):
                self.fetched.append(value or "")
            elif name == "href":
                (self.links if tag == "a" else self.fetched).append(value or "")
            elif name == "class":
                self.classes += (value or "").split()
            elif name.startswith("on"):
                self.handlers.append(name)

    def handle_data(self, data):
        self.words.append(data)

    @property
    def text(self) -> str:
        return re.sub(r"\s+", " ", " ".join(self.words))


def page(run, set_name, theme) -> Page:
    return Page(run.folder / run.theme(set_name, theme)["html"])


def findings(run, set_name) -> list[dict]:
    return [found for theme in run.record["sets"][set_name]["themes"].values() for found in theme["findings"]]


def every_finding(run) -> list[dict]:
    return findings(run, "dorset") + findings(run, "made_up")


def no_effect(finding) -> float:
    return 1.0 if finding["scale"].endswith("ratio") else 0.0


# --- the run


def test_one_command_from_another_folder_runs_every_theme_of_both_sets_and_says_where_the_pages_are(default_run):
    assert default_run.status == 0 and default_run.record["status"] == "ok", default_run.said
    assert str(default_run.folder / "index.html") in default_run.said
    ran = {(name, theme) for name, one in default_run.record["sets"].items() for theme in one["themes"]}
    assert ran == set(PAGES)


@pytest.mark.parametrize(("set_name", "theme"), PAGES)
def test_every_theme_gives_a_page_without_an_error_or_a_warning(default_run, set_name, theme):
    record = default_run.theme(set_name, theme)
    assert record["status"] in ("ok", "partial") and record["error"] is None and record["warnings"] == []
    assert (record["status"] == "partial") == bool(record["not_answered"])
    assert (default_run.folder / record["html"]).is_file()
    assert bool(record["findings"]) == (theme not in WITHOUT_FINDINGS) and record["answer"]


def test_the_two_sets_are_a_real_place_and_an_invented_one(default_run):
    sets = default_run.record["sets"]
    assert {name: (one["local_authority"], one["made_up"]) for name, one in sets.items()} == {
        "dorset": ("Dorset", False),
        "made_up": (synthetic.AUTHORITY, True),
    }


def test_the_record_names_no_user_and_no_folder_of_theirs(default_run, project):
    text = (default_run.folder / "run.json").read_text(encoding="utf-8")
    assert str(Path.home()) not in text and str(project) not in text and str(default_run.folder) not in text
    assert f"/{getpass.getuser()}/" not in text
    inputs = [entry["path"] for entry in default_run.record["inputs"]]
    assert inputs and not [path for path in inputs if Path(path).is_absolute() or ".." in path]
    assert any(path.startswith("data/synthetic/") for path in inputs) and "data/published/benchmarks.csv" in inputs


def test_without_extracts_a_question_says_which_extract_it_needs(default_run):
    needs = {
        theme: {need for gap in default_run.theme("dorset", theme)["not_answered"] for need in gap["needs"]}
        for theme in PUBLISHED_THEMES
    }
    assert {"Missing episodes", "Episodes of care"} <= needs["missing_children"]
    assert {"Child protection plans", "Referrals and child in need episodes"} <= needs["sft_outcomes"]
    assert {"Contacts", "Early help episodes"} <= needs["early_help"]
    for theme in PUBLISHED_THEMES:
        assert all(need in page(default_run, "dorset", theme).text for need in needs[theme])


def test_with_made_up_records_every_question_about_records_is_answered(default_run):
    for theme in MADE_UP_THEMES:
        gaps = default_run.theme("made_up", theme)["not_answered"]
        assert [gap for gap in gaps if gap["needs"]] == []
        assert all(synthetic.AUTHORITY in gap["why"] for gap in gaps)  # what is left asks for published figures


# --- findings


def test_every_finding_has_a_direction_a_strength_and_what_it_rests_on(default_run):
    for found in every_finding(default_run):
        assert found["direction"] in evidence.DIRECTIONS and found["strength"] in STRENGTHS and found["because"], found["id"]
        assert found["statement"].endswith((".", ")")) and not re.search(r"[{}]|\bnan\b|\binf\b|None", found["statement"]), found[
            "id"
        ]
    for set_name, themes in (("dorset", PUBLISHED_THEMES), ("made_up", MADE_UP_THEMES)):
        for theme in themes:
            ids = [found["id"] for found in default_run.theme(set_name, theme)["findings"]]
            assert len(set(ids)) == len(ids)


def test_a_direction_is_claimed_only_where_the_interval_excludes_no_effect(default_run):
    claims = [found for found in every_finding(default_run) if found["direction"] in ("improved", "worsened")]
    assert claims
    for found in claims:
        null = no_effect(found)
        assert found["ci_low"] > null or found["ci_high"] < null, found["id"]
    for found in every_finding(default_run):
        if found["direction"] == "no clear change" and found["p_value"] is None:
            assert found["ci_low"] <= no_effect(found) <= found["ci_high"], found["id"]


def test_no_statement_says_more_than_its_strength_permits(default_run):
    for found in every_finding(default_run):
        said = found["statement"].replace(found["outcome"], "")
        level = STRENGTHS[found["strength"]].level
        for strength in STRENGTHS.values():
            if strength.level > max(level, 1):
                assert not [verb for verb in strength.verbs if re.search(rf"\b{verb}\b", said, re.IGNORECASE)], found["statement"]


def test_real_findings_rest_on_published_figures_and_made_up_ones_on_made_up_records_and_never_meet(default_run):
    assert {found["basis"] for found in findings(default_run, "dorset")} == {"published"}
    assert {found["basis"] for found in findings(default_run, "made_up")} == {"synthetic"}
    compared = {
        set_name: {found["comparator"]["basis"] for found in findings(default_run, set_name) if found["comparator"]}
        for set_name in ("dorset", "made_up")
    }
    assert compared == {"dorset": {"published"}, "made_up": {"synthetic"}}


# --- pages


@pytest.mark.parametrize(("set_name", "theme"), PAGES)
def test_a_page_asks_for_nothing_and_runs_nothing(default_run, set_name, theme):
    shown = page(default_run, set_name, theme)
    assert not shown.tags & {"script", "iframe", "object", "embed", "link", "form", "base", "audio", "video"}
    assert not shown.handlers and [src[:40] for src in shown.fetched if not src.startswith("data:")] == []
    assert not re.search(r"url\(\s*['\"]?(?!data:)|@import|javascript:", shown.html)
    assert "default-src 'none'" in shown.html


@pytest.mark.parametrize(("set_name", "theme"), PAGES)
def test_a_page_says_its_answer_and_its_findings_and_describes_every_picture(default_run, set_name, theme):
    shown, record = page(default_run, set_name, theme), default_run.theme(set_name, theme)
    assert record["answer"] in shown.text
    assert [found["id"] for found in record["findings"] if re.sub(r"\s+", " ", found["statement"]) not in shown.text] == []
    pictures = re.findall(r"<img\b[^>]*>", shown.html)
    assert not [picture[:60] for picture in pictures if not re.search(r'alt="[^"]{40,}"', picture)]


@pytest.mark.parametrize("theme", MADE_UP_THEMES)
def test_a_made_up_page_carries_its_banner_and_no_published_figure(default_run, theme):
    shown = page(default_run, "made_up", theme)
    assert "banner" in shown.classes and synthetic.AUTHORITY in shown.text
    assert "benchmarks.csv" not in shown.html and "South West" not in shown.text and "England’s" not in shown.text


@pytest.mark.parametrize("theme", PUBLISHED_THEMES)
def test_a_real_page_has_no_banner_and_holds_nothing_made_up(default_run, theme):
    shown = page(default_run, "dorset", theme)
    assert "banner" not in shown.classes
    names = (synthetic.AUTHORITY, *synthetic.LOCALITIES)
    files = [default_run.folder / path for path in default_run.theme("dorset", theme).get("downloads", [])]
    text = shown.text + " ".join(file.read_text(encoding="utf-8-sig") for file in files if file.suffix == ".csv")
    assert not [name for name in names if name in text] and "data/synthetic" not in shown.html


def test_a_made_up_page_says_nothing_of_a_real_place_but_where_others_published(default_run):
    for theme in MADE_UP_THEMES:
        record = default_run.theme("made_up", theme)
        assert "Dorset" not in " ".join([record["answer"], *(found["statement"] for found in record["findings"])])
        assert record["parameters"]["local_authority"] == synthetic.AUTHORITY


def test_every_link_on_the_index_leads_to_a_page_and_every_page_is_linked(default_run):
    index = Page(default_run.folder / "index.html")
    here = [link.split("#")[0] for link in index.links if not re.match(r"[a-z]+:|#", link)]
    assert [link for link in here if not (default_run.folder / link).exists()] == []
    assert {f"{set_name}/{theme}.html" for set_name, theme in PAGES} <= set(here)
    assert "script" not in index.tags and index.classes.count("banner") == 1
    assert (default_run.folder.parent / "index.html").is_file()


def test_every_download_is_there_and_its_numbers_are_numbers(default_run):
    for set_name, theme in PAGES:
        for path in default_run.theme(set_name, theme).get("downloads", []):
            file = default_run.folder / path
            assert file.stat().st_size > 0
            if file.suffix == ".csv":
                header, *rows = list(csv.reader(file.read_text(encoding="utf-8-sig").splitlines()))
                assert rows and all(len(row) == len(header) for row in rows) and len(set(header)) == len(header), path


# --- what is true of the made-up authority is found


def truth(what: str) -> str:
    """What TRUTH.md's table gives as the true size in the first row that begins with `what`."""
    rows = [[cell.strip() for cell in line.strip("|\n").split("|")] for line in TRUTH.read_text(encoding="utf-8").splitlines()
            if line.startswith("| ")]  # fmt: skip
    return next(row[3] for row in rows if row[0].startswith(what))


def true_size(what: str) -> float:
    """The size of a planted effect."""
    return float(truth(what).split()[0])


PLANTED = {  # finding -> what TRUTH.md calls it, its units in one of TRUTH.md's, and how wide an interval still finds something
    "incidents-after-the-change": ("missing incidents", 1, 0.8),
    "plans-in-pilot-localities": ("child protection plan starts", 1, 0.8),
    "stepped-down": ("plans stepped down", 100, 80),
    "entered-care": ("plans ended by becoming looked after", 100, 50),
}
# A series without a comparison, its months correlated, has an interval too wide to be sure of finding its effect.
SEEN = ("plans-in-pilot-localities",)


@pytest.mark.parametrize("finding_id", PLANTED)
def test_the_interval_of_a_finding_holds_the_true_size_of_the_effect_that_was_planted(default_run, finding_id):
    what, times, widest = PLANTED[finding_id]
    found, true = default_run.finding("made_up", finding_id), times * true_size(what)
    assert found["ci_low"] <= true <= found["ci_high"], f"{found['ci_low']} to {found['ci_high']} misses {true}"
    assert found["ci_high"] - found["ci_low"] < widest


@pytest.mark.parametrize("finding_id", PLANTED)
def test_planted_effects_large_enough_to_be_seen_are_found_and_none_is_turned_round(default_run, finding_id):
    direction = default_run.finding("made_up", finding_id)["direction"]
    assert direction == "improved" or (direction == "no clear change" and finding_id not in SEEN)


@pytest.mark.parametrize(
    ("finding_id", "what", "way"),
    [
        ("referrals-after-the-change", "contacts that become referrals", "smaller"),
        ("stepping-up-after-the-change", "early help that steps up", "smaller"),
        ("interviews-in-time", "completed return home interviews that were within 72 hours", "larger"),
    ],
)
def test_a_share_that_was_made_to_move_at_the_front_door_or_on_return_is_found_to_move_by_as_much(
    default_run, finding_id, what, way
):
    change, before = map(float, re.findall(r"[-+]?\d\.\d+", truth(what)))  # "-0.08 (from 0.35)"
    found = default_run.finding("made_up", finding_id)
    assert found["ci_low"] <= (before + change) / before <= found["ci_high"]
    assert found["ci_high"] < 1 if way == "smaller" else found["ci_low"] > 1
    assert math.log(found["ci_high"] / found["ci_low"]) < 0.45 and f"a {way} share" in found["statement"]


def test_the_truth_is_that_of_the_effects_that_are_planted():
    effects = synthetic.Effects()
    assert [true_size(what) for what, *_ in PLANTED.values()] == [
        effects.missing_incidents, effects.plan_starts, effects.step_down, effects.escalation,
    ]  # fmt: skip
