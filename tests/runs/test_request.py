import os
import subprocess
import sys
from pathlib import Path

import pytest

from helpers.runs import request
from helpers.runs.request import Refused

OWN = 'change_on: str = "2022-11-01"  # day\nfollow_up_days: int = 30\nshare: float = 0.5\nweighted: bool = True\n'


@pytest.fixture
def two_themes(project):
    project.theme("missing_children")
    project.theme("sft_outcomes", parameters=project.PARAMETERS + OWN)
    return project


def problems(project, *themes, **options) -> list[str]:
    with pytest.raises(Refused) as refusal:
        request.check(project.args(*themes, **options), project.root)
    return refusal.value.problems


def checked(project, *themes, **options):
    return request.check(project.args(*themes, **options), project.root)


def test_an_unknown_theme_is_refused_with_the_nearest_name(two_themes):
    assert problems(two_themes, "mising_children") == ["There is no theme mising_children. Did you mean missing_children?"]


def test_an_unknown_set_is_refused_with_the_nearest_name(two_themes):
    assert problems(two_themes, set=["dorst"]) == ["There is no set dorst in parameters.yml. Did you mean dorset?"]


def test_an_unknown_parameter_is_refused_with_the_nearest_name(two_themes):
    [told] = problems(two_themes, p=[["local_autority", "Dorset"]])
    assert told.startswith("-p: local_autority is not a parameter") and told.endswith("Did you mean local_authority?")


def test_a_parameter_of_one_chosen_theme_is_enough_and_of_none_is_refused(two_themes):
    [one] = checked(two_themes, p=[["follow_up_days", "60"]]).sets
    assert one.themes["sft_outcomes"]["follow_up_days"] == 60 and "follow_up_days" not in one.themes["missing_children"]
    [told] = problems(two_themes, "missing_children", p=[["follow_up_days", "60"]])
    assert "It belongs to sft_outcomes" in told


@pytest.mark.parametrize(
    "name, value, told",
    [
        ("follow_up_days", "yes", "follow_up_days is a whole number such as 30, not “yes”."),
        ("follow_up_days", "1.5", "follow_up_days is a whole number"),
        ("follow_up_days", "1_000", "follow_up_days is a whole number"),
        ("share", "half", "share is a number such as 0.5"),
        ("share", "nan", "share is a number"),
        ("weighted", "maybe", "weighted is true or false"),
        ("locality", "a\nb", "locality holds a line break"),
        ("change_on", "2024-02-31", "change_on: there is no such day as 2024-02-31."),
        ("change_on", "2024-13-01", "change_on: there is no such day as 2024-13-01."),
        ("change_on", "01/02/2024", "change_on is a day written year-month-day, here 2024-02-01, not “01/02/2024”."),
        ("change_on", "20240201", "for example 2024-03-31"),
        ("change_on", "", "change_on is a day"),
        ("period_end", "2018-01-01", "the period begins on 2019-04-01, after it ends on 2018-01-01."),
    ],
)
def test_a_value_of_the_wrong_kind_is_refused_in_a_sentence(two_themes, name, value, told):
    found = problems(two_themes, p=[[name, value]])
    assert len(found) == 1 and told in found[0]


@pytest.mark.parametrize("given, kept", [("Yes", True), ("false", False)])
def test_true_and_false_may_be_written_as_people_write_them(two_themes, given, kept):
    assert checked(two_themes, "sft_outcomes", p=[["weighted", given]]).sets[0].themes["sft_outcomes"]["weighted"] is kept


def test_all_problems_are_told_at_once_and_nothing_runs(two_themes, capsys):
    wrong = [["follow_up_days", "x"], ["change_on", "2024-02-31"]]
    status = two_themes.run("mising_children", "sft_outcomes", p=wrong, label="../x", data="nowhere", jobs=0)
    told = capsys.readouterr().err
    assert status == 2 and told.count("\n- ") == 6
    assert not (two_themes.root / ".work").exists() and not two_themes.reports.exists()


