"""What changed between two labels, in sentences, from their run.json alone."""

from helpers import wording
from helpers.page.released import interval_words


def changes(previous: dict, run: dict) -> list[str]:
    """Sentences on what differs from `previous` to `run`: code, inputs, policy, sets, themes, and every finding that moved."""
    return [*_of_the_run(previous, run), *_of_the_sets(previous.get("sets", {}), run.get("sets", {}))]


def _of_the_run(previous: dict, run: dict) -> list[str]:
    said = []
    if previous.get("git_commit") != run.get("git_commit"):
        said.append("The code of the evaluations changed.")
    if previous.get("policy") != run.get("policy"):
        said.append("The disclosure policy changed.")
    before, now = ({file["path"]: file.get("sha256") for file in one.get("inputs") or ()} for one in (previous, run))
    for path in sorted(set(before) | set(now)):
        if path not in before:
            said.append(f"New input: {path}.")
        elif path not in now:
            said.append(f"No longer an input: {path}.")
        elif before[path] != now[path]:
            said.append(f"Changed input: {path}.")
    return said


def _of_the_sets(before: dict, now: dict) -> list[str]:
    said = [f"New set: {name}." for name in now if name not in before] + [
        f"Set no longer run: {name}." for name in before if name not in now
    ]
    for name in now:
        if name not in before:
            continue
        themes_before, themes_now = before[name].get("themes", {}), now[name].get("themes", {})
        place = now[name].get("local_authority") or name
        for theme in [*themes_now, *(theme for theme in themes_before if theme not in themes_now)]:
            said += _of_the_theme(_title(place, theme), themes_before.get(theme), themes_now.get(theme))
    return said


def _of_the_theme(title: str, before: dict | None, now: dict | None) -> list[str]:
    if before is None:
        return [f"{title}: new."]
    if now is None:
        return [f"{title}: not run this time."]
    if "failed" in (before.get("status"), now.get("status")):
        same = before.get("status") == now.get("status")
        return (
            [] if same else [f"{title}: {'failed this time' if now.get('status') == 'failed' else 'failed last time, runs now'}."]
        )
    moved = {key for key in {*before.get("parameters", {}), *now.get("parameters", {})}
             if before.get("parameters", {}).get(key) != now.get("parameters", {}).get(key)}  # fmt: skip
    said = [f"{title}: {wording.listing(sorted(key.replace('_', ' ') for key in moved))} changed."] if moved else []
    old, new = ({finding["id"]: finding for finding in one.get("findings") or ()} for one in (before, now))
    for key, finding in new.items():
        said += [f"{title}: {part}" for part in _of_the_finding(old.get(key), finding)]
    return said + [f"{title}: no longer found: {old[key]['statement']}" for key in old if key not in new]


def _of_the_finding(before: dict | None, now: dict) -> list[str]:
    if before is None:
        return [f"new finding: {now['statement']}"]
    parts = [f"{axis} was {before[axis]}, is {now[axis]}" for axis in ("direction", "strength") if before[axis] != now[axis]]
    if interval_words(before) != interval_words(now):
        parts.append(f"the estimate was {interval_words(before) or 'none'}, is {interval_words(now) or 'none'}")
    return [f"{wording.listing(parts)} ({now['outcome']})."] if parts else []


def _title(place: str, theme: str) -> str:
    return f"{place}, {theme.replace('_', ' ')}"
