"""python -m helpers.synthetic [--children N] [--seed S] [--out DIR] [--no-effects] [--faults]"""

import argparse
from pathlib import Path

from helpers.synthetic import KNOWN, Authority, Effects, write
from helpers.synthetic.place import SHIPPED_SEED

SHIPPED = Path(__file__).parents[3] / "data" / "synthetic"


def main() -> None:
    """Draw the made-up authority and write its extracts."""
    parser = argparse.ArgumentParser(prog="python -m helpers.synthetic", description=main.__doc__)
    parser.add_argument("--children", type=int, default=KNOWN, help=f"about how many stand in the records (default {KNOWN:,})")
    parser.add_argument(
        "--seed", type=int, default=SHIPPED_SEED, help=f"the same seed draws the same authority (default {SHIPPED_SEED})"
    )
    parser.add_argument("--out", type=Path, default=SHIPPED, help="folder to write to (default data/synthetic)")
    parser.add_argument("--no-effects", action="store_true", help="plant no effect at all")
    parser.add_argument("--faults", action="store_true", help="plant one fault of each kind; FAULTS.csv lists them")
    asked = parser.parse_args()
    authority = Authority(asked.seed, effects=Effects.none() if asked.no_effects else None, children=asked.children)
    write(asked.out, authority, with_faults=asked.faults)
    print(f"{len(authority.known):,} children stand in the records; they are in {asked.out}.")


if __name__ == "__main__":
    main()
