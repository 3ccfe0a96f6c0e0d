"""Which addresses are tried for what a person enters."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harvester.errors import BadAnswer, BadStatus, ProviderError, Unreachable
from harvester.probing.addresses import candidates, find

JOURNAL = "https://journal.example.org/index.php/j"


@pytest.mark.parametrize(
    ("given_url", "first", "among"),
    [
        (f"{JOURNAL}/oai", f"{JOURNAL}/oai", []),
        (f"{JOURNAL}/oai?verb=Identify", f"{JOURNAL}/oai", []),
        (JOURNAL, JOURNAL, [f"{JOURNAL}/oai"]),
        (f"{JOURNAL}/", f"{JOURNAL}/", [f"{JOURNAL}/oai"]),
        (f"{JOURNAL}/article/view/12", f"{JOURNAL}/article/view/12", [f"{JOURNAL}/oai"]),
        ("https://j.example.org", "https://j.example.org", ["https://j.example.org/api/oai/"]),
        ("https://x.example.org/press", "https://x.example.org/press", ["https://x.example.org/press/api/oai/"]),
        ("https://r.example.org/home", "https://r.example.org/home", ["https://r.example.org/server/oai/request"]),
        ("j.example.org", "https://j.example.org", ["http://j.example.org", "https://j.example.org/oai"]),
        ("j.example.org/oai", "https://j.example.org/oai", ["http://j.example.org/oai"]),
        ("http://j.example.org/oai", "http://j.example.org/oai", ["https://j.example.org/oai"]),
    ],
)
def test_candidates(given_url, first, among):
    found = candidates(given_url)
    assert found[0] == first
    assert set(among) <= set(found)


@pytest.mark.parametrize(("port", "has_twin"), [("", True), (":80", False), (":8080", False)])
def test_a_port_of_its_own_speaks_one_protocol(port, has_twin):
    found = candidates(f"http://j.example.org{port}/oai")
    assert any(address.startswith("https:") for address in found) == has_twin


def test_an_endpoint_is_tried_as_it_is_and_no_other():
    assert candidates(f"{JOURNAL}/oai") == [f"{JOURNAL}/oai"]
    assert candidates("https://r.example.org/server/oai/request") == ["https://r.example.org/server/oai/request"]


@given(st.from_regex(r"(https?://)?[a-z]{1,8}\.org(/[a-z.]{0,8}){0,4}", fullmatch=True))
def test_few_are_tried_none_twice_and_never_without_tls_where_tls_was_asked_for(url):
    found = candidates(url)
    assert len(found) == len(set(found)) <= 14
    assert not url.startswith("https:") or all(address.startswith("https:") for address in found)


class Site:
    """Attempts at a site with these answers; any other page is a web page."""

    def __init__(self, answers: Mapping[str, str | ProviderError]) -> None:
        self.answers = answers
        self.tried: list[str] = []

    def __call__(self, address: str) -> str:
        self.tried.append(address)
        for part, answer in self.answers.items():
            if address.startswith(part) or address.endswith(part):
                if isinstance(answer, ProviderError):
                    raise answer
                return answer
        raise BadAnswer("the provider sent a web page (HTML)")


def test_the_first_that_answers_is_taken():
    site = Site({"/index.php/j/oai": "found"})
    assert find(f"{JOURNAL}/about", site) == "found"
    assert site.tried == [f"{JOURNAL}/about", f"{JOURNAL}/oai"]


def test_a_host_that_nothing_answers_at_is_tried_once():
    site = Site({"https:": Unreachable("nothing answers"), "http://j.example.org/oai": "found"})
    assert find("j.example.org", site) == "found"
    assert [address for address in site.tried if address.startswith("https")] == ["https://j.example.org"]


@pytest.mark.parametrize("error", [BadStatus("no entry", 403), BadStatus("not now", 500)])
def test_an_error_of_the_endpoint_itself_is_final(error):
    site = Site({JOURNAL: error})
    with pytest.raises(BadStatus):
        find(f"{JOURNAL}/about", site)
    assert len(site.tried) == 1


def test_where_nothing_is_found_the_first_answer_of_the_site_is_the_error():
    site = Site({"/about": BadStatus("no such page", 404), "https": BadAnswer("a web page")})
    with pytest.raises(BadStatus, match="no such page"):
        find("https://j.example.org/about", site)
    site = Site({"https:": Unreachable("nothing answers"), "http:": BadAnswer("a web page")})
    with pytest.raises(BadAnswer, match="a web page"):
        find("j.example.org", site)
