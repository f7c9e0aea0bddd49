"""The index says what is real, what failed, what was not answered and what changed."""

from copy import deepcopy

from evaluation_sample import PLACE

from helpers import page


def test_the_index_tells_real_from_made_up_and_names_the_cause_of_a_failure(run):
    html = page.index(run)
    assert html.index("A real place.") < html.index("Made-up records.")
    assert f"Dorset and {PLACE} (made up)" in html
    assert "NotEnoughData: 17 months before; 24 are needed" in html and "1 failed" in html
    assert 'href="run.json"' in html and 'href="made_up/downloads/missing_children.xlsx"' in html


def test_without_a_previous_label_the_index_says_nothing_of_changes(run):
    assert "What changed" not in page.index(run)
    assert "Nothing: the same inputs" in page.index(run, run)


def test_what_changed_is_said_finding_by_finding(run):
    before = deepcopy(run)
    old = before["sets"]["made_up"]["themes"]["missing_children"]["findings"]
    old[0]["strength"], old[1]["estimate"] = "limited", 0.5
    removed = old.pop()
    new_finding = run["sets"]["made_up"]["themes"]["missing_children"]["findings"][-1]["statement"]
    said = " ".join(page.changes(before, run))
    assert "strength was limited, is strong" in said
    assert "the estimate was rate ratio 0.50, 95% interval 0.70 to 0.87, is rate ratio 0.78" in said
    assert f"new finding: {new_finding}" in said and removed["statement"] == new_finding
    assert page.changes(run, run) == []


def test_a_changed_input_and_a_new_failure_are_said(run):
    after = deepcopy(run)
    after["inputs"][0]["sha256"] = "0" * 64
    after["sets"]["made_up"]["themes"]["missing_children"]["status"] = "failed"
    said = page.changes(run, after)
    assert "Changed input: data/synthetic/missing_episodes.csv." in said
    assert f"{PLACE}, missing children: failed this time." in said


def test_all_labels_stand_newest_first(run):
    older = {**run, "label": "2024-q4", "started": "2024-12-01T10:00:00"}
    html = page.all_labels([older, run])
    assert html.index("2025-q1/index.html") < html.index("2024-q4/index.html")
    assert "No label has been run yet." in page.all_labels([])


def test_a_notebook_that_failed_before_its_cover_is_named_by_its_first_heading():
    import nbformat

    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_markdown_cell("# Children missing\n\nWords")])
    assert page.summary(notebook)["title"] == "Children missing"
