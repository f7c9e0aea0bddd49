"""Faults planted in the made-up extracts, one of each kind that readers must name, and the list of what was planted where."""

import dataclasses
import io
import zipfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from helpers.synthetic.files.sheets import Sheet, letter

LIST = "FAULTS.csv"


@dataclass(frozen=True)
class Planted:
    """One planted fault: rows are the file's own numbers, `column` the header as it stands in the file."""

    file: str
    sheet: str
    column: str
    letter: str  # Excel's
    rule: str
    rows: str  # separated by spaces
    example: str
    stops: str  # yes: nothing of this sheet can be used; no: the rest can


@dataclass(frozen=True)
class Kind:
    """A kind of fault in one column of one sheet: `spoil` gives the frame anew, with the faults in these rows (positions)."""

    path: str
    column: str
    rule: str
    spoil: Callable[[pd.DataFrame, str, np.ndarray], pd.DataFrame]
    rows: int = 4
    sheet: str = ""
    stops: bool = False


def written(*values: str) -> Callable:
    """These words in the rows, in turn."""

    def spoil(frame: pd.DataFrame, column: str, rows: np.ndarray) -> pd.DataFrame:
        frame.iloc[rows, frame.columns.get_loc(column)] = np.resize(values, len(rows))
        return frame

    return spoil


def rewritten(dates: str) -> Callable:
    """The same days, written in another way."""

    def spoil(frame: pd.DataFrame, column: str, rows: np.ndarray) -> pd.DataFrame:
        days = pd.to_datetime(frame[column].iloc[rows], dayfirst=True)
        frame.iloc[rows, frame.columns.get_loc(column)] = days.dt.strftime(dates).to_numpy()
        return frame

    return spoil


def moved(days: int, other: str, dates: str = "%d/%m/%Y") -> Callable:
    """The date of another column, so many days on."""

    def spoil(frame: pd.DataFrame, column: str, rows: np.ndarray) -> pd.DataFrame:
        then = pd.to_datetime(frame[other].iloc[rows], dayfirst=dates[1] == "d") + pd.Timedelta(days=days)
        frame.iloc[rows, frame.columns.get_loc(column)] = then.dt.strftime(dates).to_numpy()
        return frame

    return spoil


def renamed(header: str) -> Callable:
    return lambda frame, column, rows: frame.rename(columns={column: header})


def without(frame: pd.DataFrame, column: str, rows: np.ndarray) -> pd.DataFrame:
    return frame.drop(columns=column)


def emptied(frame: pd.DataFrame, column: str, rows: np.ndarray) -> pd.DataFrame:
    return frame.iloc[:0]


def repeated(**changes: str) -> Callable:
    """The rows once more below, with other words in some columns."""

    def spoil(frame: pd.DataFrame, column: str, rows: np.ndarray) -> pd.DataFrame:
        return pd.concat([frame, frame.iloc[rows].assign(**changes)], ignore_index=True)

    return spoil


MISSING, EPISODES = "ssda903/2020_21/missing.csv", "ssda903/2021_22/episodes.csv"
SSD = "standard_safeguarding/ssd_{}.csv"
KINDS = (
    Kind("early_help.csv", "Organisation", "misspelt header", renamed("Organistion"), rows=0),
    Kind("coded_themes.csv", "Stance", "misspelt header of a required column", renamed("Stanse"), rows=0, stops=True),
    Kind("case_audits.csv", "Grade", "missing column", without, rows=0, stops=True),
    Kind("annex_a.xlsx", "Referral Source", "code not in the list", written("Polcie", "1Z: Nobody"), 14, sheet="List_3"),
    Kind("annex_a.xlsx", "Individual adopter identifier", "empty list", emptied, 0, sheet="List_11", stops=True),
    Kind("missing_episodes.csv", "Category", "code not in the list", written("Mising"), 5),
    Kind("missing_episodes.csv", "Returned at", "impossible date", written("31/02/2021 10:00"), 3),
    Kind(EPISODES, "LS", "code not in the list", written("C9"), 3),
    Kind(MISSING, "MIS_START", "impossible date", written("31/02/2021", "00/01/2021"), 2),
    Kind(MISSING, "MISSING", "code not in the list", written("X"), 2),
    Kind(MISSING, "MIS_END", "end before start", moved(-9, "MIS_START"), 3),
    Kind("ssda903/2022_23/missing.csv", "MIS_START", "missing episode outside care", moved(-4000, "MIS_START"), 2),
    Kind(EPISODES, "DECOM", "overlapping episodes", moved(-10, "DECOM"), 2),
    Kind("sft_allocations.csv", "Start date", "month first", rewritten("%m/%d/%Y"), 60),
    Kind("contact_outcomes.csv", "Contact date", "two-digit year", rewritten("%d/%m/%y"), 4),
    Kind("contact_outcomes.csv", "Child ID", "required cell empty", written(""), 5),
    Kind("early_help.csv", "Child ID", "row repeated", repeated(), 6),
    Kind(SSD.format("cp_plans"), "cppl_cp_plan_id", "key repeated with other content",
         repeated(cppl_cp_plan_start_date="2021-05-05", cppl_cp_plan_initial_category="PHY"), 3, stops=True),
    Kind(SSD.format("cin_episodes"), "cine_close_date", "end before start", moved(-30, "cine_referral_date", "%Y-%m-%d"), 5),
    Kind(SSD.format("person"), "pers_dob", "date in the future", written("2031-05-05"), 2),
    Kind("ssda903/2023_24/header.csv", "SEX", "code not in the list", written("7"), 2),
    Kind("ssda903/2019_20/reviews.csv", "REVIEW", "impossible date", written("30/02/2020"), 2),
)  # fmt: skip


