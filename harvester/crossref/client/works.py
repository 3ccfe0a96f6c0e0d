"""What Crossref holds, from its REST API: works, their versions, DOI prefixes and journals.

Requests are paced: as fast as Crossref says in its headers, and never faster. Versions come from the XML only: the JSON
does not have them.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from typing import Any, Literal
from urllib.parse import quote, urlencode

import msgspec
from lxml import etree
from msgspec import Struct

from harvester.crossref.client.verdicts import version_of
from harvester.errors import AgencyError, AgencyUnavailable
from harvester.identifiers import fold_doi
from harvester.system.http import Http, NoReply, Reply, checked_url
from harvester.system.stopping import Stop, never_stop, wait
from harvester.xmltools import UnsafeXml, local, parse

LIVE = "https://api.crossref.org"
RESOLVER = "https://doi.org"
ROWS = 200  # of 1,000 that are possible: works come with their references
# Of a work; what a drift or an import looks at.
SELECTED = (
    "DOI", "deposited", "created", "prefix", "member", "title", "original-title", "subtitle", "container-title", "ISSN",
    "volume", "issue", "page", "article-number", "author", "editor", "published-print", "published-online", "license",
    "abstract", "resource", "references-count", "reference",
)  # fmt: skip

_UNIXSD = "application/vnd.crossref.unixsd+xml"
_SECONDS = 120.0  # for one request; a list of 1,000 works takes some
_RETRIES = 4
_PAUSES = 2.0, 120.0  # seconds: the first pause without a Retry-After, and the longest

Pool = Literal["single", "list"]
_RATES: dict[Pool, float] = {"single": 10.0, "list": 3.0}  # requests in a second, if a request names its sender


class Held(Struct, frozen=True, kw_only=True):
    """A DOI as Crossref holds it. `version` is an integer of any length: 17 digits, or 19, 14, 12, 10."""

    doi: str
    version: int | None
    owner_prefix: str | None = None
    updated: datetime | None = None  # when Crossref last processed it
    record: bytes | None = None  # the `doi_record` element, as it was deposited


class Prefix(Struct, frozen=True, kw_only=True):
    """A DOI prefix of Crossref, and the member that has it."""

    prefix: str
    name: str
    member: str


class Reader:
    """Reads the REST API at a base URL. Raises `ConfigError` if this is not https, or http on this machine.

    Every method raises `AgencyUnavailable`, `AgencyError` and `Stopped`.
    """

    def __init__(
        self,
        http: Http,
        mailto: str,
        base: str = LIVE,
        *,
        resolver: str = RESOLVER,
        sleep: Callable[[float], None] = time.sleep,
        now: Callable[[], float] = time.monotonic,
        stop: Stop = never_stop,
    ) -> None:
        self._http = http
        self._mailto = mailto
        self._base = checked_url(base, "api_url of [crossref]")
        self._resolver = checked_url(resolver, "the resolver of DOIs")
        self._sleep, self._now, self._stop = sleep, now, stop
        self._intervals = {pool: 1 / rate for pool, rate in _RATES.items()}
        self._next: dict[Pool, float] = {"single": 0.0, "list": 0.0}

    def work(self, doi: str) -> dict[str, Any] | None:
        """The JSON of a work; `None` if Crossref has none, or has not indexed it yet."""
        return self._message(f"/works/{quote(doi, safe='')}")

    def held(self, doi: str) -> Held | None:
        """The version and the XML of a DOI; `None` if Crossref has none, or has not indexed it yet."""
        body = self._get(f"{self._base}/works/{quote(doi, safe='')}/transform/{_UNIXSD}?{self._query()}", "single")
        return None if body is None else read_held(body)

    def prefix(self, prefix: str) -> Prefix | None:
        """The owner of a DOI prefix; `None` if it is not one of Crossref's."""
        found = self._message(f"/prefixes/{quote(prefix, safe='')}")
        if found is None:
            return None
        last = {key: str(found.get(key) or "").rpartition("/")[2] for key in ("prefix", "member")}
        return Prefix(prefix=last["prefix"] or prefix, name=str(found.get("name") or ""), member=last["member"])

    def agency(self, prefix: str) -> str | None:
        """The registration agency of a DOI prefix, such as `Crossref` or `DataCite`; `None` if nobody knows it."""
        body = self._get(f"{self._resolver}/ra/{quote(prefix, safe='')}", "single")
        rows = None if body is None else _decoded(body)
        row = rows[0] if isinstance(rows, list) and rows else None
        return str(row["RA"]) if isinstance(row, dict) and row.get("RA") else None

    def journal(self, issn: str) -> dict[str, Any] | None:
        """The title record of an ISSN; `None` if there is none."""
        return self._message(f"/journals/{quote(issn, safe='')}")

    def works_of_prefix(self, prefix: str, since: date | None = None) -> Iterator[dict[str, Any]]:
        """Every work of a DOI prefix, or those that changed on `since` or later."""
        return self._works(f"/prefixes/{quote(prefix, safe='')}/works", since)

    def works_of_journal(self, issn: str, since: date | None = None) -> Iterator[dict[str, Any]]:
        """Every work of a journal, or those that changed on `since` or later."""
        return self._works(f"/journals/{quote(issn, safe='')}/works", since)

    # ------------------------------------------------------------------------------------------ requests

    def _works(self, path: str, since: date | None) -> Iterator[dict[str, Any]]:
        """Follows the cursor until a page has fewer works than it may have. A cursor that does not move ends it too."""
        chosen = {"rows": str(ROWS), "select": ",".join(SELECTED)}
        if since:
            chosen["filter"] = f"from-index-date:{since.isoformat()}"  # which knows of references that were matched
        cursor: object = "*"
        seen: set[str] = set()
        while isinstance(cursor, str) and cursor:
            message = self._message(path, "list", **chosen, cursor=cursor)
            items = [item for item in (message or {}).get("items") or () if isinstance(item, dict)]
            fresh = [item for item in items if fold_doi(str(item.get("DOI"))) not in seen]
            seen.update(fold_doi(str(item.get("DOI"))) for item in fresh)
            yield from fresh
            cursor = (message or {}).get("next-cursor") if len(items) >= ROWS and fresh else None

    def _message(self, path: str, pool: Pool = "single", **query: str) -> dict[str, Any] | None:
        body = self._get(f"{self._base}{path}?{self._query(**query)}", pool)
        if body is None:
            return None
        found = _decoded(body)
        message = found.get("message") if isinstance(found, dict) else None
        if not isinstance(message, dict):
            raise AgencyError("Crossref answered something else than a record; check api_url under [crossref]")
        return message

    def _query(self, **query: str) -> str:
        return urlencode({**query, "mailto": self._mailto})

    def _get(self, url: str, pool: Pool) -> bytes | None:
        """The body of a good answer, `None` for 404. Retries what may pass."""
        pause = _PAUSES[0]
        for tries in range(_RETRIES + 1):
            self._wait_for_turn(pool)
            reply = self._http.get(url, seconds=_SECONDS)
            if isinstance(reply, Reply):
                self._note_rate(reply, pool)
            if isinstance(reply, Reply) and reply.status == 200 and reply.is_whole:
                return reply.body
            if isinstance(reply, Reply) and reply.status in (404, 410):
                return None
            seconds = self._pause(reply, pause)
            if tries == _RETRIES or seconds > _PAUSES[1]:
                raise AgencyUnavailable(f"Crossref cannot be read now ({_words(reply)}); run the same command later")
            wait(seconds, self._stop, self._sleep)
            pause *= 2
        raise AssertionError("the loop returns or raises")

    def _pause(self, reply: Reply | NoReply, pause: float) -> float:
        """Seconds to wait before a retry. Raises `AgencyError` where a retry does not help."""
        if isinstance(reply, NoReply):
            return pause
        if reply.status == 403:
            raise AgencyError(
                "Crossref has blocked requests from this machine (HTTP 403); write to support@crossref.org, with its "
                "public address, before you try again"
            )
        if reply.status in (200, 408, 425, 429) or reply.status >= 500:
            return pause if reply.retry_after is None else reply.retry_after
        raise AgencyError(f"Crossref refused a request ({_words(reply)}); check api_url under [crossref]")

    def _wait_for_turn(self, pool: Pool) -> None:
        wait(self._next[pool] - self._now(), self._stop, self._sleep)
        self._next[pool] = max(self._now(), self._next[pool]) + self._intervals[pool]

    def _note_rate(self, reply: Reply, pool: Pool) -> None:
        """Crossref's own limit. One that allows more than the default is not used up."""
        if reply.rate:
            self._intervals[pool] = max(reply.rate.seconds / reply.rate.requests, 1 / _RATES[pool])


