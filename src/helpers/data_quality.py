"""What came in and how far it can be trusted: coverage, completeness, steps in recording, what can be answered."""

import pandas as pd

from helpers import intervals, wording
from helpers.designs import step_change
from helpers.designs.multiplicity import benjamini_hochberg
from helpers.disclosure import Policy, control
from helpers.measures import Measure, counts
from helpers.results import NotEnoughData
from helpers.tables import TABLES

SMALLEST_RATIO = 1.25  # a step in volume below this, or above its inverse, is not worth a warning
SMALLEST_POINTS = 5  # nor a step in completeness of fewer percentage points
SIGNIFICANT = 0.05  # after allowing for how many series were searched
DUE = "due_"
LEAST_ROWS = 50  # a table with fewer rows has no completeness that could be shown
SHOWN = ["numerator", "denominator", "ratio", "ci_low", "ci_high"]
OWN = "data_quality"
WHILE_OPEN = "empty while"  # in the meaning of a column that has a value only once something has ended
NOTHING_CAME = "No extract was given to this run, so there are no records whose quality could be judged."


def require_records(extracts) -> None:
    """NotEnoughData, with the reason, where no extract became a table."""
    if not extracts.tables:
        raise NotEnoughData(extracts.why_none or NOTHING_CAME)


def _source(extracts) -> str:
    about = extracts.about
    made_up = " (made-up records)" if about.made_up else ""
    return f"The extracts given to this run, {about.authority}{made_up}."


def day_column(table: str) -> str:
    """The column that dates a row of `table`: the first required date; empty where a row has none."""
    dated = [column.name for column in TABLES[table].columns if column.required and column.type.startswith("date")]
    return dated[0] if dated else ""


def rows_of(table: str, frame: pd.DataFrame) -> pd.DataFrame:
    """The rows of `table` with `day`, the day that dates each, and `locality`; missing where the table has no such column."""
    locality = next((column for column in frame if column.endswith("_locality") and column != "dept_locality"), None)
    day = day_column(table)
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
        "used": ["yes" if one else _why_unused(extracts, table) for one, table in zip(used, grouped["table"], strict=True)],
    })  # fmt: skip


def _why_unused(extracts, table: str) -> str:
    return "no: " + (extracts.stopped(table) or "another source of the same records is used instead")


