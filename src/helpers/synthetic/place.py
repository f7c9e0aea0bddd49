"""The made-up authority: its invented name and localities, its calendar, and the changes dated on it."""

from dataclasses import dataclass, fields

import numpy as np
import pandas as pd

AUTHORITY = "Wrenshire"
SHIPPED_SEED = 8
CHILDREN = {  # aged 0 to 17; invented, and of a county's size when added up
    "Brackenmouth": 17_500, "Kestrelford": 12_400, "Larkwater": 11_000,
    "Oxlipwell": 9_600, "Saltmarrow": 8_700, "Wolfenholt": 6_800,
}  # fmt: skip
LOCALITIES = tuple(CHILDREN)
NEED = {  # how often children there need help, beside the average
    "Brackenmouth": 1.30, "Kestrelford": 0.95, "Larkwater": 1.05, "Oxlipwell": 0.75, "Saltmarrow": 0.90, "Wolfenholt": 0.85,
}  # fmt: skip
PILOT = ("Brackenmouth", "Larkwater", "Wolfenholt")  # Safeguarding Families Together from the first wave

FIRST_DAY, LAST_DAY, EXTRACTED_ON = pd.Timestamp("2018-04-01"), pd.Timestamp("2025-03-31"), pd.Timestamp("2025-04-11")
PLANS_FROM = pd.Timestamp("2014-04-01")  # earlier than the period, so that a repeat plan is known for one from its first day
CONTACTS_FROM = pd.Timestamp("2016-10-01")  # so that early help and children in need are in their ordinary numbers at its start
MISSING_CHANGED_ON = pd.Timestamp("2023-09-01")
INTERVIEWS_CHANGED_ON = pd.Timestamp("2022-06-01")
SFT_FIRST_WAVE, SFT_SECOND_WAVE = pd.Timestamp("2022-11-01"), pd.Timestamp("2024-10-01")
FRONT_DOOR_CHANGED_ON = pd.Timestamp("2023-06-01")
AUDITS_CHANGED_ON = pd.Timestamp("2022-09-01")
ATTAINMENT_CHANGED_IN = 2023  # the summer from which the gap at the end of primary school is another
CODES_OF_2022 = pd.Timestamp("2022-04-01")  # source 5D and closure RC9, both early help, exist since 2022/23

PLAN_SEASON = (1.00, 1.00, 1.12, 0.98, 1.03, 1.05, 1.10, 0.82, 0.95, 1.02, 1.10, 0.83)  # January to December
MISSING_SEASON = (0.88, 0.90, 0.97, 1.02, 1.10, 1.12, 1.12, 1.05, 1.02, 1.00, 0.95, 0.87)
CONTACT_SEASON = (1.04, 0.99, 1.12, 0.93, 1.06, 1.07, 1.08, 0.78, 0.99, 1.06, 1.08, 0.80)


@dataclass(frozen=True)
class Effects:
    """The true effects planted in the made-up records: ratios (1: none) and differences in probability (0: none)."""

    missing_incidents: float = 0.60  # rate ratio of missing incidents, from home and care, from MISSING_CHANGED_ON
    interviews_within_72_hours: float = 0.22  # completed interviews that were within 72 hours, from INTERVIEWS_CHANGED_ON
    plan_starts: float = 0.70  # rate ratio of plan starts where Safeguarding Families Together works
    step_down: float = 0.14  # step-down within 12 months of a plan that starts there
    escalation: float = -0.08  # becoming looked after within 12 months of a plan that starts there
    contact_to_referral: float = -0.08  # contacts that become referrals, from FRONT_DOOR_CHANGED_ON; early help gains as many
    step_up: float = -0.07  # early help that steps up within 6 months of starting, of episodes starting from the same day
    audits_good: float = 0.14  # audits graded good or outstanding, from AUDITS_CHANGED_ON
    attainment_gap: float = 0.15  # standard deviations by which disadvantaged pupils gain at KS2 from ATTAINMENT_CHANGED_IN

    @classmethod
    def none(cls) -> "Effects":
        """No effect of anything."""
        return cls(**{field.name: 1.0 if field.name in RATIOS else 0.0 for field in fields(cls)})

    def flipped(self) -> "Effects":
        """Every effect turned round: a ratio to its inverse, a difference to its opposite."""
        values = {field.name: getattr(self, field.name) for field in fields(self)}
        return Effects(**{name: 1 / value if name in RATIOS else -value for name, value in values.items()})


