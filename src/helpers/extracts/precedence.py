"""Which extract a table is made from where several kinds could supply it: one kind for each table, so nothing counts twice."""

from helpers.extracts.parts import Part

# Best first, by the beginning of a layout's name. A local log tells what no return does; the Standard Safeguarding Dataset holds
# the whole history; a census or return whole years; Annex A half a year. A table not named here is made from all that came.
OF_CHILD_IN_NEED = ("ssd_", "cin_census", "annex_a")
PRECEDENCE = {
    "contacts": ("contact_log", "ssd_", "annex_a"),
    "early_help_episodes": ("early_help_log", "ssd_", "annex_a"),
    "cin_episodes": OF_CHILD_IN_NEED,
    "assessments": OF_CHILD_IN_NEED,
    "assessment_factors": OF_CHILD_IN_NEED,
    "s47_enquiries": OF_CHILD_IN_NEED,
    "initial_cp_conferences": OF_CHILD_IN_NEED,
    "cin_plans": OF_CHILD_IN_NEED,
    "cp_plans": OF_CHILD_IN_NEED,
    "cp_reviews": OF_CHILD_IN_NEED,
    "missing_episodes": ("missing_log", "ssd_", "ssda903"),
    "cla_episodes": ("ssda903", "ssd_"),  # the Standard keeps placements and legal status apart, and they are not read
    "care_leavers": ("ssd_", "ssda903", "annex_a"),
    "permanence": ("ssd_", "ssda903", "annex_a"),
}
LATEST_ALONE = {"children_looked_after"}  # lists of who is there now: an older one says nothing of today


def preferred(table: str, parts: list[Part]) -> tuple[list[Part], list[dict]]:
    """The parts of the best kind that came whole, and the rows of the others as left out: path, table, reason, rows."""
    kinds = PRECEDENCE.get(table, ())
    sound = [part for part in parts if not part.fatal] or parts
    best = next((kind for kind in kinds if any(part.layout.name.startswith(kind) for part in sound)), "")
    kept = [part for part in parts if part.layout.name.startswith(best)]
    if table in LATEST_ALONE:
        latest = max(kept, key=lambda part: (str(part.cut), part.records.file))
        kept = [part for part in kept if part.records.file == latest.records.file]
        why = f"a later extract's list came too ({latest.records.file}) and is used instead"
    else:
        why = f"{kept[0].layout.title} came too and is used instead"
    left_out = [
        {"path": part.records.file, "table": table, "reason": why, "rows": len(part.frame)}
        for part in parts
        if not any(part is one for one in kept) and len(part.frame)
    ]
    return kept, left_out
