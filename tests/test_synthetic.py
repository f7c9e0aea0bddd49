import io
import json
import subprocess
import sys
import zipfile

import numpy as np
import pandas as pd
import pytest
from lxml import etree

from helpers import extracts, synthetic
from helpers.extracts import published
from helpers.synthetic import Authority, Effects
from helpers.synthetic.place import (
    ATTAINMENT_CHANGED_IN,
    AUDITS_CHANGED_ON,
    CHILDREN,
    FRONT_DOOR_CHANGED_ON,
    INTERVIEWS_CHANGED_ON,
    MISSING_CHANGED_ON,
    SFT_FIRST_WAVE,
    SFT_SECOND_WAVE,
)  # fmt: skip
from helpers.synthetic.practice import NEW_TOOL_ON
from helpers.synthetic.records import MAKERS
from helpers.synthetic.schools import GAPS
from helpers.tables import TABLES

SHIPPED = extracts.reading.ROOT / "data" / "synthetic"
YEARS = range(2019, 2026)
MADE_WHEN_READ = ("miss_placing_authority", "cppl_number_of_previous_plans")  # read as our own name; of another return


@pytest.fixture(scope="module")
def drawn_tables():
    """The tables of the shipped seed as they were drawn."""
    return synthetic.generate()


@pytest.fixture(scope="module")
def null_tables(without_effects):
    return extracts.load_typed(without_effects).tables


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    """A small made-up authority and the folder that it was written to."""
    authority, folder = Authority(3, children=1_500), tmp_path_factory.mktemp("small")
    synthetic.write(folder, authority)
    return authority, folder


def census(folder, year):
    """The root of one year's children in need census."""
    with zipfile.ZipFile(folder / "cin_census" / f"cin_census_{year}.zip") as packed:
        return etree.parse(io.BytesIO(packed.read(f"cin_census_{year}.xml"))).getroot()


def annex_a(folder, number):
    return pd.read_excel(folder / "annex_a.xlsx", sheet_name=f"List_{number}", header=1, engine="calamine")


def per_day(moments, first, last):
    return ((moments >= first) & (moments < last)).sum() / (pd.Timestamp(last) - pd.Timestamp(first)).days


def missing_ratio(tables):
    """Incidents a day after the change beside those before it, the pandemic left out."""
    moments = tables["missing_episodes"]["miss_missing_episode_start_date"]
    before = np.mean([per_day(moments, "2018-04-01", "2020-03-01"), per_day(moments, "2021-08-01", MISSING_CHANGED_ON)])
    return per_day(moments, MISSING_CHANGED_ON, "2025-04-01") / before


def plan_starts_ratio(tables):
    """Change in plan starts in the pilot localities beside the change in the others, until the second wave."""
    plans = tables["cp_plans"]
    pilot = plans["cppl_locality"].isin(synthetic.PILOT)
    changes = [
        per_day(starts, SFT_FIRST_WAVE, SFT_SECOND_WAVE) / per_day(starts, "2018-04-01", SFT_FIRST_WAVE)
        for starts in (plans.loc[pilot, "cppl_cp_plan_start_date"], plans.loc[~pilot, "cppl_cp_plan_start_date"])
    ]
    return changes[0] / changes[1]


def stepped_down_within_12_months(tables):
    """Difference in differences of plans that ended within 12 months with the child in need episode still open."""
    plans = tables["cp_plans"]
    plans = plans[plans["cppl_cp_plan_start_date"].between("2018-04-01", "2024-03-30")]
    ended = (plans["cppl_cp_plan_end_date"] - plans["cppl_cp_plan_start_date"]).dt.days <= 365
    closed = plans["cppl_referral_id"].map(tables["cin_episodes"].set_index("cine_referral_id")["cine_close_date"])
    in_need_after = closed.isna() | ((closed - plans["cppl_cp_plan_end_date"]).dt.days >= 28)
    entered = tables["cla_episodes"].groupby("clae_person_id")["clae_entered_care_date"].max()
    entered = plans["cppl_person_id"].map(entered)
    in_care = entered.between(plans["cppl_cp_plan_start_date"], plans["cppl_cp_plan_end_date"])
    share = (ended & in_need_after & ~in_care).groupby(
        [plans["cppl_locality"].isin(synthetic.PILOT), plans["cppl_cp_plan_start_date"] >= SFT_FIRST_WAVE]
    ).mean()  # fmt: skip
    return (share[True, True] - share[True, False]) - (share[False, True] - share[False, False])


