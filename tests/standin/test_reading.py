"""Reading back what was registered, over HTTP."""

from __future__ import annotations

import csv
from datetime import timedelta

import pytest
import requests

from harvester.standin import Account, Fault
from tests.standin.files import ISSNS, article, deposit, journal
from tests.standin.running import LOGIN, PASSWORD, Running

TRANSFORM = "/transform/application/vnd.crossref.unixsd+xml"


@pytest.fixture
def standin(crossref_standin: Running) -> Running:
    """With one registered article, not indexed yet."""
    crossref_standin.state.knobs.rate_limited = False
    crossref_standin.completed(deposit(article("10.5555/Willow.1(2)"), timestamp=2016111120041199000))
    return crossref_standin


def test_work_appears_after_the_index_delay(standin: Running) -> None:
    standin.state.knobs.index_delay = timedelta(hours=3)
    path = "/works/10.5555%2FWillow.1(2)"
    missing = standin.get(path)
    assert (missing.status_code, missing.text) == (404, "Resource not found.")
    standin.clock.advance(hours=3)
    answer = standin.get(path)
    assert answer.json()["message-type"] == "work"
    assert answer.json()["message"]["DOI"] == "10.5555/willow.1(2)"
    assert standin.get("/works/10.5555/willow.1(2)").json() == answer.json()
    assert answer.headers["Content-Type"] == "application/json"


def test_api_shows_the_older_version_until_the_newer_is_indexed(standin: Running) -> None:
    standin.clock.advance(hours=1)
    newer = deposit(article("10.5555/Willow.1(2)", title="Newer"), timestamp=2016111120041199001)
    standin.state.deposit_directly(newer, LOGIN)
    path = "/works/10.5555/willow.1(2)"
    assert standin.get(path).json()["message"]["title"] == ["Willows on the banks"]
    standin.clock.advance(minutes=5)
    assert standin.get(path).json()["message"]["title"] == ["Newer"]


def test_xml_has_the_held_version_at_once(standin: Running) -> None:
    held = '<crm-item name="deposit-timestamp" type="number">2016111120041199000</crm-item>'
    for answer in (
        standin.get(f"/works/10.5555%2Fwillow.1(2){TRANSFORM}"),
        standin.get("/search/doi", pid="a@example.org", format="unixsd", doi="10.5555/willow.1(2)"),
        standin.get("/servlet/query", pid="a@example.org", format="unixsd", id="10.5555/willow.1(2)"),
    ):
        assert held in answer.text
    standin.state.knobs.xml_delay = timedelta(days=1)
    assert standin.get(f"/works/10.5555%2Fwillow.1(2){TRANSFORM}").status_code == 404


def test_doi_that_is_not_registered(standin: Running) -> None:
    assert standin.get(f"/works/10.5555%2Fnone{TRANSFORM}").status_code == 404
    answer = standin.get("/search/doi", pid="a@example.org", format="unixsd", doi="10.5555/none")
    assert '<query status="unresolved">' in answer.text
    assert "<error>doi:10.5555/none</error>" in answer.text


def test_query_needs_a_pid_and_counts_passwords(standin: Running) -> None:
    assert standin.get("/servlet/query", id="10.5555/x").status_code == 401
    assert standin.state.credentials_in_query == 0
    standin.get("/servlet/query", id="10.5555/x", pid=f"{LOGIN}:{PASSWORD}")
    assert standin.state.credentials_in_query == 1


def test_registration_agencies(standin: Running) -> None:
    standin.state.agencies["10.1234"] = "DataCite"
    assert standin.get("/ra/10.5555").json() == [{"DOI": "10.5555", "RA": "Crossref"}]
    assert standin.get("/ra/10.1234/x").json() == [{"DOI": "10.1234/x", "RA": "DataCite"}]
    assert standin.get("/ra/10.9999").json() == [{"DOI": "10.9999", "status": "DOI does not exist"}]
    agency = standin.get("/works/10.5555/willow.1(2)/agency").json()["message"]["agency"]
    assert agency == {"id": "crossref", "label": "Crossref"}


def test_prefix(standin: Running) -> None:
    assert standin.get("/prefixes/10.5555").json()["message"] == {
        "member": "https://id.crossref.org/member/99999",
        "name": "Stand-in Press",
        "prefix": "https://id.crossref.org/prefix/10.5555",
    }
    assert standin.get("/prefixes/10.9999").text == "Resource not found."
    assert standin.get("/prefixes/10.5555/nothing").status_code == 404


def test_journal(standin: Running) -> None:
    standin.state.add_title("Reed Letters", "10.3765", "1234-5679", "electronic:2049-3649")
    assert standin.get("/journals/2049-3649").json()["message"] == {
        "title": "Reed Letters",
        "publisher": "Another Press",
        "ISSN": ["1234-5679", "2049-3649"],
        "issn-type": [{"value": "1234-5679", "type": "print"}, {"value": "2049-3649", "type": "electronic"}],
    }
    assert standin.get("/journals/20493630").json()["message"]["title"] == "Steppe River Notes"
    assert standin.get("/journals/0000-0019").status_code == 404


