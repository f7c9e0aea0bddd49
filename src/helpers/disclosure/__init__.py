"""Disclosure control: what may leave, and the checks that nothing else does."""

from helpers.disclosure.control import LEAST_GROUPS, control, control_summary, control_together, published, published_words
from helpers.disclosure.controlled import SYMBOLS, VALUES, Controlled, Words, require
from helpers.disclosure.curves import control_curve
from helpers.disclosure.policy import STANDARD, Policy, could_be, round_count

__all__ = [
    "LEAST_GROUPS",
    "STANDARD",
    "SYMBOLS",
    "VALUES",
    "Controlled",
    "Policy",
    "Words",
    "control",
    "control_curve",
    "control_summary",
    "control_together",
    "could_be",
    "published",
    "published_words",
    "require",
    "round_count",
]
