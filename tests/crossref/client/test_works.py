"""Reading what Crossref holds: answers, versions, lists, and the pace of the requests."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable, Iterator
from datetime import date
from typing import Any
from urllib.parse import quote, unquote, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harvester.crossref.client import works
from harvester.crossref.client.works import Reader, read_held
from harvester.errors import AgencyError, AgencyUnavailable, ConfigError, Stopped
from harvester.system.http import Connection, Http
from tests.providers.server import Answer, Request, Server, redirect, reply

NOT_FOUND = reply("Resource not found.", 404, Content_Type="text/plain")


class Clock:
    """Time that passes only while somebody sleeps."""

    def __init__(self) -> None:
        self.time = 1000.0
        self.naps: list[float] = []

    def now(self) -> float:
        return self.time

    def sleep(self, seconds: float) -> None:
        self.naps.append(seconds)
        self.time += seconds


@contextlib.contextmanager
def reading(script: Any, *, stop: Callable[[], bool] = lambda: False) -> Iterator[tuple[Reader, Server, Clock]]:
    clock = Clock()
    with Server(script) as server, contextlib.closing(Http(Connection(contact="e@example.org"), stop)) as http:
        base = f"http://127.0.0.1:{server.port}"
        reader = Reader(http, "e@example.org", base, resolver=base, sleep=clock.sleep, now=clock.now, stop=stop)
        yield reader, server, clock


def message(content: dict[str, Any], **headers: Any) -> bytes:
    body = {"status": "ok", "message-type": "work", "message-version": "1.0.0", "message": content}
    return reply(json.dumps(body), Content_Type="application/json", **headers)


def test_a_work_is_asked_for_with_all_of_its_doi_encoded():
    with reading([message({"DOI": "10.5555/a"})]) as (reader, server, _):
        assert reader.work("10.5555/a/b<1>?#%") == {"DOI": "10.5555/a"}
        assert server.requests[0].target == "/works/10.5555%2Fa%2Fb%3C1%3E%3F%23%25?mailto=e%40example.org"
        assert server.requests[0].method == "GET"


@given(st.text(st.characters(codec="utf-8"), min_size=1))
def test_any_doi_is_one_part_of_the_path(doi):
    path = urlsplit(f"https://api.crossref.org/works/{quote(doi, safe='')}?x").path
    assert path.count("/") == 2
    assert unquote(path.rpartition("/")[2]) == doi


def test_what_is_not_there_is_a_value():
    with reading([NOT_FOUND]) as (reader, server, _):
        assert reader.work("10.5555/a") is None
        assert reader.held("10.5555/a") is None
        assert reader.prefix("10.5555") is None
        assert reader.journal("1234-5679") is None
        assert reader.agency("10.5555") is None
        assert list(reader.works_of_prefix("10.5555")) == []
        assert len(server.requests) == 6


def test_the_owner_of_a_prefix():
    content = {
        "member": "https://id.crossref.org/member/48717",
        "name": "Example",
        "prefix": "https://id.crossref.org/prefix/10.62329",
    }
    with reading([message(content)]) as (reader, *_):
        assert reader.prefix("10.62329") == works.Prefix(prefix="10.62329", name="Example", member="48717")


@pytest.mark.parametrize(
    ("body", "agency"),
    [
        ('[{"DOI":"10.1045","RA":"Crossref"}]', "Crossref"),
        ('[{"DOI":"10.9999","status":"DOI does not exist"}]', None),
        ("[]", None),
        ("{}", None),
    ],
)
def test_the_agency_of_a_prefix(body, agency):
    with reading([reply(body)]) as (reader, server, _):
        assert reader.agency("10.1045") == agency
        assert server.requests[0].target == "/ra/10.1045"


# ------------------------------------------------------------------------------------------- versions


def unixsd(deposited: str = "20260901120000000", own: str = "", journal: str = "", doi: str = "10.5555/a") -> bytes:
    stamp = f"<timestamp>{own}</timestamp>" if own else ""
    other = f"<doi_data><doi>10.5555/j</doi><timestamp>{journal}</timestamp></doi_data>" if journal else ""
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<crossref_result xmlns="http://www.crossref.org/qrschema/3.0" version="3.0"><query_result><head/><body>
<query status="resolved"><doi type="journal_article">{doi}</doi>
<crm-item name="prefix-name" type="string">Example</crm-item>
<crm-item name="deposit-timestamp" type="number">{deposited}</crm-item>
<crm-item name="owner-prefix" type="string">10.5555</crm-item>
<crm-item name="last-update" type="date">2017-06-25T01:28:01Z</crm-item>
<doi_record><crossref xmlns="http://www.crossref.org/xschema/1.1"><journal><journal_metadata>{other}</journal_metadata>
<journal_article><doi_data><doi>10.5555/A</doi>{stamp}<resource>https://example.org/a</resource></doi_data>
</journal_article></journal></crossref></doi_record></query></body></query_result></crossref_result>
""".encode()


