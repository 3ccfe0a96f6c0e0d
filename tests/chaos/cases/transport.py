"""What comes over the line, or does not."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from itertools import cycle
from urllib.parse import urlsplit

from tests.chaos.case import Setting, case
from tests.chaos.cases.parts import BROKEN, CAP, WINDOWS, plain_token
from tests.providers.server import Answer, Request, chunked, envelope, error, redirect, reply
from tests.providers.truth import (
    Fault,
    Truth,
    article,
    at_page,
    containing,
    is_list,
    name,
    page_of,
    rewritten,
)

MAINTENANCE = reply("<!DOCTYPE html><html><body><h1>Down for maintenance</h1></body></html>", Content_Type="text/html")


@case("The answer is cut in the middle", "fetched again; half a page is never stored", 23)
def truncated() -> Setting:
    def fault(request: Request, truth: Truth) -> Answer | None:
        whole = reply(truth.bytes_of(request))
        return Answer(whole[: len(whole) // 2], close=True) if page_of(request) == 3 and next(times, False) else None

    times = iter([True])
    return Truth(), fault


@case(
    "The document ends in the middle, and nothing in the answer says so",
    "fetched again; half a page is never stored",
    23,
)
def half_a_document() -> Setting:
    return Truth(), rewritten(3, lambda page: page[: len(page) * 2 // 3], times=1)


def closing(page: bytes) -> bytes:
    return reply(page, Connection="close")


def once(page: int, answer: Callable[[bytes], bytes], otherwise: Callable[[bytes], bytes] = closing) -> Fault:
    """The bytes sent for that page the first time, and for all others; the line is closed behind them."""
    left = [True]

    def fault(request: Request, truth: Truth) -> Answer:
        meant = answer if page_of(request) == page and left[0] else otherwise
        left[0] = left[0] and meant is otherwise
        return Answer(meant(truth.bytes_of(request)), close=True)

    return fault


def without_length(page: bytes) -> bytes:
    """As HTTP/1.0 may: the end of the line is the end of the answer."""
    return b"HTTP/1.0 200 OK\r\nContent-Type: text/xml\r\n\r\n" + page


def half_of(page: bytes) -> bytes:
    return page[: len(page) // 2]


@case("A chunked answer is cut at the end of a chunk", "fetched again; half a page is never stored", 23)
def cut_chunks() -> Setting:
    return Truth(), once(3, lambda page: chunked(half_of(page).decode("utf-8", "ignore"), whole=False))


@case("An answer without a length is cut in the middle", "fetched again; half a page is never stored", 23)
def cut_without_length() -> Setting:
    return Truth(), once(3, lambda page: without_length(half_of(page)), without_length)


@case("Content-Length counts characters, which are fewer than the bytes", "fetched again", 23)
def short_length() -> Setting:
    return Truth(), once(3, lambda page: reply(page, Content_Length=str(len(page.decode()))))


@case("Content-Length always promises more than comes", "failed: no page is certainly whole", 23,
    state="failed", said="cut short",
)  # fmt: skip
def long_length() -> Setting:
    return Truth(), once(0, reply, lambda page: reply(page, Content_Length=str(len(page) + 7)))


@case("A proxy closes the elements of a page that was cut", "shorter than announced: requested again", 23)
def closed_by_proxy() -> Setting:
    return Truth(), rewritten(3, closed_by(12), times=1)


def closed_by(number: int) -> Callable[[bytes], bytes]:
    """The page up to this record, which has no title any more."""

    def close(page: bytes) -> bytes:
        head = page[: page.index("Река".encode(), page.index(name(number).encode()))]
        return head + b"</dc:title></oai_dc:dc></metadata></record></ListRecords></OAI-PMH>"

    return close


@case("The same, in every list", "the same, then held against ListIdentifiers: the cut record is had by GetRecord", 23)
def always_closed_by_proxy() -> Setting:
    return Truth(), rewritten(3, closed_by(12))


@case(
    "The same, in a list that does not say how long it is",
    "held against ListIdentifiers: the cut record and those after it are had by GetRecord", 23,
)  # fmt: skip
def closed_by_proxy_unmeasured() -> Setting:
    close = closed_by(12)

    def fault(request: Request, truth: Truth) -> bytes | None:
        page = plain_token(truth.bytes_of(request))
        return reply(close(page) if page_of(request) == 3 else page) if is_list(request) else None

    return Truth(), fault


@case("A proxy once gives an earlier page again", "fewer than announced: requested again")
def page_of_before() -> Setting:
    before: list[bytes] = []

    def fault(request: Request, truth: Truth) -> bytes | None:
        if page_of(request) == 2:
            before.append(truth.bytes_of(request))
        return reply(before[-1]) if page_of(request) == 3 and len(before) == 1 else None

    return Truth(), fault


@case("The connection is closed without an answer", "requested again")
def hung_up() -> Setting:
    return Truth(), at_page(3, Answer(b"", close=True), times=1)


def with_lines(*lines: bytes) -> Fault:
    """Every answer has these bytes between its status line and its headers; the connection stays open."""

    def fault(request: Request, truth: Truth) -> Answer:
        status, rest = reply(truth.bytes_of(request)).split(b"\r\n", 1)
        return Answer(b"\r\n".join([status, *lines, rest]))

    return fault


@case("There are malformed header lines before Content-Length", "ignored; the headers after them are used")
def malformed_headers() -> Setting:
    return Truth(), with_lines(b"Access-Control-Expose-Headers : X-Page", b"<b>Notice</b>: Undefined index", b"printed")


@case("Every answer begins with HTTP 103 (Early Hints)", "skipped")
def early_hints() -> Setting:
    hints = b"HTTP/1.1 103 Early Hints\r\nLink: </site.css>; rel=preload\r\n\r\n"
    return Truth(), lambda request, truth: Answer(hints + reply(truth.bytes_of(request)))


@case(
    "Every answer is a web page with HTTP 200, for hours",
    "incomplete; the next harvest resumes there",
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
    "Every answer is a web page with HTTP 200, from the start",
    "failed; the next harvest starts again",
    24,
    state="failed",
    said="web page",
)
def maintenance_from_the_start() -> Setting:
    return Truth(), lambda request, _: MAINTENANCE


@case(
    "Answers are empty, with HTTP 200",
    "incomplete; the next harvest resumes there",
    24,
    state="incomplete",
    said="empty answer",
)
def empty_answers() -> Setting:
    seen: list[int] = []

    def fault(request: Request, truth: Truth) -> bytes | None:
        seen.append(page_of(request))
        return reply("") if 4 in seen else None

    return Truth(), fault


@case(
    "One window fails, and those after it do not",
    "it stays open in the ledger, and only this window is requested again",
    25,
    settings=WINDOWS,
    state="incomplete",
    said="HTTP 503",
)
def failed_window() -> Setting:
    def fault(request: Request, truth: Truth) -> bytes | None:
        return reply("busy", 503) if is_list(request) and request.query.get("from", "").startswith("2020-05") else None

    return Truth(), fault


def crowded(status: int, **headers: str) -> Fault:
    """Refuses the third page, and everything for good where somebody comes back within the second it asks for."""
    again: list[float] = []

    def fault(request: Request, truth: Truth) -> bytes | None:
        if page_of(request) == 3 and not again:
            again.append(time.monotonic() + 1)
            return reply("slow down", status, **headers)
        if again and time.monotonic() < again[0]:
            again[0] = math.inf
        return reply("too early", 403) if again and again[0] == math.inf else None

    return fault


@case(
    "HTTP 429 with Retry-After in seconds",
    "the harvest waits, and requests more slowly after that",
    26,
    settings="retries = 1\n",
)
def too_many_requests() -> Setting:
    return Truth(), crowded(429, Retry_After="1")


@case(
    "HTTP 503 with Retry-After as a date, by a clock that is wrong",
    "the harvest waits until then",
    26,
    settings="retries = 1\n",
)
def busy_until() -> Setting:
    dates = {"Date": "Sat, 01 Jan 2000 00:00:00 GMT", "Retry_After": "Sat, 01 Jan 2000 00:00:01 GMT"}
    return Truth(), crowded(503, **dates)


@case(
    "HTTP 429 with Retry-After while several lists are read at once", "all wait",
    26, settings=WINDOWS + "parallel = 2\nretries = 1\n",
)  # fmt: skip
def too_many_lanes() -> Setting:
    """Some may be on their way already; where more come within these seconds they are refused for good."""
    came: list[float] = []

    def fault(request: Request, truth: Truth) -> bytes | Answer:
        came.append(time.monotonic())
        if len(came) == 4:
            return reply("slow down", 429, Retry_After="2")
        if sum(came[3] < at < came[3] + 2 for at in came[4:]) > 5:
            return reply("too early", 403)
        return Answer(reply(truth.bytes_of(request)), hang=0.15)

    return Truth(40), fault


@case(
    "HTTP 503 with a Retry-After beyond the cap", "the source waits until then", 26, settings="retry_cap = 60\n",
    state="waiting", said="left alone until",
)  # fmt: skip
def come_back_later() -> Setting:
    return Truth(), at_page(3, reply("busy", 503, Retry_After="7200"))


@case(
    "HTTP 503 with a Retry-After beyond the cap while the formats are requested", "the source waits until then", 26,
    settings="retry_cap = 60\n", state="waiting", said="left alone until",
)  # fmt: skip
def come_back_later_to_an_explanation() -> Setting:
    """The formats are asked for twice: to see whether the provider is alive, and to explain the refusal."""
    listed = reply(envelope("<ListMetadataFormats><metadataFormat><metadataPrefix>marc</metadataPrefix>"
                            "</metadataFormat></ListMetadataFormats>"))  # fmt: skip
    answers = cycle([listed, reply("busy", 503, Retry_After="7200")])

    def fault(request: Request, truth: Truth) -> bytes | None:
        if is_list(request):
            return reply(error("cannotDisseminateFormat"))
        return next(answers) if request.query.get("verb") == "ListMetadataFormats" else None

    return Truth(), fault


@case(
    "GetRecord always answers HTTP 429", "incomplete: the records are not at fault", 26,
    state="incomplete", said="HTTP 429",
)  # fmt: skip
def too_many_names() -> Setting:
    crowded, page = reply("slow down", 429), containing([12], BROKEN)
    return Truth(), lambda request, truth: crowded if request.query.get("verb") == "GetRecord" else page(request, truth)


@case("An unknown User-Agent is blocked", "the User-Agent names this program and a contact", 50)
def blocked_agent() -> Setting:
    def fault(request: Request, truth: Truth) -> bytes | None:
        return None if request.headers.get("User-Agent", "").startswith("harvester/") else reply("no robots", 403)

    return Truth(), fault


@case(
    "A site's protection against robots admits browsers, but not this program",
    "failed: the message names it, and what its administrator needs to admit this program",
    50,
    state="failed",
    said="protection against robots (AWS WAF",
)
def wall() -> Setting:
    return Truth(), lambda request, _: reply("", 202, x_amzn_waf_action="challenge")


@case(
    "A protection against robots blocks the third page and all after it",
    "incomplete; the next harvest resumes there",
    50,
    state="incomplete",
    said="protection against robots (Anubis",
)
def late_wall() -> Setting:
    page = "<!doctype html><html><head><title>Making sure you&#39;re not a bot!</title></head></html>"
    seen: list[int] = []

    def fault(request: Request, truth: Truth) -> bytes | None:
        seen.append(page_of(request))
        return reply(page) if 3 in seen else None

    return Truth(), fault


NOT_ONE_RECORD = "no single record is at fault"


def closed_from(number: int, answer: bytes, *verbs: str) -> Fault:
    """This answer to these verbs from the page of that number on."""
    seen: list[int] = []

    def fault(request: Request, truth: Truth) -> bytes | None:
        seen.append(page_of(request))
        return answer if number in seen and request.query.get("verb") in verbs else None

    return fault


@case(
    "A firewall that does not name itself refuses lists of records from the third page on (HTTP 403)",
    "incomplete after a few requests, as the first page is refused too; no record is rejected, and the next harvest "
    "resumes there", 50,
    state="incomplete", said=NOT_ONE_RECORD,
)  # fmt: skip
def silent_firewall() -> Setting:
    return Truth(60), closed_from(3, reply("", 403), "ListRecords")


@case("The same, with a web page and HTTP 200, for single records too", "the same", 50,
    state="incomplete", said=NOT_ONE_RECORD,
)  # fmt: skip
def silent_firewall_with_a_page() -> Setting:
    return Truth(60), closed_from(3, MAINTENANCE, "ListRecords", "GetRecord")


@case("The same, in windows that are read one after the other",
    "incomplete after a few requests, as lists of other days are refused too", 50,
    settings=WINDOWS, state="incomplete", said=NOT_ONE_RECORD,
)  # fmt: skip
def silent_firewall_between_windows() -> Setting:
    lists: list[str] = []

    def fault(request: Request, truth: Truth) -> bytes | None:
        lists.extend(["list"] * is_list(request))
        return reply("", 403) if len(lists) > 5 and request.query.get("verb") in ("ListRecords", "GetRecord") else None

    return Truth(60), fault


@case("The database breaks in the middle of a list: lists of records and single ones get HTTP 500", "the same", 24,
    state="incomplete", said=NOT_ONE_RECORD,
)  # fmt: skip
def broken_in_the_middle() -> Setting:
    return Truth(60), closed_from(3, BROKEN, "ListRecords", "GetRecord")


@case("Only what contains one record is refused with HTTP 403", "the record is rejected by identifier", 15,
    missing=[12],
)  # fmt: skip
def refused_record() -> Setting:
    return Truth(60), containing([12], reply("", 403), ("ListRecords", "GetRecord"))


@case("Only what contains one record is answered with a web page and HTTP 200", "the same", 15, missing=[12])
def web_page_for_a_record() -> Setting:
    return Truth(60), containing([12], MAINTENANCE, ("ListRecords", "GetRecord"))


@case("Only one page is refused with HTTP 403", "the window is split by date; every record comes")
def refused_page() -> Setting:
    return Truth(60), at_page(3, reply("", 403))


@case("POST is refused", "every request is a GET", 49)
def post_refused() -> Setting:
    return Truth(), lambda request, _: None if request.method == "GET" else reply("no POST", 405)


@case("Requests with a token are refused, as a firewall does", "windows are made so small that they need no token")
def tokens_refused() -> Setting:
    forbidden = reply("Not Acceptable", 406)
    return Truth(), lambda request, _: forbidden if "resumptionToken" in request.query else None


@case(
    "A page is redirected in a circle",
    "stopped after five redirects; the window is split by date, its records fetched with GetRecord",
    51,
)
def redirect_loop() -> Setting:
    return Truth(), lambda request, _: redirect(request.target) if page_of(request) == 3 else None


@case(
    "A page is redirected to a file", "refused; incomplete, and the next harvest resumes there", 51,
    state="incomplete", said="not an address that is requested",
)  # fmt: skip
def redirected_to_a_file() -> Setting:
    return Truth(), at_page(3, redirect("file:///etc/passwd"))


@case("A redirect loses the query", "requested again at the new address", 51)
def forgetful_redirect() -> Setting:
    return Truth(), lambda request, _: redirect("/en/oai") if urlsplit(request.target).path == "/oai" else None


@case("Every request is redirected", "followed once; requests go to the final address from then on", 51)
def redirected() -> Setting:
    def fault(request: Request, truth: Truth) -> bytes | None:
        parts = urlsplit(request.target)
        return redirect(f"/en/oai?{parts.query}") if parts.path == "/oai" else None

    return Truth(), fault


@case(
    "A page is larger than the limit", "its window is split by date until pages fit", 54,
    settings=CAP,
)  # fmt: skip
def huge_pages() -> Setting:
    return Truth([article(number, " wide" * 6000) for number in range(9)]), lambda request, _: None


@case(
    "A page arrives byte by byte, without end",
    "stopped at its deadline; the window is split by date, its records fetched with GetRecord",
    settings="deadline = 1\n",
)
def dripping() -> Setting:
    def fault(request: Request, truth: Truth) -> Answer | None:
        data = truth.bytes_of(request)
        whole = is_list(request) and data.count(b"<record>") > 2
        return Answer(reply(data), close=True, every=0.01) if whole else None

    return Truth(7, page_size=10), fault


@case("A page declares a DOCTYPE with entities", "not parsed; the records are fetched with GetRecord")
def doctype() -> Setting:
    bomb = b'<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>'
    return Truth(), rewritten(2, lambda page: page.replace(b"?>\n", b"?>\n" + bomb, 1))


def identify(answer: bytes) -> Fault:
    """This answer to Identify; the lists work."""
    return lambda request, _: answer if request.query.get("verb") == "Identify" else None


@case("Only Identify fails with HTTP 500", "the lists are harvested without it; it is requested again next time", 23)
def identify_fails() -> Setting:
    return Truth(), identify(reply("", 500))


@case("Only Identify is refused as a bad verb", "the same", 23)
def identify_is_refused() -> Setting:
    return Truth(), identify(reply(error("badVerb", "Illegal verb")))


@case(
    "A proxy in between refuses the connection (HTTP 407)",
    "the run fails, and the message says where to enter its login; nothing is lost",
    23,
    state="failed",
    said="a proxy between this machine and the provider asks for a login",
)
def proxy_refuses() -> Setting:
    return Truth(), lambda request, _: reply("Proxy login required", 407)


@case(
    "The configured proxy gives no connection",
    "the run fails, and the message names the proxy; with another setting everything comes",
    23,
    settings='proxy = "http://127.0.0.1:9"\nretries = 0\n',
    state="failed",
    said="the proxy",
    corrected="",
)
def proxy_gives_no_connection() -> Setting:
    return Truth(), lambda request, _: None


@case(
    "The certificate was issued by the institution's own authority",
    "the run fails, and the message names `ca_file`; with it everything comes",
    23,
    state="failed",
    said="set ca_file of the source to a file with the missing certificate",
    corrected='ca_file = "{certificate}"\n',
    own_authority=True,
)
def own_authority() -> Setting:
    return Truth(), lambda request, _: None
