"""What themes ask, read from their notebooks."""

import json

from helpers import questions
from helpers.extracts import Extracts
from helpers.tables import TABLES

CELL = """@answers.to("How many contacts are there?")
def counted(contacts, extracts):
    return contacts


@answers.to("What becomes of them?", columns=["cine_close_date"])
def becomes(counted, cin_episodes, months=12):
    return counted


@answers.to("How do similar places compare?")
def compared():
    pass


def helper(cp_plans):
    pass
"""


def test_a_question_needs_its_own_tables_and_those_of_the_questions_it_builds_on(tmp_path):
    cells = [{"cell_type": "markdown", "source": "# x"}, {"cell_type": "code", "source": CELL.splitlines(keepends=True)}]
    (tmp_path / "front_door.ipynb").write_text(json.dumps({"cells": cells}), encoding="utf-8")
    (tmp_path / "_template.ipynb").write_text(json.dumps({"cells": cells}), encoding="utf-8")
    (tmp_path / "broken.ipynb").write_text("{", encoding="utf-8")
    assert [(one.theme, one.text, one.tables) for one in questions.asked(tmp_path)] == [
        ("front_door", "How many contacts are there?", ("contacts",)),
        ("front_door", "What becomes of them?", ("contacts", "cin_episodes")),
    ]  # what similar places do no extract answers
    empty = Extracts(tables={name: TABLES[name].empty() for name in ("contacts", "cin_episodes")})
    lacking = [[one.lacking(extracts) for one in questions.asked(tmp_path)] for extracts in (Extracts(), empty)]
    assert lacking == [
        [["contacts"], ["contacts", "referrals and child in need episodes"]],
        [[], ["“day the episode closed” in referrals and child in need episodes"]],
    ]


def test_every_question_of_every_theme_is_found():
    for path in questions.NOTEBOOKS.glob("[!_.]*.ipynb"):
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        written = sum("".join(cell["source"]).count("@answers.to(") for cell in cells)
        assert len(questions.of_theme(path)) == written, path.name
