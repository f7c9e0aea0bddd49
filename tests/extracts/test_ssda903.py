import pandas as pd
import pytest

from helpers import extracts

EPISODES = "CHILD,DECOM,RNE,LS,CIN,PLACE,PLACE_PROVIDER,DEC,REC,REASON_PLACE_CHANGE,HOME_POST,PL_POST,URN\n"
HEADER = "CHILD,SEX,DOB,ETHNIC,UPN,MOTHER,MC_DOB\n"
OC2 = (
    "CHILD,DOB,SDQ_SCORE,SDQ_REASON,CONVICTED,HEALTH_CHECK,IMMUNISATIONS,TEETH_CHECK,HEALTH_ASSESSMENT,SUBSTANCE_MISUSE,"
    "INTERVENTION_RECEIVED,INTERVENTION_OFFERED\n"
)
OC3 = "CHILD,DOB,IN_TOUCH,ACTIV,ACCOM\n"


@pytest.fixture
def read(tmp_path):
    """Read files given by path, without its ending, and content."""

    def reading(files: dict[str, str]):
        for name, content in files.items():
            path = tmp_path / (name if "." in name else f"{name}.csv")
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(content, encoding="utf-8")
        return extracts.read(tmp_path)

    return reading


def test_every_file_of_the_return_becomes_its_own_table(read):
    found = read({
        "a": HEADER + "1,F,05/02/2010,WBRI,,,\n",
        "b": EPISODES + "1,01/06/2023,S,V2,N1,U4,PR1,,,,,,\n",
        "c": "CHILD,DOB,MISSING,MIS_START,MIS_END\n1,05/02/2010,M,02/01/2024,03/01/2024\n",
        "d": "CHILD,DOB,REVIEW,REVIEW_CODE\n1,05/02/2010,20/06/2023,PN3\n",
        "e": OC2 + "1,05/02/2010,17,,0,,1,1,1,0,,\n",
        "f": OC3 + "9,05/02/2005,YES,F4,B1\n",
        "g": "CHILD,DOB,DATE_INT,DATE_MATCH,FOSTER_CARE,NB_ADOPTR,SEX_ADOPTR,LS_ADOPTR\n"
        "1,05/02/2010,01/09/2023,01/11/2023,0,2,MF,L11\n",
        "h": "CHILD,DOB,DATE_PLACED,DATE_PLACED_CEASED,REASON_PLACED_CEASED\n1,05/02/2010,01/09/2023,10/01/2024,RD2\n",
        "i": "CHILD,DOB,PREV_PERM,LA_PERM,DATE_PERM\n1,05/02/2010,P1,838,zz/zz/2015\n",
        "j": "CHILD,SEX,DOB,DUC\n1,F,05/02/2010,01/02/2024\n",
        "k": "CHILD,DOB,SW_ID,SW_DECOM,SW_DEC,SW_REASON\n1,05/02/2010,SW123,01/06/2023,,\n",
        "l": "CHILD,DOB,DOLO_START,DOLO_END\n1,05/02/2010,01/01/2024,02/01/2024\n",
    })  # fmt: skip
    assert not found.not_read and not found.fatal and found.left_out.empty
    assert {name: len(frame) for name, frame in found.tables.items()} == dict.fromkeys(
        ["persons", "cla_episodes", "missing_episodes", "cla_reviews", "cla_outcomes", "care_leavers", "permanence",
         "previous_permanence", "social_worker_episodes", "deprivations_of_liberty"], 1,
    )  # fmt: skip
    assert found["persons"]["pers_uasc"].all()
    leaver = found["care_leavers"].iloc[0]
    assert (leaver["clea_year"], leaver["clea_care_leaver_accommodation"], leaver["clea_care_leaver_accom_suitable"]) == (
        2024, "B", "Y",
    )  # fmt: skip
    assert found["cla_outcomes"][["clao_year", "clao_sdq_score"]].iloc[0].to_list() == [2024, 17]
    permanence = found["permanence"].iloc[0]
    assert permanence["perm_matched_date"] == pd.Timestamp("2023-11-01")  # from AD1
    assert permanence["perm_decision_reversed_reason"] == "RD2"  # of the same decision, from Placed for adoption


@pytest.mark.parametrize(
    "year, sex, placement, reason",
    [(2018, "2", "P2", "E43"), (2020, "2", "H5", "E45"), (2025, "F", "K3", "E48"), (2026, "F", "Z12", "E17")],
)
def test_the_codes_of_every_year_are_read_without_a_fault(read, year, sex, placement, reason):
    found = read({
        "header": HEADER + f"1,{sex},05/02/{year - 15},WBRI,,,\n",
        "episodes": EPISODES + f"1,01/06/{year - 1},S,V2,N1,{placement},PR1,01/02/{year},{reason},CUSTOD,,,\n",
    })  # fmt: skip
    assert not found.faults
    assert found["persons"]["pers_sex"][0] == "F"
    assert found["cla_episodes"][["clap_cla_placement_type", "clae_cla_episode_ceased_reason"]].iloc[0].to_list() == [
        placement, reason,
    ]  # fmt: skip


def test_years_come_from_the_episodes_in_the_same_folder_or_of_the_same_name(read):
    start = EPISODES + "1,01/06/{0},S,V2,N1,U4,PR1,,,,,,\n"
    found = read({
        "this/episodes": start.format(2022), "this/oc2": OC2 + "1,05/02/2010,17,,0,,1,1,1,0,,\n",
        "one/episodes_2020": start.format(2019), "one/oc2_2020": OC2 + "1,05/02/2010,18,,0,,1,1,1,0,,\n",
        "one/episodes_2021": start.format(2020), "one/oc2_2021": OC2 + "1,05/02/2010,19,,0,,1,1,1,0,,\n",
    })  # fmt: skip
    assert found["cla_outcomes"].set_index("clao_year")["clao_sdq_score"].to_dict() == {2023: 17, 2020: 18, 2021: 19}


