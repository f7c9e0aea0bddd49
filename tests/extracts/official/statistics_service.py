"""A local service that answers as the Explore education statistics API's contract says, from small CSVs, and fails on demand."""

import base64
import csv
import gzip
import hashlib
import io
import json
import threading
import uuid
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

import api_contract

LEVELS = {"National": "NAT", "Regional": "REG", "Local authority": "LA", "School": "SCH"}
PLACES = {"NAT": ("country_code", "country_name"), "REG": ("region_code", "region_name"),
          "LA": ("new_la_code", "la_name"), "SCH": ("school_urn", "school_name")}  # fmt: skip
PERIODS = {"Academic year": "AY", "Reporting year": "RY", "Calendar year": "CY"}
PROBLEM = "https://tools.ietf.org/html/rfc9110#section-15.5"


def short_id(*parts: str) -> str:
    """Five letters and digits, like the API's own."""
    digest = base64.b64encode(hashlib.sha256("|".join(parts).encode()).digest()).decode()
    return "".join(letter for letter in digest if letter.isalnum())[:5]


def full_id(text: str) -> str:
    return str(uuid.uuid5(uuid.NAMESPACE_URL, text))


@dataclass
class Version:
    """One version of a data set: the text of its CSV and of its meta CSV."""

    number: str
    data: str
    meta: str
    status: str = "Published"
    changes: dict = field(default_factory=dict)
    csv_text: str = ""  # what the CSV endpoint sends where it is not `data`

    def __post_init__(self):
        self.rows = list(csv.DictReader(io.StringIO(self.data)))
        told = list(csv.DictReader(io.StringIO(self.meta)))
        self.filters = {row["col_name"]: row for row in told if row["col_type"] == "Filter"}
        self.indicators = {row["col_name"]: row for row in told if row["col_type"] == "Indicator"}

    def places(self, row):
        """Level -> (id, option) of a row's places."""
        found = {}
        for level, (code, name) in PLACES.items():
            if row.get(name):
                option = {"id": short_id(level, row[code], row[name]), "label": row[name]}
                option |= {"urn": row[code], "laEstab": row["school_laestab"]} if level == "SCH" else {"code": row[code]}
                option |= {"oldCode": row["old_la_code"]} if level == "LA" else {}
                found[level] = option
        return found

    def period(self, row):
        text = row["time_period"]
        return {"code": PERIODS[row["time_identifier"]], "period": text if len(text) == 4 else f"{text[:4]}/{text[:2]}{text[4:]}"}

    def option_id(self, column, label):
        return short_id("option", column, label)

    def described(self):
        places = {}
        for row in self.rows:
            for level, option in self.places(row).items():
                places.setdefault(level, {})[option["id"]] = option
        periods = {json.dumps(self.period(row)): self.period(row) for row in self.rows}
        label = {code: text for text, code in LEVELS.items()}
        return {
            "filters": [
                {"id": short_id("filter", column), "column": column, "label": told["label"], "hint": told["filter_hint"],
                 "options": [{"id": self.option_id(column, text), "label": text}
                             for text in dict.fromkeys(row[column] for row in self.rows if row[column])]}
                for column, told in self.filters.items()
            ],
            "indicators": [
                {"id": short_id("indicator", column), "column": column, "label": told["label"], "unit": told["indicator_unit"],
                 "decimalPlaces": int(told["indicator_dp"] or 0)}
                for column, told in self.indicators.items()
            ],
            "geographicLevels": [{"code": LEVELS[text], "label": text}
                                 for text in dict.fromkeys(row["geographic_level"] for row in self.rows)],
            "locations": [{"level": {"code": level, "label": label[level]}, "options": list(options.values())}
                          for level, options in places.items()],
            "timePeriods": [{**when, "label": when["period"].replace("/20", "/")} for when in periods.values()],
        }  # fmt: skip

    def summary(self):
        told = self.described()
        periods = sorted(when["label"] for when in told["timePeriods"])
        return {
            "version": self.number, "published": "2026-03-01T09:30:00+00:00", "totalResults": len(self.rows),
            "file": {"id": full_id(self.number)}, "timePeriods": {"start": periods[0], "end": periods[-1]},
            "geographicLevels": [level["label"] for level in told["geographicLevels"]],
            "filters": [one["label"] for one in told["filters"]], "indicators": [one["label"] for one in told["indicators"]],
        }  # fmt: skip

    def listed(self):
        kind = "Patch" if self.number.count(".") == 2 else "Major" if self.number.endswith(".0") else "Minor"
        gone = {"withdrawn": "2026-06-01T12:00:00+00:00"} if self.status == "Withdrawn" else {}
        release = {"title": "Spring 2026", "slug": "2026-spring"}
        return {**self.summary(), **gone, "type": kind, "status": self.status, "notes": "", "release": release}

    def result(self, row, indicators):
        places = self.places(row)
        return {
            "timePeriod": self.period(row),
            "geographicLevel": LEVELS[row["geographic_level"]],
            "locations": {level: option["id"] for level, option in places.items()},
            "filters": {short_id("filter", column): self.option_id(column, row[column])
                        for column in self.filters if row[column]},
            "values": {short_id("indicator", column): row[column] for column in self.indicators
                       if short_id("indicator", column) in indicators},
        }  # fmt: skip

    def meets(self, row, criteria):
        if "and" in criteria:
            return all(self.meets(row, part) for part in criteria["and"])
        if "or" in criteria:
            return any(self.meets(row, part) for part in criteria["or"])
        if "not" in criteria:
            return not self.meets(row, criteria["not"])
        result = self.result(row, ())
        when = result["timePeriod"]
        own = {
            "filters": list(result["filters"].values()),
            "geographicLevels": [result["geographicLevel"]],
            "timePeriods": [when],
            "locations": [{"level": level, **{key: option[key] for key in keys}}
                          for level, option in self.places(row).items()
                          for keys in (["id"], ["code"], ["oldCode"]) if keys[0] in option],
        }  # fmt: skip
        later = {"gt": lambda a, b: a > b, "gte": lambda a, b: a >= b, "lt": lambda a, b: a < b, "lte": lambda a, b: a <= b}
        for facet, comparators in criteria.items():
            for how, wanted in comparators.items():
                if how in later:
                    holds = when["code"] == wanted["code"] and later[how](when["period"], wanted["period"])
                else:
                    among = any(one in own[facet] for one in (wanted if isinstance(wanted, list) else [wanted]))
                    holds = among == (how in ("eq", "in"))
                if not holds:
                    return False
        return True


