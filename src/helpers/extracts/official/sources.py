"""Where each headline measure stands in the files: of everyone, and of each group for which it is published."""

from dataclasses import dataclass

POPULATION = "population"
EVERYONE = ""


@dataclass(frozen=True)
class Source:
    """Where one measure, of one group, stands.

    Either `value` names the published figure, which knows what it divides; or the value is computed from `numerator` (one
    measure, or several whose counts are added) and `denominator`: a measure, or "population" for children at the mid-year
    before. `tool` is the Interactive Tool's short name, for places and years that the files lack.
    """

    data_set: str = ""
    value: str = ""
    numerator: tuple[str, ...] = ()
    denominator: tuple[str, str] = ("", "")  # data set and measure
    breakdown: str = ""
    unit: str = ""  # which of an item's two: "number", "%", "per 10,000"
    tool: str = ""


def _rate(data_set: str, measure: str, tool: str = "") -> Source:
    return Source(data_set, numerator=(measure,), denominator=(POPULATION, "population_estimate"), tool=tool)


def _missing(item: str, tool: str = "") -> Source:
    return Source("missing", item, tool=tool)


def _looked_after(kind: str, unit: str, tool: str) -> Source:
    return Source("looked_after", f"Children {kind} each year", unit=unit, tool=tool)


def _tool(short: str) -> Source:
    return Source(tool=short)


MISSING, AWAY = "who had a missing incident during the year", "who were away from placement without authorisation during the year"
INCIDENTS = "Number of missing incidents during the year"
AWAY_INCIDENTS = "Number of away from placement without authorisation incidents during the year"
ON_31_MARCH, PER_10_000 = "looked after on 31 March", "per 10,000"
PER_CHILD = "Average number of missing incidents per looked after child who went missing"
LONG_TERM = "Children looked after continuously for at least 2.5 years on 31 March aged under 16 years"
UASC = "Unaccompanied asylum-seeking children"
SOCIAL_CARE = {  # group -> as the files of social care groups name it
    "children in need": "CINO on 31 March",
    "with a child protection plan": "CPPO on 31 March",
    "looked after for 12 months": "CLA 12 months on 31 March",
}
GIRLS, BOYS = "girls", "boys"
FREE_MEALS, NO_FREE_MEALS = "eligible for free school meals", "not eligible for free school meals"
DISADVANTAGED, NOT_DISADVANTAGED = "disadvantaged", "not disadvantaged"
NO_SEN, SEN_SUPPORT, WITH_A_PLAN = (
    "no identified special educational needs",
    "special educational needs support",
    "education, health and care plan",
)


ETHNIC = {  # group -> as the profile's files name it, and as the tool's short names do
    "Asian": ("Asian/Asian British", "Asian"), "Black": ("Black/African/Caribbean/Black British", "Black"),
    "Chinese": ("", "Chinese"), "of mixed ethnicity": ("Mixed/multiple ethnic groups", "Mixed"), "White": ("White", "White"),
    "of another ethnicity": ("Other ethnic group", "Other"),
}  # fmt: skip
ENGLISH, NOT_ENGLISH = "first language English", "first language other than English"
GIRLS_FREE_MEALS, BOYS_FREE_MEALS = f"girls {FREE_MEALS}", f"boys {FREE_MEALS}"


def _early_years(breakdown: str, tool: str = "") -> Source:
    return Source("early_years", "gld_children_percent", breakdown=breakdown, tool=tool)


def _social_care(data_set: str, value: str, need: str = "", plan: str = "", looked_after: str = "") -> dict[str, Source]:
    """The three groups of social care, with the tool's short names."""
    tools = dict(zip(SOCIAL_CARE, (need, plan, looked_after), strict=True))
    return {group: Source(data_set, value, breakdown=label, tool=tools[group]) for group, label in SOCIAL_CARE.items()}


def _leavers(data_set: str, item: str, tool: str = "") -> dict[str, Source]:
    return {
        EVERYONE: Source(data_set, item, breakdown="19 to 21 years", unit="%", tool=tool),
        "aged 17 to 18": Source(data_set, item, breakdown="17 to 18 years", unit="%"),
    }


