"""The client of the statistics API, against a local service that keeps to the API's contract, in good order and in bad."""

import json
import threading

import api_contract
import httpx
import pandas as pd
import pytest
from statistics_service import Answer, DataSet, Service, Version, full_id, running

from helpers.extracts.official import api
from helpers.extracts.official import connection as at
from helpers.extracts.official.connection import Incomplete, NotReached, NotThere, NotUnderstood, ServiceError, TooBusy

# --- questions and answers


def test_publications_are_found_by_words_of_their_title(client, service):
    assert client.publications("children")["title"].tolist() == ["Children in need"]
    assert client.publications()["title"].tolist() == ["Children in need", "Pupil absence"]
    with pytest.raises(ValueError, match="3 letters or more, and “ki” has 2"):
        client.publications("ki")


def test_data_sets_are_found_by_the_publication_s_title_and_carry_what_their_latest_version_holds(client, referrals):
    (found,) = client.data_sets("children in need").to_dict("records")
    assert (found["id"], found["title"], found["status"]) == (referrals.id, "Referrals and re-referrals", "Published")
    assert (found["version"], found["rows"], found["first_period"], found["last_period"]) == ("2.0", 8, "2023", "2024")
    assert found["indicators"] == ["Number of referrals", "Re-referrals within 12 months"]


def test_a_publication_that_is_not_there_is_told_with_those_that_are_near(client):
    with pytest.raises(NotThere, match=r"“Children”: the API has no publication of exactly that title. It has Children in need"):
        client.data_sets("Children")


def test_figures_come_with_labels_units_and_symbols_in_place_of_ids_and_text(client, referrals):
    meta = client.meta(referrals.id)
    dorset = meta.where(places=["838"], periods=["2024"], filters={"Source of the referral": ["Total", "School"]})
    found = client.query(referrals.id, dorset)
    assert found.columns.tolist()[-6:] == ["referral_source", "indicator", "unit", "value", "symbol", "written"]
    assert found["la_name"].eq("Dorset").all() and found["old_la_code"].eq("838").all()
    rows = found.set_index(["indicator", "referral_source"])
    assert rows.loc[("Number of referrals", "Total"), "value"] == 2454
    assert rows.loc[("Number of referrals", "School"), ["symbol", "written"]].tolist() == ["c", "c"]
    assert rows.loc[("Re-referrals within 12 months", "School"), "symbol"] == "low"
    assert rows.loc[("Re-referrals within 12 months", "Total"), ["value", "unit"]].tolist() == [14.1, "%"]
    assert rows["value"].isna().sum() == 2


def test_the_rows_of_a_query_are_the_rows_of_the_file(client, referrals):
    by_query = client.rows(client.meta(referrals.id))
    by_file = client.csv(referrals.id)
    order = ["geographic_level", "la_name", "region_name", "referral_source", "time_period"]
    pd.testing.assert_frame_equal(
        by_query[by_file.columns].sort_values(order, ignore_index=True), by_file.sort_values(order, ignore_index=True)
    )


def test_a_place_takes_in_what_is_inside_it_and_a_level_narrows_that(client, referrals):
    meta = client.meta(referrals.id)
    inside = client.rows(meta, meta.where(places=["South West"], periods=["2024"], filters={"referral_source": "Total"}))
    assert set(inside["geographic_level"]) == {"Regional", "Local authority"}
    alone = client.rows(meta, meta.where(places=["South West"], levels=["Regional"]))
    assert alone["referrals"].tolist() == ["57890"]


def test_criteria_combine_as_the_api_has_it(client, referrals):
    meta = client.meta(referrals.id)
    either = {"or": [meta.where(places=["Cornwall"]), {"not": meta.where(levels=["Local authority", "National"])}]}
    assert sorted(client.rows(meta, either)["referrals"]) == ["5120", "57890"]


def test_what_a_data_set_lacks_is_told_all_at_once_with_what_is_nearest(client, referrals):
    meta = client.meta(referrals.id)
    with pytest.raises(LookupError) as told:
        meta.where(filters={"source of referral": "Total", "referral_source": "Scool"}, places=["Dorest"], periods=["1999"])
    assert str(told.value).startswith("there is no filter “source of referral”; the nearest: Source of the referral; ")
    assert all(part in str(told.value) for part in ("“Scool”; the nearest: School", "“Dorest”; the nearest: Dorset", "“1999”"))
    with pytest.raises(LookupError, match="no indicator “Referral count”"):
        client.query(referrals.id, indicators=["Referral count"])


def test_a_question_that_nothing_meets_has_no_rows_and_a_warning_in_the_service_s_words(client, referrals):
    meta = client.meta(referrals.id)
    with pytest.warns(UserWarning, match="did not match any results. \\(QueryNoResults\\)"):
        found = client.query(referrals.id, meta.where(places=["Cornwall"], periods=["2023"]))
    assert found.empty and {"la_name", "indicator", "value", "symbol"} <= set(found.columns)