def interviews_in_time(tables):
    """Change in the share of completed interviews that were within 72 hours of the return."""
    log = tables["missing_episodes"].dropna(subset=["miss_missing_rhi_completed_date"])
    hours = (log["miss_missing_rhi_completed_date"] - log["miss_missing_episode_end_date"]).dt.total_seconds() / 3600
    after = log["miss_missing_episode_start_date"] >= INTERVIEWS_CHANGED_ON
    return (hours[after] <= 72).mean() - (hours[~after] <= 72).mean()


def contacts_that_become_referrals(tables):
    contacts = tables["contacts"]
    referred, after = contacts["cont_contact_outcome"] == "referral", contacts["cont_contact_date"] >= FRONT_DOOR_CHANGED_ON
    return referred[after].mean() - referred[~after].mean()


def stepped_up_within_6_months(tables):
    helped = tables["early_help_episodes"]
    helped = helped[helped["earl_episode_start_date"].between("2018-04-01", "2024-09-01")]
    lasted = (helped["earl_episode_end_date"] - helped["earl_episode_start_date"]).dt.days
    up = (helped["earl_episode_end_reason"] == "step_up") & (lasted <= 182)
    after = helped["earl_episode_start_date"] >= FRONT_DOOR_CHANGED_ON
    return up[after].mean() - up[~after].mean()


def audits_good(tables):
    audits = tables["case_audits"]
    audits = audits[audits["audi_date"] < NEW_TOOL_ON]
    good, after = audits["audi_grade"].isin(["outstanding", "good"]), audits["audi_date"] >= AUDITS_CHANGED_ON
    return good[after].mean() - good[~after].mean()


def gap_at_key_stage_2(tables):
    """Change in the gap of disadvantaged pupils in reading and maths, in standard deviations of a scaled score."""
    results = tables["pupil_results"]
    results = results[results["resu_measure"].isin(["reading", "maths"])]
    pupils = tables["pupils"].set_index(["pupi_pupil_id", "pupi_academic_year"])["pupi_disadvantaged"]
    keys = pd.MultiIndex.from_frame(results[["resu_pupil_id", "resu_academic_year"]])
    after = (results["resu_academic_year"].str[:4].astype(int) + 1 >= ATTAINMENT_CHANGED_IN).to_numpy()
    points = results["resu_points"].astype(float).groupby([pupils.reindex(keys).to_numpy(), after]).mean()
    return ((points["Y", True] - points["N", True]) - (points["Y", False] - points["N", False])) / 7.6


PLAIN = {
    "missing_incidents": (missing_ratio, 0.2), "plan_starts": (plan_starts_ratio, 0.2),
    "step_down": (stepped_down_within_12_months, 0.12), "interviews_within_72_hours": (interviews_in_time, 0.06),
    "contact_to_referral": (contacts_that_become_referrals, 0.02), "step_up": (stepped_up_within_6_months, 0.03),
    "audits_good": (audits_good, 0.07), "attainment_gap": (gap_at_key_stage_2, 0.11),
}  # fmt: skip


@pytest.mark.parametrize("effect", PLAIN)
def test_a_planted_effect_can_be_seen_in_a_plain_comparison(drawn_tables, effect):
    plain, near = PLAIN[effect]
    assert plain(drawn_tables) == pytest.approx(getattr(Effects(), effect), abs=near)


@pytest.mark.parametrize("effect", PLAIN)
def test_without_effects_the_same_comparison_is_near_nothing(null_tables, effect):
    plain, near = PLAIN[effect]
    nothing = getattr(Effects.none(), effect)
    assert plain(null_tables) == pytest.approx(nothing, abs=0.4 if nothing else near + 0.03)


def test_the_shipped_extracts_are_small_enough_to_ship():
    sizes = [file.stat().st_size for file in SHIPPED.rglob("*") if file.is_file()]
    assert sum(sizes) < 16_500_000 and max(sizes) < 5_000_000


def test_no_english_authority_has_the_made_up_name_and_no_locality_is_one():
    names = set(published.authorities()["name"].str.casefold())
    assert not {name.casefold() for name in (synthetic.AUTHORITY, *synthetic.LOCALITIES)} & names