def answerable(extracts, asked: list) -> pd.DataFrame:
    """For each theme, in words, how many of its questions these extracts can answer and which tables the others lack."""
    rows = []
    for theme in dict.fromkeys(question.theme for question in asked if question.theme != OWN):
        of_theme = [question for question in asked if question.theme == theme]
        lacking = dict.fromkeys(table for question in of_theme for table in extracts.missing(question.tables))
        can = sum(not extracts.missing(question.tables) for question in of_theme)
        rows.append({
            "theme": of_theme[0].title, "answers": f"{can} of {len(of_theme)}",
            "lacks": wording.listing(TABLES[table].title.lower() for table in lacking) if lacking else "nothing",
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
        crossed, measure="rows of typed tables", by=["table", by], unit="rows", basis=extracts.basis, source=_source(extracts),
        population="rows with a day" if by == "year" else "rows in the period",
    )  # fmt: skip


def _due(table: str, frame: pd.DataFrame, column) -> pd.Series:
    """The rows in which `column` should have a value: all, but of what says why something ended those that have ended."""
    ends = next((one.name for one in TABLES[table].columns if one.type.startswith("date") and WHILE_OPEN in one.meaning), "")
    if WHILE_OPEN in column.meaning and ends and not column.type.startswith("date"):
        return frame[ends].notna()
    return pd.Series(True, frame.index)


def completeness(extracts) -> pd.DataFrame:
    """How many of the rows that should have a value in each column do: table, column, meaning, rows, filled, why not."""
    counted = [
        {"table": name, "column": column.name, "meaning": column.meaning, "rows": int(due.sum()),
         "filled": int(frame.loc[due, column.name].notna().sum()), "why": extracts.absent.get(name, {}).get(column.name, "")}
        for name, frame in extracts.tables.items() for column in TABLES[name].columns for due in [_due(name, frame, column)]
    ]  # fmt: skip
    return pd.DataFrame(counted, columns=["table", "column", "meaning", "rows", "filled", "why"])


def _empty_is_a_gap(column) -> bool:
    why_it_ended = WHILE_OPEN in column.meaning and not column.type.startswith("date")
    return why_it_ended or "empty" not in column.meaning


def judged(extracts) -> pd.DataFrame:
    """The columns whose emptiness is a gap: not those whose meaning says what an empty cell is, nor those always there."""
    every = completeness(extracts)
    definitions = [TABLES[table][column] for table, column in zip(every["table"], every["column"], strict=True)]
    optional = pd.Series([not one.required and _empty_is_a_gap(one) for one in definitions], every.index, dtype=bool)
    return every[optional & (every["rows"] >= LEAST_ROWS)].reset_index(drop=True)


def partly_filled(extracts) -> Measure:
    """The share of rows with a value, of each column that has one in some rows and not in others; the emptiest first."""
    every = judged(extracts)
    if every.empty:
        raise NotEnoughData(f"No table has {LEAST_ROWS} rows or more, so no share of filled rows could be shown.")
    found = every.query("0 < filled < rows")
    if found.empty:
        raise NotEnoughData("Every column that came is filled in every row or in none.")
    found = found.assign(table=found["table"].map(lambda name: TABLES[name].title), share=found["filled"] / found["rows"])
    interval = intervals.wilson(found["filled"], found["rows"]).times(100)
    data = found.assign(numerator=found["filled"], denominator=found["rows"], ratio=100 * found["share"],
                        ci_low=interval.low, ci_high=interval.high).sort_values("share").reset_index(drop=True)  # fmt: skip
    data = data.drop(columns="column")
    data = data.rename(columns={"meaning": "column"}).drop(columns="why")
    return Measure("rows with a value", "%", data[["table", "column", *SHOWN]], ("table", "column"), "rows of typed tables",
                   extracts.basis, _source(extracts), 100.0, "higher")  # fmt: skip


def never_filled(extracts) -> pd.DataFrame:
    """The columns without one value, in words: table, what it says, why."""
    found = judged(extracts).query("filled == 0")
    why = found["why"].where(found["why"] != "", "The layout has a place for it, and nothing is written there.")
    return pd.DataFrame({"table": [TABLES[name].title for name in found["table"]], "says": found["meaning"], "why": why})


def monthly(table: str, frame: pd.DataFrame, period_start: str, period_end: str) -> pd.DataFrame:
    """Rows of each month of the period that the table reaches; by column how many have a value and (`due_`) should have."""
    dated = rows_of(table, frame)
    dated = dated[dated["day"].between(period_start, period_end)]
    if dated.empty:
        return pd.DataFrame(columns=["rows"], dtype="int64")
    month = dated["day"].dt.to_period("M").dt.to_timestamp()
    months = pd.date_range(month.min(), month.max(), freq="MS")
    due = pd.DataFrame({column.name: _due(table, dated, column) for column in TABLES[table].columns})
    filled = (dated[due.columns].notna() & due).groupby(month).sum()
    of_due = due.groupby(month).sum().add_prefix(DUE)
    return filled.join(of_due).assign(rows=dated.groupby(month).size()).reindex(months, fill_value=0)


def volumes(extracts, *, period_start: str, period_end: str, most: int = 9) -> Measure:
    """Rows of each month by table: the `most` tables with most rows among those that reach two years of the period."""
    series = {
        TABLES[name].title: monthly(name, frame, period_start, period_end)["rows"] for name, frame in extracts.tables.items()
    }
    long_enough = {title: rows for title, rows in series.items() if len(rows) >= 24 and rows.mean() >= step_change.LEAST_A_MONTH}
    if not long_enough:
        raise NotEnoughData("No table has 24 months of records with five rows or more in an average month.")
    chosen = sorted(long_enough, key=lambda title: -long_enough[title].sum())[:most]
    data = pd.concat(
        [
            pd.DataFrame({"table": title, "period": long_enough[title].index, "numerator": long_enough[title].to_numpy()})
            for title in chosen
        ],
        ignore_index=True,
    )
    data = data.reindex(columns=["table", "period", *SHOWN])
    population = "rows in the period by month"
    return Measure("rows of typed tables", "rows", data, ("table", "period"), population, extracts.basis, _source(extracts))


def coverage(controlled) -> pd.DataFrame:
    """For each table of controlled monthly rows, in words: first and last month; in how many few rows or none are."""
    rows = []
    for title, part in controlled.data.groupby("table", sort=False):
        few, none = int(part["symbol"].eq("[c]").sum()), int(part["numerator"].eq(0).sum())
        rows.append({"table": title, "first": wording.month(part["period"].min()), "last": wording.month(part["period"].max()),
                     "few": _months(few), "none": _months(none)})  # fmt: skip
    return pd.DataFrame(rows)


def _months(count: int) -> str:
    return wording.count_of(count, "month") if count else "none"


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
                   "rows in the files given", extracts.basis, _source(extracts))  # fmt: skip