@pytest.mark.parametrize("label", ["../x", "a/b", "a\\b", ".hidden", "a..b", "con", "x.", "é", " ", "a" * 200, "index.html"])
def test_a_label_that_cannot_name_a_folder_is_refused(two_themes, label):
    assert "cannot name a folder" in problems(two_themes, label=label)[0]


def test_an_authority_that_does_not_exist_is_refused_with_the_nearest(two_themes):
    [told] = problems(two_themes, p=[["local_authority", "Dorsett"]])
    assert "Dorset" in told


@pytest.mark.parametrize("text", ["838", "E06000059", "dorset"])
def test_an_authority_may_be_given_by_name_or_code_and_is_known_by_its_name(two_themes, text):
    [one] = checked(two_themes, p=[["local_authority", text]]).sets
    assert (one.name, one.local_authority) == ("dorset", "Dorset")
    assert one.themes["missing_children"]["local_authority"] == "Dorset"


def test_a_looser_policy_needs_the_name_of_who_approved_it(two_themes):
    [told] = problems(two_themes, p=[["suppress_up_to", "5"]])
    assert told.startswith("suppress_up_to 5 is looser than 7")
    assert checked(two_themes, p=[["suppress_up_to", "5"]], approved_by="A Director").approved_by == "A Director"
    assert checked(two_themes, p=[["suppress_up_to", "10"]]).sets[0].themes["sft_outcomes"]["suppress_up_to"] == 10


def test_values_further_down_the_list_win(two_themes):
    two_themes.sets(
        "all: {period_end: 2022-03-31, locality: A}\nsft_outcomes: {follow_up_days: 10, locality: B}\n"
        "sets:\n  quarterly: {follow_up_days: 20, themes: [sft_outcomes]}\n  dorset: {local_authority: Dorset}\n"
    )
    quarterly, dorset = checked(two_themes).sets
    assert quarterly.themes["sft_outcomes"]["follow_up_days"] == 20 and list(quarterly.themes) == ["sft_outcomes"]
    assert (
        dorset.themes["sft_outcomes"] | {"follow_up_days": 10, "locality": "B", "period_end": "2022-03-31"}
        == dorset.themes["sft_outcomes"]
    )
    assert dorset.themes["missing_children"]["locality"] == "A"
    [one] = checked(two_themes, set=["quarterly"], p=[["follow_up_days", "40"]]).sets
    assert one.themes["sft_outcomes"]["follow_up_days"] == 40


@pytest.mark.parametrize(
    "text, told",
    [
        ("sets: {a: {locl: x}}", "set a: locl is not a parameter. Did you mean locality?"),
        ("misc: {}\nsets: {a: {}}", "misc is not a theme"),
        ("sets: {a/b: {}}", "the set name “a/b” cannot name a folder"),
        ("sets: {a: {themes: [sft]}}", "there is no theme sft. Did you mean sft_outcomes?"),
        ("sets: {a: {data: data/none}}", "there is nothing at data/none"),
        ("sets: {a: {follow_up_days: true}}", "follow_up_days is a whole number"),
        ("sets: {a: {locality: [x]}}", "locality is a text"),
        ("sets: [a]", "sets should hold names and values"),
        ("sets: {a: {}", "parameters.yml is not readable as YAML (line"),
        ("missing_children: {follow_up_days: 3}\nsets: {a: {}}", "missing_children: follow_up_days is not a parameter of it"),
    ],
)
def test_a_mistake_in_the_parameters_file_is_told_with_its_place(two_themes, text, told):
    two_themes.sets(text)
    assert any(told in problem for problem in problems(two_themes)), problems(two_themes)


def about(folder, text):
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "about.yml").write_text(text, encoding="utf-8")
    return folder


