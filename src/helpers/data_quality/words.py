"""What the page says at its head, and what no check of records alone can tell."""

import pandas as pd

from helpers import wording
from helpers.data_quality.arrived import NOTHING_CAME


def headline(extracts, asked: list, found: pd.DataFrame | None) -> str:
    """The answer at the head of the page: what can be answered, what was stopped, and how many series moved in a step."""
    if not extracts.tables:
        return extracts.why_none or NOTHING_CAME
    can = sum(not question.lacking(extracts) for question in asked)
    stopped = wording.count_of(len(extracts.fatal), "fault")
    parts = [
        f"The extracts became {wording.count_of(len(extracts.tables), 'table')}, which can answer "
        f"{'all' if can == len(asked) else f'{can} of the'} {len(asked)} questions that the themes ask of records.",
        f"{wording.sentence_case(stopped)} stopped a table." if extracts.fatal else "No fault stopped a table.",
    ]
    if found is not None:
        worth = int(found["worth"].sum())
        parts.append(
            f"Of {len(found)} monthly series, {wording.small(worth) if worth else 'none'} moved in a step that chance does not "
            + ("explain: a result across such a month may be a change in recording." if worth else "explain.")
        )
    return " ".join(parts)


def limits(extracts) -> list[tuple[str, str]]:
    """What no check of the records alone can tell, worst first, with the way each bends results."""
    if not extracts.tables:
        return [("Without extracts nothing of the records' quality is known.", "not known")]
    return [
        ("What was never recorded leaves no trace: a contact that nobody wrote down is in no file.",
         "counts are too low, most where recording was weakest"),
        ("A step shows that a series moved, not why: practice, need and recording look alike here.",
         "a change in recording may pass for a change in children's lives, and the other way round"),
        ("A value that is possible but wrong passes every rule.", "either way"),
        ("A gradual change in recording is laid to the trend, and a step of less than a quarter in volume or five percentage "
         "points in completeness is not warned of.", "slow drifts are missed"),
    ]  # fmt: skip
