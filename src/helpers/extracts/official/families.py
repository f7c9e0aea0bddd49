"""The data sets that are read: how each is recognised by its columns, what its figures are out of, what has been renamed.

A file's header is put in lower case and through its family's aliases (old name -> the newest release's) before anything is
looked for. Labels in cells go through LABELS. What a header has beyond the columns of a place and a period is an indicator,
unless its family names it as something else; so a new breakdown is refused as "not numbers" and never counted in silence.
"""

import re
from dataclasses import dataclass, field

PLACE = {
    "time_period", "time_identifier", "geographic_level", "country_code", "country_name", "region_code", "region_name",
    "old_la_code", "new_la_code", "la_name", "lad_code", "lad_name",
}  # fmt: skip
NOT_FIGURES = {"version", "category", "absence_terms", "establishment_type", "school_characteristic", "education_phase"}


@dataclass(frozen=True)
class Family:
    """One data set. `columns` must all be there for a file to be one; with `item` nothing else may.

    `item` is the column that names a row's measure where figures stand one below the other; `counts` and `shares` are then its
    number and its percentage or rate. `base` says which item each item is a part of: itself or a total of the same group.
    `breakdown` are columns whose labels, "Total" apart, say of whom a figure is. `ratios` gives the columns (numerator,
    denominator) of each share, rate or mean. `unlike` are columns that another family has.
    """

    key: str
    title: str
    publication: str
    columns: frozenset[str]
    period: str = ""  # a kind of helpers.extracts.official.periods; "" for what the file says
    breakdown: tuple[str, ...] = ()
    item: str = ""
    counts: str = ""
    shares: str = ""
    population: str = ""  # of item families: a column that is every item's base
    base: dict[str, tuple[str, str]] = field(default_factory=dict)  # printed share -> the items it divides
    ratios: dict[str, tuple[str, str]] = field(default_factory=dict)
    aliases: dict[str, str] = field(default_factory=dict)
    ignored: frozenset[str] = frozenset()
    units: dict[str, str] = field(default_factory=dict)
    rounded: bool = False  # counts of regions and England are rounded to 10
    status: str = ""  # the column that says whether figures are provisional or revised

    def header(self, names: list[str]) -> list[str]:
        """Column names in lower case under their newest names; an old name that a newer release gives to another column stays."""
        taken = set(names) - set(self.aliases)
        return [self.aliases[name] if name in self.aliases and self.aliases[name] not in taken else name for name in names]

    def fits(self, names: list[str]) -> bool:
        """Whether a file with these columns is of this family."""
        there = set(self.header(names))
        return self.columns <= there and (not self.item or there <= self.columns | PLACE | NOT_FIGURES)


def _parts(of: str, *parts: str, share: str = "_percent", count: str = "") -> dict[str, tuple[str, str]]:
    """The shares that several counts have of one."""
    return {f"{part}{share}": (f"{part}{count}", of) for part in parts}


CHILDREN_IN_NEED = "Children in need"
LOOKED_AFTER = "Children looked after in England including adoptions"
STABILITY = "Stability measures for children looked after in England"
PROFILE = "Early years foundation stage profile results"
SOCIAL_CARE_OUTCOMES = "Outcomes for children in need, including children looked after by local authorities in England"
ATTAINMENT_8 = "Key stage 4 performance"
PEOPLE = {"number": "children_count", "percentage": "children_percent"}
LEAVERS = {"age": "care_leaver_age", "number": "care_leaver_count", "percentage": "care_leaver_percent"}
DURATIONS = ("3_months_or_less", "more_than_3_months_6_months", "more_than_6_months_less_than_1_year",
             "1_year_less_than_2_years", "2_years_or_more")  # fmt: skip
KS2_SUBJECTS = ("read", "writta", "mat", "rwm", "gps", "scita")
KS4_RATIOS = {
    "avg_att8": ("t_att8", "t_pupils"), "avg_att8_unrounded": ("t_att8", "t_pupils"),
    "avg_ebaccaps": ("t_ebaccaps", "t_pupils"), "avg_p8score": ("t_p8score", "t_inp8calc"),
    **{f"pt_{name}": (f"t_{name}", "t_pupils") for name in
       ("entbasics", "l2basics_95", "l2basics_94", "ebacc_e_ptq_ee", "ebacc_95", "ebacc_94", "entry_1", "anypass")},
}  # fmt: skip


