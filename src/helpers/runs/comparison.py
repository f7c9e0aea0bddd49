"""What changed between two labels, in plain lines, from their records alone."""

import sys
from pathlib import Path

from helpers.runs import record
from helpers.runs.parameters import nearest
from helpers.runs.publishing import RECORD

ROOT = Path(__file__).parents[3]


def compare_labels(a: str, b: str, out: str | Path | None = None) -> int:
    """Prints what changed from label `a` to label `b`; 2 where either has no record."""
    from helpers import page

    folder = Path(out) if out else ROOT / "reports"
    labels = sorted(file.parent.name for file in folder.glob(f"[!.]*/{RECORD}"))
    runs = {label: record.read(folder / label / RECORD) if label in labels else None for label in (a, b)}
    unknown = [label for label, run in runs.items() if run is None]
    for label in unknown:
        print(f"There is no label {label} with a record of its run.{nearest(label, labels)}", file=sys.stderr)
    if unknown:
        return 2
    lines = page.changes(runs[a], runs[b]) + parameters(runs[a], runs[b])
    print(f"From {a} ({runs[a]['started'][:10]}) to {b} ({runs[b]['started'][:10]}):")
    print("\n".join(f"- {line}" for line in lines) if lines else "- Nothing changed.")
    return 0


def parameters(before: dict, now: dict) -> list[str]:
    """Each parameter that moved, with both values; a value that is the same for all the themes of a set is told once."""
    moved: dict[tuple[str, str, str, str], list[str]] = {}
    for name in now["sets"]:
        themes_before = before["sets"].get(name, {}).get("themes", {})
        for theme, facts in now["sets"][name]["themes"].items():
            old = themes_before.get(theme, {}).get("parameters", {})
            for key, value in facts["parameters"].items():
                if key in old and old[key] != value:
                    moved.setdefault((name, key, _shown(old[key]), _shown(value)), []).append(theme)
    return [f"{name}, {', '.join(themes)}: {key} was {old}, is {new}." for (name, key, old, new), themes in moved.items()]


def _shown(value) -> str:
    return "empty" if value == "" else str(value)
