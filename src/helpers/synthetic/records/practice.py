"""Audits, feedback, coded passages, pupils and their results as typed tables."""

import numpy as np
import pandas as pd

from helpers.synthetic.people import identifiers, pupil_numbers
from helpers.synthetic.place import LOCALITIES, TEAMS, timestamps
from helpers.synthetic.records.columns import SERVICES, Ids, made, numbered

MET = ("GLD", "writing", "RWM", "english_maths_9_4", "english_maths_9_5")  # measures that are met or not


def audits(ids: Ids) -> pd.DataFrame:
    audits = ids.of.practice.audits
    code = lambda grades: grades.str.lower().str.replace(" ", "_").replace("", pd.NA)
    return made(
        "case_audits", audit_id=identifiers("WQ", audits["audit"], ids.of.shift), person_id=ids.child(audits["child"]),
        date=timestamps(audits["day"]), service=np.array(SERVICES)[audits["team"] % 3], team=TEAMS[audits["team"]],
        locality=np.array(LOCALITIES)[audits["team"] // 3], grade=code(audits["grade"]), domain_grades=audits["domains"],
        moderated_grade=code(audits["moderated"]), sample=audits["sample"].str.lower(), tool_version=audits["tool"],
    ).sort_values("audi_audit_id")  # fmt: skip


def feedback(ids: Ids) -> pd.DataFrame:
    told = ids.of.practice.feedback
    frame = made(
        "family_feedback", response_date=timestamps(told["day"]), service=np.array(SERVICES)[told["team"] % 3],
        team=TEAMS[told["team"]], locality=np.array(LOCALITIES)[told["team"] // 3], respondent=told["respondent"].str.lower(),
        question=told["question"], answer=told["answer"], scale=told["scale"], invited=told["invited"],
    )  # fmt: skip
    return numbered(frame, "feed_response_id", "B", ["feed_response_date"])


def themes(ids: Ids) -> pd.DataFrame:
    passages = ids.of.practice.passages
    frame = made(
        "coded_themes", passage_id=identifiers("TQ", passages["passage"], ids.of.shift), source=passages["source"].str.lower(),
        method=passages["method"].str.lower(), theme=passages["theme"], stance=passages["stance"].str.lower(),
        question=passages["question"],
    )  # fmt: skip
    return numbered(frame, "them_row_id", "T", ["them_passage_id"])


def academic_year(summer) -> np.ndarray:
    """2024 -> 2023/24."""
    summer = np.asarray(summer, dtype=int)
    return np.char.add(np.char.add((summer - 1).astype("U4"), "/"), np.char.mod("%02d", summer % 100))


def pupils(ids: Ids) -> pd.DataFrame:
    pupils = ids.of.schools.pupils
    flag = lambda column: np.where(pupils[column], "Y", "N")
    return made(
        "pupils", pupil_id=pupil_numbers(pupils["pupil"]), academic_year=academic_year(pupils["summer"]),
        key_stage=pupils["stage"], sex=pupils["sex"], disadvantaged=flag("disadvantaged"),
        fsm=flag("fsm"), fsm6=flag("fsm6"),
        sen=pupils["sen"], ethnicity=pupils["ethnicity"], eal=flag("eal"), school_urn=pupils["school"].astype("str"),
        looked_after=flag("looked_after"), child_in_need=flag("in_need"), absence_sessions=pupils["absent"],
        possible_sessions=pupils["possible"], prior_attainment=pupils["prior"],
    ).sort_values(["pupi_pupil_id", "pupi_academic_year"])  # fmt: skip


def results(ids: Ids) -> pd.DataFrame:
    results, pupils = ids.of.schools.results, ids.of.schools.pupils
    of = pupils.iloc[results["row"]]
    met = results["measure"].isin(MET)
    return made(
        "pupil_results", pupil_id=pupil_numbers(of["pupil"]), academic_year=academic_year(of["summer"]), key_stage=of["stage"],
        measure=results["measure"], result=written(results), met=results["value"].map({1.0: "Y", 0.0: "N"}).where(met),
        points=results["value"].where(~met),
    ).sort_values(["resu_pupil_id", "resu_academic_year", "resu_measure"])  # fmt: skip


def written(results: pd.DataFrame) -> np.ndarray:
    """Results as a school's file writes them: met or not met, a scaled score, points."""
    value = results["value"].to_numpy()
    return np.where(results["measure"].isin(MET), np.where(value == 1, "Met", "Not met"), np.char.mod("%g", value))