@dataclass
class DataSet:
    """A data set of a publication, its versions latest first."""

    title: str
    versions: list[Version]
    status: str = "Published"
    superseded_by: str = ""

    @property
    def id(self):
        return full_id(self.title)

    def summary(self):
        standing = [version for version in self.versions if version.status == "Published"]
        more = {"supersedingDataSetId": self.superseded_by} if self.superseded_by else {}
        more |= {"latestVersion": standing[0].summary()} if standing and self.status != "Withdrawn" else {}
        return {"id": self.id, "title": self.title, "summary": f"About {self.title}.", "status": self.status, **more}


@dataclass
class Answer:
    """What to answer instead; `cut` sends that many bytes fewer than promised, `length` says whether a length is promised.

    With `hold`, no answer at all: the connection ends once that event has come."""

    status: int = 200
    body: bytes = b""
    kind: str = "application/json"
    headers: dict = field(default_factory=dict)
    cut: int = 0
    length: bool = True
    hold: threading.Event | None = None


class Service:
    """Publications (title -> data sets) behind a local address; `breaches` are answers off the contract."""

    def __init__(self, publications, document=None):
        self.publications, self.document = publications, document
        self.asked, self.breaches, self.faults = [], [], []

    def fail(self, where, *answers):
        """The next requests whose line or body holds `where` get these answers, one each."""
        self.faults += [(where, answer) for answer in answers]

    def answer(self, method, target, body):
        url = urlsplit(target)
        query = {name: values[-1] for name, values in parse_qs(url.query).items()}
        parts = url.path.strip("/").split("/")[1:]
        line = f"{method} {target} {json.dumps(body) if body else ''}"
        self.asked.append(line)
        for number, (where, answer) in enumerate(self.faults):
            if where in line:
                del self.faults[number]
                return answer
        match (method, parts):
            case ("GET", ["publications"]):
                if len(query.get("search", "abc")) < 3:
                    return self.invalid("Must be at least 3 characters.", "MinimumLength", "search")
                told = [publication(title) for title in self.publications if query.get("search", "").lower() in title.lower()]
                return self.page(told, query, 20, 40, "PublicationPaginatedListViewModel")
            case ("GET", ["publications", id, "data-sets"]):
                sets = [sets for title, sets in self.publications.items() if full_id(title) == id]
                if not sets:
                    return self.absent()
                return self.page([one.summary() for one in sets[0]], query, 10, 20, "DataSetPaginatedListViewModel")
        data_set = next((one for sets in self.publications.values() for one in sets if one.id == parts[1]), None)
        if data_set is None:
            return self.absent()
        match (method, parts[2:]):
            case ("GET", []):
                return self.json(data_set.summary(), "DataSetViewModel")
            case ("GET", ["versions"]):
                told = [version.listed() for version in data_set.versions]
                return self.page(told, query, 10, 20, "DataSetVersionPaginatedListViewModel")
            case ("GET", ["versions", number, *rest]):
                wanted = number
            case _:
                wanted, rest = query.get("dataSetVersion", data_set.versions[0].number), parts[2:]
        version = next((one for one in data_set.versions if one.number == wanted), None)
        if version is None:
            return self.absent()
        if version.status == "Withdrawn" or data_set.status == "Withdrawn":
            return self.problem(403, "Forbidden")
        match (method, rest):
            case ("GET", []):
                return self.json(version.listed(), "DataSetVersionViewModel")
            case ("GET", ["changes"]):
                none = {"versionNumber": wanted, "majorChanges": {}, "minorChanges": {}}
                return self.json({**none, **version.changes}, "DataSetVersionChangesViewModel")
            case ("GET", ["meta"]):
                return self.json(version.described(), "DataSetMetaViewModel")
            case ("GET", ["csv"]):
                return Answer(200, (version.csv_text or version.data).encode(), "text/csv")
            case ("POST", ["query"]):
                return self.query(version, body or {})
        return self.absent()

    def query(self, version, body):
        if self.document:
            self.breaches += api_contract.faults(body, "DataSetQueryRequest", self.document)
        ids = {short_id("indicator", column) for column in version.indicators}
        unknown = sorted(set(body.get("indicators") or []) - ids)
        if unknown:
            return self.invalid(
                "One or more indicators could not be found.", "IndicatorsNotFound", "indicators", {"items": unknown}
            )
        if not 1 <= body.get("pageSize", 1000) <= 10000:
            return self.invalid("Must be between 1 and 10000.", "InclusiveBetween", "pageSize")
        rows = [row for row in version.rows if version.meets(row, body.get("criteria") or {})]
        for sort in reversed(body.get("sorts") or [{"field": "timePeriod", "direction": "Desc"}]):
            rows.sort(key=lambda row: self.sort_key(version, row, sort["field"]), reverse=sort["direction"] == "Desc")
        told = [version.result(row, body.get("indicators") or ids) for row in rows]
        missing = {"message": "The query did not match any results.", "code": "QueryNoResults"}
        more = {"warnings": [] if told else [missing]}
        return self.page(told, body, 1000, 10000, "DataSetQueryPaginatedResultsViewModel", more)

    def sort_key(self, version, row, field):
        result = version.result(row, ())
        kind, _, id = field.partition("|")
        told = {"timePeriod": result["timePeriod"]["period"], "geographicLevel": result["geographicLevel"]}
        return told.get(kind) or result["locations" if kind == "location" else "filters"].get(id, "")

    def page(self, told, query, size, most, schema, more=None):
        page, size = int(query.get("page", 1)), int(query.get("pageSize", size))
        if size > most:
            return self.invalid(f"Must be between 1 and {most}.", "InclusiveBetween", "pageSize")
        paging = {"page": page, "pageSize": size, "totalResults": len(told), "totalPages": -(-len(told) // size)}
        return self.json({"paging": paging, "results": told[(page - 1) * size : page * size], **(more or {})}, schema)

    def json(self, told, schema, status=200):
        if self.document:
            self.breaches += api_contract.faults(told, schema, self.document)
        return Answer(status, json.dumps(told).encode(), "application/json" if status == 200 else "application/problem+json")

    def problem(self, status, title):
        return self.json({"type": PROBLEM, "title": title, "status": status}, "ProblemDetailsViewModel", status)

    def absent(self):
        return self.problem(404, "Not Found")

    def invalid(self, message, code, path, detail=None):
        error = {"message": message, "code": code, "path": path, "detail": detail}
        told = {"type": PROBLEM, "title": "One or more validation errors occurred.", "status": 400, "errors": [error]}
        return self.json(told, "ValidationProblemViewModel", 400)


def publication(title):
    slug = title.lower().replace(" ", "-")
    return {"id": full_id(title), "title": title, "slug": slug, "summary": f"About {title}.",
            "lastPublished": "2026-03-01T09:30:00+00:00"}  # fmt: skip


@contextmanager
def running(service):
    """The address of `service`, on this machine alone, for as long as the block lasts."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            length = int(self.headers.get("Content-Length") or 0)
            body = json.loads(self.rfile.read(length)) if length else None
            answer = service.answer(self.command, self.path, body)
            if answer.hold:
                answer.hold.wait(10)
                return
            sent = gzip.compress(answer.body) if "gzip" in self.headers.get("Accept-Encoding", "") else answer.body
            self.send_response(answer.status)
            for name, value in answer.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Type", answer.kind)
            self.send_header("Content-Encoding", "gzip")
            if answer.length:
                self.send_header("Content-Length", str(len(sent)))
            self.end_headers()
            self.wfile.write(sent[: len(sent) - answer.cut])

        do_POST = do_GET

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/v1"
    finally:
        server.shutdown()
        server.server_close()
