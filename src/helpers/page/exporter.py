"""One executed notebook as one page: nbconvert's exporter with our own template, and nothing shown that was not released."""

from copy import deepcopy

from markupsafe import Markup
from nbconvert.exporters import TemplateExporter

from helpers import wording
from helpers.page.fragments import TEMPLATES, environment, fragment, style
from helpers.page.prose import Prose, title_in
from helpers.page.released import MIME, blocks, is_shown, placed

CSP = "default-src 'none'; img-src data:; style-src 'unsafe-inline'"
RESTS_ON = {"published": "published statistics", "extract": "the authority’s own records", "synthetic": "made-up records"}
VERSIONS_NAMED = ("python", "pandas", "numpy", "scipy", "statsmodels", "seaborn", "matplotlib", "nbconvert", "papermill")
NO_ANSWER = "This question cannot be answered from what this run was given; the page says what it would need."
AT_THE_HEAD = ("cover", "answer")


class PageExporter(TemplateExporter):
    """Writes prose and released blocks through `templates/evaluation`; code and every other output have no place in it."""

    file_extension = ".html"
    output_mimetype = "text/html"
    language_code = "en-GB"
    template_name = "evaluation"
    default_preprocessors = ()

    def __init__(self, **kwargs):
        super().__init__(extra_template_basedirs=[str(TEMPLATES)], filters={"block": fragment}, **kwargs)

    @property
    def template_extension_default(self):
        return ".html.j2"

    def _create_environment(self):
        made = super()._create_environment()
        made.autoescape = True
        return made


def export(notebook, run: dict) -> str:
    """The page of an executed notebook as one HTML file.

    `run` has label, theme, parameters, inputs, versions, git_commit, policy, started, made_up and local_authority, as in
    run.json; what is missing is left out of the page.
    """
    shown = placed(blocks(notebook), run.get("theme", "evaluation"))
    page_notebook, prose, renderer = _released(notebook, iter(shown))
    page = {**_head(shown, run), **_foot(shown, run), "contents": renderer.headings}
    page["title"] = page["title"] or (
        renderer.titles[0] if renderer.titles else wording.sentence_case(run.get("theme", "").replace("_", " "))
    )
    parts = environment().get_template("page.html.j2").module
    resources = {
        "page_head": parts.head(page, Markup(CSP), style()),
        "page_foot": parts.foot(page),
        "prose": prose,
        "block_type": MIME,
    }
    html, _ = PageExporter().from_notebook_node(page_notebook, resources=resources)
    return html


def _released(notebook, shown):
    """A copy of the notebook that holds its prose and placed blocks and nothing else; the prose as HTML by cell id."""
    copy, renderer, prose = deepcopy(notebook), Prose(), {}
    kept, covered = [], any(block["kind"] == "cover" for block in blocks(notebook))
    for position, cell in enumerate(copy.cells):
        cell["id"] = cell.get("id") or f"cell-{position + 1}"
        if not is_shown(cell):
            continue
        if cell.cell_type == "markdown":
            if covered and title_in(cell):
                continue
            prose[cell.id] = renderer.cell(cell.id, cell.source)
        elif cell.cell_type == "code":
            released = [output for output in cell.outputs if output.output_type == "display_data" and MIME in output.data]
            for output in released:
                output["data"] = {MIME: next(shown)}
                output["metadata"] = {}
            cell["outputs"] = [output for output in released if output.data[MIME]["kind"] not in AT_THE_HEAD]
            cell["source"] = ""
        else:
            continue
        kept.append(cell)
    copy["cells"] = kept
    copy["metadata"] = {}
    return copy, prose, renderer


def _head(shown: list[dict], run: dict) -> dict:
    cover = next((block for block in shown if block["kind"] == "cover"), {})
    answers = [block["text"] for block in shown if block["kind"] == "answer"]
    place = cover.get("place") or run.get("local_authority", "")
    facts = [("Place", place), ("Period", cover.get("period")), ("Who is counted", cover.get("counted")),
             ("Rests on", rests_on(cover, shown))]  # fmt: skip
    made = [
        f"Label {run['label']}" if run.get("label") else "",
        f"made {wording.day(run['started'])}" if run.get("started") else "",
    ]
    return {
        "title": cover.get("title", ""),
        "question": cover.get("question", ""),
        "audience": cover.get("audience", ""),
        "answer": " ".join(answers) or NO_ANSWER * any(block["kind"] == "not_answered" for block in shown),
        "place": place,
        "facts": [(name, value) for name, value in facts if value],
        "made_up": bool(run.get("made_up") or cover.get("made_up")),
        "vouched": bool(run.get("vouched")) and cover.get("basis") == "extract",
        "stamp": " · ".join(part for part in made if part),
        "findings": [block for block in shown if block["kind"] == "finding"],
        "not_answered": [block for block in shown if block["kind"] == "not_answered"],
    }


def rests_on(cover: dict, shown: list[dict]) -> str:
    """What the page's findings rest on, in words; without a finding what the cover was given."""
    bases = dict.fromkeys(block["finding"]["basis"] for block in shown if block["kind"] == "finding")
    told = [words for basis, words in RESTS_ON.items() if basis in (bases or {cover.get("basis"): None})]
    return wording.listing(told) if told else ""


def _foot(shown: list[dict], run: dict) -> dict:
    versions = run.get("versions") or {}
    named = [f"{name} {versions[name]}" for name in VERSIONS_NAMED if name in versions]
    parameters = [
        f"{name.replace('_', ' ')}: {value}" for name, value in (run.get("parameters") or {}).items() if value not in ("", None)
    ]
    made = [
        ("Notebook", run.get("theme", "")),
        ("Parameters", "; ".join(parameters)),
        ("Set", run.get("set", "")),
        ("Run", f"{run.get('label', '')}, {wording.day(run['started'])}" if run.get("started") else run.get("label", "")),
        ("Made with", ", ".join(named)),
        ("Code", f"commit {str(run['git_commit'])[:12]}" if run.get("git_commit") else ""),
    ]
    bases = {block["table"]["basis"] for block in shown if "table" in block}
    bases |= {block["finding"]["basis"] for block in shown if block["kind"] == "finding"} | {
        block.get("basis") for block in shown
    }
    return {
        "made": [(name, value) for name, value in made if value],
        "inputs": [(str(file["path"]), str(file.get("sha256") or "")[:12]) for file in run.get("inputs") or ()],
        "policy": run.get("policy"),
        "official": "published" in bases,
    }
