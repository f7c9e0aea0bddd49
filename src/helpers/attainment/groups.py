"""Which pupils are set against which, and in which measures: one list for published figures and pupil files alike."""

from dataclasses import dataclass

NO_NEEDS = "no identified special educational needs"


@dataclass(frozen=True)
class Group:
    """One group of pupils and those it is set against; a gap is the others less the group: how far it is behind.

    `published` names both in the department's figures (helpers.extracts.published.groups); "" is everyone, where the others
    alone are not published.
    """

    key: str
    column: str  # of the pupils table
    codes: tuple[str, ...]
    name: str
    other_codes: tuple[str, ...]
    other_name: str
    published: tuple[str, str]


GROUPS = {
    group.key: group
    for group in (
        Group("disadvantaged", "pupi_disadvantaged", ("Y",), "disadvantaged pupils", ("N",), "other pupils",
              ("disadvantaged", "not disadvantaged")),
        Group("fsm", "pupi_fsm", ("Y",), "pupils with free school meals", ("N",), "pupils without",
              ("eligible for free school meals", "not eligible for free school meals")),
        Group("girls", "pupi_sex", ("F",), "girls", ("M",), "boys", ("girls", "boys")),
        Group("sen_support", "pupi_sen", ("support",), "pupils with SEN support", ("none",), "pupils without special needs",
              ("special educational needs support", NO_NEEDS)),
        Group("ehcp", "pupi_sen", ("EHCP",), "pupils with an education, health and care plan", ("none",),
              "pupils without special needs", ("education, health and care plan", NO_NEEDS)),
        Group("child_in_need", "pupi_child_in_need", ("Y",), "children in need", ("N",), "pupils not in need",
              ("children in need", "")),
        Group("looked_after", "pupi_looked_after", ("Y",), "children looked after", ("N",), "pupils not looked after",
              ("looked after for 12 months", "")),
    )
}  # fmt: skip


@dataclass(frozen=True)
class Attainment:
    """One measure of one key stage: a share who met a standard (unit "%") or mean points.

    `headline` is its key among published measures, `short` its name in a table.
    """

    key_stage: str
    code: str  # resu_measure, in capitals as codes are kept
    name: str
    unit: str
    headline: str
    short: str


ATTAINMENT = {
    "EYFS": Attainment("EYFS", "GLD", "a good level of development at age 5", "%", "early_years_good_level", "At 5"),
    "KS2": Attainment("KS2", "RWM", "the expected standard in reading, writing and maths at age 11", "%",
                      "key_stage_2_reading_writing_maths", "At 11"),
    "KS2 maths": Attainment("KS2", "MATHS", "the expected standard in maths at age 11", "%", "key_stage_2_maths", "At 11, maths"),
    "KS4": Attainment("KS4", "ATTAINMENT8", "Attainment 8 at age 16", "points", "attainment_8", "At 16, Attainment 8 points"),
    "KS4 basics": Attainment("KS4", "ENGLISH_MATHS_9_5", "grade 5 or above in English and maths at age 16", "%",
                             "grade_5_english_maths", "At 16, grade 5 in English and maths"),
}  # fmt: skip


def chosen(group: str, phase: str) -> tuple[Group, Attainment]:
    """The group and the measure that a page's parameters name; a ValueError that lists what there is."""
    for name, value, known in (("group", group, GROUPS), ("phase", phase, ATTAINMENT)):
        if value not in known:
            raise ValueError(f"There is no {name} {value!r}; there is {', '.join(known)}.")
    return GROUPS[group], ATTAINMENT[phase]
