import os

import pytest

from helpers.runs import publishing


@pytest.fixture
def old_and_new(tmp_path):
    label = tmp_path / "latest"
    label.mkdir()
    (label / "run.json").write_text("old")
    built = publishing.begin(tmp_path, "latest")
    (built / "run.json").write_text("new")
    return label, built


def test_a_label_is_replaced_whole(old_and_new):
    label, built = old_and_new
    publishing.replace(built, label)
    assert (label / "run.json").read_text() == "new"
    assert [path.name for path in label.parent.iterdir()] == ["latest"]


@pytest.mark.parametrize("last", [1, 2])
def test_a_failure_at_either_step_leaves_the_old_label(old_and_new, monkeypatch, last):
    label, built = old_and_new
    calls, really = [], os.replace

    def failing(source, target):
        calls.append(source)
        if len(calls) == last:
            raise PermissionError(13, "in use")
        really(source, target)

    monkeypatch.setattr(publishing.os, "replace", failing)
    with pytest.raises(publishing.CannotPublish, match="latest could not be replaced"):
        publishing.replace(built, label)
    assert (label / "run.json").read_text() == "old"


def test_a_crash_between_the_two_steps_is_put_right_by_the_next_run(old_and_new):
    label, _ = old_and_new
    os.replace(label, label.with_name(".replaced-latest-12345678"))
    publishing.recover(label.parent)
    assert (label / "run.json").read_text() == "old"


def test_a_young_unfinished_folder_may_be_another_runs_and_an_old_one_is_removed(old_and_new):
    label, built = old_and_new
    publishing.recover(label.parent)
    assert built.exists()
    os.utime(built, (0, 0))
    publishing.recover(label.parent)
    assert not built.exists()


def test_a_page_that_cannot_be_made_leaves_none_of_its_files(tmp_path, monkeypatch):
    from helpers import page

    def broken(notebook, told, folder):
        (folder / "theme-table-1.csv").write_text("1")
        raise ValueError("no workbook")

    monkeypatch.setattr(page, "export", lambda notebook, told: "<p>", raising=False)
    monkeypatch.setattr(page, "downloads", broken, raising=False)
    with pytest.raises(ValueError):
        publishing.write_theme(tmp_path, "dorset", "theme", None, {}, {})
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_a_folder_that_cannot_hold_pages_is_refused_before_anything_runs(project, capsys):
    project.theme("slow")
    (project.root / "taken").write_text("a file")
    assert project.run(out=project.root / "taken") == 2
    assert "Nothing was run: " in (told := capsys.readouterr().err) and "give another folder with --out" in told
    assert not (project.root / ".work").exists()


def test_a_full_disk_is_said_in_a_sentence(project, capsys, monkeypatch):
    project.theme("any")

    def full(*_):
        raise OSError(28, "No space left on device", "reports")

    monkeypatch.setattr(publishing, "recover", full)
    assert project.run() == 1
    assert "The run stopped: No space left on device at reports." in capsys.readouterr().err
