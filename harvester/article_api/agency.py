"""What every agency with such an API does in the same way; `harvester/registration/registrar.py` says what that is."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import ClassVar, Literal, Protocol

from harvester.answers import Again, Outcomes, Result, SentArticle, SentFile, System, Terms, Who
from harvester.article_api import verdicts
from harvester.article_api.api import ArticleApi
from harvester.catalogue import Catalogue
from harvester.errors import ConfigError, HarvesterError
from harvester.system.fingerprints import fingerprint, of_login
from harvester.system.http import Connection
from harvester.targets import Configuration


class DepositSettings(Protocol):
    """The settings that each of these agencies has."""

    @property
    def deposit(self) -> Literal["off", "test", "live"]: ...
    @property
    def api_url(self) -> str | None: ...
    @property
    def contact(self) -> str | None: ...
    @property
    def pace(self) -> float: ...


class ArticleApiAgency:
    """One agency. Its name is that of its table in the configuration."""

    name: str
    title: str
    off: str
    hosts: ClassVar[Mapping[System, str]]
    api: ClassVar[type[ArticleApi]]

    @property
    def messages(self) -> Catalogue:
        return self.api.catalogue

    def terms_of(self, settings: DepositSettings, *login: str | None, file: str | None) -> Terms | None:
        """How files are sent; `None` if they are not. `login` and the `file` of its secret identify the account."""
        if settings.deposit == "off":
            return None
        return Terms(system=settings.deposit, login=of_login(*login, file=file), pace=settings.pace)

    def host_of(self, settings: DepositSettings) -> str:
        """The address of the API. Raises `ConfigError` if nothing is sent."""
        if settings.deposit == "off":
            raise ConfigError([self.off])
        return settings.api_url or self.hosts[settings.deposit]

    def connection_of(self, settings: DepositSettings) -> Connection:
        """How the API is reached. Raises `ConfigError` without a person whom its operators can write to."""
        if not settings.contact:
            raise ConfigError([self.off])
        return Connection(contact=settings.contact)

    def articles(self, data: bytes) -> Iterator[SentArticle]:
        return (SentArticle(doi=self.api.doi_of(document)) for document in json.loads(data))

    def logs(self, data: bytes) -> Sequence[Result]:  # noqa: ARG002
        """Raises `HarvesterError`: everything is in the answers, and nothing is mailed."""
        raise HarvesterError(f"{self.title} mails no logs. What became of an article is known when it was sent.")

    def decide(self, result: Result, sent: SentFile) -> Outcomes:
        return verdicts.decide(result, sent)

    def merged(self, logs: Iterable[Outcomes]) -> Outcomes:
        return verdicts.merged(logs)

    def sentence(self, kind: str, text: str, values: Mapping[str, str], *, registered: bool) -> str:
        return self.messages.sentence(kind, text, values, registered=registered)

    def next_step(self, kind: str, text: str, values: Mapping[str, str]) -> str:
        return self.messages.next_step(kind, text, values)

    def who(self, who: Who) -> str:
        return {
            "nobody": "nobody needs to",
            "editor": "the editors of the journal",
            "source": "the journal, in its own system",
            "settings": "you, in config.toml",
            "account": f"whoever has the account at {self.title}",
            "agency": f"{self.title}'s support",
            "publisher": "another publisher",
            "program": "the developers of this program, or the program by itself",
            "person": "you",
        }[who]

    def again(self, config: Configuration, kind: str) -> Again:
        table = config.targets.get(self.name)
        named = [f"{key}={getattr(table, key)!r}" for key in self.messages.settings_of(kind, self.name)]
        return Again(time="time" in self.messages.known(kind).again, settings=fingerprint(*named) if named else None)
