"""A client of the Explore education statistics API, for a notebook and for `python run_all.py fetch`.

    ees = api.Client()
    ees.publications("children in need")                          the titles, each with its id
    ees.data_sets("Children in need")                             what the API holds of a publication
    meta = ees.meta(data_set)                                     filters, indicators, places and periods, by label
    ees.query(data_set, meta.where(places=["Dorset"]))            a row for each figure: number, or symbol
    ees.csv(data_set), ees.versions(data_set), ees.changes(data_set, "2.0")

A data set is known by the id in what `data_sets` returns. Everything else is asked and answered in labels. Every method raises
ServiceError (connection.py), which says what was asked, what the service said and what to do.
"""

import csv
import os
import re
import tempfile
import time
import warnings
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pandas as pd

from helpers.extracts.official import columns, symbols
from helpers.extracts.official.connection import ADDRESS, TRY_LATER, Connection, Incomplete, NotThere, as_agreed
from helpers.extracts.official.meta import Meta
from helpers.extracts.values import normalised
from helpers.wording import listing, number

PAGE = {"publications": 40, "data-sets": 20, "versions": 20, "query": 1000}  # results a page: the most allowed, save of a query
SHORTEST_SEARCH = 3
USUAL = {"time_period", "time_identifier", "geographic_level"}  # columns that every file of the department's has
ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)