@pytest.mark.parametrize(
    ("deposited", "own", "version"),
    [
        ("20260901120000000", "", 20260901120000000),
        ("2016111120041199000", "", 2016111120041199000),
        ("20150101", "2015010112", 2015010112),
        ("2015010112", "20150101", 2015010112),
        ("", "1385985547", 1385985547),
        ("9" * 60, "", int("9" * 60)),
        ("9" * 5000, "", None),
        ("yesterday", "", None),
    ],
)
def test_the_version_is_the_latest_that_is_named(deposited, own, version):
    held = read_held(unixsd(deposited, own, journal="9" * 30))
    assert held is not None
    assert held.version == version
    assert (held.doi, held.owner_prefix) == ("10.5555/a", "10.5555")
    assert held.updated is not None
    assert held.updated.isoformat() == "2017-06-25T01:28:01+00:00"
    assert held.record is not None
    assert held.record.startswith(b"<doi_record")


def test_a_doi_that_the_xml_does_not_have():
    error = b"<doi_records><doi_record><crossref><error>doi:10.5555/a</error></crossref></doi_record></doi_records>"
    assert read_held(error) is None
    assert read_held(b'<crossref_result><query_result><body><query status="unresolved"/></body></query_result>'
                     b"</crossref_result>") is None  # fmt: skip
    assert read_held(unixsd().replace(b"<journal>", b"<error>no</error><journal>")) is None


def test_the_xml_is_asked_for_by_its_type():
    with reading([reply(unixsd())]) as (reader, server, _):
        held = reader.held("10.5555/a")
        assert held is not None
        assert held.version == 20260901120000000
        path = "/works/10.5555%2Fa/transform/application/vnd.crossref.unixsd+xml?mailto=e%40example.org"
        assert server.requests[0].target == path


@pytest.mark.parametrize("body", ["", "{}", "<a", '<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'])
def test_xml_that_cannot_be_read(body):
    with reading([reply(body)]) as (reader, *_), pytest.raises(AgencyError, match="is not XML; check api_url"):
        reader.held("10.5555/a")


# ---------------------------------------------------------------------------------------------- lists


def listed(number: int, rows: int, cursor: str | None = "next") -> bytes:
    items = [{"DOI": f"10.5555/{number}.{row}"} for row in range(rows)]
    return message({"items": items, "next-cursor": cursor} if cursor else {"items": items})


def test_a_list_is_followed_to_its_end():
    pages = [listed(1, works.ROWS, "A+/="), listed(2, works.ROWS, "B"), listed(3, 3, "C")]
    with reading(pages) as (reader, server, _):
        found = list(reader.works_of_prefix("10.5555", date(2026, 9, 1)))
        assert len(found) == len({item["DOI"] for item in found}) == 2 * works.ROWS + 3
        assert [query["cursor"] for query in server.queries] == ["*", "A+/=", "B"]
        query = server.queries[0]
        assert (query["rows"], query["filter"]) == ("200", "from-index-date:2026-09-01")
        assert query["select"].startswith("DOI,deposited,created,prefix")
        assert urlsplit(server.requests[0].target).path == "/prefixes/10.5555/works"


