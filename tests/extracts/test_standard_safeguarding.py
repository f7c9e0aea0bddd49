import pytest

from helpers import extracts
from helpers.extracts import reading, standard_safeguarding
from helpers.extracts.layouts import recognise
from helpers.tables import TABLES


@pytest.fixture
def read(tmp_path):
    """Read CSV files given by name and content."""

    def reading(**files):
        for name, content in files.items():
            (tmp_path / f"{name}.csv").write_text(content, encoding="utf-8")
        return extracts.read(tmp_path)

    return reading


def test_a_contact_s_outcome_is_read_from_its_flags_where_they_are_certain(read):
    flags = (
        '"{{""NEW_REFERRAL_FLAG"": ""{}"", ""NFA_FLAG"": ""{}"", ""ADVICE_FLAG"": ""{}"", ""OTHER_OUTCOMES_EXIST_FLAG"": ""N""}}"'
    )
    rows = [("Y", "N", "N"), ("N", "Y", "N"), ("N", "N", "Y"), ("N", "N", "N")]
    lines = [f"C{n},Z{n},2024-01-0{n},2A,{flags.format(*row)}" for n, row in enumerate(rows, start=1)]
    head = "cont_contact_id,cont_person_id,cont_contact_date,cont_contact_source_code,cont_contact_outcome_json\n"
    found = read(contacts=head + "\n".join(lines) + "\n")
    assert found["contacts"]["cont_contact_outcome"].fillna("").to_list() == ["referral", "nfa", "information", ""]


def test_no_further_action_is_read_from_the_flags_where_its_own_column_is_empty(read):
    head = "cine_referral_id,cine_person_id,cine_referral_date,cine_referral_nfa,cine_referral_outcome_json\n"
    found = read(
        cin=head + 'R1,Z1,2024-01-01,,"{NFA_FLAG: ""Y""}"\nR2,Z2,2024-01-01,N,"{NFA_FLAG: ""Y""}"\nR3,Z3,2024-01-01,,{}\n'
    )
    assert found["cin_episodes"]["cine_referral_nfa"].fillna("").to_list() == ["Y", "N", ""]


def test_factors_stand_in_a_list_or_are_marked_and_each_becomes_a_row(read):
    found = read(
        factors='cinf_assessment_id,cinf_assessment_factors_json\nA1,"[""1A"", ""3B""]"\nA2,"{""1A"": ""Yes"", ""2B"": ""No""}"\n'
    )
    assert found["assessment_factors"].to_numpy().tolist() == [["A1", "1A"], ["A1", "3B"], ["A2", "1A"]]


@pytest.mark.parametrize(
    "text, factors",
    [("1A, 3b", ["1A", "3B"]), ("1A;3B", ["1A", "3B"]), ("[1A 3B]", ["1A", "3B"]), ("['1A']", ["1A"]), ("21", ["21"]),
     ('{""factors"": [""1A"", ""3B""]}', ["1A", "3B"]), ('{""1A"": true, ""3B"": null}', ["1A"]), ("[]", []), ("", [])],
)  # fmt: skip
def test_factors_may_be_written_as_plain_lists(read, text, factors):
    found = read(factors=f'cinf_assessment_id,cinf_assessment_factors_json\nA0,2A\nA1,"{text}"\n')
    assert found["assessment_factors"]["cinf_assessment_factor"].to_list() == ["2A", *factors] and not found.faults


@pytest.mark.parametrize("text", ["domestic abuse", '{""1A"": ""Parental alcohol""}', "1A and 3B"])
def test_factors_that_cannot_be_read_are_told_and_counted(read, text):
    found = read(factors=f'cinf_assessment_id,cinf_assessment_factors_json\nA0,2A\nA1,"{text}"\n')
    assert found["assessment_factors"]["cinf_assessment_factor"].to_list() == ["2A"]
    assert "factors.csv, column B (cinf_assessment_factors_json): 1 row (3): no factors can be read" in str(found.faults[0])
    assert found.left_out["rows"].to_list() == [1]


def test_categories_eligibility_and_seen_are_read_in_the_standard_s_words(read):
    found = read(
        plans="cppl_cp_plan_id,cppl_person_id,cppl_cp_plan_start_date,cppl_cp_plan_initial_category\n"
        'P1,Z1,2024-01-01,Neglect\nP2,Z2,2024-01-01,"Multiple: Sexual abuse, Neglect"\n',
        leavers="clea_person_id,clea_care_leaver_eligibility,clea_care_leaver_accom_suitable\nZ2,Former Relevant,1\n",
        disability="disa_person_id,disa_disability_code\nZ1,MOB\nZ1,HEAR\nZ2,NONE\n",
    )
    assert found["cp_plans"]["cppl_cp_plan_initial_category"].to_list() == ["NEG", "MUL"]
    assert found["care_leavers"].iloc[0][["clea_care_leaver_eligibility", "clea_care_leaver_accom_suitable"]].to_list() == [
        "former", "Y",
    ]  # fmt: skip
    assert found["persons"].set_index("pers_person_id")["pers_disability"].to_dict() == {"Z1": "Y", "Z2": "N"}
    assert not found.faults


@pytest.mark.parametrize("layout", standard_safeguarding.LAYOUTS, ids=lambda layout: layout.name)
def test_every_table_of_the_standard_is_known_by_its_own_headers(read, layout):
    header = [name for supply in layout.supplies for name in supply.names]
    found = recognise([header], reading.LAYOUTS)
    assert found is not None and found[0].name == layout.name
    assert {supply.column for supply in layout.supplies if not supply.column.startswith("_")} <= set(
        TABLES[layout.table].column_names
    )
