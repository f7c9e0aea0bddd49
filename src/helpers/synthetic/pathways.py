"""Made-up ways through the front door, month by month: contact, early help or referral, child in need, child protection plan."""

from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from helpers.synthetic import endings
from helpers.synthetic.people import LONG_AGO, Families, Register
from helpers.synthetic.place import (
    CODES_OF_2022,
    CONTACTS_FROM,
    ENDS,
    FRONT_DOOR_CHANGED_ON,
    LAST_DAY,
    LOCALITIES,
    PLANS_FROM,
    SFT_SINCE,
    SHARES,
    Effects,
    contact_calendar,
    day_number,
    months,
    pick,
    plan_calendar,
)  # fmt: skip

PLAN_FAMILIES = 18.5  # whose plans start in an ordinary month in the whole authority, without Safeguarding Families Together
CONTACTS = 585.0  # children about whom somebody makes contact in an ordinary month
CONTACT_TO_REFERRAL, CONTACT_TO_EARLY_HELP = 0.35, 0.19  # of contacts, before the change
EARLY_HELP_WITHOUT_CONTACT = 78.0  # children with whom a school or health visitor begins, in an ordinary month
REPEATS = 0.25  # families whose plan starts that had one before
REFERRED_AGAIN = 0.16  # families referred that were referred in the 11 months before, where their episode has closed
KNOWN = {"plan": 0.35, "referral": 0.14, "contact": 0.45}  # families that come that were known before in another way
KINDS = {"no further action": 0.13, "closed after assessment": 0.29, "child in need": 0.58}  # of referrals without a plan
EARLY_HELP_ENDS = {"outcomes met": 0.60, "disengaged": 0.16, "moved": 0.06, "no further action": 0.18}  # but for step-up
STEPS_UP = 0.17  # of early help episodes, within 6 months of starting, before the change
STEPS_UP_LATER = 0.04
TO_EARLY_HELP = {"step-down": 0.35, "closure": 0.15, "closed after assessment": 0.20, "child in need": 0.12}  # on closing
CONTACT_SOURCES = {
    "6": 0.27, "2A": 0.21, "3A": 0.05, "3B": 0.03, "3C": 0.02, "3E": 0.08, "1A": 0.09, "1B": 0.03, "5A": 0.09, "5C": 0.02,
    "4": 0.02, "7": 0.03, "8": 0.04, "9": 0.02,
}  # fmt: skip
NEEDS = {"N1": 0.56, "N5": 0.16, "N4": 0.10, "N2": 0.07, "N3": 0.05, "N6": 0.06}
REASONS = {"Domestic abuse": 0.22, "Parental mental health": 0.20, "Behaviour": 0.21, "School attendance": 0.17,
           "Parental substance use": 0.10, "Housing": 0.10}  # fmt: skip
ORGANISATIONS = {"Family Hub": 0.45, "School": 0.35, "Health visiting": 0.12, "Voluntary sector": 0.08}
MONTH_STARTS = np.array([day_number(month) for month in months(PLANS_FROM, LAST_DAY)])


@dataclass
class Front:
    """What the front door saw: batches of rows for each kind of event, joined by `table`."""

    rng: np.random.Generator
    families: Families
    effects: Effects
    rows: dict[str, list[dict]] = field(default_factory=dict)
    referrals: int = 0  # so far: the next referral's number
    conferences: int = 0
    stepping_up: np.ndarray = field(default_factory=lambda: np.zeros(len(MONTH_STARTS)))  # children, by month of the referral

    def keep(self, event: str, /, **columns) -> None:
        self.rows.setdefault(event, []).append(columns)

    def table(self, event: str) -> pd.DataFrame:
        batches = self.rows[event]
        return pd.DataFrame({name: np.concatenate([batch[name] for batch in batches]) for name in batches[0]})


