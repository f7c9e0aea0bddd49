"""Published results, and the data that reproduce them, from ../shared/replication; nothing of them is kept in the project."""

import os
from pathlib import Path

import pandas as pd
import pytest

FOLDER = Path(__file__).parents[2].parent / "shared" / "replication"


@pytest.fixture(scope="session")
def folder() -> Path:
    if not FOLDER.is_dir():
        reason = f"published results are not here: {FOLDER}"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    return FOLDER


@pytest.fixture(scope="session")
def data(folder):
    """A data file by its name."""
    return lambda name: pd.read_csv(folder / "data" / name)


@pytest.fixture(scope="session")
def values(folder):
    """The numbers of a textbook case, by case and name, in their order."""
    inline = pd.read_csv(folder / "inline.csv")

    def of(case: str, name: str):
        rows = inline[(inline["case"] == case) & (inline["name"] == name)].sort_values("position")
        return rows["value"].tolist()

    return of


@pytest.fixture(scope="session")
def agrees(folder):
    """Asserts that every computed number of a case is within its published tolerance, and that it is listed there."""
    expected = pd.read_csv(folder / "expected.csv").set_index(["case", "quantity"])

    def check(case: str, computed: dict, *, whole_case: bool = True) -> None:
        wrong = []
        for quantity, value in computed.items():
            row = expected.loc[(case, quantity)]
            if abs(value - row["expected"]) > row["tolerance"] + 1e-12:
                wrong.append(f"{quantity}: {value!r}, published {row['expected']} ± {row['tolerance']}")
        assert not wrong, "; ".join(wrong)
        if whole_case:
            assert set(computed) == set(expected.loc[case].index), "every number of the case is computed"

    return check
