"""DOAJ's article API: one request for each article, with an API key.

DOAJ takes the key in the address only. No error and no log of this program has an address of it.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

from harvester.answers import Answer, Verdict
from harvester.article_api.api import REQUEST, ArticleApi, decoded
from harvester.article_api.files import Document
from harvester.catalogue import Catalogue
from harvester.doaj.articles import doi_of
from harvester.identifiers import fold_doi
from harvester.system.http import Http, NoReply, Reply, checked_url
from harvester.system.stopping import Stop, never_stop

LIVE = "https://doaj.org"
TEST = "https://testdoaj.cottagelabs.com"
DUPLICATE = "duplicate"  # the id of the message
_JSON = "application/json"


class DoajApi(ArticleApi):
    """The API at a base URL such as `LIVE`. Raises `ConfigError` if the URL is not one that a key may be sent to."""

    title = "DOAJ"
    catalogue = Catalogue(Path(__file__).with_name("messages.toml"))
    doi_of = staticmethod(doi_of)

    def __init__(self, http: Http, key: str, base: str = LIVE, stop: Stop = never_stop, **options: Any) -> None:
        super().__init__(http, key, stop, **options)
        self._base = checked_url(base, "api_url of [doaj]")

    def ask_login(self) -> Reply | NoReply:
        """The applications of the account, which only it can see."""
        return self._http.get(self._url("/api/search/applications/issn:0000-0000"), seconds=REQUEST)

    def send_one(self, document: Document) -> tuple[Reply | NoReply, Answer | Verdict]:
        """Adds the article. DOAJ updates one of ours that it has; if it says that there is one, that is replaced."""
        doi = doi_of(document)
        reply = self._upload("POST", "/api/articles", document)
        found = self._understood(reply, doi)
        if isinstance(found, Verdict) and found.kind == DUPLICATE and (known := self._find(doi)):
            reply = self._upload("PUT", f"/api/articles/{quote(known, safe='')}", document)
            found = self._understood(reply, doi, known)
        return reply, found

    @staticmethod
    def words_of(document: Document) -> str:
        """The error without its reference number, which is another one each time."""
        words = document.get("error") or document.get("status") or ""
        return str(words).partition(" (ref:")[0]

    def _understood(self, reply: Reply | NoReply, doi: str, known: str | None = None) -> Answer | Verdict:
        if (failure := self.failure(reply)) or isinstance(reply, NoReply):
            return failure or Answer(kind="uncertain")
        answered = decoded(reply)
        article = answered.get("id") if isinstance(answered, dict) and reply.status < 300 else known
        values = {"id": article} if isinstance(article, str) else {}
        if reply.status not in (200, 201, 204):
            return self.verdict(doi, reply, values=values)
        return self.verdict(doi, reply, True, values) if values else _unclear(reply)

    def _find(self, doi: str) -> str | None:
        """The id of the article with this DOI, if DOAJ has exactly one."""
        query = quote(f'doi:"{doi}"', safe="")
        reply = self._http.get(self._url(f"/api/search/articles/{query}"), seconds=REQUEST)
        answered = decoded(reply) if isinstance(reply, Reply) and reply.status == 200 else None
        results = answered.get("results") if isinstance(answered, dict) else None
        ids = {str(one["id"]) for one in results or [] if isinstance(one, dict) and _has_doi(one, doi)}
        return ids.pop() if len(ids) == 1 else None

    def _upload(self, method: Any, path: str, document: Document) -> Reply | NoReply:
        data = json.dumps(document, ensure_ascii=False).encode()
        headers = {"Accept": _JSON}
        return self._http.upload(self._url(path), data, _JSON, seconds=REQUEST, method=method, headers=headers)

    def _url(self, path: str) -> str:
        return f"{self._base}{path}?{urlencode({'api_key': self._secret})}"


def _unclear(reply: Reply) -> Answer:
    return Answer(kind="uncertain", text=f"HTTP {reply.status} without the id of an article", status=reply.status)


def _has_doi(article: Document, doi: str) -> bool:
    identifiers = (article.get("bibjson") or {}).get("identifier") or []
    return "id" in article and any(
        one.get("type") == "doi" and fold_doi(str(one.get("id"))) == fold_doi(doi) for one in identifiers
    )
