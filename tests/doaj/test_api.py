"""How the answers of DOAJ are understood."""

from __future__ import annotations

from typing import Any

import pytest

from harvester.answers import Answer, Verdict
from harvester.doaj.api import DoajApi
from harvester.errors import ConfigError
from harvester.system.http import NoReply, Reply
from tests.article_api.scripted import ScriptedHttp, answer

DOCUMENT = {"bibjson": {"title": "A", "identifier": [{"type": "doi", "id": "10.5555/a"}]}}
DUPLICATE = answer(403, {"error": "This article is a duplicate (ref: 1234)"})
HELD = {"id": "9f", **DOCUMENT}


def sent(*replies: Reply | NoReply) -> tuple[Answer | Verdict, list[str]]:
    http = ScriptedHttp(*replies)
    found = DoajApi(http, "k3y", "http://127.0.0.1:1").send_one(DOCUMENT)[1]
    http.close()
    return found, http.requests


def verdict(*replies: Reply | NoReply) -> Verdict:
    found, _ = sent(*replies)
    assert isinstance(found, Verdict), found
    return found


def test_a_created_article_has_its_id():
    found = verdict(answer(201, {"status": "created", "id": "9f"}))
    assert (found.registered, found.kind, found.values, found.text) == (True, "added", {"id": "9f"}, "created")


@pytest.mark.parametrize("document", [None, {}, {"status": "created"}, [], {"id": 7}])
def test_a_success_without_an_id_is_not_clear(document: Any):
    found, _ = sent(answer(201, document))
    assert isinstance(found, Answer)
    assert found.kind == "uncertain"


def test_a_refusal_is_shown_without_its_reference_number():
    found = verdict(answer(400, {"status": "bad_request", "error": "Something new (ref: 0f0e6b5c)"}))
    assert (found.registered, found.kind, found.text) == (False, "other", "Something new")


def test_a_duplicate_is_replaced_if_exactly_one_article_has_the_doi():
    found, requests = sent(DUPLICATE, answer(200, {"results": [HELD]}), answer(204))
    assert isinstance(found, Verdict)
    assert (found.registered, found.kind, found.values) == (True, "updated", {"id": "9f"})
    assert requests == ["POST api/articles", "GET api/search/articles/doi%3A%2210.5555%2Fa%22", "PUT api/articles/9f"]


OTHER: dict[str, Any] = {"id": "8e", "bibjson": {"identifier": [{"type": "doi", "id": "10.5555/ab"}]}}
SEARCHES = [
    {"results": []}, {"results": [OTHER]}, {"results": [HELD, {**HELD, "id": "8e"}]}, {"results": None}, [],
    {"results": ["text"]}, {"results": [{"id": "9f", "bibjson": None}]},
]  # fmt: skip


@pytest.mark.parametrize("search", SEARCHES)
def test_no_other_article_is_replaced(search: Any):
    assert verdict(DUPLICATE, answer(200, search)).kind == "duplicate"


def test_a_key_goes_to_https_or_to_this_machine_only():
    with pytest.raises(ConfigError, match="api_url"):
        DoajApi(ScriptedHttp(), "k3y", "http://doaj.example.org")
