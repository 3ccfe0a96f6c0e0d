"""Every fault that a harvest can meet, each a provider that has it. The table in docs/faults.md is made of these."""

from __future__ import annotations

import gzip
import re
from collections.abc import Callable
from datetime import timedelta
from urllib.parse import unquote_plus, urlsplit

from msgspec.structs import replace

from harvester.demo.lists import Record
from harvester.model import SetInfo
from tests.chaos.case import CASES, Setting, case
from tests.chaos.provider import (
    CLOCK,
    Truth,
    article,
    at_page,
    containing,
    is_list,
    name,
    page_of,
    rewritten,
    without_arguments,
)
from tests.oai.server import Answer, Request, error, listing, redirect, reply

__all__ = ["CASES"]

TOKEN = re.compile(rb"<resumptionToken([^>]*)>([^<]*)</resumptionToken>")
MAINTENANCE = reply("<!DOCTYPE html><html><body><h1>Down for maintenance</h1></body></html>", Content_Type="text/html")
BROKEN = reply("", 500)
WINDOWS = "window_records = 6\n"


def no_token(page: bytes) -> bytes:
    return TOKEN.sub(b"", page)


def token(change: Callable[[bytes], bytes]) -> Callable[[bytes], bytes]:
    """A change of the token's value alone."""
    return lambda page: TOKEN.sub(lambda found: b"<resumptionToken>%s</resumptionToken>" % change(found[2]), page)


def plain_token(page: bytes) -> bytes:
    """A token without its attributes; none where it is empty."""
    return re.sub(rb"<resumptionToken[^>]*/>", b"", TOKEN.sub(rb"<resumptionToken>\2</resumptionToken>", page))


# ------------------------------------------------------------------------------------ ends of lists


@case("Nothing new is answered with noRecordsMatch", "complete with 0 records, in one request", 1, harvests=2)
def nothing_new() -> Setting:
    return Truth(), lambda request, truth: None


@case("noRecordsMatch comes with HTTP 422", "the body of an HTTP error is read for OAI errors", 2, harvests=2)
def unprocessable() -> Setting:
    def fault(request: Request, truth: Truth) -> bytes | None:
        page = truth.bytes_of(request)
        return reply(page, 422) if b'code="noRecordsMatch"' in page else None

    return Truth(), fault


@case("The last token is empty", "the end of the list", 3)
def empty_token() -> Setting:
    return Truth(), rewritten(5, token(lambda _: b""))


@case("The last token is white space", "the end of the list", 3)
def blank_token() -> Setting:
    return Truth(), rewritten(
        5, lambda page: page.replace(b"</ListRecords>", b"<resumptionToken> \n\t</resumptionToken></ListRecords>")
    )


@case("A token on the last page leads to noRecordsMatch", "the end of the list", 4)
def token_to_nothing() -> Setting:
    def fault(request: Request, truth: Truth) -> bytes | None:
        if request.query.get("resumptionToken") == "more":
            return reply(error("noRecordsMatch"))
        if is_list(request) and page_of(request) == 4:
            return reply(
                truth.bytes_of(request).replace(
                    b"</ListRecords>", b"<resumptionToken>more</resumptionToken></ListRecords>"
                )
            )
        return None

    return Truth(20), fault


@case(
    "A token though there is no result at all", "asked for again, then taken as the end, with a note", 5,
    said="repeats its pages",
)  # fmt: skip
def token_without_result() -> Setting:
    page = b"<ListRecords><resumptionToken>again</resumptionToken></ListRecords></OAI-PMH>"

    def fault(request: Request, truth: Truth) -> bytes | None:
        if not is_list(request):
            return None
        first = request.target.replace("resumptionToken=again", "metadataPrefix=oai_dc")
        return reply(re.sub(rb"<error.*", page, truth.bytes_of(Request(first, {})), flags=re.DOTALL))

    return Truth(0), fault


@case("Empty pages with tokens stand in the middle of the list", "the tokens are followed", 5)
def empty_pages() -> Setting:
    def fault(request: Request, truth: Truth) -> bytes | None:
        if not is_list(request):
            return None
        sent = request.query.get("resumptionToken", "")
        if sent.startswith("hop-"):
            return reply(listing(token=sent.removeprefix("hop-")))
        return reply(token(lambda value: b"hop-" + value)(truth.bytes_of(request)))

    return Truth(), fault


