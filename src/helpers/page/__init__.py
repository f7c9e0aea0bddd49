"""Executed notebooks as pages: one HTML file each, without code, script or request, and the index over them.

page.export(executed_notebook, run) -> str        one theme's page
page.blocks(executed_notebook) -> list of dict    what a notebook released, in order
page.summary(executed_notebook) -> dict           title, question, answer, findings and what was not answered, for run.json
page.index(run, previous=None) -> str             one label: sets side by side, failures and changes included
page.all_labels(runs) -> str                      every label
page.changes(previous, run) -> list of str        what changed between two labels, in sentences
page.downloads(executed_notebook, run, folder)    an accessible workbook and the CSVs of one page
page.write_workbook(path, ...)                    an accessible workbook of plain tables, for the owner of the data alone
"""

from helpers.page.fragments import preview
from helpers.page.released import MIME, blocks

__all__ = [
    "CSP",
    "MIME",
    "all_labels",
    "blocks",
    "changes",
    "downloads",
    "export",
    "index",
    "preview",
    "summary",
    "write_workbook",
]

HOMES = {
    "CSP": "exporter",
    "export": "exporter",
    "summary": "labels",
    "index": "labels",
    "all_labels": "labels",
    "changes": "differences",
    "downloads": "workbook",
    "write_workbook": "workbook",
}


def __getattr__(name: str):
    # nbconvert and gptables take a second to import, which the command and the notebooks' blocks must not pay for.
    if name in HOMES:
        from importlib import import_module

        return getattr(import_module(f"helpers.page.{HOMES[name]}"), name)
    raise AttributeError(f"helpers.page has no {name!r}")
