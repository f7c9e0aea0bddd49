"""What came in and how far it can be trusted: coverage, completeness, steps in recording, what can be answered."""

from helpers.data_quality.arrived import answerable, came_in, left_out, require_records, rows_by, rows_of, rule_failures, whose
from helpers.data_quality.filled import completeness, judged, never_filled, partly_filled
from helpers.data_quality.recording import coverage, marks, steps, steps_found, volumes, volumes_title
from helpers.data_quality.words import headline, limits

__all__ = [
    "answerable", "came_in", "completeness", "coverage", "headline", "judged", "left_out", "limits", "marks", "never_filled",
    "partly_filled", "require_records", "rows_by", "rows_of", "rule_failures", "steps", "steps_found", "volumes",
    "volumes_title", "whose",
]  # fmt: skip
