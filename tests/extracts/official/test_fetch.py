"""Fetching official statistics into a folder, from a local service in good order and in bad."""

import json
from argparse import Namespace

import pandas as pd
import pytest
from statistics_service import Answer, DataSet, Version, full_id

from helpers import command
from helpers.extracts.official import connection as at
from helpers.extracts.official import fetch, read

FILE = "referrals_and_re_referrals.csv"


@pytest.fixture
def referrals(referrals):
    """The columns that the department's file of referrals has, so that it is recognised."""
    rename = lambda text: text.replace("referrals,rereferral", "referral_count,rereferral").replace(
        "\nreferrals,", "\nreferral_count,"
    )
    for version in referrals.versions:
        data = rename(version.data).replace("referral_count,rereferral_percent", "referral_count,rereferral_count", 1)
        meta = rename(version.meta).replace("\nrereferral_percent,", "\nrereferral_count,")
        version.__init__(version.number, data, meta, version.status, version.changes)
    return referrals


@pytest.fixture
def run(address, tmp_path, waits, referrals):
    """run(measures=..., authority=...) -> the exit status of a fetch into `official`."""

    def run(measures=("referrals",), authority=None):
        args = Namespace(measures=measures, authority=authority, official=tmp_path / "official")
        return fetch.main(args, fetch.Client(address, pause=waits.append))

    return run


@pytest.fixture
def official(tmp_path):
    return tmp_path / "official"


def manifest(official):
    return json.loads((official / "manifest.json").read_text(encoding="utf-8"))


def test_a_data_set_is_found_by_its_publication_and_columns_and_stands_beside_its_manifest(run, official, referrals, capsys):
    assert run() == 0
    assert (official / FILE).read_text(encoding="utf-8") == referrals.versions[0].data
    entry = manifest(official)[FILE]
    assert {name: entry[name] for name in ("data_set_id", "title", "publication", "version", "published")} == {
        "data_set_id": referrals.id, "title": "Referrals and re-referrals", "publication": "Children in need",
        "version": "2.0", "published": "2026-03-01T09:30:00+00:00"}  # fmt: skip
    assert fetch.holds(official / FILE, entry["sha256"]) and entry["downloaded_at"][:2] == "20"
    said = capsys.readouterr().out
    assert f"{FILE}: version 2.0 of 2026-03-01" in said and "1 fetched now, 0 there already" in said
    assert sorted(path.name for path in official.iterdir()) == ["manifest.json", FILE]


def test_what_is_there_at_its_latest_version_is_not_fetched_again(run, official, service, capsys):
    run()
    service.asked.clear()
    assert run() == 0
    assert "0 fetched now, 1 there already" in capsys.readouterr().out
    assert [line for line in service.asked if "/versions/" in line] == []  # asked of every file before it is fetched


@pytest.mark.parametrize("spoil", ["changed", "gone", "newer"])
def test_a_file_that_is_changed_or_gone_or_superseded_by_a_version_is_fetched_again(run, official, referrals, spoil):
    run()
    whole = (official / FILE).read_text(encoding="utf-8")
    if spoil == "changed":
        (official / FILE).write_text(whole[:200], encoding="utf-8")
    elif spoil == "gone":
        (official / FILE).unlink()
    else:
        referrals.versions.insert(0, Version("2.1", referrals.versions[0].data, referrals.versions[0].meta))
    assert run() == 0
    assert (official / FILE).read_text(encoding="utf-8") == whole
    assert manifest(official)[FILE]["version"] == ("2.1" if spoil == "newer" else "2.0")


def test_a_fetch_that_was_stopped_goes_on_with_what_it_lacks(run, official, service, referrals, capsys):
    again = DataSet("Referrals by month", [Version("1.0", referrals.versions[0].data, referrals.versions[0].meta)])
    service.publications["Children in need"].append(again)
    service.fail(f"data-sets/{again.id}/versions/1.0", *[Answer(503)] * at.ATTEMPTS)
    assert run() == 1
    told = capsys.readouterr()
    assert "Referrals by month: file of data set" in told.err and "“it is failing” (503)" in told.err
    assert list(manifest(official)) == [FILE]
    assert run() == 0
    assert "1 fetched now, 1 there already" in capsys.readouterr().out
    assert sorted(manifest(official)) == [FILE, "referrals_by_month.csv"]


