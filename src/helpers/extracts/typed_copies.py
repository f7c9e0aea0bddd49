"""Typed tables kept as Parquet beside one JSON, readable by their owner alone, so that notebooks load in milliseconds."""

import io
import json
import os
from dataclasses import asdict
from datetime import date
from pathlib import Path

import pandas as pd

from helpers.extracts.collection import About, Extracts
from helpers.extracts.faults import Fault
from helpers.tables import TABLES

RECORD = "extracts.json"


def write_typed(extracts: Extracts, folder: Path | str) -> None:
    """Write the tables and all else about `extracts` to `folder` (made if need be): 0700 and 0600 where the OS has them."""
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o700)
    for name, frame in extracts.tables.items():
        buffer = io.BytesIO()
        frame.to_parquet(buffer, index=False)
        _write(folder / f"{name}.parquet", buffer.getvalue())
    record = {
        "tables": list(extracts.tables),
        "about": asdict(extracts.about) if extracts.about else None,
        "faults": [asdict(fault) for fault in extracts.faults],
        "inputs": extracts.inputs,
        "absent": extracts.absent,
        "left_out": extracts.left_out.to_dict("records"),
        "not_read": extracts.not_read,
        "sheets": extracts.sheets,
        "formats": extracts.formats,
        "covers": extracts.covers,
        "stated": extracts.stated,
        "why_none": extracts.why_none,
    }
    _write(folder / RECORD, json.dumps(record, indent=1, default=str).encode())  # last: a folder without it is not complete


def load_typed(folder: Path | str) -> Extracts:
    """The Extracts that `write_typed` wrote. Raises FileNotFoundError where the folder is not complete."""
    folder = Path(folder)
    record = json.loads((folder / RECORD).read_text(encoding="utf-8"))
    about = record["about"]
    if about:
        days = [date.fromisoformat(day) for day in about["period"]] if about["period"] else None
        extracted = date.fromisoformat(about["extracted_on"]) if about["extracted_on"] else None
        teams = {place: tuple(listed) for place, listed in about["localities"].items()}
        about = About(**{**about, "period": tuple(days) if days else None, "extracted_on": extracted, "localities": teams})
    return Extracts(
        about=about,
        tables={name: TABLES[name].typed(_read(folder / f"{name}.parquet")) for name in record["tables"]},
        faults=[Fault(**{**fault, "rows": tuple(fault["rows"])}) for fault in record["faults"]],
        inputs=record["inputs"],
        absent=record["absent"],
        left_out=pd.DataFrame(record["left_out"], columns=["path", "table", "reason", "rows"]),
        not_read=record["not_read"],
        sheets=record["sheets"],
        formats={name: tuple(layouts) for name, layouts in record["formats"].items()},
        covers=record["covers"],
        stated=record["stated"],
        why_none=record["why_none"],
    )


def _read(path: Path) -> pd.DataFrame:
    """One table, without the search for data sets that pandas' own reader makes: half the time."""
    from pyarrow.parquet import ParquetFile

    with ParquetFile(path) as file:
        return file.read(use_threads=False).to_pandas()


def _write(path: Path, content: bytes) -> None:
    path.unlink(missing_ok=True)  # an older file would keep its own permissions
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o600), "wb") as file:
        file.write(content)