def _rule(fault) -> str:
    return wording.sentence_case(fault.what) + (f" ({fault.header})" if fault.header else "")


def left_out(extracts) -> Measure:
    """Rows that were in the files and are in no table, by table and reason."""
    none = pd.DataFrame([{"table": "All tables", "reason": "no row was left out", "rows": 0}])
    titles = {name: table.title for name, table in TABLES.items()}
    data = none if extracts.left_out.empty else extracts.left_out.assign(table=extracts.left_out["table"].replace(titles))
    data = data.groupby(["table", "reason"], as_index=False)["rows"].sum().rename(columns={"rows": "numerator"})
    return Measure("rows left out", "rows", data.reindex(columns=["table", "reason", *SHOWN]), ("table", "reason"),
                   "rows in the files given", extracts.basis, _source(extracts))  # fmt: skip


def steps(extracts, *, period_start: str, period_end: str) -> pd.DataFrame:
    """The best step of every series that can be searched: table, column (empty: volume), meaning, month, size, p, adjusted.

    `worth` is true where it is beyond chance, all series searched together, and large enough to move a result. Shares carry
    filled and rows before and after; volumes the interval of their ratio.
    """
    columns, found = judged(extracts), []
    for name, frame in extracts.tables.items():
        series = monthly(name, frame, period_start, period_end)
        if series.empty:
            continue
        found += _step(series, name, "", "rows recorded")
        for column, meaning in columns.loc[columns["table"] == name, ["column", "meaning"]].itertuples(index=False):
            found += _step(series, name, column, meaning)
    if not found:
        raise NotEnoughData("No table has enough rows in enough months to look for a step: 24 months, five rows a month.")
    found = pd.DataFrame(found)
    found["adjusted"] = benjamini_hochberg(found["p"])
    moved = 100 * (found["filled_after"] / found["rows_after"] - found["filled_before"] / found["rows_before"]).abs()
    small = (found["size"].between(1 / SMALLEST_RATIO, SMALLEST_RATIO) & (found["column"] == "")) | (moved < SMALLEST_POINTS)
    return found.assign(worth=(found["adjusted"] < SIGNIFICANT) & ~small).sort_values("p").reset_index(drop=True)


def _step(series: pd.DataFrame, table: str, column: str, meaning: str) -> list[dict]:
    """The best step of one series as a list of one row; of none where there is too little to search."""
    try:
        if column:
            filled, rows = series[column], series[DUE + column]
            step = step_change.in_shares(filled, rows, series.index)
        else:
            filled, rows = series["rows"] * float("nan"), series["rows"]
            step = step_change.in_counts(rows, series.index)
    except NotEnoughData:
        return []
    after = series.index >= step.month
    return [{"table": table, "column": column, "meaning": meaning, "month": step.month, "size": step.size, "ci_low": step.ci_low,
             "ci_high": step.ci_high, "p": step.p_value, "filled_before": filled[~after].sum(min_count=1),
             "filled_after": filled[after].sum(min_count=1), "rows_before": rows[~after].sum(),
             "rows_after": rows[after].sum()}]  # fmt: skip


def steps_found(found: pd.DataFrame, extracts, policy: Policy) -> pd.DataFrame:
    """The steps worth a warning, in words: table, what moved, first month at the new level, change; one row where there is none.

    Sizes of volumes are ratios with their intervals; shares before and after are controlled by `policy`.
    """
    kept = found[found["worth"]].reset_index(drop=True)
    if kept.empty:
        none = {"table": "None", "what": "none", "month": "none", "change": "none beyond chance and large enough"}
        return pd.DataFrame([none])
    change = [
        f"{wording.number(step.size, 2)} times as many a month (95% interval {wording.interval(step.ci_low, step.ci_high, 2)})"
        for step in kept.itertuples()
    ]
    shares = _shares_around(kept[kept["column"] != ""], extracts, policy)
    change = [shares.get(place, text) for place, text in enumerate(change)]
    return pd.DataFrame({"table": [TABLES[name].title for name in kept["table"]], "what": kept["meaning"],
                         "month": kept["month"].map(wording.month), "change": change})  # fmt: skip


