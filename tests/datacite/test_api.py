"""How the answers of DataCite are understood."""

from __future__ import annotations

from typing import Any

import pytest

from harvester.answers import Answer, Verdict
from harvester.datacite.api import DataciteApi, Login
from harvester.errors import ConfigError
from harvester.system.http import NoReply, Reply
from tests.article_api.scripted import ScriptedHttp, answer

LOGIN = Login(repository_id="DEMO.LAMPS", password="s3cret")
DOCUMENT = {"data": {"id": "10.5555/a(b)<c>", "type": "dois", "attributes": {}}}


def record(state: str, doi: str = "10.5555/A(B)<C>") -> dict[str, Any]:
    return {"data": {"id": doi, "attributes": {"state": state}}}


def sent(reply: Reply | NoReply) -> tuple[Answer | Verdict, list[str]]:
    http = ScriptedHttp(reply)
    found = DataciteApi(http, LOGIN, "http://127.0.0.1:1").send_one(DOCUMENT)[1]
    http.close()
    return found, http.requests


@pytest.mark.parametrize(("status", "kind"), [(201, "added"), (200, "updated")])
def test_a_findable_doi_is_registered(status: int, kind: str):
    found, requests = sent(answer(status, record("findable")))
    assert isinstance(found, Verdict)
    assert (found.registered, found.kind, found.doi) == (True, kind, "10.5555/a(b)<c>")
    assert requests == ["PUT dois/10.5555%2Fa%28b%29%3Cc%3E"]


def test_a_doi_that_does_not_resolve_is_not_registered():
    found, _ = sent(answer(200, record("draft")))
    assert isinstance(found, Verdict)
    assert (found.registered, found.kind, found.values) == (False, "not-findable", {"state": "draft"})


@pytest.mark.parametrize("document", [None, {}, [], {"data": None}, record("findable", "10.5555/other")])
def test_a_success_without_the_record_is_not_clear(document: Any):
    found, _ = sent(answer(200, document))
    assert isinstance(found, Answer)
    assert found.kind == "uncertain"


@pytest.mark.parametrize(
    ("errors", "kind", "text"),
    [
        ([{"source": "url", "title": "is not allowed"}], "url", "url: is not allowed"),
        ([{"source": "titles", "title": "can't be blank"}, {"title": "And more"}], "metadata",
         "titles: can't be blank; And more"),
        ([{"source": "doi", "title": "This DOI has already been taken"}], "taken",
         "doi: This DOI has already been taken"),
        ("odd", "metadata", "HTTP 422"),
    ],
)  # fmt: skip
def test_an_error_has_the_field_it_is_about(errors: Any, kind: str, text: str):
    found, _ = sent(answer(422, {"errors": errors}))
    assert isinstance(found, Verdict)
    assert (found.registered, found.kind, found.text) == (False, kind, text)


def test_the_password_is_not_shown_and_goes_to_https_or_to_this_machine_only():
    assert "s3cret" not in repr(LOGIN)
    with pytest.raises(ConfigError, match="api_url"):
        DataciteApi(ScriptedHttp(), LOGIN, "http://datacite.example.org")
