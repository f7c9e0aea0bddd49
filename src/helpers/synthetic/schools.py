"""Made-up pupils and their results: cohorts by summer, gaps between groups, schools that differ, years without tests."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from helpers.synthetic.people import NOBODY
from helpers.synthetic.place import ATTAINMENT_CHANGED_IN, SHARES, Effects, day_number, pick

COHORT = 3_700  # pupils of one age
SUMMERS = (2018, 2019, 2022, 2023, 2024)  # no tests and no examinations in 2020 and 2021
AGES = {"EYFS": 5, "KS2": 11, "KS4": 16}  # on 31 August of the summer
PUPILS_PER_SCHOOL = {"EYFS": 30, "KS2": 32, "KS4": 180}
DISADVANTAGED = {"EYFS": 0.15, "KS2": 0.23, "KS4": 0.21}
SEN = {"EYFS": (0.10, 0.025), "KS2": (0.16, 0.045), "KS4": (0.13, 0.05)}  # support, plan; twice as common among the disadvantaged
ETHNICITIES = {"WBRI": 0.86, "WOTH": 0.05, "MOTH": 0.03, "AOTH": 0.03, "BAFR": 0.03}  # of pupils not known to social care
GAPS = {  # standard deviations, all else alike
    "disadvantaged": -0.52, "SEN support": -0.75, "EHCP": -1.45, "girl": 0.16, "child in need": -0.30, "looked after": -0.35,
}  # fmt: skip
SCHOOLS_DIFFER = 0.22  # standard deviation of schools, in pupils' standard deviations
PANDEMIC = -0.09  # standard deviations, from 2022
KNOWN_PRIOR = 0.62  # correlation of a pupil's attainment with its own at the key stage before, the groups apart


@dataclass(frozen=True)
class Schools:
    """Pupils (a row for each pupil and summer assessed) and their results (a row for each measure)."""

    pupils: pd.DataFrame  # pupil, child (NOBODY: not known to social care), summer, stage, and what is known of the pupil
    results: pd.DataFrame  # row of `pupils`, measure, value (a number; or met 1, not met 0)


def make_schools(
    rng, people: pd.DataFrame, in_need: pd.DataFrame, in_care: pd.DataFrame, effects: Effects, scale: float
) -> Schools:
    """Every cohort assessed: the known children of its age, and others up to its size; a pupil is followed from stage to stage.

    `in_need` and `in_care` have columns child, start, end (day numbers): who was one on 31 March before the summer.
    """
    known = people[~people["unaccompanied"]]
    births = {summer - age for summer in SUMMERS for age in AGES.values()}  # the summer before which a cohort was born
    cohorts = pd.concat([_cohort(rng, known, born, scale) for born in sorted(births)], ignore_index=True)
    cohorts["pupil"] = np.where(cohorts["child"] != NOBODY, cohorts["child"], len(people) + np.arange(len(cohorts)))
    cohorts["ability"] = rng.standard_normal(len(cohorts))
    pupils = pd.concat(
        [_assessed(rng, cohorts[cohorts["cohort"] == summer - age], stage, summer, in_need, in_care, effects)
         for summer in SUMMERS for stage, age in AGES.items()],
        ignore_index=True,
    )  # fmt: skip
    return Schools(pupils, _results(rng, pupils))


def _cohort(rng, known: pd.DataFrame, summer: int, scale: float) -> pd.DataFrame:
    """Pupils born in the school year that ends in a summer: the known ones first."""
    first, last = day_number(f"{summer - 1}-09-01"), day_number(f"{summer}-08-31")
    ours = known[(known["born"] >= first) & (known["born"] <= last)]
    size = max(round(COHORT * scale), len(ours))
    others = size - len(ours)
    child = np.concatenate([ours["child"].to_numpy(), np.full(others, NOBODY)])
    poorer = np.where(child != NOBODY, 2.4, 0.72)  # as likely to be disadvantaged, beside the average
    return pd.DataFrame(
        {
            "child": child, "cohort": summer,
            "born": np.concatenate([ours["born"].to_numpy(), rng.integers(first, last + 1, others)]),
            "locality": np.concatenate([ours["locality"].to_numpy(), rng.choice(len(SHARES), size=others, p=SHARES)]),
            "sex": np.concatenate([ours["sex"].to_numpy(), pick(rng, {"M": 0.512, "F": 0.488}, others)]),
            "ethnicity": np.concatenate([ours["ethnicity"].to_numpy(), pick(rng, ETHNICITIES, others)]),
            "poverty": rng.random(size) / poorer, "difficulty": rng.random(size),
        }
    )  # fmt: skip


def _assessed(rng, cohort: pd.DataFrame, stage: str, summer: int, in_need, in_care, effects: Effects) -> pd.DataFrame:
    """The pupils of a cohort in the summer of a key stage, with the groups they belong to and how they would score."""
    count = len(cohort)
    on = day_number(f"{summer}-03-31")
    looked_after, need = _at(cohort["child"], in_care, on), _at(cohort["child"], in_need, on)
    poor = cohort["poverty"].to_numpy()
    fsm6 = (poor < np.quantile(poor, DISADVANTAGED[stage])) | looked_after
    support, plan = SEN[stage]
    often = np.where(fsm6, 2.0, 0.75)
    difficulty = cohort["difficulty"].to_numpy() / often
    sen = np.where(difficulty < plan, "EHCP", np.where(difficulty < plan + support, "support", "none"))
    girl = cohort["sex"].eq("F").to_numpy()
    schools = max(6, round(count / PUPILS_PER_SCHOOL[stage]))
    near = rng.integers(0, max(1, schools // len(SHARES)), count)
    school = cohort["locality"].to_numpy() + len(SHARES) * near
    same_every_year = np.random.default_rng([len(stage), schools, 1])
    quality = SCHOOLS_DIFFER * same_every_year.standard_normal(school.max() + 1)
    change = effects.attainment_gap if stage == "KS2" and summer >= ATTAINMENT_CHANGED_IN else 0.0
    expected = (
        (GAPS["disadvantaged"] + change) * fsm6 + GAPS["SEN support"] * (sen == "support") + GAPS["EHCP"] * (sen == "EHCP")
        + GAPS["girl"] * girl + GAPS["child in need"] * need + GAPS["looked after"] * looked_after
        + quality[school] + (PANDEMIC if summer >= 2022 else 0.0)
    )  # fmt: skip
    prior = KNOWN_PRIOR * cohort["ability"].to_numpy() + np.sqrt(1 - KNOWN_PRIOR**2) * rng.standard_normal(count)
    possible = np.full(count, 300)
    rate = np.clip(rng.gamma(1.5, 0.035, count) * np.where(fsm6, 1.5, 0.9) * (1.25 if summer >= 2022 else 1.0), 0, 0.9)
    no_prior = stage == "EYFS" or (stage == "KS2" and summer == 2024)  # no tests at seven in 2020
    return pd.DataFrame(
        {
            "pupil": cohort["pupil"].to_numpy(), "child": cohort["child"].to_numpy(), "summer": summer, "stage": stage,
            "born": cohort["born"].to_numpy(), "sex": cohort["sex"].to_numpy(), "ethnicity": cohort["ethnicity"].to_numpy(),
            "fsm": fsm6 & (rng.random(count) < 0.8), "fsm6": fsm6, "disadvantaged": fsm6, "sen": sen,
            "eal": ~cohort["ethnicity"].isin(["WBRI", "REFU", "NOBT", "MOTH"]).to_numpy() & (rng.random(count) < 0.7),
            "school": 900_000 + 10_000 * list(AGES).index(stage) + school,
            "looked_after": looked_after, "in_need": need | looked_after,
            "absent": rng.binomial(possible, rate), "possible": possible,
            "prior": np.where(no_prior, np.nan, np.round(100 + 9 * (0.6 * expected + prior), 1)),
            "expected": expected, "level": expected + 0.85 * cohort["ability"].to_numpy() + 0.53 * rng.standard_normal(count),
        }
    )  # fmt: skip


def _at(child: pd.Series, spells: pd.DataFrame, day: int) -> np.ndarray:
    there = spells[(spells["start"] <= day) & (spells["end"] > day)]
    return child.isin(set(there["child"])).to_numpy() & child.ne(NOBODY).to_numpy()


def _results(rng, pupils: pd.DataFrame) -> pd.DataFrame:
    """Measures of each stage: met or not, scaled scores (80 to 120), points; a few pupils have no result in a subject."""
    level, stage = pupils["level"].to_numpy(), pupils["stage"].to_numpy()
    rows = []

    def add(measure: str, of: str, value: np.ndarray, kept: float = 1.0) -> None:
        chosen = np.nonzero((stage == of) & (rng.random(len(pupils)) < kept))[0]
        rows.append(pd.DataFrame({"row": chosen, "measure": measure, "value": value[chosen]}))

    def near() -> np.ndarray:
        return level + 0.45 * rng.standard_normal(len(pupils))

    add("GLD", "EYFS", (near() > -0.72).astype(float))
    reading, writing, maths = near(), near(), near() - 0.22 * pupils["sex"].eq("F").to_numpy()
    score = {name: np.clip(np.rint(105.6 + 7.6 * value), 80, 120) for name, value in (("reading", reading), ("maths", maths))}
    for name, values in score.items():
        add(name, "KS2", values, 0.985)
    add("writing", "KS2", (writing > -0.65).astype(float), 0.99)
    add("RWM", "KS2", ((score["reading"] >= 100) & (score["maths"] >= 100) & (writing > -0.65)).astype(float))
    grades, english_maths = near(), near()
    add("attainment8", "KS4", np.clip(np.round(48.5 + 17.5 * grades, 1), 0, 90))
    add("english_maths_9_4", "KS4", (english_maths > -0.48).astype(float))
    add("english_maths_9_5", "KS4", (english_maths > 0.13).astype(float))
    progress = 1.1 * (grades - (pupils["prior"].to_numpy() - 100) / 9)
    add("progress8", "KS4", np.round(np.clip(progress, -4, 4), 2), 0.95)
    return pd.concat(rows, ignore_index=True)
