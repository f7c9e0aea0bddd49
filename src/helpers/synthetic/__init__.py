"""A made-up authority, drawn from a seed and written in the formats that real extracts come in.

synthetic.generate(seed, effects=Effects()) -> {table: typed frame}
synthetic.write(folder, tables, effects=..., seed=...)
python -m helpers.synthetic --seed 6 --out data/synthetic
"""

from helpers.synthetic.authority import generate
from helpers.synthetic.place import AUTHORITY, LOCALITIES, PILOT, Effects
from helpers.synthetic.writing import write

__all__ = ["AUTHORITY", "LOCALITIES", "PILOT", "Effects", "generate", "write"]
