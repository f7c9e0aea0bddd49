"""Headline measures of attainment, absence, participation and special educational needs: what each one means, in one place."""

from helpers.extracts.official.families import PROFILE
from helpers.extracts.official.measure_builders import ACADEMIC_YEAR, TOOL_ALONE, count, mean, share

KEY_STAGE_2 = "Key stage 2 attainment"
KEY_STAGE_4 = "Key stage 4 performance"
ABSENCE = "Pupil absence in schools in England"
PARTICIPATION = "Participation in education, training and NEET age 16 to 17 by local authority"
PLANS = "Education, health and care plans"
NEEDS = "Special educational needs in England"
SESSIONS = "one pupil’s absences depend on each other"
NO_TESTS = "No tests were taken in 2019/20 and 2020/21."
GRADES = (
    "Grades of 2019/20 and 2020/21 were not set by examinations, and those of 2021/22 were more generous: compare 2018/19 with "
    "2022/23 and later."
)
CLOSED = "Schools were closed to most pupils for parts of 2019/20 and 2020/21."
SCHOOL_YEAR = {"period": ACADEMIC_YEAR, "better": "higher"}

# fmt: off
EDUCATION_MEASURES = (
    share("early_years_good_level", "children with a good level of development at five",
        "Children at the end of reception at the expected level in the early learning goals of the prime areas, literacy and "
        "mathematics, of all children assessed.", "children at the end of reception", PROFILE, 2022, **SCHOOL_YEAR,
        breaks="The profile was reformed in 2021/22: earlier years are not comparable. Nothing was published for 2019/20 and "
        "2020/21."),
    share("key_stage_2_reading_writing_maths", "pupils at the expected standard in reading, writing and maths at eleven",
        "Pupils at the end of key stage 2 at the expected standard in reading, writing and maths together.",
        "pupils at the end of key stage 2", KEY_STAGE_2, 2016, **SCHOOL_YEAR, whole_number=True,
        breaks=f"{NO_TESTS} How teachers judge writing changed in 2017/18: compare from then on."),
    share("key_stage_2_maths", "pupils at the expected standard in maths at eleven",
        "Pupils at the end of key stage 2 at the expected standard in maths.", "pupils at the end of key stage 2", KEY_STAGE_2,
        2016, **SCHOOL_YEAR, whole_number=True, breaks=NO_TESTS),
    mean("attainment_8", "Attainment 8 score at sixteen",
        "The average of pupils' points in eight subjects, English and maths counting twice, at the end of key stage 4.",
        "points", "pupils at the end of key stage 4", KEY_STAGE_4, 2019, **SCHOOL_YEAR,
        breaks=f"{GRADES} Chinese pupils are counted among the Asian, and alone.",
        formula="points of all pupils / pupils", no_interval="how much pupils differ is not published"),
    share("grade_5_english_maths", "pupils with grade 5 or above in English and maths at sixteen",
        "Pupils at the end of key stage 4 with grade 5 or above in both English and maths.", "pupils at the end of key stage 4",
        KEY_STAGE_4, 2019, **SCHOOL_YEAR, breaks=GRADES),
    share("absence", "school sessions missed",
        "Half days missed, of all possible, in six half terms.", "possible half days of pupils of compulsory school age", ABSENCE,
        2017, period=ACADEMIC_YEAR, better="lower", interval=None, no_interval=SESSIONS, breaks=CLOSED),
    share("persistent_absence", "pupils who miss 10% or more of school",
        "Pupils who missed 10% or more of their possible half days in six half terms.", "pupils of compulsory school age",
        ABSENCE, 2017, period=ACADEMIC_YEAR, better="lower", breaks=CLOSED),
    share("severe_absence", "pupils who miss half or more of school",
        "Pupils who missed 50% or more of their possible half days in six half terms.", "pupils of compulsory school age",
        ABSENCE, 2017, period=ACADEMIC_YEAR, better="lower", breaks=CLOSED),
    share("neet", "16 and 17 year olds not in education, employment or training",
        "16 and 17 year olds known to be in none of education, employment and training, the average of December to February.",
        "16 and 17 year olds known to the authority", PARTICIPATION, 2018, period="December to February", better="lower",
        interval=None, no_interval="the number is an average of three months and is not published",
        breaks="Read it beside those whose activity is not known: finding them can raise it."),
    share("activity_not_known", "16 and 17 year olds whose activity is not known",
        "16 and 17 year olds whose activity the authority does not know, the average of December to February.",
        "16 and 17 year olds known to the authority", PARTICIPATION, 2018, period="December to February", better="lower",
        interval=None, no_interval="the number is an average of three months and is not published"),
    share("neet_or_not_known", "16 and 17 year olds not in education, employment or training, or not known",
        "16 and 17 year olds in none of education, employment and training, or whose activity is not known, the average of "
        "December to February.", "16 and 17 year olds known to the authority", PARTICIPATION, 2019,
        period="December to February", better="lower", interval=None,
        no_interval="the number is an average of three months and is not published"),
    count("plans_in_january", "education, health and care plans in January",
        "Children and young people with an education, health and care plan in January.", "plans in January", PLANS, 2019,
        unit="plans", period="January", stock=True),
    count("assessment_requests", "initial requests for an assessment for a plan",
        "Initial requests for an assessment for an education, health and care plan in the calendar year.",
        "requests in the calendar year", PLANS, 2019, unit="requests", period="calendar year"),
    share("plans_in_20_weeks_share", "new education, health and care plans issued within 20 weeks",
        "Plans issued in the calendar year within 20 weeks of the request, exceptions apart.",
        "plans issued in the calendar year, exceptions apart", PLANS, 2016, period="calendar year", better="higher",
        breaks="The return counts persons rather than totals from 2022 on."),
    share("pupils_with_a_plan_share", "pupils with an education, health and care plan",
        "Pupils with a plan, of all pupils, in January.", "pupils of all schools in January", NEEDS, 2016, period="January",
        interval=None, no_interval=TOOL_ALONE, stock=True,
        breaks="Until 2018 statements of special educational needs, which plans replaced, are among them."),
    share("pupils_with_support_share", "pupils with special educational needs support",
        "Pupils with special educational needs support and no plan, of all pupils, in January.",
        "pupils of all schools in January", NEEDS, 2016, period="January", interval=None, no_interval=TOOL_ALONE, stock=True),
)
# fmt: on
