"""What a published self-evaluation claims, and what its own figures permit one to say.

figures_of -> claims_of -> judge -> a list of Claim, each with one of VERDICTS; the rest turns them into tables and findings.
"""

from helpers.claims.consistency import consistency, same_thing_twice
from helpers.claims.documents import AUTHORITY, FOLLOWS, LIMITS, SOURCE, claims_of, figures_of, period, scope
from helpers.claims.official import official_since
from helpers.claims.tables import (
    allowed_for,
    assumed,
    before_and_after,
    beyond_chance,
    changes,
    family,
    finding,
    gaps,
    in_short,
    inspections,
    overall_finding,
    overview,
    percentage_points,
    ratios,
    sensitivity,
    signals,
    tally,
    tested,
    untested,
    ways,
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
    "allowed_for",
    "assumed",
    "before_and_after",
    "beyond_chance",
    "changes",
    "claims_of",
    "consistency",
    "family",
    "figures_of",
    "finding",
    "gaps",
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
    "ways",
    "worked_out",
]