@case(
    "A token leads to its own page for ever", "noticed when nothing new comes; smaller windows give the rest", 6,
)  # fmt: skip
def token_to_itself() -> Setting:
    def fault(request: Request, truth: Truth) -> bytes | None:
        if is_list(request) and page_of(request) == 3:
            return reply(token(lambda _: request.query["resumptionToken"].encode())(truth.bytes_of(request)))
        return None

    return Truth(), fault


@case(
    "The list begins anew at its end, without saying how long it is",
    "asked for once more; then its end is taken where nothing new comes, with a note", 6, 7, said="repeats its pages",
)  # fmt: skip
def endless() -> Setting:
    def fault(request: Request, truth: Truth) -> bytes | None:
        if not is_list(request):
            return None
        if "resumptionToken" in request.query and request.query["resumptionToken"] == "anew":
            request = Request("/oai?verb=ListRecords&metadataPrefix=oai_dc", {})
        page = plain_token(truth.bytes_of(request))
        end = b"</ListRecords>"
        return reply(
            page
            if b"<resumptionToken>" in page
            else page.replace(end, b"<resumptionToken>anew</resumptionToken>" + end)
        )

    return Truth(), fault


@case("The list is longer than its completeListSize", "the list is walked to its end", 7)
def longer_than_said() -> Setting:
    return Truth(), rewritten(0, lambda page: page.replace(b'completeListSize="23"', b'completeListSize="10"'))


@case(
    "completeListSize is simply wrong", "asked for once more; then complete, with a note",
    said="announced 40 records and gave 23",
)  # fmt: skip
def wrong_size() -> Setting:
    return Truth(), rewritten(0, lambda page: page.replace(b'completeListSize="23"', b'completeListSize="40"'))


@case("The list ends too early, once", "shorter than announced: asked for again", 9)
def early_end() -> Setting:
    return Truth(), rewritten(3, lambda page: TOKEN.sub(rb"<resumptionToken\1/>", page), times=1)


@case("The first page never has a token, only its attributes", "shorter than announced: asked for by dates", 9)
def token_without_value() -> Setting:
    return Truth(), rewritten(1, lambda page: TOKEN.sub(rb"<resumptionToken\1/>", page))


@case(
    "The first page never has a token", "a full page alone is held against ListIdentifiers, then asked for by dates", 9
)
def never_a_token() -> Setting:
    return Truth(120, page_size=50), rewritten(0, no_token)


# -------------------------------------------------------------------------------------------- tokens


@case("A token expires", "its window begins anew and doubles nothing", 8)
def expired_token() -> Setting:
    return Truth(), at_page(3, reply(error("badResumptionToken")), times=1)


@case("Every token expires before it is used", "windows so small that they need no token", 8)
def expired_tokens() -> Setting:
    return Truth(), lambda request, _: reply(error("badResumptionToken")) if page_of(request) > 1 else None


@case("Every token is answered with HTTP 500", "windows so small that they need no token")
def tokens_break_it() -> Setting:
    return Truth(), lambda request, _: BROKEN if page_of(request) > 1 else None


@case("Tokens hold +, / and =", "percent-encoded once", 10)
def plus_in_token() -> Setting:
    return Truth(), recoded(lambda value: "a+b/c=" + value, lambda query: unquote_plus(query))


@case("A percent-encoded token is refused", "sent again as it stands", 11)
def encoded_token_refused() -> Setting:
    return Truth(), recoded(lambda value: "a:b!" + value, lambda query: query)


@case("Tokens hold &amp;, escaped for XML", "sent as the text that XML means", 12)
def ampersand_in_token() -> Setting:
    return Truth(), recoded(lambda value: "a&b;" + value, lambda query: unquote_plus(query))


def recoded(given: Callable[[str], str], understood: Callable[[str], str]):
    """Tokens in another form: as given out, and as the provider understands the bytes of a request."""

    def fault(request: Request, truth: Truth) -> bytes | None:
        if not is_list(request):
            return None
        sent = re.search(r"resumptionToken=([^&]*)", request.target)
        if sent:
            prefix = given("")
            value = understood(sent[1])
            if not value.startswith(prefix):
                return reply(error("badResumptionToken"))
            request = Request(f"/oai?verb=ListRecords&resumptionToken={value.removeprefix(prefix)}", {})
        page = truth.bytes_of(request)
        return reply(token(lambda value: given(value.decode()).replace("&", "&amp;").encode())(page))

    return fault


