"""Bad records."""

from __future__ import annotations

import re

from tests.chaos.case import Setting, case
from tests.chaos.cases.parts import BROKEN
from tests.chaos.provider import (
    DC,
    Truth,
    article,
    containing,
    is_list,
    rewritten,
)
from tests.oai.server import error, reply


@case("One record makes its page answer HTTP 500", "its window is cut by date; the record is had by GetRecord", 15)
def bad_record() -> Setting:
    return Truth(), containing([12], BROKEN)


@case(
    "One record makes its page, and GetRecord, answer HTTP 500",
    "rejected by name; all others are there",
    15,
    missing={12},
)
def lost_record() -> Setting:
    return Truth(), containing([12], BROKEN, verbs=("ListRecords", "GetRecord"))


@case("Several records cannot be written", "each rejected by name; all others are there", 15, missing={0, 7, 8, 22})
def lost_records() -> Setting:
    return Truth(), containing([0, 7, 8, 22], BROKEN, verbs=("ListRecords", "GetRecord"))


@case("One record tears the XML of its page", "the same, for half a document", 15, missing={12})
def torn_by_a_record() -> Setting:
    torn = reply('<?xml version="1.0"?><OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/"><ListRecords><record>')
    return Truth(), containing([12], torn, verbs=("ListRecords", "GetRecord"))


@case("One record without the format makes the list answer cannotDisseminateFormat", "the same", missing={12})
def no_format_for_one() -> Setting:
    return Truth(), containing([12], reply(error("cannotDisseminateFormat")), verbs=("ListRecords", "GetRecord"))


@case("ListRecords answers HTTP 500 to everything", "every record is had by GetRecord", 15)
def no_lists() -> Setting:
    return Truth(), lambda request, _: BROKEN if is_list(request) else None


@case("A live record has no metadata", "kept, with a finding", 41, altered={3})
def no_metadata() -> Setting:
    cut = re.compile(rb"(river.example:article/3</identifier>.*?</header>)<metadata>.*?</metadata>", re.DOTALL)
    return Truth(), rewritten(1, lambda page: cut.sub(rb"\1", page))


@case("A record has no header, another no identifier", "rejected; the others are kept", 42)
def no_header() -> Setting:
    junk = b"<record><metadata/></record><record><header><datestamp>2020-01-01</datestamp></header><metadata/></record>"
    return Truth(), rewritten(1, lambda page: page.replace(b"<ListRecords>", b"<ListRecords>" + junk))


@case("A record has no datestamp and no setSpec", "kept; what it says counts", 42, harvests=2)
def no_datestamp() -> Setting:
    facts = re.compile(rb"<datestamp>[^<]*</datestamp>(?:<setSpec>[^<]*</setSpec>)*")
    return Truth(), rewritten(0, lambda page: facts.sub(b"", page))


@case("A <metadata> stands within <metadata>", "the record is kept as it is", 48)
def nested_metadata() -> Setting:
    def change(page: bytes) -> bytes:
        return page.replace(b"<metadata>", b"<metadata><metadata>").replace(b"</metadata>", b"</metadata></metadata>")

    return Truth(), rewritten(0, change)


@case("The DOI stands in the header's identifier alone", "kept with its header; the reader looks for the DOI there", 52)
def doi_in_header() -> Setting:
    bare = f"<oai_dc:dc {DC}><dc:title>On reeds</dc:title></oai_dc:dc>".encode()
    records = [
        article(n, identifier=f"oai:river.example:10.5555/reed.{n}", metadata={"oai_dc": bare}) for n in range(7)
    ]
    return Truth(records), lambda request, _: None


@case("Another element stands among the records", "rejected; the others are kept", 42)
def stranger() -> Setting:
    return Truth(), rewritten(1, lambda page: page.replace(b"<ListRecords>", b"<ListRecords><p>Warning</p>"))
