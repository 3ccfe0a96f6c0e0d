"""The next page is asked for before this one is parsed, by the token at its end; never two requests at once."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from html import escape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harvester.errors import Unreachable
from harvester.model import Access, Window
from harvester.oai import BadAnswer, Provider, pages
from harvester.oai.early import Early, glimpse
from harvester.oai.transport import Response
from tests.providers.server import Server, listing, record, reply

DC = Window(prefix="oai_dc")
END = "</ListRecords></OAI-PMH>"


def welcome(pages: int, size: int) -> bool:
    return pages < 3 and size > 0


def unwelcome(pages: int, size: int) -> bool:
    return False


# -------------------------------------------------------------------------------------------- the token's looks


@pytest.mark.parametrize(
    ("tail", "token"),
    [
        (f"<resumptionToken>a1</resumptionToken>{END}", "a1"),
        (f'<resumptionToken completeListSize="9" cursor="0">\n a/1+2 \n</resumptionToken>\n{END}\n', "a/1+2"),
        (f"<resumptionToken>a&amp;b&#33;</resumptionToken>{END}", "a&b!"),
        ("<oai:resumptionToken>a</oai:resumptionToken></oai:ListRecords></oai:OAI-PMH>", "a"),
        (f"<resumptionToken/>{END}", None),
        (f"<resumptionToken>  </resumptionToken>{END}", None),
        (f"<resumptionToken>ключ</resumptionToken>{END}", None),
        (f"<resumptionToken><b>a</b></resumptionToken>{END}", None),
        (f"<resumptionToken>a</resumptionToken><record/>{END}", None),
        ("<resumptionToken>a</resumptionToken></ListIdentifiers></OAI-PMH>", None),
        (f"<resumptionToken>a</resumptionToken>{END}<!-- notice -->", None),
        ("<resumptionToken>a</resumptionToken></ListRecords></OAI-P", None),
        (f"<resumptionTokens>a</resumptionTokens>{END}", None),
        ("", None),
    ],
)
def test_what_shows_of_a_token(tail, token):
    assert glimpse(f"<OAI-PMH><ListRecords><record/>{tail}".encode()) == token


@given(st.text(st.characters(min_codepoint=0x20, max_codepoint=0x7E), min_size=1, max_size=40))
def test_the_token_that_shows_is_the_one_that_stands_there(token):
    body = listing(record(1), token=escape(token)).encode()
    shown, found = glimpse(body), pages.answer(pages.read(body), "ListRecords").token
    assert shown == (found.value if found else None)


# --------------------------------------------------------------------------------------- one request at a time


class Line:
    """A transport that answers when it is told to, and notices two requests at once. Pages are called by numbers."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.go = threading.Event()
        self._busy = threading.Lock()

    def get(self, query: str) -> Response:
        assert self._busy.acquire(blocking=False)
        try:
            self.asked.append(query)
            assert self.go.wait(5)
            if query == "broken":
                raise Unreachable("nobody there")
            return Response(200, {}, query.encode(), "")
        finally:
            self._busy.release()


def next_page(response: Response, in_hand: int) -> str | None:
    number = int(response.body)
    return str(number + 1) if number < 9 and in_hand < 3 else None


@pytest.fixture
def line():
    return Line()


@pytest.fixture
def early(line):
    made = Early(line.get, next_page)
    yield made
    line.go.set()
    made.close()


def until(condition: Callable[[], bool]) -> bool:
    end = time.monotonic() + 5
    while not condition() and time.monotonic() < end:
        time.sleep(0.002)
    return condition()


def test_what_is_behind_an_answer_is_asked_for_at_once_and_each_page_once(early, line):
    line.go.set()
    assert [early.get(str(number)).body for number in range(10)] == [b"%d" % number for number in range(10)]
    assert line.asked == [str(number) for number in range(10)]
    assert not early.is_under_way