def on(frame, start, end, day):
    """Rows of spells open on a day."""
    return frame[(frame[start] <= day) & (frame[end].isna() | (frame[end] > day))]


@pytest.mark.parametrize("year", [2019, 2022, 2024])
def test_the_authority_is_of_a_county_s_size(drawn_tables, year):
    assert 64_000 < sum(CHILDREN.values()) < 68_000
    tables, day = drawn_tables, pd.Timestamp(f"{year}-03-31")
    care = on(tables["cla_episodes"], "clae_cla_episode_start_date", "clae_cla_episode_ceased_date", day)
    in_care = care["clae_person_id"].nunique()
    assert 370 < in_care < 500
    alone = tables["persons"].set_index("pers_person_id")["pers_uasc"]
    assert 25 < alone.reindex(care["clae_person_id"].unique()).sum() < 75
    assert 200 < len(on(tables["cp_plans"], "cppl_cp_plan_start_date", "cppl_cp_plan_end_date", day)) < 330
    need = on(tables["cin_episodes"], "cine_referral_date", "cine_close_date", day)["cine_person_id"].nunique()
    assert 1_700 < need < 2_500
    in_year = {
        "cont_contact_date": (6_500, 9_000), "cine_referral_date": (2_000, 3_000), "s47e_s47_start_date": (800, 1_250),
        "icpc_icpc_date": (280, 450), "cppl_cp_plan_start_date": (240, 420), "cina_assessment_start_date": (2_000, 3_400),
    }  # fmt: skip
    for column, (least, most) in in_year.items():
        [frame] = [table for table in tables.values() if column in table]
        assert least < frame[column].between(f"{year - 1}-04-01", day).sum() < most, column
    log = tables["missing_episodes"]
    ours = log[(log["miss_missing_from"] != "home") & log["miss_placing_authority"].isna()]
    ours = ours[ours["miss_missing_episode_start_date"].between(f"{year - 1}-04-01", day)]
    assert 250 < len(ours) < 700 and 0.09 < ours["miss_person_id"].nunique() / (in_care * 1.45) < 0.20


def test_disadvantaged_pupils_attain_less_about_as_a_county_s_do(drawn_tables):
    pupils = drawn_tables["pupils"]
    disadvantaged = set(pupils.loc[pupils["pupi_disadvantaged"] == "Y", "pupi_pupil_id"])
    results = drawn_tables["pupil_results"]
    poor = results["resu_pupil_id"].isin(disadvantaged)
    met = results.assign(met=results["resu_met"] == "Y").groupby([results["resu_measure"], poor])["met"].mean()
    points = results.groupby([results["resu_measure"], poor])["resu_points"].mean()
    assert 0.40 < met["GLD", True] < 0.58 < 0.66 < met["GLD", False] < 0.80
    assert 0.30 < met["RWM", True] < 0.46 < 0.54 < met["RWM", False] < 0.70
    assert 29 < points["attainment8", True] < 37 < 42 < points["attainment8", False] < 51
    assert set(results["resu_academic_year"]) == {"2017/18", "2018/19", "2021/22", "2022/23", "2023/24"}  # no tests in two
    assert GAPS["disadvantaged"] + Effects().attainment_gap < 0


def test_drawn_tables_keep_to_their_definitions(small):
    drawn_tables = synthetic.tables_of(small[0], MAKERS)
    for name, frame in drawn_tables.items():
        assert not frame.duplicated(list(TABLES[name].key)).any(), name
        for column in TABLES[name].columns:
            if column.allowed:
                assert set(frame[column.name].dropna()) <= set(column.allowed), column.name
            if column.required:
                assert frame[column.name].notna().all(), column.name
            if column.refers_to in drawn_tables:
                key = drawn_tables[column.refers_to][TABLES[column.refers_to].key[0]]
                assert frame[column.name].dropna().isin(key).all(), f"{column.name} points at nothing"
            if column.not_before:
                assert not (frame[column.name] < frame[column.not_before]).any(), f"{column.name} is too early"


def test_only_the_tables_asked_for_are_drawn_and_they_are_the_same(small):
    authority, _ = small
    [(name, plans)] = synthetic.generate(3, children=1_500, tables=["cp_plans"]).items()
    pd.testing.assert_frame_equal(plans, synthetic.tables_of(authority, [name])[name])