def test_data_make_one_set_for_the_authority_that_they_name(two_themes, tmp_path):
    data = about(tmp_path / "extracts", "authority: Cornwall\n")
    [one] = checked(two_themes, data=data).sets
    assert (one.name, one.local_authority, one.data, one.made_up) == ("cornwall", "Cornwall", data.resolve(), False)


def test_a_set_that_is_given_records_has_the_page_on_them_too(two_themes, tmp_path):
    two_themes.theme("data_quality")
    two_themes.sets("sets:\n  dorset:\n    themes: [sft_outcomes]\n")
    given = [one.themes for one in checked(two_themes, set=["dorset"], data=tmp_path).sets]
    assert [list(themes) for themes in given] == [["sft_outcomes", "data_quality"]]
    assert list(checked(two_themes, set=["dorset"]).sets[0].themes) == ["sft_outcomes"]
    assert list(checked(two_themes, "sft_outcomes", set=["dorset"], data=tmp_path).sets[0].themes) == ["sft_outcomes"]


def test_data_without_a_name_are_vouched_for_as_dorsets(two_themes, tmp_path):
    [one] = checked(two_themes, data=tmp_path).sets
    assert one.local_authority == "Dorset"


def test_about_yml_gives_the_period_unless_another_is_asked_for(two_themes, tmp_path):
    data = about(tmp_path / "extracts", "authority: Cornwall\nperiod: [2021-04-01, 2023-03-31]\n")
    values = checked(two_themes, data=data, p=[["period_end", "2022-03-31"]]).sets[0].themes["sft_outcomes"]
    assert (values["period_start"], values["period_end"]) == ("2021-04-01", "2022-03-31")
    data = about(tmp_path / "other", "authority: Cornwall\nperiod: 2021\n")
    assert checked(two_themes, data=data).sets[0].themes["sft_outcomes"]["period_start"] == "2019-04-01"


def test_the_day_of_a_change_at_dorset_is_not_one_elsewhere_unless_given(two_themes):
    two_themes.theme("sft_outcomes", parameters=two_themes.PARAMETERS + OWN.replace("# day", "# day it began (Dorset)"))

    def day(**options):
        return checked(two_themes, **options).sets[0].themes["sft_outcomes"]["change_on"]

    assert day(p=[["local_authority", "838"]]) == "2022-11-01"
    assert day(p=[["local_authority", "Cornwall"]]) == ""
    assert day(p=[["local_authority", "Cornwall"], ["change_on", "2023-01-01"]]) == "2023-01-01"


def test_a_theme_about_dorsets_own_document_runs_elsewhere_only_where_it_is_named(two_themes):
    of_dorset = two_themes.PARAMETERS.replace("# whose services", "# whose document (Dorset)")
    two_themes.theme("claims", parameters=of_dorset)
    elsewhere = {"p": [["local_authority", "Cornwall"]]}

    assert "claims" in checked(two_themes, p=[["local_authority", "838"]]).sets[0].themes
    assert "claims" not in checked(two_themes, **elsewhere).sets[0].themes
    assert list(checked(two_themes, "claims", **elsewhere).sets[0].themes) == ["claims"]


def test_a_set_may_give_a_parameter_to_one_theme_alone(two_themes):
    two_themes.sets("sets:\n  a:\n    locality: North\n    sft_outcomes: {locality: South}\n    missing_children: {shre: 1}\n")
    assert problems(two_themes)[0].startswith("parameters.yml, set a: missing_children: shre is not a parameter of it.")
    two_themes.sets("sets:\n  a:\n    locality: North\n    sft_outcomes: {locality: South}\n")
    themes = checked(two_themes).sets[0].themes
    assert (themes["sft_outcomes"]["locality"], themes["missing_children"]["locality"]) == ("South", "North")


def test_data_that_say_nothing_of_whose_they_are_are_marked_so(two_themes, tmp_path):
    assert checked(two_themes, data=tmp_path).sets[0].vouched
    assert not checked(two_themes, data=about(tmp_path / "extracts", "authority: Cornwall\n")).sets[0].vouched
    assert not checked(two_themes).sets[0].vouched


