"""What was wrong with an extract, in the words of the person who can put it right."""

from dataclasses import dataclass, replace

from helpers import wording

SHOWN_ROWS = 3


@dataclass(frozen=True)
class Fault:
    """One kind of fault in one column of one sheet of one file, with every row that has it.

    `rows` are the file's own row numbers (the header is usually row 1). `example` is masked where the column identifies a
    person. A fatal fault removes its table and no other.
    """

    file: str
    what: str  # "the date is impossible or ambiguous"
    to_do: str  # "Write dates as DD/MM/YYYY or YYYY-MM-DD."
    table: str = ""
    sheet: str = ""
    column: str = ""  # Excel's letter
    header: str = ""
    rows: tuple[int, ...] = ()
    counted: str = "row"  # what `rows` are numbers of: in XML lines, or the elements of children
    example: str = ""
    fatal: bool = False

    def __str__(self) -> str:
        """ "missing.csv, column D (MIS_START): 2 rows (5, 9): the date is impossible, for example “31/02/2024”. Write ..." """
        where = place(self.file, self.sheet) + (f", column {self.column}" if self.column else "")
        where += f" ({self.header})" if self.header else ""
        shown = ", ".join(map(str, self.rows[:SHOWN_ROWS])) + (", ..." if len(self.rows) > SHOWN_ROWS else "")
        rows = f"{number_of(self)} ({shown}): " if self.rows else ""
        example = f", for example “{self.example}”" if self.example else ""
        return f"{where}: {rows}{self.what}{example}{'' if self.what.endswith('?') else '.'} {self.to_do}".rstrip()

    @property
    def for_readers(self) -> str:
        """The fault without its rows and its example, which point at a child."""
        return str(replace(self, rows=(), example=""))


def number_of(fault: Fault) -> str:
    """How many rows have the fault: "2 rows", "1 line"."""
    return f"{wording.number(len(fault.rows))} {fault.counted}{'' if len(fault.rows) == 1 else 's'}"


def place(file: str, sheet: str = "") -> str:
    """A file and the sheet in it, or the kind of element where it is XML, as its owner would name them."""
    kind = "element" if file.lower().endswith(".xml") else "sheet"
    return file + (f', {kind} "{sheet}"' if sheet else "")


def masked(value: str) -> str:
    """An identifier with all but its first two characters hidden, so that its owner finds it and nobody else learns it."""
    return value[:2] + "…" if len(value) > 2 else "…"