def test_ten_times_the_children_bring_about_ten_times_the_contacts():
    one, ten = (Authority(2, children=children).contacts for children in (1_000, 10_000))
    assert len(ten) == pytest.approx(10 * len(one), rel=0.15)


def test_tables_written_and_read_again_are_the_same_tables(small):
    authority, folder = small
    again = extracts.read(folder)
    assert {fault.table for fault in again.faults} <= {"adopters", "permanence"}  # so few children: nobody is adopted
    assert not again.fatal
    drawn = synthetic.tables_of(authority, MAKERS)
    assert set(drawn) <= set(again.tables)
    assert {name: len(frame) for name, frame in drawn.items()} == {name: len(again[name]) for name in drawn}
    for name in ("cp_plans", "cin_episodes", "sft_allocations", "missing_episodes", "contacts", "early_help_episodes", "pupils"):
        columns = [column for column in drawn[name] if drawn[name][column].notna().any() and column not in MADE_WHEN_READ]
        pd.testing.assert_frame_equal(again[name][columns], drawn[name][columns])


def test_annex_a_has_the_official_lists_headers_and_codes(small, shared):
    reference = json.loads((shared / "reference" / "annex_a_headers_and_codes.json").read_text(encoding="utf-8"))
    headers, codes = reference["official_aug2019_headers"], reference["official_aug2019_codes"]
    later = {"p1) 5D: LA services"}  # since 2022/23
    for number in range(1, 12):
        frame = annex_a(small[1], number)
        assert list(frame) == headers[f"List {number}"], number
        for header, listed in codes.items():
            names = {"Contact Source", "Referral Source"} if header.startswith("Contact /") else {header} - {"LA of Placement"}
            for column in names & set(frame):
                assert set(frame[column].dropna()) <= {*listed["codes"], *later}, (number, column)
    assert len(annex_a(small[1], 1)) > 50


def test_every_year_s_ssda903_has_that_year_s_columns_and_codes(small):
    for year in YEARS:
        folder = small[1] / "ssda903" / f"{year - 1}_{year % 100:02d}"
        files = {file.stem: pd.read_csv(file, dtype="str") for file in folder.iterdir()}
        assert {"header", "episodes", "reviews", "previous_permanence"} <= set(files)
        assert ("sw_episodes" in files) == (year >= 2024)
        assert set(files["header"]["SEX"]) <= ({"M", "F", "U"} if year >= 2025 else {"0", "1", "2"})
        assert "H5" not in set(files["episodes"]["PLACE"]) if year >= 2025 else "K3" not in set(files["episodes"]["PLACE"])
        assert list(files["episodes"]) == (
            [
                "CHILD",
                "DECOM",
                "RNE",
                "LS",
                "CIN",
                "PLACE",
                "PLACE_PROVIDER",
                "DEC",
                "REC",
                "REASON_PLACE_CHANGE",
                "HOME_POST",
                "PL_POST",
                "URN",
            ]
        )


def test_every_year_s_census_has_that_year_s_elements_and_codes(small):
    for year in YEARS:
        root = census(small[1], year)
        assert root.findtext(".//ReferenceDate") == f"{year}-03-31"
        assert bool(root.findall(".//Sex")) == (year >= 2025) and bool(root.findall(".//GenderCurrent")) == (year < 2025)
        new = {element.text for name in ("ReferralSource", "ReasonForClosure") for element in root.iter(name)} & {"5D", "RC9"}
        assert not new if year < 2023 else new
        after = [date.text for name in ("CINreferralDate", "CINclosureDate", "CPPendDate") for date in root.iter(name)
                 if date.text > f"{year}-03-31"]  # fmt: skip
        assert not after


