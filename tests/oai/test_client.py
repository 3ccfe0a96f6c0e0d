"""The whole door against a real server: what a provider does, what we make of it."""

from __future__ import annotations

import gzip
import threading
import time
import tracemalloc
import zlib
from base64 import b64encode
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from urllib.parse import quote, quote_plus, urlsplit

import pytest

from harvester.model import Access, Format, SetInfo, Token, Window
from harvester.oai import (
    BadAnswer,
    BadStatus,
    ProtocolError,
    Provider,
    Stopped,
    TooBig,
    TooSlow,
    Unreachable,
    WaitUntil,
)
from tests.providers.server import Answer, Server, chunked, envelope, error, listing, record, redirect, reply

DC = Window(prefix="oai_dc")
PAGE = listing(record(1), record(2))
HTML = "<!DOCTYPE html><html><head><title>Maintenance</title></head><body>Back &nbsp;soon<br></body></html>"


def access(server: Server, **settings) -> Access:
    return Access(url=server.url, allow_private=True, **settings)


class Naps:
    """A sleep that only writes down."""

    def __init__(self) -> None:
        self.total = 0.0

    def __call__(self, seconds: float) -> None:
        self.total += seconds


def harvest(*answers, token=None, window=DC, naps=None, **settings):
    """One page from a server with these answers, and the server."""
    with (
        Server(answers) as server,
        Provider(access(server, **settings), sleep=naps or Naps()) as provider,
    ):
        page = provider.page(window, token)
        assert provider.requests == len(server.requests)
        return page, server


def refused(*answers, **settings):
    """The error one page ends in, how many requests it took, and how long the waits were."""
    naps = Naps()
    with Server(answers) as server, Provider(access(server, **settings), sleep=naps) as provider:
        with pytest.raises(Exception, match=r"; \w") as caught:
            provider.page(DC)
        return caught.value, len(server.requests), naps.total


# ------------------------------------------------------------------------------------------- questions


def test_a_page_of_records():
    page, server = harvest(reply(listing(record(1), record(2), token="a+b")))
    assert [raw.identifier for raw in page.records] == ["oai:x:1", "oai:x:2"]
    assert page.records[0].datestamp == "2026-01-01"
    assert page.records[0].sets == ("bees",)
    assert page.token == Token("a+b")
    assert page.response_date == "2026-02-03T04:05:06Z"
    assert page.url == server.url + "?verb=ListRecords&metadataPrefix=oai_dc"
    assert server.requests[0].headers["User-Agent"].startswith("harvester/0.")


def test_the_user_agent_names_whom_to_write_to():
    _, server = harvest(reply(PAGE), contact="me@example.org")
    assert server.requests[0].headers["User-Agent"].endswith(" (+me@example.org)")


def test_arguments_are_encoded_once_and_empty_ones_left_out():
    window = Window(prefix="oai_dc", set_spec="a+b c:d/é&f%20", since="2026-01-01T00:00:00Z", until="")
    _, server = harvest(reply(PAGE), window=window)
    assert "set=a%2Bb%20c%3Ad%2F%C3%A9%26f%2520&" in server.requests[0].target
    assert server.queries[0] == {
        "verb": "ListRecords",
        "metadataPrefix": "oai_dc",
        "set": "a+b c:d/é&f%20",
        "from": "2026-01-01T00:00:00Z",
    }


def test_a_token_goes_alone_and_encoded_once():
    _, server = harvest(reply(PAGE), token="a+b/c=d%3D&é|x")
    assert server.queries == [{"verb": "ListRecords", "resumptionToken": "a+b/c=d%3D&é|x"}]


def test_arguments_in_the_configured_address_stay_but_not_those_of_the_protocol():
    with Server([reply(PAGE)]) as server:
        settings = Access(url=server.url + "?page=oai&verb=Identify", allow_private=True)
        with Provider(settings) as provider:
            provider.page(DC)
        assert server.queries == [{"page": "oai", "verb": "ListRecords", "metadataPrefix": "oai_dc"}]