def _shares_around(kept: pd.DataFrame, extracts, policy: Policy) -> dict[int, str]:
    """By place in the list, "from 62% to 97% of rows filled", controlled."""
    if kept.empty:
        return {}
    parts = [
        kept.rename_axis("place")
        .reset_index()[["place"]]
        .assign(when=when, numerator=kept[f"filled_{when}"].to_numpy(), denominator=kept[f"rows_{when}"].to_numpy())
        for when in ("before", "after")
    ]
    data = pd.concat(parts, ignore_index=True).reindex(columns=["place", "when", *SHOWN])
    measure = Measure("rows filled around a step", "%", data, ("place", "when"), "rows of typed tables in the period",
                      extracts.basis, _source(extracts), 100.0)  # fmt: skip
    shown = control(measure, policy).data
    texts = shown.assign(text=shown["ratio"].map(lambda share: "[c]" if pd.isna(share) else wording.amount(share, "%")))
    pairs = texts.pivot(index="place", columns="when", values="text")
    return {place: f"from {row['before']} to {row['after']} of rows filled" for place, row in pairs.iterrows()}


def marks(found: pd.DataFrame | None) -> dict[str, pd.Timestamp]:
    """Table title -> the month of its step in volume, for those worth a warning."""
    kept = found[found["worth"] & (found["column"] == "")] if found is not None else pd.DataFrame(columns=["table", "month"])
    return {TABLES[name].title: month for name, month in zip(kept["table"], kept["month"], strict=True)}


def whose(extracts) -> str:
    """Whose records these are, who says so, and of which period, in a sentence or two."""
    about = extracts.about
    if about.vouched:
        return (f"Nothing beside these extracts says whose records they are: whoever ran this vouched that they are "
                f"{about.authority}'s.")  # fmt: skip
    extracted = f", extracted {wording.day(about.extracted_on)}" if about.extracted_on else ""
    period = f" They are said to cover {' to '.join(map(wording.day, about.period))}." if about.period else ""
    return f"The file about.yml beside the extracts says that these are the records of {about.authority}{extracted}.{period}"


def headline(extracts, asked: list, found: pd.DataFrame | None) -> str:
    """The answer at the head of the page: what can be answered, what was stopped, and how many series moved in a step."""
    if not extracts.tables:
        return extracts.why_none or NOTHING_CAME
    others = [question for question in asked if question.theme != OWN]
    can = sum(not extracts.missing(question.tables) for question in others)
    stopped = wording.count_of(len(extracts.fatal), "fault")
    parts = [
        f"The extracts became {wording.count_of(len(extracts.tables), 'table')}, which can answer {can} of the {len(others)} "
        "questions that the themes ask.",
        f"{wording.sentence_case(stopped)} stopped a table." if extracts.fatal else "No fault stopped a table.",
    ]
    if found is not None:
        worth = int(found["worth"].sum())
        parts.append(
            f"Of {len(found)} monthly series, {wording.small(worth) if worth else 'none'} moved in a step that chance does not "
            + ("explain: a result across such a month may be a change in recording." if worth else "explain.")
        )
    return " ".join(parts)


def limits(extracts) -> list[tuple[str, str]]:
    """What no check of the records alone can tell, worst first, with the way each bends results."""
    if not extracts.tables:
        return [("Without extracts nothing of the records' quality is known.", "Unknown.")]
    return [
        ("What was never recorded leaves no trace: a contact that nobody wrote down is in no file.",
         "Counts are too low, most where recording was weakest."),
        ("A step shows that a series moved, not why: practice, need and recording look alike here.",
         "A change in recording may pass for a change in children's lives, and the other way round."),
        ("A value that is possible but wrong passes every rule.", "Either way."),
        ("A gradual change in recording is laid to the trend, and a step of less than a quarter in volume or five percentage "
         "points in completeness is not warned of.", "Slow drifts are missed."),
    ]  # fmt: skip


def volumes_title(found: pd.DataFrame) -> str:
    """Ten words or fewer on how the monthly rows move, chosen by the search."""
    moved = len(marks(found))
    if not moved:
        return "No table's monthly rows jump beyond chance"
    return f"The monthly rows of {wording.count_of(moved, 'table')} jump beyond chance"