class Client:
    """The public API at `address`; no key is needed. `pause(seconds)` waits between attempts."""

    def __init__(self, address: str = ADDRESS, *, pause: Callable[[float], None] = time.sleep):
        self.connection = Connection(address, pause)

    def __enter__(self) -> "Client":
        return self

    def __exit__(self, *_) -> None:
        self.connection.close()

    def publications(self, search: str = "") -> pd.DataFrame:
        """Publications that the API holds data of: id, title, slug, summary, last_published; `search` has 3 letters or more."""
        if search and len(search) < SHORTEST_SEARCH:
            raise ValueError(f"A search needs {SHORTEST_SEARCH} letters or more, and “{search}” has {len(search)}.")
        asked = f"publications about “{search}”" if search else "publications"
        found = self._all_pages(asked, "publications", PAGE["publications"], {"search": search or None})
        return _table(found, id="id", title="title", slug="slug", summary="summary", last_published="lastPublished")

    def data_sets(self, publication: str) -> pd.DataFrame:
        """Data sets of a publication, by its title or id, a row for each, with what its latest version holds.

        `status` is Published, Deprecated (`superseded_by` has the id of the next) or Withdrawn. Raises NotThere where no
        publication has that title, naming those that are near.
        """
        id = publication if ID.fullmatch(publication) else self._publication(publication)
        found = self._all_pages(f"data sets of {publication}", f"publications/{id}/data-sets", PAGE["data-sets"])
        return pd.DataFrame([_summary(data_set) for data_set in found], columns=list(_summary({})))

    def data_set(self, data_set: str) -> dict:
        """What `data_sets` says of a data set, by its id alone."""
        return _summary(self.connection.json(f"data set {data_set}", f"data-sets/{data_set}", ("id", "title", "status")))

    def meta(self, data_set: str, version: str | None = None) -> Meta:
        """What a version of the data set holds; the latest without `version`, which may be like 1.1, 2.* or *."""
        version = version or self._latest(data_set)
        asked = f"description of data set {data_set}, version {version}"
        holding = ("filters", "indicators", "geographicLevels", "locations", "timePeriods")
        answer = self.connection.json(asked, f"data-sets/{data_set}/meta", holding, params={"dataSetVersion": version})
        with as_agreed(asked):
            return Meta.of(data_set, version, answer)

    def query(
        self, data_set: str, criteria: dict | None = None, *, indicators: Iterable[str] = (), version: str | None = None
    ) -> pd.DataFrame:
        """A row for each figure that meets `criteria` (of `Meta.where`, or in the API's own form), all of them without.

        After the columns of the data set's CSV for time, place and filters: indicator (its label), unit, value (a number, or
        missing), symbol (why it is missing: symbols.MEANINGS) and written (as the service wrote it). A question that nothing
        meets gives no rows and a warning in the service's words.
        """
        meta = self.meta(data_set, version)
        wanted = meta.indicators_called(indicators).set_index("column")
        wide = self.rows(meta, criteria, indicators)
        figures = wide.melt([name for name in wide if name not in wanted.index], var_name="column", value_name="written")
        figures["indicator"] = figures["column"].map(wanted["label"])
        figures["unit"] = figures["column"].map(wanted["unit"])
        figures = figures.join(symbols.typed(figures["written"]))
        facets = [name for name in wide if name not in wanted.index]
        return figures[[*facets, "indicator", "unit", "value", "symbol", "written"]]

    def rows(self, meta: Meta, criteria: dict | None = None, indicators: Iterable[str] = ()) -> pd.DataFrame:
        """The rows of the data set's CSV that meet `criteria`, under its usual columns, every cell as text."""
        asked, wanted = f"query of data set {meta.data_set}, version {meta.version}", meta.indicators_called(indicators)
        body = {"indicators": wanted["id"].tolist(), "sorts": meta.sorts()} | ({"criteria": criteria} if criteria else {})
        path, version = f"data-sets/{meta.data_set}/query", {"dataSetVersion": meta.version}
        found = self._all_pages(asked, path, PAGE["query"], version, body)
        try:
            return _labelled(found, meta, wanted)
        except KeyError as unknown:
            said = f"the service answers with {unknown}, which the data set's own description lacks."
            raise Incomplete(asked, said, "It may have changed in between: ask again.") from None

    def columns(self, data_set: str, *, version: str | None = None) -> list[str]:
        """The columns of the data set's CSV, under their usual names; nothing but its first line is fetched."""
        version = version or self._latest(data_set)
        asked = f"columns of data set {data_set}, version {version}"
        line = self.connection.first_line(asked, f"data-sets/{data_set}/csv", params={"dataSetVersion": version})
        header = next(csv.reader([line]), [])
        try:
            return header if set(header) >= USUAL else self.meta(data_set, version).usual_columns(header)[0]
        except ValueError as fault:
            raise Incomplete(asked, f"what came is no data set: {fault}.", TRY_LATER) from fault

    def csv(self, data_set: str, *, version: str | None = None) -> pd.DataFrame:
        """The whole data set as its CSV has it, under its usual columns, every cell as text."""
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / "whole.csv"
            self.download(data_set, file, version=version)
            return pd.read_csv(file, dtype="str", keep_default_na=False)

    def download(
        self, data_set: str, file: Path, *, version: str | None = None, hear: Callable[[int], Any] = lambda _: None
    ) -> None:
        """The whole data set in `file`, an ordinary CSV; replaced only when everything has come. `hear` is told the bytes so far.

        Where the service heads columns with labels, they become the data set's own column names again. Raises Incomplete where
        there are fewer rows than the service promises.
        """
        version = version or self._latest(data_set)
        asked = f"file of data set {data_set}, version {version}"
        promised = self.connection.json(asked, f"data-sets/{data_set}/versions/{version}", ("totalResults",))["totalResults"]
        with tempfile.TemporaryDirectory(dir=file.parent, prefix=".fetching-") as folder:
            came, ready = Path(folder) / "came.csv", Path(folder) / "ready.csv"
            self.connection.download(asked, f"data-sets/{data_set}/csv", came, params={"dataSetVersion": version}, hear=hear)
            try:
                rows = _with_usual_columns(came, ready, lambda: self.meta(data_set, version))
            except (ValueError, csv.Error) as fault:
                raise Incomplete(asked, f"what came is no whole data set: {fault}.", TRY_LATER) from fault
            if rows < promised:
                said = f"{number(rows)} rows came, and the service promises {number(promised)}."
                raise Incomplete(asked, said, TRY_LATER)
            os.replace(ready, file)

    def versions(self, data_set: str) -> pd.DataFrame:
        """Every version, latest first, with its type (Major, Minor, Patch), status, dates, release, rows and notes."""
        found = self._all_pages(f"versions of data set {data_set}", f"data-sets/{data_set}/versions", PAGE["versions"])
        table = _table(found, version="version", type="type", status="status", published="published", withdrawn="withdrawn",
                       rows="totalResults", notes="notes")  # fmt: skip
        return table.assign(release=[(version.get("release") or {}).get("title", "") for version in found])

    def changes(self, data_set: str, version: str, *, patches: bool = False) -> pd.DataFrame:
        """What a version changed: version, kind (major, minor), what, of (its filter or level), change, before, after.

        Major changes break what was asked of the version before: a filter, an option, a place or an indicator is gone.
        With `patches`, those of its corrections too.
        """
        asked = f"changes of data set {data_set}, version {version}"
        params = {"includePatchHistory": "true" if patches else None}
        holding = ("versionNumber", "majorChanges", "minorChanges")
        answer = self.connection.json(asked, f"data-sets/{data_set}/versions/{version}/changes", holding, params=params)
        rows = [
            {"version": told["versionNumber"], "kind": kind, "what": what, **change}
            for told in [answer, *(answer.get("patchHistory") or [])]
            for kind in ("major", "minor")
            for what, listed in told[f"{kind}Changes"].items()
            for change in _changes(listed or [])
        ]
        return pd.DataFrame(rows, columns=["version", "kind", "what", "of", "change", "before", "after"])

    def _publication(self, title: str) -> str:
        """The id of the publication with this title."""
        found = self.publications(title)
        same = found[found["title"].map(normalised) == normalised(title)]
        if len(same) != 1:
            near = f"It has {listing(found['title'].head(5))}." if len(found) else "Nothing is near it."
            raise NotThere(f"publication “{title}”", "the API has no publication of exactly that title.", near)
        return same["id"].iloc[0]

    def _latest(self, data_set: str) -> str:
        """The latest version that is published: named in every further question, so that all are about the same figures."""
        summary = self.data_set(data_set)
        if not summary["version"]:
            raise NotThere(f"data set {data_set}", f"it has no version that stands ({summary['status']}).", "Look for another.")
        return summary["version"]

    def _all_pages(self, asked: str, path: str, size: int, params: dict | None = None, body: dict | None = None) -> list[dict]:
        """The results of every page; raises Incomplete where they are not as many as the service said."""
        results: list[dict] = []
        page, pages = 1, 1
        while page <= pages:
            of_page = {"page": page, "pageSize": size}
            answer = self.connection.json(
                f"{asked}, page {page} of {pages}" if page > 1 else asked, path, ("paging", "results"),
                params=params if body else {**(params or {}), **of_page}, body={**body, **of_page} if body else None,
            )  # fmt: skip
            with as_agreed(asked):
                for warning in answer.get("warnings") or []:
                    warnings.warn(f"{asked}: {warning['message']} ({warning['code']})", stacklevel=3)
                results += answer["results"]
                pages, total, page = answer["paging"]["totalPages"], answer["paging"]["totalResults"], page + 1
        if len(results) != total:
            said = f"{number(len(results))} results came, and the service counts {number(total)}."
            raise Incomplete(asked, said, "A page was lost, or the figures changed in between: ask again.")
        return results


