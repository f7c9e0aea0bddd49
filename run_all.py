"""The one command: `python run_all.py --help` says what it does; Python 3.11 to 3.14 is all it needs beforehand."""

# Older Pythons, 2.7 among them, must be able to read this file, so that they can say what is wrong.
import os
import sys

if not (3, 11) <= sys.version_info[:2] <= (3, 14):
    sys.stderr.write(
        "This needs Python 3.11, 3.12, 3.13 or 3.14, and this is Python "
        + ".".join(str(part) for part in sys.version_info[:2])
        + ": start run_all.py with one of those.\n"
    )
    sys.exit(2)

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "src"))

from helpers.command import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
