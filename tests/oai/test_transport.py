"""Bodies, redirects and credentials against a real server."""

from __future__ import annotations

import gzip
import tracemalloc
import zlib
from base64 import b64encode
from urllib.parse import quote, quote_plus, urlsplit

import pytest
import zstandard

from harvester.model import Access
from harvester.oai import BadAnswer, BadStatus, Provider, TooBig, Unreachable
from tests.oai.one_page import DC, HTML, PAGE, Naps, access, harvest, refused
from tests.providers.server import Answer, Server, chunked, error, redirect, reply


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
        reply(zstandard.compress(PAGE.encode()), Content_Encoding="zstd"),  # not requested
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


def test_brotli_is_named_and_never_called_damage():
    answer = reply(b"\x0b\x02\x80<a/>\x03", Content_Encoding="br")
    fault, asked, _ = refused(answer, retries=0)
    assert "compresses its answers with br, which was not requested" in str(fault)
    assert "ask the provider's administrator" in str(fault)
    assert asked == 2
    page, server = harvest(answer, reply(PAGE))
    assert len(page.records) == 2
    assert server.requests[1].headers["Accept-Encoding"] == "identity"


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


def test_a_redirect_to_an_unknown_host_names_both_addresses():
    """As a Location without a slash gives it (coneda/kor#245)."""
    fault, _, _ = refused(redirect("http://journal.invalidapi/oai?key=s3cret"), retries=0)
    assert isinstance(fault, Unreachable)
    assert "/oai redirects to http://journal.invalidapi/oai: the name journal.invalidapi cannot be found" in str(fault)
    assert "s3cret" not in str(fault)


def test_redirects_come_to_an_end():
    fault, asked, _ = refused(redirect("/oai?verb=x"), retries=0)
    assert isinstance(fault, BadAnswer)
    assert asked == 6


@pytest.mark.parametrize("location", ["file:///etc/passwd", "ftp://example.org/oai", "gopher://x", "http://[::1"])
def test_redirects_go_to_the_web_only(location):
    fault, asked, _ = refused(redirect(location))
    assert "not an address that is requested" in str(fault)
    assert asked == 1


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


def test_a_secret_of_few_letters_does_not_black_out_the_message():
    fault, *_ = refused(reply("no", 403), username="jane", password="a", headers={"Accept-Language": "en"})
    assert "check username, password and headers" in str(fault)
    echo = b64encode(b"jane:a").decode()
    fault, *_ = refused(reply(f"you sent {echo}", 403), username="jane", password="a")
    assert "you sent …" in str(fault)


@pytest.mark.parametrize("form", [str, quote, quote_plus])
def test_an_echo_in_an_error_of_the_protocol_is_hidden(form):
    settings = {"username": "jane", "password": "s3cret/ü", "headers": {"X-Key": "k1k2k3"}}
    fault, *_ = refused(reply(error("k1k2k3", f"you sent {form('s3cret/ü')} and k1k2k3")), **settings)
    assert "you sent … and …" in str(fault)
    assert "k1k2k3" not in str(fault)


def test_the_netrc_of_the_user_is_ignored(monkeypatch, tmp_path):
    (tmp_path / ".netrc").write_text("machine 127.0.0.1 login eve password trap\n")
    (tmp_path / ".netrc").chmod(0o600)
    monkeypatch.setenv("HOME", str(tmp_path))
    page, server = harvest(reply(PAGE))
    assert len(page.records) == 2
    assert "Authorization" not in server.requests[0].headers