def test_versions_and_what_they_changed_are_told_in_words(client, referrals):
    versions = client.versions(referrals.id)
    assert versions[["version", "type", "status"]].values.tolist() == [
        ["2.0", "Major", "Published"], ["1.1", "Minor", "Withdrawn"], ["1.0", "Major", "Published"]]  # fmt: skip
    changes = client.changes(referrals.id, "2.0")
    assert changes.drop(columns="version").values.tolist() == [
        ["major", "indicators", "", "removed", "Rate (referrals_rate)", ""],
        ["minor", "filterOptions", "Source of the referral (referral_source)", "added", "", "School"],
        ["minor", "locationOptions", "Local authority (LA)", "changed", "Dorset (835)", "Dorset (838)"],
    ]


def test_an_earlier_version_answers_when_it_is_named(client, referrals):
    assert len(client.csv(referrals.id, version="1.0")) == 6
    assert client.meta(referrals.id, "1.0").filters["option"].tolist() == ["Total"]


def test_every_page_is_fetched_once_and_in_an_order_that_leaves_no_doubt(client, service, referrals, monkeypatch):
    monkeypatch.setitem(api.PAGE, "query", 3)
    found = client.rows(client.meta(referrals.id))
    assert len(found) == 8 and not found.duplicated().any()
    asked = [line for line in service.asked if line.startswith("POST")]
    assert [json.loads(line.split(" ", 2)[2])["page"] for line in asked] == [1, 2, 3]
    assert all("dataSetVersion=2.0" in line for line in asked)


# --- files


def test_a_file_headed_with_labels_comes_under_the_files_own_columns(client, referrals):
    version, usual = referrals.versions[0], client.csv(referrals.id)
    head = (
        "Time period,Geographic level,Country code,Country,Region code,Region,Old local authority code,Local authority code,"
        "Local authority,Source of the referral,Number of referrals,Re-referrals within 12 months"
    )
    rows = [line.replace(",Reporting year", "") for line in version.data.splitlines()[1:]]
    version.csv_text = "\ufeff" + "\n".join([head, *rows, ""])
    pd.testing.assert_frame_equal(client.csv(referrals.id), usual)


def test_academic_years_written_as_labels_become_the_files_own(client, referrals):
    version = referrals.versions[0]
    version.__init__("2.0", version.data.replace("2024,Reporting year", "202324,Academic year"), version.meta)
    written = version.data.replace("202324,", "2023/24,")
    version.csv_text = written.replace(
        "time_period,time_identifier,geographic_level", "Time period,Time identifier,Geographic level"
    )
    assert set(client.csv(referrals.id)["time_period"]) == {"2023", "202324"}


@pytest.mark.parametrize(
    ("header", "told"),
    [("Time period,Place,Number of referrals", "no column stands for geographic_level"),
     ("Time period,Geographic level,Number of referrals,referrals", "cannot be told apart by their labels: referrals"),
     ("<html><body>Sign in</body></html>", "no column stands for time_period and geographic_level")],
)  # fmt: skip
def test_a_file_whose_columns_cannot_be_known_is_refused(client, referrals, header, told):
    referrals.versions[0].csv_text = f"{header}\n{',' * header.count(',')}\n"
    with pytest.raises(Incomplete, match=told):
        client.csv(referrals.id)


def test_a_file_with_fewer_rows_than_promised_is_refused_and_what_stood_before_still_stands(client, referrals, tmp_path):
    file = tmp_path / "referrals.csv"
    client.download(referrals.id, file)
    before = file.read_bytes()
    referrals.versions[0].csv_text = "\n".join(referrals.versions[0].data.splitlines()[:-2]) + "\n"
    with pytest.raises(Incomplete, match="6 rows came, and the service promises 8"):
        client.download(referrals.id, file)
    referrals.versions[0].csv_text = referrals.versions[0].data[:-15]
    with pytest.raises(Incomplete, match="row 8 has 10 cells, and the header 13"):
        client.download(referrals.id, file)
    assert file.read_bytes() == before and [path.name for path in tmp_path.iterdir()] == ["referrals.csv"]


@pytest.mark.parametrize("length", [True, False])
def test_a_body_that_breaks_off_is_fetched_again(client, service, referrals, waits, length):
    service.fail("/csv", Answer(200, referrals.versions[0].data.encode(), "text/csv", cut=40, length=length))
    assert len(client.csv(referrals.id)) == 8 and len(waits) == 1
    service.fail(f"data-sets/{referrals.id} ", Answer(200, b'{"id": 1, "title": 2, "status": 3}', cut=12, length=length))
    assert client.data_set(referrals.id)["title"] == referrals.title and len(waits) == 2


