"""An HTTP client that answers with what a test says, in its order."""

from __future__ import annotations

import json
from typing import Any

from harvester.system.http import Connection, Http, NoReply, Reply


class ScriptedHttp(Http):
    """`requests` has the method and the path of each request."""

    def __init__(self, *replies: Reply | NoReply) -> None:
        super().__init__(Connection(contact="a@example.org"))
        self.replies, self.requests = list(replies), list[str]()

    def get(self, url: str, **_: Any) -> Reply | NoReply:
        return self._next("GET", url)

    def upload(self, url: str, data: bytes, content_type: str, *, method: str = "POST", **_: Any) -> Reply | NoReply:
        return self._next(method, url)

    def _next(self, method: str, url: str) -> Reply | NoReply:
        self.requests.append(f"{method} {url.partition('?')[0].partition('//')[2].partition('/')[2]}")
        return self.replies.pop(0)


def answer(status: int, document: Any = None) -> Reply:
    return Reply(status=status, body=b"" if document is None else json.dumps(document).encode())
