"""Every theme that uses official statistics, for every authority: what fails, how long it takes, how much is answered.

    python benchmarks/every_authority.py FOLDER [THEME ...]     FOLDER holds the department's files, as data/official does

Every cell is run in this process, without records, a kernel or drawn pictures, for the period that a run has by default and for
the latest figures. A question that has not enough data is answered by saying so; what counts as a fault is in
tests/notebooks/pages_of_places.py. Exit status 1 where there is one.
"""

import sys
import tempfile
import time
from collections import Counter
from itertools import product
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "src"))
sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests" / "notebooks"))
from pages_of_places import THEMES, said, without_drawing
from theme_cells import ROOT

from helpers.extracts import official, published

PERIODS = {
    "the period of a default run": {},
    "the latest figures": {"period_start": "2019-04-01", "period_end": "2025-12-31"},
}


def main(folder: Path, themes: list[str]) -> int:
    """Prints every fault when it is found, then a line a theme and period; the exit status."""
    table = published.authorities()
    places = list(table.loc[table["successor"] == "", "name"])
    told, reasons, faults = {}, Counter(), 0
    with tempfile.TemporaryDirectory() as typed:
        official.write_typed(official.read(folder), Path(typed))
        with without_drawing(Path(typed)):
            for place, theme, period in product(places, themes, PERIODS):
                began = time.process_time()
                page = said(theme, place, **PERIODS[period])
                for fault in page.faults():
                    faults += 1
                    print(fault, flush=True)
                count = told.setdefault((theme, period), Counter())
                count.update(pages=1, findings=len(page.findings), refused=len(page.refused))
                count["seconds"] += time.process_time() - began
                reasons.update(reason.replace(place, "PLACE") for reason in page.refused)
    for (theme, period), count in told.items():
        print(f"{theme}, {period}: {count['pages']} authorities, {count['findings']} findings, {count['refused']} questions "
              f"without enough data, {count['seconds']:.0f} s of processor")  # fmt: skip
    for reason, times in reasons.most_common(10):
        print(f"  {times} times: {reason}")
    print(f"{faults} faults")
    return 1 if faults else 0


if __name__ == "__main__":
    asked = sys.argv[2:] or [theme for theme in THEMES if (ROOT / "notebooks" / f"{theme}.ipynb").is_file()]
    sys.exit(main(Path(sys.argv[1]), asked))
