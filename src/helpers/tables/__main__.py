"""Prints the data dictionary: `python -m helpers.tables > data/dictionary.md`."""

from helpers.tables.dictionary import markdown

if __name__ == "__main__":
    print(markdown(), end="")
