"""Crossref as a registration agency; `harvester/registration/registrar.py` says what an agency is."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Protocol

from msgspec.structs import replace

from harvester.answers import Again, Facts, Outcomes, Result, SentArticle, SentFile, System, Terms, Who
from harvester.crossref.client import facts, mail, messages, sent_file, verdicts
from harvester.crossref.client.catalogue import Catalogue
from harvester.crossref.client.servlet import LIVE, TEST, Login, Servlet
from harvester.crossref.client.works import LIVE as API
from harvester.crossref.client.works import RESOLVER, Reader
from harvester.crossref.settings import CrossrefSettings
from harvester.errors import ConfigError
from harvester.system.confidential import confidential
from harvester.system.fingerprints import fingerprint, of_login
from harvester.system.http import Connection, Http
from harvester.system.stopping import Stop

_OTHER_SYSTEM = "What is sent to deposit_url cannot be read from Crossref itself. Set api_url under [crossref]."
_BASE: dict[System, str] = {"test": TEST, "live": LIVE}


class _Configuration(Protocol):
    """What this agency reads from the configuration."""

    @property
    def crossref(self) -> CrossrefSettings | None: ...

    def deposit_secret(self, target: str) -> str | None: ...


class CrossrefAgency:
    name = "crossref"
    title = "Crossref"
    messages = messages.CATALOGUE
    off = 'Sending to Crossref is off. Set deposit = "test" or "live", login and password_file under [crossref].'

    def terms(self, config: _Configuration) -> Terms | None:
        settings = config.crossref
        if settings is None or settings.deposit == "off":
            return None
        return Terms(
            system=settings.deposit,
            login=of_login(settings.login, settings.password_env, file=settings.password_file),
            pace=settings.pace,
            max_in_flight=settings.max_in_flight,
        )

    @contextmanager
    def registrar(self, config: _Configuration, stop: Stop) -> Iterator[Servlet]:
        settings, password = config.crossref, config.deposit_secret(self.name)
        if settings is None or settings.deposit == "off" or settings.login is None or password is None:
            raise ConfigError([self.off])
        http = Http(Connection(contact=settings.contact or settings.depositor_email), stop)
        try:
            login = Login(name=settings.login, password=password)
            with confidential(password):
                yield Servlet(http, login, settings.deposit_url or _BASE[settings.deposit])
        finally:
            http.close()

    @contextmanager
    def catalogue(self, config: _Configuration, stop: Stop) -> Iterator[Catalogue]:
        """What Crossref holds, which anybody may read. Raises `ConfigError` where it is not that of the test system."""
        with self.directory(config, stop) as reader:
            yield Catalogue(reader)

    @contextmanager
    def directory(self, config: _Configuration, stop: Stop) -> Iterator[Reader]:
        """Journals and DOI prefixes: those of the live system also while deposits go to the test system, which shows
        none. Raises `ConfigError` where deposits go to another system.
        """
        settings = config.crossref
        if settings is None:
            raise ConfigError([self.off])
        if settings.deposit_url and settings.api_url is None:
            raise ConfigError([_OTHER_SYSTEM])
        contact = settings.contact or settings.depositor_email
        http = Http(Connection(contact=contact), stop)
        try:
            base = settings.api_url or API
            yield Reader(http, contact, base, resolver=settings.api_url or RESOLVER, stop=stop)
        finally:
            http.close()

    def unreadable(self, config: _Configuration) -> str | None:
        """Why nothing can be read back of what was sent; `None` if it can."""
        settings = config.crossref
        if settings is None:
            return self.off
        if settings.deposit == "test" and settings.api_url is None:
            return (
                'What the test system of Crossref holds cannot be read: it has no REST API. Set deposit = "live" under '
                "[crossref], or api_url if your system has one."
            )
        if settings.deposit_url and settings.api_url is None:
            return _OTHER_SYSTEM
        return None

    def shows_live(self, config: _Configuration) -> bool:
        """The test system has no REST API, but that of the live one is there."""
        settings = config.crossref
        return settings is not None and settings.deposit == "test" and not (settings.api_url or settings.deposit_url)

    def facts(self, data: bytes) -> dict[str, Facts]:
        """What a file says of each of its DOIs, by the folded DOI."""
        return facts.of_file(data)

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
        settings = fingerprint(*values) if values else None
        causes = {cause: cause in entry.again for cause in ("time", "damage", "target")}
        return Again(**causes, settings=settings)


CROSSREF_AGENCY = CrossrefAgency()