def _of_characteristics(value: str) -> dict[str, Source]:
    """Groups that the key stage 4 workbook of 2018/19 holds; the tool counts Chinese pupils among the Asian, and it does not."""
    labels = {
        FREE_MEALS: "Eligible for free school meals", NO_FREE_MEALS: "Not eligible for free school meals",
        DISADVANTAGED: "Disadvantaged", NOT_DISADVANTAGED: "Not disadvantaged", NO_SEN: "No SEN",
        SEN_SUPPORT: "SEN support / SEN without an EHC plan", WITH_A_PLAN: "Education, health and care plan",
        "Asian other than Chinese": "Asian", "Black": "Black", "Chinese": "Chinese", "of mixed ethnicity": "Mixed",
        "White": "White", ENGLISH: "English", NOT_ENGLISH: "Other than English",
        GIRLS_FREE_MEALS: "Eligible for free school meals | Female", BOYS_FREE_MEALS: "Eligible for free school meals | Male",
    }  # fmt: skip
    return {group: Source("key_stage_4_characteristics", value, breakdown=label) for group, label in labels.items()}


def _with_tools(sources: dict[str, Source], **tools: str) -> dict[str, Source]:
    groups = {
        "fsm": FREE_MEALS, "other": NO_FREE_MEALS, "dap": DISADVANTAGED, "not_dap": NOT_DISADVANTAGED, "none": NO_SEN,
        "support": SEN_SUPPORT, "plan": WITH_A_PLAN, **{short: group for group, (_, short) in ETHNIC.items()},
    }  # fmt: skip
    found = dict(sources)
    for name, short in tools.items():
        known = sources.get(groups[name], Source())
        found[groups[name]] = Source(known.data_set, known.value, breakdown=known.breakdown, tool=short)
    return found


_OF_EVERYONE = {
    "looked_after_in_year": _missing("Children looked after during the year"),
    "children_missing": _missing(f"Children {MISSING}"),
    "children_missing_share": _missing("Percentage of children who had a missing incident during the year", "Children_missing"),
    "children_missing_more_than_once": _missing("Children who went missing more than once during the year"),
    "children_missing_more_than_once_share": Source(
        "missing", numerator=("Children who went missing more than once during the year",),
        denominator=("missing", f"Children {MISSING}")),
    "missing_incidents": _missing(INCIDENTS),
    "missing_incidents_per_child": _missing(PER_CHILD),
    "children_away": _missing(f"Children {AWAY}"),
    "children_away_share": _missing(f"Percentage of children {AWAY}", "Children_Away"),
    "away_incidents": _missing(AWAY_INCIDENTS),
    "plans_started": Source("plans_started", "cpp_start", tool="CPP_Abuse"),
    "plans_started_rate": _rate("plans_started", "cpp_start", "CPP_Abuse_Rate"),
    "plans_open": Source("plans_open", "cpp_at31", tool="CPP_Num"),
    "plans_open_rate": _rate("plans_open", "cpp_at31", "CPP_rate"),
    "repeat_plans": Source("plans_started", "cpp_subsequent", tool="ReRegCPR"),
    "repeat_plans_share": Source("plans_started", "cpp_subsequent_percent", tool="PrevRegCPR"),
    "plans_open_two_years": Source("plans_open", "2_years_or_more"),
    "plans_open_two_years_share": Source("plans_open", "2_years_or_more_percent", tool="CPPlans2yrsActive"),
    "plans_ended_after_two_years_share": _tool("CPPlans2yrs"),
    "section_47_enquiries": Source("section_47", "section47"),
    "section_47_rate": _rate("section_47", "section47", "Section_47"),
    "initial_conferences": Source("section_47", "icpc"),
    "initial_conferences_rate": _rate("section_47", "icpc", "ISCP_Conf"),
    "conferences_in_15_days_share": Source(
        "section_47", numerator=("duration_0-10_days", "duration_11-15_days"), denominator=("section_47", "icpc"),
        tool="CP_conf_15days"),
    "children_in_need": Source("children_in_need", "at31_episodes"),
    "children_in_need_rate": _rate("children_in_need", "at31_episodes", "CIN"),
    "referrals": Source("referrals", "referral_count", tool="CPP_Total_NumRef"),
    "referral_rate": _rate("referrals", "referral_count", "CPP_Total_Rateper10,000"),
    "re_referrals": Source("referrals", "rereferral_count"),
    "re_referrals_share": Source("referrals", "rereferral_percent", tool="ReReferral"),
    "no_further_action_share": Source("referrals", "no_further_action_percent", tool="CIN_Refferals_NFA"),
    "assessed_not_in_need_share": Source("referrals", "not_in_need_percent", tool="Referrals_AssessedNotNeed"),
    "assessments_in_45_days_share": _tool("Continue_Assess_Comp"),
    "looked_after": _looked_after(ON_31_MARCH, "number", "LACnum"),
    "looked_after_rate": _looked_after(ON_31_MARCH, PER_10_000, "LAC"),
    "starting_care": _looked_after("starting to be looked after", "number", "LACnum_Start"),
    "starting_care_rate": _looked_after("starting to be looked after", PER_10_000, "LAC_Start_Rate"),
    "ceasing_care": _looked_after("ceasing to be looked after", "number", "LACceased"),
    "ceasing_care_rate": _looked_after("ceasing to be looked after", PER_10_000, "LAC_Cease_Rate"),
    "unaccompanied": Source(
        "looked_after_characteristics", "UASC", breakdown=UASC, unit="number", tool="Unacc_Asylmn_Seek_Childn"),
    "unaccompanied_share": Source(
        "looked_after_characteristics", "UASC", breakdown=UASC, unit="%", tool="Unacc_Asylmn_Seek_Childn%"),
    "three_placements_share": Source(
        "placement_stability", "With 3 or more placements during the year", breakdown="CLA on 31 March", unit="%",
        tool="LACStable_2016on"),
    "long_term_stability_share": Source(
        "placement_stability", "Living with the same carer for at least 2 years", breakdown=LONG_TERM, unit="%",
        tool="LAC_LongStable%"),
    "three_social_workers_share": Source(
        "social_worker_stability", "3 or more social workers during the year", breakdown="CLA on 31 March", unit="%",
        tool="Stability_SocialWorker"),
    "vacancy_rate": Source("workforce", "vacancy_rate_fte", tool="Work_Force_Vac_Rate"),
    "agency_rate": Source("workforce", "agency_rate_fte", tool="Work_Force_Agecy_Rate"),
    "turnover_rate": Source("workforce", "turnover_rate_fte", tool="Work_Force_TO_Rate"),
    "caseload": Source("workforce", "caseload_fte", tool="Work_Force_AvgNumCase_SW"),
    "neet": Source("neet", "neet_percent", tool="16-17 NEET"),
    "activity_not_known": Source("neet", "notknown_percent", tool="16-17_not known"),
    "plans_in_january": _tool("SEN_CASES_JAN"),
    "assessment_requests": _tool("SEN_INIT_REQ"),
    "plans_in_20_weeks_share": Source("plans_of_education", "pc_plans_issued_20_weeks_ex", tool="SEN_EHC_Excpt_20wks"),
    "pupils_with_a_plan_share": _tool("SEN_TotStat"),
    "pupils_with_support_share": _tool("SEN_TotSENSuP"),
}  # fmt: skip

