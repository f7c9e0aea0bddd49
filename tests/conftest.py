"""What tests share."""

import os
import time
import traceback
from pathlib import Path

import pytest

# Workers share the processors: numpy's own threads on small matrices would only wait for each other, ten times as long.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
FIRST = ("notebooks", "tests", "runs", "page")  # folders of files that take long: one begun last leaves a processor idle
LONGEST_MADE = 900  # seconds that one process waits for what another makes
WITHOUT_EFFECTS = 3  # the seed of the records in which nothing was planted


def pytest_collection_modifyitems(items):
    """The longest files begin first."""
    items.sort(key=lambda item: ([*FIRST, item.path.parent.name]).index(item.path.parent.name))


@pytest.fixture(scope="session")
def shared() -> Path:
    """Folder of reference documents and data beside the project; away from it a test skips, in CI it fails."""
    folder = Path(__file__).resolve().parents[2] / "shared"
    if folder.is_dir():
        return folder
    reason = f"needs the reference folder {folder}, which is not here"
    if os.environ.get("CI", "").lower() == "true":
        pytest.fail(reason)
    pytest.skip(reason)


@pytest.fixture(scope="session", autouse=True)
def _only_what_ships():
    """Tests see the figures that ship, whatever official statistics somebody has fetched into data/official."""
    os.environ["EVALUATION_OFFICIAL"] = ""


@pytest.fixture(scope="session")
def official_statistics_typed(shared, once):
    """The folder of the typed copy of everything in the reference folder's open statistics, made once for the test run."""
    from helpers.extracts import official

    return once("official-statistics", lambda folder: official.write_typed(official.read(shared / "open-statistics"), folder))


@pytest.fixture(scope="session")
def official_statistics(official_statistics_typed):
    """Everything in the reference folder's open statistics."""
    from helpers.extracts import official

    return official.load_typed(official_statistics_typed)


@pytest.fixture(scope="session")
def once(tmp_path_factory):
    """once(name, make) -> the folder that `make` filled: by the first process of the test run that asks; the others wait."""
    base = tmp_path_factory.getbasetemp()
    shared = base.parent if os.environ.get("PYTEST_XDIST_WORKER") else base

    def folder_of(name: str, make) -> Path:
        folder, done, failed = shared / name, shared / f"{name}.done", shared / f"{name}.failed"
        try:
            folder.mkdir()
        except FileExistsError:
            until = time.monotonic() + LONGEST_MADE
            while not done.exists():
                if failed.exists() or time.monotonic() > until:
                    reason = failed.read_text(encoding="utf-8") if failed.exists() else "it took too long"
                    pytest.fail(f"{name} could not be made by another process of this test run:\n{reason}")
                time.sleep(0.2)
            return folder
        try:
            make(folder)
        except BaseException:
            failed.write_text(traceback.format_exc(), encoding="utf-8")
            raise
        done.touch()
        return folder

    return folder_of


@pytest.fixture(scope="session")
def drawn(once):
    """drawn(name, seed, effects) -> a folder of the made-up authority's typed tables, as a notebook of a run finds them."""
    from helpers import synthetic
    from helpers.extracts import About, Extracts, write_typed

    def typed_tables(name: str, seed: int, effects: synthetic.Effects) -> Path:
        about = About(authority=synthetic.AUTHORITY, made_up=True)

        def make(folder: Path) -> None:
            write_typed(Extracts(about=about, tables=synthetic.generate(seed, effects=effects)), folder)

        return once(name, make)

    return typed_tables


@pytest.fixture(scope="session")
def without_effects(drawn) -> Path:
    """Typed tables of the made-up authority in which nothing was planted."""
    from helpers.synthetic import Effects

    return drawn("no effects", WITHOUT_EFFECTS, Effects.none())
