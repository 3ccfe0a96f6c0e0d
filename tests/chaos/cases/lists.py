"""Ends of lists."""

from __future__ import annotations

import re
from collections.abc import Callable

from tests.chaos.case import Setting, case
from tests.chaos.cases.parts import BROKEN, TOKEN, WINDOWS, needs_date, no_token, plain_token, token
from tests.providers.server import Answer, Request, error, listing, reply
from tests.providers.truth import (
    CLOCK,
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


@case(
    "Nothing new is answered with noRecordsMatch", "complete with 0 records, in one request", 1, harvests=2, requests=1
)
def nothing_new() -> Setting:
    return Truth(), lambda request, truth: None


@case(
    "Nothing new is answered with an empty list", "complete with 0 records, in one request", 1, harvests=2, requests=1
)
def empty_list() -> Setting:
    """Janeway."""
    return Truth(), rewritten(
        0, lambda page: re.sub(rb"<error [^>]*noRecordsMatch.*?</error>", b"<ListRecords/>", page)
    )


@case(
    "noRecordsMatch comes with HTTP 422", "the body of an HTTP error is read for OAI errors", 2, harvests=2, requests=1
)
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
    "An answer without any result has a token", "requested again, then compared with ListIdentifiers", 5,
    said="lists no record at all, and never did",
)  # fmt: skip
def token_without_result() -> Setting:
    page = b"<ListRecords><resumptionToken>again</resumptionToken></ListRecords></OAI-PMH>"

    def fault(request: Request, truth: Truth) -> bytes | None:
        if not is_list(request):
            return None
        first = request.target.replace("resumptionToken=again", "metadataPrefix=oai_dc")
        return reply(re.sub(rb"<error.*", page, truth.bytes_of(Request(first, {})), flags=re.DOTALL))

    return Truth(0), fault


@case("There are empty pages with tokens in the middle of the list", "the tokens are followed", 5)
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
    "A token gives its own page again, without end",
    "noticed when nothing new comes; smaller windows bring the rest",
    6,
)
def token_to_itself() -> Setting:
    def fault(request: Request, truth: Truth) -> bytes | None:
        if is_list(request) and page_of(request) == 3:
            return reply(token(lambda _: request.query["resumptionToken"].encode())(truth.bytes_of(request)))
        return None

    return Truth(), fault


