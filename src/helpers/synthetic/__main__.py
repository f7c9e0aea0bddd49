"""python -m helpers.synthetic --seed S [--out DIR] [--no-effects]"""

import argparse
from pathlib import Path

from helpers.synthetic import Effects, generate, write
from helpers.synthetic.place import SHIPPED_SEED

SHIPPED = Path(__file__).parents[3] / "data" / "synthetic"


def main() -> None:
    """Draw the made-up authority and write its extracts."""
    parser = argparse.ArgumentParser(prog="python -m helpers.synthetic", description=main.__doc__)
    parser.add_argument(
        "--seed", type=int, default=SHIPPED_SEED, help=f"the same seed draws the same authority (default {SHIPPED_SEED})"
    )
    parser.add_argument("--out", type=Path, default=SHIPPED, help="folder to write to (default data/synthetic)")
    parser.add_argument("--no-effects", action="store_true", help="plant no effect at all")
    asked = parser.parse_args()
    effects = Effects.none() if asked.no_effects else Effects()
    tables = generate(asked.seed, effects=effects)
    write(asked.out, tables, effects=effects, seed=asked.seed)
    for name, frame in tables.items():
        print(f"{name}: {len(frame):,} rows")


if __name__ == "__main__":
    main()