def make_pathways(rng: np.random.Generator, register: Register, effects: Effects, scale: float) -> Front:
    """Everything at the front door from PLANS_FROM (plans) and CONTACTS_FROM (the rest) to LAST_DAY, `scale` times a county."""
    front = Front(rng, Families(register), effects)
    sample = Families(Register(np.random.default_rng(0)))
    sizes = sample.under_18(sample.add(np.zeros(20_000, dtype=int), np.zeros(20_000, dtype=int)), np.zeros(20_000, dtype=int))
    children = sizes.sum(axis=1).mean() * 0.86  # told of at one contact, of one family
    drift = np.zeros(len(LOCALITIES))
    for month in months(PLANS_FROM, LAST_DAY):
        drift = 0.6 * drift + rng.normal(0, 0.04, len(LOCALITIES))
        starts = rng.poisson(scale * _plan_families(month, effects) * np.exp(drift))
        _plans(front, month, starts)
        if month < CONTACTS_FROM:
            continue
        expected = scale * CONTACTS * contact_calendar(month)
        after = effects.contact_to_referral if month >= FRONT_DOOR_CHANGED_ON else 0.0
        of_plans = scale * children * sum(
            share * _plan_families(month + pd.DateOffset(months=later), effects).sum()
            for later, share in ((1, 0.6), (2, 0.4))
        )  # fmt: skip
        stepping_up = front.stepping_up[_month(day_number(month))]
        referred = expected * (CONTACT_TO_REFERRAL + after) - of_plans - stepping_up
        helped = expected * (CONTACT_TO_EARLY_HELP - after)
        others = expected * (1 - CONTACT_TO_REFERRAL - CONTACT_TO_EARLY_HELP)
        straight = scale * EARLY_HELP_WITHOUT_CONTACT * contact_calendar(month)
        acts = {_referral: referred, _early_help_contact: helped, _early_help: straight, _other_contact: others}
        for act, share in acts.items():
            wanted = rng.poisson(SHARES * max(share, 0) / children)
            act(front, *_come(front, month, wanted, "referral" if act is _referral else "contact"))
    return front


def _month(day) -> np.ndarray:
    """Which month of MONTH_STARTS a day falls in."""
    return np.searchsorted(MONTH_STARTS, day, side="right") - 1


def _plan_families(month: pd.Timestamp, effects: Effects) -> np.ndarray:
    """Families expected to begin a plan in a month, by locality."""
    since = day_number(month) >= SFT_SINCE
    return PLAN_FAMILIES * SHARES * plan_calendar(month) * np.where(since, effects.plan_starts, 1.0)


def _come(front: Front, month: pd.Timestamp, wanted: np.ndarray, why: str) -> tuple[np.ndarray, np.ndarray]:
    """Families that come in a month, `wanted` by locality: known ones with nothing open, as often as KNOWN, else new ones."""
    families, first = front.families, day_number(month)
    free = (families.free_from < first) & (families.last_seen > LONG_AGO)
    weight = np.where(free, np.exp(-np.clip(first - families.last_seen, 0, 3000) / 420), 0.0)
    again = np.empty(0, dtype=int)
    if why == "referral":
        recent = free & (first - families.last_referred < 335)
        again = families.choose(np.where(recent, 1.0, 0.0), front.rng.binomial(wanted, REFERRED_AGAIN))
        weight[recent] = 0.0
    left = wanted - np.bincount(families.locality[again], minlength=len(wanted))
    known = families.choose(weight, front.rng.binomial(left, KNOWN[why]))
    return _with_new(front, np.concatenate([again, known]), wanted, first, month.days_in_month)


def _with_new(front: Front, again: np.ndarray, wanted: np.ndarray, first: int, length: int):
    """The known families and as many new ones as are still wanted, each with a day of the month."""
    families, rng = front.families, front.rng
    still = wanted - np.bincount(families.locality[again], minlength=len(wanted))
    locality = np.repeat(np.arange(len(wanted)), still)
    days = first + rng.integers(length, size=len(again) + len(locality))
    return np.concatenate([again, families.add(locality, days[len(again) :])]), days


