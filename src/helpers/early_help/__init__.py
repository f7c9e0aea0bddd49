"""Early help and the front door: steps from contact to plan, how many, what came next, and one dated change."""

from helpers.early_help.change import became_referrals, change_day, followed_for
from helpers.early_help.pathways import (
    AGAIN,
    DOWN,
    ENDED,
    HELPED,
    UP,
    after_early_help,
    after_stepping_down,
    curves,
    re_referral_change,
    re_referrals,
    re_referred,
    stepped_down,
    stepped_up,
)
from helpers.early_help.steps import Window, conversions, facts, followed, held, not_yet_known, windows_in_words
from helpers.early_help.volumes import EITHER, by_month, chart_of, stock, stock_changes, stock_finding
from helpers.early_help.words import (
    CURVE_COLUMNS,
    FOLLOWS,
    HEADLINES,
    LOCALITY_COLUMNS,
    NOT_ALIKE,
    SPLIT_COLUMNS,
    TOUCHED,
    again_finding,
    again_title,
    answer,
    coverage,
    curve_title,
    down_finding,
    flow_title,
    latest,
    limits,
    localities_note,
    main_step,
    marks,
    point,
    said_change,
    said_finding,
    said_of_contacts,
    step_finding,
    stock_title,
    up_finding,
)

__all__ = [
    "AGAIN", "CURVE_COLUMNS", "DOWN", "EITHER", "ENDED", "FOLLOWS", "HEADLINES", "HELPED", "LOCALITY_COLUMNS", "NOT_ALIKE",
    "SPLIT_COLUMNS", "TOUCHED", "UP", "Window", "after_early_help", "after_stepping_down", "again_finding", "again_title",
    "answer", "became_referrals", "by_month", "change_day", "chart_of", "conversions", "coverage", "curve_title",
    "curves", "down_finding", "facts", "flow_title", "followed", "followed_for", "held", "latest", "limits",
    "localities_note", "main_step", "marks", "not_yet_known", "point", "re_referral_change", "re_referrals",
    "re_referred", "said_change", "said_finding", "said_of_contacts", "step_finding", "stepped_down", "stepped_up",
    "stock", "stock_changes", "stock_finding", "stock_title", "up_finding", "windows_in_words",
]  # fmt: skip