def _words(reply: Reply | NoReply) -> str:
    if isinstance(reply, NoReply):
        return reply.reason
    return f"HTTP {reply.status}" if reply.is_whole else "its answer was cut short"


def _decoded(body: bytes) -> Any:
    try:
        return msgspec.json.decode(body)
    except msgspec.DecodeError:
        raise AgencyError("Crossref's answer is not JSON; check api_url under [crossref]") from None


# ------------------------------------------------------------------------------------------------ XML


def read_held(body: bytes) -> Held | None:
    """The version in a unixsd answer: the latest of those it names. `None` if the DOI is not there.

    Raises `AgencyError` for anything else.
    """
    try:
        root = parse(body.lstrip(), huge=True)
    except (etree.XMLSyntaxError, UnsafeXml):
        raise AgencyError("Crossref's answer is not XML; check api_url under [crossref]") from None
    query = root if local(root) == "query" else next((found for found in root.iterfind(".//{*}query")), None)
    record = None if query is None else query.find("{*}doi_record")
    if query is None or record is None or record.find(".//{*}error") is not None:
        return None
    doi = _words_of(query.find("{*}doi"))
    items = {item.get("name", ""): _words_of(item) for item in query.iterfind("{*}crm-item")}
    return Held(
        doi=doi,
        version=max(_versions(items, record, doi), default=None),
        owner_prefix=items.get("owner-prefix") or None,
        updated=_moment(items.get("last-update", "")),
        record=etree.tostring(record, with_tail=False),
    )


def _versions(items: dict[str, str], record: etree._Element, doi: str) -> Iterator[int]:
    """That of the deposit, and that in the record at the DOI itself; a journal in it has `doi_data` of its own."""
    own = (data for data in record.iterfind(".//{*}doi_data")
           if fold_doi(_words_of(data.find("{*}doi"))) == fold_doi(doi))  # fmt: skip
    stamps = (items.get("deposit-timestamp", ""), *(_words_of(data.find("{*}timestamp")) for data in own))
    return (version for stamp in stamps if (version := version_of(stamp)) is not None)


def _words_of(element: etree._Element | None) -> str:
    return "" if element is None else "".join(str(part) for part in element.itertext()).strip()


def _moment(value: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        return None
    return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
