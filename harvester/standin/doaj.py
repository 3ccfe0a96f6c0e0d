"""A stand-in of DOAJ's article API: what it refuses and how it says so, by DOAJ's source (portality/api/current)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any
from uuid import UUID

from harvester.standin.exchange import Answer, Request, as_json
from harvester.standin.json_api import ApiKnobs, JsonApi, body_of
from harvester.system.loopback import running

NAME = "doaj-standin"
NO_JOURNAL = (
    "No journal found to attach article to. Each article in DOAJ must belong to a journal and the (E)ISSNs provided in "
    "the bibjson.identifiers section of this article record do not match any DOAJ journal."
)
NOT_YOURS = (
    "It is not possible to create an article for this journal. Have you included in the upload an ISSN which is not "
    "associated with any journal in your account? ISSNs must match exactly the ISSNs against the journal record."
)
DUPLICATE = "This article is a duplicate of an existing article"
_ORCID = re.compile(r"https?://orcid\.org/\d{4}-\d{4}-\d{4}-\d{3}[0-9X]")
_SEARCHED = re.compile(r'doi:"(.*)"')


class DoajStandIn(JsonApi):
    """Holds articles. `issns` are those of the journals of the account, `others` those of other accounts.

    With `merges`, an article that it has is updated by a POST, as DOAJ does; without, it is refused as a duplicate.
    """

    name = NAME

    def __init__(
        self, key: str, issns: Sequence[str], others: Sequence[str] = (), knobs: ApiKnobs | None = None, port: int = 0
    ) -> None:
        super().__init__(knobs, port)
        self.key, self.issns, self.others = key, set(issns), set(others)
        self.merges = True
        self.articles: dict[str, dict[str, Any]] = {}  # by id

    def held(self, doi: str) -> dict[str, Any] | None:
        """The article with this DOI."""
        found = self._id_of(doi)
        return self.articles[found] if found else None

    def handle(self, request: Request) -> Answer:
        if request.query.get("api_key") != self.key:
            return _error(401, "unauthorised", "An API Key is required to access this.")
        match (request.method, request.segments):
            case ("GET", ["api", "search", "applications", _]):
                return as_json({"total": 0, "results": []})
            case ("GET", ["api", "search", "articles", query]):
                return self._search(query)
            case ("POST", ["api", "articles"]):
                return self._create(body_of(request))
            case ("PUT", ["api", "articles", known]):
                return self._update(known, body_of(request))
        return _error(404, "not_found", "There is nothing here")

    def _search(self, query: str) -> Answer:
        named = _SEARCHED.fullmatch(query)
        found = self._id_of(named[1]) if named else None
        results = [{"id": found, **self.articles[found]}] if found else []
        return as_json({"total": len(results), "results": results})

    def _create(self, article: Any) -> Answer:
        if refused := self._refused(article):
            return refused
        doi = _identifiers(article).get("doi", "")
        known = self._id_of(doi)
        if known and not self.merges:
            return _error(403, "forbidden", DUPLICATE)
        identity = known or UUID(int=len(self.articles) + 1).hex
        self.articles[identity] = article
        return as_json({"status": "created", "id": identity, "location": f"/api/articles/{identity}"}, 201)

    def _update(self, identity: str, article: Any) -> Answer:
        if identity not in self.articles:
            return _error(404, "not_found", "")
        if refused := self._refused(article):
            return refused
        self.articles[identity] = article
        return Answer(204, "application/json", b"")

    def _refused(self, article: Any) -> Answer | None:
        if not isinstance(article, dict) or not isinstance(article.get("bibjson"), dict):
            return _error(400, "bad_request", "Supplied data was not valid JSON")
        bibjson, named = article["bibjson"], _identifiers(article)
        if error := self.knobs.errors.get(named.get("doi", "").lower()):
            return _error(error[0], "bad_request", error[1])
        issns = {named[kind] for kind in ("pissn", "eissn") if kind in named}
        if "title" not in bibjson:
            return _error(400, "bad_request", "Field 'title' is required but not present in 'bibjson.'")
        if not issns:
            words = "You must specify at least one of P-ISSN or E-ISSN in bibjson.identifier"
            return _error(400, "bad_request", words)
        if any(not _ORCID.fullmatch(one["orcid_id"]) for one in bibjson.get("author", []) if "orcid_id" in one):
            words = "Invalid ORCID iD format. Please use url format, eg: https://orcid.org/0001-1111-1111-1111"
            return _error(400, "bad_request", words)
        if not issns & (self.issns | self.others):
            return _error(400, "bad_request", NO_JOURNAL)
        return None if issns <= self.issns else _error(403, "forbidden", NOT_YOURS)

    def _id_of(self, doi: str) -> str | None:
        wanted = doi.lower()
        return next(
            (key for key, one in self.articles.items() if _identifiers(one).get("doi", "").lower() == wanted), None
        )


def _identifiers(article: dict[str, Any]) -> dict[str, str]:
    return {one["type"]: one["id"] for one in article["bibjson"].get("identifier", [])}


def _error(status: int, name: str, words: str) -> Answer:
    return as_json({"status": name, "error": f"{words} (ref: 0f0e6b5c-1111-4222-8333-444455556666)"}, status)


@contextmanager
def serve(
    key: str, issns: Sequence[str], others: Sequence[str] = (), *, knobs: ApiKnobs | None = None, port: int = 0
) -> Iterator[DoajStandIn]:
    """Runs a stand-in on loopback in the block. Port 0 is any free port."""
    with running(DoajStandIn(key, issns, others, knobs, port), NAME) as server:
        yield server
