"""DOAJ as a place that files are sent to; `harvester/registration/registrar.py` says what an agency is."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from harvester.answers import Terms
from harvester.article_api.agency import ArticleApiAgency
from harvester.doaj.api import LIVE, TEST, DoajApi
from harvester.doaj.settings import DoajSettings
from harvester.errors import ConfigError
from harvester.system.confidential import confidential
from harvester.system.http import Http
from harvester.system.stopping import Stop
from harvester.targets import Configuration


class DoajAgency(ArticleApiAgency):
    name, title = "doaj", "DOAJ"
    off = 'Sending to DOAJ is off. Set deposit = "test" or "live", contact and api_key_file under [doaj].'
    hosts = {"test": TEST, "live": LIVE}  # noqa: RUF012
    api = DoajApi

    def terms(self, config: Configuration) -> Terms | None:
        settings = config.targets.get("doaj") or DoajSettings()
        return self.terms_of(settings, settings.api_key_env, file=settings.api_key_file)

    @contextmanager
    def registrar(self, config: Configuration, stop: Stop) -> Iterator[DoajApi]:
        settings, key = config.targets.get("doaj"), config.deposit_secret("doaj")
        if settings is None or key is None:
            raise ConfigError([self.off])
        http = Http(self.connection_of(settings), stop)
        try:
            with confidential(key):
                yield DoajApi(http, key, self.host_of(settings), stop)
        finally:
            http.close()


DOAJ_AGENCY = DoajAgency()
