"""A stand-in of DataCite's REST API: PUT /dois/{doi}, who may do it, and what a findable DOI requires."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from harvester.standin.exchange import Answer, Request, as_json
from harvester.standin.json_api import ApiKnobs, JsonApi, body_of
from harvester.system.loopback import running

NAME = "datacite-standin"
REQUIRED = ("url", "creators", "titles", "publisher", "publicationYear", "types")


class DataciteStandIn(JsonApi):
    """Holds the newest record of each DOI: the later request wins."""

    name = NAME

    def __init__(
        self, login: tuple[str, str], prefixes: Sequence[str], knobs: ApiKnobs | None = None, port: int = 0
    ) -> None:
        super().__init__(knobs, port)
        self.login, self.prefixes = login, tuple(prefixes)
        self.records: dict[str, dict[str, Any]] = {}  # the attributes, by DOI in lower case

    def held(self, doi: str) -> dict[str, Any] | None:
        return self.records.get(doi.lower())

    def handle(self, request: Request) -> Answer:
        if not self._is_allowed(request.headers.get("authorization", "")):
            return _errors(401, [("", "Bad credentials.")])
        match (request.method, request.segments):
            case ("GET", ["dois"]):
                return as_json({"data": [], "meta": {"total": len(self.records)}})
            case ("PUT", ["dois", doi]):
                return self._put(doi.lower(), body_of(request))
        return _errors(404, [("", "The resource you are looking for doesn't exist.")])

    def _put(self, doi: str, body: Any) -> Answer:
        if doi.partition("/")[0] not in self.prefixes:
            return _errors(403, [("", "You are not authorized to access this resource.")])
        if error := self.knobs.errors.get(doi):
            return _errors(error[0], [("", error[1])])
        attributes = body["data"]["attributes"]
        if attributes.get("event") == "publish":
            missing = [(name, "can't be blank") for name in REQUIRED if not attributes.get(name)]
            if missing:
                return _errors(422, missing)
        is_new = doi not in self.records
        self.records[doi] = attributes
        state = "findable" if attributes.get("event") == "publish" else "draft"
        shown = {**attributes, "state": state}
        return as_json({"data": {"id": doi, "type": "dois", "attributes": shown}}, 201 if is_new else 200)

    def _is_allowed(self, header: str) -> bool:
        kind, _, encoded = header.partition(" ")
        try:
            given = base64.b64decode(encoded).decode()
        except (binascii.Error, UnicodeDecodeError):
            return False
        return kind == "Basic" and given == ":".join(self.login)


def _errors(status: int, rows: Sequence[tuple[str, str]]) -> Answer:
    errors = [{"source": source, "title": title} if source else {"title": title} for source, title in rows]
    return as_json({"errors": errors}, status)


@contextmanager
def serve(
    login: tuple[str, str], prefixes: Sequence[str], *, knobs: ApiKnobs | None = None, port: int = 0
) -> Iterator[DataciteStandIn]:
    """Runs a stand-in on loopback in the block. Port 0 is any free port."""
    with running(DataciteStandIn(login, prefixes, knobs, port), NAME) as server:
        yield server
