"""The request for the next page, sent while this one is still being parsed.

A page's token stands at its end and shows before anything of the page is understood. Asked for at once, the next page
is on its way while this one is parsed, so that a list costs what its answers take to come and nothing besides.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from html import unescape

from harvester.about import carried
from harvester.oai.transport import Response

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


class Early:
    """The requests of one transport, of which one may be under way before its answer is wanted; never two at once."""

    def __init__(self, get: Callable[[str], Response]) -> None:
        self._get = get
        self._thread = ThreadPoolExecutor(1, "early", carried())
        self._query = ""
        self._coming: Future[Response] | None = None

    @property
    def is_under_way(self) -> bool:
        """Whether an answer is on its way that nobody has taken yet."""
        return self._coming is not None

    def ask(self, query: str) -> None:
        """Sends a request whose answer will be wanted next."""
        self.call_off()
        self._query, self._coming = query, self._thread.submit(self._get, query)

    def get(self, query: str) -> Response:
        """The answer to a request: the one under way where it is this, else a new one. Raises what `get` raises."""
        if self._coming is None or query != self._query:
            self.call_off()
            return self._get(query)
        coming, self._coming = self._coming, None
        return coming.result()

    def call_off(self) -> None:
        """Waits for an answer that nobody wants any more, and forgets it."""
        if self._coming is not None:
            wait([self._coming])
            self._coming = None

    def close(self) -> None:
        self._thread.shutdown()
