"""data/README.md names what is there."""

import csv
import re
from pathlib import Path

from helpers.extracts.official.catalogue import MEASURES
from helpers.extracts.published import DATA
from helpers.tables import TABLES
from helpers.tables.dictionary import markdown

README = (Path(DATA).parent / "README.md").read_text(encoding="utf-8")


def test_every_published_file_has_a_section_that_says_what_a_row_is():
    for file in sorted(DATA.glob("*.csv")):
        section = README.partition(f"### `{file.name}`\n")[2].partition("\n#")[0]
        assert "**One row** is" in section and "**Owner**" in section, file.name


def test_every_column_of_the_benchmarks_is_explained():
    with (DATA / "benchmarks.csv").open(encoding="utf-8", newline="") as file:
        columns = next(csv.reader(file))
    section = README.partition("### `benchmarks.csv`")[2].partition("\n### ")[0]
    assert [name for name in columns if f"`{name}`" not in section] == []
    assert f"{len(MEASURES)} measures" in section


def test_every_symbol_of_the_benchmarks_is_explained():
    with (DATA / "benchmarks.csv").open(encoding="utf-8", newline="") as file:
        symbols = {row["symbol"] for row in csv.DictReader(file)} - {""}
    assert symbols and all(f"| `{symbol}` |" in README for symbol in symbols)


def test_every_typed_table_is_listed_with_its_grain_and_where_it_comes_from():
    for table in TABLES.values():
        assert f"| `{table.name}` | {table.grain} | {table.where_from} |" in README


def test_the_dictionary_is_the_one_that_the_definitions_print():
    kept = (Path(DATA).parent / "dictionary.md").read_text(encoding="utf-8")
    assert kept == markdown(), "make it again: python -m helpers.tables > data/dictionary.md"


def test_the_dictionary_says_of_every_column_what_it_means():
    printed = markdown()
    lacking = [f"{table.name}.{column.name}" for table in TABLES.values() for column in table.columns
               if f"`{column.name}`" not in printed or column.meaning not in printed]  # fmt: skip
    assert lacking == [] and "[dictionary.md](dictionary.md)" in README


def test_the_licence_line_stands_beside_the_official_figures():
    assert "Contains public sector information licensed under the Open Government Licence v3.0." in " ".join(
        README.replace(">", "").split()
    )


def test_every_local_file_is_read_under_the_column_names_that_the_readme_gives():
    from helpers.extracts import local_logs, pupils
    from helpers.extracts.layouts import recognise

    section = README.partition("### Local logs and pupil files")[2].partition("\n## ")[0]
    rows = [line.split("|")[1:3] for line in section.splitlines() if line.startswith("| ")][2:]
    layouts = (*local_logs.LAYOUTS, *pupils.LAYOUTS)
    for file, columns in rows:
        names = re.findall(r"[a-z_0-9]+", re.sub(r"\(.*?\)", "", columns))
        found = recognise([names], layouts)
        assert found and len(found[2]) == len(names), (file, set(names))
