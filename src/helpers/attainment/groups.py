"""Which pupils are set against which, and in which measures: one list for published figures and pupil files alike."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Group:
    """One group of pupils and those it is set against; a gap is the others less the group: how far it is behind."""

    key: str
    column: str  # of the pupils table
    codes: tuple[str, ...]
    name: str
    other_codes: tuple[str, ...]
    other_name: str


GROUPS = {
    group.key: group
    for group in (
        Group("disadvantaged", "pupi_disadvantaged", ("Y",), "disadvantaged pupils", ("N",), "other pupils"),
        Group("fsm", "pupi_fsm", ("Y",), "pupils with free school meals", ("N",), "pupils without"),
        Group("girls", "pupi_sex", ("F",), "girls", ("M",), "boys"),
        Group("sen_support", "pupi_sen", ("support",), "pupils with SEN support", ("none",), "pupils without special needs"),
        Group(
            "ehcp", "pupi_sen", ("EHCP",), "pupils with an education, health and care plan",
            ("none",), "pupils without special needs",
        ),
        Group("child_in_need", "pupi_child_in_need", ("Y",), "children in need", ("N",), "pupils not in need"),
        Group("looked_after", "pupi_looked_after", ("Y",), "children looked after", ("N",), "pupils not looked after"),
    )
}  # fmt: skip


@dataclass(frozen=True)
class Attainment:
    """One measure of one key stage: a share who met a standard (unit "%") or mean points."""

    key_stage: str
    code: str  # resu_measure, in capitals as codes are kept
    name: str
    unit: str


ATTAINMENT = {
    "EYFS": Attainment("EYFS", "GLD", "good level of development at age 5", "%"),
    "KS2": Attainment("KS2", "RWM", "expected standard in reading, writing and maths at age 11", "%"),
    "KS2 maths": Attainment("KS2", "MATHS", "expected standard in maths at age 11", "%"),
    "KS4": Attainment("KS4", "ATTAINMENT8", "Attainment 8 at age 16", "points"),
    "KS4 basics": Attainment("KS4", "ENGLISH_MATHS_9_5", "grade 5 or above in English and maths at age 16", "%"),
}