def test_a_year_that_nothing_tells_is_not_guessed(read):
    start = EPISODES + "1,01/06/{0},S,V2,N1,U4,PR1,,,,,,\n"
    found = read({"one": start.format(2019), "two": start.format(2020), "oc2": OC2 + "1,05/02/2010,17,,0,,1,1,1,0,,\n"})
    assert "cla_outcomes" not in found.tables
    assert any("which year's return this is" in str(fault) for fault in found.faults)


def test_a_file_without_rows_says_that_nothing_of_the_kind_happened_and_takes_no_other_year_s_away(read):
    uasc = "CHILD,SEX,DOB,DUC\n"
    found = read(
        {"a/header": HEADER + "1,F,05/02/2010,WBRI,,,\n", "a/uasc": uasc, "b/uasc": uasc + "1,F,05/02/2010,\n", "oc3": OC3}
    )
    assert not found.fatal and found["persons"]["pers_uasc"].all()
    nothing = "it has the right headers and not one row under them. That is right if there was nothing of the kind"
    assert [str(fault) for fault in found.faults] == [f"a/uasc.csv: {nothing}; the other files are used.", f"oc3.csv: {nothing}."]


def test_a_typing_slip_in_one_date_does_not_move_the_year(read):
    rows = "".join(f"{child},01/06/2019,S,V2,N1,U4,PR1,,,,,,\n" for child in range(200))
    found = read({"e": EPISODES + rows + "999,01/06/2091,S,V2,N1,U4,PR1,,,,,,\n", "oc3": OC3 + "9,05/02/2005,YES,F4,B2\n"})
    assert list(found["care_leavers"]["clea_year"]) == [2020]


def test_the_return_in_xml_says_what_its_csv_files_say(read, tmp_path):
    xml = """<EXPSSDA903><CHILD><HEADER><CHILDID>1</CHILDID><SEX>2</SEX><DOB>05/02/2010</DOB><ETHNIC>WBRI</ETHNIC>
    <UASC>1</UASC><DUC>01/02/2024</DUC><AREVIEW><REVIEW>20/06/2023</REVIEW><REVIEW_CODE>PN3</REVIEW_CODE></AREVIEW>
    <AMISSING><MISSING>M</MISSING><MIS_START>02/01/2024</MIS_START><MIS_END>03/01/2024</MIS_END></AMISSING>
    <OC2><SDQ_SCORE>17</SDQ_SCORE><CONVICTED>0</CONVICTED></OC2></HEADER>
    <EPISODE><DECOM>01/06/2023</DECOM><RNE>S</RNE><LS>V2</LS><CIN>N1</CIN><PL>U4</PL><DEC /></EPISODE></CHILD>
    <CHILD><HEADER><CHILDID>9</CHILDID><SEX>1</SEX><DOB>05/02/2005</DOB><ETHNIC>WBRI</ETHNIC><IN_TOUCH>YES</IN_TOUCH>
    <ACTIV>F4</ACTIV><ACCOM>B1</ACCOM></HEADER></CHILD></EXPSSDA903>"""
    in_xml = read({"return.xml": xml})
    (tmp_path / "return.xml").unlink()
    in_csv = read({
        "header": HEADER + "1,2,05/02/2010,WBRI,,,\n9,1,05/02/2005,WBRI,,,\n",
        "uasc": "CHILD,SEX,DOB,DUC\n1,2,05/02/2010,01/02/2024\n",
        "reviews": "CHILD,DOB,REVIEW,REVIEW_CODE\n1,05/02/2010,20/06/2023,PN3\n",
        "missing": "CHILD,DOB,MISSING,MIS_START,MIS_END\n1,05/02/2010,M,02/01/2024,03/01/2024\n",
        "oc2": OC2 + "1,05/02/2010,17,,0,,,,,,,\n", "oc3": OC3 + "9,05/02/2005,YES,F4,B1\n",
        "episodes": EPISODES + "1,01/06/2023,S,V2,N1,U4,,,,,,,\n",
    })  # fmt: skip
    assert set(in_xml.tables) == set(in_csv.tables)
    for name, frame in in_csv.tables.items():
        pd.testing.assert_frame_equal(in_xml[name], frame)


def test_every_sample_of_the_return_is_read_or_named_for_what_it_is(shared):
    found = extracts.read(shared / "extracts" / "ssda903" / "csc-validator-be-903_fake")
    assert {path: why for path, why in found.not_read.items() if "Ofsted's list of providers" not in why} == {}
    assert len([why for why in found.not_read.values() if "Ofsted's list of providers" in why]) == 9  # sheets of five workbooks
    assert [fault.file for fault in found.fatal] == [
        "reviews.csv"
    ]  # 24 rows: one child reviewed twice on one day, with two codes
    counts = {name: len(frame) for name, frame in found.tables.items()}
    assert counts == {
        "persons": 2675 + 253, "missing_episodes": 43 + 6, "cla_episodes": 5050 + 459, "cla_outcomes": 2675 + 253,
        "care_leavers": 53 + 6, "previous_permanence": 2675 + 253, "permanence": 29 + 3 + 29, "social_worker_episodes": 1,
        "deprivations_of_liberty": 1,
    }  # fmt: skip
    assert set(found["cla_outcomes"]["clao_year"]) == {2018}
