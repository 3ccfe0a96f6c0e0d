"""The account at an agency: whether its login works, whether the agency can answer, and the two clocks. Pure."""

from __future__ import annotations

from datetime import datetime, timedelta

from msgspec.structs import replace

from harvester.answers import Answer, System, Terms
from harvester.registration import polling
from harvester.store import Account

_NOTABLE = 60  # seconds; a smaller change of the difference between two clocks is not stored


def of_terms(before: Account | None, target: str, terms: Terms) -> Account:
    """The account as configured. One that was stopped is free again with another login or password file."""
    if before is None or before.login != terms.login:
        return Account(target=target, system=terms.system, login=terms.login)
    return before


def answered(account: Account, answer: Answer, now: datetime, pace: float = 1.0) -> Account:
    """The account after an answer to any request with its login."""
    account = _clock(account, answer.server_time, now)
    if answer.kind == "login_refused":
        return replace(account, stopped=now, accepted=None, answer=answer.text, quiet_until=None, failures=0)
    if answer.kind == "throttled":
        pause = polling.pause_throttled(account.failures + 1, answer.retry_after, pace)
        return _quiet(account, now + pause, answer)
    if answer.kind == "unavailable":
        pause = polling.pause_unavailable(account.failures + 1, answer.retry_after, pace)
        return _quiet(account, now + pause, answer)
    if answer.kind == "accepted":
        return working(account, now)
    return account


def working(account: Account, now: datetime) -> Account:
    """The agency answered a request with this login."""
    if account.accepted and not account.failures and now - account.accepted < timedelta(hours=1):
        return account  # not worth a write
    return replace(account, accepted=now, quiet_until=None, failures=0)


def released(account: Account) -> Account:
    """A person says that the login works now, or that the agency does."""
    return replace(account, stopped=None, accepted=None, answer="", quiet_until=None, failures=0)


def is_quiet(account: Account, now: datetime) -> bool:
    return account.quiet_until is not None and account.quiet_until > now


def stopped_words(title: str, system: System, answer: str) -> str:
    """Why nothing is sent, and what to do."""
    other = "live" if system == "test" else "test"
    said = f' It said: "{answer}"{"" if answer.endswith(".") else "."}' if answer else ""
    return (
        f"{title} refuses the login of its {system} system, and nothing is sent or asked for.{said} "
        f"Correct login, or the password in its file; a login of the {other} system does not work here. "
        "Letter case counts. If they are right: harvester deposits retry --login."
    )


def _quiet(account: Account, until: datetime, answer: Answer) -> Account:
    return replace(account, quiet_until=until, failures=account.failures + 1, answer=answer.text)


def _clock(account: Account, server_time: datetime | None, now: datetime) -> Account:
    if server_time is None:
        return account
    ahead = round((now - server_time).total_seconds())
    return replace(account, clock_ahead=ahead) if abs(ahead - account.clock_ahead) >= _NOTABLE else account
