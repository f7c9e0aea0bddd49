"""The whole made-up authority, drawn from a seed: each part when it is first asked for, from a stream of its own."""

from functools import cached_property

import numpy as np
import pandas as pd

from helpers.synthetic import care, missing, pathways, people, practice, referrals, returns, schools
from helpers.synthetic.place import BEGINS, ENDS, SHIPPED_SEED, Effects

KNOWN = 42_500  # children who stand in the records of an authority of a county's size
STREAMS = (
    "register", "pathways", "into care", "care", "referrals", "missing", "schools", "practice", "returns", "annex a",
    "identifiers", "faults",
)  # fmt: skip


class Authority:
    """A made-up authority in whose records about `children` children stand; the same seed draws the same one.

    Parts are drawn in the order in which they need one another, each from a stream of its own, so that a change of one effect
    leaves the other parts' records alone. Days are whole numbers (days since 1970), children and families numbers too.
    """

    def __init__(self, seed: int = SHIPPED_SEED, *, effects: Effects | None = None, children: int = KNOWN) -> None:
        self.seed, self.effects, self.scale = seed, effects or Effects(), children / KNOWN
        self._streams = dict(zip(STREAMS, np.random.default_rng(seed).spawn(len(STREAMS)), strict=True))
        self.shift = int(self._streams["identifiers"].integers(people.SPACE))  # so that other seeds give other identifiers

    def stream(self, part: str) -> np.random.Generator:
        """The stream of random numbers of one of STREAMS."""
        return self._streams[part]

    @cached_property
    def register(self) -> people.Register:
        return people.Register(self.stream("register"))

    @cached_property
    def front(self) -> pathways.Front:
        return pathways.make_pathways(self.stream("pathways"), self.register, self.effects, self.scale)

    @cached_property
    def care(self) -> care.Care:
        from_plans = referrals.into_care(self.stream("into care"), self.front)
        return care.make_care(self.stream("care"), self.register, from_plans, self.scale)

    @cached_property
    def referrals(self) -> referrals.Referrals:
        return referrals.make_referrals(self.stream("referrals"), self.front, self.care)

    @cached_property
    def incidents(self) -> pd.DataFrame:
        return missing.make_missing(self.stream("missing"), self.register, self.care, self.effects, self.scale)

    @cached_property
    def returns(self) -> returns.Returns:
        return returns.make_returns(self.stream("returns"), self.care)

    @cached_property
    def people(self) -> pd.DataFrame:
        """Every child of the register, by number; asked for when all who can come have come."""
        _ = self.referrals, self.incidents
        return self.register.table()

    @cached_property
    def homes(self) -> np.ndarray:
        """The home postcode of each family, by number."""
        _ = self.people
        return people.postcodes(np.arange(self.register.families), self.shift)

    @cached_property
    def known(self) -> pd.DataFrame:
        """The children who stand in some table, by number."""
        numbers = [
            self.contacts["child"], self.early_help["child"], self.referrals.referrals["child"], self.plans["child"],
            self.care.episodes["child"], self.incidents["child"], self.returns.leavers["child"],
        ]  # fmt: skip
        return self.people.iloc[np.unique(np.concatenate(numbers))].reset_index(drop=True)

    @cached_property
    def contacts(self) -> pd.DataFrame:
        """Contacts from FIRST_DAY to LAST_DAY."""
        return _within(self.front.table("contacts"), "day")

    @cached_property
    def early_help(self) -> pd.DataFrame:
        """Early help episodes open at some time from FIRST_DAY to LAST_DAY."""
        return _open(self.front.table("early_help"), "start", "end")

    @cached_property
    def plans(self) -> pd.DataFrame:
        """Child protection plans since PLANS_FROM, numbered, with how many the child had before."""
        plans = self.referrals.plans.sort_values(["child", "start"], kind="stable")
        return plans.assign(previous=plans.groupby("child").cumcount()).sort_index().assign(plan=np.arange(len(plans)))

    @cached_property
    def schools(self) -> schools.Schools:
        every = self.referrals.referrals.rename(columns={"day": "start", "closed": "end"})
        in_need = every[~every["nfa"].astype(bool)]
        in_care = self.care.periods.rename(columns={"entered": "start", "ended": "end"})
        return schools.make_schools(self.stream("schools"), self.people, in_need, in_care, self.effects, self.scale)

    @cached_property
    def practice(self) -> practice.Practice:
        return practice.make_practice(self.stream("practice"), self.referrals.referrals, self.effects, self.scale)


def _within(frame: pd.DataFrame, day: str) -> pd.DataFrame:
    return frame[frame[day].between(BEGINS, ENDS)].reset_index(drop=True)


def _open(frame: pd.DataFrame, start: str, end: str) -> pd.DataFrame:
    return frame[(frame[end] >= BEGINS) & (frame[start] <= ENDS)].reset_index(drop=True)