def _table(found: list[dict], **names: str) -> pd.DataFrame:
    return pd.DataFrame({name: [one.get(key) for one in found] for name, key in names.items()}, columns=list(names))


def _summary(told: dict) -> dict:
    """A data set and its latest version as one row; a withdrawn one has no version."""
    latest = told.get("latestVersion") or {}
    periods = latest.get("timePeriods") or {}
    return {
        **{name: told.get(name) or "" for name in ("id", "title", "status", "summary")},
        "superseded_by": told.get("supersedingDataSetId") or "",
        "version": latest.get("version") or "",
        "published": latest.get("published") or "",
        "rows": latest.get("totalResults") or 0,
        "first_period": periods.get("start") or "",
        "last_period": periods.get("end") or "",
        **{name: latest.get(key) or [] for name, key in
           {"levels": "geographicLevels", "filters": "filters", "indicators": "indicators"}.items()},
    }  # fmt: skip


def _labelled(found: list[dict], meta: Meta, wanted: pd.DataFrame) -> pd.DataFrame:
    """Results with ids as rows with labels, under the columns of the data set's CSV; KeyError for an id that `meta` lacks."""
    levels = dict(zip(meta.levels["code"], meta.levels["label"], strict=True))
    places = {(place.level, place.id): place for place in meta.places.itertuples()}
    filters = dict(zip(meta.filters["filter_id"], meta.filters["column"], strict=True))
    options = {(option.filter_id, option.option_id): option.option for option in meta.filters.itertuples()}
    indicators = dict(zip(wanted["id"], wanted["column"], strict=True))
    own_places = [name for level in meta.places["level"].unique() for name in columns.place_columns(level) if name]
    names = ["time_period", "time_identifier", "geographic_level", *own_places, *filters.values(), *indicators.values()]
    rows = []
    for result in found:
        when = result["timePeriod"]
        row = {"time_period": columns.period(when["period"]), "time_identifier": columns.IDENTIFIERS[when["code"]],
               "geographic_level": levels[result["geographicLevel"]]}  # fmt: skip
        for level, id in result["locations"].items():
            place = places[level, id]
            row |= dict(zip(columns.place_columns(level), (place.code, place.name, place.old_code), strict=True))
        row |= {filters[filter_id]: options[filter_id, option_id] for filter_id, option_id in result["filters"].items()}
        row |= {indicators[id]: value for id, value in result["values"].items()}
        rows.append(row)
    return pd.DataFrame(rows, columns=list(dict.fromkeys(names)), dtype="str").fillna("")


