"""Requests to the Explore education statistics API: patient where it is busy, and plain about what went wrong."""

import datetime
import gzip
import json
import random
import shutil
import time
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any

import httpx

ADDRESS = "https://api.education.gov.uk/statistics/v1"
ATTEMPTS = 5
FIRST_WAIT, LONGEST_WAIT = 1.0, 60.0  # seconds between attempts
BUSY = {429, 500, 502, 503, 504}
TIMEOUT = httpx.Timeout(60, connect=10)  # seconds
GZIP, ANY_HEADER = b"\x1f\x8b", 47  # how gzip begins; zlib's word for reading its header
TRY_LATER = "Try again later: what is here already stands."
CHECK_NETWORK = "check the network or, behind a proxy, HTTPS_PROXY and SSL_CERT_FILE; what is here already stands."


class ServiceError(Exception):
    """The service did not give what was asked: what was asked, what it said and what to do, in a person's words."""

    def __init__(self, asked: str, said: str, to_do: str):
        super().__init__(f"{asked}: {said} {to_do}")


class NotReached(ServiceError):
    """No network, or something between here and the service answered in its place."""


class NotUnderstood(ServiceError):
    """The service refused the question (400); `errors` is its own list: [{"message", "code", "path", "detail"}]."""

    def __init__(self, asked: str, said: str, to_do: str, errors: list[dict]):
        super().__init__(asked, said, to_do)
        self.errors = errors


class NotThere(ServiceError):
    """Nothing of that name is published (404), or no longer (403: withdrawn)."""


class TooBusy(ServiceError):
    """The service was busy or failing (429, 5xx), and still was after every attempt."""


class Incomplete(ServiceError):
    """An answer broke off, or does not hold as much as the service said it would, after every attempt."""


class Connection:
    """Requests to one address, tried again where the service is busy or an answer breaks off.

    `pause(seconds)` waits between attempts: twice as long each time, by chance a little less, so that many clients do not come
    back together; as long as `Retry-After` says where the service says it.
    """

    def __init__(self, address: str = ADDRESS, pause: Callable[[float], None] = time.sleep):
        self.address, self.pause = address.rstrip("/"), pause
        self.answered = False  # whether this address has ever answered: if never, a second attempt is enough
        headers = {"Accept-Encoding": "gzip", "User-Agent": "childrens-services-evaluation"}
        self.http = httpx.Client(timeout=TIMEOUT, headers=headers, follow_redirects=True)

    def close(self) -> None:
        self.http.close()

    def json(self, asked: str, path: str, holding: tuple[str, ...], *, params: dict | None = None, body=None) -> dict:
        """The JSON object at `path`, by POST where there is a `body`; `asked` names the question in errors.

        Raises ServiceError where the answer lacks a key of `holding`."""
        answer = self._send(asked, path, lambda response: json.loads(response.read()), "json", params=params, body=body)
        missing = [key for key in holding if not isinstance(answer, dict) or key not in answer]
        if missing:
            raise _changed(asked, f"the answer has no {' and no '.join(missing)}")
        return answer

    def first_line(self, asked: str, path: str, *, params: dict) -> str:
        """The first line of the CSV at `path`, without waiting for the rest."""

        def receive(response: httpx.Response) -> str:
            began = b""
            for chunk in response.iter_bytes():
                began += chunk
                text = zlib.decompressobj(ANY_HEADER).decompress(began) if began.startswith(GZIP) else began
                if b"\n" in text:
                    break
            return text.partition(b"\n")[0].decode("utf-8-sig").rstrip("\r") if began else ""

        return self._send(asked, path, receive, "csv", params=params)

    def download(self, asked: str, path: str, file: Path, *, params: dict, hear: Callable[[int], Any] = lambda _: None) -> None:
        """The CSV at `path`, whole and unpacked, in `file`; `hear` is told how many bytes have come."""
        packed = file.with_name(f"{file.name}.packed")

        def receive(response: httpx.Response) -> None:
            with packed.open("wb") as stream:
                for chunk in response.iter_raw():
                    stream.write(chunk)
                    hear(response.num_bytes_downloaded)
            with packed.open("rb") as stream:
                is_packed = stream.read(2) == GZIP  # whatever the headers say
            # Only unpacking shows that a compressed answer without a length is whole.
            with gzip.open(packed) if is_packed else packed.open("rb") as stream, file.open("wb") as target:
                shutil.copyfileobj(stream, target)

        try:
            self._send(asked, path, receive, "csv", params=params)
        finally:
            packed.unlink(missing_ok=True)

    def _send(self, asked: str, path: str, receive: Callable, kind: str, *, params=None, body=None) -> Any:
        params = {name: value for name, value in (params or {}).items() if value is not None}
        request = {"method": "POST" if body else "GET", "url": f"{self.address}/{path}", "params": params, "json": body}
        for attempt in range(1, ATTEMPTS + 1):
            response = None
            try:
                with self.http.stream(**request) as response:
                    self.answered = True
                    if response.status_code == 200 and _is(kind, response):
                        return receive(response)
                    response.read()
            except (httpx.RequestError, EOFError, gzip.BadGzipFile, zlib.error, ValueError) as fault:
                last = attempt == (ATTEMPTS if self.answered else 2)
                if last and response is None:
                    raise _not_reached(asked, self.address, fault) from fault
                if last:
                    raise Incomplete(asked, f"the answer broke off ({_words(fault)}).", TRY_LATER) from fault
                self.pause(_wait(attempt))
                continue
            if response.status_code not in BUSY:
                raise _refusal(asked, response)
            wait = _wait(attempt, response.headers.get("Retry-After", ""))
            if attempt == ATTEMPTS or wait > LONGEST_WAIT + 1:
                raise _too_busy(asked, response, attempt, wait)
            self.pause(wait)


