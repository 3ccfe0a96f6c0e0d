"""Bad records."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import timedelta

from tests.chaos.case import Setting, case
from tests.chaos.cases.parts import BROKEN, TOKEN, token
from tests.providers.server import Answer, Request, error, listing, reply
from tests.providers.truth import (
    DC,
    FIRST,
    Fault,
    Truth,
    article,
    containing,
    is_list,
    metadata,
    name,
    page_of,
    rewritten,
)


@case(
    "One record makes its page answer HTTP 500", "its window is split by date; the record is fetched with GetRecord", 15
)
def bad_record() -> Setting:
    return Truth(), containing([12], BROKEN)


@case(
    "One record makes its page, and GetRecord, answer HTTP 500",
    "rejected by identifier; all others are stored",
    15,
    missing={12},
)
def lost_record() -> Setting:
    return Truth(), lost([12])


def lost(numbers: Iterable[int]) -> Fault:
    """Records that nothing can be had of but their headers."""
    return containing(numbers, BROKEN, verbs=("ListRecords", "GetRecord"))


@case(
    "No record can be rendered, and everything else works",
    "all are rejected by identifier; incomplete, and all are requested again",
    15,
    state="incomplete",
    said="not a single record",
    rejected=23,
)
def lost_altogether() -> Setting:
    """OJS, after a plugin broke: on the day it is fixed, no datestamp changes."""
    return Truth(), lost(range(23))


@case(
    "No record has the format, although the provider offers it",
    "all are rejected by identifier",
    missing=set(range(23)),
)
def no_format_for_any() -> Setting:
    refusal = reply(error("cannotDisseminateFormat"))
    return Truth(), containing(range(23), refusal, verbs=("ListRecords", "GetRecord"))


@case(
    "Several records cannot be rendered",
    "each is rejected by identifier; all others are stored",
    15,
    missing={0, 7, 8, 22},
)
def lost_records() -> Setting:
    return Truth(), lost([0, 7, 8, 22])


@case(
    "One record on every page of a long list cannot be rendered", "the same; each is counted once", 15,
    missing=set(range(3, 1100, 10)),
)  # fmt: skip
def lost_on_every_page() -> Setting:
    """By day, where each record lies at the end of one window and at the beginning of the next."""
    days = [article(number, datestamp=FIRST + timedelta(hours=43) * number) for number in range(1100)]
    return Truth(days, page_size=10, granularity="day"), lost(range(3, 1100, 10))


@case("One record breaks the XML of its page", "the same, for the part of a document that came", 15, missing={12})
def torn_by_a_record() -> Setting:
    torn = reply('<?xml version="1.0"?><OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/"><ListRecords><record>')
    return Truth(), containing([12], torn, verbs=("ListRecords", "GetRecord"))


@case("One record without the format makes the list answer cannotDisseminateFormat", "the same", missing={12})
def no_format_for_one() -> Setting:
    return Truth(), containing([12], reply(error("cannotDisseminateFormat")), verbs=("ListRecords", "GetRecord"))


@case("ListRecords answers HTTP 500 to everything", "every record is fetched with GetRecord", 15)
def no_lists() -> Setting:
    return Truth(), lambda request, _: BROKEN if is_list(request) else None


@case(
    "GetRecord gives nothing for a record that is in the list",
    "rejected by identifier; all others are stored",
    missing={12},
)
def nothing_by_name() -> Setting:
    return Truth(), by_name({12: reply(listing(verb="GetRecord"))})


@case("GetRecord answers noRecordsMatch for a record that is in the list", "the same", missing={12})
def no_match_by_name() -> Setting:
    return Truth(), by_name({12: reply(error("noRecordsMatch"))})


@case("GetRecord gives another record than requested", "the same", missing={12})
def another_by_name() -> Setting:
    truth = Truth()
    return truth, by_name({12: reply(truth.answer("http://127.0.0.1/oai", get_record(11)))})


@case("GetRecord gives a record without a header", "the same", missing={12})
def nameless_by_name() -> Setting:
    return Truth(), by_name({12: reply(listing("<record><metadata/></record>", verb="GetRecord"))})


@case(
    "A record that could not be rendered is fixed, and its datestamp stays",
    "each later harvest requests it by its identifier, until it comes",
    15,
    missing={12},
    fixed=True,
)
def fixed() -> Setting:
    return Truth(), lost([12])


@case("The same, and everything is requested again", "stored", missing={12}, found_by="full", fixed=True)
def fixed_before_a_full_harvest() -> Setting:
    return Truth(), lost([12])


@case("The same, and the lists are compared", "stored", missing={12}, found_by="reconcile", fixed=True)
def fixed_before_a_comparison() -> Setting:
    return Truth(), lost([12])


@case("A whole server is fixed, and no datestamp changes", "all are stored", missing=set(range(8, 23)), fixed=True)
def fixed_server() -> Setting:
    return Truth(), lost(range(8, 23))


@case("A record that GetRecord could not give is there later", "stored when it comes", missing={12}, fixed=True)
def nothing_by_name_for_a_while() -> Setting:
    return Truth(), by_name({12: reply(listing(verb="GetRecord"))})


@case(
    "A record that could not be rendered is deleted, and the provider never announces that",
    "a tombstone, as soon as the provider does not know its identifier; it is not requested any more",
    missing={12}, later=lambda truth: truth.remove(12), fixed=True,
)  # fmt: skip
def lost_and_gone() -> Setting:
    return Truth(), lost([12])


@case(
    "A record that could not be rendered is not listed any more, and its identifier is unknown",
    "`reconcile` notices that it is gone",
    missing={12}, later=lambda truth: truth.remove(12), found_by="reconcile", fixed=True,
)  # fmt: skip
def unlisted_and_gone() -> Setting:
    return Truth(), by_name({12: reply(listing(verb="GetRecord"))})


@case("The connection breaks once while GetRecord is answered", "requested again")
def hung_up_by_name() -> Setting:
    left, pages = [True], containing([12], BROKEN)

    def fault(request: Request, truth: Truth) -> bytes | Answer | None:
        if request.query.get("identifier") == name(12) and left[0]:
            left[0] = False
            return Answer(b"", close=True)
        return pages(request, truth)

    return Truth(), fault


def get_record(number: int) -> list[tuple[str, str]]:
    return [("verb", "GetRecord"), ("identifier", name(number)), ("metadataPrefix", "oai_dc")]


def by_name(answers: dict[int, bytes]) -> Fault:
    """Records that make their pages answer HTTP 500, and what GetRecord answers for them."""
    named = {name(number): answer for number, answer in answers.items()}
    pages = containing(answers, BROKEN)

    def fault(request: Request, truth: Truth) -> bytes | Answer | None:
        asked = request.query.get("identifier", "")
        return named[asked] if asked in named else pages(request, truth)

    return fault


@case(
    "ListRecords answers HTTP 500 to everything, and the list of identifiers has empty pages", "the tokens are followed"
)
def no_lists_and_empty_pages() -> Setting:
    def fault(request: Request, truth: Truth) -> bytes | None:
        if is_list(request):
            return BROKEN
        if request.query.get("verb") != "ListIdentifiers":
            return None
        sent = request.query.get("resumptionToken", "")
        if sent.startswith("hop-"):
            return reply(listing(token=sent.removeprefix("hop-"), verb="ListIdentifiers"))
        return reply(token(lambda value: b"hop-" + value)(truth.bytes_of(request)))

    return at_one_moment(), fault


@case(
    "ListRecords answers HTTP 500 to everything, and the list of identifiers ends too early",
    "what it names is fetched with GetRecord; incomplete", state="incomplete", said="HTTP 500",
)  # fmt: skip
def no_lists_and_an_early_end() -> Setting:
    def fault(request: Request, truth: Truth) -> bytes | None:
        if is_list(request):
            return BROKEN
        cut = page_of(request) == 2
        return reply(TOKEN.sub(rb"<resumptionToken\1/>", truth.bytes_of(request))) if cut else None

    return at_one_moment(), fault


def at_one_moment() -> Truth:
    """Records that no dates can tell apart."""
    return Truth([article(number, datestamp=FIRST) for number in range(23)])


STRANGE = (
    "oai:x: a b",
    "oai:x:é/ü?&=#+%",
    "oai:x:<>\"'",
    "oai:x:..%2F..",
    "oai:x:1",
    "OAI:X:1",
    "oai:x:1\u00a0",
    "oai:x:\u202etxt",
    "oai:x:" + "l" * 1_994,  # 2,000 bytes
    "https://x.example/?a=1&b=2",
)


@case("Identifiers contain any characters, and some differ only in case or in a no-break space", "kept as they are")
def strange_identifiers() -> Setting:
    return strange(), lambda request, _: None


@case("The same, and each record can only be fetched with GetRecord", "percent-encoded once")
def strange_identifiers_by_name() -> Setting:
    return strange(), lambda request, _: BROKEN if is_list(request) else None


def strange() -> Truth:
    return Truth([article(number, identifier=identifier) for number, identifier in enumerate(STRANGE)])


@case("A record is in 10,000 sets", "kept with all of them")
def many_sets() -> Setting:
    return Truth([article(0), article(1, sets=tuple(f"s:{n}" for n in range(10_000)))]), lambda request, _: None


@case("An attribute has 5 MB", "kept")
def large_attribute() -> Setting:
    data = metadata(3).replace(b"<dc:title>", b'<dc:title lang="' + b"x" * 5_000_000 + b'">')
    return one_with(3, data)


@case(
    "A record has elements nested 300 levels deep",
    "not parsed: rejected by identifier; all others are stored",
    54,
    missing={3},
)
def deep_record() -> Setting:
    deep = b"<dc:x>" * 300 + b"</dc:x>" * 300
    return one_with(3, metadata(3).replace(b"<dc:title>", deep + b"<dc:title>"))


@case("A record has a text of 11 MB", "the same", 54, missing={3})
def long_text() -> Setting:
    return one_with(3, metadata(3, " wide" * 2_200_000))


def one_with(number: int, data: bytes) -> Setting:
    """A few records, one of which has this metadata."""
    records = [article(n, metadata={"oai_dc": data if n == number else metadata(n)}) for n in range(7)]
    return Truth(records), lambda request, _: None


@case("A live record has no metadata", "kept, with a finding", 41, altered={3: None})
def no_metadata() -> Setting:
    cut = re.compile(rb"(river.example:article/3</identifier>.*?</header>)<metadata>.*?</metadata>", re.DOTALL)
    return Truth(), rewritten(1, lambda page: cut.sub(rb"\1", page))


@case(
    "The metadata of a record is escaped XML",
    "kept as text, with the finding `metadata-is-text`",
    41,
    altered={3: "&lt;"},
)
def escaped_metadata() -> Setting:
    inside = re.compile(rb"(river.example:article/3</identifier>.*?</header><metadata>)(.*?)(</metadata>)", re.DOTALL)
    return Truth(), rewritten(1, lambda page: inside.sub(lambda match: match[1] + escape(match[2]) + match[3], page))


def escape(xml: bytes) -> bytes:
    return xml.replace(b"&", b"&amp;").replace(b"<", b"&lt;")


@case("A record has no header, another no identifier", "rejected; the others are kept", 42, rejected=2)
def no_header() -> Setting:
    junk = b"<record><metadata/></record><record><header><datestamp>2020-01-01</datestamp></header><metadata/></record>"
    return Truth(), rewritten(1, lambda page: page.replace(b"<ListRecords>", b"<ListRecords>" + junk))


@case("A record has an identifier of 3,000 bytes", "rejected; the others are kept", 42, rejected=1)
def long_identifier() -> Setting:
    header = b"<header><identifier>%s</identifier><datestamp>2020-01-01</datestamp></header>" % (b"x" * 3_000)
    junk = b"<record>" + header + b"<metadata/></record>"
    return Truth(), rewritten(1, lambda page: page.replace(b"<ListRecords>", b"<ListRecords>" + junk))


@case("A record has no datestamp and no setSpec", "kept with the values it has", 42, harvests=2, requests=1)
def no_datestamp() -> Setting:
    facts = re.compile(rb"<datestamp>[^<]*</datestamp>(?:<setSpec>[^<]*</setSpec>)*")
    return Truth(), rewritten(0, lambda page: facts.sub(b"", page))


@case("There is a <metadata> within <metadata>", "the record is kept as it is", 48)
def nested_metadata() -> Setting:
    def change(page: bytes) -> bytes:
        return page.replace(b"<metadata>", b"<metadata><metadata>").replace(b"</metadata>", b"</metadata></metadata>")

    return Truth(), rewritten(0, change)


@case("The DOI is only in the header's identifier", "kept with its header; the reader looks for the DOI there", 52)
def doi_in_header() -> Setting:
    bare = f"<oai_dc:dc {DC}><dc:title>On reeds</dc:title></oai_dc:dc>".encode()
    records = [
        article(n, identifier=f"oai:river.example:10.5555/reed.{n}", metadata={"oai_dc": bare}) for n in range(7)
    ]
    return Truth(records), lambda request, _: None


@case("There is another element among the records", "rejected; the others are kept", 42, rejected=1)
def stranger() -> Setting:
    return Truth(), rewritten(1, lambda page: page.replace(b"<ListRecords>", b"<ListRecords><p>Warning</p>"))
