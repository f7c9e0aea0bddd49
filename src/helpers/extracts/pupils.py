"""Pupil files and results, and the school census's roll with the files of meals and needs that point at its rows."""

import pandas as pd

from helpers.extracts import values
from helpers.extracts.faults import Fault
from helpers.extracts.joining import places
from helpers.extracts.layouts import SEXES, YES_NO_NA, Layout, supplies, synonyms
from helpers.extracts.parts import Part

YEAR_BEGINS_IN = 9  # September
KEY_STAGES = {
    "EYFS": "eyfs eyfsp reception foundation foundationstage earlyyears",
    "KS2": "ks2 keystage2 2", "KS4": "ks4 keystage4 4 gcse",
}  # fmt: skip
# A school census gives the year group; the years in which nothing is assessed here are known, and are no key stage.
YEAR_GROUPS = {"EYFS": "r", "KS2": "6", "KS4": "11", "": "e1 e2 n1 n2 1 2 3 4 5 7 8 9 10 12 13 14 m x"}
SEN = {
    "none": "n none no nosen nosenprovision 0",
    "support": "k support sensupport a p schoolaction schoolactionplus",  # A and P came before SEN support, S before plans
    "EHCP": "e ehcp ehc ehcplan educationhealthandcareplan s statement",
}
# The codes that schools may use below the returns' own (common basic data set); any other is reported.
ETHNICITIES = {
    "WBRI": "wcor weng wsco wwel wowb wnir", "WOTH": "walb wbos wcro wgre wgrk wgrc wita wkos wpor wser wtur wtuk wtuc weur"
    " weeu wweu wotw", "WROM": "wrog wror wroo", "MWAS": "mwap mwai mwao", "MOTH": "maoe mabl mach mboe mbch mwoe mwch mcoe motm",
    "APKN": "ampk akpa aopk", "AOTH": "aafr akao anep aslt asnl asro aota", "BAFR": "bann bcon bgha bngn bsln bsom bsud baof",
    "BOTH": "beur bnam botb", "CHNE": "chkc cmal csng ctwn coch",
    "OOTH": "oafg oara oegy ofil oirn oirq ojpn okor okrd olam oleb olib omal omrc opol otha ovie oyem ooeg",
}  # fmt: skip
MEASURES = {  # as the department's tables head them -> as measures are named here
    "GLD": "gld goodlevelofdevelopment", "reading": "reading read", "writing": "writing writ", "maths": "maths mathematics mat",
    "RWM": "rwm readingwritingandmaths readingwritingmaths", "attainment8": "attainment8 att8 attainment8score a8",
    "progress8": "progress8 p8 progress8score", "english_maths_9_4": "englishmaths94 englishandmaths94 basics94 em94",
    "english_maths_9_5": "englishmaths95 englishandmaths95 basics95 em95",
}  # fmt: skip
MET = {
    "Y": "met y yes true achieved expected exs gds greaterdepth as expectedstandard",
    "N": "notmet n no false notachieved wts ns belowexpected emerging",
}
MET_OR_NOT = {"GLD", "RWM", "english_maths_9_4", "english_maths_9_5"}  # measures in which 1 and 0 are no points
ROLL_IS_EMPTY = pd.DataFrame({"pupi_roll_id": [], "pupi_pupil_id": []}, dtype="str")
UPN = "pupil_id|upn|unique pupil number|pupil id|pupil|pupil number"
YEAR = "academic_year|academic year|school year|cohort year|year"


def year_of_roll(part: Part) -> None:
    """The academic year of a census's roll, which no column gives: that of the last day on which a pupil joined."""
    last = part.frame["pupi_entry_date"].max() if "pupi_entry_date" in part.frame else pd.NaT
    if pd.isna(last):
        what, to_do = "no entry date says which academic year the roll is of", "Export the pupils' entry dates too."
        part.faults.append(Fault(part.records.file, what, to_do, part.layout.table, part.records.sheet, fatal=True))
        return
    begins = last.year - (last.month < YEAR_BEGINS_IN)
    part.frame["pupi_academic_year"] = f"{begins}/{(begins + 1) % 100:02d}"


