import json
from dataclasses import replace

import pytest

from helpers.disclosure import Policy
from helpers.runs import release, request
from helpers.runs.execution import Task

TABLE = {
    "measure": "children missing", "unit": "children", "per": None, "basis": "extract", "source": "", "dimensions": ["locality"],
    "policy": Policy().record(),
}  # fmt: skip


def registered(folder, theme, population, count, basis="extract"):
    """A theme whose one table shows `count` children, rounded to 5."""
    task = Task(
        "dorset",
        theme,
        folder / f"{theme}.ipynb",
        {"period_start": "2023-04-01", "period_end": "2024-03-31"},
        folder / theme,
        None,
    )
    task.folder.mkdir()
    row = {"where": {"locality": "Chesil"}, "true": [count, None], "shown": [5 * round(count / 5), None]}
    record = TABLE | {"population": population, "basis": basis, "rows": [row]}
    task.register.write_text(json.dumps(record) + "\n", encoding="utf-8")
    return task


@pytest.fixture
def work(tmp_path):
    (tmp_path / ".work").mkdir()
    return tmp_path / ".work"


def asked_for(tmp_path, label):
    return request.Request(tmp_path, {}, (), label, tmp_path, 1, False, False, "")


def record_of(*tasks):
    return {"sets": {"dorset": {"themes": {task.theme: {"status": "ok", "title": "x"} for task in tasks}}}}


def test_of_two_themes_whose_populations_differ_by_three_children_the_second_is_withheld(tmp_path, work):
    tasks = [registered(tmp_path, "first", "all children", 120), registered(tmp_path, "second", "children placed by us", 117)]
    record = record_of(*tasks)
    release.withhold_linked(asked_for(tmp_path, "latest"), tasks, record, work)
    first, second = record["sets"]["dorset"]["themes"].values()
    assert first["status"] == "ok"
    assert second["status"] == "failed" and second["error"]["message"].startswith("withheld by the check of linked tables: ")
    assert "title" not in second


@pytest.mark.parametrize("basis, status", [("extract", "failed"), ("synthetic", "ok")])
def test_a_correction_of_three_children_does_not_show_between_labels(tmp_path, work, basis, status):
    (tmp_path / "before").mkdir()
    old = registered(tmp_path, "first", "all children", 120, basis)
    release._keep_registers(asked_for(tmp_path, "before"), [old], record_of(old), work)
    old.folder.rename(tmp_path / "old")
    new = registered(tmp_path, "first", "all children", 117, basis)
    record = record_of(new)
    release.withhold_linked(asked_for(tmp_path, "after"), [new], record, work)
    assert record["sets"]["dorset"]["themes"]["first"]["status"] == status


def test_a_label_of_the_same_name_in_another_folder_does_not_hide_what_this_folder_shows(tmp_path, work):
    (tmp_path / "before").mkdir()
    old = registered(tmp_path, "first", "all children", 120)
    release._keep_registers(asked_for(tmp_path, "before"), [old], record_of(old), work)
    elsewhere = replace(asked_for(tmp_path, "before"), out=tmp_path / "elsewhere")
    release._keep_registers(elsewhere, [], {"sets": {}}, work)
    old.folder.rename(tmp_path / "old")
    new = registered(tmp_path, "first", "all children", 117)
    record = record_of(new)
    release.withhold_linked(asked_for(tmp_path, "after"), [new], record, work)
    assert record["sets"]["dorset"]["themes"]["first"]["status"] == "failed"
