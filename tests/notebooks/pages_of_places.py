"""What a theme's page says of a place from official statistics: its cells run in this process, pictures not drawn."""

import io
import os
import re
import traceback
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from unittest.mock import patch

from PIL import Image
from theme_cells import run

from helpers import page

THEMES = ("missing_children", "early_help", "sft_outcomes", "attainment_gaps", "self_evaluation_claims")
NOT_A_NUMBER = re.compile(r"\b(nan|NaN|NaT|None|inf)\b|<NA>")
SYMBOL = re.compile(r"\[(c|x|z|u|k|low)\]")
SENTENCES = ("text", "statement", "number", "title", "subtitle", "alt", "why", "note")  # of a block, or of its finding
PLACE, BESIDE = ("This place",), ("95% interval", "Rank")  # headings of a place's own figure, and of what compares it


@dataclass
class Said:
    """The blocks that a theme displayed of a place, and the exception that ended it, if one did."""

    place: str
    theme: str
    blocks: list[dict] = field(default_factory=list)
    failure: str = ""

    @property
    def refused(self) -> list[str]:
        """Why questions that need no records were not answered."""
        return [block["why"] for block in self._of("not_answered") if not block["needs"]]

    @property
    def findings(self) -> list[dict]:
        return [block["finding"] for block in self._of("finding")]

    def sentences(self) -> Iterator[str]:
        """Every sentence about a result, in findings, answers, notes, charts and refusals."""
        for block in self.blocks:
            for part in (block, block.get("finding", {})):
                yield from (part[name] for name in SENTENCES if isinstance(part.get(name), str))

    def cells(self) -> Iterator[tuple[dict[str, str], str]]:
        """Every row of every table, by heading, and the table's caption."""
        for block in self.blocks:
            if table := block.get("table"):
                heads = [column["label"] for column in table["columns"]]
                yield from ((dict(zip(heads, map(str, row), strict=True)), table["caption"]) for row in table["rows"])

    def faults(self) -> list[str]:
        """What a reader must never see: an exception, a number that is none, a hidden figure spoken of or compared."""
        found = [self.failure] if self.failure else []
        found += [f"not a number in {text!r}" for text in self.sentences() if NOT_A_NUMBER.search(text)]
        found += [f"a missing figure in {text!r}" for text in self.sentences() if SYMBOL.search(text)]
        for row, caption in self.cells():
            if any(NOT_A_NUMBER.search(cell) for cell in row.values()):
                found.append(f"not a number in {caption}: {row}")
            own = [row[name] for name in (*PLACE, self.place) if name in row]
            compared = [cell for name, cell in row.items() if name.startswith(BESIDE) and not SYMBOL.fullmatch(cell)]
            if own and SYMBOL.fullmatch(own[0]) and compared:
                found.append(f"a missing figure compared in {caption}: {row}")
        return [f"{self.theme}, {self.place}: {fault}" for fault in found]

    def _of(self, kind: str) -> list[dict]:
        return [block for block in self.blocks if block["kind"] == kind]


@contextmanager
def without_drawing(statistics: Path) -> Iterator[None]:
    """Official statistics are the typed copy in `statistics` and there are no records; charts are made up to their picture."""
    white = io.BytesIO()
    Image.new("RGB", (1, 1)).save(white, "PNG")
    settings = {"EVALUATION_OFFICIAL": str(statistics), "EVALUATION_EXTRACTS": ""}
    draw = lambda figure, target, **_: target.write(white.getvalue())
    with ExitStack() as stack:
        stack.enter_context(patch.dict(os.environ, settings))
        stack.enter_context(patch("matplotlib.figure.Figure.savefig", draw))
        stack.enter_context(patch("matplotlib.backends.backend_agg.FigureCanvasAgg.draw"))
        stack.enter_context(patch.object(page, "preview", str))
        yield


def said(theme: str, place: str, **parameters) -> Said:
    """Runs a theme for a place, within `without_drawing`."""
    result = Said(place, theme)
    keep = lambda data, **_: result.blocks.append(data[page.MIME])
    with patch("IPython.display.display", keep):
        try:
            run(theme, local_authority=place, **parameters)
        except Exception as error:
            where = traceback.extract_tb(error.__traceback__)
            frames = [f"{Path(frame.filename).name}:{frame.lineno}" for frame in where[3:]]
            result.failure = f"{type(error).__name__}: {error} ({' > '.join(frames)})"
    return result
