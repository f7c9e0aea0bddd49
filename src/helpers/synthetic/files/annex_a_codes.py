"""Annex A's code lists of August 2019, as authorities write them: a letter, the code, its words."""

LETTERS = [*"abcdefghijklmnopqrstuvwxyz", "zz"]


def lettered(*codes: str) -> dict[str, str]:
    """{"WBRI": "a) WBRI", ...}: each code with the letter that the official list gives it."""
    return {code.split(":")[0]: f"{letter}) {code}" for letter, code in zip(LETTERS, codes, strict=False)}


ETHNICITY = lettered(
    *[
        "WBRI",
        "WIRI",
        "WIRT",
        "WOTH",
        "WROM",
        "MWBC",
        "MWBA",
        "MWAS",
        "MOTH",
        "AIND",
        "APKN",
        "ABAN",
        "AOTH",
        "BCRB",
        "BAFR",
        "BOTH",
        "CHNE",
        "OOTH",
        "REFU",
    ]
) | {"NOBT": "s) NOBT"}
SOURCES = lettered(
    "1A: Individual", "1B: Individual", "1C: Individual", "1D: Individual", "2A: Schools", "2B: Education services",
    *(f"3{letter}: Health services" for letter in "ABCDEF"), "4: Housing", "5A: LA services", "5B: LA services",
    "5C: LA services", "6: Police", "7: Other legal agency", "8: Other", "9: Anonymous", "10: Unknown",
) | {"5D": "p1) 5D: LA services"}  # fmt: skip
SEX = {"M": "a) Male", "F": "b) Female", "U": "c) Not stated/recorded"}
YES, NO, UNKNOWN = "a) Yes", "b) No", "c) Unknown"
SEEN = {"Y": YES, "N": NO, "U": UNKNOWN}
NEED = {
    "N1": "N1 - Abuse or neglect", "N2": "N2 - Child’s disability", "N3": "N3 - Parental disability or illness",
    "N4": "N4 - Family in acute stress", "N5": "N5 - Family dysfunction", "N6": "N6 - Socially unacceptable behaviour",
    "N7": "N7 - Low income", "N8": "N8 - Absent parenting",
}  # fmt: skip
CLOSURE = {
    "RC1": "RC1 - Adopted", "RC4": "RC4 - Special guardianship order",
    "RC5": "RC5 - Transferred to services of another local authority",
    "RC6": "RC6 - Transferred to adult social care services",
    "RC7": "RC7 - Services ceased for any other reason, including child no longer in need",
    "RC8": "RC8 - Case closed after assessment, no further action",
    "RC9": "RC8 - Case closed after assessment, no further action",  # the template of August 2019 has no RC9
}  # fmt: skip
ABUSE = {
    "NEG": "a) Neglect", "PHY": "b) Physical abuse", "SAB": "c) Sexual abuse", "EMO": "d) Emotional abuse",
    "MUL": "e) Multiple/not recommended",
}  # fmt: skip
LEGAL = {"C1": "C1: ICO", "C2": "C2: FCO", "E1": "E1: Placement order", "V2": "V2: Single period under S20"}
PERMANENCE = lettered(
    "Return to family", "Adoption", "SGO/CAO", "Supported living in the community", "Long-term residential placement",
    "Long-term fostering", "other",
)  # fmt: skip
LEFT = lettered(
    "E11: Adopted - application unopposed", "E12: Adopted - consent dispensed", "E2: Died", "E3: Care taken by another LA",
    "E4A: Returned home to live with parents or relatives - part of planning",
    "E4B: Returned home to live with parents or relatives - not part of planning",
    "E13: Parents, relatives or other with no parental responsibility", "E41: Residence order granted",
    "E45: Special Guardianship Orders - former carer relative/friend",
    "E46: Special Guardianship Orders - former carer other", "E47: Special Guardianship Orders - relative/friend",
    "E48: Special Guardianship Orders - other", "E5: Moved into independent living - supported",
    "E6: Moved into independent living - no support", "E7: Transferred to residential care funded by adult social services",
    "E9: Sentenced to custody", "E14: Accommodation on remand ended", "E15: Age assessment determined child was 18 or over",
    "E16: Child moved abroad", "E8: Care ceased for any other reason",
) | {"E17": "t) E8: Care ceased for any other reason"}  # fmt: skip
PLACEMENT = lettered(
    "U1: Foster placement - relatives - long term", "U2: Foster placement - relative - FFA",
    "U3: Foster placement - relative - not FFA", "U4: Foster placement - long term", "U5: Foster placement - FFA",
    "U6: Foster placement - not FFA", "A3: Placed for adoption - consent - current foster",
    "A4: Placed for adoption - consent - not foster", "A5: Placed for adoption - order - foster",
    "A6: Placed for adoption - order - not foster", "P1: Placed with parents", "P2: Independent living",
    "P3: Residential employment", "H5: Residential accommodation", "K1: Secure Children’s Homes", "K2: Children’s Homes",
    "R1: Residential Care Home",
)  # fmt: skip
PROVIDER = lettered(
    "PR0: Parents/Parental responsibility", "PR1: Own provision", "PR2: Other LA provision", "PR3: Other public provision",
    "PR4: Private provision", "PR5: Voluntary/third sector",
)  # fmt: skip
ACCOMMODATION = {
    "B": "B: Parents/relatives", "D": "D: Semi-independent, transitional accommodation and self-contained accommodation",
    "E": "E: Supported lodgings", "K": "K: Ordinary lodgings, without formal support", "R": "R: Residence not known",
    "S": "S: No fixed abode / homeless", "T": "T: Foyers and similar supported accommodation", "U": "U: Independent living",
    "V": "V: Emergency accommodation", "X": "X: In custody", "Y": "Y: Other accommodation", "Z": "Z: With former foster carers",
}  # fmt: skip
ACTIVITY = {
    "F1": "F1: Full time in higher education", "F2": "F2: Full time in education other than higher",
    "P2": "P2: Part time in education other than higher", "F4": "F3: Full time in training or employment",
    "F5": "F3: Full time in training or employment", "P5": "P3: Part time in training or employment",
    "G4": "G4: Not in education, employment or training - illness or disability",
    "G5": "G5: Not in education, employment or training - other",
    "G6": "G6: Not in education, employment or training - pregnancy or parenting",
}  # fmt: skip
IN_TOUCH = {"YES": YES, "NO": NO, "DIED": "c) Died", "REFU": "d) Refu", "NREQ": "e) NREQ", "RHOM": "f) Rhom"}