def met_or_points(part: Part) -> None:
    """A result in words as met or not, one in figures as points; one that is neither is reported and counts as no result."""
    frame = part.frame
    measures = frame["resu_measure"].map(values.normalised).map(synonyms(MEASURES))
    frame["resu_measure"] = measures.fillna(frame["resu_measure"]).astype("str")
    in_words, _ = values.coded(frame["resu_result"], synonyms(MET))
    points, _ = values.numbers(frame["resu_result"])
    flags = frame["resu_measure"].isin(MET_OR_NOT) & points.isin([0, 1])
    frame["resu_met"] = in_words.mask(flags, points.map({0: "N", 1: "Y"})).astype("str")
    frame["resu_points"] = points.mask(flags)
    neither = frame["resu_met"].isna() & frame["resu_points"].isna()
    if neither.any():
        rows = tuple(int(number) for number in frame.loc[neither, "_row"])
        what, to_do = "the result is neither met, not met nor a number", "Write met, not met, or the score in figures."
        shown = frame.loc[neither, "resu_result"].iloc[0][:40]
        part.faults.append(Fault(part.records.file, what, to_do, part.layout.table, part.records.sheet, rows=rows, example=shown))


PUPILS_FILE = Layout(
    name="pupils_file",
    title="the local pupil file",
    table="pupils",
    supplies=supplies(
        pupi_pupil_id=UPN, pupi_academic_year=YEAR, pupi_key_stage=("key_stage|ks|phase", KEY_STAGES),
        pupi_sex=("sex|gender", SEXES), pupi_dob="dob|date of birth",
        pupi_disadvantaged=("disadvantaged|disadvantage|disadvantaged pupil|pupil premium", YES_NO_NA),
        pupi_fsm=("fsm|free school meals|fsm eligible|currently fsm", YES_NO_NA),
        pupi_fsm6=("fsm6|ever6|ever 6 fsm|fsm ever 6|ever6 fsm", YES_NO_NA),
        pupi_sen=("sen|sen provision|sen status|senprovision|send", SEN), pupi_ethnicity=("ethnicity|ethnic group", ETHNICITIES),
        pupi_eal=("eal|english as an additional language", YES_NO_NA), pupi_school_urn="school_urn|urn|school",
        pupi_looked_after=("looked_after|looked after|cla|lac|child looked after", YES_NO_NA),
        pupi_child_in_need=("child_in_need|cin|child in need", YES_NO_NA),
        pupi_absence_sessions="absence_sessions|sessions absent|sessions missed|absences",
        pupi_possible_sessions="possible_sessions|sessions possible",
        pupi_prior_attainment="prior_attainment|prior attainment|ks2 prior|ks2 average",
    ),
    signs=frozenset({"pupi_disadvantaged", "pupi_fsm", "pupi_fsm6", "pupi_sen"}),
)  # fmt: skip
RESULTS_FILE = Layout(
    name="results_file",
    title="the local file of results",
    table="pupil_results",
    supplies=supplies(
        resu_pupil_id=UPN, resu_academic_year=YEAR, resu_key_stage=("key_stage|ks|phase", KEY_STAGES),
        resu_measure="measure|subject|test", resu_result="result|outcome|score|scaled score|points|grade",
    ),
    signs=frozenset({"resu_measure"}),
    complete=met_or_points,
)  # fmt: skip
ROLL = Layout(
    name="school_census_roll",
    title="the school census's pupils on roll",
    table="pupils",
    supplies=supplies(
        pupi_roll_id="pupilonrolltableid", pupi_pupil_id="upn", pupi_dob="dob", pupi_sex=("sex|gender", SEXES),
        pupi_entry_date="entrydate", pupi_key_stage=("ncyearactual", YEAR_GROUPS), pupi_sen=("senprovision", SEN),
        pupi_ethnicity=("ethnicity", ETHNICITIES),
    ),
    signs=frozenset({"pupi_roll_id"}),
    complete=year_of_roll,
)  # fmt: skip
MEALS = Layout(
    name="school_census_meals",
    title="the school census's free school meals file",
    table="free_school_meals_periods",
    supplies=supplies(
        fsmp_period_id="fsmperiodtableid", fsmp_pupil_id="pupilonrolltableid", fsmp_start_date="fsmstartdate",
        fsmp_end_date="fsmenddate",
    ),
    signs=frozenset({"fsmp_start_date"}),
)  # fmt: skip
NEEDS = Layout(
    name="school_census_needs",
    title="the school census's needs file",
    table="sen_needs",
    supplies=supplies(senn_pupil_id="pupilonrolltableid", senn_need="sentype", senn_rank="sentyperank"),
    signs=frozenset({"senn_need"}),
)