def plant(sheets: Iterable[Sheet], rng: np.random.Generator, planted: list[Planted]) -> Iterator[Sheet]:
    """The sheets with the faults of KINDS in them; each one is added to `planted`."""
    for sheet in sheets:
        kinds = [kind for kind in KINDS if (kind.path, kind.sheet) == (sheet.path, sheet.name)]
        if kinds:
            frame = as_written(sheet)
            untouched = rng.permutation(len(frame))
            for kind in kinds:
                rows, untouched = _rows(kind, frame, untouched)
                at = frame.columns.get_loc(kind.column)
                before, frame = len(frame), kind.spoil(frame.copy(), kind.column, rows)
                shown = np.arange(before, len(frame)) if len(frame) > before else rows
                header = frame.columns[at] if kind.rule.startswith("misspelt") else kind.column
                example = str(frame[header].iloc[shown[0]]) if len(shown) and header in frame else ""
                first = 3 if sheet.title else 2
                planted.append(
                    Planted(sheet.path, sheet.name, header, letter(at), kind.rule, " ".join(map(str, sorted(shown + first))),
                            example, "yes" if kind.stops else "no")
                )  # fmt: skip
            sheet = dataclasses.replace(sheet, frame=frame)
        yield sheet


def as_written(sheet: Sheet) -> pd.DataFrame:
    """The sheet's cells as text, dates as the file writes them."""
    frame = sheet.frame.reset_index(drop=True)
    for column in frame:
        dates = pd.api.types.is_datetime64_any_dtype(frame[column])
        text = frame[column].dt.strftime(sheet.dates) if dates else frame[column].astype("str")
        frame[column] = text.astype(object).where(frame[column].notna(), "")
    return frame


def _rows(kind: Kind, frame: pd.DataFrame, untouched: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Rows (positions) that no fault has touched and in which the column is filled, and those left."""
    filled = untouched[(frame[kind.column].iloc[untouched] != "").to_numpy()]
    if kind.rule == "overlapping episodes":
        same = frame["CHILD"].eq(frame["CHILD"].shift()).to_numpy()
        filled = filled[same[filled]]
    rows = np.sort(filled[: kind.rows])
    return rows, np.setdiff1d(untouched, rows, assume_unique=True)


def spoil_files(folder: Path, planted: list[Planted]) -> None:
    """Whole files spoiled: an XML that is not well formed, a truncated zip, a protected workbook, a file of no layout."""
    census = folder / "cin_census" / "cin_census_2022.zip"
    with zipfile.ZipFile(census) as packed:
        [name] = packed.namelist()
        document = packed.read(name)
    with zipfile.ZipFile(census, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr(name, document[: int(len(document) * 0.6)])
    pupils = folder / "pupils" / "pupils_2018_19.zip"
    pupils.write_bytes(pupils.read_bytes()[: pupils.stat().st_size // 2])
    (folder / "protected.xlsx").write_bytes(_protected())
    (folder / "rota.csv").write_text("Monday,Tuesday\nearly,late\n", encoding="utf-8")
    for path, rule in (
        (census, "XML is not well formed"), (pupils, "truncated zip"), (folder / "protected.xlsx", "protected by a password"),
        (folder / "rota.csv", "in no known layout"),
    ):  # fmt: skip
        planted.append(Planted(path.relative_to(folder).as_posix(), "", "", "", rule, "", "", "yes"))


def _protected() -> bytes:
    """What a workbook protected by a password looks like from outside: an old container with an encrypted stream."""
    head = bytes.fromhex("D0CF11E0A1B11AE1") + bytes(16) + bytes.fromhex("3E000300FEFF0900") + bytes(480)
    return head + "EncryptedPackage".encode("utf-16-le") + bytes(480) + bytes(2048)


def listed(planted: list[Planted]) -> str:
    """FAULTS.csv: a row for each planted fault."""
    text = io.StringIO()
    pd.DataFrame([dataclasses.asdict(fault) for fault in planted]).to_csv(text, index=False, lineterminator="\n")
    return text.getvalue()