def _leavers(key: str, title: str, item: str, **aliases: str) -> Family:
    return Family(
        key, title, LOOKED_AFTER, frozenset({"care_leaver_age", item, "care_leaver_count", "care_leaver_percent"}),
        breakdown=("care_leaver_age",), item=item, counts="care_leaver_count", shares="care_leaver_percent",
        aliases=LEAVERS | aliases, rounded=True,
    )  # fmt: skip


def _looked_after(key: str, title: str, item: str, *group: str, **more) -> Family:
    publication = more.pop("publication", LOOKED_AFTER)
    return Family(
        key, title, publication, frozenset({*group, item, "children_count", "children_percent"}), breakdown=group, item=item,
        counts="children_count", shares="children_percent", aliases=PEOPLE | more.pop("aliases", {}), rounded=True, **more,
    )  # fmt: skip


# fmt: off
FAMILIES = (
    Family("children_in_need", "Children in need (b1)", CHILDREN_IN_NEED, frozenset({"anypoint_episodes", "at31_episodes"}),
           rounded=True),
    Family("referrals", "Referrals and re-referrals (c1)", CHILDREN_IN_NEED, frozenset({"referral_count", "rereferral_count"}),
           ratios={"rereferral_percent": ("rereferral_count", "referral_count"),
                   "no_further_action_percent": ("no_further_action_count", "referral_count"),
                   "not_in_need_percent": ("not_in_need_count", "referral_count"),
                   "rereferral_child_percent": ("rereferral_child_count", "referral_child_count")},
           aliases={"referrals": "referral_count", "referrals_rate": "referral_rate", "re_referrals": "rereferral_count",
                    "re_referrals_percent": "rereferral_percent", "no_further_action": "no_further_action_count",
                    "not_in_need": "not_in_need_count", "referrals_child": "referral_child_count",
                    "referrals_child_rate": "referral_child_rate", "re_referrals_child": "rereferral_child_count",
                    "re_referrals_child_percent": "rereferral_child_percent"}, rounded=True),
    Family("assessment_factors", "Factors identified at the end of assessment (c3)", CHILDREN_IN_NEED,
           frozenset({"episodes_with_assessment_factor"}), rounded=True),
    Family("section_47", "Section 47 enquiries and initial child protection conferences (c4)", CHILDREN_IN_NEED,
           frozenset({"section47", "icpc"}), rounded=True),
    Family("plans_started", "Child protection plans that are a second or subsequent plan (d3)", CHILDREN_IN_NEED,
           frozenset({"cpp_start", "cpp_subsequent"}), ratios={"cpp_subsequent_percent": ("cpp_subsequent", "cpp_start")},
           rounded=True),
    Family("plans_open", "Child protection plans on 31 March by length of time (d5)", CHILDREN_IN_NEED,
           frozenset({"cpp_at31", "2_years_or_more"}), ratios=_parts("cpp_at31", *DURATIONS), rounded=True),
    Family("looked_after", "Children looked after: number and rate per 10,000 children", LOOKED_AFTER,
           frozenset({"population_type", "population_estimate", "children_count", "rate_per_10000"}), item="population_type",
           counts="children_count", shares="rate_per_10000", population="population_estimate",
           aliases=PEOPLE | {"population_count": "population_type"}, rounded=True),
    _looked_after("placement_stability", "Placement stability of children looked after", "placement_stability", "cla_group"),
    _looked_after("looked_after_characteristics", "Children looked after by characteristic, placement, health and conviction",
                  "breakdown", "characteristic", aliases={"cla_group": "characteristic", "characteristic": "breakdown"}),
    _looked_after("school_moves", "School moves of children looked after", "school_stability", "cla_group", "move_measure",
                  publication=STABILITY),
    _looked_after("social_worker_stability", "Social worker stability of children looked after", "sw_stability", "cla_group",
                  publication=STABILITY),
    Family("missing", "Children looked after who were missing or away from placement without authorisation", LOOKED_AFTER,
           frozenset({"cla_group", "children_count"}), item="cla_group", counts="children_count", aliases=PEOPLE, rounded=True,
           base={
               "Percentage of children who had a missing incident during the year":
                   ("Children who had a missing incident during the year", "Children looked after during the year"),
               "Percentage of children who were away from placement without authorisation during the year":
                   ("Children who were away from placement without authorisation during the year",
                    "Children looked after during the year"),
               "Average number of missing incidents per looked after child who went missing":
                   ("Number of missing incidents during the year", "Children who had a missing incident during the year"),
               "Average number of away from placement without authorisation incidents per looked after child":
                   ("Number of away from placement without authorisation incidents during the year",
                    "Children who were away from placement without authorisation during the year")}),
    Family("missing_national", "Children missing or away from placement in England, by characteristic", LOOKED_AFTER,
           frozenset({"missing_status", "characteristic", "children_count"}), breakdown=("missing_status",),
           item="characteristic", counts="children_count", aliases=PEOPLE, rounded=True),
    Family("net_gain", "Children looked after placed in and out of the authority", LOOKED_AFTER,
           frozenset({"characteristic", "children_count"}), item="characteristic", counts="children_count", aliases=PEOPLE,
           rounded=True),
    _leavers("care_leavers_in_touch", "Care leavers the authority is in touch with", "in_touch"),
    _leavers("care_leavers", "Care leavers by activity and suitability of accommodation", "breakdown", activity="breakdown"),
    Family("early_years", "Early years foundation stage profile: headline measures", PROFILE,
           frozenset({"breakdown_topic", "breakdown", "sex", "gld_children_count", "gld_children_percent"}),
           breakdown=("breakdown_topic", "breakdown", "sex"),
           ratios={"gld_children_percent": ("gld_children_count", "children_count"),
                   "all_elgs_expected_children_percent": ("all_elgs_expected_children_count", "children_count"),
                   "comm_lang_lit_expected_children_percent": ("comm_lang_lit_expected_children_count", "children_count")},
           aliases={"characteristic": "breakdown_topic", "characteristic_type": "breakdown", "gender": "sex",
                    "children_number": "children_count", "average_elgs": "elgs_expected_average",
                    "elg_number": "all_elgs_expected_children_count", "elg_percentage": "all_elgs_expected_children_percent",
                    "comm_lang_lit_number": "comm_lang_lit_expected_children_count",
                    "comm_lang_lit_percentage": "comm_lang_lit_expected_children_percent",
                    "gld_number": "gld_children_count", "gld_percentage": "gld_children_percent"}),
    Family("key_stage_2_social_care", "Key stage 2 attainment of children in need and looked after", SOCIAL_CARE_OUTCOMES,
           frozenset({"social_care_group", "t_rwm_eligible_pupils", "pt_rwm_met_expected_standard"}),
           breakdown=("social_care_group",), rounded=True, status="version",
           ratios={f"pt_{name}_met_expected_standard": (f"t_{name}_met_expected_standard", f"t_{name}_eligible_pupils")
                   for name in KS2_SUBJECTS}),
    Family("key_stage_4_social_care", "Key stage 4 attainment of children in need and looked after", SOCIAL_CARE_OUTCOMES,
           frozenset({"social_care_group", "t_att8", "avg_att8"}), breakdown=("social_care_group",), ratios=KS4_RATIOS,
           rounded=True, status="version"),
    Family("absence_social_care", "Absence of children in need and looked after", SOCIAL_CARE_OUTCOMES,
           frozenset({"social_care_group", "t_sess_possible"}), breakdown=("social_care_group", "phase_type_grouping"),
           ratios={"pt_overall": ("t_sess_overall", "t_sess_possible"),
                   "pt_sess_authorised": ("t_sess_authorised", "t_sess_possible"),
                   "pt_sess_unauthorised": ("t_sess_unauthorised", "t_sess_possible"),
                   "pt_pupils_pa_10_exact": ("t_pupils_pa_10_exact", "t_pupils"),
                   "pt_pupils_pa_50_exact": ("t_pupils_pa_50_exact", "t_pupils")},
           aliases={"school_type": "phase_type_grouping", "year_breakdown": "absence_terms"}, rounded=True),
    Family("key_stage_4", "Key stage 4 attainment by sex", ATTAINMENT_8, frozenset({"sex", "establishment_type", "avg_att8"}),
           breakdown=("sex",), ratios=KS4_RATIOS, aliases={"gender": "sex"}, status="version",
           ignored=frozenset({"education_investment_area_flag", "priority_area_flag"})),
    Family("key_stage_4_characteristics", "Key stage 4 attainment by pupil characteristics", ATTAINMENT_8,
           frozenset({"sex", "ethnic_major", "disadvantage", "avg_att8"}),
           breakdown=("ethnic_major", "free_school_meals", "sen_status", "sen_description", "disadvantage", "first_language",
                      "sex"),
           ratios=KS4_RATIOS, aliases={"gender": "sex"}, status="version", ignored=frozenset({"breakdown"})),
    Family("neet", "16 and 17 year olds not in education, employment or training, or not known",
           "Participation in education, training and NEET age 16 to 17 by local authority",
           frozenset({"neet_not_known_percent", "neet_percent", "cohort_djfavg"}), period="December to February",
           ignored=frozenset({"age"}), aliases={"sess_overall_percent_pa_10_exact": "enrolments_pa_10_exact_percent"}),
    Family("plans_of_education", "Education, health and care plans issued within 20 weeks",
           "Education, health and care plans", frozenset({"plans_issued_den", "plans_issued_within_20_weeks"}),
           breakdown=("breakdown_topic", "breakdown"),
           ratios={f"pc_{name}": (name, "plans_issued_den") for name in
                   ("plans_issued_within_20_weeks", "plans_issued_gt20weeks_ltyear", "plans_issued_gt_1_year")}
                  | {f"pc_{name}": (name, "plans_issued_den_ex") for name in
                     ("plans_issued_20_weeks_ex", "plans_issued_gt20weeks_ltyear_ex", "plans_issued_gt_1_year_ex")}),
    Family("workforce", "Children's social work workforce: headline measures", "Children's social work workforce",
           frozenset({"inpost_fte", "vacancy_rate_fte", "caseload_fte"}), period="year to 30 September",
           ratios={"turnover_rate_fte": ("leavers_fte", "inpost_fte"), "caseload_fte": ("cases", "case_holders_fte"),
                   "turnover_rate_headcount": ("leavers_headcount", "inpost_headcount")}),
    # The Office for National Statistics', in the form of the department's files, stored with those of children in need.
    Family("population", "Mid-year population estimates of the Office for National Statistics", CHILDREN_IN_NEED,
           frozenset({"age_group", "population_estimate"}), period="year to 30 June", breakdown=("age_group",)),
)
# fmt: on
BY_KEY = {family.key: family for family in FAMILIES}