def test_every_source_tells_of_the_same_plans(small):
    authority, folder = small
    plans = synthetic.tables_of(authority, ["cp_plans"])["cp_plans"]
    told = {(row.cppl_person_id, f"{row.cppl_cp_plan_start_date:%Y-%m-%d}"): row for row in plans.itertuples()}
    in_census = {
        (child.findtext(".//LAchildID"), plan.findtext("CPPstartDate")): plan.findtext("InitialCategoryOfAbuse")
        for year in YEARS for child in census(folder, year).iter("Child") for plan in child.iter("ChildProtectionPlans")
    }  # fmt: skip
    recent = {key for key, row in told.items() if not row.cppl_cp_plan_end_date < pd.Timestamp("2018-04-01")}
    assert set(in_census) == recent
    assert all(told[key].cppl_cp_plan_initial_category == category for key, category in in_census.items())
    listed = annex_a(folder, 7)
    keys = zip(listed["Child Unique ID"], listed["Child Protection Plan Start Date"].dt.strftime("%Y-%m-%d"), strict=True)
    assert set(keys) <= set(told) and len(listed)
    open_now = plans[plans["cppl_cp_plan_end_date"].isna()]["cppl_person_id"]
    assert set(open_now) == set(listed.loc[listed["Child Protection Plan End Date"].isna(), "Child Unique ID"])


NAMED = {  # each planted fault by what is said of it
    "misspelt header": "did you mean “organisation”?", "misspelt header of a required column": "no column for what it says",
    "missing column": "no column for grade", "code not in the list": "not in the code list", "empty list": "not one row under",
    "impossible date": "the date is impossible", "end before start": "before", "missing episode outside care": "rule 581",
    "overlapping episodes": "before the same child's one before has ended", "month first": "the date is impossible, ambiguous",
    "two-digit year": "the year is written in two digits", "required cell empty": "nothing is written",
    "row repeated": "repeats another", "key repeated with other content": "more than one row, with different content",
    "date in the future": "after the day of extraction", "XML is not well formed": "the XML is broken or cut short",
    "truncated zip": "damaged or cut short", "protected by a password": "locked with a password",
}  # fmt: skip
BY_NUMBER = {"code not in the list": "rule 1006", "impossible date": "rule 1004", "end before start": "rule 567"}


def test_every_planted_fault_is_named_with_its_file_and_rows(tmp_path):
    synthetic.write(tmp_path, Authority(2, children=1_500), with_faults=True)
    planted = pd.read_csv(tmp_path / "FAULTS.csv", dtype="str", keep_default_na=False)
    needed = {*planted["file"], "about.yml", "team_lookup.csv", "ssda903/2022_23/episodes.csv"}
    for file in [path for path in tmp_path.rglob("*") if path.is_file()]:
        if file.relative_to(tmp_path).as_posix() not in needed:
            file.unlink()
    read = extracts.read(tmp_path)
    missed = []
    for fault in planted.itertuples():
        said = [NAMED.get(fault.rule, ""), *([BY_NUMBER[fault.rule]] if fault.rule in BY_NUMBER else [])]
        rows = {int(row) for row in fault.rows.split()}
        told = [one for one in read.faults if one.file.startswith(fault.file) and one.sheet == fault.sheet]
        if not any(rows <= set(one.rows) and any(words in str(one) for words in said) for one in told):
            missed.append((fault.file, fault.rule))
    assert missed == [("rota.csv", "in no known layout")] and "rota.csv" in read.not_read


def test_a_pupil_known_to_social_care_has_the_same_number_in_the_return_and_in_the_pupil_file(small):
    authority, folder = small
    upns = pd.read_csv(folder / "ssda903" / "2018_19" / "header.csv", dtype="str")["UPN"]
    pupils = authority.schools.pupils
    known = pupils[pupils["looked_after"] & (pupils["summer"] == 2019)]
    written = synthetic.people.pupil_numbers(known["pupil"])
    assert len(written) and set(written) <= set(upns)


def test_identifiers_are_unique_by_construction_and_look_like_nothing_else(drawn_tables):
    people = drawn_tables["persons"]["pers_person_id"]
    assert people.is_unique
    assert people.str.fullmatch(r"ZQ[A-Z0-9]{5}\d").all()
    assert drawn_tables["persons"]["pers_upn"].dropna().is_unique
    assert not set(people) & set(drawn_tables["persons"]["pers_family_id"])


def test_effects_can_be_turned_round():
    flipped = Effects().flipped()
    assert flipped.missing_incidents == pytest.approx(1 / Effects().missing_incidents)
    assert flipped.step_down == -Effects().step_down
    assert Effects.none().flipped() == Effects.none()


def test_the_command_explains_itself():
    said = subprocess.run([sys.executable, "-m", "helpers.synthetic", "--help"], capture_output=True, text=True, check=True)
    assert all(option in said.stdout for option in ("--seed", "--out", "--children"))
