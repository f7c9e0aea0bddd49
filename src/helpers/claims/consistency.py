"""The document's own arithmetic: totals that should add up, percentages and counts that should agree, one thing said twice."""

import math
import re

import pandas as pd
from scipy import stats

from helpers import intervals
from helpers.claims.documents import printed
from helpers.results import Check
from helpers.wording import interval, listing, number, p_value

SCHOOLS = ("all_through", "first", "infant", "junior", "primary", "middle", "secondary", "upper", "pupil_referral", "special")
HEARD_FROM = ("school", "social_media", "newsletter", "practitioner", "parent_carer_council")

# name: the parts ("-" takes away, ":" names another column than value), the total, how far rounding can carry the sum
SUMS = {
    "Schools by type": ([f"schools_{kind}" for kind in SCHOOLS], "schools", 0),
    "Children in care, unaccompanied and others": (["in_care_excluding_uasc", "unaccompanied"], "in_care", 0),
    "Children at risk outside the family, by level": (["efrh_emerging", "efrh_moderate", "efrh_significant"], "efrh_all", 0),
    "Children at risk outside the family, by kind": (["efrh_cce_cse", "efrh_cce", "efrh_cse", "efrh_other"], "efrh_all", 0),
    "Safeguarding Families Together, open and closed": (["sft_children_now", "sft_children_closed"], "sft_children_all", 0),
    "Safeguarding Families Together, by practitioner": (
        ["sft_mental_health", "sft_drug_alcohol", "sft_domestic_abuse"],
        "sft_relationships",
        0,
    ),
    "Supported accommodation places, by group": (
        ["supported_places_uasc", "supported_places_cic", "supported_places_homelessness"],
        "supported_places",
        0,
    ),
    "Net budget and overspend against outturn": (["outturn:comparator_value", "overspend"], "outturn", 0.0005),
    "Dedicated schools grant, by block": (
        ["dsg_high_needs", "dsg_early_years", "dsg_schools_block", "-dsg_central"],
        "dsg_overspend",
        0.011,  # two blocks are printed to the nearest £10,000
    ),
}
# name: the part, the whole, the percentage printed
SHARES = {
    "Residents aged 0 to 25": ("population_0_25", "population", "population_0_25_share"),
    "Residents aged 0 to 19": ("population_0_19", "population", "population_0_19_share"),
    "Overspend as a share of the net budget": ("overspend", "outturn:comparator_value", "overspend_percent"),
}
# name: a percentage that should be a whole number of so many
WHOLES = {
    "Assaults on a female aged 13 and over": ("sexual_assaults_female_13", 91),
    "Assaults on a child": ("sexual_assaults_child", 91),
    "Breakfast club pupils whose attendance rose": ("breakfast_club_improved", 17),
    "Up-to-date visits in March 2024, of children in care": ("up_to_date_visits:previous_value", 449),
}
# name: a figure of all, which should lie between those of two parts
BETWEEN = {
    "All schools between academies and maintained": ("schools_good_all", "schools_good_academies", "schools_good_maintained"),
    "Key Stage 2 writing, all pupils between boys and girls": ("ks2_writing", "ks2_writing_boys", "ks2_writing_girls"),
    "GCSE maths, all pupils between girls and boys": ("ks4_maths", "ks4_maths_girls", "ks4_maths_boys"),
}
# name: percentages of one whole
PERCENTAGES = {
    "Pathfinder posts by how they were filled": ["pathfinder_internal", "pathfinder_external", "pathfinder_agency"],
    "How parents heard of the survey": [f"survey_heard_{source}" for source in HEARD_FROM],
}
# name: a rise that the document puts at about 50%
RISES = {
    "Care leavers not in education or work through illness: a rise of 50%": "neet_illness",
    "Care leavers not in education or work through parenthood: almost 50%": "neet_parenthood",
}
# name: one thing that the document gives in two places
TWICE = {
    "Beds at Hayeswood": ("hayeswood_beds_1", "hayeswood_beds_2"),
    "Flats at Kirtleton Avenue": ("kirtleton_flats_1", "kirtleton_flats_2"),
    "Places at Clarence House or Road": ("clarence_beds", "clarence_places"),
    "Places at the Leon Centre": ("leon_beds", "leon_places"),
    "Young people on the edge of care who stayed at home, %": ("harbour_at_home_1", "harbour_at_home_2"),
    "School-age children from minority ethnic groups, %": ("bme_pupils_headline", "bme_pupils_census"),
    "Localities with Safeguarding Families Together": ("sft_localities", "sft_localities_named"),
}
NOTED = ("cp_visits", "rowans_beds", "cherries_beds", "in_care_missing", "in_my_shoes_training_sessions_young_ambassadors")
GCSE = ("gcse_maths", "gcse_english", "gcse_five", "gcse_five_english_maths")
LARGEST_COHORT = 60  # pupils: no Year 11 of children in care is larger here
EXPECTED_TO_RISE = (0.72, 0.84)  # of pupils picked as the lowest tenth, with nothing done: regression to the mean, simulated


