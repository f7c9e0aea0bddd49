"""Blocks as HTML: every kind has one template, every text is escaped, and a picture keeps nothing but its pixels."""

import base64
import struct
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader
from markupsafe import Markup

from helpers import evidence, wording
from helpers.page.released import placed

TEMPLATES = Path(__file__).parent / "templates"
KINDS = (
    "cover", "answer", "finding", "table", "records", "figure", "timeline", "cannot", "follows", "checks", "methods", "note",
    "not_answered",
)  # fmt: skip
PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"
PIXELS = (b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"IEND")  # every other part of a PNG can carry words


@cache
def environment() -> Environment:
    """The templates of pages, blocks and indexes; everything they write is escaped."""
    found = Environment(loader=FileSystemLoader(TEMPLATES), autoescape=True, trim_blocks=True, lstrip_blocks=False)
    found.globals["STRENGTHS"] = evidence.STRENGTHS
    found.filters["sentence_case"] = wording.sentence_case
    found.filters["first_sentence_bold"] = _first_sentence_bold
    found.filters["unlabelled"] = lambda source: source.removeprefix("Source:").strip()
    return found


def _first_sentence_bold(text: str) -> Markup:
    first, stop, rest = text.partition(". ")
    return Markup("<b>{}</b> {}").format(first + stop.strip(), rest)


def style() -> Markup:
    """The style sheet of pages and indexes."""
    return Markup(_sheet("style.css") + _sheet("blocks.css"))


def fragment(block: dict) -> Markup:
    """One placed block as HTML. ValueError for a kind that no template knows."""
    if block["kind"] not in KINDS:
        raise ValueError(f"no template shows a block of the kind {block['kind']!r}")
    ready = {"n": None, "anchor": block["kind"], "name": "", "csv": "", **block}
    if block["kind"] == "figure":
        ready["png"] = bare_png(block["png"])
    macro = getattr(environment().get_template("blocks.html.j2").module, block["kind"])
    return Markup('<div class="block">{}</div>').format(macro(ready))


def preview(block: dict) -> str:
    """A block as JupyterLab shows it: the page's own fragment and style, on the page's own ground, without a number."""
    colours = _sheet("style.css").split("*{", 1)[0]
    face = "'Segoe UI',Roboto,Helvetica,Arial,sans-serif"
    ground = f"color:var(--ink);background:var(--paper);padding:.2rem 1rem;font:400 1rem/1.6 {face}"
    shown = fragment({**placed([block], "")[0], "n": None, "name": "", "csv": ""})
    return Markup('<style>{}</style><div style="{}">{}</div>').format(Markup(colours + _sheet("blocks.css")), ground, shown)


def _sheet(name: str) -> str:
    return (TEMPLATES / name).read_text(encoding="utf-8")


def bare_png(encoded: str) -> str:
    """A base64 PNG without any part that is not its pixels; ValueError for anything that is not a PNG."""
    raw = base64.b64decode(encoded)
    if not raw.startswith(PNG_SIGNATURE):
        raise ValueError("a figure's picture is not a PNG")
    kept, at = [PNG_SIGNATURE], len(PNG_SIGNATURE)
    while at < len(raw):
        (length,) = struct.unpack(">I", raw[at : at + 4])
        part = raw[at : at + 12 + length]
        if part[4:8] in PIXELS:
            kept.append(part)
        at += 12 + length
    return base64.b64encode(b"".join(kept)).decode("ascii")
