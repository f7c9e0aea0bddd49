"""The front door page on five to seven children a list: nearly all of it hidden, and plain about what it cannot answer."""

import json
import re

import IPython.display
import pytest
from theme_cells import run

from helpers import extracts, page

SAMPLE = "extracts/annex_a/liia_Annex_A_2024_Jan.xlsx"  # made up by others, with 5 to 7 rows a list
PERIOD = {"local_authority": "Blackpool", "period_start": "2020-04-01", "period_end": "2021-03-31"}


@pytest.fixture(scope="module")
def records(shared):
    return extracts.read(shared / SAMPLE)


@pytest.fixture(scope="module")
def blocks(records, once) -> list[dict]:
    """What the notebook displays of these records, block by block."""
    folder = once("a handful of children", lambda folder: extracts.write_typed(records, folder))
    shown: list[dict] = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("EVALUATION_EXTRACTS", str(folder))
        patch.setattr(IPython.display, "display", lambda data, **_: shown.append(data[page.MIME]))
        run("early_help", change_on="2020-10-01", **PERIOD)
    return shown


def of_kind(blocks, kind: str) -> list[dict]:
    return [block for block in blocks if block["kind"] == kind]


def test_no_number_of_children_is_shown_and_nothing_is_drawn_or_found(blocks):
    cells = [cell for block in of_kind(blocks, "table") for row in block["table"]["rows"] for cell in row[1:]]
    assert set(cells) <= {"[c]", "0", "[z]"} and "[c]" in cells
    assert not of_kind(blocks, "figure") and not of_kind(blocks, "finding")


def test_the_page_says_that_the_records_are_too_few_and_what_each_question_would_need(blocks):
    [answer] = of_kind(blocks, "answer")
    assert "too few children to answer" in answer["text"]
    refused = {block["question"]: block["why"] for block in of_kind(blocks, "not_answered")}
    assert "not when early help ended" in refused["How many children have early help or are in need, taken together?"]
    assert "Fewer than two whole years" in refused["Are children referred again within a year, and has that changed?"]
    assert len(refused) >= 14 and all(why.endswith(".") and ".." not in why for why in refused.values())
    [limits] = of_kind(blocks, "cannot")
    assert "Annex A does not say what became of a contact" in limits["threats"][0][0]


def test_nothing_that_identifies_a_child_is_in_any_block(blocks, records):
    words = set(re.findall(r"\w+", json.dumps([block for block in blocks if block["kind"] != "methods"])))
    assert not words & set(records["persons"]["pers_person_id"].dropna())