def test_a_made_up_authority_is_known_by_its_own_records_alone(two_themes, tmp_path):
    data = about(tmp_path / "extracts", "authority: Marlshire\nmade_up: true\n")
    [one] = checked(two_themes, data=data).sets
    assert (one.local_authority, one.made_up, one.name) == ("Marlshire", True, "marlshire")
    assert "Marlshire" in problems(two_themes, p=[["local_authority", "Marlshire"]])[0]


def test_real_records_are_refused_with_the_dates_and_places_of_an_invention(two_themes, tmp_path):
    made_up = about(tmp_path / "made_up", "authority: Marlshire\nmade_up: true\n")
    theirs = about(tmp_path / "theirs", "authority: Cornwall\n")
    two_themes.sets(f"sets:\n  shown:\n    data: {made_up.as_posix()}\n")
    assert problems(two_themes, set=["shown"], data=theirs) == [
        "The set shown is that of made-up records: give --data with another set, or with none."
    ]
    (one,) = request.check(two_themes.args(set=["shown"], data=made_up), two_themes.root).sets
    assert one.made_up


def test_made_up_records_under_a_real_name_are_refused(two_themes, tmp_path):
    data = about(tmp_path / "extracts", "authority: Cornwall\nmade_up: true\n")
    assert "gives made-up records the name of a real authority" in problems(two_themes, data=data)[0]


def test_records_of_one_authority_are_not_run_as_anothers(two_themes, tmp_path):
    data = about(tmp_path / "extracts", "authority: Cornwall\n")
    told = problems(two_themes, data=data, p=[["local_authority", "Dorset"]])
    assert told == ["the extracts are those of Cornwall, as their about.yml says, and not of Dorset."]
    [one] = checked(two_themes, data=about(tmp_path / "coded", "authority: 838\n"), p=[["local_authority", "Dorset"]]).sets
    assert one.local_authority == "Dorset"


def test_a_folder_that_stands_above_or_below_an_about_yml_is_refused_since_its_records_might_be_made_up(two_themes, tmp_path):
    made_up = about(tmp_path / "data" / "synthetic", "authority: Marlshire\nmade_up: true\n")
    (made_up / "ssda903").mkdir()
    told = problems(two_themes, data=tmp_path / "data")
    assert told == ["--data: data holds extracts that have an about.yml of their own: give one of synthetic."]
    told = problems(two_themes, data=made_up / "ssda903")
    assert told == ["--data: ssda903 is part of the extracts that synthetic/about.yml describes: give synthetic."]
    two_themes.sets(f"sets:\n  x:\n    data: {(made_up / 'ssda903').as_posix()}\n")
    assert "set x: ssda903 is part of" in problems(two_themes)[0]


def test_a_refusal_waits_for_no_heavy_package(two_themes):
    """In a process of its own, since this one has imported them all."""
    script = (
        "import sys; from argparse import Namespace; from pathlib import Path; from helpers import runs\n"
        "none = dict(data=None, p=[], params=None, set=[], label='latest', out=None, jobs=None, force=False, dry_run=False,"
        " approved_by=None, official=None)\n"
        "from helpers.runs import request\n"
        "try: request.check(Namespace(themes=['nothing'], **none), Path(sys.argv[1]))\n"
        "except request.Refused as refusal: print(refusal.problems)\n"
        "print([name for name in ('pandas', 'scipy', 'papermill', 'nbformat', 'rich') if name in sys.modules])"
    )
    source = Path(request.__file__).parents[2]
    environment = {**os.environ, "PYTHONPATH": str(source)}
    told = subprocess.run(
        [sys.executable, "-c", script, str(two_themes.root)], capture_output=True, text=True, env=environment
    ).stdout
    assert "There is no theme nothing" in told and told.endswith("[]\n")
