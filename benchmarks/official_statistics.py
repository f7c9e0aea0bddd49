"""How long official statistics take: everything in a folder read cold, loaded from its typed copy, and a measure asked for.

python benchmarks/official_statistics.py FOLDER
"""

import sys
import tempfile
import time
from pathlib import Path

from helpers.extracts import official
from helpers.extracts.official import catalogue


def timed(what: str, action, times: int = 3):
    """The result of `action`, and the best of its wall and processor times printed."""
    best = None
    for _ in range(times):
        wall, cpu = time.perf_counter(), time.process_time()
        result = action()
        best = min(best or (1e9, 1e9), (time.perf_counter() - wall, time.process_time() - cpu))
    print(f"{what:58s} {1000 * best[0]:8.0f} ms wall {1000 * best[1]:8.0f} ms processor")
    return result


def main(folder: Path) -> None:
    """Prints the times."""
    read = timed(f"read {folder.name} ({sum(file.stat().st_size for file in folder.rglob('*')) / 1e6:.0f} MB)",
                 lambda: official.read(folder))  # fmt: skip
    print(f"  {len(read):,} figures of {len(read.files)} files in {len(read.series)} series")
    with tempfile.TemporaryDirectory() as copy:
        timed("write its typed copy", lambda: official.write_typed(read, Path(copy)))
        kept = timed("load its typed copy", lambda: official.load_typed(Path(copy)))
        timed("one headline measure for every authority", lambda: catalogue.rows(kept, "children_in_need_rate"))
        timed("all headline measures", lambda: [catalogue.rows(kept, key) for key in catalogue.MEASURES], times=1)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