@pytest.mark.parametrize(
    "pages", [[listed(1, works.ROWS, None)], [listed(1, works.ROWS)], [listed(1, 0)], [message({})]]
)
def test_a_list_always_ends(pages):
    with reading(pages) as (reader, server, _):
        found = list(reader.works_of_journal("1234-5679"))
        assert len(found) in (0, works.ROWS)
        assert len(server.requests) <= 2
        assert urlsplit(server.requests[0].target).path == "/journals/1234-5679/works"


# ------------------------------------------------------------------------------------------- politeness


def test_single_works_and_lists_have_their_own_pace():
    with reading(lambda request: message({"items": []})) as (reader, _, clock):
        for _ in range(11):
            reader.work("10.5555/a")
        assert clock.time == pytest.approx(1001.0)
        for _ in range(4):
            list(reader.works_of_prefix("10.5555"))
        assert clock.time == pytest.approx(1002.0)


@pytest.mark.parametrize(("limit", "seconds"), [("5", 2.1), ("1000", 1.1), ("1", 10.1)])
def test_a_slower_pace_of_the_headers_is_kept_and_a_faster_one_not_used(limit, seconds):
    answer = message({}, x_rate_limit_limit=limit, x_rate_limit_interval="1s")
    with reading([answer]) as (reader, _, clock):
        reader.work("10.5555/a")
        began = clock.time
        for _ in range(11):
            reader.work("10.5555/a")
        assert clock.time - began == pytest.approx(seconds)


@pytest.mark.parametrize("busy", [reply("", 429, Retry_After="7"), reply("", 503, Retry_After="7")])
def test_a_requested_pause_is_kept(busy):
    with reading([busy, message({"DOI": "x"})]) as (reader, server, clock):
        assert reader.work("10.5555/a") == {"DOI": "x"}
        assert 7 <= sum(clock.naps) < 8
        assert len(server.requests) == 2


@pytest.mark.parametrize(
    "broken",
    [
        reply("", 500),
        reply("", 408),
        reply("", 429),
        Answer(b"", close=True),
        Answer(message({"a": 1})[:-5], close=True),
    ],
)
def test_what_may_pass_is_retried_and_then_reported(broken):
    with reading([broken, message({"DOI": "x"})]) as (reader, server, _):
        assert reader.work("10.5555/a") == {"DOI": "x"}
    with reading([broken]) as (reader, server, clock):
        with pytest.raises(AgencyUnavailable, match="run the same command later"):
            reader.work("10.5555/a")
        assert len(server.requests) == 5
        assert sum(clock.naps) == pytest.approx(30, abs=1)


def test_a_long_pause_is_left_to_the_next_run():
    with reading([reply("", 429, Retry_After="3600")]) as (reader, server, clock):
        with pytest.raises(AgencyUnavailable, match="HTTP 429"):
            reader.work("10.5555/a")
        assert len(server.requests) == 1
        assert sum(clock.naps) < 1


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (reply("", 403), "has blocked requests from this machine"),
        (reply("", 400), "HTTP 400"),
        (redirect("https://example.org"), "HTTP 302"),
        (reply("<html/>"), "not JSON"),
        (reply("[]"), "something else than a record"),
        (reply('{"message": []}'), "something else than a record"),
    ],
)
def test_what_a_retry_does_not_help_is_reported_at_once(answer, words):
    with reading([answer]) as (reader, server, _):
        with pytest.raises(AgencyError, match=words) as caught:
            reader.work("10.5555/secret")
        assert not isinstance(caught.value, AgencyUnavailable)
        assert "secret" not in str(caught.value)
        assert len(server.requests) == 1


def test_a_stop_is_heard_in_a_pause():
    stopped: list[Request] = []

    def answer(request: Request) -> bytes:
        stopped.append(request)
        return reply("", 429, Retry_After="60")

    with reading(answer, stop=lambda: bool(stopped)) as (reader, _, clock), pytest.raises(Stopped):
        reader.work("10.5555/a")
    assert sum(clock.naps) < 1


def test_addresses_are_checked():
    with contextlib.closing(Http(Connection(contact="a@b.org"))) as http, pytest.raises(ConfigError, match="api_url"):
        Reader(http, "a@b.org", "http://api.crossref.org")
