"""The made-up children and families: identifiers that stand nowhere else, birthdays, brothers and sisters."""

from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from helpers.synthetic.place import ENDS, pick, picked, timestamps

ALPHABET = np.array(list("BCDFGHJKLMNPQRSTVWXYZ0123456789"))
SPACE = 10 * len(ALPHABET) ** 5  # identifiers of one kind that there can be
ETHNICITIES = {
    "WBRI": 84, "WOTH": 4, "WIRI": 0.3, "WROM": 0.4, "MWBC": 1.8, "MWAS": 1.6, "MOTH": 2.2, "BAFR": 1.3, "AOTH": 1.2, "OOTH": 1.7,
    "REFU": 0.5, "NOBT": 1.0,
}  # fmt: skip
UNACCOMPANIED = {"AOTH": 3, "BAFR": 3, "OOTH": 4}
CHILDREN_IN_A_FAMILY = {1: 0.48, 2: 0.30, 3: 0.15, 4: 0.07}
MOST = max(CHILDREN_IN_A_FAMILY)
DAYS_TO_18, YEAR = 6574, 365.25
NOBODY = -1  # where a family has fewer children than columns
NEVER, LONG_AGO = 10**6, -(10**6)  # day numbers


def identifiers(letters: str, numbers: np.ndarray, shift: int) -> np.ndarray:
    """One identifier for each number: two rare letters, five characters, a digit. Different numbers never share one."""
    scattered = (np.asarray(numbers, dtype=np.int64) * 104_729_353 + shift) % SPACE
    made = np.empty((len(scattered), 8), dtype="U1")
    made[:, 0], made[:, 1], made[:, 7] = letters[0], letters[1], (scattered % 10).astype("U1")
    rest = scattered // 10
    for place in range(2, 7):
        made[:, place] = ALPHABET[rest % len(ALPHABET)]
        rest //= len(ALPHABET)
    return made.view("U8").ravel()