def test_a_data_set_whose_columns_cannot_be_had_does_not_hide_the_others_of_its_publication(
    run, official, service, referrals, capsys
):
    broken = DataSet("Referrals of another form", [Version("1.0", referrals.versions[0].data, referrals.versions[0].meta)])
    broken.versions[0].csv_text = "Time period,Place\n2024,x\n"
    service.publications["Children in need"].insert(0, broken)
    assert run() == 1
    assert "Referrals of another form: columns of data set" in capsys.readouterr().err and list(manifest(official)) == [FILE]


def test_without_a_network_one_sentence_says_so_and_what_is_there_stands(run, official, tmp_path, capsys):
    run()
    before = {path.name: path.read_bytes() for path in official.iterdir()}
    capsys.readouterr()
    args = Namespace(measures=None, authority=None, official=official)
    assert fetch.main(args, fetch.Client("http://127.0.0.1:9", pause=lambda _: None)) == 1
    told = capsys.readouterr()
    assert told.out == "" and told.err.count("\n") == 1
    assert told.err.startswith("The fetch stopped: publications about “Children in need”: 127.0.0.1 could not be reached (")
    assert told.err.endswith("what is here already stands.\n")
    assert {path.name: path.read_bytes() for path in official.iterdir()} == before


def test_a_proxy_that_answers_in_the_service_s_place_stops_the_fetch(run, service, capsys):
    service.fail("publications", Answer(403, b"<html>Blocked</html>", "text/html"))
    assert run() == 1
    assert "something that is not the service answered in its place (403, text/html)" in capsys.readouterr().err


def test_a_superseded_data_set_gives_way_to_its_successor_and_a_withdrawn_one_is_left(run, official, service, referrals):
    version = referrals.versions[0]
    referrals.status, referrals.superseded_by = "Deprecated", full_id("Referrals from 2026")
    successor = DataSet("Referrals from 2026", [Version("1.0", version.data, version.meta)])
    gone = DataSet("Referrals to 2010", [Version("1.0", version.data, version.meta)], status="Withdrawn")
    service.publications["Another publication"] = [successor]
    service.publications["Children in need"].append(gone)
    assert run() == 0
    assert list(manifest(official)) == ["referrals_from_2026.csv"]


def test_a_data_set_of_schools_is_not_fetched_for_having_the_same_columns(run, official, service, referrals):
    version = referrals.versions[0]
    by_school = Version("1.0", version.data.replace("National", "School"), version.meta)
    service.publications["Children in need"].append(DataSet("Referrals by school", [by_school]))
    assert run() == 0 and list(manifest(official)) == [FILE]
    assert not [line for line in service.asked if f"{full_id('Referrals by school')}/csv" in line]


def test_a_version_withdrawn_before_it_is_fetched_is_told_and_the_older_file_stands(run, official, service, referrals, capsys):
    run()
    before = (official / FILE).read_bytes()
    version = referrals.versions[0]
    referrals.versions.insert(0, Version("2.1", version.data, version.meta))
    problem = {"type": "x", "title": "Forbidden", "status": 403}
    service.fail("versions/2.1", Answer(403, json.dumps(problem).encode(), "application/problem+json"))
    assert run() == 1
    assert "version 2.1: it may not be read (Forbidden): withdrawn, most likely" in capsys.readouterr().err
    assert (official / FILE).read_bytes() == before and manifest(official)[FILE]["version"] == "2.0"


def test_data_sets_that_the_api_lacks_are_named_and_are_no_failure_of_the_fetch(run, capsys):
    assert run(measures=["referrals", "children_in_need", "section_47_rate"]) == 0
    said = capsys.readouterr().out
    assert "Children in need: the API has no data set with the columns of: Children in need (b1); Section 47" in said
    assert run(measures=["looked_after"]) == 1  # nothing at all came
    assert "the API has no publication of exactly that title" in capsys.readouterr().out


def test_rows_of_some_authorities_come_with_their_neighbours_regions_and_england(run, official, service, referrals):
    assert run(authority=["Dorset"]) == 0
    part = pd.read_csv(official / FILE, dtype="str", keep_default_na=False)
    assert part["la_name"].value_counts().to_dict() == {"": 4, "Dorset": 3, "Cornwall": 1}  # of the 2021 model
    assert manifest(official)[FILE]["authorities"]["908"] == "Cornwall"
    version = referrals.versions[0]
    together = "2024,Reporting year,Local authority,E92000001,England,E13000002,Outer London,314 / 318,E09000021 / E09000027,"
    data = version.data + together + "Kingston upon Thames / Richmond upon Thames,Total,900,10.0\n"
    referrals.versions[0] = Version("2.0", data, version.meta)
    assert run(authority=["Kingston upon Thames"]) == 0
    part = pd.read_csv(official / FILE, dtype="str", keep_default_na=False)
    assert {"Dorset", "Kingston upon Thames / Richmond upon Thames"} <= set(part["la_name"])  # those fetched before stay
    service.asked.clear()
    assert run(authority=["Dorset"]) == 0 and not [line for line in service.asked if "/versions/" in line]
    assert run() == 0 and "authorities" not in manifest(official)[FILE]
    assert (official / FILE).read_text(encoding="utf-8") == data
    service.asked.clear()
    assert run(authority=["Dorset"]) == 0 and not [line for line in service.asked if "/versions/" in line]  # the whole has them


