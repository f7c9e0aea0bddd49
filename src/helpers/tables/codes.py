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