# A label that means the same under another name -> the newest release's. Applied to labels of breakdowns and items.
# "Not known to be eligible for free school meals" (2021/22) is no synonym: the unknown are among them, and later are apart.
LABELS = {
    "Boys": "Male", "Girls": "Female",
    "Aged 17 to 18": "17 to 18 years", "Aged 19 to 21": "19 to 21 years", "State-funded AP school":
    "State-funded alternative provision school", "Known to be eligible for free school meals": "Eligible for free school meals",
    "No identified SEN": "No SEN provision", "All SEN": "All SEN provision",
    "SEN support": "SEN support / SEN without an EHC plan", "SEN Supp": "SEN support / SEN without an EHC plan",
    "EHC plan": "Education, health and care plan", "SEN State EHC": "Education, health and care plan",
    "FSM": "Eligible for free school meals", "FSM all other": "Not eligible for free school meals",
    "Disadvantaged all other": "Not disadvantaged",
    "Known or believed to be English": "English", "Known or believed to be other than English": "Other than English",
    "ASIAN": "Asian", "BLACK": "Black", "CHINESE": "Chinese", "MIXED": "Mixed", "WHITE": "White",
}  # fmt: skip
EVERYONE = {"Total", "All EHC plans issued", "Children aged 0 to 17 years", "All"}
TOTALS = {"Total", "Total children", "Suitability total", "Total new placements", "Total placements changing"}
TOTAL_OF_AGES = re.compile(r"Total (all )?ages.*")


