"""The headline measures that ship as published figures: what each one means, in one place, asked for by key."""

from dataclasses import dataclass

CHILDREN_IN_NEED = "Children in need"
LOOKED_AFTER = "Children looked after in England including adoptions"


@dataclass(frozen=True)
class HeadlineMeasure:
    """One published measure. `per` is None for a plain count; `interval` names what can be computed from the published counts.

    `whole_number` marks a share or rate that its publisher prints without decimals: it is recomputed where both counts stand.
    """

    key: str
    name: str
    definition: str
    unit: str
    population: str
    publication: str
    first_period: int  # year to 31 March in which the data set begins; an authority's own series may begin later
    per: float | None = None
    better: str | None = None  # "lower", "higher" or None where neither is
    interval: str | None = None  # "proportion" (Wilson), "rate" (Byar) or None
    stock: bool = False  # counted on one day: the same children recur from year to year, so an interval is indicative only
    whole_number: bool = False
    breaks: str = ""


CHILD_POPULATION = "children aged 0 to 17 living in the area, at the mid-year before"
DURING_YEAR = "children looked after at any time in the year, short breaks apart"
WENT_MISSING = "children looked after who went missing in the year"
RECORDING = (
    "The publisher asks for caution in comparing years and areas. Areas differ in what they record as missing and what as away "
    "without authorisation, and change it: Dorset's first figures for away without authorisation are of 2024. "
    "Hackney 2021 and Barnsley 2023 have gaps."
)
PANDEMIC = "Restrictions from March 2020 to July 2021 changed what was seen, referred and recorded."


def _count(key, name, definition, population, publication, first_period, unit="children", **more):
    return HeadlineMeasure(key, name, definition, unit, population, publication, first_period, **more)


def _rate(key, name, definition, publication, first_period, **more):
    unit, per = "per 10,000 children", 10_000
    return HeadlineMeasure(
        key, name, definition, unit, CHILD_POPULATION, publication, first_period, per=per, interval="rate", **more
    )


def _share(key, name, definition, population, publication, first_period, **more):
    return HeadlineMeasure(
        key, name, definition, "%", population, publication, first_period, per=100, interval="proportion", **more
    )