def _plans(front: Front, month: pd.Timestamp, wanted: np.ndarray) -> None:
    """Families whose plan starts in this month: some had a plan before, some were known, most are new."""
    families, rng, first = front.families, front.rng, day_number(month)
    every = np.arange(len(families.number))
    ready = (families.free_from + 80 < first) & families.under_18(every, np.full(len(every), first + 90)).any(axis=1)
    had = families.last_plan_ended > LONG_AGO
    gone = np.clip(first - families.last_plan_ended, 0, 3000)
    before = families.choose(np.where(ready & had, np.exp(-gone / 900), 0.0), rng.binomial(wanted, REPEATS))
    left = wanted - np.bincount(families.locality[before], minlength=len(wanted))
    seen = np.clip(first - families.last_seen, 0, 3000)
    known = families.choose(np.where(ready & ~had, np.exp(-seen / 420), 0.0), rng.binomial(left, KNOWN["plan"]))
    rows, days = _with_new(front, np.concatenate([before, known]), wanted, first, month.days_in_month)
    here = families.under_18(rows, days + 60)
    rows, days, here = rows[here.any(axis=1)], days[here.any(axis=1)], here[here.any(axis=1)]
    referred = days - rng.integers(25, 75, len(rows))
    plans = endings.of_plans(rng, families.locality[rows], days, here, families.born[rows], front.effects)
    last_plan_ended = np.where(here, plans.ended, LONG_AGO).max(axis=1)
    numbers, team = _refer(front, rows, referred, here, plans.closed, plans.reason, kind="plan")
    conference = front.conferences + np.arange(len(rows))
    front.conferences += len(rows)
    of_family, _ = np.nonzero(here)
    front.keep(
        "plans", child=families.child[rows][here], family=families.number[rows][of_family], referral=numbers,
        conference=conference[of_family], start=days[of_family], end=plans.ended[here], ending=plans.ending[here],
        category=plans.category[of_family], latest=plans.latest[here], locality=families.locality[rows][of_family],
        team=team[of_family], risks=plans.risks[of_family], allocated=plans.allocated[of_family],
    )  # fmt: skip
    families.last_plan_ended[rows] = np.maximum(families.last_plan_ended[rows], last_plan_ended)
    down = np.where(here, plans.closed, LONG_AGO).max(axis=1)
    kind = np.where((plans.together == "step-down") | (plans.together == "closure"), plans.together, "")
    _step_down(front, rows, down, kind)


def _refer(front, rows, days, here, closed, reason, *, kind, nfa=None, after_early_help=None):
    """A contact and a referral for each child `here` (families by row, children by column); the referrals' numbers, the teams.

    `closed` and `reason` are for each child; the family is free again the day after the last closes.
    """
    families, rng = front.families, front.rng
    of_family, _ = np.nonzero(here)
    child, day = families.child[rows][here], days[of_family]
    numbers = front.referrals + np.arange(len(child))
    front.referrals += len(child)
    source = pick(rng, CONTACT_SOURCES, len(rows))
    if after_early_help is not None:
        source = np.where(days >= day_number(CODES_OF_2022), "5D", "5A")
    else:
        early = (days >= day_number(CODES_OF_2022)) & (source == "5A") & (rng.random(len(rows)) < 0.4)
        source = np.where(early, "5D", source)
    team = 3 * families.locality[rows] + rng.integers(2, size=len(rows))
    need = pick(rng, NEEDS, len(rows))
    front.keep(
        "referrals", number=numbers, child=child, family=families.number[rows][of_family], day=day, source=source[of_family],
        need=need[of_family], closed=closed[here], reason=reason[here], team=team[of_family],
        kind=np.full(len(child), kind) if isinstance(kind, str) else kind[of_family],
        nfa=np.zeros(len(child), dtype=bool) if nfa is None else nfa[of_family],
    )  # fmt: skip
    _contact(front, child, day - (rng.random(len(rows)) < 0.25)[of_family], "referral", source[of_family])
    free = np.where(here, closed, LONG_AGO).max(axis=1) + 1
    for name, values in (("free_from", free), ("last_referred", days), ("last_seen", np.minimum(free, ENDS))):
        getattr(families, name)[rows] = np.maximum(getattr(families, name)[rows], values)
    return numbers, team


def _contact(front: Front, child, day, outcome: str | np.ndarray, source) -> None:
    count = len(child)
    hours = np.clip(front.rng.gamma(1.3, 9, count), 0.2, 71)  # until somebody decided
    outcome = np.full(count, outcome) if isinstance(outcome, str) else outcome
    front.keep("contacts", child=child, day=day, outcome=outcome, source=source, decided=hours)


def _told_of(front: Front, rows, days) -> np.ndarray:
    """Which children of the families a contact is about: each under 18 is likely, the eldest of them always."""
    here = front.families.under_18(rows, days)
    eldest = here & (np.cumsum(here, axis=1) == 1)
    return eldest | (here & (front.rng.random(here.shape) < 0.75))


