"""Duplicates and deletions."""

from __future__ import annotations

import re
from datetime import timedelta

from msgspec.structs import replace

from harvester.demo.lists import Record
from tests.chaos.case import Setting, case
from tests.chaos.cases.parts import BROKEN
from tests.providers.server import Request, reply
from tests.providers.truth import (
    CLOCK,
    Truth,
    article,
    is_list,
    metadata,
    name,
    page_of,
    rewritten,
)


@case("Records come again on a later page", "kept once, counted once", 37)
def duplicates() -> Setting:
    record = re.compile(rb"<ListRecords>(<record>.*?</record>)", re.DOTALL)

    def fault(request: Request, truth: Truth) -> bytes | None:
        if not is_list(request) or page_of(request) < 2:
            return None
        first = record.search(truth.bytes_of(Request("/oai?verb=ListRecords&metadataPrefix=oai_dc", {})))
        assert first
        return reply(truth.bytes_of(request).replace(b"<ListRecords>", b"<ListRecords>" + first[1]))

    return Truth(), fault


@case("A list gives two versions of a record, the newer one first", "the newer one is kept", 37)
def older_later() -> Setting:
    truth = Truth(23)
    truth.put(article(3, " (revised)", datestamp=CLOCK - timedelta(days=1)))
    return truth, also(live_twin(3, metadata(3, " (as it was)")))


def tombstone(number: int) -> Record:
    return replace(article(number), deleted=True, metadata={})


@case("One list gives a record both live and deleted, and the deletion is newer", "the newer one is kept", 38)
def deleted_later() -> Setting:
    gone = replace(tombstone(3), datestamp=CLOCK - timedelta(days=1))
    truth = Truth([article(number) if number != 3 else gone for number in range(23)])
    live = article(3).metadata["oai_dc"]
    return truth, also(live_twin(3, live))


@case("The same, and GetRecord answers HTTP 500", "the newer one is kept", 38)
def deleted_later_and_no_names() -> Setting:
    truth, fault = deleted_later()
    return truth, lambda request, truth: BROKEN if request.query.get("verb") == "GetRecord" else fault(request, truth)


@case("One list gives a record both live and deleted, with the same datestamp", "GetRecord decides", 38)
def live_and_deleted() -> Setting:
    stamp = f"{article(3).datestamp.isoformat()[:19]}Z"
    head = f'<header status="deleted"><identifier>{name(3)}</identifier><datestamp>{stamp}</datestamp></header>'
    return Truth(), also(f"<record>{head}</record>".encode())


def live_twin(number: int, data: bytes) -> bytes:
    """A live version of the record, from a day before it was published."""
    stamp = f"{(article(number).datestamp - timedelta(days=1)).isoformat()[:19]}Z"
    head = f"<record><header><identifier>{name(number)}</identifier><datestamp>{stamp}</datestamp></header><metadata>"
    return head.encode() + data + b"</metadata></record>"


def also(twin: bytes):
    """A record that stands once more on the third page of every list."""
    return rewritten(3, lambda page: page.replace(b"<ListRecords>", b"<ListRecords>" + twin))


@case("Deleted records are announced", "tombstones, and what was known stays readable")
def announced_deletions() -> Setting:
    return Truth([tombstone(n) if n % 4 == 0 else article(n) for n in range(23)]), lambda request, _: None


@case(
    "Deletions are never announced",
    "`reconcile` notices that the identifiers are not in the list, and requests each of them",
    39,
    later=lambda truth: truth.remove(4, 17),
    found_by="reconcile",
)
def silent_deletions() -> Setting:
    return Truth(deleted_record="no"), lambda request, _: None


def exchanged(truth: Truth) -> None:
    truth.remove(4)
    truth.put(article(100, datestamp=article(2).datestamp))


@case(
    "One record is deleted in silence, and another is added with a datestamp of long ago: the size stays",
    "`reconcile` finds both in the list of identifiers, and nothing else does",
    34,
    39,
    later=exchanged,
    found_by="reconcile",
)
def silent_exchange() -> Setting:
    return Truth(), lambda request, _: None


@case(
    "Tombstones of another journal are listed",
    "kept as tombstones; other records do not change",
    harvests=2,
    requests=1,
)
def strange_tombstones() -> Setting:
    """OJS 3.4 and 3.5 list the first journal's at every journal's address."""
    strangers = [replace(tombstone(n), identifier=f"oai:other.example:article/{n}") for n in range(4)]
    return Truth([*strangers, *(article(n) for n in range(9))]), lambda request, _: None


@case(
    "An identifier is used again for another article", "the new one is kept; the earlier one stays readable", 40,
    later=lambda truth: truth.put(article(3, datestamp=CLOCK, metadata={"oai_dc": metadata(99, " anew")})),
)  # fmt: skip
def identifier_used_again() -> Setting:
    return Truth(), lambda request, _: None


@case(
    "A record disappears while the list is read by offsets, and the rows shift",
    "the shorter list is requested again",
    53,
)
def shifting_rows() -> Setting:
    """Without a trace: the truth is what is there at the end, and the one that vanished is still in the store."""
    truth = Truth(23)
    shifted = [False]

    def fault(request: Request, truth: Truth) -> bytes | None:
        if page_of(request) == 3 and not shifted[0]:
            shifted[0] = True
            truth.remove(22)
            short = truth.bytes_of(request).replace(f"article/{10}<".encode(), b"article/11<")
            return reply(short.replace(b'completeListSize="23"', b'completeListSize="22"'))
        return None

    return truth, fault
