"""What a folder, a zip or a single file holds: each file within, told apart by how its content begins and never by its name."""

import hashlib
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import BinaryIO, NoReturn

MOST_UNPACKED = 2_000_000_000  # bytes that a zip, or a workbook (which is one), may unpack to
MOST_ENTRIES = 10_000  # files in one zip
BEGINNING = 4096  # bytes that tell what a file is
EXPECTED = {".csv", ".tsv", ".txt", ".xls", ".xlsx", ".xlsm", ".ods", ".xml", ".zip"}  # endings of what is meant to be read
LOCKED = "it is locked with a password; save a copy without one"
CUT_SHORT = "it is damaged or cut short; copy or export it again"
BOMS = (b"\xff\xfe", b"\xfe\xff")


class CannotOpen(ValueError):
    """A file that is not what its name says, is locked, damaged or cut short; the message says which and what to do."""


class NotAnExtract(ValueError):
    """A file that nobody would take for an extract: a picture, a letter."""


@dataclass(frozen=True)
class File:
    """One file to read: at `path`, or the `entry` of the zip at `path`; `name` is how it is reported, never a user's folders."""

    name: str
    path: Path
    entry: str = ""

    @contextmanager
    def open(self) -> Iterator[BinaryIO]:
        """Its bytes as a stream. Raises CannotOpen, while it is read too."""
        try:
            if self.entry:
                with zipfile.ZipFile(self.path) as archive, archive.open(self.entry) as stream:
                    yield stream
            else:
                with self.path.open("rb") as stream:
                    yield stream
        except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError) as error:
            raise CannotOpen(CUT_SHORT) from error
        except RuntimeError as error:
            raise CannotOpen(LOCKED if "password" in str(error) else CUT_SHORT) from error
        except OSError as error:
            raise CannotOpen("it cannot be opened: you may not have permission, or it may be in use") from error

    def read(self) -> bytes:
        with self.open() as stream:
            return stream.read()

    def sha256(self) -> str:
        """The SHA-256 of its content, by which a typed copy and the record of a run know it."""
        if not self.entry:
            return sha256(self.path)
        digest = hashlib.sha256()
        with self.open() as stream:
            while chunk := stream.read(1 << 20):
                digest.update(chunk)
        return digest.hexdigest()

    @property
    def ending(self) -> str:
        return PurePosixPath(self.entry or self.path.name).suffix.lower()

    def kind(self) -> str:
        """ "zip", "workbook", "web page", "xml" or "text", by content. Raises CannotOpen or NotAnExtract."""
        with self.open() as stream:
            beginning = stream.read(BEGINNING)
        if not beginning.strip():
            self._not("there is nothing in it; export it again, or leave it out")
        if beginning.startswith(b"PK\x03\x04"):
            return self._kind_of_zip()
        if beginning.startswith(b"\xd0\xcf\x11\xe0"):
            return self._kind_of_compound_file()
        plain = beginning.removeprefix(b"\xef\xbb\xbf").lstrip().lower()
        if beginning.startswith(BOMS):
            plain = beginning.decode("utf-16", errors="replace").lstrip().lower().encode()
        elif b"\x00" in beginning:
            self._not("it is not a text file or a workbook, whatever its name ends in")
        if plain.startswith((b"<html", b"<!doctype html", b"<table", b"<meta", b"<body", b"<head")):
            return "web page"
        if b"urn:schemas-microsoft-com:office:spreadsheet" in plain:
            self._not("it is a workbook saved as XML; open it in Excel and save it as .xlsx")
        if plain.startswith(b"<") or self.ending == ".xml":
            return "xml"
        if self.ending not in EXPECTED or plain.startswith((b"%pdf", b"{\\rtf")):
            self._not("only workbooks, CSV, XML and zip files are read")
        if self.ending == ".zip":
            raise CannotOpen(CUT_SHORT)
        return "text"

    def _kind_of_zip(self) -> str:
        with self.open() as stream:
            names = set(entries(stream))
        if "xl/workbook.bin" in names:
            self._not("it is a binary workbook (.xlsb); save it as .xlsx")
        if any(name.startswith("xl/") for name in names):
            return "workbook"
        if any(name.startswith(("word/", "ppt/", "visio/")) for name in names):
            self._not("it is a document or slides, not a workbook")
        if "content.xml" in names and "mimetype" in names:
            return "workbook"
        return "zip"

    def _kind_of_compound_file(self) -> str:
        content = self.read()
        if "EncryptedPackage".encode("utf-16-le") in content:
            raise CannotOpen(LOCKED)
        if not any(name.encode("utf-16-le") + b"\x00\x00" in content for name in ("Workbook", "Book")):
            self._not("it is not a workbook, whatever its name ends in")
        return "workbook"

    def _not(self, why: str) -> NoReturn:
        """Refuse: as a fault where its name promised an extract, else as a file that is none."""
        raise (CannotOpen if self.ending in EXPECTED else NotAnExtract)(why)

    def unpacked(self) -> list["File"]:
        """The files of a zip, each named below it. Raises CannotOpen where it holds too much or is damaged."""
        if self.entry:
            raise CannotOpen("it is a zip within a zip; unpack it first")
        with self.open() as stream:
            listed = entries(stream)
        return [
            File(f"{self.name}/{cleaned(name)}", self.path, name)
            for name in listed
            if not name.endswith("/") and not name.startswith("__MACOSX/")
        ]


def sha256(path: Path) -> str:
    """The SHA-256 of the file at `path`."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def entries(stream: BinaryIO) -> list[str]:
    """The names in a zip. Raises CannotOpen where it is damaged, or says that it unpacks to more than may be read."""
    try:
        with zipfile.ZipFile(stream) as archive:
            listed = archive.infolist()
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, ValueError) as error:
        raise CannotOpen(CUT_SHORT) from error
    if len(listed) > MOST_ENTRIES or sum(entry.file_size for entry in listed) > MOST_UNPACKED:
        raise CannotOpen("it unpacks to more than can be read; export the sheets as CSV")
    return [entry.filename for entry in listed]


def cleaned(name: str) -> str:
    """An entry's name as a path that cannot leave its folder: for reports alone, since nothing is written to a disk."""
    parts = name.replace("\\", "/").split("/")
    return "/".join(part for part in parts if part not in ("", ".", "..") and not part.endswith(":")) or "unnamed"