def test_what_somebody_put_there_by_hand_is_not_written_over(run, official):
    official.mkdir()
    (official / FILE).write_text("mine", encoding="utf-8")
    assert run() == 0
    assert (official / FILE).read_text(encoding="utf-8") == "mine" and len(manifest(official)) == 1


@pytest.mark.parametrize(
    ("asked", "told"),
    [({"measures": ["refferals"]}, "There is no headline measure 'refferals'"),
     ({"measures": ["referrals", "plans_in_january"]}, "no data set of the API holds plans_in_january: the Local Auth"),
     ({"authority": ["Dorest"]}, "There is no English local authority called 'Dorest'"),
     ({"manifest": "{"}, "manifest.json is not a manifest that a fetch wrote"),
     ({"manifest": '{"a.csv": 1}'}, "manifest.json is not a manifest that a fetch wrote")],
)  # fmt: skip
def test_what_cannot_be_asked_is_refused_before_anything_is(run, official, service, capsys, asked, told):
    if "manifest" in asked:
        official.mkdir()
        (official / "manifest.json").write_text(asked.pop("manifest"), encoding="utf-8")
    assert run(**asked) == 2
    assert told in capsys.readouterr().err and service.asked == []


@pytest.mark.parametrize(
    ("measures", "data_sets"),
    [(["referrals"], {"referrals"}), (["children_in_need_rate"], {"children_in_need", "population"}),
     (["attainment_8", "neet"], {"key_stage_4", "key_stage_4_characteristics", "key_stage_4_social_care", "neet"})],
)  # fmt: skip
def test_a_measure_brings_the_data_sets_of_all_its_groups_and_of_what_it_is_divided_by_and_no_others(measures, data_sets):
    assert {family.key for family in fetch.sources(measures)} == data_sets
    assert len(fetch.sources([])) > 20


def test_the_command_hands_over_what_it_was_asked(monkeypatch, tmp_path):
    seen = []
    monkeypatch.setattr(command, "inside_environment", lambda arguments: None)
    monkeypatch.setattr(fetch, "main", lambda args: seen.append(vars(args)) or 0)
    line = ["fetch", "--measures", "referrals", "looked_after", "--authority", "Dorset", "--official", str(tmp_path)]
    assert command.main(line) == 0 and command.main(["fetch"]) == 0
    assert seen[0] == {"measures": ["referrals", "looked_after"], "authority": ["Dorset"], "official": tmp_path}
    assert seen[1] == {"measures": None, "authority": None, "official": command.ROOT / "data" / "official"}


def test_a_fetched_file_is_read_as_any_other_with_its_release_from_the_manifest(run, official, referrals):
    labels = "Time period,Time identifier,Geographic level,Country code,Country,Region code,Region,Old local authority code,"
    labels += "Local authority code,Local authority,Source of the referral,Number of referrals,Re-referrals within 12 months\n"
    version = referrals.versions[0]
    totals = "\n".join(line for line in version.data.splitlines() if ",School," not in line) + "\n"
    usual = totals.replace("referral_source", "category")
    referrals.versions[0] = Version("2.0", usual, version.meta.replace("referral_source", "category"))
    referrals.versions[0].csv_text = labels + usual.partition("\n")[2]
    run()
    statistics = read(official)
    (file,) = statistics.files
    assert (file["data_set"], file["version"], file["published"][:10]) == ("referrals", "2.0", "2026-03-01")
    figures = statistics.figures("referrals", "referral_count").query("area == 'Dorset'")
    assert figures["value"].tolist() == [2100.0, 2454.0]


@pytest.mark.parametrize("text", ["{", '{"a.csv": 1}', "[]"])
def test_a_manifest_that_no_fetch_wrote_is_named_among_what_was_not_read(run, official, text):
    run()
    assert "manifest.json" not in read(official).not_read
    (official / "manifest.json").write_text(text, encoding="utf-8")
    assert "no file's version is known" in read(official).not_read["manifest.json"]
