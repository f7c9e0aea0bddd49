"""The made-up children: identifiers that stand nowhere else, birthdays, families."""

from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from helpers.synthetic.place import pick

ALPHABET = np.array(list("BCDFGHJKLMNPQRSTVWXYZ0123456789"))
ETHNICITIES = {
    "WBRI": 84, "WOTH": 4, "WIRI": 0.3, "WROM": 0.4, "MWBC": 1.8, "MWAS": 1.6, "MOTH": 2.2, "BAFR": 1.3, "AOTH": 1.2, "OOTH": 1.7,
    "REFU": 0.5, "NOBT": 1.0,
}  # fmt: skip
CHILDREN_IN_A_FAMILY = {1: 0.48, 2: 0.30, 3: 0.15, 4: 0.07}
DAYS_TO_18 = 6574
LONG_AGO = pd.Timestamp("1900-01-01")


@dataclass(eq=False)
class Family:
    """Children who live together; `free_from` is the first day on which nothing is open for any of them."""

    identifier: str
    locality: str
    children: list[str]
    free_from: pd.Timestamp = LONG_AGO
    last_plan_ended: pd.Timestamp = pd.NaT


@dataclass
class Register:
    """Every made-up child known to the authority, with identifiers that cannot be met by chance (two rare letters first)."""

    rng: np.random.Generator
    rows: dict[str, dict] = field(default_factory=dict)
    taken: set[str] = field(default_factory=set)

    def identifier(self, letters: str) -> str:
        """A new identifier that begins with `letters` and has a digit in it."""
        while True:
            made = letters + "".join(ALPHABET[self.rng.integers(len(ALPHABET), size=5)]) + str(self.rng.integers(10))
            if made not in self.taken:
                self.taken.add(made)
                return made

    def postcode(self) -> str:
        """A postcode in an area that does not exist."""
        district, sector, first, second = self.rng.integers([1, 1, 0, 0], [99, 10, 12, 12])
        return f"QX{district} {sector}{'ABDEFGHJLNPQ'[first]}{'ABDEFGHJLNPQ'[second]}"

    def child(self, born: pd.Timestamp, locality: str, family: str = "", *, unaccompanied: bool = False) -> str:
        """A new child's identifier."""
        rng = self.rng
        made = self.identifier("ZQ")
        sex = "M" if rng.random() < (0.92 if unaccompanied else 0.515) else "F"
        self.rows[made] = {
            "pers_person_id": made,
            "pers_sex": "U" if rng.random() < 0.002 else sex,
            "pers_dob": born.normalize(),
            "pers_ethnicity": pick(rng, {"AOTH": 3, "BAFR": 3, "OOTH": 4}) if unaccompanied else pick(rng, ETHNICITIES),
            "pers_upn": None,
            "pers_family_id": family or None,
            "pers_uasc": unaccompanied,
            "pers_uasc_ceased_date": born.normalize() + pd.DateOffset(years=18) if unaccompanied else pd.NaT,
            "locality": locality,
            "home": self.postcode(),
        }
        return made

    def family(self, locality: str, day: pd.Timestamp, *, youngest: float = 0.0) -> Family:
        """A new family with one to four children under 18 on `day`; `youngest` shifts their ages up, in years."""
        made = self.identifier("FQ")
        eldest = min(17.5, youngest + self.rng.beta(1.1, 1.6) * (18 - youngest))
        ages = [eldest]
        for _ in range(pick(self.rng, CHILDREN_IN_A_FAMILY) - 1):
            ages.append(ages[-1] - self.rng.uniform(1.2, 4.5))
        ages = [age for age in ages if age > -0.3]  # a child not yet born may have a plan
        children = [self.child(day - pd.Timedelta(days=round(age * 365.25)), locality, made) for age in ages]
        return Family(made, locality, children)

    def under_18(self, child: str, day: pd.Timestamp) -> bool:
        return (day - self.rows[child]["pers_dob"]).days < DAYS_TO_18

    def days_to_18(self, child: str, day: pd.Timestamp) -> int:
        return DAYS_TO_18 - (day - self.rows[child]["pers_dob"]).days

    def table(self) -> pd.DataFrame:
        """The register as rows of the `persons` table, with the child's locality and home postcode beside."""
        return pd.DataFrame(list(self.rows.values())).sort_values("pers_person_id", ignore_index=True)
