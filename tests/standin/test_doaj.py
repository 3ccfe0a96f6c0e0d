"""What the stand-in of DOAJ refuses, and how it says so."""

from __future__ import annotations

import json
from typing import Any

import pytest

from harvester.standin.doaj import NO_JOURNAL, NOT_YOURS, DoajStandIn
from harvester.standin.exchange import Answer, Request

OURS, THEIRS, NOBODYS = "2049-3630", "2049-3649", "1234-5679"


@pytest.fixture
def standin() -> Any:
    with DoajStandIn("k3y", [OURS], [THEIRS]) as server:
        yield server


def article(issn: str = OURS, **values: Any) -> dict[str, Any]:
    named = [{"type": "pissn", "id": issn}, {"type": "doi", "id": "10.5555/a"}]
    return {"bibjson": {"title": "A", "identifier": named} | values}


def ask(standin: DoajStandIn, method: str, path: str, body: Any = None, key: str = "k3y") -> Answer:
    return standin.handle(Request(method, f"{path}?api_key={key}", {}, json.dumps(body).encode()))


def said(answer: Answer) -> tuple[int, str]:
    return answer.status, json.loads(answer.body)["error"].partition(" (ref:")[0]


def test_an_article_is_created_and_a_second_one_with_its_doi_updates_it(standin: DoajStandIn):
    first = ask(standin, "POST", "/api/articles", article())
    assert (first.status, json.loads(first.body)["status"]) == (201, "created")
    ask(standin, "POST", "/api/articles", article(title="B"))
    held = standin.held("10.5555/A")
    assert held is not None
    assert (held["bibjson"]["title"], len(standin.articles)) == ("B", 1)


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (article(NOBODYS), (400, NO_JOURNAL)),
        (article(THEIRS), (403, NOT_YOURS)),
        (article(identifier=[]), (400, "You must specify at least one of P-ISSN or E-ISSN in bibjson.identifier")),
        ([], (400, "Supplied data was not valid JSON")),
    ],
)
def test_an_article_is_refused_in_the_words_of_doaj(standin: DoajStandIn, body: Any, expected: tuple[int, str]):
    assert said(ask(standin, "POST", "/api/articles", body)) == expected


def test_a_title_and_the_form_of_an_orcid_id_are_required(standin: DoajStandIn):
    without = article()
    del without["bibjson"]["title"]
    assert said(ask(standin, "POST", "/api/articles", without))[0] == 400
    odd = article(author=[{"name": "A", "orcid_id": "0000-0002-1825-0097"}])
    assert "Invalid ORCID iD format" in said(ask(standin, "POST", "/api/articles", odd))[1]


def test_a_search_finds_an_article_by_its_doi_and_its_id_replaces_it(standin: DoajStandIn):
    ask(standin, "POST", "/api/articles", article())
    found = json.loads(ask(standin, "GET", '/api/search/articles/doi%3A"10.5555%2Fa"').body)["results"]
    assert ask(standin, "PUT", f"/api/articles/{found[0]['id']}", article(title="C")).status == 204
    assert ask(standin, "PUT", "/api/articles/other", article()).status == 404
    standin.merges = False
    assert ask(standin, "POST", "/api/articles", article()).status == 403


def test_nothing_works_without_the_key(standin: DoajStandIn):
    assert ask(standin, "GET", "/api/search/applications/x", key="").status == 401
    assert ask(standin, "GET", "/api/search/applications/x").status == 200
    assert ask(standin, "GET", "/elsewhere").status == 404
