"""Gaps in attainment between groups of pupils: published ones beside those of other places, and those of pupil files."""

from helpers.attainment.findings import change_finding, gap_finding, largest_title, limits, schools_note
from helpers.attainment.groups import ATTAINMENT, GROUPS, chosen
from helpers.attainment.published import (
    COLUMNS,
    beside_others,
    every_gap,
    finding,
    followed,
    groups_apart,
    published_gap,
)  # fmt: skip
from helpers.attainment.pupils import (
    change_in_gap,
    counted,
    gap,
    gaps_by_group,
    latest,
    of_group,
    schools_differ,
    shares,
    summers,
    summers_title,
    year_ending,
)  # fmt: skip

__all__ = [
    "ATTAINMENT",
    "COLUMNS",
    "GROUPS",
    "beside_others",
    "change_finding",
    "change_in_gap",
    "chosen",
    "counted",
    "every_gap",
    "finding",
    "followed",
    "gap",
    "gap_finding",
    "gaps_by_group",
    "groups_apart",
    "largest_title",
    "latest",
    "limits",
    "of_group",
    "published_gap",
    "schools_differ",
    "schools_note",
    "shares",
    "summers",
    "summers_title",
    "year_ending",
]  # fmt: skip
