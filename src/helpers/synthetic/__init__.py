"""A made-up authority, drawn from a seed and written in the formats that real extracts come in.

synthetic.generate(seed, effects=Effects(), tables=["cp_plans"]) -> {table: typed frame}
synthetic.write(folder, synthetic.Authority(seed, effects=Effects(), children=40_000))
python -m helpers.synthetic --children 40000 --seed 6 --out data/synthetic
"""

from helpers.synthetic.authority import KNOWN, Authority
from helpers.synthetic.files import write
from helpers.synthetic.place import AUTHORITY, LOCALITIES, PILOT, Effects
from helpers.synthetic.records import generate, tables_of

__all__ = ["AUTHORITY", "KNOWN", "LOCALITIES", "PILOT", "Authority", "Effects", "generate", "tables_of", "write"]