def consistency(figures: pd.DataFrame) -> list[Check]:
    """Every piece of arithmetic that the document's figures permit: holds, does not hold, or is worth knowing."""
    value = _values(figures)
    return [
        *(_sum(value, name, *what) for name, what in SUMS.items()),
        *(_share(value, name, *what) for name, what in SHARES.items()),
        *(_whole(value, name, *what) for name, what in WHOLES.items()),
        *(_between(value, name, *what) for name, what in BETWEEN.items()),
        *(_percentages(value, name, parts) for name, parts in PERCENTAGES.items()),
        *(_rise(value, name, figure_id) for name, figure_id in RISES.items()),
        _annualised(value),
        _cohort(value, "2022/23", "value"),
        _cohort(value, "2021/22", "previous_value"),
        _leaving_care(value),
        _cost(value),
        _months(figures),
        _together(value),
        _conversion(value),
        _virtual_school(value),
        _breakfast(value),
    ]


def same_thing_twice(figures: pd.DataFrame) -> list[Check]:
    """What the document states in two places, whether the two agree, and wordings that can be read in two ways."""
    value = _values(figures)
    checks = []
    for name, (first, second) in TWICE.items():
        one, two = value(first), value(second)
        checks.append(Check(name, one == two, f"{number(one)} in one place, {number(two)} in another"))
    noted = figures[figures["figure_id"].isin(NOTED)]
    named = noted["measure"] + (", " + noted["breakdown"]).where(noted["breakdown"] != "", "")
    return checks + [Check(name, None, note) for name, note in zip(named, noted["note"], strict=True)]


def _values(figures: pd.DataFrame):
    indexed = figures.set_index("figure_id")

    def value(key: str) -> float:
        figure_id, _, column = key.removeprefix("-").partition(":")
        return (-1 if key.startswith("-") else 1) * float(indexed.loc[figure_id, column or "value"])

    return value


def _decimals(n: float) -> int:
    """How many decimals a printed number carries."""
    return len(f"{n:.3f}".rstrip("0").partition(".")[2])


def _sum(value, name: str, parts: list[str], total: str, rounding: float) -> Check:
    numbers, stated = [value(part) for part in parts], value(total)
    holds = math.isclose(sum(numbers), stated, abs_tol=rounding + 1e-9)
    added = " + ".join(printed(n) for n in numbers).replace("+ −", "− ")
    made = round(sum(numbers), 3)
    rounded = ", the same but for rounding" if holds and made != stated else ""
    return Check(name, holds, f"{added} makes {printed(made)}; the document says {printed(stated)}{rounded}")


def _share(value, name: str, part: str, whole: str, stated_as: str) -> Check:
    share, stated = 100 * value(part) / value(whole), value(stated_as)
    holds = round(share, _decimals(stated)) == stated
    detail = f"{printed(value(part))} of {printed(value(whole))} is {number(share, 2)}%; printed as {printed(stated)}%"
    return Check(name, holds, detail)


def _whole(value, name: str, key: str, of: int) -> Check:
    share = value(key)
    return Check(name, _prints(share, of), f"{printed(share)}% is {round(share * of / 100)} of {of}")


def _between(value, name: str, middle: str, first: str, second: str) -> Check:
    low, high = sorted((value(first), value(second)))
    holds = low <= value(middle) <= high
    return Check(name, holds, f"{printed(value(middle))}, with {printed(low)} and {printed(high)} for the two parts")


def _percentages(value, name: str, parts: list[str]) -> Check:
    numbers = [value(part) for part in parts]
    holds = abs(sum(numbers) - 100) <= 0.5 * len(numbers)
    rest = "rounding explains the rest" if holds else "who makes up the rest is not said"
    return Check(name, holds, f"{' + '.join(printed(n) for n in numbers)} makes {printed(sum(numbers))}%; {rest}")


def _rise(value, name: str, figure_id: str) -> Check:
    before, after = value(f"{figure_id}:previous_value"), value(figure_id)
    rise = 100 * (after / before - 1)
    return Check(name, abs(rise - 50) < 5, f"{printed(before)} to {printed(after)} is a rise of {number(rise, 0)}%")


