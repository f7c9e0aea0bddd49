"""Target trial: who would have been in a trial, and from which day, taken from records (Hernan and Robins 2016).

Time zero is the day a plan starts, when eligibility is judged and the arm is known. Counting from the day a service began
instead gives its families time in which, by definition, nothing had happened to them yet (immortal time).
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from helpers import wording
from helpers.designs import given
from helpers.results import Check, NotEnoughData


@dataclass(frozen=True)
class TargetTrial:
    """People in the trial: `people` has a row a person, the columns given and time (days from time zero), event (bool), end.

    `end` is "outcome", "horizon" (followed to the end without it), or "censored" (left, or records stop). `steps` has a row a
    step: step, people kept. `immortal_days` is how many days counting from the service's start would have hidden.
    """

    people: pd.DataFrame
    steps: pd.DataFrame
    horizon_days: int
    immortal_days: float

    def check(self) -> Check:
        """Worth knowing: what the choice of time zero spares."""
        detail = "everybody is followed from the start of their plan"
        if self.immortal_days:
            detail += f"; from the start of the service {wording.number(round(self.immortal_days))} days would have been hidden"
        return Check("Time zero", None, detail)


def target_trial(
    plans: pd.DataFrame, *, person: str, started: str, eligible: str, exposed: str, outcome_on: str, records_until: str,
    horizon_days: int = 365, left_on: str | None = None, service_on: str | None = None,
) -> TargetTrial:  # fmt: skip
    """Each person's first eligible plan, followed from its start for `horizon_days`.

    `plans` has a row a plan: `started` (day), `eligible` and `exposed` (bool, both known on that day: say, by locality and
    date, never by whether a service was given later), `outcome_on`, `left_on` and `service_on` (days, or empty). Plans whose
    horizon ends after `records_until` stay, censored there; with an outcome before time zero they are left out. NotEnoughData
    where nobody is eligible, an arm is unknown, or one arm is empty.
    """
    given.columns(plans, person, started, eligible, exposed, outcome_on, left_on, service_on)
    days = [name for name in (started, outcome_on, left_on, service_on) if name is not None]
    plans = plans.assign(**{name: given.moments(plans[name], name, missing=True) for name in days})
    steps = [("plans", len(plans))]
    rows = plans[given.flags(plans[eligible].fillna(False), eligible)]
    steps.append(("eligible on the day the plan started", len(rows)))
    last = pd.Timestamp(records_until)
    rows = rows[rows[started].notna() & (rows[started] < last)]
    steps.append(("started while records run", len(rows)))
    rows = rows[~(rows[outcome_on] < rows[started])]
    steps.append(("without the outcome already", len(rows)))
    rows = rows.sort_values([started, person], kind="stable").drop_duplicates(person)
    steps.append(("first such plan of each person", len(rows)))
    if rows.empty:
        raise NotEnoughData("nobody was eligible while records run")
    if rows[exposed].isna().any():
        raise NotEnoughData("for some people it is not known on the day their plan started which group they belong to")
    if len(set(given.flags(rows[exposed], exposed))) < 2:
        raise NotEnoughData("everybody eligible is in one of the two groups: there is nobody to compare with")

    def days_to(column: str | None) -> np.ndarray:
        if column is None:
            return np.full(len(rows), np.inf)
        return (rows[column] - rows[started]).dt.days.astype(float).fillna(np.inf).to_numpy()

    to_outcome = days_to(outcome_on)
    to_censoring = np.minimum(days_to(left_on), (last - rows[started]).dt.days.to_numpy(dtype=float))
    time = np.minimum(np.minimum(to_outcome, to_censoring), horizon_days)
    event = (to_outcome <= to_censoring) & (to_outcome <= horizon_days)
    end = np.select([event, time >= horizon_days], ["outcome", "horizon"], default="censored")
    waited = days_to(service_on)
    immortal = float(np.clip(np.where(np.isfinite(waited), np.minimum(waited, time), 0), 0, None).sum())
    people = rows.assign(time=time, event=event, end=end).reset_index(drop=True)
    return TargetTrial(people, pd.DataFrame(steps, columns=["step", "kept"]), horizon_days, immortal)
