"""Gaps in attainment between groups of pupils: published ones beside those of other places, and those of pupil files."""

from helpers.attainment.groups import ATTAINMENT, GROUPS
from helpers.attainment.pupils import (
    change_in_gap,
    counted,
    gap,
    gaps_by_group,
    latest,
    of_group,
    schools_differ,
    shares,
    year_ending,
)  # fmt: skip

__all__ = [
    "ATTAINMENT", "GROUPS", "change_in_gap", "counted", "gap", "gaps_by_group", "latest", "of_group", "schools_differ", "shares",
    "year_ending",
]  # fmt: skip
