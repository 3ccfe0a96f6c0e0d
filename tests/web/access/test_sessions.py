"""Sessions end, and cannot be guessed."""

from datetime import UTC, datetime, timedelta

from harvester.web.access import sessions
from harvester.web.access.sessions import LASTS, Sessions

START = datetime(2026, 1, 1, tzinfo=UTC)


def test_session_lasts_for_twelve_hours():
    now = [START]
    kept = Sessions(lambda: now[0])
    token = kept.begin(may_act=True)
    assert len(token) > 40
    now[0] += LASTS - timedelta(seconds=1)
    assert kept.get(token) == sessions.Session(START + LASTS, may_act=True)
    now[0] += timedelta(seconds=1)
    assert kept.get(token) is None


def test_session_ends_by_request():
    kept = Sessions(lambda: START)
    token, other = kept.begin(may_act=False), kept.begin(may_act=True)
    kept.end(token)
    kept.end("unknown")
    assert kept.get(token) is None
    assert kept.get(other) is not None
    assert kept.get("") is None


def test_number_of_sessions_is_limited(monkeypatch):
    monkeypatch.setattr(sessions, "MOST", 3)
    kept = Sessions(lambda: START)
    tokens = [kept.begin(may_act=True) for _ in range(5)]
    assert [kept.get(token) is not None for token in tokens] == [False, False, True, True, True]
