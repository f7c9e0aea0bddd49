import pandas as pd
import pytest

from helpers import extracts

EPISODE = """<CINdetails><CINreferralDate>2022-10-06</CINreferralDate><ReferralSource>5D</ReferralSource>
<PrimaryNeedCode>N4</PrimaryNeedCode>{closed}<DateOfInitialCPC>{transfer}</DateOfInitialCPC>
<Assessments><AssessmentActualStartDate>2022-10-07</AssessmentActualStartDate>
<AssessmentAuthorisationDate>2022-11-20</AssessmentAuthorisationDate>
<FactorsIdentifiedAtAssessment><AssessmentFactors>3A</AssessmentFactors><AssessmentFactors>4B</AssessmentFactors>
</FactorsIdentifiedAtAssessment></Assessments>
<CINPlanDates><CINPlanStartDate>2022-11-21</CINPlanStartDate></CINPlanDates>
<Section47><S47ActualStartDate>2022-12-01</S47ActualStartDate><InitialCPCtarget>2022-12-22</InitialCPCtarget>
<DateOfInitialCPC>2022-12-20</DateOfInitialCPC><ICPCnotRequired>false</ICPCnotRequired></Section47>
<ReferralNFA>0</ReferralNFA>
<ChildProtectionPlans><CPPstartDate>2022-12-20</CPPstartDate><InitialCategoryOfAbuse>NEG</InitialCategoryOfAbuse>
<LatestCategoryOfAbuse>EMO</LatestCategoryOfAbuse><NumberOfPreviousCPP>1</NumberOfPreviousCPP>
<Reviews><CPPreviewDate>2023-02-15</CPPreviewDate><CPPreviewDate>2023-07-15</CPPreviewDate></Reviews></ChildProtectionPlans>
{more}</CINdetails>"""
CLOSED = "<CINclosureDate>2024-02-01</CINclosureDate><ReasonForClosure>RC9</ReasonForClosure>"


def census(year=2023, sex="<GenderCurrent>2</GenderCurrent>", closed="", transfer="", more="", opening="<Message>", lea=""):
    return f"""{opening}<Header><CollectionDetails><Collection>CIN</Collection><Year>{year}</Year>
<ReferenceDate>{year}-03-31</ReferenceDate></CollectionDetails><Source><LEA>{lea}</LEA></Source></Header><Children>
<Child><ChildIdentifiers><LAchildID>Z1</LAchildID><PersonBirthDate>2015-03-27</PersonBirthDate>{sex}</ChildIdentifiers>
<ChildCharacteristics><Ethnicity>WBRI</Ethnicity><Disabilities><Disability>HAND</Disability><Disability>HEAR</Disability>
</Disabilities></ChildCharacteristics>
{EPISODE.format(closed=closed, transfer=transfer, more=more)}</Child></Children></Message>"""


@pytest.fixture
def read(tmp_path):
    """Read files given by name and content."""

    def reading(**files):
        for name, content in files.items():
            (tmp_path / name.replace("_xml", ".xml").replace("_csv", ".csv").replace("_yml", ".yml")).write_text(
                content, encoding="utf-8"
            )
        return extracts.read(tmp_path)

    return reading


def test_each_thing_in_the_census_becomes_a_row_of_its_own_table_linked_to_its_referral(read):
    found = read(cin_xml=census())
    assert {name: len(frame) for name, frame in found.tables.items()} == {
        "persons": 1, "cin_episodes": 1, "assessments": 1, "assessment_factors": 2, "s47_enquiries": 1,
        "initial_cp_conferences": 1, "cin_plans": 1, "cp_plans": 1, "cp_reviews": 2,
    }  # fmt: skip
    assert not found.faults and not found.not_read and found.left_out.empty
    person, referral = found["persons"].iloc[0], found["cin_episodes"].iloc[0]
    assert (person["pers_sex"], person["pers_disability"], person["pers_ethnicity"]) == ("F", "Y", "WBRI")
    assert (referral["cine_referral_source_code"], referral["cine_referral_nfa"]) == ("5D", "N")
    for table, column in (("assessments", "cina"), ("s47_enquiries", "s47e"), ("cin_plans", "cinp"), ("cp_plans", "cppl")):
        assert list(found[table][f"{column}_referral_id"]) == [referral["cine_referral_id"]]
    conference = found["initial_cp_conferences"].iloc[0]
    assert conference["icpc_s47_enquiry_id"] == found["s47_enquiries"]["s47e_s47_enquiry_id"][0]
    assert conference["icpc_icpc_target_date"] == pd.Timestamp("2022-12-22") and conference["icpc_icpc_transfer_in"] == "N"
    assert set(found["assessment_factors"]["cinf_assessment_id"]) == set(found["assessments"]["cina_assessment_id"])
    assert set(found["cp_reviews"]["cppr_cp_plan_id"]) == set(found["cp_plans"]["cppl_cp_plan_id"])


