"""Sends the articles of a file one by one, and puts together what was answered."""

from __future__ import annotations

import json
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from typing import Any, ClassVar

import msgspec
from msgspec.structs import replace

from harvester.answers import Answer, Result, Verdict
from harvester.article_api.files import Document
from harvester.catalogue import Catalogue, folded
from harvester.errors import Stopped
from harvester.system.confidential import without
from harvester.system.http import Http, NoReply, Reply
from harvester.system.stopping import Stop, never_stop, wait

REQUEST = 120.0  # seconds for one article
SHORT_PAUSE = 60.0  # seconds; a longer Retry-After ends the round
MOST_PAUSES = 3  # for one article
SERVER = "server"  # the id of an error of the host, in every catalogue
OUTAGE = 3  # such errors in succession: the host has a problem, not the article
_LONGEST_TEXT = 2000

Sleep = Callable[[float], None]


class ArticleApi(ABC):
    """A connection to an API that takes one article in a request. Its answers have no secret in them.

    After a request that failed, the whole file is to be sent again, which is harmless.
    """

    title: ClassVar[str]
    catalogue: ClassVar[Catalogue]

    def __init__(self, http: Http, secret: str, stop: Stop = never_stop, sleep: Sleep = time.sleep) -> None:
        self._http, self._secret, self._stop, self._sleep = http, secret, stop, sleep

    @abstractmethod
    def send_one(self, document: Document) -> tuple[Reply | NoReply, Answer | Verdict]:
        """Sends one article. An `Answer` says that the request failed, and nothing about the article."""

    @abstractmethod
    def ask_login(self) -> Reply | NoReply:
        """A question that needs the login and changes nothing."""

    @staticmethod
    @abstractmethod
    def doi_of(document: Document) -> str:
        """The DOI of a document of a file."""

    def check_login(self) -> Answer:
        """Whether the login works. Raises `Stopped`."""
        reply = self.ask_login()
        return self._hidden(self.failure(reply) or _dated(Answer(kind="accepted"), reply))

    def result(self, name: str) -> Answer | Result:  # noqa: ARG002
        """Files have no names there: what is not known from the answers is not known, and the file is sent again."""
        return Result(state="unknown", raw=b"")

    def contents(self, name: str) -> None:  # noqa: ARG002
        """What was received is not shown."""
        return

    def send(self, name: str, data: bytes) -> Answer:  # noqa: ARG002
        """Sends every article of a file; the answer has the result. Raises `Stopped` before the first has left."""
        documents: list[Document] = json.loads(data)
        verdicts: list[Verdict] = []
        log: list[Document] = []
        for document in documents:
            try:
                reply, found = self._patiently(document)
            except Stopped:
                if not verdicts:
                    raise
                reply, found = (
                    NoReply(reason="Stopped"),
                    Answer(kind="throttled", text="the program was stopped", retry_after=0.0),
                )
            if isinstance(found, Answer):
                return self._hidden(_after(found, len(verdicts), len(documents)))
            verdicts.append(found)
            log.append(_logged(found, reply))
            if len(verdicts) >= OUTAGE and all(one.kind == SERVER for one in verdicts[-OUTAGE:]):
                broken = _dated(Answer(kind="unavailable", text=found.text), reply)
                return self._hidden(_after(broken, len(verdicts), len(documents)))
        raw = self._without_secret(json.dumps(log, ensure_ascii=False, indent=1))
        shown = tuple(replace(one, text=self._without_secret(one.text)) for one in verdicts)
        result = Result(state="completed", raw=raw.encode(), verdicts=shown)
        return (
            _dated(Answer(kind="accepted", result=result), reply)
            if documents
            else Answer(kind="accepted", result=result)
        )

    def _patiently(self, document: Document) -> tuple[Reply | NoReply, Answer | Verdict]:
        """Waits for short pauses that the host asks for."""
        reply, found = self.send_one(document)
        for _ in range(MOST_PAUSES):
            pause = found.retry_after if isinstance(found, Answer) and found.kind == "throttled" else None
            if pause is None or pause > SHORT_PAUSE:
                break
            wait(pause, self._stop, self._sleep)
            reply, found = self.send_one(document)
        return reply, found

    # ------------------------------------------------------------------------------------- one answer

    def failure(self, reply: Reply | NoReply) -> Answer | None:
        """What an answer means that is not about an article; `None` if it may be about one."""
        if isinstance(reply, NoReply):
            return Answer(
                kind="uncertain" if reply.body_left else "unavailable", text=f"no answer ({reply.reason})"
            )  # fmt: skip
        text = f"HTTP {reply.status}: {self.text_of(reply)}"
        if reply.status == 401:
            return _dated(Answer(kind="login_refused", text=text), reply)
        if reply.status == 429:
            return _dated(Answer(kind="throttled", text=text), reply)
        if reply.status in (408, 503) or 300 <= reply.status < 400:
            return _dated(Answer(kind="unavailable", text=text), reply)
        if reply.status in (502, 504) or not reply.is_whole:
            return _dated(Answer(kind="uncertain", text=text), reply)
        if 400 <= reply.status < 500 and not isinstance(decoded(reply), dict):
            text = f"HTTP {reply.status} without the words of {self.title}; is the address right?"
            return _dated(Answer(kind="unavailable", text=text), reply)
        return None

    def verdict(
        self, doi: str, reply: Reply, registered: bool | None = None, values: Mapping[str, str] | None = None
    ) -> Verdict:
        """What the answer says of an article, by the catalogue. An error of the host says nothing of it."""
        text = self.text_of(reply)
        kind, found = (SERVER, {}) if reply.status >= 500 else self.catalogue.recognise(f"{reply.status} {text}")
        entry = self.catalogue.known(kind)
        if registered is None and reply.status < 500:
            registered = entry.registered
        return Verdict(
            doi=doi, registered=registered, kind=kind, text=text, who=entry.who, values={**found, **(values or {})}
        )  # fmt: skip

    def text_of(self, reply: Reply) -> str:
        """The words of an answer on one line, without secrets."""
        document = decoded(reply)
        words = self.words_of(document) if isinstance(document, dict) else ""
        return self._without_secret(folded(words)[:_LONGEST_TEXT]) or f"HTTP {reply.status}"

    @staticmethod
    @abstractmethod
    def words_of(document: Document) -> str:
        """What the JSON of an answer says to people."""

    def _hidden(self, answer: Answer) -> Answer:
        return replace(answer, text=self._without_secret(answer.text))

    def _without_secret(self, text: str) -> str:
        return without(text, self._secret)


def decoded(reply: Reply) -> Any:
    """The JSON of an answer; `None` if it is something else."""
    try:
        return msgspec.json.decode(reply.body)
    except msgspec.DecodeError:
        return None


def _after(answer: Answer, sent: int, total: int) -> Answer:
    """The answer that ended a file in the middle. The next attempt begins at its first article."""
    return replace(answer, text=f"after {sent} of {total} articles: {answer.text}") if sent else answer


def _dated(answer: Answer, reply: Reply | NoReply) -> Answer:
    if isinstance(reply, NoReply):
        return answer
    return replace(answer, status=reply.status, server_time=reply.server_time, retry_after=reply.retry_after)


def _logged(verdict: Verdict, reply: Reply | NoReply) -> Document:
    status = reply.status if isinstance(reply, Reply) else None
    return {"doi": verdict.doi, "status": status, "kind": verdict.kind, "text": verdict.text, **verdict.values}