def test_a_refused_token_is_tried_once_as_it_stands_and_then_always_so():
    def answer(request):
        return reply(PAGE if "resumptionToken=1!a/b" in request.target else error("badResumptionToken"))

    with Server(answer) as server, Provider(access(server)) as provider:
        assert len(provider.page(DC, "1!a/b").records) == 2
        assert len(provider.page(DC, "1!a/b").records) == 2
        assert len(server.requests) == 3


def test_an_expired_token_is_an_error_of_the_protocol():
    with (
        Server([reply(error("badResumptionToken"))]) as server,
        Provider(access(server)) as provider,
        pytest.raises(ProtocolError) as caught,
    ):
        provider.page(DC, "a/b")
    assert caught.value.code == "badResumptionToken"
    assert len(server.requests) == 2


def test_a_token_that_encoding_does_not_change_is_asked_once():
    with Server([reply(error("badResumptionToken"))]) as server, Provider(access(server)) as provider:
        with pytest.raises(ProtocolError):
            provider.page(DC, "abc")
        assert provider.requests == 1


@pytest.mark.parametrize("status", [200, 404, 422, 500])
def test_nothing_matches_is_an_empty_page_under_any_status(status):
    page, server = harvest(reply(error("noRecordsMatch"), status))
    assert (page.records, page.token, page.response_date) == ((), None, "2026-02-03T04:05:06Z")
    assert len(server.requests) == 1


def test_headers_only():
    rows = '<header status="deleted"><identifier>oai:x:1</identifier><datestamp>2026</datestamp></header>'
    with Server([reply(listing(rows, verb="ListIdentifiers"))]) as server, Provider(access(server)) as provider:
        (raw,) = provider.identifiers(DC).records
    assert (raw.identifier, raw.deleted, raw.payload) == ("oai:x:1", True, None)


def test_one_record():
    with Server([reply(listing(record(7), verb="GetRecord"))]) as server, Provider(access(server)) as provider:
        page = provider.record("oai:x:7", "oai_dc")
    assert [raw.identifier for raw in page.records] == ["oai:x:7"]
    assert server.queries == [{"verb": "GetRecord", "identifier": "oai:x:7", "metadataPrefix": "oai_dc"}]


@pytest.mark.parametrize("answer", [listing(verb="GetRecord"), error("noRecordsMatch"), error("idDoesNotExist")])
def test_no_record_of_that_name(answer: str):
    with (
        Server([reply(answer)]) as server,
        Provider(access(server)) as provider,
        pytest.raises(ProtocolError) as caught,
    ):
        provider.record("oai:x:7", "oai_dc")
    assert caught.value.code == "idDoesNotExist"


def test_another_record_than_asked_for():
    with (
        Server([reply(listing(record(8), verb="GetRecord"))]) as server,
        Provider(access(server)) as provider,
        pytest.raises(BadAnswer, match="another, oai:x:8"),
    ):
        provider.record("oai:x:7", "oai_dc")


def test_identify_formats_and_sets():
    said = {
        "Identify": envelope("<Identify><repositoryName>Bees</repositoryName></Identify>"),
        "ListMetadataFormats": envelope(
            "<ListMetadataFormats><metadataFormat><metadataPrefix>jats</metadataPrefix></metadataFormat>"
            "</ListMetadataFormats>"
        ),
        "ListSets": envelope("<ListSets><set><setSpec>a</setSpec><setName>A</setName></set></ListSets>"),
    }
    with Server(lambda request: reply(said[request.query["verb"]])) as server, Provider(access(server)) as provider:
        assert provider.identify().repository == "Bees"
        assert provider.formats() == (Format("jats"),)
        assert provider.sets() == (SetInfo("a", "A"),)


