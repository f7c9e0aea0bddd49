"""A return that others made: the page answers what it can, and says what that return cannot answer."""

from theme_cells import code


def gaps(run) -> dict[str, str]:
    [one] = run.record["sets"].values()
    return {gap["question"]: gap["why"] for gap in one["themes"]["missing_children"]["not_answered"]}


def test_a_return_of_children_in_care_gives_a_page_and_its_incidents(others_run):
    # Two reviews of one child on one day say different things: fatal to the table of reviews, which this page does not need.
    assert others_run.status == 1 and "reviews.csv" in others_run.said, others_run.said
    theme = others_run.theme("dorset", "missing_children")
    assert theme["status"] == "partial" and theme["error"] is None
    assert [entry["rows"] for entry in others_run.record["inputs"] if entry["path"].endswith("missing.csv")] == [45]
    answered = "Which incidents are counted?"
    assert answered in code("missing_children")["cohort"] and answered not in gaps(others_run)
    assert theme["parameters"]["period_start"] == "2016-04-01"


def test_it_says_that_the_return_holds_no_return_interviews_too_few_a_month_and_no_published_year(others_run):
    why = " ".join(gaps(others_run).values())
    assert "return interview was offered" in why
    assert "no month can be told from another" in why
    assert "March 2017 and 2018" in why
    page = (others_run.folder / others_run.theme("dorset", "missing_children")["html"]).read_text(encoding="utf-8")
    assert all(reason.split("'")[0] in page for reason in gaps(others_run).values())


def test_it_says_which_columns_the_return_does_not_carry(others_run):
    page = (others_run.folder / others_run.theme("dorset", "missing_children")["html"]).read_text(encoding="utf-8")
    assert page.count("The SSDA903 return") >= 2


def test_what_was_wrong_in_the_files_is_told_without_a_child_s_name(others_run):
    assert "missing.csv" in others_run.said and "rows are kept as they are" in others_run.said
    with_names = others_run.folder / "run.json"
    assert "child 1" not in with_names.read_text(encoding="utf-8")


def test_records_without_an_about_yml_are_taken_to_be_of_the_authority_that_was_named_and_are_not_made_up(others_run):
    [one] = others_run.record["sets"].values()
    assert (one["local_authority"], one["made_up"]) == ("Dorset", False)
    assert {found["basis"] for found in one["themes"]["missing_children"]["findings"]} <= {"extract", "published"}
