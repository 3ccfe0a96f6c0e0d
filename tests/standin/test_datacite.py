"""What the stand-in of DataCite refuses, and how it says so."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest

from harvester.standin.datacite import REQUIRED, DataciteStandIn
from harvester.standin.exchange import Answer, Request

WHOLE: dict[str, Any] = {**dict.fromkeys(REQUIRED, "x"), "event": "publish"}


@pytest.fixture
def standin() -> Any:
    with DataciteStandIn(("DEMO.LAMPS", "secret"), ["10.5555"]) as server:
        yield server


def put(standin: DataciteStandIn, doi: str, login: str = "DEMO.LAMPS:secret", **attributes: Any) -> Answer:
    headers = {"authorization": "Basic " + base64.b64encode(login.encode()).decode()}
    body = json.dumps({"data": {"attributes": attributes}}).encode()
    return standin.handle(Request("PUT", f"/dois/{doi.replace('/', '%2F')}", headers, body))


def test_a_doi_is_created_and_then_updated_by_whoever_comes_later(standin: DataciteStandIn):
    first = put(standin, "10.5555/A", **WHOLE)
    shown = json.loads(first.body)["data"]
    assert (first.status, shown["id"], shown["attributes"]["state"]) == (201, "10.5555/a", "findable")
    assert put(standin, "10.5555/a", **WHOLE | {"url": "new"}).status == 200
    held = standin.held("10.5555/A")
    assert held is not None
    assert held["url"] == "new"


def test_a_findable_doi_needs_every_required_field_and_a_draft_none(standin: DataciteStandIn):
    answer = put(standin, "10.5555/a", **WHOLE | {"publisher": ""})
    assert answer.status == 422
    assert json.loads(answer.body)["errors"] == [{"source": "publisher", "title": "can't be blank"}]
    assert json.loads(put(standin, "10.5555/b").body)["data"]["attributes"]["state"] == "draft"


def test_the_login_and_the_prefix_decide_who_may_do_it(standin: DataciteStandIn):
    assert put(standin, "10.5555/a", login="DEMO.LAMPS:other", **WHOLE).status == 401
    assert put(standin, "10.6666/a", **WHOLE).status == 403
    assert standin.handle(Request("GET", "/dois", {"authorization": "Basic %"})).status == 401