def test_sets_over_pages_with_a_token_that_never_ends():
    def answer(request):
        number = int(request.query.get("resumptionToken", "0"))
        row = f"<set><setSpec>s{min(number, 2)}</setSpec></set>"
        return reply(listing(row, token=str(number + 1), verb="ListSets"))

    with Server(answer) as server, Provider(access(server)) as provider:
        assert [row.spec for row in provider.sets()] == ["s0", "s1", "s2"]


def test_sets_over_pages_whose_token_is_always_the_same():
    pages = iter(range(4))

    def answer(_):
        number = next(pages)
        row = f"<set><setSpec>s{number}</setSpec></set>"
        return reply(listing(row, token="session" if number < 3 else "", verb="ListSets"))

    with Server(answer) as server, Provider(access(server)) as provider:
        assert [row.spec for row in provider.sets()] == ["s0", "s1", "s2", "s3"]


def test_no_set_hierarchy_is_no_sets():
    with Server([reply(error("noSetHierarchy"))]) as server, Provider(access(server)) as provider:
        assert provider.sets() == ()


def test_an_answer_to_another_question_is_refused():
    fault, *_ = refused(reply(envelope("<Identify/>")))
    assert isinstance(fault, BadAnswer)
    assert "another question than ListRecords" in str(fault)


# ---------------------------------------------------------------------------------------------- bodies


def test_the_connection_is_kept():
    with Server([reply(PAGE), chunked(PAGE), reply(gzip.compress(PAGE.encode()))]) as server:
        with Provider(access(server)) as provider:
            for _ in range(3):
                assert len(provider.page(DC).records) == 2
        assert server.connections == 1


@pytest.mark.parametrize(
    "answer",
    [
        reply(gzip.compress(PAGE.encode()), Content_Encoding="gzip"),
        reply(gzip.compress(PAGE.encode())),  # not declared
        reply(PAGE, Content_Encoding="gzip"),  # declared, but plain
        reply(gzip.compress(gzip.compress(PAGE.encode())), Content_Encoding="gzip"),
        reply(zlib.compress(PAGE.encode()), Content_Encoding="deflate"),
        reply(zlib.compress(PAGE.encode())[2:-4], Content_Encoding="deflate"),  # raw, as many servers do
        reply("﻿" + PAGE, Content_Type="text/html; charset=iso-8859-1"),
        Answer(reply(PAGE, Content_Length="", Connection="close"), close=True),
        chunked(PAGE),
    ],
)
def test_bodies_in_every_dress(answer):
    page, server = harvest(answer)
    assert len(page.records) == 2
    assert page.repairs == ()
    assert len(server.requests) == 1


def test_a_body_that_lies_about_gzip_is_asked_for_without():
    broken = gzip.compress(PAGE.encode())[:20] + b"not gzip at all"
    page, server = harvest(reply(broken, Content_Encoding="gzip"), reply(PAGE))
    assert len(page.records) == 2
    assert [request.headers["Accept-Encoding"] for request in server.requests] == ["gzip, deflate", "identity"]


@pytest.mark.parametrize(
    "half",
    [
        Answer(reply(PAGE)[:-30], close=True),  # shorter than its Content-Length
        Answer(chunked(PAGE, whole=False), close=True),
        Answer(chunked(PAGE)[:-80], close=True),
        reply(gzip.compress(PAGE.encode())[:-12]),
        Answer(reply(PAGE[:-30], Content_Length=""), close=True),
        Answer(reply(PAGE)[:12], close=True),
        Answer(b"", close=True),
        reply(""),
        reply(HTML),
        reply("{}"),
    ],
)
def test_half_an_answer_is_asked_for_again(half):
    page, server = harvest(half, reply(PAGE))
    assert len(page.records) == 2
    assert len(server.requests) == 2


def test_half_an_answer_is_never_taken():
    fault, asked, waited = refused(Answer(reply(PAGE)[:-30], close=True), retries=3)
    assert isinstance(fault, Unreachable)
    assert "cut short" in str(fault)
    assert asked == 4
    assert 3.5 <= waited <= 7


