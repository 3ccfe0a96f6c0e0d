"""Sending the articles of a file one by one, without a network."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from harvester.answers import Answer, Verdict
from harvester.article_api.api import ArticleApi
from harvester.article_api.files import Document
from harvester.doaj.api import DoajApi
from harvester.errors import Stopped
from harvester.system.http import Connection, Http, NoReply, Reply

SECRET = "s3cret-word"


class Scripted(ArticleApi):
    """Answers with what the test says, in its order."""

    title = "Scripted"
    catalogue = DoajApi.catalogue

    def __init__(self, replies: list[Reply | NoReply | Exception]) -> None:
        self.slept: list[float] = []
        super().__init__(Http(Connection(contact="a@example.org")), SECRET, sleep=self.slept.append)
        self.replies, self.sent = replies, list[str]()

    def ask_login(self) -> Reply | NoReply:
        found = self.replies.pop(0)
        assert not isinstance(found, Exception)
        return found

    def send_one(self, document: Document) -> tuple[Reply | NoReply, Answer | Verdict]:
        self.sent.append(document["doi"])
        reply = self.replies.pop(0)
        if isinstance(reply, Exception):
            raise reply
        if (failure := self.failure(reply)) or isinstance(reply, NoReply):
            return reply, failure or Answer(kind="uncertain")
        return reply, self.verdict(document["doi"], reply)

    @staticmethod
    def doi_of(document: Document) -> str:
        return str(document["doi"])

    @staticmethod
    def words_of(document: Document) -> str:
        return str(document.get("error", ""))


def file_of(number: int) -> bytes:
    return json.dumps([{"doi": f"10.5555/{one}"} for one in range(number)]).encode()


def reply(status: int, words: Any = "", retry_after: float | None = None, **values: Any) -> Reply:
    return Reply(status=status, body=json.dumps({"error": words}).encode(), retry_after=retry_after, **values)


OK = reply(201)
PAGE = Reply(status=404, body=b"<html>")


def test_every_article_has_its_verdict_and_the_log_says_what_was_answered():
    api = Scripted([OK, reply(400, "Invalid DOI format."), OK])
    answer = api.send("a.json", file_of(3))
    assert answer.kind == "accepted"
    assert answer.result is not None
    assert [one.registered for one in answer.result.verdicts] == [True, False, True]
    assert [row["status"] for row in json.loads(answer.result.raw)] == [201, 400, 201]


@pytest.mark.parametrize(
    ("found", "kind"),
    [
        (NoReply(reason="ConnectionRefusedError"), "unavailable"),
        (NoReply(reason="TimeoutError", body_left=True), "uncertain"),
        (reply(401, "no key"), "login_refused"),
        (reply(429, retry_after=3600.0), "throttled"),
        (reply(503), "unavailable"),
        (reply(302), "unavailable"),
        (reply(502), "uncertain"),
        (reply(504), "uncertain"),
        (reply(201, is_whole=False), "uncertain"),
        (PAGE, "unavailable"),
    ],
)
def test_a_failure_ends_the_file_and_says_how_far_it_came(found: Reply | NoReply, kind: str):
    api = Scripted([OK, found, OK])
    answer = api.send("a.json", file_of(3))
    assert (answer.kind, answer.result, len(api.sent)) == (kind, None, 2)
    assert answer.text.startswith("after 1 of 3 articles: ")


def test_a_short_pause_is_waited_out_three_times_at_most():
    throttled = reply(429, retry_after=0.5)
    api = Scripted([throttled, throttled, throttled, OK])
    assert api.send("a.json", file_of(1)).kind == "accepted"
    assert api.slept == [0.5] * 3
    assert Scripted([throttled] * 4).send("a.json", file_of(1)).kind == "throttled"


def test_a_stop_before_the_first_article_sends_nothing_and_a_later_one_sends_the_file_again():
    with pytest.raises(Stopped):
        Scripted([Stopped("stopped")]).send("a.json", file_of(2))
    answer = Scripted([OK, Stopped("stopped")]).send("a.json", file_of(2))
    assert (answer.kind, answer.retry_after) == ("throttled", 0.0)


def test_an_error_of_the_host_is_about_one_article_until_it_comes_three_times():
    broken = reply(500, "oh")
    answer = Scripted([broken, OK, broken]).send("a.json", file_of(3))
    assert answer.result is not None
    assert [one.registered for one in answer.result.verdicts] == [None, True, None]
    assert Scripted([broken] * 3).send("a.json", file_of(3)).kind == "unavailable"


@pytest.mark.parametrize("make", [lambda words: reply(400, words), lambda words: reply(401, words)])
def test_the_secret_is_in_no_text(make: Callable[[str], Reply]):
    answer = Scripted([make(f"the key {SECRET}")]).send("a.json", file_of(1))
    assert SECRET not in repr(answer)
    assert "the key …" in repr(answer)


def test_the_login_is_checked_by_a_question():
    assert Scripted([reply(200)]).check_login().kind == "accepted"
    assert Scripted([reply(401)]).check_login().kind == "login_refused"
    assert Scripted([NoReply(reason="TimeoutError")]).check_login().kind == "unavailable"


def test_a_file_has_no_name_there():
    found = Scripted([]).result("a.json")
    assert not isinstance(found, Answer)
    assert found.state == "unknown"