def test_a_body_that_always_breaks_off_is_incomplete(client, service, referrals, waits):
    broken = Answer(200, referrals.versions[0].data.encode(), "text/csv", cut=40)
    service.fail("/csv", *[broken] * at.ATTEMPTS)
    with pytest.raises(Incomplete, match=r"file of data set .*, version 2.0: the answer broke off"):
        client.csv(referrals.id)


# --- what goes wrong


def test_a_question_that_the_service_refuses_is_told_with_every_error_of_its_list(client, service, referrals):
    errors = [
        {"message": "Not allowed.", "code": "AllowedValue", "path": "criteria.filters.eq", "detail": {"value": "zz"}},
        {"message": "Must be a valid year.", "code": "TimePeriodInvalidYear", "path": "criteria.timePeriods.gte"},
    ]  # fmt: skip
    body = json.dumps({"type": "x", "title": "One or more validation errors occurred.", "status": 400, "errors": errors})
    service.fail("POST", Answer(400, body.encode(), "application/problem+json"))
    with pytest.raises(NotUnderstood) as told:
        client.query(referrals.id)
    assert told.value.errors == errors
    assert "criteria.filters.eq: Not allowed (AllowedValue; value: zz); criteria.timeP" in str(told.value)


def test_what_was_never_published_and_what_was_withdrawn_are_told_apart(client, referrals):
    with pytest.raises(NotThere, match=r"version 9.0: nothing of that name is published"):
        client.meta(referrals.id, "9.0")
    with pytest.raises(NotThere, match=r"version 1.1: it may not be read .*withdrawn.* `versions` says which stand"):
        client.csv(referrals.id, version="1.1")
    with pytest.raises(NotThere, match="nothing of that name"):
        client.data_set(full_id("nothing"))


def test_a_withdrawn_data_set_has_no_version_to_ask_for(client, service, referrals):
    summary = {"id": referrals.id, "title": "x", "summary": "x", "status": "Withdrawn"}
    service.fail(f"/data-sets/{referrals.id} ", Answer(200, json.dumps(summary).encode()))
    with pytest.raises(NotThere, match="no version that stands \\(Withdrawn\\)"):
        client.query(referrals.id)


def test_a_busy_service_is_left_as_long_as_it_asks_and_otherwise_longer_each_time(client, service, waits):
    service.fail("publications", Answer(429, headers={"Retry-After": "7"}), Answer(429), Answer(503), Answer(504))
    assert len(client.publications()) == 2
    assert 7 <= waits[0] <= 8
    assert [1 <= waits[1] <= 2, 2 <= waits[2] <= 4, 4 <= waits[3] <= 8] == [True] * 3


def test_a_date_after_which_to_come_back_is_read_and_an_unreadable_one_is_set_aside(client, service, waits):
    service.fail("publications", Answer(429, headers={"Retry-After": "Wed, 21 Oct 2015 07:28:00 GMT"}),
                 Answer(429, headers={"Retry-After": "soon"}))  # fmt: skip
    assert len(client.publications()) == 2
    assert 0 <= waits[0] <= 1 and 1 <= waits[1] <= 2


def test_a_service_that_stays_busy_is_given_up_with_what_it_said(client, service, referrals, monkeypatch, waits):
    service.fail("publications", *[Answer(429)] * at.ATTEMPTS)
    with pytest.raises(TooBusy, match="publications: after 5 attempts the service still said “too many requests” \\(429\\)"):
        client.publications()
    assert len(waits) == at.ATTEMPTS - 1
    service.fail("publications", Answer(429, headers={"Retry-After": "600"}))
    with pytest.raises(TooBusy, match="It asks to be left for 10 minutes"):
        client.publications()
    monkeypatch.setitem(api.PAGE, "query", 3)
    service.fail('"page": 2', *[Answer(504, kind="text/html")] * at.ATTEMPTS)
    with pytest.raises(TooBusy, match="page 2 of 3: after 5 attempts the service still said “it took too long” \\(504\\)"):
        client.query(referrals.id)


def test_a_page_lost_midway_is_not_passed_over(client, service, referrals, monkeypatch):
    monkeypatch.setitem(api.PAGE, "query", 3)
    paging = {"page": 2, "pageSize": 3, "totalResults": 8, "totalPages": 3}
    service.fail('"page": 2', Answer(200, json.dumps({"paging": paging, "results": [], "warnings": []}).encode()))
    with pytest.raises(Incomplete, match="5 results came, and the service counts 8"):
        client.query(referrals.id)


