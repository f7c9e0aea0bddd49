"""The made-up authority's typed tables: what reading its extracts gives, column by column."""

from collections.abc import Callable, Iterable

import pandas as pd

from helpers.synthetic.authority import KNOWN, Authority
from helpers.synthetic.place import SHIPPED_SEED, Effects
from helpers.synthetic.records import care, front_door, practice, protection
from helpers.synthetic.records.columns import Ids
from helpers.tables import TABLES

MAKERS: dict[str, Callable[[Ids], pd.DataFrame]] = {
    "persons": front_door.persons, "team_lookup": front_door.team_lookup, "contacts": front_door.contacts,
    "early_help_episodes": front_door.early_help, "cin_episodes": front_door.cin_episodes,
    "assessments": front_door.assessments, "assessment_factors": front_door.factors, "s47_enquiries": protection.enquiries,
    "initial_cp_conferences": protection.conferences, "cin_plans": protection.cin_plans, "cp_plans": protection.cp_plans,
    "cp_reviews": protection.cp_reviews, "sft_allocations": protection.sft, "missing_episodes": care.missing,
    "cla_episodes": care.cla_episodes, "cla_reviews": care.cla_reviews, "cla_outcomes": care.cla_outcomes,
    "care_leavers": care.care_leavers, "case_audits": practice.audits, "family_feedback": practice.feedback,
    "coded_themes": practice.themes, "pupils": practice.pupils, "pupil_results": practice.results,
}  # fmt: skip


def generate(
    seed: int = SHIPPED_SEED, *, effects: Effects | None = None, tables: Iterable[str] | None = None, children: int = KNOWN
) -> dict[str, pd.DataFrame]:
    """The made-up authority's typed tables by name, as reading its extracts gives them, with the effects planted in them.

    `tables`: those wanted, of MAKERS (default: all); only what they need is drawn. KeyError for one that it does not supply.
    The same seed gives the same tables with one version of numpy.
    """
    return tables_of(Authority(seed, effects=effects, children=children), MAKERS if tables is None else tables)


def tables_of(authority: Authority, names: Iterable[str]) -> dict[str, pd.DataFrame]:
    """The named typed tables of an authority."""
    ids = Ids(authority)
    return {name: TABLES[name].typed(MAKERS[name](ids)) for name in names}
