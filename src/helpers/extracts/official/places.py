"""Which place a row of an official file is about: joined on the old code, names made one, both codes kept."""

from functools import lru_cache

from helpers.extracts.authorities import authorities
from helpers.extracts.official.tidy import Place

# Regions as the Interactive Tool numbers and spells them, and spellings of the department's other files.
REGIONS = {
    "Yorkshire and the Humber": "Yorkshire and The Humber",
    "London (Inner)": "Inner London",
    "London (Outer)": "Outer London",
}
LEVELS = {"national": "National", "regional": "Regional", "local authority": "Local authority"}
OLDEST = 2013  # the first year of the department's files: an authority listed from then on may be older


@lru_cache
def names() -> dict[str, tuple[str, str, str]]:
    """Old code -> present name, new code, region."""
    table = authorities()
    return dict(zip(table["old_code"], zip(table["name"], table["new_code"], table["region"], strict=True), strict=True))


@lru_cache
def first_years() -> dict[str, int]:
    """Old code -> the first year to 31 March of the authority's own returns."""
    table = authorities()
    return dict(zip(table["old_code"], table["first_year"], strict=True))


def place(level: str, region: str, old_code: str, printed: str, new_code: str) -> Place | None:
    """The area that a row is about, under its present name; None for what is none of England, a region, an authority.

    A row of two authorities ("314 / 318") keeps both codes and both names. An old code that is no authority's (a later one
    than this repository knows) keeps the name that is printed.
    """
    level, region = LEVELS.get(level.lower(), ""), REGIONS.get(region.strip(), region.strip())
    if level == "National":
        return Place(level, "England", "", new_code, "", "England")
    if level == "Regional" and region:
        return Place(level, region, "", new_code, region, region)
    old_code = " / ".join(part.strip() for part in old_code.removesuffix(".0").split("/"))
    if level != "Local authority" or not old_code:
        return None
    known = [names().get(part, (printed, new_code, region)) for part in old_code.split(" / ")]
    name = " and ".join(dict.fromkeys(entry[0] for entry in known))
    new_code = new_code or " / ".join(entry[1] for entry in known)
    return Place(level, name, old_code, new_code, known[0][2] or region, printed)