def _annualised(value) -> Check:
    """The section 47 rate and the rate of children in care rest on one population, if six months are doubled."""
    low, high = (10_000 * value("in_care") / (value("in_care_rate") + half) for half in (0.5, -0.5))
    enquiries, rate = value("section_47"), value("section_47_rate")
    once, doubled = ([10_000 * times * enquiries / n for n in (high, low)] for times in (1, 2))
    holds = doubled[0] - 0.5 <= rate <= doubled[1] + 0.5
    detail = (
        f"{printed(enquiries)} in six months are {interval(*once, 0)} per 10,000 children, and doubled {interval(*doubled, 0)}; "
        f"{printed(rate)} is printed. The child population, from the rate of children in care, is {interval(low, high)}"
    )
    return Check("The section 47 rate is six months made a year", holds, detail)


def _cohort(value, year: str, column: str) -> Check:
    """The one number of pupils, or its multiples, that could print all four GCSE percentages."""
    shares = [value(f"{name}:{column}") for name in GCSE]
    fits = [n for n in range(1, LARGEST_COHORT) if all(_prints(share, n) for share in shares)]
    one = bool(fits) and all(n % fits[0] == 0 for n in fits)
    counts = listing(f"{round(p * fits[0] / 100)} of {fits[0]}" for p in shares) if fits else ""
    detail = f"{fits[0]} pupils would print them ({counts}), and no fewer" if fits else "no number of pupils would print them"
    return Check(f"GCSE cohort of {year}, from its percentages", one, detail)


def _prints(share: float, n: int) -> bool:
    """Whether some whole number of n gives this percentage, rounded or cut to the decimals printed."""
    places, exact = _decimals(share), 100 * round(share * n / 100) / n
    cut = math.floor(exact * 10**places + 1e-9) / 10**places
    return share in (round(exact, places), cut)


def _leaving_care(value) -> Check:
    shares = [value(f"left_by_{route}") for route in ("adoption", "special_guardianship", "reunification")]
    fits = [n for n in range(120, 200) if all(_prints(share, n) for share in shares)]
    detail = f"{listing(printed(share) + '%' for share in shares)} are what {listing(fits)} children would each give"
    return Check("Children leaving care, one number behind three percentages", bool(fits), detail)


def _cost(value) -> Check:
    week, weeks, pupils = value("alternative_cost_week"), 35, value("wey_valley_low")
    holds = week * weeks == value("alternative_cost_35_weeks")
    each = f"shared among {printed(pupils)} pupils it is £{number(week / pupils, 0)} a week for each"
    return Check(
        "Alternative provision over 35 weeks", holds, f"£{printed(week)} for 35 weeks is £{printed(week * weeks)}; {each}"
    )


def _months(figures: pd.DataFrame) -> Check:
    row = figures.set_index("figure_id").loc["marvels_length"]
    first, last = (pd.Timestamp(text).to_period("M") for text in re.split(r"\s+-\s+", row["period"]))
    months = (last - first).n + 1
    detail = f"{row['period']} is {months} months; the document says {printed(row['value'])}"
    return Check("Length of the Dorset Marvels programme", bool(months == row["value"]), detail)


def _together(value) -> Check:
    before, after = (value(f"early_help:{c}") + value(f"children_in_need:{c}") for c in ("previous_value", "value"))
    change = f"a change of {number(100 * (after / before - 1), 1)}%"
    detail = f"{printed(before)} to {printed(after)}, {change}: work can be reclassified from one to the other"
    return Check("Early help and Children in Need together", None, detail)


def _conversion(value) -> Check:
    part, whole = int(value("contacts_to_referral")), int(value("contacts"))
    ends = intervals.wilson(part, whole).times(100)
    share = f"{number(100 * part / whole, 1)}% (95% interval {interval(ends.low, ends.high, 1)})"
    return Check("Contacts that became referrals", None, f"{number(part)} of {number(whole)} is {share}")


def _virtual_school(value) -> Check:
    children, share = int(value("suspensions")), value("suspensions_percent")
    fits = [n for n in range(children, 20 * children) if round(100 * children / n) == share]
    detail = f"{children} are {printed(share)}% of any number from {fits[0]} to {fits[-1]}"
    return Check("Pupils of the virtual school, from the suspensions", None, detail)


def _breakfast(value) -> Check:
    """Whether the breakfast club's share stands out from what low attenders do with nothing done."""
    n = int(value("breakfast_club"))
    count = round(value("breakfast_club_improved") * n / 100)
    least = min(stats.binomtest(count, n, expected).pvalue for expected in EXPECTED_TO_RISE)
    ends = " to ".join(f"{100 * expected:.0f}%" for expected in EXPECTED_TO_RISE)
    detail = f"{count} of {n} rose; of pupils picked for low attendance {ends} rise with nothing done ({p_value(least)} or more)"
    return Check("Breakfast club, against what low attenders do anyway", None, detail)