def test_no_more_answers_come_than_are_wanted_in_hand(early, line):
    line.go.set()
    early.get("0")
    assert until(lambda: len(line.asked) == 3)
    time.sleep(0.05)
    assert line.asked == ["0", "1", "2"]
    early.get("1")
    early.get("2")
    assert until(lambda: len(line.asked) == 5)
    time.sleep(0.05)
    assert line.asked == ["0", "1", "2", "3", "4"]


def test_another_question_waits_for_the_line_and_gets_its_own_answer(early, line):
    line.go.set()
    early.get("0")
    line.go.clear()
    assert until(lambda: len(line.asked) > 1)
    threading.Timer(0.02, line.go.set).start()
    assert early.get("7").body == b"7"
    assert early.get("8").body == b"8"
    assert [query for query in line.asked if query in ("7", "8")] == ["7", "8"]


def test_what_is_called_off_is_not_gone_on_with(early, line):
    line.go.set()
    early.get("0")
    early.call_off()
    assert not early.is_under_way
    before = len(line.asked)
    time.sleep(0.02)
    assert len(line.asked) == before <= 3


def test_a_failure_is_told_to_whoever_wants_the_answer(line):
    line.go.set()
    early = Early(line.get, lambda response, _: "broken" if response.body == b"0" else None)
    early.get("0")
    with pytest.raises(Unreachable):
        early.get("broken")
    early.get("0")
    early.call_off()
    assert not early.is_under_way
    assert early.get("1").body == b"1"
    early.close()


# ------------------------------------------------------------------------------------------- through the door


def asked_ahead(*answers, ahead=welcome, **settings):
    """What one page and then the next ask of a server with these answers."""
    with (
        Server([reply(one) for one in answers]) as server,
        Provider(Access(url=server.url, allow_private=True, **settings), sleep=lambda _: None) as provider,
    ):
        first = provider.answer(DC, ahead=ahead)
        was_ahead = provider.is_ahead
        token = first.token.value if first.token else None
        second = provider.answer(DC, token).page() if token else None
        return was_ahead, second, [query.get("resumptionToken") for query in server.queries]


def test_the_next_page_is_asked_for_once_and_taken():
    was_ahead, second, asked = asked_ahead(listing(record(1), token="2"), listing(record(2)))
    assert was_ahead
    assert second is not None
    assert [raw.identifier for raw in second.records] == ["oai:x:2"]
    assert asked == [None, "2"]


@pytest.mark.parametrize("reason", [{"ahead": unwelcome}, {"delay": 0.01}])
def test_it_is_asked_for_in_its_turn_where_it_is_not_welcome_or_the_source_wants_pauses(reason):
    was_ahead, _, asked = asked_ahead(listing(record(1), token="2"), listing(record(2)), **reason)
    assert not was_ahead
    assert asked == [None, "2"]


def test_a_page_that_cannot_be_parsed_is_asked_for_again_whatever_was_under_way():
    damaged = listing(record(1), token="2").replace("<header>", "<header", 1)
    answers = [damaged, listing(record(9)), listing(record(1), token="2")]
    with (
        Server([reply(one) for one in answers]) as server,
        Provider(Access(url=server.url, allow_private=True)) as provider,
    ):
        with pytest.raises(BadAnswer):
            provider.answer(DC, ahead=welcome)
        assert provider.is_ahead
        assert [raw.identifier for raw in provider.page(DC).records] == ["oai:x:1"]
        assert [query.get("resumptionToken") for query in server.queries] == [None, "2", None]


def test_nothing_is_asked_behind_the_last_page_or_an_error():
    assert asked_ahead(listing(record(1)))[2] == [None]
    with (
        Server([reply("<html>later</html>")]) as server,
        Provider(Access(url=server.url, allow_private=True, retries=0)) as provider,
    ):
        with pytest.raises(BadAnswer):
            provider.answer(DC, ahead=welcome)
        assert not provider.is_ahead
        assert len(server.requests) == 1
