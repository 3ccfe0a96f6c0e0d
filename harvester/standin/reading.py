"""The reading side: the REST API, the XML of a DOI, title lists and registration agencies."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator
from datetime import datetime

from harvester.standin import limits, lists, unixsd, work_json
from harvester.standin.accounts import Account, Refused, identify, of_prefix
from harvester.standin.exchange import Answer, NoAnswer, Request, as_json, html, text, xml
from harvester.standin.knobs import Fault, next_fault
from harvester.standin.registry import Record, Title, Version
from harvester.standin.servlet import OUTAGE
from harvester.standin.state import State
from harvester.standin.work_json import Json

_TRANSFORM = ["transform", "application", "vnd.crossref.unixsd+xml"]
_TITLE_COLUMNS = ("JournalTitle", "JournalID", "Publisher", "pissn", "eissn", "additionalIssns", "doi")
NOT_FOUND = "Resource not found."


class Api:
    """The REST API, with its rate limits."""

    def __init__(self, state: State, counter: limits.Limits) -> None:
        self._state, self._limits = state, counter

    def answer(self, request: Request) -> Answer | None:
        """The answer to a request; `None` if the path is not one of the API. Raises `NoAnswer` for a fault."""
        segments = request.segments
        if segments[0] not in ("works", "prefixes", "journals"):
            return None
        if unavailable := self._unavailable():
            return unavailable
        pool = limits.pool_of(request, is_list=segments[-1] == "works")
        with self._limits.admitted(pool) as admitted:
            if self._state.knobs.rate_limited and not admitted:
                found = limits.too_many()
            else:
                found = self._found(request, segments)
        return Answer(found.status, found.content_type, found.body, found.headers + limits.headers(pool))

    def _unavailable(self) -> Answer | None:
        state = self._state
        fault, until = next_fault(state.knobs.api_faults), state.knobs.api_outage_until
        if fault in (Fault.DROP, Fault.LOST_ANSWER):
            raise NoAnswer
        if fault is Fault.UNAVAILABLE or (until and state.now() < until):
            return html(503, OUTAGE)
        if fault is Fault.THROTTLED:
            return limits.too_many()
        return text(500, "crossref-standin: a fault that was set\n") if fault else None

    def _found(self, request: Request, segments: list[str]) -> Answer:
        with self._state.lock:
            self._state.settle()
            if segments == ["works"]:
                return self._list(request, lambda _: True)
            if segments[0] == "works":
                return self._work(segments[1:])
            if segments[0] == "prefixes":
                return self._prefix(request, segments[1:])
            return self._journal(request, segments[1:])

    def _work(self, rest: list[str]) -> Answer:
        """One DOI. Its slash may be encoded or not."""
        parts = "/".join(rest)
        transform, agency = "/" + "/".join(_TRANSFORM), "/agency"
        if parts.endswith(transform):
            doi = parts.removesuffix(transform)
            shown = _shown_version(self._state, doi, self._state.now() - self._state.knobs.xml_delay)
            return xml(_unixsd(self._state, *shown)) if shown else text(404, NOT_FOUND)
        if parts.endswith(agency):
            doi = parts.removesuffix(agency)
            message = {"DOI": doi, "agency": {"id": "crossref", "label": "Crossref"}}
            return _message("work-agency", message) if self._work_json(doi) else text(404, NOT_FOUND)
        work = self._work_json(parts)
        return _message("work", work) if work else text(404, NOT_FOUND)

    def _work_json(self, doi: str) -> Json | None:
        record = self._state.registry.record(doi)
        entry = self._entry(record) if record else None
        return self._shown(entry) if entry else None

    def _entry(self, record: Record) -> lists.Entry | None:
        """What the API shows of a DOI now; `None` if it does not show it yet."""
        delay = self._state.knobs.index_delay
        version = record.at(self._state.now() - delay)
        if version is None:
            return None
        indexed = version.at + delay
        return lists.Entry(record, version, max(indexed, record.matched or indexed))

    def _shown(self, entry: lists.Entry) -> Json:
        return work_json.message(entry.record, entry.version, entry.indexed, _owner(self._state, entry.record))

    def _prefix(self, request: Request, rest: list[str]) -> Answer:
        account = of_prefix(self._state.accounts.values(), rest[0]) if rest else None
        if account is None:
            return text(404, NOT_FOUND)
        if rest[1:] == ["works"]:
            return self._list(request, lambda record: record.owner == rest[0])
        message = {
            "member": f"https://id.crossref.org/member/{account.member}",
            "name": account.name,
            "prefix": f"https://id.crossref.org/prefix/{rest[0]}",
        }
        return _message("prefix", message) if not rest[1:] else text(404, NOT_FOUND)

    def _journal(self, request: Request, rest: list[str]) -> Answer:
        title = self._state.registry.title(rest[0]) if rest else None
        if title is None or rest[1:] not in ([], ["works"]):
            return text(404, NOT_FOUND)
        if rest[1:]:
            return self._list(request, lambda record: record.title is title)
        return _message("journal", _journal_json(title))

    def _list(self, request: Request, belongs: Callable[[Record], bool]) -> Answer:
        records = [record for record in self._state.registry.dois.values() if belongs(record)]
        entries = [entry for record in records if (entry := self._entry(record))]
        try:
            page = lists.page(entries, request.query, self._state.now())
            return as_json(lists.answer(page, self._shown, request.query))
        except lists.BadQuery as error:
            failure = [
                {"type": "parameter-not-allowed", "value": request.target.partition("?")[2], "message": str(error)}
            ]
            return as_json({"status": "failed", "message-type": "validation-failure", "message": failure}, 400)


def _message(kind: str, message: Json) -> Answer:
    return as_json({"status": "ok", "message-type": kind, "message-version": "1.0.0", "message": message})


def _journal_json(title: Title) -> Json:
    pairs = [(work_json.hyphenated(number), medium) for number, medium in title.issns.items()]
    return {
        "title": title.title,
        "publisher": title.publisher,
        "ISSN": [issn for issn, _ in pairs],
        "issn-type": [{"value": issn, "type": medium} for issn, medium in pairs],
    }


def query(state: State, request: Request) -> Answer:
    """The XML of a DOI from the deposit host, which does not lag: /search/doi and /servlet/query."""
    doi, pid = request.query.get("doi") or request.query.get("id") or "", request.query.get("pid")
    if not pid:
        return text(401, "crossref-standin: pid is missing\n")
    with state.lock:
        state.credentials_in_query += ":" in pid  # a mail address, or login and password
        state.settle()
        shown = _shown_version(state, doi, state.now())
        return xml(_unixsd(state, *shown) if shown else unixsd.unresolved(doi))


def matched_references(state: State, request: Request) -> Answer:
    """The references of a DOI for which Crossref found a DOI (getResolvedRefs); 404 if there are none."""
    query, form = request.query, request.form()
    if "usr" in query or "pwd" in query:
        with state.lock:
            state.credentials_in_query += 1
    fields = {**query, **form}
    try:
        identify(state.accounts, fields.get("usr"), fields.get("pwd"))
    except Refused as error:
        return text(401, f"{error}\n")
    with state.lock:
        state.settle()
        record = state.registry.record(fields.get("doi", ""))
        matches = [{"key": key, "doi": doi} for key, doi in record.matches.items()] if record else []
    return as_json({"matched-references": matches}) if matches else text(404, NOT_FOUND)


def title_list(state: State) -> Answer:
    """The list of all journals, with ISSNs without a hyphen."""
    with state.lock:
        state.settle()
        output = io.StringIO()
        writer = csv.writer(output, quoting=csv.QUOTE_ALL, lineterminator="\n")
        writer.writerow([*_TITLE_COLUMNS, "(year1)[volume1]issue1,(year2)[volume2]issue2"])
        writer.writerows(_title_row(title) for title in state.registry.all_titles())
    return Answer(200, "text/csv;charset=UTF-8", output.getvalue().encode())


def _title_row(title: Title) -> Iterator[str]:
    by_medium = {medium: number for number, medium in reversed(title.issns.items())}
    main = [by_medium.get("print", ""), by_medium.get("electronic", "")]
    others = [number for number in title.issns if number not in main]
    yield from (title.title, str(title.journal_id), title.publisher, *main, ",".join(others), title.doi or "", "")


def agency(state: State, name: str) -> Answer:
    """The registration agency of a DOI or DOI prefix, as doi.org answers."""
    prefix = name.partition("/")[0]
    with state.lock:
        if prefix in state.agencies:
            return as_json([{"DOI": name, "RA": state.agencies[prefix]}])
        if of_prefix(state.accounts.values(), prefix):
            return as_json([{"DOI": name, "RA": "Crossref"}])
    return as_json([{"DOI": name, "status": "DOI does not exist"}])


def _shown_version(state: State, doi: str, moment: datetime) -> tuple[Record, Version] | None:
    """The record of a DOI with the version that was the newest at a moment."""
    record = state.registry.record(doi)
    version = record.at(moment) if record else None
    return (record, version) if record and version else None


def _unixsd(state: State, record: Record, version: Version) -> bytes:
    return unixsd.resolved(record, version, _owner(state, record))


def _owner(state: State, record: Record) -> Account | None:
    return of_prefix(state.accounts.values(), record.owner)
