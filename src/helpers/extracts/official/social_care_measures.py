"""Headline measures of children's social care and its workforce: what each one means, in one place."""

from helpers.extracts.official.families import CHILDREN_IN_NEED, LOOKED_AFTER, STABILITY
from helpers.extracts.official.measure_builders import TOOL_ALONE, count, mean, rate, share

WORKFORCE = "Children's social work workforce"
SEPTEMBER = {
    "period": "year to 30 September",
    "interval": None,
    "no_interval": "it is counted in full-time equivalents, not in people",
}
DURING_YEAR = "children looked after at any time in the year, short breaks apart"
WENT_MISSING = "children looked after who went missing in the year"
RECORDING = (
    "The publisher asks for caution in comparing years and areas. Areas differ in what they record as missing and what as away "
    "without authorisation, and change it: Dorset's first figures for away without authorisation are of 2024. "
    "Hackney 2021 and Barnsley 2023 have gaps."
)
PANDEMIC = "Restrictions from March 2020 to July 2021 changed what was seen, referred and recorded."


# fmt: off
SOCIAL_CARE_MEASURES = (
    # Children missing from care
    count("looked_after_in_year", "children looked after at any time in the year",
        "Children looked after on any day of the year, short breaks apart.", DURING_YEAR, LOOKED_AFTER, 2020),
    count("children_missing", "children in care who went missing at least once",
        "Children looked after with at least one missing incident in the year.", DURING_YEAR, LOOKED_AFTER, 2020,
        better="lower", breaks=RECORDING),
    share("children_missing_share", "children in care who went missing at least once",
        "Children with at least one missing incident, of all children looked after at any time in the year.", DURING_YEAR,
        LOOKED_AFTER, 2016, better="lower", whole_number=True, breaks=RECORDING),
    count("children_missing_more_than_once", "children in care who went missing more than once",
        "Children looked after with two or more missing incidents in the year.", DURING_YEAR, LOOKED_AFTER, 2020,
        better="lower", breaks=RECORDING),
    share("children_missing_more_than_once_share", "children missing from care who went missing more than once",
        "Children with two or more missing incidents, of children with at least one.", WENT_MISSING, LOOKED_AFTER, 2020,
        better="lower", breaks=RECORDING),
    count("missing_incidents", "missing incidents of children in care",
        "Missing incidents in the year, those open on its first day included.", WENT_MISSING, LOOKED_AFTER, 2020,
        unit="incidents", better="lower", breaks=RECORDING),
    mean("missing_incidents_per_child", "missing incidents for each child who went missing",
        "Missing incidents divided by the children who went missing. A few children can account for many incidents, and"
        " one child's incidents depend on each other, so no interval can be had from the totals.",
        "incidents per child", WENT_MISSING, LOOKED_AFTER, 2020, better="lower", breaks=RECORDING,
        formula="missing incidents / children who went missing", no_interval="one child’s incidents depend on each other"),
    count("children_away", "children in care who were away without authorisation",
        "Children looked after whose whereabouts were known but who were not where they were expected to be, at least "
        "once.",
        DURING_YEAR, LOOKED_AFTER, 2020, better="lower", breaks=RECORDING),
    share("children_away_share", "children in care who were away without authorisation",
        "Children away without authorisation at least once, of all children looked after at any time in the year.",
        DURING_YEAR, LOOKED_AFTER, 2016, better="lower", whole_number=True, breaks=RECORDING),
    count("away_incidents", "incidents of children in care being away without authorisation",
        "Incidents in the year of being away from placement without authorisation.", DURING_YEAR, LOOKED_AFTER, 2020,
        unit="incidents", better="lower", breaks=RECORDING),
    # Child protection plans
    count("plans_started", "child protection plans started", "Child protection plans that began in the year.",
        "child protection plans started in the year", CHILDREN_IN_NEED, 2013, unit="plans", breaks=PANDEMIC),
    rate("plans_started_rate", "child protection plans started",
        "Child protection plans that began in the year, for every 10,000 children.", CHILDREN_IN_NEED, 2013,
        breaks=PANDEMIC),
    count("plans_open", "children with a child protection plan on 31 March", "Child protection plans open on 31 March.",
        "child protection plans open on 31 March", CHILDREN_IN_NEED, 2013, stock=True),
    rate("plans_open_rate", "children with a child protection plan on 31 March",
        "Child protection plans open on 31 March, for every 10,000 children.", CHILDREN_IN_NEED, 2013, stock=True),
    count("repeat_plans", "plans started that were a second or later one",
        "Plans that began in the year for a child who had had a plan before, at any time, with the same authority.",
        "child protection plans started in the year", CHILDREN_IN_NEED, 2013, unit="plans", better="lower",
        breaks=PANDEMIC),
    share("repeat_plans_share", "plans started that were a second or later one",
        "Plans that began in the year for a child who had had a plan before, at any time, with the same authority, of "
        "all plans that began.",
        "child protection plans started in the year", CHILDREN_IN_NEED, 2013, better="lower", breaks=PANDEMIC),
    count("plans_open_two_years", "plans on 31 March that had lasted two years or more",
        "Child protection plans open on 31 March that had been open for two years or more.",
        "child protection plans open on 31 March", CHILDREN_IN_NEED, 2013, unit="plans", better="lower", stock=True),
    share("plans_open_two_years_share", "plans on 31 March that had lasted two years or more",
        "Plans open for two years or more, of all plans open on 31 March.", "child protection plans open on 31 March",
        CHILDREN_IN_NEED, 2013, better="lower", stock=True),
    # Section 47 enquiries and conferences
    count("section_47_enquiries", "section 47 enquiries started",
        "Section 47 enquiries that began in the year; a child may have several.",
        "section 47 enquiries started in the year", CHILDREN_IN_NEED, 2013, unit="enquiries", breaks=PANDEMIC),
    rate("section_47_rate", "section 47 enquiries started",
        "Section 47 enquiries that began in the year, for every 10,000 children.", CHILDREN_IN_NEED, 2013,
        breaks=PANDEMIC),
    count("initial_conferences", "initial child protection conferences held",
        "Initial child protection conferences in the year, those for children who moved in included.",
        "initial child protection conferences in the year", CHILDREN_IN_NEED, 2013, unit="conferences", breaks=PANDEMIC),
    rate("initial_conferences_rate", "initial child protection conferences held",
        "Initial child protection conferences in the year, for every 10,000 children.", CHILDREN_IN_NEED, 2013,
        breaks=PANDEMIC),
    # Children in need and referrals
    count("children_in_need", "children in need on 31 March",
        "Episodes of need open on 31 March: children with a plan, looked after, leaving care or being assessed are all "
        "among them.",
        "episodes of need open on 31 March", CHILDREN_IN_NEED, 2013, stock=True),
    rate("children_in_need_rate", "children in need on 31 March",
        "Episodes of need open on 31 March, for every 10,000 children.", CHILDREN_IN_NEED, 2013, stock=True),
    count("referrals", "referrals to children's social care", "Referrals in the year; a child may have several.",
        "referrals in the year", CHILDREN_IN_NEED, 2013, unit="referrals", breaks=PANDEMIC),
    rate("referral_rate", "referrals to children's social care", "Referrals in the year, for every 10,000 children.",
        CHILDREN_IN_NEED, 2013, breaks=PANDEMIC),
    count("re_referrals", "referrals within 12 months of an earlier one",
        "Referrals in the year within 12 months of the child's referral before.", "referrals in the year",
        CHILDREN_IN_NEED, 2013, unit="referrals", better="lower", breaks=PANDEMIC),
    share("re_referrals_share", "referrals within 12 months of an earlier one",
        "Referrals within 12 months of the child's referral before, of all referrals in the year.",
        "referrals in the year", CHILDREN_IN_NEED, 2013, better="lower", breaks=PANDEMIC),
    # Children looked after
    count("looked_after", "children looked after on 31 March", "Children looked after on 31 March, short breaks apart.",
        "children looked after on 31 March", LOOKED_AFTER, 2016, stock=True),
    rate("looked_after_rate", "children looked after on 31 March",
        "Children looked after on 31 March, short breaks apart, for every 10,000 children.", LOOKED_AFTER, 2016,
        stock=True, whole_number=True),
    count("starting_care", "children who started to be looked after",
        "Children who started to be looked after in the year.", "children who started to be looked after in the year",
        LOOKED_AFTER, 2016, breaks=PANDEMIC),
    rate("starting_care_rate", "children who started to be looked after",
        "Children who started to be looked after in the year, for every 10,000 children.", LOOKED_AFTER, 2018,
        whole_number=True, breaks=PANDEMIC),
    count("ceasing_care", "children who ceased to be looked after",
        "Children who ceased to be looked after in the year; those whose care passed to another authority included.",
        "children who ceased to be looked after in the year", LOOKED_AFTER, 2016, breaks=PANDEMIC),
    rate("ceasing_care_rate", "children who ceased to be looked after",
        "Children who ceased to be looked after in the year, for every 10,000 children.", LOOKED_AFTER, 2018,
        whole_number=True, breaks=PANDEMIC),
    # Timeliness and outcomes of the front door
    share("no_further_action_share", "referrals closed with no further action",
        "Referrals in the year on which no further action was taken, of all referrals.", "referrals in the year",
        CHILDREN_IN_NEED, 2013, breaks=PANDEMIC),
    share("assessed_not_in_need_share", "referrals assessed as not in need",
        "Referrals in the year that led to an assessment which found no need, of all referrals.", "referrals in the year",
        CHILDREN_IN_NEED, 2013, breaks=PANDEMIC),
    share("assessments_in_45_days_share", "assessments completed within 45 working days",
        "Continuous assessments completed in the year within 45 working days of their start, of all completed.",
        "assessments completed in the year", CHILDREN_IN_NEED, 2016, better="higher", breaks=PANDEMIC,
        no_interval=TOOL_ALONE),
    share("conferences_in_15_days_share", "initial conferences held within 15 working days",
        "Initial child protection conferences held within 15 working days of the strategy discussion that led to the section 47"
        " enquiry, of all initial conferences.", "initial child protection conferences in the year", CHILDREN_IN_NEED, 2013,
        better="higher", breaks=PANDEMIC),
    share("plans_ended_after_two_years_share", "child protection plans that ended after two years or more",
        "Plans that ended in the year after two years or more, of all plans that ended.",
        "child protection plans ended in the year", CHILDREN_IN_NEED, 2016, better="lower", breaks=PANDEMIC,
        no_interval=TOOL_ALONE),
    # Children looked after: who, and how settled
    count("unaccompanied", "unaccompanied asylum-seeking children looked after on 31 March",
        "Unaccompanied asylum-seeking children among those looked after on 31 March.", "children looked after on 31 March",
        LOOKED_AFTER, 2016, stock=True),
    share("unaccompanied_share", "children looked after who are unaccompanied asylum-seeking children",
        "Unaccompanied asylum-seeking children, of all children looked after on 31 March.", "children looked after on 31 March",
        LOOKED_AFTER, 2020, stock=True, whole_number=True),
    share("three_placements_share", "children looked after who had three or more placements in the year",
        "Children looked after on 31 March with three or more placements in the year, of all children looked after on 31 March."
        " A placement of less than 24 hours and adoption by the carers do not count as a move.",
        "children looked after on 31 March", LOOKED_AFTER, 2016, better="lower", stock=True, whole_number=True),
    share("long_term_stability_share", "children in long-term care who live with the same carer for two years",
        "Children under 16 looked after continuously for two and a half years or more who have lived with the same carer for two"
        " years or are placed for adoption, of all such children.",
        "children under 16 on 31 March looked after for at least two and a half years", LOOKED_AFTER, 2018, better="higher",
        stock=True, whole_number=True),
    share("three_social_workers_share", "children looked after who had three or more social workers in the year",
        "Children looked after on 31 March with three or more social workers in the year, of all children looked after on 31"
        " March.", "children looked after on 31 March", STABILITY, 2024, better="lower", stock=True, whole_number=True,
        breaks="The files hold the year to March 2024 alone."),
    # Care leavers
    share("care_leavers_in_touch_share", "care leavers with whom the authority is in touch",
        "Care leavers with whom the authority is in touch, of all care leavers of that age.", "care leavers aged 19 to 21",
        LOOKED_AFTER, 2020, better="higher", whole_number=True),
    share("care_leavers_suitable_accommodation_share", "care leavers in suitable accommodation",
        "Care leavers whose accommodation is considered suitable, of all care leavers of that age.",
        "care leavers aged 19 to 21", LOOKED_AFTER, 2016, better="higher", whole_number=True),
    share("care_leavers_in_education_or_work_share", "care leavers in education, employment or training",
        "Care leavers in education, employment or training, of all care leavers of that age.", "care leavers aged 19 to 21",
        LOOKED_AFTER, 2016, better="higher", whole_number=True, breaks=PANDEMIC),
    # Workforce
    share("vacancy_rate", "social worker posts that are vacant",
        "Vacant full-time equivalent posts, of vacant posts and social workers in post together, on 30 September.",
        "full-time equivalent posts of children’s social workers", WORKFORCE, 2017, better="lower", **SEPTEMBER),
    share("agency_rate", "social workers who are agency workers",
        "Full-time equivalent agency social workers, of agency workers and social workers in post together, on 30 September.",
        "full-time equivalent children’s social workers", WORKFORCE, 2017, better="lower", **SEPTEMBER),
    share("turnover_rate", "social workers who left in the year",
        "Full-time equivalent social workers who left in the year to 30 September, of those in post at its end.",
        "full-time equivalent children’s social workers", WORKFORCE, 2017, better="lower", **SEPTEMBER),
    mean("caseload", "cases for each social worker who holds cases",
        "Cases held, divided by the full-time equivalent social workers who hold any, on 30 September.",
        "cases per social worker", "full-time equivalent social workers with cases", WORKFORCE, 2017, better="lower",
        formula="cases / case holders", **SEPTEMBER),
)
# fmt: on