def postcodes(numbers: np.ndarray, shift: int) -> np.ndarray:
    """A postcode for each number, in an area that does not exist."""
    scattered = (np.asarray(numbers, dtype=np.int64) * 7_919 + shift) % (98 * 9 * 144)
    letters = np.array(list("ABDEFGHJLNPQ"))
    district, rest = 1 + scattered % 98, scattered // 98
    parts = ("QX", district.astype("U2"), " ", (1 + rest % 9).astype("U1"), letters[rest // 9 % 12], letters[rest // 108])
    made = parts[0]
    for part in parts[1:]:
        made = np.char.add(made, part)
    return made


def pupil_numbers(numbers: np.ndarray) -> np.ndarray:
    """A pupil number for each number, of an authority (000) that no pupil can have."""
    return np.char.add("Q000", (700_000_000 + 37 * np.asarray(numbers, dtype=np.int64)).astype("U9"))


@dataclass
class Register:
    """Every made-up child, numbered in the order of coming, with the families: one array for each batch of children."""

    rng: np.random.Generator
    batches: list[dict] = field(default_factory=list)
    children: int = 0
    families: int = 0

    def add(self, born: np.ndarray, locality: np.ndarray, family: np.ndarray, *, unaccompanied: bool = False) -> np.ndarray:
        """The numbers of new children; `family` repeats for brothers and sisters."""
        count, rng = len(born), self.rng
        numbers = np.arange(self.children, self.children + count)
        self.children += count
        male = rng.random(count) < (0.92 if unaccompanied else 0.515)
        self.batches.append(
            {
                "child": numbers, "born": np.asarray(born), "locality": np.asarray(locality), "family": np.asarray(family),
                "sex": np.where(rng.random(count) < 0.002, "U", np.where(male, "M", "F")),
                "unaccompanied": np.full(count, unaccompanied),
            }
        )  # fmt: skip
        return numbers

    def new_families(self, count: int) -> np.ndarray:
        """Numbers for new families."""
        self.families += count
        return np.arange(self.families - count, self.families)

    def table(self) -> pd.DataFrame:
        """One row for each child: child, born, locality, family, sex, unaccompanied, ethnicity (the family's), disabled."""
        joined = pd.DataFrame({name: np.concatenate([batch[name] for batch in self.batches]) for name in self.batches[0]})
        ethnicity = pick(self.rng, ETHNICITIES, self.families)[joined["family"]]
        others = pick(self.rng, UNACCOMPANIED, self.families)[joined["family"]]
        disability = pick(self.rng, {"": 91, "LD": 3, "CON": 3, "BEH": 1.4, "MOB": 0.8, "HEAR": 0.4, "VIS": 0.4}, len(joined))
        return joined.assign(ethnicity=np.where(joined["unaccompanied"], others, ethnicity), disability=disability)


@dataclass
class Families:
    """The families known to the front door: who is in each, and from which day nothing is open for any of them."""

    register: Register
    number: np.ndarray = field(default_factory=lambda: np.empty(0, dtype=int))
    locality: np.ndarray = field(default_factory=lambda: np.empty(0, dtype=int))
    child: np.ndarray = field(default_factory=lambda: np.empty((0, MOST), dtype=int))
    born: np.ndarray = field(default_factory=lambda: np.empty((0, MOST), dtype=int))
    free_from: np.ndarray = field(default_factory=lambda: np.empty(0, dtype=int))
    last_referred: np.ndarray = field(default_factory=lambda: np.empty(0, dtype=int))
    last_plan_ended: np.ndarray = field(default_factory=lambda: np.empty(0, dtype=int))
    last_seen: np.ndarray = field(default_factory=lambda: np.empty(0, dtype=int))

    def add(self, locality: np.ndarray, day: np.ndarray) -> np.ndarray:
        """Rows of new families with one to four children, the eldest under 18 on `day`; a child may not be born yet."""
        rng, count = self.register.rng, len(locality)
        eldest = np.minimum(17.5, rng.beta(1.1, 1.6, count) * 18)
        ages = eldest[:, None] - np.cumsum(rng.uniform(1.2, 4.5, (count, MOST)), axis=1)
        ages = np.column_stack([eldest, ages[:, : MOST - 1]])
        size = 1 + picked(rng, CHILDREN_IN_A_FAMILY, count)
        born = day[:, None] - np.rint(ages * YEAR).astype(int)
        there = (np.arange(MOST) < size[:, None]) & (ages > -0.3) & (born <= ENDS)
        born = np.where(there, born, NEVER)
        number = self.register.new_families(count)
        child = np.full((count, MOST), NOBODY)
        of_family = np.nonzero(there)[0]
        child[there] = self.register.add(born[there], locality[of_family], number[of_family])
        never = np.full(count, LONG_AGO)
        for name, values in (
            ("number", number), ("locality", locality), ("child", child), ("born", born), ("free_from", never),
            ("last_referred", never), ("last_plan_ended", never), ("last_seen", never),
        ):  # fmt: skip
            setattr(self, name, np.concatenate([getattr(self, name), values]))
        return np.arange(len(self.number) - count, len(self.number))

    def under_18(self, rows: np.ndarray, day: np.ndarray) -> np.ndarray:
        """Which of the children of these families (one row each, a column for each child) are under 18 on `day`."""
        return (self.child[rows] != NOBODY) & (day[:, None] - self.born[rows] < DAYS_TO_18)

    def choose(self, weight: np.ndarray, wanted: np.ndarray) -> np.ndarray:
        """Rows chosen without replacement, up to `wanted` in each locality; a weight of zero is never chosen."""
        rows = np.nonzero(weight > 0)[0]
        key = np.log(weight[rows]) + self.register.rng.gumbel(size=len(rows))
        order = np.lexsort((-key, self.locality[rows]))
        locality = self.locality[rows][order]
        begins = np.searchsorted(locality, np.arange(len(wanted)))
        return rows[order][np.arange(len(rows)) - begins[locality] < wanted[locality]]


def persons(people: pd.DataFrame, shift: int) -> pd.DataFrame:
    """The register as rows of the typed table of children; a pupil number for those who have been of school age."""
    born = people["born"].to_numpy()
    pupil = timestamps(born).lt("2020-09-01").to_numpy() & ~people["unaccompanied"].to_numpy()
    return pd.DataFrame(
        {
            "pers_person_id": identifiers("ZQ", people["child"], shift),
            "pers_sex": people["sex"].to_numpy(),
            "pers_dob": timestamps(born),
            "pers_ethnicity": people["ethnicity"].to_numpy(),
            "pers_upn": pd.Series(pupil_numbers(people["child"])).where(pupil),
            "pers_family_id": identifiers("FQ", people["family"], shift),
            "pers_uasc": people["unaccompanied"].to_numpy(),
            "pers_uasc_ceased_date": (timestamps(born) + pd.DateOffset(years=18)).where(people["unaccompanied"].to_numpy()),
        }
    )