RATIOS = {"missing_incidents", "plan_starts"}


def day_number(day) -> int:
    """A day as a whole number: days since 1970, as every draw counts them."""
    return (pd.Timestamp(day).normalize() - pd.Timestamp(0)).days


def timestamps(days: np.ndarray, known: np.ndarray | bool = True) -> pd.Series:
    """Day numbers as dates; empty where not `known`."""
    return pd.Series(np.where(known, days, np.datetime64("NaT", "D").astype("int64")).astype("datetime64[D]")).astype(
        "datetime64[us]"
    )


BEGINS, ENDS = day_number(FIRST_DAY), day_number(LAST_DAY)
SFT_SINCE = np.array([day_number(SFT_FIRST_WAVE if name in PILOT else SFT_SECOND_WAVE) for name in LOCALITIES])
SHARES = np.array([CHILDREN[name] * NEED[name] for name in LOCALITIES])
SHARES = SHARES / SHARES.sum()  # of the need for help, by locality


def months(first: pd.Timestamp, last: pd.Timestamp) -> pd.DatetimeIndex:
    """The first days of the months from `first` to `last`."""
    return pd.date_range(first, last, freq="MS")


def plan_calendar(month: pd.Timestamp) -> float:
    """How many more or fewer plans start in a month than in an ordinary one: season, and the pandemic's fall and catching up."""
    pandemic = {"2020-04": 0.78, "2020-05": 0.78, "2020-06": 0.85, "2020-09": 1.15, "2020-10": 1.15, "2020-11": 1.10}
    return PLAN_SEASON[month.month - 1] * pandemic.get(f"{month:%Y-%m}", 1.0)


def contact_calendar(month: pd.Timestamp) -> float:
    """How many more or fewer contacts a month brings than an ordinary one: season, schools closed, and slow growth."""
    pandemic = {"2020-04": 0.66, "2020-05": 0.72, "2020-06": 0.85, "2020-09": 1.12, "2021-01": 0.85, "2021-02": 0.88}
    return CONTACT_SEASON[month.month - 1] * pandemic.get(f"{month:%Y-%m}", 1.0) * 1.012 ** (month.year - 2018)


def missing_calendar(month: pd.Timestamp) -> float:
    """How many more or fewer incidents a month has than an ordinary one: season, and fewer from March 2020 to July 2021."""
    pandemic = 1.0
    if pd.Timestamp("2020-03-01") <= month <= pd.Timestamp("2021-07-01"):
        pandemic = 0.60 if month <= pd.Timestamp("2020-06-01") else 0.85
    return MISSING_SEASON[month.month - 1] * pandemic


def teams(locality: str) -> tuple[str, str, str]:
    """A locality's two family teams and its early help team."""
    return f"{locality} Family Team 1", f"{locality} Family Team 2", f"{locality} Early Help"


TEAMS = np.array([team for locality in LOCALITIES for team in teams(locality)])  # team number: 3 x locality + 0, 1 or 2


def pick(rng: np.random.Generator, weighted: dict, count: int) -> np.ndarray:
    """`count` of the keys, each as likely as its weight."""
    return np.array(list(weighted))[picked(rng, weighted, count)]


def picked(rng: np.random.Generator, weighted: dict, count: int) -> np.ndarray:
    """The positions, among the keys, of `count` of them, each as likely as its weight."""
    weights = np.array(list(weighted.values()), dtype=float)
    return np.searchsorted(np.cumsum(weights / weights.sum())[:-1], rng.random(count), side="right")
