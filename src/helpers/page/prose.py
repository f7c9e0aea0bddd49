"""Markdown cells as HTML: headings with anchors from the cell's id, and nothing that could run, load or lay out."""

import re

import mistune
from markupsafe import Markup, escape

RESERVED = {"main", "findings", "contents", "accessibility"}


class Prose(mistune.HTMLRenderer):
    """Writes headings from level 2, one level deeper at a time; raw HTML is shown as text and a picture as its words."""

    def __init__(self):
        super().__init__(escape=True)
        self.headings: list[tuple[str, str]] = []  # (anchor, text as HTML) of every level 2 heading so far
        self.titles: list[str] = []
        self._level, self._cell, self._in_cell = 1, "", 0

    def cell(self, cell_id: str, source: str) -> Markup:
        """One markdown cell as HTML."""
        self._cell, self._in_cell = cell_id, 0
        markdown = mistune.create_markdown(renderer=self, plugins=["strikethrough"])
        return Markup(f'<div class="prose">{markdown(source)}</div>\n')

    def heading(self, text, level, **attributes):
        if level == 1:
            self.titles.append(text)
            return ""
        self._level = level = min(level, self._level + 1, 4)
        if level > 2:
            return f"<h{level}>{text}</h{level}>\n"
        self._in_cell += 1
        anchor = self._cell + (f"-{self._in_cell}" if self._in_cell > 1 else "")
        if anchor in RESERVED or re.match(r"(table|figure|finding|not-answered|timeline)-\d+$", anchor):
            anchor = f"section-{anchor}"
        self.headings.append((anchor, Markup(re.sub(r"</?a[^>]*>", "", text))))
        return f'<h2 id="{escape(anchor)}">{text}</h2>\n'

    def image(self, text, url, title=None):
        return escape(text)

    def block_html(self, html):
        return "" if html.strip().startswith("<!--") and html.strip().endswith("-->") else f"<p>{escape(html.strip())}</p>\n"

    def inline_html(self, html):
        return "" if html.startswith("<!--") else escape(html)


def title_in(cell) -> str:
    """The title in a notebook's title cell, whose words the head of the page already says; empty for any other cell."""
    found = re.match(r"\s*#\s+(\S.*)", cell.source) if cell.cell_type == "markdown" else None
    return found[1].strip() if found else ""
