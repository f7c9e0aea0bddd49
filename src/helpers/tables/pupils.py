"""Pupils and their results, from pupil files and the school census."""

from helpers.tables.codes import ETHNICITIES, SEXES, YES_NO
from helpers.tables.definition import Column, codes, table

KEY_STAGES = codes(EYFS="early years foundation stage", KS2="key stage 2", KS4="key stage 4")
SEN = codes(none="no special educational needs", support="SEN support", EHCP="education, health and care plan")

PUPILS = table(
    "pupils", "Pupils", "one pupil in one academic year",
    "the local pupil file, or the school census's pupils on roll",
    ("pupi_pupil_id", "pupi_academic_year"),
    Column("pupi_pupil_id", "unique pupil number or local identifier", required=True, identifier=True, local=True),
    Column("pupi_academic_year", "academic year, for example 2023/24", "academic year", required=True, local=True),
    Column("pupi_key_stage", "key stage assessed at the year's end", "code", allowed=KEY_STAGES, local=True),
    Column("pupi_sex", "sex", "code", allowed=SEXES, local=True),
    Column("pupi_dob", "date of birth", "date", identifier=True, local=True),
    Column("pupi_disadvantaged", "disadvantaged as the department defines it", "code", allowed=YES_NO, local=True),
    Column("pupi_fsm", "free school meals now", "code", allowed=YES_NO, local=True),
    Column("pupi_fsm6", "free school meals at some time in six years", "code", allowed=YES_NO, local=True),
    Column("pupi_sen", "special educational needs", "code", allowed=SEN, local=True),
    Column("pupi_ethnicity", "ethnicity, as the returns' four-letter code", "code", allowed=ETHNICITIES, local=True),
    Column("pupi_eal", "English is an additional language", "code", allowed=YES_NO, local=True),
    Column("pupi_school_urn", "school", local=True),
    Column("pupi_entry_date", "day the pupil joined the school", "date", not_before="pupi_dob", local=True),
    Column("pupi_looked_after", "looked after", "code", allowed=YES_NO, local=True),
    Column("pupi_child_in_need", "child in need", "code", allowed=YES_NO, local=True),
    Column("pupi_absence_sessions", "half days absent in the year", "whole number", unit="sessions", local=True),
    Column("pupi_possible_sessions", "half days possible in the year", "whole number", unit="sessions", local=True),
    Column("pupi_prior_attainment", "attainment at the key stage before", "number", unit="points", local=True),
    Column("pupi_roll_id", "row of the school census's roll, at which its other files point", identifier=True, local=True),
)  # fmt: skip

PUPIL_RESULTS = table(
    "pupil_results", "Pupils' results", "one pupil's result in one measure of one key stage",
    "the local file of results",
    ("resu_pupil_id", "resu_academic_year", "resu_key_stage", "resu_measure"),
    Column("resu_pupil_id", "the pupil", required=True, identifier=True, local=True),
    Column("resu_academic_year", "academic year, for example 2023/24", "academic year", required=True, local=True),
    Column("resu_key_stage", "key stage", "code", allowed=KEY_STAGES, required=True, local=True),
    Column("resu_measure", "measure: GLD, reading, writing, maths, RWM, attainment8, english_maths_9_5 or another", required=True,
           local=True),
    Column("resu_result", "the result as the file has it", required=True, local=True),
    Column("resu_met", "met the standard, for measures that are met or not", "code", allowed=YES_NO, local=True),
    Column("resu_points", "scaled score or points, for measures on a scale", "number", unit="points", local=True),
)  # fmt: skip

FREE_SCHOOL_MEALS_PERIODS = table(
    "free_school_meals_periods", "Periods of free school meals", "one period in which one pupil had free school meals",
    "the school census's free school meals file",
    ("fsmp_pupil_id", "fsmp_period_id"),  # each census numbers its periods anew
    Column("fsmp_period_id", "the period, as the census numbers it", required=True, local=True),
    Column("fsmp_pupil_id", "the pupil", required=True, identifier=True, local=True),
    Column("fsmp_start_date", "first day", "date", required=True, local=True),
    Column("fsmp_end_date", "last day; empty while it goes on", "date", not_before="fsmp_start_date", local=True),
)  # fmt: skip

SEN_NEEDS = table(
    "sen_needs", "Special educational needs", "one kind of need of one pupil",
    "the school census's needs file",
    ("senn_pupil_id", "senn_need"),
    Column("senn_pupil_id", "the pupil", required=True, identifier=True, local=True),
    Column("senn_need", "kind of need, for example SPLD, SEMH", "code", required=True, local=True),
    Column("senn_rank", "1 the main need", "whole number", unit="rank", local=True),
)  # fmt: skip
