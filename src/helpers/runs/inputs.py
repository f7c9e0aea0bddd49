"""What goes into a run: extracts read once and kept as typed tables in .work/, and the hashes that say what was read."""

import hashlib
import os
import shutil
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

PUBLISHED = "data/published"


@dataclass(frozen=True)
class Typed:
    """Extracts as typed tables in a folder of .work/, with what was wrong with them; `fault` says why there are none at all."""

    folder: Path | None
    key: str
    inputs: list[dict] = field(default_factory=list)  # {"path", "sha256", "rows"}, paths relative
    faults: list = field(default_factory=list)  # every Fault, fatal or not
    not_read: dict[str, str] = field(default_factory=dict)  # file -> why it was not read or not used
    renamed: list[str] = field(default_factory=list)  # what official statistics may call by another name, in sentences
    fault: str = ""
    tables: dict = field(default_factory=dict)  # the typed tables, for the leak check

    @property
    def fatal(self) -> list:
        return [fault for fault in self.faults if fault.fatal]


def work_folder(root: Path) -> Path:
    """`.work/` below the project: typed copies, executed notebooks and logs, readable by its owner alone."""
    folder = root / ".work"
    folder.mkdir(mode=0o700, exist_ok=True)
    os.chmod(folder, 0o700)
    return folder


def hash_of(*paths: Path, ignore=("__pycache__",)) -> str:
    """One SHA-256 over the names and contents of files and folders; an absent one counts as absent."""
    digest = hashlib.sha256()
    for path in paths:
        files = sorted(file for file in path.rglob("*") if file.is_file()) if path.is_dir() else [path]
        for file in files:
            if any(part in ignore or part.endswith(".pyc") for part in file.parts):
                continue
            name = file.relative_to(path).as_posix() if path.is_dir() else file.name
            digest.update(f"{name}\0{file_hash(file) if file.is_file() else 'absent'}\0".encode())
    return digest.hexdigest()


def file_hash(file: Path) -> str:
    """The SHA-256 of one file."""
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def typed(data: Path, work: Path, readers_hash: str, root: Path) -> Typed:
    """The extracts at `data` as typed tables, read and validated unless the same content was read by the same readers before."""
    from helpers import extracts

    about = data.parent / "about.yml"  # beside a single file; in a folder it is hashed with the rest
    contents = hash_of(data, about) if data.is_file() else hash_of(data)
    key = hashlib.sha256(f"{contents}{readers_hash}".encode()).hexdigest()
    folder = _once(work, key, lambda unfinished: extracts.write_typed(extracts.read(data), unfinished))
    kept = extracts.load_typed(folder)
    return Typed(
        folder,
        key,
        inputs=[{**entry, "path": _relative(entry["path"], data, root), "rows": _shown(entry["rows"])} for entry in kept.inputs],
        faults=kept.faults,
        not_read=kept.not_read,
        fault=kept.why_none,
        tables=dict(kept.tables),
    )


def typed_official(data: Path, work: Path, readers_hash: str, root: Path) -> Typed:
    """The official statistics in the folder `data` as one typed copy, read unless the same files were read before."""
    from helpers.extracts import official
    from helpers.extracts.official import catalogue

    key = hashlib.sha256(f"official{hash_of(data)}{readers_hash}".encode()).hexdigest()
    folder = _once(work, key, lambda unfinished: official.write_typed(official.read(data), unfinished))
    kept = official.load_typed(folder)
    files = [
        {"path": _relative(entry["file"], data, root), "sha256": entry["sha256"], "rows": entry["rows"]} for entry in kept.files
    ]
    return Typed(folder, key, inputs=files, not_read=kept.not_read, renamed=catalogue.renamed(kept))


def _once(work: Path, key: str, write: Callable[[Path], None]) -> Path:
    """The folder of typed tables of that key, made by `write` unless it is there."""
    folder = work / "typed" / key[:32]
    if not folder.is_dir():
        folder.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        unfinished = folder.with_name(f".{folder.name}.{uuid.uuid4().hex[:8]}")
        try:
            write(unfinished)
            os.replace(unfinished, folder)
        except OSError:
            if not folder.is_dir():  # another run may have finished the same tables first
                raise
        finally:
            shutil.rmtree(unfinished, ignore_errors=True)
    return folder


def _shown(rows: int) -> int | str:
    """How many rows of children a file has, as anybody may see it: a file of two adoptions must not say so."""
    from helpers.disclosure import Policy, round_count

    count = round_count(rows, Policy())
    return "[c]" if count is None else count


def _relative(path: str, data: Path, root: Path) -> str:
    """An input's path below the project, or below the folder that was given: never a user's folders."""
    folder = data if data.is_dir() else data.parent
    if folder.is_relative_to(root):
        return (folder.relative_to(root) / path).as_posix()
    return f"{folder.name}/{path}" if data.is_dir() else path


def published(root: Path) -> list[dict]:
    """The published figures that ship with the project, as inputs."""
    entries = []
    for file in sorted((root / PUBLISHED).glob("*.csv")):
        with file.open("rb") as stream:
            rows = max(0, sum(1 for _ in stream) - 1)
        entries.append({"path": file.relative_to(root).as_posix(), "sha256": file_hash(file), "rows": rows})
    return entries
