"""The sample page, index and list of labels, and a headless Chromium to look at them with."""

import os
import shutil

import pytest
from evaluation_sample import PLACE, RUN, sample_notebook

from helpers import page

CHROMIUM = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")


@pytest.fixture(scope="session")
def notebook():
    """An executed notebook with every kind of block."""
    return sample_notebook()


@pytest.fixture(scope="session")
def html(notebook):
    """Its page."""
    return page.export(notebook, RUN)


@pytest.fixture(scope="session")
def run(notebook):
    """A run.json with a real and a made-up set, and a failure."""
    theme = {
        "status": "ok",
        "html": "made_up/missing_children.html",
        "parameters": {"local_authority": PLACE},
        **page.summary(notebook),
    }
    theme["downloads"] = ["made_up/downloads/missing_children.xlsx"]
    failed = {"status": "failed", "html": None, "error": {"type": "NotEnoughData", "message": "17 months before; 24 are needed"}}
    dorset = {"local_authority": "Dorset", "made_up": False, "themes": {"missing_children": theme, "sft_outcomes": failed}}
    made_up = {"local_authority": PLACE, "made_up": True, "themes": {"missing_children": theme}}
    return {**RUN, "sets": {"dorset": dorset, "made_up": made_up}}


@pytest.fixture(scope="session")
def files(html, run, tmp_path_factory):
    """The three kinds of page as files, by name."""
    folder = tmp_path_factory.mktemp("pages")
    before = {**run, "label": "2024-q4", "sets": {"dorset": run["sets"]["dorset"]}}
    texts = {"page": html, "index": page.index(run, before), "labels": page.all_labels([run, before])}
    for name, text in texts.items():
        (folder / f"{name}.html").write_text(text, encoding="utf-8")
    return {name: folder / f"{name}.html" for name in texts}


@pytest.fixture(scope="session")
def browser():
    """Headless Chromium; without one a test skips, in CI it fails."""
    found = next(filter(None, map(shutil.which, CHROMIUM)), None)
    if found is None:
        reason = f"needs a Chromium on the PATH (one of {', '.join(CHROMIUM)})"
        if os.environ.get("CI", "").lower() == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=found, args=["--no-sandbox", "--disable-gpu"])
        yield started
        started.close()