# fmt: off
_ALL = (
    # Children missing from care
    _count("looked_after_in_year", "children looked after at any time in the year",
        "Children looked after on any day of the year, short breaks apart.", DURING_YEAR, LOOKED_AFTER, 2020),
    _count("children_missing", "children in care who went missing at least once",
        "Children looked after with at least one missing incident in the year.", DURING_YEAR, LOOKED_AFTER, 2020,
        better="lower", breaks=RECORDING),
    _share("children_missing_share", "children in care who went missing at least once",
        "Children with at least one missing incident, of all children looked after at any time in the year.", DURING_YEAR,
        LOOKED_AFTER, 2016, better="lower", whole_number=True, breaks=RECORDING),
    _count("children_missing_more_than_once", "children in care who went missing more than once",
        "Children looked after with two or more missing incidents in the year.", DURING_YEAR, LOOKED_AFTER, 2020,
        better="lower", breaks=RECORDING),
    _share("children_missing_more_than_once_share", "children missing from care who went missing more than once",
        "Children with two or more missing incidents, of children with at least one.", WENT_MISSING, LOOKED_AFTER, 2020,
        better="lower", breaks=RECORDING),
    _count("missing_incidents", "missing incidents of children in care",
        "Missing incidents in the year, those open on its first day included.", WENT_MISSING, LOOKED_AFTER, 2020,
        unit="incidents", better="lower", breaks=RECORDING),
    HeadlineMeasure("missing_incidents_per_child", "missing incidents for each child who went missing",
        "Missing incidents divided by the children who went missing. A few children can account for many incidents, and"
        " one child's incidents depend on each other, so no interval can be had from the totals.",
        "incidents per child", WENT_MISSING, LOOKED_AFTER, 2020, per=1, better="lower", breaks=RECORDING),
    _count("children_away", "children in care who were away without authorisation",
        "Children looked after whose whereabouts were known but who were not where they were expected to be, at least "
        "once.",
        DURING_YEAR, LOOKED_AFTER, 2020, better="lower", breaks=RECORDING),
    _share("children_away_share", "children in care who were away without authorisation",
        "Children away without authorisation at least once, of all children looked after at any time in the year.",
        DURING_YEAR, LOOKED_AFTER, 2016, better="lower", whole_number=True, breaks=RECORDING),
    _count("away_incidents", "incidents of children in care being away without authorisation",
        "Incidents in the year of being away from placement without authorisation.", DURING_YEAR, LOOKED_AFTER, 2020,
        unit="incidents", better="lower", breaks=RECORDING),
    # Child protection plans
    _count("plans_started", "child protection plans started", "Child protection plans that began in the year.",
        "child protection plans started in the year", CHILDREN_IN_NEED, 2013, unit="plans", breaks=PANDEMIC),
    _rate("plans_started_rate", "child protection plans started",
        "Child protection plans that began in the year, for every 10,000 children.", CHILDREN_IN_NEED, 2013,
        breaks=PANDEMIC),
    _count("plans_open", "children with a child protection plan on 31 March", "Child protection plans open on 31 March.",
        "child protection plans open on 31 March", CHILDREN_IN_NEED, 2013, stock=True),
    _rate("plans_open_rate", "children with a child protection plan on 31 March",
        "Child protection plans open on 31 March, for every 10,000 children.", CHILDREN_IN_NEED, 2013, stock=True),
    _count("repeat_plans", "plans started that were a second or later one",
        "Plans that began in the year for a child who had had a plan before, at any time, with the same authority.",
        "child protection plans started in the year", CHILDREN_IN_NEED, 2013, unit="plans", better="lower",
        breaks=PANDEMIC),
    _share("repeat_plans_share", "plans started that were a second or later one",
        "Plans that began in the year for a child who had had a plan before, at any time, with the same authority, of "
        "all plans that began.",
        "child protection plans started in the year", CHILDREN_IN_NEED, 2013, better="lower", breaks=PANDEMIC),
    _count("plans_open_two_years", "plans on 31 March that had lasted two years or more",
        "Child protection plans open on 31 March that had been open for two years or more.",
        "child protection plans open on 31 March", CHILDREN_IN_NEED, 2013, unit="plans", better="lower", stock=True),
    _share("plans_open_two_years_share", "plans on 31 March that had lasted two years or more",
        "Plans open for two years or more, of all plans open on 31 March.", "child protection plans open on 31 March",
        CHILDREN_IN_NEED, 2013, better="lower", stock=True),
    # Section 47 enquiries and conferences
    _count("section_47_enquiries", "section 47 enquiries started",
        "Section 47 enquiries that began in the year; a child may have several.",
        "section 47 enquiries started in the year", CHILDREN_IN_NEED, 2013, unit="enquiries", breaks=PANDEMIC),
    _rate("section_47_rate", "section 47 enquiries started",
        "Section 47 enquiries that began in the year, for every 10,000 children.", CHILDREN_IN_NEED, 2013,
        breaks=PANDEMIC),
    _count("initial_conferences", "initial child protection conferences held",
        "Initial child protection conferences in the year, those for children who moved in included.",
        "initial child protection conferences in the year", CHILDREN_IN_NEED, 2013, unit="conferences", breaks=PANDEMIC),
    _rate("initial_conferences_rate", "initial child protection conferences held",
        "Initial child protection conferences in the year, for every 10,000 children.", CHILDREN_IN_NEED, 2013,
        breaks=PANDEMIC),
    # Children in need and referrals
    _count("children_in_need", "children in need on 31 March",
        "Episodes of need open on 31 March: children with a plan, looked after, leaving care or being assessed are all "
        "among them.",
        "episodes of need open on 31 March", CHILDREN_IN_NEED, 2013, stock=True),
    _rate("children_in_need_rate", "children in need on 31 March",
        "Episodes of need open on 31 March, for every 10,000 children.", CHILDREN_IN_NEED, 2013, stock=True),
    _count("referrals", "referrals to children's social care", "Referrals in the year; a child may have several.",
        "referrals in the year", CHILDREN_IN_NEED, 2013, unit="referrals", breaks=PANDEMIC),
    _rate("referral_rate", "referrals to children's social care", "Referrals in the year, for every 10,000 children.",
        CHILDREN_IN_NEED, 2013, breaks=PANDEMIC),
    _count("re_referrals", "referrals within 12 months of an earlier one",
        "Referrals in the year within 12 months of the child's referral before.", "referrals in the year",
        CHILDREN_IN_NEED, 2013, unit="referrals", better="lower", breaks=PANDEMIC),
    _share("re_referrals_share", "referrals within 12 months of an earlier one",
        "Referrals within 12 months of the child's referral before, of all referrals in the year.",
        "referrals in the year", CHILDREN_IN_NEED, 2013, better="lower", breaks=PANDEMIC),
    # Children looked after
    _count("looked_after", "children looked after on 31 March", "Children looked after on 31 March, short breaks apart.",
        "children looked after on 31 March", LOOKED_AFTER, 2016, stock=True),
    _rate("looked_after_rate", "children looked after on 31 March",
        "Children looked after on 31 March, short breaks apart, for every 10,000 children.", LOOKED_AFTER, 2016,
        stock=True, whole_number=True),
    _count("starting_care", "children who started to be looked after",
        "Children who started to be looked after in the year.", "children who started to be looked after in the year",
        LOOKED_AFTER, 2016, breaks=PANDEMIC),
    _rate("starting_care_rate", "children who started to be looked after",
        "Children who started to be looked after in the year, for every 10,000 children.", LOOKED_AFTER, 2018,
        whole_number=True, breaks=PANDEMIC),
    _count("ceasing_care", "children who ceased to be looked after",
        "Children who ceased to be looked after in the year; those whose care passed to another authority included.",
        "children who ceased to be looked after in the year", LOOKED_AFTER, 2016, breaks=PANDEMIC),
    _rate("ceasing_care_rate", "children who ceased to be looked after",
        "Children who ceased to be looked after in the year, for every 10,000 children.", LOOKED_AFTER, 2018,
        whole_number=True, breaks=PANDEMIC),
)
# fmt: on

MEASURES: dict[str, HeadlineMeasure] = {measure.key: measure for measure in _ALL}
