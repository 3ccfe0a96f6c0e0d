"""Crossref as a registration agency; `harvester/registration/registrar.py` says what an agency is."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Protocol

from msgspec.structs import replace

from harvester.answers import Again, Outcomes, Result, SentArticle, SentFile, System, Terms, Who
from harvester.crossref.client import mail, messages, sent_file, verdicts
from harvester.crossref.client.servlet import LIVE, TEST, Login, Servlet
from harvester.crossref.settings import CrossrefSettings
from harvester.errors import ConfigError
from harvester.system.http import Connection, Http
from harvester.system.stopping import Stop

_BASE: dict[System, str] = {"test": TEST, "live": LIVE}


class _Configuration(Protocol):
    """What this agency reads from the configuration."""

    @property
    def crossref(self) -> CrossrefSettings | None: ...

    def deposit_password(self) -> str | None: ...


class CrossrefAgency:
    name = "crossref"
    title = "Crossref"
    off = 'Sending to Crossref is off. Set deposit = "test" or "live", login and password_file under [crossref].'

    def terms(self, config: _Configuration) -> Terms | None:
        settings = config.crossref
        if settings is None or settings.deposit == "off":
            return None
        return Terms(
            system=settings.deposit,
            login=_fingerprint(settings),
            pace=settings.pace,
            max_in_flight=settings.max_in_flight,
        )

    @contextmanager
    def registrar(self, config: _Configuration, stop: Stop) -> Iterator[Servlet]:
        settings, password = config.crossref, config.deposit_password()
        if settings is None or settings.deposit == "off" or settings.login is None or password is None:
            raise ConfigError([self.off])
        http = Http(Connection(contact=settings.contact or settings.depositor_email), stop)
        try:
            login = Login(name=settings.login, password=password)
            yield Servlet(http, login, settings.deposit_url or _BASE[settings.deposit])
        finally:
            http.close()

    def articles(self, data: bytes) -> Iterable[SentArticle]:
        return sent_file.articles(data)

    def logs(self, data: bytes) -> list[Result]:
        return [replace(log.result, system=log.system or log.result.system) for log in mail.read(data)]

    def decide(self, result: Result, sent: SentFile) -> Outcomes:
        return verdicts.decide(result, sent)

    def merged(self, logs: Iterable[Outcomes]) -> Outcomes:
        return verdicts.merged(logs)

    def sentence(self, kind: str, text: str, values: Mapping[str, str], *, registered: bool) -> str:
        return messages.sentence(kind, text, values, registered=registered)

    def next_step(self, kind: str, text: str, values: Mapping[str, str]) -> str:
        return messages.next_step(kind, text, values)

    def who(self, who: Who) -> str:
        return messages.WHO[who]

    def again(self, config: _Configuration, kind: str) -> Again:
        """A change of a journal's settings changes its articles, so only those of `[crossref]` are looked at."""
        entry = messages.entries().get(kind) or messages.entries()[messages.OTHER]
        named = [name.removeprefix("crossref.") for name in entry.settings if name.startswith("crossref.")]
        values = [f"{name}={getattr(config.crossref, name)!r}" for name in named]
        return Again(time="time" in entry.again, settings=_digest(*values) if values else None)


def _fingerprint(settings: CrossrefSettings) -> str:
    """Changes with the login, and with the name and the date of the password's file. It says nothing about either."""
    date = ""
    if settings.password_file:
        with suppress(OSError):
            date = str(Path(settings.password_file).stat().st_mtime_ns)
    return _digest(settings.login or "", settings.password_env or "", settings.password_file or "", date)


def _digest(*values: str) -> str:
    return hashlib.sha256("\0".join(values).encode()).hexdigest()[:16]


CROSSREF_AGENCY = CrossrefAgency()
