"""A local statistics service with one small data set of referrals, and a client of it that does not wait."""

import pytest
from statistics_service import DataSet, Service, Version, running

from helpers.extracts.official import api

PLACE = "country_code,country_name,region_code,region_name,old_la_code,new_la_code,la_name"
REFERRALS = f"""time_period,time_identifier,geographic_level,{PLACE},referral_source,referrals,rereferral_percent
2023,Reporting year,National,E92000001,England,,,,,,Total,640430,22.4
2024,Reporting year,National,E92000001,England,,,,,,Total,621880,22.4
2024,Reporting year,National,E92000001,England,,,,,,School,125000,z
2024,Reporting year,Regional,E92000001,England,E12000009,South West,,,,Total,57890,21.0
2023,Reporting year,Local authority,E92000001,England,E12000009,South West,838,E06000059,Dorset,Total,2100,x
2024,Reporting year,Local authority,E92000001,England,E12000009,South West,838,E06000059,Dorset,Total,2454,14.1
2024,Reporting year,Local authority,E92000001,England,E12000009,South West,838,E06000059,Dorset,School,c,low
2024,Reporting year,Local authority,E92000001,England,E12000009,South West,908,E06000052,Cornwall,Total,5120,k
"""
REFERRALS_META = """col_name,col_type,label,indicator_grouping,indicator_unit,indicator_dp,filter_hint,filter_grouping_column
referrals,Indicator,Number of referrals,,,0,,
rereferral_percent,Indicator,Re-referrals within 12 months,,%,1,,
referral_source,Filter,Source of the referral,,,,,
"""
CHANGES = {
    "majorChanges": {"indicators": [{"previousState": {"id": "aaaaa", "column": "referrals_rate", "label": "Rate", "unit": ""}}]},
    "minorChanges": {
        "filterOptions": [{"filter": {"id": "bbbbb", "column": "referral_source", "label": "Source of the referral", "hint": ""},
                           "options": [{"currentState": {"id": "ccccc", "label": "School"}}]}],
        "locationOptions": [{"level": {"code": "LA", "label": "Local authority"}, "options": [
            {"previousState": {"id": "ddddd", "label": "Dorset", "code": "E10000009", "oldCode": "835"},
             "currentState": {"id": "ddddd", "label": "Dorset", "code": "E06000059", "oldCode": "838"}}]}],
    },
}  # fmt: skip


@pytest.fixture
def service():
    """Two publications: children in need with referrals in two versions, and absence, which holds nothing yet."""
    earlier = "\n".join(line for line in REFERRALS.splitlines() if "School" not in line) + "\n"
    versions = [
        Version("2.0", REFERRALS, REFERRALS_META, changes=CHANGES),
        Version("1.1", earlier, REFERRALS_META, status="Withdrawn"),
        Version("1.0", earlier, REFERRALS_META),
    ]
    return Service({"Children in need": [DataSet("Referrals and re-referrals", versions)], "Pupil absence": []})


@pytest.fixture
def address(service, monkeypatch):
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with running(service) as address:
        yield address


@pytest.fixture
def waits():
    """The seconds that the client would have waited, one for each pause."""
    return []


@pytest.fixture
def client(address, waits):
    with api.Client(address, pause=waits.append) as client:
        yield client


@pytest.fixture
def referrals(service):
    """The data set of referrals, in the service itself."""
    return service.publications["Children in need"][0]
