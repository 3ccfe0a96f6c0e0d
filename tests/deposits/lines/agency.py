"""The folder that lines are sent to, as an agency."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from harvester.answers import Answer, Result, SentArticle, Terms, Verdict
from harvester.article_api.agency import ArticleApiAgency
from harvester.catalogue import Catalogue
from harvester.errors import ConfigError
from harvester.system.fingerprints import of_login
from harvester.system.stopping import Stop
from harvester.targets import Configuration

CATALOGUE = Catalogue(Path(__file__).with_name("messages.toml"))
KEY = "k3y-of-the-shelf"


class Shelf:
    """Has a lock, with a key."""

    def __init__(self, folder: Path, key: str) -> None:
        self.folder, self.key = folder, key

    def check_login(self) -> Answer:
        return Answer(kind="accepted" if self.key == KEY else "login_refused", text="" if self.key == KEY else "locked")

    def send(self, name: str, data: bytes) -> Answer:
        if self.key != KEY:
            return Answer(kind="login_refused", text="locked")
        (self.folder / name).write_bytes(data)
        verdicts = tuple(
            Verdict(doi=one.doi, registered=True, kind="added", text="added", who="nobody")
            for one in LINES_AGENCY.articles(data)
        )
        return Answer(kind="accepted", result=Result(state="completed", raw=data, verdicts=verdicts))

    def result(self, name: str) -> Answer | Result:
        return Result(state="unknown", raw=name.encode())

    def contents(self, name: str) -> Answer | bytes | None:
        return (self.folder / name).read_bytes()


class LinesAgency(ArticleApiAgency):
    name, title = "lines", "the shelf"
    off = 'Sending lines is off. Set deposit = "test", shelf and key_file under [lines].'

    @property
    def messages(self) -> Catalogue:
        return CATALOGUE

    def terms(self, config: Configuration) -> Terms | None:
        settings = config.targets.get(self.name)
        if settings is None or settings.deposit == "off":
            return None
        login = of_login(settings.shelf, settings.key_env, file=settings.key_file)
        return Terms(system=settings.deposit, login=login, pace=settings.pace)

    @contextmanager
    def registrar(self, config: Configuration, stop: Stop) -> Iterator[Shelf]:
        settings, key = config.targets.get(self.name), config.deposit_secret(self.name)
        if settings is None or settings.shelf is None or key is None:
            raise ConfigError([self.off])
        yield Shelf(config.path.parent / settings.shelf, key)

    def articles(self, data: bytes) -> Iterator[SentArticle]:
        return (SentArticle(doi=line.partition("\t")[0]) for line in data.decode().splitlines())


LINES_AGENCY = LinesAgency()
