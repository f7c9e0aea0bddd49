"""Code lists that more than one table uses: national codes with their meanings."""

from helpers.tables.definition import codes

YES_NO = codes(Y="yes", N="no")
YES_NO_NA = codes(Y="yes", N="no", NA="not applicable or not required")
YES_NO_UNKNOWN = codes(Y="yes", N="no", U="unknown")
SEXES = codes(M="male", F="female", U="unknown", I="neither")
ABUSE = codes(NEG="neglect", PHY="physical abuse", SAB="sexual abuse", EMO="emotional abuse", MUL="multiple or not recommended")
ETHNICITIES = codes(
    WBRI="White British", WIRI="White Irish", WIRT="Traveller of Irish heritage", WOTH="any other White background",
    WROM="Gypsy or Roma", MWBC="White and Black Caribbean", MWBA="White and Black African", MWAS="White and Asian",
    MOTH="any other mixed background", AIND="Indian", APKN="Pakistani", ABAN="Bangladeshi", AOTH="any other Asian background",
    BCRB="Caribbean", BAFR="African", BOTH="any other Black background", CHNE="Chinese", OOTH="any other ethnic group",
    REFU="refused", NOBT="not yet obtained",
)  # fmt: skip
SOURCES = codes(**{
    "1A": "family member, relative or carer", "1B": "acquaintance", "1C": "self", "1D": "other individual",
    "2A": "school", "2B": "education services", "3A": "GP", "3B": "health visitor", "3C": "school nurse",
    "3D": "other primary health services", "3E": "accident and emergency", "3F": "other health services", "4": "housing",
    "5A": "the authority's social care", "5B": "the authority's other services", "5C": "another authority's services",
    "5D": "the authority's early help", "6": "police", "7": "other legal agency", "8": "other", "9": "anonymous", "10": "unknown",
})  # fmt: skip
NEEDS = codes(
    N1="abuse or neglect", N2="child's disability or illness", N3="parent's disability or illness", N4="family in acute stress",
    N5="family dysfunction", N6="socially unacceptable behaviour", N7="low income", N8="absent parenting",
    N9="cases other than children in need", N0="not stated",
)  # fmt: skip
CLOSE_REASONS = codes(
    RC1="adopted", RC2="died", RC3="child arrangements order", RC4="special guardianship order",
    RC5="transferred to another authority", RC6="transferred to adult services",
    RC7="other, including no longer in need", RC8="closed after assessment, no further action",
    RC9="closed after assessment, referred to early help",
)  # fmt: skip
PLACEMENTS = codes(
    A3="placed for adoption with consent, with the current foster carer", A4="placed for adoption with consent, not so",
    A5="placed for adoption under an order, with the current foster carer", A6="placed for adoption under an order, not so",
    H5="semi-independent living (to 2024)", K1="secure children's home", K2="children's home", K3="supported accommodation",
    P1="own parents or others with parental responsibility", P2="independent living (to 2024)", P3="residential employment",
    Q1="foster care with relative or friend (older code)", Q2="foster care with another (older code)",
    R1="residential care home", R2="hospital or other health establishment", R3="family centre or mother and baby unit",
    R5="young offender institution", S1="residential school", T0="temporary move (older code)", T1="temporary: hospital",
    T2="temporary: holiday", T3="temporary: the foster carer's holiday", T4="temporary: seven days or less",
    U1="relative or friend, long-term", U2="relative or friend, fostering for adoption", U3="relative or friend, other",
    U4="other foster carer, long-term", U5="other foster carer, fostering for adoption", U6="other foster carer, other",
    Z1="other (to 2025)", Z11="other", Z12="other", Z13="other", Z14="other",
)  # fmt: skip
PROVIDERS = codes(
    PR0="parents or others with parental responsibility", PR1="the authority itself", PR2="another authority",
    PR3="another public body", PR4="private", PR5="voluntary",
)  # fmt: skip
PLACEMENT_CHANGES = codes(
    CARPL="care plan", CLOSE="provider closed or resigned", ALLEG="allegation", STAND="standards of care",
    APPRR="approval removed", CREQB="carer asked, because of the child's behaviour", CREQO="carer asked, another reason",
    CHILD="child asked", LAREQ="the authority asked", PLACE="change in the placement's status only", CUSTOD="custody",
    OTHER="another reason",
)  # fmt: skip
CEASED_REASONS = codes(
    X1="another episode follows the same day", E11="adopted, unopposed", E12="adopted, consent dispensed with", E2="died",
    E3="another authority took over", E4A="went home, as planned", E4B="went home, not as planned",
    E13="lives with parents or others without parental responsibility", E41="child arrangements order",
    E43="special guardianship, former foster carers (to 2018)", E44="special guardianship, others (to 2018)",
    E45="special guardianship, former foster carers who are family or friends",
    E46="special guardianship, other former foster carers", E47="special guardianship, other family or friends",
    E48="special guardianship, others", E5="independent living with support", E6="independent living without support",
    E7="adult social care", E8="another reason", E9="custody", E14="remand ended", E15="found to be 18 or over",
    E16="moved abroad", E17="aged 18, stays with the carers",
)  # fmt: skip