def test_an_episode_open_in_one_census_and_closed_in_the_next_is_one_whatever_the_files_are_called(read):
    found = read(b_xml=census(2023), a_xml=census(2024, sex="<Sex>F</Sex>", closed=CLOSED))
    episode = found["cin_episodes"].iloc[0]
    assert len(found["cin_episodes"]) == 1
    assert (episode["cine_close_date"], episode["cine_close_reason"]) == (pd.Timestamp("2024-02-01"), "RC9")
    superseded = found.left_out[found.left_out["path"] == "b.xml"]
    assert set(superseded["table"]) == set(found.tables) and set(found.left_out["path"]) == {"b.xml"}
    assert not found.faults


def test_a_conference_dated_on_the_referral_is_a_transfer_in_and_the_same_one_written_twice_counts_once(read):
    found = read(cin_xml=census(transfer="2022-10-30"))
    assert list(found["initial_cp_conferences"]["icpc_icpc_transfer_in"]) == ["Y", "N"]
    found = read(cin_xml=census(transfer="2022-12-20"))
    assert list(found["initial_cp_conferences"]["icpc_icpc_transfer_in"]) == ["N"]
    assert "rule 2884" in found.left_out["reason"][0]


def test_a_conference_that_hangs_on_two_enquiries_is_one_on_the_later_enquiry(read):
    second = "<Section47><S47ActualStartDate>2022-12-10</S47ActualStartDate>{}</Section47>"
    second = second.format("<DateOfInitialCPC>2022-12-20</DateOfInitialCPC>")
    found = read(cin_xml=census(more=second))
    assert list(found["initial_cp_conferences"]["icpc_s47_enquiry_id"]) == ["Z1 2022-12-10"] and len(found["s47_enquiries"]) == 2
    assert list(found.left_out["reason"]) == ["the same conference stands on another section 47 enquiry of the child too"]


def test_an_episode_that_a_later_census_has_open_again_is_open(read):
    found = read(a_xml=census(2023, closed=CLOSED.replace("2024", "2023")), b_xml=census(2024))
    assert pd.isna(found["cin_episodes"]["cine_close_date"][0]) and pd.isna(found["cin_episodes"]["cine_close_reason"][0])


@pytest.mark.parametrize("authority, lea, used", [
    ("Dorset", "838", True), ("Dorset", "835", True), ("Dorset", "201", False), ("Dorset", "", True), ("Wrenshire", "999", True),
    ("Wrenshire", "838", False), ("839", "835", False), ("E06000059", "838", True),
])  # fmt: skip
def test_a_census_whose_header_names_another_authority_is_not_used_but_its_predecessor_s_is(read, authority, lea, used):
    found = read(cin_xml=census(lea=lea), about_yml=f"authority: '{authority}'\n")
    assert bool(found.tables) == used and bool(found.fatal) != used
    if not used:
        assert f"its header says that it is the return of {'City of London' if lea == '201' else 'Dorset'}" in str(found.fatal[0])
        assert set(found.left_out["reason"]) == {"another authority's return"}


def test_without_about_yml_the_header_says_whose_the_records_are_and_two_authorities_are_refused(read):
    found = read(a_xml=census(lea="201"))
    assert extracts.reading._ours(found, "City of London").tables and not extracts.reading._ours(found, "Dorset").tables
    assert "are those of City of London (201)" in extracts.reading._ours(found, "Dorset").why_none
    both = read(b_xml=census(2024, lea="838"))
    assert not both.tables and [fault.file for fault in both.fatal] == ["a.xml", "b.xml"]


def test_a_census_without_a_child_is_told_as_that(read):
    found = read(cin_xml="<Message><Header><Collection>CIN</Collection></Header><Children/></Message>")
    assert "the header of a return and not one child" in str(found.fatal[0])


