import pytest

from helpers.runs import themes


def test_a_parameter_has_the_type_default_and_comment_of_its_line():
    declared = themes.declared(
        'follow_up_days: int = 30  # days after return\nshare: float = 1\nflag: bool = False\nname: str = "a # b"\n'
    )
    assert declared["follow_up_days"] == themes.Parameter("follow_up_days", "int", 30, "days after return")
    assert (declared["share"].type, declared["share"].default) == ("float", 1.0)
    assert declared["flag"].default is False
    assert (declared["name"].default, declared["name"].help) == ("a # b", "")


def test_a_text_parameter_with_a_date_for_a_default_or_a_date_ending_is_a_date():
    declared = themes.declared('first_day: str = "2019-04-01"\nchange_on: str = ""\nplace: str = "Dorset"\n')
    assert [parameter.type for parameter in declared.values()] == ["date", "date", "str"]


@pytest.mark.parametrize(
    "source, told",
    [
        ("x = 3", "line 1 is not"),
        ("x: list = []", "x is declared list"),
        ("x: int = y", "not a plain value"),
        ('x: int = "3"', "declared int but its default is '3'"),
        ("x: int = True", "declared int but its default is True"),
        ('change_on: str = "2024-02-31"', "change_on is not a date"),
        ("import os", "line 1 is not"),
    ],
)
def test_a_line_that_declares_no_parameter_is_named(source, told):
    with pytest.raises(ValueError, match=told):
        themes.declared(source)


def test_a_notebook_whose_name_starts_with_an_underscore_is_no_theme(project):
    project.theme("missing_children")
    project.theme("_template")
    assert list(themes.find(project.root / "notebooks")) == ["missing_children"]


def test_a_broken_notebook_is_a_theme_with_a_fault_and_hides_no_other(project):
    project.theme("missing_children")
    (project.root / "notebooks" / "broken.ipynb").write_text("{", encoding="utf-8")
    found = themes.find(project.root / "notebooks")
    assert found["broken"].fault == "broken.ipynb is not a Jupyter notebook"
    assert found["missing_children"].fault == "" and found["missing_children"].title == "Missing children"