def test_a_web_page_is_named_with_its_words():
    fault, *_ = refused(reply(HTML), retries=0)
    assert isinstance(fault, BadAnswer)
    assert "web page (HTML)" in str(fault)
    assert "“Maintenance Back soon”" in str(fault)


def test_a_bomb_is_not_unpacked():
    bomb = gzip.compress(b" " * 50_000_000)
    fault, asked, _ = refused(reply(bomb), max_bytes=1_000_000)
    assert isinstance(fault, TooBig)
    assert asked == 1


@pytest.mark.parametrize(
    "answer", [b"HTTP/1.1 99999 \x1b[31mX\r\n\r\n", b"\x1b[31mX\x07\r\n", redirect("http://\x01/")]
)
def test_what_breaks_a_connection_is_quoted_safely(answer):
    fault, *_ = refused(Answer(answer, close=True), retries=0)
    assert isinstance(fault, Unreachable)
    assert str(fault).isprintable()


@pytest.mark.parametrize("page", [b" " * 3_000_000, b"<OAI-PMH>" + b" " * 900_000], ids=["a bomb", "half a page"])
def test_an_error_that_is_kept_holds_no_page(page):
    """In a harvest errors hold themselves until the collector comes: twenty bombs of 256 MB were 6 GB."""
    answer, kept = reply(gzip.compress(page)), []
    with Server([answer]) as server, Provider(access(server, max_bytes=1_000_000, retries=0)) as provider:
        tracemalloc.start()
        for _ in range(4):
            with pytest.raises((TooBig, BadAnswer)) as caught:
                provider.page(DC)
            kept.append(caught.value)
        held, _ = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    assert held < 500_000


@pytest.mark.parametrize("length", [None, ""])
def test_a_page_beyond_the_cap(length):
    headers = {} if length is None else {"Content_Length": length}
    fault, asked, _ = refused(Answer(reply("x" * 200_000, **headers), close=True), max_bytes=100_000)
    assert isinstance(fault, TooBig)
    assert asked == 1


def test_an_endless_error_page_is_not_read():
    fault, *_ = refused(reply("x" * 2_000_000, 404))
    assert isinstance(fault, BadStatus)
    assert fault.status == 404


# --------------------------------------------------------------------------------------------- patience


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
def test_a_busy_provider_is_asked_again(status):
    naps = Naps()
    page, server = harvest(reply(HTML, status), reply(PAGE), naps=naps)
    assert len(page.records) == 2
    assert len(server.requests) == 2
    assert 0.5 <= naps.total <= 1.6


@pytest.mark.parametrize("status", [400, 401, 403, 404, 410, 201, 302])
def test_a_refusal_is_final(status):
    fault, asked, _ = refused(reply("no such thing", status))
    assert isinstance(fault, BadStatus)
    assert f"HTTP {status}" in str(fault)
    assert "no such thing" in str(fault)
    assert asked == 1


def test_retry_after_in_seconds():
    naps = Naps()
    harvest(reply("", 503, Retry_After="7"), reply(PAGE), naps=naps)
    assert 7 <= naps.total <= 8.6


def test_retry_after_as_a_date_by_the_providers_clock():
    theirs = datetime(2020, 1, 1, tzinfo=UTC)  # years behind ours
    headers = {
        "Date": format_datetime(theirs, usegmt=True),
        "Retry_After": format_datetime(theirs + timedelta(seconds=9), usegmt=True),
    }
    naps = Naps()
    harvest(reply("", 429, **headers), reply(PAGE), naps=naps)
    assert 9 <= naps.total <= 10.6


def test_a_long_retry_after_is_not_waited_for():
    fault, asked, waited = refused(reply("", 503, Retry_After="7200"))
    assert isinstance(fault, WaitUntil)
    assert timedelta(minutes=119) < fault.moment - datetime.now(UTC) < timedelta(minutes=121)
    assert (asked, waited) == (1, 0)


