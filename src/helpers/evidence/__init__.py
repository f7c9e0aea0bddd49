"""From an effect and its checks to a finding: direction and strength by one written rule, and the words each permits."""

from helpers.evidence.findings import Finding, describe, find
from helpers.evidence.rule import (
    DESIGNS,
    DIRECTIONS,
    ENOUGH_CLUSTERS,
    LADDER,
    RULE,
    SIGNIFICANT,
    STRENGTHS,
    Design,
    Strength,
    design_table,
    direction_of,
    is_clear,
    rules_out_worthwhile,
    strength_of,
    strength_table,
)
from helpers.evidence.words import interval_in_words, size_in_words, worthwhile_in_words

__all__ = [
    "DESIGNS",
    "DIRECTIONS",
    "ENOUGH_CLUSTERS",
    "LADDER",
    "RULE",
    "SIGNIFICANT",
    "STRENGTHS",
    "Design",
    "Finding",
    "Strength",
    "describe",
    "design_table",
    "direction_of",
    "find",
    "interval_in_words",
    "is_clear",
    "rules_out_worthwhile",
    "size_in_words",
    "strength_of",
    "strength_table",
    "worthwhile_in_words",
]
