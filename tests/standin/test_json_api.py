"""The faults and the limits of the small stand-ins, on real sockets."""

from __future__ import annotations

import http.client
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
import requests

from harvester.standin import doaj
from harvester.standin.doaj import DoajStandIn
from harvester.standin.exchange import Request
from harvester.standin.json_api import ApiFault, body_of

KEY = "k3y"


@pytest.fixture
def standin() -> Iterator[DoajStandIn]:
    with doaj.serve(KEY, ["2049-3630"]) as server:
        yield server


def post(standin: DoajStandIn) -> requests.Response:
    article = {"bibjson": {"title": "A", "identifier": [{"type": "pissn", "id": "2049-3630"}]}}
    return requests.post(f"{standin.root}/api/articles", params={"api_key": KEY}, json=article, timeout=10)


@pytest.mark.parametrize(
    ("fault", "status"),
    [(ApiFault.THROTTLED, 429), (ApiFault.UNAVAILABLE, 503), (ApiFault.ERROR, 500), (ApiFault.OTHER_PAGE, 404)],
)
def test_a_fault_is_for_one_request_and_changes_nothing(standin: DoajStandIn, fault: ApiFault, status: int):
    standin.knobs.faults, standin.knobs.retry_after = [fault], 7
    answer = post(standin)
    assert (answer.status_code, standin.articles) == (status, {})
    assert answer.headers.get("Retry-After") == ("7" if status in (429, 503) else None)
    assert post(standin).status_code == 201


@pytest.mark.parametrize(("fault", "number"), [(ApiFault.DROP, 0), (ApiFault.LOST_ANSWER, 1)])
def test_an_answer_may_be_lost(standin: DoajStandIn, fault: ApiFault, number: int):
    standin.knobs.faults = [fault]
    with pytest.raises(requests.ConnectionError):
        post(standin)
    assert (len(standin.articles), standin.exchanges[-1].status) == (number, 0)


def test_the_exchanges_have_no_key(standin: DoajStandIn):
    post(standin)
    assert standin.exchanges[0].path == "/api/articles"
    assert KEY not in repr(standin.exchanges)


def test_it_marks_itself_and_wants_a_length(standin: DoajStandIn):
    line = http.client.HTTPConnection(urlsplit(standin.root).netloc, timeout=10)
    line.putrequest("POST", "/api/articles")
    line.endheaders()
    answer = line.getresponse()
    assert (answer.status, answer.headers["Server"]) == (413, "doaj-standin")
    line.close()


def test_a_body_that_is_not_json_is_nothing():
    assert body_of(Request("POST", "/", {}, b"{")) is None
    assert body_of(Request("POST", "/", {}, b'{"a": 1}')) == {"a": 1}