def test_where_a_census_is_one_line_its_children_are_known_by_number(read):
    child = "<Child><ChildIdentifiers><LAchildID>{}</LAchildID><PersonBirthDate>{}</PersonBirthDate></ChildIdentifiers></Child>"
    children = [child.format("Z1", "2015-03-27"), child.format("Z2", "2015-13-27")]
    found = read(cin_xml=f"<Message><Children>{''.join(children)}</Children></Message>")
    assert 'cin.xml, element "Child" (PersonBirthDate): 1 Child element (2): the date is impossible' in str(found.faults[0])
    found = read(cin_xml="<Message><Children>\n" + "\n".join(children) + "</Children></Message>")
    assert 'cin.xml, element "Child" (PersonBirthDate): 1 line (3): the date is impossible' in str(found.faults[0])


def test_namespaces_do_not_matter_and_an_element_that_is_not_read_is_named(read):
    block = "<PreProceedingsandFGDM><PPStartDate>2022-12-01</PPStartDate></PreProceedingsandFGDM>"
    found = read(cin_xml=census(2026, more=block, opening='<Message xmlns="http://example.org/cin">'))
    assert len(found["cin_episodes"]) == 1
    assert list(found.not_read) == ['cin.xml, element "PreProceedingsandFGDM"']


def test_assessments_of_the_census_find_the_referral_in_another_extract_by_child_and_day(read):
    referrals = "cine_referral_id,cine_person_id,cine_referral_date,cine_referral_team\nR77,Z1,2022-10-06,Team A\n"
    found = read(cin_xml=census(), referrals_csv=referrals, teams_csv="Team,Locality\nTeam A,North\n")
    if set(found["cin_episodes"]["cine_referral_id"]) == {"R77"}:
        assert list(found["assessments"]["cina_referral_id"]) == ["R77"]
    assert "North" in set(found["cin_episodes"]["cine_locality"])


@pytest.mark.parametrize("cut", [0.3, 0.6, 0.95])
def test_a_census_cut_short_is_refused_with_the_line(read, cut):
    whole = census()
    found = read(cin_xml=whole[: int(len(whole) * cut)])
    said = [*found.not_read.values(), *map(str, found.faults)]
    assert not found.tables and any("broken or cut short at line" in line for line in said)


@pytest.mark.parametrize(
    "declared",
    [
        '<!DOCTYPE a [<!ENTITY b "bomb"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;">]>',
        '<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]>',
        '<!DOCTYPE a SYSTEM "http://127.0.0.1:9/a.dtd">',
    ],
)
def test_a_census_that_declares_entities_is_refused(read, declared):
    found = read(cin_xml=declared + census().replace("WBRI", "&b;"))
    said = [*found.not_read.values(), *map(str, found.faults)]
    assert not found.tables and any("declares a document type" in line or "broken" in line for line in said)


@pytest.mark.parametrize("sample", ["CIN_Census_2021", "CIN_Census_2024", "fake_CIN_data", "liia_BAR_cin_2022"])
def test_every_sample_is_read_to_the_last_element(shared, sample):
    file = shared / "extracts" / "cin_census" / f"{sample}.xml"
    found, written = extracts.read(file), file.read_text(encoding="utf-8")
    for table, element in (
        ("persons", "<Child>"), ("cin_episodes", "<CINdetails>"), ("assessments", "<Assessments>"),
        ("cp_plans", "<ChildProtectionPlans>"), ("initial_cp_conferences", "<DateOfInitialCPC>"),
        ("assessment_factors", "<AssessmentFactors>"), ("s47_enquiries", "<Section47>"),
    ):  # fmt: skip
        assert len(found.tables.get(table, ())) == written.count(element), table
    assert not found.fatal and not found.not_read


def test_records_packed_one_at_a_time_are_those_packed_together_a_late_column_among_them(read, monkeypatch):
    two = census(more=f"</CINdetails>{EPISODE.format(closed=CLOSED, transfer='', more='').replace('2022', '2021')[:-13]}")
    together = read(census_xml=two)
    monkeypatch.setattr("helpers.extracts.xml_returns.AT_A_TIME", 1)
    apart = read(census_xml=two)
    assert together["cin_episodes"]["cine_close_date"].notna().tolist() == [True, False]
    assert together.tables.keys() == apart.tables.keys() and together.faults == apart.faults
    for name, frame in together.tables.items():
        pd.testing.assert_frame_equal(frame, apart[name])