LAYOUTS = (PUPILS_FILE, RESULTS_FILE, ROLL, MEALS, NEEDS)


def by_upn(parts: list[Part]) -> None:
    """The census's meals and needs under the pupil's number instead of a row of the roll; on the roll, who has free meals now.

    A row number of a roll means a pupil in its own census alone, so a file is held against the rolls beside it and no other. A
    pupil whose last period of free school meals has no end has them; one on a roll that came with such a file and is not in it
    has not. Rows that point at no pupil on a roll beside them, or at two, are left out and reported.
    """
    rolls = [part for part in parts if part.layout is ROLL and "pupi_academic_year" in part.frame]
    with_meals, open_now = {}, {}
    for part in parts:
        if part.layout not in (MEALS, NEEDS) or part.fatal or not part.rows:
            continue
        pupil = "fsmp_pupil_id" if part.layout is MEALS else "senn_pupil_id"
        beside = next((found for place in places(part) if (found := [roll for roll in rolls if place in places(roll)])), [])
        for number, roll in enumerate(rolls):
            if part.layout is MEALS and any(roll is one for one in beside):
                with_meals.setdefault(number, set()).update(part.frame[pupil])
                open_now.setdefault(number, set()).update(part.frame.loc[part.frame["fsmp_end_date"].isna(), pupil])
        part.cut = max((roll.cut for roll in beside), default=part.cut)
        listed = pd.concat(
            [roll.frame[["pupi_roll_id", "pupi_pupil_id"]] for roll in beside] or [ROLL_IS_EMPTY]
        ).drop_duplicates()
        two = listed["pupi_roll_id"].duplicated(keep=False)
        for points, what, to_do in (
            (~part.frame[pupil].isin(listed["pupi_roll_id"]), "the row points at no pupil on a roll that came with it",
             "Put it into one folder with the roll of the same census; the rows are left out."),
            (part.frame[pupil].isin(listed.loc[two, "pupi_roll_id"]), "the row could be of either of two pupils, on two rolls",
             "Give each census a folder of its own, or its year and term in its files' names; the rows are left out."),
        ):  # fmt: skip
            if points.any():
                rows = tuple(int(number) for number in part.frame.loc[points, "_row"])
                part.faults.append(Fault(part.records.file, what, to_do, part.layout.table, part.records.sheet, rows=rows))
                part.left_out[what] = int(points.sum())
        numbers = listed[~two].set_index("pupi_roll_id")["pupi_pupil_id"]
        part.frame[pupil] = part.frame[pupil].map(numbers).astype("str")
        part.frame = part.frame[part.frame[pupil].notna()].reset_index(drop=True)
    for number, pupils in with_meals.items():
        roll = rolls[number].frame
        if roll["pupi_roll_id"].isin(pupils).any():
            roll["pupi_fsm"] = roll["pupi_roll_id"].isin(open_now[number]).map({True: "Y", False: "N"}).astype("str")
