"""What the makers of typed tables share: numbers written as identifiers, a table's prefix, ends that are not known yet."""

import numpy as np
import pandas as pd

from helpers.synthetic.authority import Authority
from helpers.synthetic.people import identifiers
from helpers.synthetic.place import ENDS, timestamps
from helpers.tables import TABLES

SERVICES = ("Family support and protection", "Family support and protection", "Early help")


class Ids:
    """An authority with its numbers written as identifiers: what every maker of a table is given."""

    def __init__(self, authority: Authority) -> None:
        self.of = authority

    def child(self, numbers) -> np.ndarray:
        return identifiers("ZQ", numbers, self.of.shift)

    def family(self, numbers) -> np.ndarray:
        return identifiers("FQ", numbers, self.of.shift)

    def referral(self, numbers) -> np.ndarray:
        return identifiers("RQ", numbers, self.of.shift)

    def plan(self, numbers) -> np.ndarray:
        return identifiers("PQ", numbers, self.of.shift)

    def conference(self, numbers) -> np.ndarray:
        return identifiers("IQ", numbers, self.of.shift)


def made(table: str, **columns) -> pd.DataFrame:
    """A frame of columns, named with the table's prefix; series lose their indexes, so that rows go by position."""
    prefix = TABLES[table].column_names[0].split("_")[0]
    return pd.DataFrame(
        {f"{prefix}_{name}": values.array if isinstance(values, pd.Series) else values for name, values in columns.items()}
    )


def numbered(frame: pd.DataFrame, column: str, letter: str, by: list[str]) -> pd.DataFrame:
    """`frame` in the order of `by`, with row identifiers as the readers make them."""
    frame = frame.sort_values(by, kind="stable", ignore_index=True)
    return frame.assign(**{column: [f"{letter}{number:06d}" for number in range(1, len(frame) + 1)]})


def until(days, last: int = ENDS) -> pd.Series:
    """Days as dates, empty where they lie after `last`."""
    days = np.asarray(days)
    return timestamps(days, days <= last)
