"""Whole themes on the made-up authority with every effect set to none: how often a page claims a change that is not there.

    python benchmarks/null_runs.py [seeds, default 40]     writes benchmarks/null_runs.md as it goes

Every cell of every theme that reads records is run in this process, without a kernel, a page or its pictures: what
`report.finding` is handed is what the page would say. A finding claims a change where its direction is improved or worsened.
"""

import os
import sys
import tempfile
from collections import defaultdict
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from unittest.mock import patch

import yaml
from scipy import stats

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "src"))
sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests" / "notebooks"))
from theme_cells import code, run

from helpers import charts, evidence, intervals, synthetic
from helpers.extracts import About, Extracts, write_typed

ROOT = Path(__file__).resolve().parents[1]
SETS = yaml.safe_load((ROOT / "notebooks" / "parameters.yml").read_text(encoding="utf-8"))["sets"]
TABLE = Path(__file__).with_suffix(".md")


def parameters(theme: str) -> dict:
    """What the made-up set of parameters.yml tells this theme."""
    asked = code(theme)["parameters"]
    told = {**SETS["made_up"], **SETS["made_up"].get(theme, {})}
    given = {name: str(value) for name, value in told.items() if f"\n{name}:" in f"\n{asked}"}
    return {"local_authority": synthetic.AUTHORITY, **given}


def findings(seed: int) -> list[evidence.Finding]:
    """What the themes find in records of this seed in which nothing was planted."""
    found = []
    tables = synthetic.generate(seed, effects=synthetic.Effects.none())
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        write_typed(Extracts(about=About(authority=synthetic.AUTHORITY, made_up=True), tables=tables), Path(folder))
        stack.enter_context(patch.dict(os.environ, EVALUATION_EXTRACTS=folder))
        stack.enter_context(patch("helpers.report.finding", lambda finding, *_, **__: found.append(finding)))
        stack.enter_context(patch("helpers.report.figure"))
        for name in charts.__all__:
            stack.enter_context(patch.object(charts, name))
        for theme in SETS["made_up"]["themes"]:
            run(theme, **parameters(theme))
    return found


def table(by_finding: dict[str, list[evidence.Finding]], seeds: int) -> str:
    """The documentation's table: claims of a change by finding, and whether they are more than one in twenty."""
    lines = [
        "# Whole runs in which nothing was planted",
        "",
        f"Written by `python benchmarks/null_runs.py`: {seeds} seeds of the made-up authority with every effect set to none.",
        "A finding is told at 95%, so of those that test anything one in twenty may claim a change. Off: more than chance leaves",
        "(one-sided binomial p below 0.01).",
        "",
        "| finding | runs | claimed a change | share, 95% interval | of them emerging or stronger | |",
        "|---|---|---|---|---|---|",
    ]
    tested = {name: found for name, found in sorted(by_finding.items()) if any(f.direction != "describes" for f in found)}
    totals = [0, 0, 0]
    for name, found in [*tested.items(), ("all together", None)]:
        if found is None:
            runs, claims, strong = totals
        else:
            claimed = [f for f in found if f.direction in ("improved", "worsened", "mixed")]
            runs, claims = len(found), len(claimed)
            strong = sum(evidence.STRENGTHS[f.strength].level >= 2 for f in claimed)
            totals = [sum(pair) for pair in zip(totals, (runs, claims, strong), strict=True)]
        share = intervals.wilson(claims, runs).times(100)
        off = "off" if stats.binom.sf(claims - 1, runs, 0.05) < 0.01 else ""
        told = f"{100 * claims / runs:.0f}% ({share.low:.0f}% to {share.high:.0f}%)"
        lines.append(f"| {name} | {runs} | {claims} | {told} | {strong} | {off} |")
    return "\n".join([*lines, ""])


def main() -> None:
    by_finding = defaultdict(list)
    seeds = range(int(sys.argv[1]) if len(sys.argv) > 1 else 40)
    with ProcessPoolExecutor() as processes:
        for seed, found in zip(seeds, processes.map(findings, seeds), strict=True):
            for finding in found:
                by_finding[finding.finding_id].append(finding)
            TABLE.write_text(table(by_finding, seed + 1), encoding="utf-8")
            claimed = [f"{f.finding_id} ({f.strength})" for f in found if f.direction in ("improved", "worsened", "mixed")]
            print(f"seed {seed}: claimed a change: {', '.join(claimed) or 'none'}", flush=True)


if __name__ == "__main__":
    main()
