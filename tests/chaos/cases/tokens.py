"""Tokens."""

from __future__ import annotations

import re
from collections.abc import Callable
from urllib.parse import unquote_plus

from tests.chaos.case import Setting, case
from tests.chaos.cases.parts import BROKEN, TOKEN, WINDOWS, plain_token, token
from tests.providers.server import Request, error, reply
from tests.providers.truth import (
    Truth,
    at_page,
    is_list,
    page_of,
    rewritten,
    without_arguments,
)


@case("A token expires", "its window starts again, and no record is stored twice", 8)
def expired_token() -> Setting:
    return Truth(), at_page(3, reply(error("badResumptionToken")), times=1)


@case("Every token expires before it is used", "windows are made so small that they need no token", 8)
def expired_tokens() -> Setting:
    return Truth(), lambda request, _: reply(error("badResumptionToken")) if page_of(request) > 1 else None


@case("Every token is answered with HTTP 500", "windows are made so small that they need no token")
def tokens_break_it() -> Setting:
    return Truth(), lambda request, _: BROKEN if page_of(request) > 1 else None


@case("Tokens contain +, / and =", "percent-encoded once", 10)
def plus_in_token() -> Setting:
    return Truth(), recoded(lambda value: "a+b/c=" + value, lambda query: unquote_plus(query))


@case("A percent-encoded token is refused", "sent again unchanged", 11)
def encoded_token_refused() -> Setting:
    return Truth(), recoded(lambda value: "a:b!" + value, lambda query: query)


@case("Tokens contain &amp;, escaped for XML", "sent unescaped", 12)
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


@case(
    "A token forgets the dates of its list", "records outside of them are kept, but do not count", 13, settings=WINDOWS
)
def forgetful_token() -> Setting:
    def fault(request: Request, truth: Truth) -> bytes | None:
        if page_of(request) != 1 or not is_list(request) or "from" not in request.query:
            return None
        page, whole = truth.bytes_of(request), truth.bytes_of(without_arguments(request, "from", "until"))
        found = TOKEN.search(whole)
        assert found
        return reply(TOKEN.sub(lambda own: b"<resumptionToken%s>%s</resumptionToken>" % (own[1], found[2]), page))

    return Truth(), fault


@case("A request with a token needs metadataPrefix too", "windows are made so small that they need no token", 14)
def token_needs_prefix() -> Setting:
    return Truth(), lambda request, _: reply(error("badArgument")) if page_of(request) > 1 else None


@case("cursor counts pages, and completeListSize is absent", "for display only; the list is followed to its end", 43)
def odd_cursor() -> Setting:
    return Truth(), rewritten(0, lambda page: re.sub(rb' completeListSize="\d+" cursor="\d+"', b' cursor="1"', page))


@case("Tokens are percent-encoded already", "percent-encoded once more, like any text", 12)
def token_encoded_already() -> Setting:
    return Truth(), recoded(lambda value: "a%2Bb%26" + value, lambda query: unquote_plus(query))


@case("A token that is not understood gives the first page again", "noticed when nothing new comes; smaller windows")
def junk_token_starts_anew() -> Setting:
    """As Janeway does, without completeListSize."""

    def fault(request: Request, truth: Truth) -> bytes | None:
        if page_of_known(request) > 3:
            request = Request("/oai?verb=ListRecords&metadataPrefix=oai_dc", {})
        return reply(plain_token(truth.bytes_of(request))) if is_list(request) else None

    def page_of_known(request: Request) -> int:
        return page_of(request) if is_list(request) else 0

    return Truth(), fault