_BY_GROUP = {
    "care_leavers_in_touch_share": _leavers("care_leavers_in_touch", "Local authority in touch with care leaver"),
    "care_leavers_suitable_accommodation_share": _leavers(
        "care_leavers", "Accommodation considered suitable", "CareLeaverAcc"),
    "care_leavers_in_education_or_work_share": _leavers(
        "care_leavers", "Total in education, employment or training", "CareLeaverEET"),
    "early_years_good_level": {
        EVERYONE: _early_years("", "FSP_NEW_GOODDEV"),
        GIRLS: _early_years("Female"), BOYS: _early_years("Male"),
        FREE_MEALS: _early_years("Free school meal eligibility | Eligible for free school meals", "FSP_Gooddev_FSM"),
        NO_FREE_MEALS: _early_years(
            "Free school meal eligibility | Not eligible for free school meals", "FSP_Gooddev_FSM_Other"),
        NO_SEN: _early_years("SEN provision | No SEN provision"),
        SEN_SUPPORT: _early_years(
            "SEN provision | SEN support / SEN without an EHC plan", "FSP_Gooddev_Without_SENSTATE"),
        WITH_A_PLAN: _early_years("SEN provision | Education, health and care plan", "FSP_Gooddev_With_SENSTATE"),
        GIRLS_FREE_MEALS: _early_years("Free school meal eligibility | Eligible for free school meals | Female"),
        BOYS_FREE_MEALS: _early_years("Free school meal eligibility | Eligible for free school meals | Male"),
        ENGLISH: _early_years("First language | English"), NOT_ENGLISH: _early_years("First language | Other than English"),
        **{group: _early_years(f"Ethnic group: major | {label}", f"FSP_Gooddev_{short}") if label
           else _tool(f"FSP_Gooddev_{short}") for group, (label, short) in ETHNIC.items()},
        **_social_care("", "", "CIN_Good _Develop", "CPP_Good_Develop", "LAC_Good_Develop"),
    },
    "key_stage_2_reading_writing_maths": {
        EVERYONE: _tool("KS2RWM_Expected_STD"),
        **_with_tools({}, fsm="FSM_NEW_KS2_RWM", other="NonFSM_NEW_KS2_RWM", dap="DAP_NEW_KS2_RWM", not_dap="NonDAP_NEW_KS2_RWM",
                      none="NoID_SEN_NEW_KS2_RWM", support="NEW_KS2_RWM_Sen_W/Osta", plan="NEW_KS2_RWM_Sen_Withsta",
                      **{short: f"KS2_NEW_{short[:5]}_RWM" for _, short in ETHNIC.values()}),
        **_social_care("key_stage_2_social_care", "pt_rwm_met_expected_standard", "CIN_KS2_ExpStd_RWM", "CPPO_KS2_RWM",
                       "LAC_KS2_ExpStd_RWM"),
    },
    "key_stage_2_maths": {
        EVERYONE: _tool("KS2M_Expected_STD"),
        **_social_care("key_stage_2_social_care", "pt_mat_met_expected_standard", "CIN_KS2_ExpStd_M", "", "LAC_KS2_ExpStd_M"),
    },
    "attainment_8": {
        EVERYONE: Source("key_stage_4", "avg_att8", tool="AVG_Attain8_Score"),
        GIRLS: Source("key_stage_4", "avg_att8", breakdown="Female"),
        BOYS: Source("key_stage_4", "avg_att8", breakdown="Male"),
        **_with_tools(_of_characteristics("avg_att8"), fsm="FSM_AVG_Attain8_Score", other="NonFSM_AVG_Attain8_Score",
                      dap="DAP_KS4_ATT8", not_dap="NonDAP_KS4_ATT8", none="SEN_NoID_AVG_Attain8_Score",
                      support="SEN_WoStat_AVG_Attain8_Score", plan="SEN_Stat_AVG_Attain8_Score",
                      **{short: f"AVG_Attain8_Score_{short[:5]}" for _, short in ETHNIC.values() if short != "Other"}),
        **_social_care("key_stage_4_social_care", "avg_att8", "CIN_Avg_Attain8_KS4", "CPPO_KS4_A8", "LAC_KS4_AVG_Attain8"),
    },
    "grade_5_english_maths": {
        EVERYONE: Source("key_stage_4", "pt_l2basics_95", tool="EngMaths9-5"),
        GIRLS: Source("key_stage_4", "pt_l2basics_95", breakdown="Female"),
        BOYS: Source("key_stage_4", "pt_l2basics_95", breakdown="Male"),
        **_of_characteristics("pt_l2basics_95"),
        **_social_care("key_stage_4_social_care", "pt_l2basics_95", "CIN_EngMaths9-5"),
    },
    "absence": {
        EVERYONE: _tool("TotAbs"), "primary schools": _tool("PriTotAbs"), "secondary schools": _tool("SecTotAbs"),
        "special schools": _tool("total_absence_special"),
        **_social_care("absence_social_care", "pt_overall", "CINTotalAb_3Term", "CPPTotalAb_3Term", "LAC_Over_Abs"),
    },
    "persistent_absence": {
        EVERYONE: _tool("TotPerAbNew"), "primary schools": _tool("SFPriPerAbNew"), "secondary schools": _tool("SFSecPerAbNew"),
        "special schools": _tool("SpecPerAbNew"),
        **_social_care("absence_social_care", "pt_pupils_pa_10_exact", "CINPermAbsent_3Term", "CPPPerAbs_3Term", "LAC_Pers_Abs"),
    },
    "severe_absence": {
        EVERYONE: _tool("TotSevPerAbNew"), "primary schools": _tool("SFPriSevPerAbNew"),
        "secondary schools": _tool("SFSecSevPerAbNew"), "special schools": _tool("SpecSevPerAbNew"),
        **_social_care("absence_social_care", "pt_pupils_pa_50_exact"),
    },
    "neet_or_not_known": {
        EVERYONE: Source("neet", "neet_not_known_percent", tool="16-17_not known_NEET"),
        NO_SEN: Source("neet", "neet_nk_nosen_percent"),
        SEN_SUPPORT: Source("neet", "neet_nk_sendsupport_percent"),
        WITH_A_PLAN: Source("neet", "neet_nk_ehcp_percent"),
    },
}  # fmt: skip

SOURCES: dict[str, dict[str, Source]] = {key: {EVERYONE: source} for key, source in _OF_EVERYONE.items()} | _BY_GROUP