@case("A token forgets the dates of its list", "what lies outside is kept, and not trusted", 13, settings=WINDOWS)
def forgetful_token() -> Setting:
    def fault(request: Request, truth: Truth) -> bytes | None:
        if page_of(request) != 1 or not is_list(request) or "from" not in request.query:
            return None
        page, whole = truth.bytes_of(request), truth.bytes_of(without_arguments(request, "from", "until"))
        found = TOKEN.search(whole)
        assert found
        return reply(TOKEN.sub(lambda own: b"<resumptionToken%s>%s</resumptionToken>" % (own[1], found[2]), page))

    return Truth(), fault


@case("A request with a token needs metadataPrefix too", "windows so small that they need no token", 14)
def token_needs_prefix() -> Setting:
    return Truth(), lambda request, _: reply(error("badArgument")) if page_of(request) > 1 else None


@case("cursor counts pages, and completeListSize is absent", "for display only; the list is walked to its end", 43)
def odd_cursor() -> Setting:
    return Truth(), rewritten(0, lambda page: re.sub(rb' completeListSize="\d+" cursor="\d+"', b' cursor="1"', page))


# ------------------------------------------------------------------------------------- bad records


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


@case("Another element stands among the records", "rejected; the others are kept", 42)
def stranger() -> Setting:
    return Truth(), rewritten(1, lambda page: page.replace(b"<ListRecords>", b"<ListRecords><p>Warning</p>"))


# ------------------------------------------------------------------------------------ damaged bytes


@case("Control characters stand in the text", "taken out, the records marked as repaired", 16, altered={1})
def control_characters() -> Setting:
    return Truth(), rewritten(1, lambda page: page.replace("rivière 1:".encode(), "rivière\x0b\x1f 1:".encode()))


@case("References to characters that XML does not have", "taken out, the records marked as repaired", 17, altered={1})
def illegal_references() -> Setting:
    return Truth(), rewritten(
        1, lambda page: page.replace("rivière 1:".encode(), "rivière&#xFFFE;&#55349; 1:".encode())
    )


@case("Bytes that are no UTF-8", "read as what they were meant to be, the records marked as repaired", 18, altered={1})
def not_utf8() -> Setting:
    return Truth(), rewritten(1, lambda page: page.replace("rivière 1:".encode(), "rivière 1:".encode("cp1252")))


@case("No charset in the HTTP header", "the bytes are parsed, not a guess at text", 19)
def no_charset() -> Setting:
    return Truth(), lambda request, truth: reply(truth.bytes_of(request), Content_Type="text/xml")


@case("gzip that is not declared", "told by its bytes", 20)
def undeclared_gzip() -> Setting:
    return Truth(), lambda request, truth: reply(gzip.compress(truth.bytes_of(request)))


@case("gzip declared that is none", "told by its bytes", 20)
def false_gzip() -> Setting:
    return Truth(), lambda request, truth: reply(truth.bytes_of(request), Content_Encoding="gzip")


@case("PHP notices behind the document", "cut off, the page marked as repaired", 21)
def text_behind() -> Setting:
    return Truth(), rewritten(2, lambda page: page + b"<br />\n<b>Notice</b>: Undefined index in <b>oai.php</b>")


@case("An XML declaration inside each record", "taken out, the page marked as repaired", 22)
def inner_prologs() -> Setting:
    return Truth(), rewritten(2, lambda page: page.replace(b"<metadata>", b'<metadata><?xml version="1.0"?>'))


@case("A byte order mark and blank lines before the document", "skipped")
def byte_order_mark() -> Setting:
    return Truth(), rewritten(0, lambda page: b"\xef\xbb\xbf" + page)


@case("Everything has the prefix oai:", "read by namespace, never by prefix", 47)
def prefixed() -> Setting:
    names = re.compile(rb"<(/?)(?!\?|oai_dc:|dc:|oai:)([A-Za-z-]+)")

    def change(page: bytes) -> bytes:
        named = names.sub(rb"<\1oai:\2", page)
        return named.replace(
            b'xmlns="http://www.openarchives.org/OAI/2.0/"', b'xmlns:oai="http://www.openarchives.org/OAI/2.0/"', 1
        )

    return Truth(), rewritten(0, change)


