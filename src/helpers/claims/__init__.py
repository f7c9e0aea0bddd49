"""What a published self-evaluation claims, and what its own figures permit one to say.

figures_of -> claims_of -> judge -> a list of Claim, each with one of VERDICTS; the rest turns them into tables and findings.
"""

from helpers.claims.consistency import consistency, same_thing_twice
from helpers.claims.documents import AUTHORITY, FOLLOWS, LIMITS, SOURCE, claims_of, figures_of, period, scope
from helpers.claims.tables import (
    before_and_after,
    changes,
    clear_of_no_change,
    finding,
    in_short,
    inspections,
    official_since,
    overall_finding,
    overview,
    percentage_points,
    ratios,
    sensitivity,
    signals,
    tally,
    tested,
    untested,
    worked_out,
)
from helpers.claims.verdicts import VERDICTS, Claim, judge

__all__ = [
    "AUTHORITY",
    "FOLLOWS",
    "LIMITS",
    "SOURCE",
    "VERDICTS",
    "Claim",
    "before_and_after",
    "changes",
    "claims_of",
    "clear_of_no_change",
    "consistency",
    "figures_of",
    "finding",
    "in_short",
    "inspections",
    "judge",
    "official_since",
    "overall_finding",
    "overview",
    "percentage_points",
    "period",
    "ratios",
    "same_thing_twice",
    "scope",
    "sensitivity",
    "signals",
    "tally",
    "tested",
    "untested",
    "worked_out",
]
