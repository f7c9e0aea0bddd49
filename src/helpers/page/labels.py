"""The index of one label, the list of all labels, and what run.json keeps of a page."""

from pathlib import PurePosixPath

from markupsafe import Markup

from helpers import wording
from helpers.page.differences import changes
from helpers.page.exporter import CSP
from helpers.page.fragments import environment, style
from helpers.page.prose import title_in
from helpers.page.released import blocks

STATUS_WORDS = {"ok": "Complete", "partial": "Partly answered", "reused": "Unchanged, kept from the last run", "failed": "Failed"}


def summary(notebook) -> dict:
    """What run.json keeps of a notebook: title, question, answer, findings, and the questions not answered.

    A notebook that failed before its cover has the title of its first heading.
    """
    shown = blocks(notebook)
    cover = next((block for block in shown if block["kind"] == "cover"), {})
    return {
        "title": cover.get("title") or next(filter(None, map(title_in, notebook.cells)), ""),
        "question": cover.get("question", ""),
        "answer": " ".join(block["text"] for block in shown if block["kind"] == "answer"),
        "findings": [block["finding"] for block in shown if block["kind"] == "finding"],
        "not_answered": [
            {"question": block["question"], "needs": [table["title"] for table in block["needs"]], "why": block["why"]}
            for block in shown
            if block["kind"] == "not_answered"
        ],
    }


def index(run: dict, previous: dict | None = None) -> str:
    """The index of one label: sets side by side, real or made up, each theme's findings, gaps or failure, and what changed.

    `run` and `previous` are run.json's. A theme may carry title, answer and downloads (paths from the label's folder) as well.
    """
    sets = [_set(name, facts) for name, facts in run.get("sets", {}).items()]
    page = {
        "title": "Evaluations of children’s services",
        "label": run.get("label", ""),
        "made": wording.day(run["started"]) if run.get("started") else "",
        "sets": sets,
        "failed": sum(theme["status"] == "failed" for one in sets for theme in one["themes"]),
        "themes": sum(len(one["themes"]) for one in sets),
        "changes": changes(previous, run) if previous else None,
        "previous": (previous or {}).get("label", ""),
        "policy": run.get("policy"),
        "commit": str(run.get("git_commit") or "")[:12],
    }
    return environment().get_template("index.html.j2").render(page=page, csp=Markup(CSP), style=style())


def all_labels(runs: list[dict]) -> str:
    """Every label with its sets, newest first."""
    ordered = sorted(runs, key=lambda run: str(run.get("started", "")), reverse=True)
    labels = [
        {
            "label": run.get("label", ""),
            "made": wording.day(run["started"]) if run.get("started") else "Not known",
            "sets": [(_place(name, facts), bool(facts.get("made_up"))) for name, facts in run.get("sets", {}).items()],
            "themes": sum(len(facts.get("themes", {})) for facts in run.get("sets", {}).values()),
            "failed": sum(
                theme.get("status") == "failed" for facts in run.get("sets", {}).values() for theme in facts["themes"].values()
            ),
        }
        for run in ordered
    ]
    return environment().get_template("labels.html.j2").render(labels=labels, csp=Markup(CSP), style=style())


def _place(name: str, facts: dict) -> str:
    return facts.get("local_authority") or wording.sentence_case(name.replace("_", " "))


def _set(name: str, facts: dict) -> dict:
    themes = [_theme(theme, record) for theme, record in facts.get("themes", {}).items()]
    own_records = any(finding.get("basis") == "extract" for theme in themes for finding in theme["findings"])
    return {"name": name, "place": _place(name, facts), "made_up": bool(facts.get("made_up")), "own_records": own_records,
            "themes": themes}  # fmt: skip


def _theme(theme: str, record: dict) -> dict:
    status = record.get("status", "failed")
    gaps = [gap["question"] if isinstance(gap, dict) else str(gap) for gap in record.get("not_answered") or ()]
    return {
        "theme": theme,
        "title": record.get("title") or wording.sentence_case(theme.replace("_", " ").replace("sft", "SFT")),
        "question": record.get("question", ""),
        "answer": record.get("answer", ""),
        "status": status,
        "status_words": STATUS_WORDS.get(status, status),
        "html": record.get("html"),
        "findings": record.get("findings") or [],
        "not_answered": gaps,
        "cause": _cause(record.get("error")),
        "downloads": [(str(path), _kind(path)) for path in record.get("downloads") or ()],
    }


def _cause(error) -> str:
    """The error of a failed theme in a sentence, whatever form run.json keeps it in."""
    if isinstance(error, dict):
        return ": ".join(str(error[key]) for key in ("type", "message") if error.get(key))
    return str(error or "")


def _kind(path) -> str:
    return {".xlsx": "workbook", ".csv": "CSV"}.get(PurePosixPath(str(path)).suffix, "file")