def test_a_retry_after_of_centuries_is_a_mistake():
    fault, asked, waited = refused(reply("", 503, Retry_After="999999999999"))
    assert isinstance(fault, WaitUntil)
    assert timedelta(days=29) < fault.moment - datetime.now(UTC) < timedelta(days=31)
    assert (asked, waited) == (1, 0)


def test_a_delay_between_requests():
    naps = Naps()
    with Server([reply(PAGE)]) as server, Provider(access(server, delay=3), sleep=naps) as provider:
        provider.page(DC)
        assert naps.total == 0
        provider.page(DC)
    assert 2 < naps.total <= 3


def test_an_overrun_provider_is_asked_more_slowly():
    naps = Naps()
    answers = [reply("", 429, Retry_After="0"), reply(PAGE)]
    with Server(answers) as server, Provider(access(server), sleep=naps) as provider:
        provider.page(DC)
        before = naps.total
        provider.page(DC)
    assert 0.3 < naps.total - before <= 0.5


def test_nobody_there():
    with Server([reply(PAGE)]) as server:
        settings = access(server, retries=1)
    with Provider(settings, sleep=Naps()) as provider, pytest.raises(Unreachable, match="nothing answers at 127"):
        provider.page(DC)


def test_no_such_name():
    settings = Access(url="http://no-such-host.invalid/oai", retries=0)
    with Provider(settings) as provider, pytest.raises(Unreachable, match=r"no-such-host\.invalid cannot be found"):
        provider.page(DC)


# ---------------------------------------------------------------------------------- deadlines and stops


@pytest.mark.parametrize(
    "slow",
    [
        Answer(reply(PAGE), every=0.05),  # headers drip already
        Answer(reply(PAGE), hang=30),
        Answer(reply(PAGE, 503), every=0.05),
    ],
)
def test_the_deadline_is_for_the_whole_page(slow):
    began = time.monotonic()
    fault, asked, _ = refused(slow, deadline=0.6)
    assert isinstance(fault, TooSlow)
    assert asked == 1
    assert time.monotonic() - began < 2


@pytest.mark.parametrize(
    "answer",
    [
        Answer(reply(PAGE), every=0.05),
        Answer(reply(PAGE), hang=30),
        reply("", 503, Retry_After="60"),  # while waiting to ask again
    ],
)
def test_a_stop_is_heard_within_a_second(answer):
    stop = threading.Event()
    with Server([answer]) as server, Provider(access(server), stop=stop.is_set) as provider:
        threading.Timer(0.3, stop.set).start()
        began = time.monotonic()
        with pytest.raises(Stopped):
            provider.page(DC)
        assert time.monotonic() - began < 1.3


def test_a_stop_before_the_first_request():
    with Server([reply(PAGE)]) as server, Provider(access(server), stop=lambda: True) as provider:
        with pytest.raises(Stopped):
            provider.page(DC)
        assert server.requests == []


# -------------------------------------------------------------------------------------------- redirects


def test_a_redirect_is_followed_once_and_remembered():
    def answer(request):
        if request.target.startswith("/oai"):
            return redirect("/en/oai?" + urlsplit(request.target).query)
        return reply(PAGE)

    with Server(answer) as server, Provider(access(server)) as provider:
        for _ in range(3):
            assert len(provider.page(DC).records) == 2
        assert len(server.requests) == 4
        assert provider.url == f"http://127.0.0.1:{server.port}/en/oai"
        assert server.connections <= 2


def test_a_redirect_that_loses_the_question():
    def answer(request):
        return reply(PAGE) if request.target.startswith("/en/oai?lang=en&verb=") else redirect("/en/oai?lang=en")

    with Server(answer) as server, Provider(access(server)) as provider:
        assert len(provider.page(DC).records) == 2
        assert server.queries[1] == {"lang": "en", "verb": "ListRecords", "metadataPrefix": "oai_dc"}