def test_an_id_that_the_description_lacks_is_not_passed_over(client, service, referrals):
    result = {"timePeriod": {"code": "RY", "period": "2024"}, "geographicLevel": "NAT", "locations": {"NAT": "newid"},
              "filters": {}, "values": {}}  # fmt: skip
    paging = {"page": 1, "pageSize": 1000, "totalResults": 1, "totalPages": 1}
    service.fail("POST", Answer(200, json.dumps({"paging": paging, "results": [result], "warnings": []}).encode()))
    with pytest.raises(Incomplete, match=r"answers with \('NAT', 'newid'\), which the data set's own description lacks"):
        client.query(referrals.id)


@pytest.mark.parametrize("status", [200, 403, 404, 407])
def test_a_proxy_s_own_page_is_not_taken_for_the_service(client, service, waits, status):
    service.fail("publications", Answer(status, b"<html>Sign in to the network</html>", "text/html"))
    with pytest.raises(NotReached, match=f"something that is not the service answered in its place \\({status}, text/html\\)"):
        client.publications()
    assert waits == []


def test_json_of_another_form_says_that_the_service_has_changed(client, service, referrals):
    service.fail("publications", Answer(200, b'{"items": []}'), Answer(200, b'{"paging": {}, "results": []}'))
    with pytest.raises(ServiceError, match="no paging and no results: the service has changed"):
        client.publications()
    with pytest.raises(ServiceError, match=r"has another form \(KeyError: 'totalPages'\): the service has changed"):
        client.publications()
    parts = ("filters", "indicators", "geographicLevels", "locations", "timePeriods")
    service.fail("/meta", Answer(200, json.dumps(dict.fromkeys(parts)).encode()))
    with pytest.raises(ServiceError, match=r"description of data set .* has another form"):
        client.meta(referrals.id)


def test_an_address_where_nothing_answers_is_told_after_one_more_attempt(monkeypatch, waits):
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with running(Service({})) as address:
        pass  # nobody listens there any more
    with api.Client(address, pause=waits.append) as client, pytest.raises(NotReached) as told:
        client.publications("children")
    assert "publications about “children”: 127.0.0.1 could not be reached" in str(told.value) and len(waits) == 1


def test_a_question_that_is_not_answered_in_time_or_is_cut_off_is_asked_again(address, service, monkeypatch):
    monkeypatch.setattr(at, "TIMEOUT", httpx.Timeout(2, read=0.2))
    late, at_once = threading.Event(), threading.Event()
    at_once.set()
    service.fail("publications", Answer(hold=late), Answer(hold=at_once))
    with api.Client(address, pause=lambda _: late.set()) as client:
        client.connection.answered = True  # as after any answer
        assert len(client.publications()) == 2
        service.fail("publications", *[Answer(hold=at_once)] * at.ATTEMPTS)
        with pytest.raises(NotReached, match=r"127.0.0.1 could not be reached \(RemoteProtocolError: Server disconnected"):
            client.publications()


# --- the contract and the department's own test files


@pytest.mark.parametrize("name", ["absence_school__source", "tiny-two-filters"])
def test_the_department_s_own_test_files_come_back_as_they_are_through_answers_that_keep_to_the_contract(
    shared, monkeypatch, waits, name
):
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setitem(api.PAGE, "query", 100)
    folder = shared / "open-statistics" / "ees-api"
    data, meta = ((folder / f"{name}{end}.csv").read_text(encoding="utf-8-sig") for end in ("", ".meta"))
    document = json.loads((shared / "reference" / "ees-openapi-v1.json").read_text(encoding="utf-8"))
    service = Service({"Pupil absence": [DataSet(name, [Version("1.0", data, meta)])]}, document)
    with running(service) as address, api.Client(address, pause=waits.append) as client:
        id = client.data_sets("Pupil absence")["id"].iloc[0]
        file, told = client.csv(id), client.meta(id)
        rows = client.rows(told)
        figures = client.query(id, told.where(levels=["NAT"]))
        client.versions(id), client.changes(id, "1.0"), client.data_set(id)
    assert service.breaches == []
    shown = [name for name in file if name in rows]
    assert set(file) - set(shown) <= {"school_phase"}  # groups a filter's options, and is none itself
    in_order = [table[shown].sort_values(shown, ignore_index=True) for table in (rows, file)]
    pd.testing.assert_frame_equal(*in_order)
    assert len(figures) == file["geographic_level"].eq("National").sum() * len(told.indicators)
    assert figures["value"].sum() == pytest.approx(
        file.loc[file["geographic_level"] == "National", told.indicators["column"]].astype(float).to_numpy().sum()
    )


def test_an_answer_off_the_contract_is_noticed(shared):
    document = json.loads((shared / "reference" / "ees-openapi-v1.json").read_text(encoding="utf-8"))
    told = {"code": "ZZ", "label": 2024, "years": 1}
    assert sorted(api_contract.faults(told, "TimePeriodOptionViewModel", document)) == [
        "answer has no period",
        "answer has years, which the contract lacks",
        "answer.code is 'ZZ', which is not allowed",
        "answer.label is 2024, and should be of type string",
    ]
