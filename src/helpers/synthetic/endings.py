"""How made-up child protection plans end, and when; the chances that Safeguarding Families Together moves."""

from dataclasses import dataclass

import numpy as np

from helpers.synthetic.people import DAYS_TO_18
from helpers.synthetic.place import CODES_OF_2022, ENDS, SFT_SINCE, Effects, day_number, pick

SAME_AS_SIBLINGS = 0.85  # children whose plan ends as their siblings' does
WITHIN_12_MONTHS = {"step-down": 0.40, "closure": 0.13, "escalation": 0.17, "other": 0.03}  # the rest are still open
LATER = {"step-down": 0.58, "closure": 0.16, "escalation": 0.20, "other": 0.06}
ENDS_AROUND = {  # days, near the review conferences
    "within": {90: 0.30, 180: 0.15, 270: 0.55},
    "later": {450: 0.50, 635: 0.27, 815: 0.23},
}
ABUSE = {"NEG": 0.47, "EMO": 0.36, "PHY": 0.10, "SAB": 0.05, "MUL": 0.02}
RISKS = ("mental health", "substance use", "domestic abuse")
UNTIL_CARE_ENDS = 10 * DAYS_TO_18  # added to a day where care's own part says when the episode closes
NOT_ALLOCATED = -1


@dataclass(frozen=True)
class Endings:
    """How the plans of some families end: arrays of families, or of families by children."""

    together: np.ndarray  # family: the ending that siblings share
    ending: np.ndarray  # by child
    ended: np.ndarray  # by child, a day
    closed: np.ndarray  # by child, the day that the child in need episode closes
    reason: np.ndarray  # by child, why it closes
    category: np.ndarray  # family
    latest: np.ndarray  # by child
    risks: np.ndarray  # family: bits, one for each of RISKS
    allocated: np.ndarray  # family: the day that Safeguarding Families Together took it on, or NOT_ALLOCATED


def chances(locality: np.ndarray, day: np.ndarray, effects: Effects) -> np.ndarray:
    """The true chance of each ending within 12 months (in the order of WITHIN_12_MONTHS) of plans that start there that day."""
    chance = np.tile(list(WITHIN_12_MONTHS.values()), (len(day), 1))
    since = day >= SFT_SINCE[locality]
    chance[since, 0] += effects.step_down
    chance[since, 2] += effects.escalation
    return chance


def of_plans(rng, locality: np.ndarray, day: np.ndarray, here: np.ndarray, born: np.ndarray, effects: Effects) -> Endings:
    """Endings of the plans that start on `day` for the children `here` (families by children), born on `born`."""
    shape, chance = here.shape, chances(locality, day, effects)
    together, lasted_together = _ending(rng, chance)
    own = rng.random(shape) >= SAME_AS_SIBLINGS
    ending, lasted = np.repeat(together[:, None], shape[1], axis=1), np.repeat(lasted_together[:, None], shape[1], axis=1)
    for column in range(shape[1]):
        other, other_lasted = _ending(rng, chance)
        ending[:, column] = np.where(own[:, column], other, ending[:, column])
        lasted[:, column] = np.where(own[:, column], other_lasted, lasted[:, column])
    to_18 = DAYS_TO_18 - (day[:, None] - born)
    of_age = lasted >= to_18
    ending, lasted = np.where(of_age, "other", ending), np.where(of_age, to_18, lasted)
    ended = day[:, None] + lasted
    ended = np.where(ending == "escalation", np.maximum(ended, born + 15), ended)  # a child is born before it comes into care
    down, other = ending == "step-down", ending == "other"
    closed = ended + np.where(down, 28 + rng.gamma(1.6, 80, shape).astype(int), rng.integers(0, 8, shape))
    closed = np.where(ending == "escalation", ended + UNTIL_CARE_ENDS, np.where(other, ended, closed))
    early_help = down & (ended >= day_number(CODES_OF_2022)) & (rng.random(shape) < 0.3)
    reason = np.select([early_help, other & of_age, other], ["RC9", "RC6", "RC5"], "RC7")
    category = pick(rng, ABUSE, len(day))
    changed = rng.random(shape) < 0.12
    latest = np.where(changed, pick(rng, ABUSE, here.size).reshape(shape), category[:, None])
    risks = (rng.random((len(day), len(RISKS))) < 0.45) @ (1 << np.arange(len(RISKS)))
    allocated = _allocated(rng, locality, day, lasted_together, risks)
    return Endings(together, ending, ended, closed, reason, category, latest, risks, allocated)


def _ending(rng, chance: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """How plans end and after how many days."""
    count = len(chance)
    draw = (rng.random(count)[:, None] >= np.cumsum(chance, axis=1)).sum(axis=1)
    within = draw < chance.shape[1]
    names = np.array([*WITHIN_12_MONTHS, "other"])
    ending = np.where(within, names[draw], pick(rng, LATER, count))
    around = np.where(within, pick(rng, ENDS_AROUND["within"], count), pick(rng, ENDS_AROUND["later"], count))
    lasted = np.rint(rng.normal(around, 16)).astype(int)
    return ending, np.where(within, np.clip(lasted, 45, 364), np.maximum(lasted, 366))


def _allocated(rng, locality, day, lasted, risks) -> np.ndarray:
    """The day that the team took a family on: some weeks after the plan's start, for plans open when the team began too."""
    began = SFT_SINCE[locality]
    asked = (risks > 0) & (day + lasted >= began + 40) & (rng.random(len(day)) < 0.75)
    allocated = np.maximum(day, began) + rng.integers(4, 35, len(day))
    return np.where(asked & (allocated < np.minimum(day + lasted, ENDS)), allocated, NOT_ALLOCATED)