def label(text: str) -> str:
    """A label as the newest release prints it."""
    text = re.sub(r"\bat 31 March\b", "on 31 March", " ".join(text.split()))
    return LABELS.get(text, text)


def is_total(item: str) -> bool:
    """Whether an item counts everyone of its group, so that the others are shares of it."""
    return item in TOTALS or bool(TOTAL_OF_AGES.fullmatch(item))


# Means, scores, limits of intervals, changes and ranks: neither counts nor shares.
OTHER = r"^avg_|average|caseload|_ci(_|$)|percentile|median|ppts|annual_?change|quintile|att8$|ebaccaps|score|level_3|l2_em"


def unit_of(column: str, family: Family) -> str:
    """The unit of an indicator, by its name."""
    if column in family.units:
        return family.units[column]
    if re.search(r"per_?10_?000", column) or (re.search(r"(_rate)$", column) and family.publication == CHILDREN_IN_NEED):
        return "per 10,000"
    if re.search(r"percent|^pt_|^pc_|_rate(_|$)|percentage", column):
        return "%"
    if re.search(OTHER, column):
        return "other"
    return "full-time equivalents" if column.endswith("_fte") else "number"


def family_of(names: list[str]) -> Family | None:
    """The family of a file with these columns (in lower case); None for a file of none."""
    fitting = [family for family in FAMILIES if family.fits(names)]
    return max(fitting, key=lambda family: len(family.columns), default=None)
