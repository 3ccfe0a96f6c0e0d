"""Registration agencies: who takes deposit files and says what became of them. `harvester.targets` has the list.

An agency translates between its protocol and `harvester.answers`. Everything else is the same for all: the order of
files, what is uncertain, when to ask, what became of each DOI.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Protocol

from harvester import targets
from harvester.answers import Again, Answer, Outcomes, Result, SentArticle, SentFile, System, Terms, Who
from harvester.catalogue import Catalogue
from harvester.config import Config
from harvester.deposits.target import configured_targets
from harvester.system.stopping import Stop


class Registrar(Protocol):
    """A connection to an agency, with a login. Each call raises `Stopped` if a stop was requested."""

    def check_login(self) -> Answer:
        """Whether the login works: `accepted`, `login_refused`, or that it could not be asked. Changes nothing."""

    def send(self, name: str, data: bytes) -> Answer:
        """Sends a file. An agency that processes it at once has the result in its answer.

        Raises `Stopped` only if nothing of the file has left.
        """

    def result(self, name: str) -> Answer | Result:
        """What became of the file that was sent under this name; an `Answer` if that could not be learnt."""

    def contents(self, name: str) -> Answer | bytes | None:
        """The file as the agency received it; `None` if it shows none, an `Answer` if that could not be learnt."""


class Agency(Protocol):
    """One agency, by the name of its target. It holds no state: there is one instance."""

    name: str  # of its target
    title: str  # for people
    off: str  # what to set before anything can be sent

    @property
    def messages(self) -> Catalogue:
        """Every message that it may give."""

    def terms(self, config: Config) -> Terms | None:
        """How files are sent; `None` if sending is off."""

    def registrar(self, config: Config, stop: Stop) -> AbstractContextManager[Registrar]:
        """A connection. Raises `ConfigError` without a login, a password, or an address that may be used."""

    def articles(self, data: bytes) -> Iterable[SentArticle]:
        """What is in a file, in its order."""

    def logs(self, data: bytes) -> Sequence[Result]:
        """The logs in a file or a mail that a person has. Raises `HarvesterError` if there are none."""

    def decide(self, result: Result, sent: SentFile) -> Outcomes:
        """What a completed result says of each DOI of the file. Pure."""

    def merged(self, logs: Iterable[Outcomes]) -> Outcomes:
        """The outcomes of a file that was sent several times, oldest first. Pure."""

    def sentence(self, kind: str, text: str, values: Mapping[str, str], *, registered: bool) -> str:
        """What a message means."""

    def next_step(self, kind: str, text: str, values: Mapping[str, str]) -> str:
        """What to do about a message. `values` may have the `submission_id`."""

    def who(self, who: Who) -> str:
        """Who can act, in words."""

    def again(self, config: Config, kind: str) -> Again:
        """What makes a DOI with this message due again."""


AGENCIES: dict[str, Agency] = targets.agencies()


def sending_agencies(config: Config) -> list[Agency]:
    """Those that files are sent to."""
    return [agency for agency in AGENCIES.values() if agency.terms(config) is not None]


def shown_agency(config: Config, target: str | None = None) -> Agency:
    """The agency to show: the one named, else the first that files are sent to, else the first configured."""
    if target:
        return AGENCIES[target]
    configured = [AGENCIES[one.name] for one in configured_targets(config) if one.name in AGENCIES]
    return next(iter([*sending_agencies(config), *configured, *AGENCIES.values()]))


def shown_system(config: Config, agency: Agency) -> System:
    """The system to show: that of the configuration, or the real one while nothing is sent."""
    terms = agency.terms(config)
    return terms.system if terms else "live"


def terms_of(config: Config, target: str) -> Terms | None:
    """How files of a target are sent; `None` if they are not."""
    return AGENCIES[target].terms(config) if target in AGENCIES else None