def _with_usual_columns(came: Path, ready: Path, meta: Callable[[], Meta]) -> int:
    """Copies a CSV under the files' own columns; the count of its rows. ValueError where it is no whole data set."""
    with came.open(encoding="utf-8-sig", newline="") as source, ready.open("w", encoding="utf-8", newline="") as target:
        read, write = csv.reader(source, strict=True), csv.writer(target, lineterminator="\n")
        header = next(read, [])
        names, translate = header, lambda row: row
        if not set(header) >= USUAL:
            names, translate = meta().usual_columns(header)
        write.writerow(names)
        rows = 0
        for row in filter(None, read):
            rows += 1
            if len(row) != len(header):
                raise ValueError(f"row {rows} has {len(row)} cells, and the header {len(header)}")
            write.writerow(translate(row))
    return rows


def _changes(listed: list[dict], of: str = "") -> Iterable[dict]:
    """Each change as one row; those of a filter's options and of a level's places name it in `of`."""
    for change in listed:
        if "options" in change:
            yield from _changes(change["options"], _label(change.get("filter") or change.get("level")))
            continue
        before, after = _label(change.get("previousState")), _label(change.get("currentState"))
        yield {"of": of, "change": "changed" if before and after else "removed" if before else "added",
               "before": before, "after": after}  # fmt: skip


def _label(state: dict | None) -> str:
    """The label of a filter, option, indicator, place, level or period, with the code that tells it from another."""
    if not state:
        return ""
    told = state.get("level") or state
    label = told.get("label") or told.get("code") or ""
    code = state.get("oldCode") or state.get("column") or (state.get("code") if "period" not in state else "")
    return f"{label} ({code})" if code and code != label else label
