"""Official statistics that a run is given: read once, named in its record, part of what its pages depend on."""

import json

import pytest

from helpers.extracts import official
from helpers.runs import inputs, request

HEADER = (
    "time_period,time_identifier,geographic_level,country_code,country_name,region_code,region_name,"
    "old_la_code,new_la_code,la_name,category,CPP_start,CPP_subsequent,CPP_subsequent_percent\n"
)
ROW = "2024,Reporting year,Local authority,E92000001,England,E12000009,South West,838,E06000059,Dorset,x,357,104,29.1\n"


@pytest.fixture
def statistics(tmp_path):
    folder = tmp_path / "data" / "official"
    folder.mkdir(parents=True)
    (folder / "d3.csv").write_text(HEADER + ROW, encoding="utf-8")
    (folder / "notes.csv").write_text("a,b\n1,2\n", encoding="utf-8")
    return folder


def test_official_statistics_are_read_once_and_named_with_their_hashes(statistics, tmp_path):
    read = inputs.typed_official(statistics, tmp_path / "work", "readers", tmp_path)
    assert [entry["path"] for entry in read.inputs] == ["data/official/d3.csv"] and len(read.inputs[0]["sha256"]) == 64
    assert list(read.not_read) == ["notes.csv"]
    assert inputs.typed_official(statistics, tmp_path / "work", "readers", tmp_path).folder == read.folder
    kept = official.load_typed(read.folder).figures("plans_started", "cpp_start")
    assert kept["value"].tolist() == [357] and (read.folder / "statistics.parquet").stat().st_mode & 0o077 == 0


def test_another_file_or_another_release_makes_other_pages(statistics, tmp_path):
    before = inputs.typed_official(statistics, tmp_path / "work", "readers", tmp_path).key
    fetched = {"data_set_id": "1", "version": "1.1", "published": "", "sha256": inputs.file_hash(statistics / "d3.csv")}
    (statistics / official.folder.MANIFEST).write_text(json.dumps({"d3.csv": fetched}), encoding="utf-8")
    after = inputs.typed_official(statistics, tmp_path / "work", "readers", tmp_path)
    assert after.key != before
    assert official.load_typed(after.folder).release("d3.csv") == "version 1.1"
    (statistics / "d3.csv").write_text(HEADER + ROW.replace("357", "358"), encoding="utf-8")
    assert official.read(statistics).release("d3.csv") == ""  # another file than the one that was fetched


def test_a_run_takes_the_folder_that_is_given_then_data_official_then_what_ships(statistics, tmp_path):
    assert request._official(None, tmp_path) == statistics
    assert request._official(None, tmp_path / "data") is None
    assert request._official(tmp_path / "nowhere", tmp_path) is None
