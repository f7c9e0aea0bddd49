"""Pages, downloads and the record into reports/<label>/: built aside, then put in place whole or not at all."""

import json
import os
import shutil
import tempfile
import time
import uuid
from pathlib import Path

from helpers.runs import record as run_record

RECORD = "run.json"
UNFINISHED, REPLACED = ".unfinished-", ".replaced-"


class CannotPublish(Exception):
    """Why nothing was published; what the label held before still stands."""


def can_write(out: Path) -> str:
    """Why nothing can be published in `out`, which is made if need be; empty where all is well."""
    try:
        out.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=out):
            return ""
    except OSError as reason:
        return f"{out} cannot be written to ({reason.strerror}): give another folder with --out."


def still_there(label: Path) -> str:
    """That a run published nothing, and what stands of its label all the same, in a sentence."""
    return "Nothing was published" + (f", and what {label.name} held before still stands." if label.exists() else ".")


def recover(out: Path) -> None:
    """Puts back a label that an interrupted replacement had moved aside, and removes what it left half made."""
    for aside in out.glob(f"{REPLACED}*"):
        label = out / aside.name.removeprefix(REPLACED).rsplit("-", 1)[0]
        if label.exists():
            shutil.rmtree(aside, ignore_errors=True)
        else:
            os.replace(aside, label)
    for left in out.glob(f"{UNFINISHED}*"):
        if time.time() - left.stat().st_mtime > 24 * 3600:  # a younger one may be another run's work
            shutil.rmtree(left, ignore_errors=True)


def begin(out: Path, label: str) -> Path:
    """An empty folder beside the label's, to build in."""
    out.mkdir(parents=True, exist_ok=True)
    folder = out / f"{UNFINISHED}{label}-{uuid.uuid4().hex[:8]}"
    folder.mkdir()
    return folder


def write_theme(folder: Path, set_name: str, theme: str, notebook, told: dict, record: dict) -> None:
    """One theme's page and downloads into `folder`; their paths go into its record. Where one cannot be made, there is none."""
    from helpers import page

    text = page.export(notebook, told)
    with tempfile.TemporaryDirectory(dir=folder) as aside:
        files = page.downloads(notebook, told, Path(aside))
        downloads = folder / set_name / "downloads"
        downloads.mkdir(parents=True, exist_ok=True)
        for file in files:
            os.replace(Path(aside) / file, downloads / file)
    (folder / set_name / f"{theme}.html").write_text(text, encoding="utf-8")
    record["html"] = f"{set_name}/{theme}.html"
    record["downloads"] = [f"{set_name}/downloads/{file}" for file in files]


def withdraw(folder: Path | None, record: dict, why: str, kind: str = "Withheld") -> None:
    """Takes a theme's files, if any are written, out of `folder` and marks its record failed, with nothing of the page in it."""
    for path in filter(None, [record.get("html"), *record.get("downloads", [])]):
        (folder / path).unlink(missing_ok=True)
    for key in ("title", "question", "answer", "downloads"):
        record.pop(key, None)
    error = {"type": kind, "message": why}
    record.update(status="failed", html=None, findings=[], not_answered=[], warnings=[], error=error)


def write_run(folder: Path, record: dict, previous: dict | None) -> None:
    """The label's index and run.json."""
    from helpers import page

    (folder / "index.html").write_text(page.index(record, previous), encoding="utf-8")
    text = json.dumps(record, ensure_ascii=False, indent=1, allow_nan=False)
    (folder / RECORD).write_text(text + "\n", encoding="utf-8")


def replace(built: Path, label: Path) -> None:
    """Puts `built` where `label` stands; CannotPublish where the system will not let go of the old one, which then stays."""
    aside = label.with_name(f"{REPLACED}{label.name}-{uuid.uuid4().hex[:8]}")
    try:
        if label.exists():
            os.replace(label, aside)
        os.replace(built, label)
    except OSError as reason:
        raise CannotPublish(
            f"{label.name} could not be replaced ({reason.strerror}): close its files in other programs, and run this again."
        ) from reason
    finally:
        if aside.exists() and not label.exists():
            os.replace(aside, label)
    shutil.rmtree(aside, ignore_errors=True)


def write_all_labels(out: Path) -> Path:
    """reports/index.html: every label that has a record."""
    from helpers import page

    runs = [record for file in sorted(out.glob(f"[!.]*/{RECORD}")) if (record := run_record.read(file))]
    unfinished = out / f"{UNFINISHED}index-{uuid.uuid4().hex[:8]}.html"
    unfinished.write_text(page.all_labels(runs), encoding="utf-8")
    os.replace(unfinished, out / "index.html")
    return out / "index.html"
