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
    return Truth(), lost([12])


def lost(numbers: Iterable[int]) -> Fault:
    """Records that nothing can be had of but their headers."""
    return containing(numbers, BROKEN, verbs=("ListRecords", "GetRecord"))


@case(
    "No record can be written, and nothing but records is wrong",
    "all rejected by name; incomplete, and all are asked for again", 15, state="incomplete", said="not one record",
    rejected=23,
)  # fmt: skip
def lost_altogether() -> Setting:
    """OJS, after a plugin broke: the day it is mended no datestamp moves."""
    return Truth(), lost(range(23))


@case("No record has the format, though the provider offers it", "all rejected by name", missing=set(range(23)))
def no_format_for_any() -> Setting:
    refusal = reply(error("cannotDisseminateFormat"))
    return Truth(), containing(range(23), refusal, verbs=("ListRecords", "GetRecord"))


@case("Several records cannot be written", "each rejected by name; all others are there", 15, missing={0, 7, 8, 22})
def lost_records() -> Setting:
    return Truth(), lost([0, 7, 8, 22])


@case(
    "One record on every page of a long list cannot be written", "the same, each counted once", 15,
    missing=set(range(3, 1100, 10)),
)  # fmt: skip
def lost_on_every_page() -> Setting:
    """By day, where each record lies at the end of one window and at the beginning of the next."""
    days = [article(number, datestamp=FIRST + timedelta(hours=43) * number) for number in range(1100)]
    return Truth(days, page_size=10, granularity="day"), lost(range(3, 1100, 10))


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


@case(
    "GetRecord gives nothing for a record that stands in the list",
    "rejected by name; all others are there",
    missing={12},
)
def nothing_by_name() -> Setting:
    return Truth(), by_name({12: reply(listing(verb="GetRecord"))})


@case("GetRecord says noRecordsMatch of a record that stands in the list", "the same", missing={12})
def no_match_by_name() -> Setting:
    return Truth(), by_name({12: reply(error("noRecordsMatch"))})


@case("GetRecord gives another record than was asked for", "the same", missing={12})
def another_by_name() -> Setting:
    truth = Truth()
    return truth, by_name({12: reply(truth.answer("http://127.0.0.1/oai", get_record(11)))})


@case("GetRecord gives a record without a header", "the same", missing={12})
def nameless_by_name() -> Setting:
    return Truth(), by_name({12: reply(listing("<record><metadata/></record>", verb="GetRecord"))})


@case(
    "A record that could not be written is mended, and its datestamp stays",
    "each later harvest asks for it by its name; there when it comes",
    15,
    missing={12},
    mended=True,
)
def mended() -> Setting:
    return Truth(), lost([12])


@case("The same, and everything is asked for again", "there", missing={12}, found_by="full", mended=True)
def mended_before_a_full_harvest() -> Setting:
    return Truth(), lost([12])


@case("The same, and the lists are compared", "there", missing={12}, found_by="reconcile", mended=True)
def mended_before_a_comparison() -> Setting:
    return Truth(), lost([12])


@case("A whole server is mended, and no datestamp moves", "all are there", missing=set(range(8, 23)), mended=True)
def mended_server() -> Setting:
    return Truth(), lost(range(8, 23))


@case("A record that could not be had by its name is, later", "there when it comes", missing={12}, mended=True)
def nothing_by_name_for_a_while() -> Setting:
    return Truth(), by_name({12: reply(listing(verb="GetRecord"))})


@case(
    "A record that could not be written is deleted, which is never announced",
    "a tombstone, once the provider does not know its name; it is asked for no more",
    missing={12}, later=lambda truth: truth.remove(12), mended=True,
)  # fmt: skip
def lost_and_gone() -> Setting:
    return Truth(), lost([12])


@case(
    "A record that could not be written is neither listed nor known by its name any more",
    "`reconcile` finds that it is gone",
    missing={12}, later=lambda truth: truth.remove(12), found_by="reconcile", mended=True,
)  # fmt: skip
def unlisted_and_gone() -> Setting:
    return Truth(), by_name({12: reply(listing(verb="GetRecord"))})


@case("The connection breaks while a record is had by its name, once", "asked for again")
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
    "what it names is had by GetRecord; incomplete", state="incomplete", said="HTTP 500",
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
    "oai:x:" + "l" * 3000,
    "https://x.example/?a=1&b=2",
)


@case("Identifiers hold anything at all, and differ in case or a no-break space alone", "kept as they are")
def strange_identifiers() -> Setting:
    return strange(), lambda request, _: None


@case("The same, and each is had by its name alone", "percent-encoded once")
def strange_identifiers_by_name() -> Setting:
    return strange(), lambda request, _: BROKEN if is_list(request) else None


def strange() -> Truth:
    return Truth([article(number, identifier=identifier) for number, identifier in enumerate(STRANGE)])


@case("A record is in 10,000 sets", "kept with all of them")
def many_sets() -> Setting:
    return Truth([article(0), article(1, sets=tuple(f"s:{n}" for n in range(10_000)))]), lambda request, _: None


@case("An attribute holds 5 MB", "kept")
def large_attribute() -> Setting:
    data = metadata(3).replace(b"<dc:title>", b'<dc:title lang="' + b"x" * 5_000_000 + b'">')
    return one_with(3, data)


@case("A record nests 300 elements deep", "refused unread: rejected by name; all others are there", 54, missing={3})
def deep_record() -> Setting:
    deep = b"<dc:x>" * 300 + b"</dc:x>" * 300
    return one_with(3, metadata(3).replace(b"<dc:title>", deep + b"<dc:title>"))


@case("A record holds a text of 11 MB", "the same", 54, missing={3})
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
    "The metadata of a record are escaped XML",
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


@case("A record has no datestamp and no setSpec", "kept; what it says counts", 42, harvests=2, requests=1)
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


@case("Another element stands among the records", "rejected; the others are kept", 42, rejected=1)
def stranger() -> Setting:
    return Truth(), rewritten(1, lambda page: page.replace(b"<ListRecords>", b"<ListRecords><p>Warning</p>"))