def test_a_redirect_to_a_web_page_is_not_remembered():
    answers = [redirect("/login?verb=x"), reply(HTML), reply(PAGE)]
    with Server(answers) as server, Provider(access(server), sleep=Naps()) as provider:
        provider.page(DC)
        assert [urlsplit(request.target).path for request in server.requests] == ["/oai", "/login", "/oai"]


def test_redirects_come_to_an_end():
    fault, asked, _ = refused(redirect("/oai?verb=x"), retries=0)
    assert isinstance(fault, BadAnswer)
    assert asked == 6


@pytest.mark.parametrize("location", ["file:///etc/passwd", "ftp://example.org/oai", "gopher://x", "http://[::1"])
def test_redirects_go_to_the_web_only(location):
    fault, asked, _ = refused(redirect(location))
    assert "no address we go to" in str(fault)
    assert asked == 1


# ---------------------------------------------------------------------------------------------- secrets


def test_credentials_and_headers_are_sent():
    _, server = harvest(reply(PAGE), username="jane", password="пароль", headers={"X-Key": "k1k2k3"})
    sent = server.requests[0].headers
    assert sent["Authorization"] == "Basic " + b64encode("jane:пароль".encode()).decode()
    assert sent["X-Key"] == "k1k2k3"


def test_credentials_in_the_address_are_used_and_never_shown():
    with Server([reply(PAGE), reply("wrong: s3cret!", 401)]) as server:
        url = server.url.replace("://", "://jane:s3cret%21@")
        with Provider(Access(url=url, allow_private=True)) as provider:
            page = provider.page(DC)
            with pytest.raises(BadStatus) as caught:
                provider.page(DC)
            shown = [page.url, provider.url, str(caught.value)]
        assert server.requests[0].headers["Authorization"] == "Basic " + b64encode(b"jane:s3cret!").decode()
    assert not any("s3cret" in text for text in shown)


def test_credentials_never_go_to_another_host():
    with Server([reply(PAGE)]) as other:
        away = redirect(other.url.replace("://", "://eve:trap@") + "?verb=ListRecords")
        with Server([away]) as server:
            settings = access(server, username="jane", password="s3cret", headers={"X-Key": "k1k2k3"})
            with Provider(settings) as provider:
                assert len(provider.page(DC).records) == 2
    assert "Authorization" in server.requests[0].headers
    assert not {"Authorization", "X-Key"} & other.requests[0].headers.keys()


def test_an_echoed_secret_is_hidden():
    settings = {"username": "jane", "password": "s3cret", "headers": {"X-Key": "k1k2k3"}}
    basic = b64encode(b"jane:s3cret").decode()
    fault, *_ = refused(reply(f"you sent s3cret and k1k2k3 and {basic}", 403), **settings)
    assert "you sent … and … and …" in str(fault)


@pytest.mark.parametrize("before", range(60, 82))
def test_an_echo_that_is_cut_short_is_hidden(before):
    """The error quotes 80 characters, and may end in the middle of the secret."""
    fault, *_ = refused(reply("x" * before + "s3cret-s3cret!", 403), username="jane", password="s3cret-s3cret!")
    assert "s3cr" not in str(fault)


@pytest.mark.parametrize("form", [str, quote, quote_plus])
def test_an_echo_in_an_error_of_the_protocol_is_hidden(form):
    settings = {"username": "jane", "password": "s3cret/ü", "headers": {"X-Key": "k1k2k3"}}
    fault, *_ = refused(reply(error("k1k2k3", f"you sent {form('s3cret/ü')} and k1k2k3")), **settings)
    assert "you sent … and …" in str(fault)
    assert "k1k2k3" not in str(fault)


def test_proxies_and_netrc_of_the_environment_are_ignored(monkeypatch, tmp_path):
    (tmp_path / ".netrc").write_text("machine 127.0.0.1 login eve password trap\n")
    (tmp_path / ".netrc").chmod(0o600)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9/")
    monkeypatch.setenv("no_proxy", "")
    page, server = harvest(reply(PAGE))
    assert len(page.records) == 2
    assert "Authorization" not in server.requests[0].headers
