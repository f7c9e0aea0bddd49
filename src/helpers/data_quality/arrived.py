"""What came in and whose it is: files, rows by year and locality, rows at fault and left out, questions it can answer."""

import pandas as pd

from helpers import wording
from helpers.measures import Measure, counts
from helpers.results import NotEnoughData
from helpers.tables import TABLES

SHOWN = ["numerator", "denominator", "ratio", "ci_low", "ci_high"]
NOTHING_CAME = "No extract was given to this run, so there are no records whose quality could be judged."


def require_records(extracts) -> None:
    """NotEnoughData, with the reason, where no extract became a table."""
    if not extracts.tables:
        raise NotEnoughData(extracts.why_none or NOTHING_CAME)


def source(extracts) -> str:
    about = extracts.about
    made_up = " (made-up records)" if about.made_up else ""
    return f"The extracts given to this run, {about.authority}{made_up}."


def whose(extracts) -> str:
    """Whose records these are, who says so, and of which period, in a sentence or two."""
    about = extracts.about
    if about.vouched:
        return (f"Nothing beside these extracts says whose records they are: whoever ran this vouched that they are "
                f"{about.authority}'s.")  # fmt: skip
    extracted = f", extracted {wording.day(about.extracted_on)}" if about.extracted_on else ""
    period = f" They are said to cover {' to '.join(map(wording.day, about.period))}." if about.period else ""
    return f"The file about.yml beside the extracts says that these are the records of {about.authority}{extracted}.{period}"


def rows_of(table: str, frame: pd.DataFrame) -> pd.DataFrame:
    """The rows of `table` with `day`, the day that dates each, and `locality`; missing where the table has no such column."""
    locality = next((column for column in frame if column.endswith("_locality") and column != "dept_locality"), None)
    day = TABLES[table].day
    return frame.assign(
        day=frame[day].dt.normalize() if day else pd.Series(pd.NaT, frame.index, dtype="datetime64[us]"),
        locality=frame[locality] if locality else pd.Series(pd.NA, frame.index, dtype="str"),
    )


def came_in(extracts) -> pd.DataFrame:
    """What was read as what, in words: layout, the table it supplied, in how many files."""
    sheets = pd.DataFrame(extracts.sheets, columns=["file", "sheet", "layout", "table", "rows", "not_used"])
    grouped = sheets.groupby(["layout", "table"], sort=False)["file"].nunique().reset_index()
    used = [layout in extracts.formats.get(table, ()) for layout, table in zip(grouped["layout"], grouped["table"], strict=True)]
    return pd.DataFrame({
        "layout": grouped["layout"].map(wording.sentence_case), "table": [TABLES[name].title for name in grouped["table"]],
        "files": [wording.count_of(count, "file") for count in grouped["file"]],
        "used": [
            "yes" if one else _why_unused(extracts, table, sheets.loc[sheets["layout"].eq(layout), "file"])
            for one, table, layout in zip(used, grouped["table"], grouped["layout"], strict=True)
        ],
    })  # fmt: skip


def _why_unused(extracts, table: str, files: pd.Series) -> str:
    """The fault that took the table away, or these files of it alone; else that a better source came too."""
    own = [fault.for_readers for fault in extracts.fatal if fault.table == table and fault.file in files.to_numpy()]
    return "no: " + (extracts.stopped(table) or next(iter(own), "another source of the same records is used instead"))


def answerable(extracts, asked: list) -> pd.DataFrame:
    """For each theme, in words, how many of its questions of records these extracts can answer and what the others lack."""
    rows = []
    for theme in dict.fromkeys(question.theme for question in asked):
        of_theme = [question for question in asked if question.theme == theme]
        lacking = dict.fromkeys(what for question in of_theme for what in question.lacking(extracts))
        can = sum(not question.lacking(extracts) for question in of_theme)
        rows.append({
            "theme": of_theme[0].title, "answers": f"{can} of {len(of_theme)}",
            "lacks": wording.listing(lacking) if lacking else "nothing",
        })  # fmt: skip
    return pd.DataFrame(rows)


def rows_by(extracts, by: str, *, period_start: str, period_end: str) -> Measure:
    """Rows of each dated table by "year" (to 31 March, and outside the period) or by "locality" (in the period)."""
    parts = []
    for name, frame in extracts.tables.items():
        dated = rows_of(name, frame).dropna(subset=["day"])
        inside = dated["day"].between(period_start, period_end)
        if by == "year":
            years = (dated["day"].dt.year + (dated["day"].dt.month > 3)).astype("str")
            value = years.where(inside, "outside the period")
        elif dated["locality"].notna().any():
            dated, value = dated[inside], dated.loc[inside, "locality"].fillna("no locality")
        else:
            continue
        parts.append(pd.DataFrame({"table": TABLES[name].title, by: value}))
    if not parts:
        raise NotEnoughData(f"No table that came says of which {by} its rows are.")
    found = pd.concat(parts, ignore_index=True)
    values = sorted(set(found[by]), key=lambda one: (one.startswith(("no ", "outside")), one))
    tables = list(dict.fromkeys(found["table"]))
    crossed = found.astype({"table": pd.CategoricalDtype(tables), by: pd.CategoricalDtype(values)})
    return counts(
        crossed, measure="rows of typed tables", by=["table", by], unit="rows", basis=extracts.basis, source=source(extracts),
        population="rows with a day" if by == "year" else "rows in the period",
    )  # fmt: skip


def rule_failures(extracts) -> Measure:
    """Rows at fault by table and by what is wrong with them."""
    found = pd.DataFrame(
        [{"table": TABLES[fault.table].title if fault.table in TABLES else "No table", "what is wrong": _rule(fault),
          "numerator": len(fault.rows)} for fault in extracts.faults if fault.rows]
    )  # fmt: skip
    if found.empty:
        found = pd.DataFrame([{"table": "All tables", "what is wrong": "No row breaks a rule that is checked", "numerator": 0}])
    data = found.groupby(["table", "what is wrong"], as_index=False)["numerator"].sum().sort_values("numerator", ascending=False)
    return Measure("rows at fault", "rows", data.reindex(columns=["table", "what is wrong", *SHOWN]), ("table", "what is wrong"),
                   "rows in the files given", extracts.basis, source(extracts))  # fmt: skip


def _rule(fault) -> str:
    return wording.sentence_case(fault.what) + (f" ({fault.header})" if fault.header else "")


def left_out(extracts) -> Measure:
    """Rows that were in the files and are in no table, by table and reason."""
    none = pd.DataFrame([{"table": "All tables", "reason": "no row was left out", "rows": 0}])
    titles = {name: table.title for name, table in TABLES.items()}
    data = none if extracts.left_out.empty else extracts.left_out.assign(table=extracts.left_out["table"].replace(titles))
    data = data.groupby(["table", "reason"], as_index=False)["rows"].sum().rename(columns={"rows": "numerator"})
    return Measure("rows left out", "rows", data.reindex(columns=["table", "reason", *SHOWN]), ("table", "reason"),
                   "rows in the files given", extracts.basis, source(extracts))  # fmt: skip
