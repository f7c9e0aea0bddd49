"""Notebooks are kept as house style has them: clean, short, named by hand, and without anything for a helper to do."""

import ast
import re
import subprocess
import sys
from itertools import pairwise

import pytest
import yaml
from theme_cells import ROOT, TEMPLATE, THEMES, code, notebook, run, source, statements

from helpers.runs import themes

EVERY = [*THEMES, TEMPLATE]
COMMON = {
    "local_authority": ("str", "Dorset"),
    "period_start": ("date", "2019-04-01"),
    "period_end": ("date", "2024-03-31"),
    "locality": ("str", ""),
    "suppress_up_to": ("int", 7),
    "round_to": ("int", 5),
}


def parameters(name: str) -> str:
    [cell] = [cell for cell in notebook(name)["cells"] if "parameters" in cell["metadata"].get("tags", ())]
    return source(cell)


def test_there_are_themes():
    assert {"missing_children", "self_evaluation_claims", "sft_outcomes"} <= set(THEMES)


@pytest.mark.parametrize("name", EVERY)
def test_a_notebook_is_committed_without_outputs_or_traces_of_who_ran_it(name):
    content = notebook(name)
    for cell in content["cells"]:
        assert cell["cell_type"] in ("markdown", "code")
        assert set(cell["metadata"]) <= {"tags"}
        if cell["cell_type"] == "code":
            assert cell["outputs"] == [] and cell["execution_count"] is None
    assert set(content["metadata"]) <= {"kernelspec", "language_info"}
    assert content["metadata"]["language_info"] == {"name": "python"}  # no version of whoever saved it last


@pytest.mark.parametrize("name", EVERY)
def test_every_cell_is_named_by_hand_and_once(name):
    ids = [cell["id"] for cell in notebook(name)["cells"]]
    assert len(set(ids)) == len(ids)
    assert [cell_id for cell_id in ids if not re.fullmatch(r"[a-z]+(-[a-z]+)*", cell_id)] == []


@pytest.mark.parametrize("name", EVERY)
def test_a_notebook_has_12_to_24_cells_and_no_code_cell_more_than_20_lines(name):
    cells = notebook(name)["cells"]
    assert 12 <= len(cells) <= 24
    assert {cell_id: len(text.splitlines()) for cell_id, text in code(name).items() if len(text.splitlines()) > 20} == {}


@pytest.mark.parametrize("name", EVERY)
def test_a_notebook_begins_with_its_title_parameters_and_set_up(name):
    first, second, third = notebook(name)["cells"][:3]
    assert first["cell_type"] == "markdown" and source(first).startswith("# ")
    assert second["metadata"]["tags"] == ["parameters"] and third["metadata"]["tags"] == ["setup"]
    every = [tag for cell in notebook(name)["cells"] for tag in cell["metadata"].get("tags", ())]
    assert set(every) <= {"parameters", "setup", "hide-input"}


@pytest.mark.parametrize("name", EVERY)
def test_there_is_one_title_and_a_heading_before_every_table_and_chart(name):
    headings = [line for cell in notebook(name)["cells"] if cell["cell_type"] == "markdown" for line in source(cell).splitlines()]
    levels = [len(line) - len(line.lstrip("#")) for line in headings if re.match(r"#+ ", line)]
    assert levels.count(1) == 1 and set(levels) <= {1, 2, 3}
    assert all(later <= earlier + 1 for earlier, later in pairwise(levels))


@pytest.mark.parametrize("name", EVERY)
def test_a_cell_leaves_loops_and_decisions_to_helpers(name):
    kept_out = {"If", "For", "While", "Try", "With", "ClassDef", "Match"}
    assert {cell_id: found for cell_id, text in code(name).items() if (found := statements(text) & kept_out)} == {}


@pytest.mark.parametrize("name", EVERY)
def test_every_parameter_is_plain_and_explained_in_a_comment_that_papermill_can_read(name):
    for line in parameters(name).splitlines():
        declared, _, comment = line.partition("  # ")
        assert comment.strip() and "=" not in comment, line
        assert "=" not in declared.split(" = ", 1)[1], line
    for parameter in themes.declared(parameters(name)).values():
        assert parameter.help and not parameter.help.endswith(".")


@pytest.mark.parametrize("name", EVERY)
def test_every_theme_has_the_parameters_that_every_run_is_told(name):
    declared = themes.declared(parameters(name))
    assert {known: (declared[known].type, declared[known].default) for known in COMMON} == COMMON


@pytest.mark.parametrize("name", THEMES)
def test_every_parameter_is_used_or_says_that_it_is_not(name):
    later = {node.id for text in code(name, but=("parameters",)).values()
             for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Name)}  # fmt: skip
    unused = {key for key in themes.declared(parameters(name)) if key not in later}
    declared = themes.declared(parameters(name))
    assert {key for key in unused if "not used" not in declared[key].help} == set()


def test_the_parameters_file_names_only_parameters_that_a_theme_has():
    written = yaml.safe_load((ROOT / "notebooks" / "parameters.yml").read_text(encoding="utf-8"))
    known = {key for name in THEMES for key in themes.declared(parameters(name))}
    assert set(written["all"]) <= known
    for one in written["sets"].values():
        assert set(one) - {"themes", "data", "description", *THEMES} <= known
        for name in set(one) & set(THEMES):
            assert set(one[name]) <= set(themes.declared(parameters(name)))
        assert set(one.get("themes", ())) <= set(THEMES)


def test_notebooks_are_clean_by_the_same_rules_as_the_code():
    checked = subprocess.run(
        [sys.executable, "-m", "ruff", "check", "--no-cache", "notebooks"], cwd=ROOT, capture_output=True, text=True
    )
    assert checked.returncode == 0, checked.stdout


@pytest.mark.parametrize("name", EVERY)
def test_a_looser_policy_runs_where_somebody_approved_it_and_nowhere_else(name, monkeypatch):
    monkeypatch.setenv("EVALUATION_EXTRACTS", "")
    monkeypatch.setenv("EVALUATION_APPROVED_BY", "A. Head of Performance")
    policy = run(name, until="policy", suppress_up_to=5)["policy"]
    assert (policy.suppress_up_to, policy.round_to, policy.approver) == (5, 5, "A. Head of Performance")
    monkeypatch.delenv("EVALUATION_APPROVED_BY")
    with pytest.raises(ValueError, match="looser than 7"):
        run(name, until="policy", suppress_up_to=5)
