"""Who is logged in: a random token for each, in memory only, so a restart logs everybody out."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable
from datetime import datetime, timedelta
from threading import Lock

from msgspec import Struct

LASTS = timedelta(hours=12)
MOST = 1000


class Session(Struct, frozen=True):
    """Until when a person is logged in, and whether the person may act."""

    until: datetime
    may_act: bool


class Sessions:
    """The sessions by the hash of their token. All threads share one."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now, self._lock = now, Lock()
        self._sessions: dict[str, Session] = {}

    def begin(self, *, may_act: bool) -> str:
        """A new session; returns its token. If there are too many, the oldest one ends."""
        token, now = secrets.token_urlsafe(32), self._now()
        with self._lock:
            alive = {key: session for key, session in self._sessions.items() if session.until > now}
            alive[_key(token)] = Session(now + LASTS, may_act)
            self._sessions = dict(list(alive.items())[-MOST:])
        return token

    def get(self, token: str) -> Session | None:
        with self._lock:
            session = self._sessions.get(_key(token))
        return session if session and session.until > self._now() else None

    def end(self, token: str) -> None:
        with self._lock:
            self._sessions.pop(_key(token), None)


def _key(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()
