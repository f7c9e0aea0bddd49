"""about.yml: whose records these are, and that they are made up."""

import yaml

from helpers.synthetic.place import AUTHORITY, CHILDREN, EXTRACTED_ON, FIRST_DAY, LAST_DAY, LOCALITIES, teams


def about() -> str:
    """about.yml of the made-up authority."""
    told = {
        "authority": AUTHORITY, "made_up": True, "extracted_on": EXTRACTED_ON.date(),
        "period": [FIRST_DAY.date(), LAST_DAY.date()],
        "localities": {locality: list(teams(locality)) for locality in LOCALITIES}, "children_aged_0_to_17": dict(CHILDREN),
    }  # fmt: skip
    return yaml.safe_dump(told, sort_keys=False, allow_unicode=True)
