"""What a notebook released: its blocks, in order, with the names and anchors they carry on a page."""

import base64
import csv
import io
import math
import re

from helpers import wording

MIME = "application/vnd.evaluation.block+json"
NUMBER = re.compile(r"^−?[\d,]+(\.\d+)?$")
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
SETUP = "setup"  # a cell with this tag is for whoever works in the notebook


def is_shown(cell) -> bool:
    """Whether anything of this cell may stand on a page."""
    return SETUP not in cell.metadata.get("tags", ())


def blocks(notebook) -> list[dict]:
    """The blocks of an executed notebook in order; any other output is passed over."""
    return [
        dict(output.data[MIME])
        for cell in notebook.cells
        if cell.cell_type == "code" and is_shown(cell)
        for output in cell.outputs
        if output.output_type == "display_data" and MIME in output.data
    ]


def placed(blocks: list[dict], theme: str) -> list[dict]:
    """The blocks with the name ("Figure 2"), anchor, CSV and summary words that they carry on the page of `theme`."""
    counts: dict[str, int] = {}
    result = []
    for block in blocks:
        kind = {"records": "table"}.get(block["kind"], block["kind"])
        counts[kind] = counts.get(kind, 0) + 1
        placing = {"n": counts[kind], "anchor": f"{kind.replace('_', '-')}-{counts[kind]}"}
        if kind in ("table", "figure"):
            placing["name"] = f"{kind.capitalize()} {counts[kind]}"
            placing["file"] = f"{theme}-{placing['anchor']}.csv"
            placing["csv"] = "data:text/csv;base64," + base64.b64encode(csv_of(block["table"])).decode("ascii")
        if kind == "finding":
            said = "interval" in block["finding"]["statement"]  # a statement that gives its interval needs no second one
            placing |= {"tally": tally(block["finding"]["checks"]), "interval": "" if said else interval_words(block["finding"])}
        result.append({**block, **placing})
    return result


def tally(checks: list[dict]) -> str:
    """ "2 checks passed, 1 failed"."""
    passed, failed = (sum(check["passed"] is verdict for check in checks) for verdict in (True, False))
    known = len(checks) - passed - failed
    parts = [f"{passed} of {passed + failed} checks passed" if passed + failed else "", f"{known} worth knowing" if known else ""]
    return ", ".join(part for part in parts if part)


def interval_words(finding: dict) -> str:
    """ "rate ratio 0.82, 95% interval 0.70 to 0.96", or nothing where a finding has no estimate."""
    estimate, low, high, scale = (finding.get(name) for name in ("estimate", "ci_low", "ci_high", "scale"))
    if estimate is None or math.isnan(estimate):
        return ""
    bounds = [abs(end) for end in (low, high, estimate) if end is not None and math.isfinite(end)]
    whole = estimate == int(estimate) and scale not in ("percentage points", "%") and not scale.endswith("ratio")
    decimals = 0 if whole or max(bounds) >= 100 else 1 if max(bounds) >= 3 or scale in ("percentage points", "%") else 2
    unit = f"{scale} " if scale and scale.endswith("ratio") else ""
    after = "" if unit or not scale else "%" if scale == "%" else f" {scale}"
    words = f"{unit}{wording.number(estimate, decimals)}{after}"
    if low is None or high is None or math.isnan(low) or math.isnan(high):
        return words
    return f"{words}, 95% interval {wording.interval(low, high, decimals)}"


def csv_of(table: dict) -> bytes:
    """The table as shown, as CSV: UTF-8 with a mark so that spreadsheets read it, numbers plain, an interval in two columns."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow([neutral(label) for label in labels(table)])
    writer.writerows([plain(cell) for cell in row] for row in cells(table))
    return text.getvalue().encode("utf-8-sig")


def labels(table: dict) -> list[str]:
    """The headings of the table as data: an interval has one for each end."""
    return [label for column in table["columns"] for label in column.get("ends", [column["label"]])]


def cells(table: dict) -> list[list[str]]:
    """The rows of the table as data: an interval "9.7 to 14.9" becomes its two ends, a symbol stands for both."""
    return [
        [
            part
            for column, cell in zip(table["columns"], row, strict=True)
            for part in (_ends(cell) if "ends" in column else [cell])
        ]
        for row in table["rows"]
    ]


def plain(cell: str) -> str:
    """A cell as CSV holds it: "1,205" as 1205, a true minus as "-", and text that a spreadsheet would run made harmless."""
    return cell.replace(",", "").replace("−", "-") if NUMBER.match(cell) else neutral(cell)


def neutral(cell: str) -> str:
    """Text that begins like a formula, behind an apostrophe, so that a spreadsheet shows it instead of running it."""
    return "'" + cell if cell.lstrip(" ").startswith(FORMULA_STARTS) or cell.startswith(FORMULA_STARTS) else cell


def _ends(cell: str) -> list[str]:
    for words, ends in (
        (" to ", lambda parts: parts),
        (" or more", lambda parts: [parts[0], "[z]"]),
        (" or less", lambda parts: ["[z]", parts[0]]),
    ):
        if words in cell:
            return ends(cell.split(words))
    return [cell, cell]