@contextmanager
def as_agreed(asked: str) -> Iterator[None]:
    """Raises ServiceError for an answer whose parts are not of the contract's form, where the block trips over one."""
    try:
        yield
    except (KeyError, TypeError, AttributeError) as unlike:
        raise _changed(asked, f"a part of the answer has another form ({_words(unlike)})") from unlike


def _changed(asked: str, said: str) -> ServiceError:
    return ServiceError(
        asked, f"{said}: the service has changed since this was written.", "Look for a newer version of this project."
    )


def _is(kind: str, response: httpx.Response) -> bool:
    """Whether an answer is of the kind asked for; a CSV may go by any name but those of a page or of JSON."""
    told = response.headers.get("Content-Type", "").lower()
    return "html" not in told and "json" not in told if kind == "csv" else kind in told


def _wait(attempt: int, retry_after: str = "") -> float:
    """Seconds until the next attempt; `retry_after` is a number of seconds or a date."""
    if retry_after.strip().isdigit():
        return int(retry_after) + random.random()
    if retry_after:
        try:
            until = parsedate_to_datetime(retry_after) - datetime.datetime.now(datetime.UTC)
            return max(0.0, until.total_seconds()) + random.random()
        except (ValueError, TypeError):
            pass  # unreadable: as though it were not there
    return min(LONGEST_WAIT, FIRST_WAIT * 2 ** (attempt - 1)) * random.uniform(0.5, 1)


def _not_reached(asked: str, address: str, fault: Exception) -> NotReached:
    host = httpx.URL(address).host
    return NotReached(asked, f"{host} could not be reached ({_words(fault)}):", CHECK_NETWORK)


def _words(fault: Exception) -> str:
    return f"{type(fault).__name__}: {fault}".strip(": ")


def _too_busy(asked: str, response: httpx.Response, attempts: int, wait: float) -> TooBusy:
    status = response.status_code
    said = "too many requests" if status == 429 else "it took too long" if status == 504 else "it is failing"
    if wait > LONGEST_WAIT + 1:
        return TooBusy(asked, f"the service said “{said}” ({status}).", f"It asks to be left for {wait / 60:.0f} minutes.")
    return TooBusy(asked, f"after {attempts} attempts the service still said “{said}” ({status}).", TRY_LATER)


def _refusal(asked: str, response: httpx.Response) -> ServiceError:
    """The error for an answer that another attempt would not change."""
    status = response.status_code
    try:
        problem = response.json() if _is("json", response) else None
    except ValueError:
        problem = None
    if status == 200 or not isinstance(problem, dict):
        kind = response.headers.get("Content-Type", "").split(";")[0] or "no content type"
        said = f"something that is not the service answered in its place ({status}, {kind}), most likely a proxy or filter:"
        return NotReached(asked, said, CHECK_NETWORK)
    title = str(problem.get("title") or "no reason given").rstrip(".")
    if status == 400:
        errors = [error for error in problem.get("errors") or [] if isinstance(error, dict)]
        listed = "; ".join(_error(error) for error in errors) or title
        return NotUnderstood(asked, f"the service does not understand the question: {listed}.", "Put that right.", errors)
    if status == 404:
        return NotThere(asked, f"nothing of that name is published ({title}).", "Look it up by its publication's title.")
    if status == 403:
        return NotThere(asked, f"it may not be read ({title}): withdrawn, most likely.", "`versions` says which stand.")
    return NotUnderstood(asked, f"the service said “{title}” ({status}).", "Put that right.", [])


def _error(error: dict) -> str:
    """ "criteria.filters.eq: Must be one of … (InvalidValue; value: abc)"."""
    detail = error.get("detail")
    details = [f"{name}: {value}" for name, value in detail.items()] if isinstance(detail, dict) else [str(detail or "")]
    more = "; ".join(filter(None, [str(error.get("code") or ""), *details]))
    path, message = error.get("path") or "", str(error.get("message") or "").rstrip(".")
    return (f"{path}: " if path else "") + message + (f" ({more})" if more else "")
