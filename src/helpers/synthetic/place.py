"""The made-up authority: its invented name and localities, its calendar, and the changes dated on it."""

from dataclasses import dataclass, fields

import numpy as np
import pandas as pd

AUTHORITY = "Wrenshire"
SHIPPED_SEED = 6
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
MISSING_CHANGED_ON = pd.Timestamp("2023-09-01")
INTERVIEWS_CHANGED_ON = pd.Timestamp("2022-06-01")
SFT_FIRST_WAVE, SFT_SECOND_WAVE = pd.Timestamp("2022-11-01"), pd.Timestamp("2024-10-01")

PLAN_SEASON = (1.00, 1.00, 1.12, 0.98, 1.03, 1.05, 1.10, 0.82, 0.95, 1.02, 1.10, 0.83)  # January to December
MISSING_SEASON = (0.88, 0.90, 0.97, 1.02, 1.10, 1.12, 1.12, 1.05, 1.02, 1.00, 0.95, 0.87)


@dataclass(frozen=True)
class Effects:
    """The true effects planted in the made-up records: ratios (1: none) and differences in probability (0: none)."""

    missing_incidents: float = 0.60  # rate ratio of missing incidents, from home and care, from MISSING_CHANGED_ON
    interviews_within_72_hours: float = 0.22  # completed interviews that were within 72 hours, from INTERVIEWS_CHANGED_ON
    plan_starts: float = 0.70  # rate ratio of plan starts where Safeguarding Families Together works
    step_down: float = 0.14  # step-down within 12 months of a plan that starts there
    escalation: float = -0.08  # becoming looked after within 12 months of a plan that starts there

    @classmethod
    def none(cls) -> "Effects":
        """No effect of anything."""
        return cls(missing_incidents=1.0, interviews_within_72_hours=0.0, plan_starts=1.0, step_down=0.0, escalation=0.0)

    def flipped(self) -> "Effects":
        """Every effect turned round: a ratio to its inverse, a difference to its opposite."""
        ratios = {"missing_incidents", "plan_starts"}
        values = {field.name: getattr(self, field.name) for field in fields(self)}
        return Effects(**{name: 1 / value if name in ratios else -value for name, value in values.items()})


def sft_since(locality: str) -> pd.Timestamp:
    """The day that Safeguarding Families Together began in a locality."""
    return SFT_FIRST_WAVE if locality in PILOT else SFT_SECOND_WAVE


def months(first: pd.Timestamp, last: pd.Timestamp) -> pd.DatetimeIndex:
    """The first days of the months from `first` to `last`."""
    return pd.date_range(first, last, freq="MS")


def plan_calendar(month: pd.Timestamp) -> float:
    """How many more or fewer plans start in a month than in an ordinary one: season, and the pandemic's fall and catching up."""
    pandemic = {"2020-04": 0.78, "2020-05": 0.78, "2020-06": 0.85, "2020-09": 1.15, "2020-10": 1.15, "2020-11": 1.10}
    return PLAN_SEASON[month.month - 1] * pandemic.get(f"{month:%Y-%m}", 1.0)


def missing_calendar(month: pd.Timestamp) -> float:
    """How many more or fewer incidents a month has than an ordinary one: season, and fewer from March 2020 to July 2021."""
    pandemic = 1.0
    if pd.Timestamp("2020-03-01") <= month <= pd.Timestamp("2021-07-01"):
        pandemic = 0.60 if month <= pd.Timestamp("2020-06-01") else 0.85
    return MISSING_SEASON[month.month - 1] * pandemic


def teams(locality: str) -> tuple[str, str, str]:
    """A locality's two family teams and its early help team."""
    return f"{locality} Family Team 1", f"{locality} Family Team 2", f"{locality} Early Help"


def pick(rng: np.random.Generator, weighted: dict):
    """One of the keys, each as likely as its weight."""
    at = rng.random() * sum(weighted.values())
    for key, weight in weighted.items():
        at -= weight
        if at < 0:
            return key
    return key