def test_whole_journal_by_cursor(standin: Running) -> None:
    pages = [article(f"10.5555/{number}", page=str(number)) for number in range(7)]
    standin.completed(deposit(*pages), "b.xml")
    other = deposit(journal(article("10.5555/z", page="99"), title="Other", issns=ISSNS.replace("3630", "3649")))
    standin.completed(other, "c.xml")
    found, cursor = [], "*"
    while True:
        query = {"rows": 3, "cursor": cursor, "select": "DOI,deposited"}
        message = standin.get("/journals/2049-3630/works", **query).json()["message"]
        assert message["total-results"] == 8
        found += message["items"]
        cursor = message["next-cursor"]
        if len(message["items"]) < 3:
            break
    assert [item["DOI"] for item in found] == ["10.5555/willow.1(2)", *(f"10.5555/{number}" for number in range(7))]
    assert set(found[0]) == {"DOI", "deposited"}
    assert standin.get("/prefixes/10.5555/works", rows=0).json()["message"]["total-results"] == 9
    assert standin.get("/works", filter="doi:10.5555/Z").json()["message"]["items"][0]["DOI"] == "10.5555/z"


def test_list_that_is_refused(standin: Running) -> None:
    answer = standin.get("/works", rows=1001)
    assert answer.status_code == 400
    assert answer.json()["message-type"] == "validation-failure"


def test_transferred_doi(standin: Running) -> None:
    standin.state.add_account(Account(login="other", password="x", prefixes=("10.1234",), name="Other", member=7))
    standin.state.transfer("10.5555/willow.1(2)", "10.1234")
    work = standin.get("/works/10.5555/willow.1(2)").json()["message"]
    assert (work["prefix"], work["member"], work["publisher"]) == ("10.1234", "7", "Other")
    answer = standin.get(f"/works/10.5555%2Fwillow.1(2){TRANSFORM}")
    assert '<crm-item name="owner-prefix" type="string">10.1234</crm-item>' in answer.text
    log = standin.completed(deposit(article("10.5555/willow.1(2)"), timestamp=2016111120041199001), "b.xml")
    assert "User not allowed to add records for prefix: 10.1234" in log


def test_matched_references(standin: Running) -> None:
    url, login = f"{standin.root}/getResolvedRefs", {"usr": LOGIN, "pwd": PASSWORD, "doi": "10.5555/willow.1(2)"}
    assert requests.post(url, data=login, timeout=30).status_code == 404
    standin.state.match_reference("10.5555/willow.1(2)", "ref1", "10.1234/found")
    assert requests.post(url, data=login, timeout=30).json() == {
        "matched-references": [{"key": "ref1", "doi": "10.1234/found"}]
    }
    assert requests.post(url, data={**login, "pwd": "x"}, timeout=30).status_code == 401
    assert standin.state.credentials_in_query == 0
    assert requests.post(url, params=login, timeout=30).status_code == 200
    assert standin.state.credentials_in_query == 1


def test_title_list(standin: Running) -> None:
    standin.state.add_title("Reed, and Sedge", "10.3765", "electronic:1234-5679", "print:2049-3649", "0000-0019")
    text = standin.get("/titlelist/titleFile.csv").text
    assert text.startswith('"JournalTitle","JournalID","Publisher","pissn","eissn","additionalIssns","doi",')
    [first, second] = list(csv.DictReader(text.splitlines()))
    assert (first["JournalTitle"], first["pissn"], first["eissn"]) == ("Steppe River Notes", "20493630", "")
    assert (second["pissn"], second["eissn"], second["additionalIssns"]) == ("20493649", "12345679", "00000019")


def test_rate_limits(standin: Running) -> None:
    standin.state.knobs.rate_limited = True
    answers = [requests.get(f"{standin.root}/works", timeout=30) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [200, 429]
    assert answers[1].headers["Retry-After"] == "1"
    expected = {"x-rate-limit-limit": "1", "x-rate-limit-interval": "1s", "x-concurrency-limit": "1"}
    assert expected.items() <= answers[0].headers.items()
    polite = standin.get("/works/10.5555/none")
    assert (polite.headers["x-api-pool"], polite.headers["x-rate-limit-limit"]) == ("polite-single", "10")


def test_faults_of_the_api(standin: Running) -> None:
    path = "/works/10.5555/willow.1(2)"
    standin.state.knobs.api_faults = [Fault.UNAVAILABLE, Fault.THROTTLED, Fault.ERROR, Fault.DROP]
    assert [standin.get(path).status_code for _ in range(3)] == [503, 429, 500]
    with pytest.raises(requests.ConnectionError):
        standin.get(path)
    standin.state.knobs.api_outage_until = standin.clock.now + timedelta(hours=1)
    assert standin.get(path).status_code == 503
    assert standin.result().status_code == 200
