"""What a data set holds, as its meta says: filters, indicators, places and periods, by label and by the API's short ids."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from difflib import get_close_matches

import pandas as pd

from helpers.extracts.official import columns
from helpers.extracts.values import normalised
from helpers.wording import listing


@dataclass(frozen=True)
class Meta:
    """One version of a data set, described by five tables.

    `filters`: filter, column, option, option_id, filter_id. `indicators`: label, column, unit, decimal_places, id. `levels`:
    label, code. `places`: name, code, old_code, level, id. `periods`: label, period, code.
    """

    data_set: str
    version: str
    filters: pd.DataFrame
    indicators: pd.DataFrame
    levels: pd.DataFrame
    places: pd.DataFrame
    periods: pd.DataFrame

    @classmethod
    def of(cls, data_set: str, version: str, answer: dict) -> "Meta":
        """From the API's own answer."""
        return cls(
            data_set,
            version,
            filters=_table("filter column option option_id filter_id",
                [[told["label"], told["column"], option["label"], option["id"], told["id"]]
                 for told in answer["filters"] for option in told["options"]]),
            indicators=_table("label column unit decimal_places id",
                [[told["label"], told["column"], told.get("unit") or "", told.get("decimalPlaces"), told["id"]]
                 for told in answer["indicators"]]),
            levels=_table("label code", [[level.get("label", level["code"]), level["code"]]
                                         for level in answer["geographicLevels"]]),
            places=_table("name code old_code level id",
                [_place(group["level"]["code"], option) for group in answer["locations"] for option in group["options"]]),
            periods=_table("label period code",
                [[when["label"], when["period"], when["code"]] for when in answer["timePeriods"]]),
        )  # fmt: skip

    def where(
        self,
        *,
        filters: dict[str, str | Iterable[str]] | None = None,
        levels: Iterable[str] = (),
        places: Iterable[str] = (),
        periods: Iterable[str] = (),
    ) -> dict:
        """Criteria for `Client.query`, by labels: all of them must hold, and of each, one of the values.

        `filters` maps a filter's label or column to its options' labels; `places` are names, codes or old codes at any level;
        a place takes in the smaller ones inside it, so name `levels` too. The answer is the API's own form, to combine under
        "and", "or" and "not". Raises LookupError naming everything that the data set lacks.
        """
        missing: list[str] = []
        parts = []
        for name, wanted in (filters or {}).items():
            own = self.filters[_matches(self.filters[["filter", "column"]], name)]
            if own.empty:
                missing.append(_lacking("filter", name, self.filters["filter"]))
                continue
            found = _found(own, ["option"], wanted, f"option of {name}", missing)
            parts.append({"filters": {"in": found["option_id"].tolist()}})
        if levels:
            found = _found(self.levels, ["label", "code"], levels, "geographic level", missing)
            parts.append({"geographicLevels": {"in": found["code"].tolist()}})
        if places:
            found = _found(self.places, ["name", "code", "old_code"], places, "place", missing)
            parts.append({"locations": {"in": found[["level", "id"]].to_dict("records")}})
        if periods:
            found = _found(self.periods, ["label", "period"], periods, "period", missing)
            parts.append({"timePeriods": {"in": found[["period", "code"]].to_dict("records")}})
        if missing:
            raise LookupError("; ".join(missing))
        return parts[0] if len(parts) == 1 else {"and": parts} if parts else {}

    def indicators_called(self, names: Iterable[str]) -> pd.DataFrame:
        """The indicators with these labels or columns, all of them where none is named; LookupError for one that is not here."""
        missing: list[str] = []
        found = _found(self.indicators, ["label", "column"], names, "indicator", missing) if names else self.indicators
        if missing:
            raise LookupError("; ".join(missing))
        return found

    def labels(self) -> list[tuple[str, str]]:
        """Each filter's and indicator's label with its column."""
        own = self.filters[["filter", "column"]].drop_duplicates()
        return [*own.itertuples(index=False, name=None), *self.indicators[["label", "column"]].itertuples(index=False, name=None)]

    def usual_columns(self, header: list[str]) -> tuple[list[str], Callable[[list[str]], list[str]]]:
        """The columns that a CSV headed with labels has in the files, and what makes its rows rows of the files.

        Periods written as labels ("2023/24") become the files' own ("202324", "Academic year"). Raises ValueError where the
        time period or the geographic level has no column, or a label stands for two.
        """
        names = columns.named(header, self.labels())
        absent = [name for name in ("time_period", "geographic_level") if name not in names]
        if absent:
            raise ValueError(f"no column stands for {listing(absent)} among {listing(header)}")
        periods = {row.label: [columns.period(row.period), columns.IDENTIFIERS[row.code]] for row in self.periods.itertuples()}
        at = names.index("time_period")
        identified = "time_identifier" in names
        if len(periods) < len(self.periods) and not identified:
            raise ValueError("periods that cannot be told apart by their labels")

        def translate(row: list[str]) -> list[str]:
            written, identifier = periods.get(row[at], [row[at], ""])
            return [*row[:at], written, *([] if identified else [identifier]), *row[at + 1 :]]

        return [*names[: at + 1], *([] if identified else ["time_identifier"]), *names[at + 1 :]], translate

    def sorts(self) -> list[dict]:
        """Sorts that leave no two rows in doubt, so that pages neither overlap nor leave a row out."""
        fields = ["timePeriod", "geographicLevel", *(f"location|{level}" for level in self.places["level"].unique())]
        fields += [f"filter|{id}" for id in self.filters["filter_id"].unique()]
        return [{"field": field, "direction": "Asc"} for field in fields]


def _table(names: str, rows: list) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=names.split())


def _place(level: str, option: dict) -> list[str]:
    code, old_code = columns.CODES.get(level, ("code", "oldCode"))
    name = option.get("label") or option.get("name") or ""  # the schema says label, the service's own guide says name
    return [name, option.get(code) or "", option.get(old_code) or "", level, option["id"]]


def _matches(table: pd.DataFrame, wanted: str) -> pd.Series:
    exact = table.eq(wanted).any(axis=1)  # before capitals and signs are set aside: "18+" is not "18"
    return exact if exact.any() else table.map(normalised).eq(normalised(wanted)).any(axis=1)


def _found(table: pd.DataFrame, by: list[str], wanted: str | Iterable[str], what: str, missing: list[str]) -> pd.DataFrame:
    """The rows that any of `wanted` names; those that nothing matches are added to `missing`."""
    hits = pd.Series(False, index=table.index)
    for text in [wanted] if isinstance(wanted, str) else wanted:
        these = _matches(table[by], text)
        if not these.any():
            missing.append(_lacking(what, text, table[by[0]]))
        hits |= these
    return table[hits]


def _lacking(what: str, text: str, there: pd.Series) -> str:
    known = list(dict.fromkeys(there))
    near = get_close_matches(text, known, n=3, cutoff=0.5) or known[:3]
    return f"there is no {what} “{text}”" + (f"; the nearest: {listing(near)}" if near else "")
