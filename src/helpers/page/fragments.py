"""Blocks as HTML: every kind has one template, every text is escaped, and a picture keeps nothing but its pixels."""

import base64
import math
import struct
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader
from markupsafe import Markup

from helpers import evidence, wording

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
    return found


def style() -> Markup:
    """The style sheet, without the line breaks that only an author needs."""
    return Markup("".join((TEMPLATES / name).read_text(encoding="utf-8") for name in ("style.css", "blocks.css")))


def fragment(block: dict) -> Markup:
    """One placed block as HTML. ValueError for a kind that no template knows."""
    if block["kind"] not in KINDS:
        raise ValueError(f"no template shows a block of the kind {block['kind']!r}")
    ready = {"n": None, "anchor": block["kind"], "name": "", "csv": "", **block}
    if block["kind"] == "figure":
        ready["png"] = bare_png(block["png"])
    if block["kind"] == "finding":
        ready["interval"] = interval_words(block["finding"])
    macro = getattr(environment().get_template("blocks.html.j2").module, block["kind"])
    return Markup('<div class="block">{}</div>').format(macro(ready))


def preview(block: dict) -> str:
    """A block as JupyterLab shows it: the page's own fragment and style on the page's own ground."""
    css = (TEMPLATES / "style.css").read_text(encoding="utf-8").split("*{", 1)[0] + (TEMPLATES / "blocks.css").read_text(
        encoding="utf-8"
    )
    face = "'Segoe UI',Roboto,Helvetica,Arial,sans-serif"
    ground = f"color:var(--ink);background:var(--paper);padding:.2rem 1rem;font:400 1rem/1.6 {face}"
    return Markup('<style>{}</style><div style="{}">{}</div>').format(Markup(css), ground, fragment(block))


def interval_words(finding: dict) -> str:
    """ "rate ratio 0.82, 95% interval 0.70 to 0.96", or nothing where a finding has no estimate."""
    estimate, low, high, scale = (finding.get(name) for name in ("estimate", "ci_low", "ci_high", "scale"))
    if estimate is None or math.isnan(estimate):
        return ""
    bounds = [abs(end) for end in (low, high, estimate) if end is not None and math.isfinite(end)]
    decimals = 0 if max(bounds) >= 100 else 1 if max(bounds) >= 3 or scale in ("percentage points", "%") else 2
    unit = f"{scale} " if scale and scale.endswith("ratio") else ""
    after = "" if unit or not scale else "%" if scale == "%" else f" {scale}"
    words = f"{unit}{wording.number(estimate, decimals)}{after}"
    if low is None or high is None or math.isnan(low) or math.isnan(high):
        return words
    return f"{words}, 95% interval {wording.interval(low, high, decimals)}"


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