def _referral(front: Front, rows, days, after_early_help=None) -> None:
    """Referrals that do not become a plan: no further action, closed after assessment, or in need."""
    rng, here = front.rng, _told_of(front, rows, days)
    some = here.any(axis=1)
    rows, days, here = rows[some], days[some], here[some]
    kind = pick(rng, KINDS, len(rows))
    lasted = np.select(
        [kind == "no further action", kind == "closed after assessment"],
        [rng.integers(0, 4, len(rows)), rng.integers(20, 65, len(rows))],
        60 + rng.gamma(1.3, 205, len(rows)),
    ).astype(int)
    closed = days + lasted
    after = np.full(len(rows), "RC7").astype("U3")
    assessed = kind == "closed after assessment"
    early_help = assessed & (rng.random(len(rows)) < TO_EARLY_HELP["closed after assessment"])
    after[assessed] = "RC8"
    after[early_help & (closed >= day_number(CODES_OF_2022))] = "RC9"
    wide = np.ones(here.shape, dtype=int)
    _refer(
        front, rows, days, here, closed[:, None] * wide, np.repeat(after[:, None], here.shape[1], axis=1), kind=kind,
        nfa=kind == "no further action", after_early_help=after_early_help,
    )  # fmt: skip
    _step_down(front, rows, closed, np.where(kind == "child in need", kind, np.where(early_help, "certain", "")))


def _step_down(front: Front, rows, closed, kind) -> None:
    """Early help for some of the families whose episode closes, within a month of it."""
    chance = np.select([kind == name for name in (*TO_EARLY_HELP, "certain")], [*TO_EARLY_HELP.values(), 1.0], 0.0)
    helped = (front.rng.random(len(rows)) < chance) & (closed >= day_number(CONTACTS_FROM)) & (closed < ENDS - 25)
    _early_help(front, rows[helped], closed[helped] + front.rng.integers(1, 25, helped.sum()))


def _early_help_contact(front: Front, rows, days) -> None:
    here = _told_of(front, rows, days)
    of_family, _ = np.nonzero(here)
    child, source = front.families.child[rows][here], pick(front.rng, CONTACT_SOURCES, len(rows))
    _contact(front, child, days[of_family], "early help", source[of_family])
    _early_help(front, rows, days + front.rng.integers(2, 28, len(rows)), here)


def _other_contact(front: Front, rows, days) -> None:
    """Contacts answered with information and advice, or with nothing."""
    rng, here = front.rng, _told_of(front, rows, days)
    of_family, _ = np.nonzero(here)
    outcome = pick(rng, {"information and advice": 0.66, "no further action": 0.34}, len(rows))
    source = pick(rng, CONTACT_SOURCES, len(rows))
    _contact(front, front.families.child[rows][here], days[of_family], outcome[of_family], source[of_family])
    front.families.last_seen[rows] = np.maximum(front.families.last_seen[rows], days)


def _early_help(front: Front, rows, days, here=None) -> None:
    """Early help episodes of these families; those that step up are referred on the day they end."""
    families, rng = front.families, front.rng
    here = _told_of(front, rows, days) if here is None else here
    known = here.any(axis=1) & (days <= ENDS)
    rows, days, here = rows[known], days[known], here[known]
    if not len(rows):
        return
    after = np.where(days >= day_number(FRONT_DOOR_CHANGED_ON), front.effects.step_up, 0.0)
    draw = rng.random(len(rows))
    soon = draw < STEPS_UP + after
    up = draw < STEPS_UP + after + STEPS_UP_LATER
    lasted = np.where(soon, rng.integers(14, 180, len(rows)), 185 + rng.gamma(1.5, 60, len(rows)))
    lasted = np.where(up, lasted, 45 + rng.gamma(1.9, 105, len(rows))).astype(int)
    ended = days + lasted
    assessed = np.minimum(days + rng.integers(8, 46, len(rows)), ended)
    reason = np.where(up, "step-up", pick(rng, EARLY_HELP_ENDS, len(rows)))
    of_family, _ = np.nonzero(here)
    front.keep(
        "early_help", child=families.child[rows][here], family=families.number[rows][of_family], start=days[of_family],
        assessed=assessed[of_family], end=ended[of_family], end_reason=reason[of_family],
        why=pick(rng, REASONS, len(rows))[of_family],
        organisation=pick(rng, ORGANISATIONS, len(rows))[of_family], team=3 * families.locality[rows][of_family] + 2,
    )  # fmt: skip
    families.free_from[rows] = np.maximum(families.free_from[rows], ended + 1)
    families.last_seen[rows] = np.maximum(families.last_seen[rows], np.minimum(ended, ENDS))
    up &= ended <= ENDS
    front.stepping_up += np.bincount(_month(ended[up]), weights=here[up].sum(axis=1), minlength=len(front.stepping_up))
    _referral(front, rows[up], ended[up], after_early_help=True)
