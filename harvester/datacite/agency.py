"""DataCite as a registration agency; `harvester/registration/registrar.py` says what an agency is."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from harvester.answers import Terms
from harvester.article_api.agency import ArticleApiAgency
from harvester.datacite.api import LIVE, TEST, DataciteApi, Login
from harvester.datacite.settings import DataciteSettings
from harvester.errors import ConfigError
from harvester.system.confidential import confidential
from harvester.system.http import Http
from harvester.system.stopping import Stop
from harvester.targets import Configuration


class DataciteAgency(ArticleApiAgency):
    name, title = "datacite", "DataCite"
    off = (
        'Sending to DataCite is off. Set deposit = "test" or "live", contact, repository_id and password_file under '
        "[datacite]."
    )
    hosts = {"test": TEST, "live": LIVE}  # noqa: RUF012
    api = DataciteApi

    def terms(self, config: Configuration) -> Terms | None:
        settings = config.targets.get("datacite") or DataciteSettings()
        return self.terms_of(settings, settings.repository_id, settings.password_env, file=settings.password_file)

    @contextmanager
    def registrar(self, config: Configuration, stop: Stop) -> Iterator[DataciteApi]:
        settings, password = config.targets.get("datacite"), config.deposit_secret("datacite")
        if settings is None or settings.repository_id is None or password is None:
            raise ConfigError([self.off])
        http = Http(self.connection_of(settings), stop)
        try:
            login = Login(repository_id=settings.repository_id, password=password)
            with confidential(password, login.basic):
                yield DataciteApi(http, login, self.host_of(settings), stop)
        finally:
            http.close()


DATACITE_AGENCY = DataciteAgency()