@case(
    "The list starts again at its end, and does not say how long it is",
    "requested once more; it ends where nothing new comes and ListIdentifiers names no more", 6, 7,
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


@case("The list is longer than its completeListSize", "the list is followed to its end", 7)
def longer_than_said() -> Setting:
    return Truth(), rewritten(0, lambda page: page.replace(b'completeListSize="23"', b'completeListSize="10"'))


@case(
    "completeListSize is simply wrong", "requested once more; then complete, with a note",
    said="announced 40 records and gave 23",
)  # fmt: skip
def wrong_size() -> Setting:
    def fault(request: Request, truth: Truth) -> bytes:
        return reply(truth.bytes_of(request).replace(b'completeListSize="23"', b'completeListSize="40"'))

    return Truth(), fault


@case("completeListSize is wrong, and that of ListIdentifiers is right", "requested once more, then compared with it")
def wrong_size_of_records() -> Setting:
    return Truth(), rewritten(0, lambda page: page.replace(b'completeListSize="23"', b'completeListSize="40"'))


@case(
    "The list is longer than its completeListSize, and the token of its third page gives that page again",
    "noticed when nothing new comes; smaller windows bring the rest", 6, 7,
)  # fmt: skip
def longer_than_said_and_to_itself() -> Setting:
    def change(page: bytes, request: Request) -> bytes:
        said = page.replace(b'completeListSize="23"', b'completeListSize="10"')
        return token(lambda _: request.query["resumptionToken"].encode())(said) if page_of(request) == 3 else said

    def fault(request: Request, truth: Truth) -> bytes | None:
        return reply(change(truth.bytes_of(request), request)) if is_list(request) else None

    return Truth(), fault


@case(
    "The list never goes beyond its third page, windows with dates are empty, and no list says how long it is",
    "smaller windows bring less than the list did; what else ListIdentifiers names is fetched with GetRecord", 7, 9,
)  # fmt: skip
def never_beyond_and_no_windows() -> Setting:
    def fault(request: Request, truth: Truth) -> bytes | None:
        if "from" in request.query or "until" in request.query:
            return reply(error("noRecordsMatch"))
        page = plain_token(truth.bytes_of(request))
        return reply(no_token(page) if is_list(request) and page_of(request) == 3 else page)

    return Truth(), fault


@case("Many pages in a row are empty, because hidden records are counted", "the tokens are followed", 5)
def hidden_records() -> Setting:
    """As DSpace does, which takes them out behind the paging."""

    def fault(request: Request, truth: Truth) -> bytes | None:
        if not is_list(request):
            return None
        count, _, behind = request.query.get("resumptionToken", "").rpartition("-")
        if count:
            left = int(count) - 1
            return reply(listing(token=f"{left}-{behind}" if left else behind))
        return reply(token(lambda value: b"6-" + value)(truth.bytes_of(request)))

    return Truth(), fault


@case("noRecordsMatch comes in the middle of a list, once", "shorter than announced: requested again", 9)
def nothing_for_a_moment() -> Setting:
    return Truth(), at_page(3, reply(error("noRecordsMatch")), times=1)


@case(
    "noRecordsMatch comes in the middle of a list that does not say how long it is",
    "compared with ListIdentifiers, then requested again", 9,
)  # fmt: skip
def nothing_for_a_moment_unmeasured() -> Setting:
    left = [True]

    def fault(request: Request, truth: Truth) -> bytes | None:
        if is_list(request) and page_of(request) == 3 and left[0]:
            left[0] = False
            return reply(error("noRecordsMatch"))
        return reply(plain_token(truth.bytes_of(request)))

    return Truth(), fault


@case("The list never goes beyond its third page", "shorter than announced: requested by dates", 9)
def never_beyond() -> Setting:
    """A search engine that gives the first 10,000 hits and no more."""
    return Truth(), rewritten(3, lambda page: TOKEN.sub(rb"<resumptionToken\1/>", page))


@case(
    "The list never goes beyond its third page, and does not say how long it is",
    "a full last page is compared with ListIdentifiers; then the list is requested by dates", 9,
)  # fmt: skip
def never_beyond_unmeasured() -> Setting:
    def fault(request: Request, truth: Truth) -> bytes | None:
        page = plain_token(truth.bytes_of(request))
        return reply(no_token(page) if is_list(request) and page_of(request) == 3 else page)

    return Truth(), fault


@case("The list ends too early, once", "shorter than announced: requested again", 9)
def early_end() -> Setting:
    return Truth(), rewritten(3, lambda page: TOKEN.sub(rb"<resumptionToken\1/>", page), times=1)


@case("The first page never has a token, only its attributes", "shorter than announced: requested by dates", 9)
def token_without_value() -> Setting:
    return Truth(), rewritten(1, lambda page: TOKEN.sub(rb"<resumptionToken\1/>", page))


@case(
    "The first page never has a token",
    "a full single page is compared with ListIdentifiers; then the list is requested by dates",
    9,
)
def never_a_token() -> Setting:
    return Truth(120, page_size=50), rewritten(0, no_token)


@case("The first page never has a token, and has few records", "the same, from ten records on", 9)
def never_a_token_on_small_pages() -> Setting:
    return Truth(40, page_size=12), rewritten(0, no_token)


@case(
    "The first page of no list ever has a token",
    "a full single page with a round number of records is split by dates",
    9,
)
def never_a_token_of_any_list() -> Setting:
    """OJS 3.3: ListRecords and ListIdentifiers alike."""
    return Truth(120, page_size=50), lambda request, truth: reply(no_token(truth.bytes_of(request)))


@case(
    "The same, and one record cannot be rendered", "a single page of identifiers is split by dates as well", 9, 15,
    missing={12},
)  # fmt: skip
def never_a_token_and_a_lost_record() -> Setting:
    broken = containing([12], BROKEN, verbs=("ListRecords", "GetRecord"))
    return Truth(
        120, page_size=50
    ), lambda request, truth: broken(request, truth) or reply(no_token(truth.bytes_of(request)))


@case("The first page never has a token, and ListIdentifiers answers HTTP 500", "split by dates", 9)
def never_a_token_and_no_identifiers() -> Setting:
    return (
        Truth(120, page_size=50),
        lambda request, truth: (
            BROKEN if request.query.get("verb") == "ListIdentifiers" else reply(no_token(truth.bytes_of(request)))
        ),
    )


@case(
    "Some records are in no window with dates, and another one breaks its page",
    "what ListIdentifiers names in addition to the windows is fetched with GetRecord", 15, missing={2},
)  # fmt: skip
def undated_and_a_lost_record() -> Setting:
    return undated(lambda page: page)


@case("The same, and no list says how long it is", "the same", 15, missing={2})
def undated_and_a_lost_record_unmeasured() -> Setting:
    return undated(plain_token)


def undated(change: Callable[[bytes], bytes]) -> Setting:
    lost = containing([2], BROKEN, verbs=("ListRecords", "GetRecord"))
    dated = Truth([article(number) for number in range(120) if number not in (5, 9, 20)])

    def fault(request: Request, truth: Truth) -> bytes | Answer | None:
        asked = dated if "from" in request.query or "until" in request.query else truth
        return lost(request, asked) or reply(change(asked.bytes_of(request)))

    return Truth(120), fault


# ------------------------------------------------------------------------- lists that change while they are read


def moving(truth: Truth, number: int, text: str = " (edited)", **changes: object) -> None:
    """A record is edited: its row leaves its place and comes again at the end of the list, in the sets it had."""
    sets = next((held.sets for held in truth.records if held.identifier == name(number)), ())
    truth.remove(number)
    truth.put(article(number, text, sets=sets, **changes))


def once_at(page: int, change: Callable[[Truth], None], rewrite: Callable[[bytes], bytes] = bytes) -> Fault:
    """This happens before that page is read for the first time; every page is written so."""
    left = [change]

    def fault(request: Request, truth: Truth) -> bytes | None:
        if is_list(request) and page_of(request) == page and left:
            left.pop()(truth)
        return reply(rewrite(truth.bytes_of(request))) if is_list(request) else None

    return fault


def edit_and_publish(truth: Truth) -> None:
    moving(truth, 2, datestamp=CLOCK)
    truth.put(article(30, datestamp=CLOCK))


@case(
    "One article is edited and one is published while the list is read by offsets, so that its length fits",
    "compared with ListIdentifiers, as a record is newer than the run; what fell between pages is fetched by GetRecord",
    53,
)
def rows_shift_by_an_edit() -> Setting:
    return Truth(), once_at(2, edit_and_publish)


@case("The same in windows", "the same", 53, settings=WINDOWS)
def rows_shift_in_windows() -> Setting:
    return Truth(), once_at(2, edit_and_publish)


@case("An article is edited while a list of unknown length is read", "the same", 53)
def rows_shift_unmeasured() -> Setting:
    return Truth(), once_at(2, lambda truth: moving(truth, 2, datestamp=CLOCK), plain_token)


@case(
    "Rows shift for no visible reason while a list of unknown length is read",
    "such a list is always compared with ListIdentifiers",
    53,
)
def rows_shift_unseen() -> Setting:
    return Truth(), once_at(2, lambda truth: moving(truth, 2, ""), plain_token)


@case("The same, and a list without `from` is refused", "compared from a date on that no record is before", 33, 53)
def rows_shift_unseen_from_a_date() -> Setting:
    truth, shifting = rows_shift_unseen()
    return truth, lambda request, truth: needs_date(request, truth) or shifting(request, truth)


# ---------------------------------------------------------------------------- an index that is rebuilt meanwhile


def rebuilt(left: int) -> Fault:
    """From the third list on, the provider knows its first `left` records only."""
    lists = [0]

    def fault(request: Request, truth: Truth) -> bytes | None:
        lists[0] += is_list(request)
        if lists[0] <= 2 or request.query.get("verb") not in ("ListRecords", "ListIdentifiers", "GetRecord"):
            return None
        if "resumptionToken" in request.query:
            return reply(error("noRecordsMatch"))
        return reply(Truth(left, page_size=50).bytes_of(request))

    return fault


@case(
    "The index is cleared in the middle of the list, and then empty", "incomplete: what was announced is remembered",
    15, state="incomplete", said="announced 23 records before and gives 0 now",
)  # fmt: skip
def index_cleared() -> Setting:
    return Truth(), rebuilt(0)


@case(
    "The index is rebuilt in the middle of the list, and has some records again",
    "the same, until the list has given as much for a day", 15,
    state="incomplete", said="announced 23 records before and gives 7 now",
)  # fmt: skip
def index_rebuilt() -> Setting:
    return Truth(), rebuilt(7)


@case("The same in windows", "the same", 15, settings=WINDOWS, state="incomplete", said="before and gives 7 now")
def index_rebuilt_in_windows() -> Setting:
    return Truth(), rebuilt(7)


@case("Articles are deleted in the middle of the list", "the shorter list is accepted", 15)
def list_really_shorter() -> Setting:
    return Truth(), once_at(2, lambda truth: truth.remove(20, 21))
