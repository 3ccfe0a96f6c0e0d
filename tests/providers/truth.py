"""A provider that holds a known truth, and faults in front of it.

The truth is a correct repository in memory. A fault is a function in front of it that sends, byte for byte, what a
broken provider sends. `Broken` counts the requests; without its fault it answers correctly from then on.
"""

from __future__ import annotations

import re
from base64 import urlsafe_b64decode
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from json import loads
from urllib.parse import parse_qsl, urlsplit

from harvester.demo.lists import Record
from harvester.demo.repository import OAI_DC, Repository
from tests.providers.server import Answer, Request, Server, reply

CLOCK = datetime(2025, 6, 1, 12, 0, tzinfo=UTC)
FIRST = datetime(2020, 1, 1, 8, 30, tzinfo=UTC)
PAGE_SIZE = 5  # records
DC = 'xmlns:oai_dc="http://www.openarchives.org/OAI/2.0/oai_dc/" xmlns:dc="http://purl.org/dc/elements/1.1/"'

Fault = Callable[[Request, "Truth"], "bytes | Answer | None"]


def name(number: int) -> str:
    return f"oai:river.example:article/{number}"


def metadata(number: int, text: str = "") -> bytes:
    """A record whose text has what careless tools lose: entities, accents, other scripts."""
    return (
        f"<oai_dc:dc {DC}><dc:title>Река &amp; rivière {number}{text}: p &lt; 0.05, naïve — ¿cómo?</dc:title>"
        f"<dc:creator>Müller, Łucja</dc:creator><dc:identifier>10.5555/river.{number}</dc:identifier></oai_dc:dc>"
    ).encode()


def article(number: int, text: str = "", **changes: object) -> Record:
    """Record `number`; one every 17 days, some seconds later each time, from the first of 2020 on."""
    given = {
        "identifier": name(number),
        "datestamp": FIRST + timedelta(days=17, seconds=7) * number,
        "sets": ("river:ART",),
        "metadata": {"oai_dc": metadata(number, text)},
    }
    return Record(**given | changes)  # type: ignore[arg-type]


class Truth(Repository):
    """What the provider really holds."""

    def __init__(self, records: Iterable[Record] | int = 23, **options: object) -> None:
        held = [article(number) for number in range(records)] if isinstance(records, int) else records
        given = {"page_size": PAGE_SIZE, "formats": (OAI_DC,), "clock": lambda: CLOCK} | options
        super().__init__(held, **given)  # type: ignore[arg-type]

    def remove(self, *numbers: int) -> None:
        """Records go without a trace."""
        self.forget(*map(name, numbers))

    def forget(self, *identifiers: str) -> None:
        """Records go without a trace."""
        self.records = [one for one in self.records if one.identifier not in identifiers]
        self._positions = None

    def bytes_of(self, request: Request) -> bytes:
        arguments = parse_qsl(urlsplit(request.target).query, keep_blank_values=True)
        return self.answer("http://127.0.0.1/oai", arguments)

    def whole(self, prefix: str = "oai_dc", sets: Collection[str] = ()) -> dict[str, bytes | None]:
        """Every record of these sets, or of all, by identifier: the bytes of its metadata, `None` for a tombstone."""
        shown = [one for one in self.records if self._shows(one) and one.has(prefix)]
        shown = [one for one in shown if not sets or any(map(one.is_in, sets))]
        return {one.identifier: None if one.deleted else one.metadata[prefix] for one in shown}


class Broken:
    """The script of a server: the fault's answer where it has one, the truth elsewhere."""

    def __init__(self, truth: Truth, fault: Fault | None = None) -> None:
        self.truth, self.fault = truth, fault
        self.count = 0

    def __call__(self, request: Request) -> bytes | Answer:
        self.count += 1
        answer = self.fault(request, self.truth) if self.fault else None
        return reply(self.truth.bytes_of(request)) if answer is None else answer


@contextmanager
def broken(truth: Truth, fault: Fault | None = None, certificate: str | None = None) -> Iterator[tuple[Broken, Server]]:
    """The script and the server that follows it, over https if it has a certificate."""
    script = Broken(truth, fault)
    with Server(script, certificate) as server:
        yield script, server


# ------------------------------------------------------------------------------------ making faults


def page_of(request: Request, page_size: int = PAGE_SIZE) -> int:
    """Which page a list request asks for, from 1 on; 0 for other verbs."""
    query = request.query
    if query.get("verb") not in ("ListRecords", "ListIdentifiers"):
        return 0
    if "resumptionToken" not in query:
        return 1
    return cursor_of(query["resumptionToken"]) // page_size + 1


def cursor_of(token: str) -> int:
    """How many records come before a token of the demo repository."""
    return int(loads(urlsafe_b64decode(token + "=" * (-len(token) % 4)))[4])


def is_list(request: Request) -> bool:
    return request.query.get("verb") == "ListRecords"


def at_page(page: int, answer: bytes | Answer, times: int = 10**9) -> Fault:
    """This answer in place of that page of records, so many times."""
    left = [times]

    def fault(request: Request, truth: Truth) -> bytes | Answer | None:
        if is_list(request) and page_of(request, truth.page_size) == page and left[0]:
            left[0] -= 1
            return answer
        return None

    return fault


def rewritten(page: int, change: Callable[[bytes], bytes], times: int = 10**9) -> Fault:
    """That page with its bytes changed; page 0: every page."""
    left = [times]

    def fault(request: Request, truth: Truth) -> bytes | None:
        if is_list(request) and page in (0, page_of(request, truth.page_size)) and left[0]:
            left[0] -= 1
            return reply(change(truth.bytes_of(request)))
        return None

    return fault


def containing(numbers: Iterable[int], answer: bytes | Answer, verbs: Iterable[str] = ("ListRecords",)) -> Fault:
    """This answer wherever one of these records would be in it: the bad record of a page."""
    marks = [f"<identifier>{name(number)}</identifier>".encode() for number in numbers]

    def fault(request: Request, truth: Truth) -> bytes | Answer | None:
        if request.query.get("verb", "") not in verbs:
            return None
        page = truth.bytes_of(request)
        return answer if any(mark in page for mark in marks) else None

    return fault


def without_arguments(request: Request, *names: str) -> Request:
    """The request as a provider sees it that forgets these arguments."""
    target = request.target
    for argument in names:
        target = re.sub(rf"&{argument}=[^&]*", "", target)
    return Request(target, request.headers)
