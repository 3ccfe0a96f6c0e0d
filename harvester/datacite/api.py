"""DataCite's REST API: a PUT of one DOI creates it or updates it. The later request wins: there is no version."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any
from urllib.parse import quote

from msgspec import Struct

from harvester.answers import Answer, Verdict
from harvester.article_api.api import REQUEST, ArticleApi, decoded
from harvester.article_api.files import Document
from harvester.catalogue import Catalogue
from harvester.datacite.articles import doi_of
from harvester.identifiers import fold_doi
from harvester.system.http import Http, NoReply, Reply, checked_url
from harvester.system.stopping import Stop, never_stop

LIVE = "https://api.datacite.org"
TEST = "https://api.test.datacite.org"
NOT_FINDABLE = "not-findable"  # the id of a conclusion
_JSON = "application/vnd.api+json"


class Login(Struct, frozen=True, kw_only=True):
    """The account of a repository."""

    repository_id: str
    password: str

    @property
    def basic(self) -> str:
        """What basic authentication makes of it."""
        return base64.b64encode(f"{self.repository_id}:{self.password}".encode()).decode()

    def __repr__(self) -> str:
        return "Login(…)"


class DataciteApi(ArticleApi):
    """The API at a base URL such as `LIVE`. Raises `ConfigError` if a password may not be sent to the URL."""

    title = "DataCite"
    catalogue = Catalogue(Path(__file__).with_name("messages.toml"))
    doi_of = staticmethod(doi_of)

    def __init__(self, http: Http, login: Login, base: str = LIVE, stop: Stop = never_stop, **options: Any) -> None:
        super().__init__(http, login.password, stop, **options)
        self._base = checked_url(base, "api_url of [datacite]")
        self._headers = {"Authorization": f"Basic {login.basic}", "Accept": _JSON}

    def ask_login(self) -> Reply | NoReply:
        """A list that everybody may read: a wrong login is refused all the same."""
        return self._http.get(f"{self._base}/dois?page%5Bsize%5D=0", seconds=REQUEST, headers=self._headers)

    def send_one(self, document: Document) -> tuple[Reply | NoReply, Answer | Verdict]:
        """Registers the DOI, or updates what DataCite has of it."""
        doi = doi_of(document)
        reply = self._http.upload(
            f"{self._base}/dois/{quote(doi, safe='')}",
            json.dumps(document, ensure_ascii=False).encode(),
            _JSON,
            seconds=REQUEST,
            method="PUT",
            headers=self._headers,
        )
        return reply, self._understood(reply, doi)

    @staticmethod
    def words_of(document: Document) -> str:
        """The errors, each with the field it is about."""
        errors = document.get("errors")
        rows = [error for error in errors if isinstance(error, dict)] if isinstance(errors, list) else []
        return "; ".join(": ".join(_said(error)) for error in rows)

    def _understood(self, reply: Reply | NoReply, doi: str) -> Answer | Verdict:
        if (failure := self.failure(reply)) or isinstance(reply, NoReply):
            return failure or Answer(kind="uncertain")
        if reply.status not in (200, 201):
            return self.verdict(doi, reply)
        state = _state(decoded(reply), doi)
        if state == "findable":
            return self.verdict(doi, reply, True)
        if state is None:
            return Answer(kind="uncertain", text=f"HTTP {reply.status} without the DOI", status=reply.status)
        entry = self.catalogue.known(NOT_FINDABLE)
        return Verdict(
            doi=doi, registered=False, kind=NOT_FINDABLE, text=f"the state is {state}", who=entry.who,
            values={"state": state},
        )  # fmt: skip


def _said(error: Document) -> list[str]:
    return [str(error[key]) for key in ("source", "title") if error.get(key)]


def _state(answered: Any, doi: str) -> str | None:
    """The state of the DOI by the record in the answer; `None` if it is not a record of this DOI."""
    data = answered.get("data") if isinstance(answered, dict) else None
    if not isinstance(data, dict) or fold_doi(str(data.get("id"))) != fold_doi(doi):
        return None
    attributes = data.get("attributes")
    return str(attributes.get("state")) if isinstance(attributes, dict) else None