@case("Namespaces are declared on <record>", "the record is kept with every namespace it needs", 48)
def namespaces_on_record() -> Setting:
    spaces = re.compile(rb' xmlns:(?:oai_dc|dc)="[^"]*"')
    declared = b'<record xmlns:oai_dc="http://www.openarchives.org/OAI/2.0/oai_dc/" xmlns:dc="http://purl.org/dc/elements/1.1/">'
    return Truth(), rewritten(0, lambda page: spaces.sub(b"", page).replace(b"<record>", declared))


# -------------------------------------------------------------------------------------- transport


@case("The answer is cut in the middle", "fetched again; half a page is never taken", 23)
def truncated() -> Setting:
    def fault(request: Request, truth: Truth) -> Answer | None:
        whole = reply(truth.bytes_of(request))
        return Answer(whole[: len(whole) // 2], close=True) if page_of(request) == 3 and next(times, False) else None

    times = iter([True])
    return Truth(), fault


@case("The document ends in the middle, the answer does not say so", "fetched again; half a page is never taken", 23)
def half_a_document() -> Setting:
    return Truth(), rewritten(3, lambda page: page[: len(page) * 2 // 3], times=1)


@case("The connection is closed without an answer", "asked again")
def hung_up() -> Setting:
    return Truth(), at_page(3, Answer(b"", close=True), times=1)


@case(
    "A web page with HTTP 200, for hours",
    "incomplete, and goes on where it was",
    24,
    state="incomplete",
    said="web page",
)
def maintenance() -> Setting:
    seen: list[int] = []

    def fault(request: Request, truth: Truth) -> bytes | None:
        seen.append(page_of(request))
        return MAINTENANCE if 3 in seen else None

    return Truth(), fault


@case(
    "A web page with HTTP 200 from the start",
    "failed; the next harvest begins anew",
    24,
    state="failed",
    said="web page",
)
def maintenance_from_the_start() -> Setting:
    return Truth(), lambda request, _: MAINTENANCE


@case(
    "Empty answers with HTTP 200", "incomplete, and goes on where it was", 24, state="incomplete", said="empty answer"
)
def empty_answers() -> Setting:
    seen: list[int] = []

    def fault(request: Request, truth: Truth) -> bytes | None:
        seen.append(page_of(request))
        return reply("") if 4 in seen else None

    return Truth(), fault


@case(
    "One window fails, those behind it do not", "it stays open in the ledger, and only it is asked for again", 25,
    settings=WINDOWS, state="incomplete", said="HTTP 503",
)  # fmt: skip
def failed_window() -> Setting:
    def fault(request: Request, truth: Truth) -> bytes | None:
        return reply("busy", 503) if is_list(request) and request.query.get("from", "").startswith("2020-05") else None

    return Truth(), fault


@case("HTTP 429 with Retry-After in seconds", "waited for, and then slower", 26, settings="")
def too_many_requests() -> Setting:
    return Truth(), at_page(3, reply("slow down", 429, Retry_After="0"), times=1)


@case(
    "HTTP 503 with a Retry-After beyond the cap", "the source waits until then", 26, settings="retry_cap = 60\n",
    state="waiting", said="left alone until",
)  # fmt: skip
def come_back_later() -> Setting:
    return Truth(), at_page(3, reply("busy", 503, Retry_After="7200"))


@case("An unknown User-Agent is blocked", "ours names the program and a contact", 50)
def blocked_agent() -> Setting:
    def fault(request: Request, truth: Truth) -> bytes | None:
        return None if request.headers.get("User-Agent", "").startswith("harvester/") else reply("no robots", 403)

    return Truth(), fault


@case("Every request is redirected", "followed once; the final address is asked from then on", 51)
def redirected() -> Setting:
    def fault(request: Request, truth: Truth) -> bytes | None:
        parts = urlsplit(request.target)
        return redirect(f"/en/oai?{parts.query}") if parts.path == "/oai" else None

    return Truth(), fault


@case(
    "A page is larger than the cap", "its window is cut by date until pages fit", 54,
    settings="max_page_bytes = 65536\n",
)  # fmt: skip
def huge_pages() -> Setting:
    return Truth([article(number, " wide" * 6000) for number in range(9)]), lambda request, _: None


@case(
    "A page drips, byte by byte", "given up at its deadline; its window is cut by date, its records asked for",
    settings="deadline = 1\n",
)  # fmt: skip
def dripping() -> Setting:
    def fault(request: Request, truth: Truth) -> Answer | None:
        data = truth.bytes_of(request)
        whole = is_list(request) and data.count(b"<record>") > 2
        return Answer(reply(data), close=True, every=0.01) if whole else None

    return Truth(7, page_size=10), fault


@case("A page declares a DOCTYPE with entities", "refused unread; the records are had by GetRecord")
def doctype() -> Setting:
    bomb = b'<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>'
    return Truth(), rewritten(2, lambda page: page.replace(b"?>\n", b"?>\n" + bomb, 1))


# ------------------------------------------------------------------------------------------ dates


@case("A day-only provider claims seconds", "asked once more by day, and remembered", 27, harvests=2)
def refuses_seconds() -> Setting:
    def fault(request: Request, truth: Truth) -> bytes | None:
        page = truth.bytes_of(request)
        if request.query.get("verb") == "Identify":
            return reply(page.replace(b"<granularity>YYYY-MM-DD<", b"<granularity>YYYY-MM-DDThh:mm:ssZ<"))
        return None

    return Truth(granularity="day"), fault


@case("A provider that claims days refuses days", "asked once more by second, and remembered", 28, harvests=2)
def refuses_days() -> Setting:
    def fault(request: Request, truth: Truth) -> bytes | None:
        if request.query.get("verb") == "Identify":
            return reply(
                truth.bytes_of(request).replace(b"<granularity>YYYY-MM-DDThh:mm:ssZ<", b"<granularity>YYYY-MM-DD<")
            )
        return reply(error("badArgument")) if len(request.query.get("from", "")) == 10 else None

    return Truth(), fault


@case("The granularity is written in another case", "understood", 29, harvests=2)
def odd_granularity() -> Setting:
    def fault(request: Request, truth: Truth) -> bytes:
        return reply(truth.bytes_of(request).replace(b"YYYY-MM-DDThh:mm:ssZ", b"yyyy-mm-ddThh:mm:ssZ"))

    return Truth(), fault


def with_earliest(value: bytes):
    stamp = re.compile(rb"<earliestDatestamp>[^<]*<")
    return lambda request, truth: (
        reply(stamp.sub(b"<earliestDatestamp>" + value + b"<", truth.bytes_of(request)))
        if request.query.get("verb") == "Identify"
        else None
    )


@case("earliestDatestamp is empty", "the first window is open to the past", 30, settings=WINDOWS)
def no_earliest() -> Setting:
    return Truth(), with_earliest(b"")


@case("earliestDatestamp is the present", "the first window is open to the past", 30, settings=WINDOWS)
def earliest_now() -> Setting:
    return Truth(), with_earliest(b"2025-06-01T12:00:00Z")


@case("earliestDatestamp is later than most records", "the first window is open to the past", 30, settings=WINDOWS)
def earliest_wrong() -> Setting:
    return Truth(), with_earliest(b"2021-01-01T00:00:00Z")


@case("Every datestamp is the present", "unchanged records are recognised by their content", 31, harvests=2)
def always_now() -> Setting:
    return Truth([article(number, datestamp=CLOCK) for number in range(23)]), lambda request, _: None


@case(
    "The list is in no order",
    "the next harvest goes by the provider's clock, not by the newest datestamp",
    32,
    harvests=2,
)
def no_order() -> Setting:
    return Truth([article(number * 7 % 23) for number in range(23)]), lambda request, _: None


@case("Records before `from` are given", "recognised as unchanged", 36, harvests=2)
def from_ignored() -> Setting:
    return Truth(), lambda request, truth: reply(truth.bytes_of(without_arguments(request, "from")))


@case("Dates are not heeded at all", "no windows: one list", settings=WINDOWS)
def dates_ignored() -> Setting:
    return Truth(), lambda request, truth: reply(truth.bytes_of(without_arguments(request, "from", "until")))


@case("`until` by day means its midnight", "windows begin where their neighbours end", settings=WINDOWS)
def until_midnight() -> Setting:
    def fault(request: Request, truth: Truth) -> bytes | None:
        until = request.query.get("until")
        return (
            reply(truth.bytes_of(Request(request.target.replace(f"until={until}", f"until={day_before(until)}"), {})))
            if until
            else None
        )

    def day_before(until: str) -> str:
        from datetime import date

        return (date.fromisoformat(until) - timedelta(days=1)).isoformat()

    return Truth(granularity="day"), fault


@case("Windows are asked for side by side", "several lines, one store", settings=WINDOWS + "parallel = 4\n")
def side_by_side() -> Setting:
    return Truth(), lambda request, _: None


# ------------------------------------------------------------------------- duplicates and deletions


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


def tombstone(number: int) -> Record:
    return replace(article(number), deleted=True, metadata={})


@case("One list gives a record live and deleted, the deletion newer", "the newer stands", 38)
def deleted_later() -> Setting:
    gone = replace(tombstone(3), datestamp=CLOCK - timedelta(days=1))
    truth = Truth([article(number) if number != 3 else gone for number in range(23)])
    live = article(3).metadata["oai_dc"]
    return truth, also(live_twin(3, live))


@case("One list gives a record live and deleted at the same moment", "GetRecord decides", 38)
def live_and_deleted() -> Setting:
    stamp = f"{article(3).datestamp.isoformat()[:19]}Z"
    head = f'<header status="deleted"><identifier>{name(3)}</identifier><datestamp>{stamp}</datestamp></header>'
    return Truth(), also(f"<record>{head}</record>".encode())


def live_twin(number: int, data: bytes) -> bytes:
    stamp = f"{article(number).datestamp.isoformat()[:19]}Z"
    head = f"<record><header><identifier>{name(number)}</identifier><datestamp>{stamp}</datestamp></header><metadata>"
    return head.encode() + data + b"</metadata></record>"


def also(twin: bytes):
    """A record that stands once more on the third page of every list."""
    return rewritten(3, lambda page: page.replace(b"<ListRecords>", b"<ListRecords>" + twin))


@case("Deleted records are announced", "tombstones, and what was known stays readable")
def announced_deletions() -> Setting:
    return Truth([tombstone(n) if n % 4 == 0 else article(n) for n in range(23)]), lambda request, _: None


@case(
    "A record vanishes while the list is read by offsets, and shifts the rows",
    "the shrunken list is asked for again",
    53,
)
def shifting_rows() -> Setting:
    """Without a trace: the truth is what is there at the end, and the one that vanished is still in the store."""
    truth = Truth(23)
    shifted = [False]

    def fault(request: Request, truth: Truth) -> bytes | None:
        if page_of(request) == 3 and not shifted[0]:
            shifted[0] = True
            truth.records = [one for one in truth.records if one.identifier != name(22)]
            short = truth.bytes_of(request).replace(f"article/{10}<".encode(), b"article/11<")
            return reply(short.replace(b'completeListSize="23"', b'completeListSize="22"'))
        return None

    return truth, fault


# -------------------------------------------------------------------------------------------- sets


@case(
    "A set is gone: noRecordsMatch", "a warning; the other sets are harvested", 44,
    settings='sets = ["river:ART", "river:OLD"]\n', said="no set river:OLD any more",
)  # fmt: skip
def set_gone() -> Setting:
    return Truth(sets=(SetInfo("river:ART", "Articles"),)), lambda request, _: None


@case(
    "A set is gone: badArgument", "a warning; the other sets are harvested", 44,
    settings='sets = ["river:ART", "river:OLD"]\n', said="no set river:OLD any more",
)  # fmt: skip
def set_refused() -> Setting:
    def fault(request: Request, truth: Truth) -> bytes | None:
        return reply(error("badArgument")) if request.query.get("set") == "river:OLD" else None

    return Truth(sets=(SetInfo("river:ART", "Articles"),)), fault


@case("`set=` without a value is an error", "empty arguments are left out", 45)
def empty_set_refused() -> Setting:
    return Truth(), lambda request, _: reply(error("badArgument")) if "set=" in request.target else None


@case("setSpec has reserved characters", "percent-encoded once", 46, settings='sets = ["a+b:c&d=e/é"]\n')
def reserved_set() -> Setting:
    spec = "a+b:c&d=e/é"
    records = [article(number, sets=(spec,)) for number in range(23)]
    return Truth(records, sets=(SetInfo(spec, "All"),)), lambda request, _: None
