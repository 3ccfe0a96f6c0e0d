"""The request for the next page, sent while this one is still being parsed.

A page's token stands at its end and shows before anything of the page is understood. Asked for at once, the next page
is on its way while this one is parsed, so that a list costs what its answers take to come and nothing besides.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from html import unescape
from typing import NamedTuple

from harvester.oai.transport import Response
from harvester.system.logcontext import inherited_log_context

_TAIL = 4096  # bytes at the end of a page that are looked at
_NAME = rb"(?:[\w.-]+:)?"
_TOKEN = re.compile(
    rb"<%bresumptionToken(?:\s[^<>]*)?>([^<>]+)</%bresumptionToken\s*>\s*" % (_NAME, _NAME)
    + rb"</%bListRecords\s*>\s*</%bOAI-PMH\s*>\s*\Z" % (_NAME, _NAME)
)


def glimpse(body: bytes) -> str | None:
    """The token at the end of a page of records, by its looks alone: what the page really says, only a parser knows."""
    match = _TOKEN.search(body[-_TAIL:])
    if match is None or not match[1].isascii():
        return None
    return unescape(match[1].decode()).strip() or None


class _Fetched(NamedTuple):
    response: Response
    behind: _Asked | None  # what was asked for as soon as this had come


class _Asked(NamedTuple):
    query: str
    coming: Future[_Fetched]


class Early:
    """The requests of one transport, never two at once, of which some leave before their answers are wanted.

    `after` says by an answer what is to be asked next, or `None`; it is told how many answers, this one among them, may
    still be in the hands of who takes them. The thread that got an answer asks it, and sends the next request at once:
    every change of threads costs a list more than its parsing does.
    """

    def __init__(self, get: Callable[[str], Response], after: Callable[[Response, int], str | None]) -> None:
        self._get, self._after = get, after
        self._thread = ThreadPoolExecutor(1, "early", inherited_log_context())
        self._asked: _Asked | None = None
        self._fetched, self._taken = 0, 0  # answers that came early, and those of them that were wanted since
        self._off = False

    @property
    def is_under_way(self) -> bool:
        """Whether there is an answer, here or on its way, that nobody has taken yet."""
        return self._asked is not None

    def get(self, query: str) -> Response:
        """The answer to a request: the one under way where it is this, else a new one. Raises what `get` raises."""
        if self._asked is not None and self._asked.query == query:
            coming, self._asked = self._asked.coming, None
            response, behind = coming.result()
            self._taken += 1
        else:
            self.call_off()
            response, behind = self._get(query), None
        self._asked = behind or self._behind(response, 1)
        return response

    def call_off(self) -> None:
        """Waits for answers that nobody wants any more, and forgets them."""
        self._off = True
        while self._asked is not None:
            coming = self._asked.coming
            wait([coming])
            self._asked = None if coming.exception() else coming.result().behind
        self._off, self._fetched, self._taken = False, 0, 0

    def close(self) -> None:
        self._off = True
        self._thread.shutdown()

    def _behind(self, response: Response, in_hand: int) -> _Asked | None:
        """Asks for what comes behind an answer, where it is wanted."""
        query = None if self._off else self._after(response, in_hand)
        return None if query is None else _Asked(query, self._thread.submit(self._fetch, query))

    def _fetch(self, query: str) -> _Fetched:
        response = self._get(query)
        self._fetched += 1
        return _Fetched(response, self._behind(response, self._fetched - self._taken + 1))
