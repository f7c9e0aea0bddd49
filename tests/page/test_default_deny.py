"""A notebook made to leak: nothing that was not released reaches the page."""

import base64

import nbformat
import pytest
from evaluation_sample import RUN

from helpers import page
from helpers.page.released import MIME

SECRET = "CHILD-7734"
WIDGET = "application/vnd.jupyter.widget-view+json"
HTML = f"<div>{SECRET}</div><script>alert('{SECRET}')</script>"


def output(kind="display_data", **data):
    return nbformat.v4.new_output(kind, data={key.replace("__", "/").replace("_", "-"): value for key, value in data.items()})


LEAKS = {
    "a print": nbformat.v4.new_output("stream", name="stdout", text=f"{SECRET}, born 2010-02-03"),
    "a warning": nbformat.v4.new_output("stream", name="stderr", text=SECRET),
    "a traceback": nbformat.v4.new_output("error", ename="KeyError", evalue=SECRET, traceback=[f"KeyError: {SECRET}"]),
    "a frame at the end of a cell": output("execute_result", text__html=f"<table><td>{SECRET}</td></table>", text__plain=SECRET),
    "raw HTML": output(text__html=HTML),
    "Markdown shown by code": output(text__markdown=f"**{SECRET}**"),
    "a script": output(application__javascript=f"alert('{SECRET}')"),
    "a drawing": nbformat.v4.new_output("display_data", data={"image/svg+xml": f"<svg>{SECRET}</svg>"}),
    "a picture": output(image__png=base64.b64encode(SECRET.encode()).decode()),
    "a widget": nbformat.v4.new_output("display_data", data={WIDGET: {"model_id": SECRET}}),
    "a block as a result": nbformat.v4.new_output("execute_result", data={MIME: {"kind": "note", "text": SECRET}}),
    "a block's own HTML": nbformat.v4.new_output("display_data", data={MIME: {"kind": "note", "text": "ok"}, "text/html": HTML}),
}  # fmt: skip


def exported(*cells) -> str:
    return page.export(nbformat.v4.new_notebook(cells=list(cells)), RUN)


@pytest.mark.parametrize("leak", LEAKS)
def test_an_output_that_was_not_released_does_not_reach_the_page(leak):
    html = exported(nbformat.v4.new_code_cell(f"print('{SECRET}')  # {SECRET}", outputs=[LEAKS[leak]], metadata={"note": SECRET}))
    assert SECRET not in html and "<script" not in html and "<svg" not in html


def test_cells_for_whoever_works_in_the_notebook_do_not_reach_the_page():
    note = nbformat.v4.new_output("display_data", data={MIME: {"kind": "note", "text": SECRET}})
    html = exported(
        nbformat.v4.new_raw_cell(SECRET, metadata={"raw_mimetype": "text/html"}),
        nbformat.v4.new_code_cell("", outputs=[note], metadata={"tags": ["setup"]}),
        nbformat.v4.new_markdown_cell(SECRET, metadata={"tags": ["setup"]}),
    )
    assert SECRET not in html


@pytest.mark.parametrize(
    "source",
    [
        "<script>alert(1)</script>",
        "text <script>alert(1)</script> text",
        "<img src=x onerror=alert(1)>",
        "![words](http://example.org/x.png)",
        "[click](javascript:alert(1))",
        "<iframe src='http://example.org'></iframe>",
        "<style>@import 'http://example.org'</style>",
        "<!-- a secret remark -->",
        "[a]: javascript:alert(1)\n\n[a]",
        '<http://example.org/"onmouseover=alert(1)>',
        "## A <b onclick='x'>heading</b> <script>",
        "`<script>`",
    ],
)
def test_markdown_cannot_run_load_or_hide_anything(browser, source, tmp_path):
    html = exported(nbformat.v4.new_markdown_cell(source, id="prose"))
    (tmp_path / "page.html").write_text(html, encoding="utf-8")
    tab = browser.new_page()
    tab.goto((tmp_path / "page.html").as_uri())
    found = tab.evaluate(
        """[...document.querySelectorAll('.prose, .prose *')].filter(e =>
            ['SCRIPT', 'IMG', 'IFRAME', 'STYLE', 'OBJECT', 'SVG'].includes(e.tagName)
            || [...e.attributes].some(a => a.name.startsWith('on') || /^\\s*javascript:/i.test(a.value))).map(e => e.outerHTML)"""
    )
    tab.close()
    assert found == [] and "<!--" not in html and "secret remark" not in html


def test_the_whole_page_has_no_script_no_code_and_no_style_but_its_own(html):
    assert "<script" not in html.lower() and "secret_code" not in html
    assert html.count("<style") == 1 and html.count("default-src 'none'") == 1


def test_values_are_data_and_never_markup(html):
    assert "<b>Signal</b>" not in html and "&lt;b&gt;Signal&lt;/b&gt;" in html


def test_a_page_with_six_charts_and_six_tables_is_within_600_kilobytes(html, notebook):
    kinds = [block["kind"] for block in page.blocks(notebook)]
    assert kinds.count("figure") == 6 and kinds.count("table") + kinds.count("records") == 6
    assert len(html.encode()) < 600_000
