"""Proxies and certificate authorities of institutions."""

from __future__ import annotations

import select
import socket
import threading
from contextlib import contextmanager, suppress

import pytest

from harvester.errors import ConfigError
from harvester.model import Access
from harvester.oai import Provider, RefusedAddress, Unreachable
from tests.oai.one_page import DC, PAGE
from tests.providers.server import Answer, Server, redirect, reply

JOURNAL = "http://journal.invalid/oai"  # a name that only the proxy knows (RFC 6761)


def proxy_of(server: Server) -> str:
    return f"http://127.0.0.1:{server.port}"


def page(url: str, **settings):
    with Provider(Access(url=url, retries=0, **settings)) as provider:
        return provider.page(DC)


@pytest.fixture
def unknown_names(monkeypatch):
    """No name server: only addresses and localhost are found."""
    real = socket.getaddrinfo

    def look_up(host, *args):
        if host in ("localhost", "intranet.example") or host.replace(".", "").isdigit():
            return real("127.0.0.1" if host == "intranet.example" else host, *args)
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", look_up)


@pytest.mark.usefixtures("unknown_names")
@pytest.mark.parametrize("by", ["the setting", "the environment"])
def test_requests_go_through_the_proxy(by, monkeypatch):
    """Although the proxy is in a private network, where it usually is."""
    with Server([reply(PAGE)]) as proxy:
        if by == "the environment":
            monkeypatch.setenv("HTTP_PROXY", proxy_of(proxy))
        records = page(JOURNAL, proxy=proxy_of(proxy) if by == "the setting" else None).records
    assert len(records) == 2
    assert proxy.requests[0].target == f"{JOURNAL}?verb=ListRecords&metadataPrefix=oai_dc"


def test_no_proxy_and_an_empty_setting_go_directly(monkeypatch):
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    with Server([reply(PAGE)]) as server:
        assert page(server.url, allow_private=True, proxy="").records
        monkeypatch.setenv("NO_PROXY", "example.org,127.0.0.1")
        assert page(server.url, allow_private=True).records


@pytest.mark.usefixtures("unknown_names")
@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "169.254.169.254", "2130706433", "intranet.example"])
def test_no_proxy_is_sent_to_a_private_address(host):
    with Server([reply(PAGE)]) as proxy, pytest.raises(RefusedAddress, match="private network"):
        page(f"http://{host}/oai", proxy=proxy_of(proxy))
    assert proxy.requests == []


@pytest.mark.usefixtures("unknown_names")
def test_no_redirect_leads_a_proxy_to_a_private_address():
    with Server([redirect("http://169.254.169.254/latest/meta-data")]) as proxy, pytest.raises(RefusedAddress):
        page(JOURNAL, proxy=proxy_of(proxy))
    assert len(proxy.requests) == 1


@pytest.mark.usefixtures("unknown_names")
def test_a_private_provider_behind_a_proxy_may_be_allowed():
    with Server([reply(PAGE)]) as proxy:
        assert page("http://intranet.example/oai", proxy=proxy_of(proxy), allow_private=True).records


@pytest.mark.usefixtures("unknown_names")
@pytest.mark.parametrize("url", [JOURNAL, JOURNAL.replace("http:", "https:")])
def test_a_proxy_that_asks_for_a_login(url):
    answer = Answer(reply("login", 407, Proxy_Authenticate='Basic realm="x"'), close=True)
    with Server([answer]) as proxy, pytest.raises(Exception, match="HTTPS_PROXY") as caught:
        page(url, proxy=proxy_of(proxy))
    assert "asks for a login" in str(caught.value)


@pytest.mark.usefixtures("unknown_names")
def test_the_login_of_a_proxy_is_sent_to_it_and_never_shown(monkeypatch):
    def answer(request):
        return reply(f"you sent s3cret-word, {request.headers.get('Proxy-Authorization')}", 403)

    with Server(answer) as proxy:
        monkeypatch.setenv("HTTP_PROXY", f"http://jane:s3cret-word@127.0.0.1:{proxy.port}")
        with pytest.raises(Exception, match="you sent …, Basic …") as caught:
            page(JOURNAL)
    assert "s3cret" not in str(caught.value)


@pytest.mark.usefixtures("unknown_names")
def test_a_proxy_that_is_not_there_is_named():
    with pytest.raises(Unreachable, match="check the proxy"):
        page(JOURNAL, proxy="http://127.0.0.1:1")


@contextmanager
def tunnel(port: int):
    """A proxy that connects every CONNECT with this port; the lines it was asked with."""
    asked: list[bytes] = []

    def serve(front: socket.socket) -> None:
        near, far = front.accept()[0], socket.create_connection(("127.0.0.1", port))
        with near, far:
            asked.append(near.recv(65536).split(b"\r\n")[0])
            near.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
            while True:
                for line in select.select([near, far], [], [])[0]:
                    data = received(line)
                    if not data:
                        return
                    (far if line is near else near).sendall(data)

    def received(line: socket.socket) -> bytes:
        with suppress(ConnectionResetError):
            return line.recv(65536)
        return b""

    with socket.create_server(("127.0.0.1", 0)) as front:
        thread = threading.Thread(target=serve, args=(front,))
        thread.start()
        yield f"http://127.0.0.1:{front.getsockname()[1]}", asked
        thread.join()


def test_https_goes_through_a_tunnel_and_its_certificate_is_checked(certificate):
    with Server([reply(PAGE)], certificate) as server, tunnel(server.port) as (proxy, asked):
        assert page(server.url, proxy=proxy, ca_file=certificate, allow_private=True).records
    assert asked[0].startswith(f"CONNECT 127.0.0.1:{server.port} ".encode())
    with Server([reply(PAGE)], certificate) as server, tunnel(server.port) as (proxy, _):
        with pytest.raises(Unreachable, match="certificate of 127"):
            page(server.url, proxy=proxy, allow_private=True)
        assert server.requests == []


@pytest.mark.parametrize("variable", ["SSL_CERT_FILE", "REQUESTS_CA_BUNDLE"])
def test_the_authority_of_the_environment_is_trusted(variable, certificate, monkeypatch):
    monkeypatch.setenv(variable, certificate)
    with Server([reply(PAGE)], certificate) as server:
        assert page(server.url, allow_private=True).records


def test_an_unknown_issuer_is_not_a_certificate_to_renew(certificate):
    with Server([reply(PAGE)], certificate) as server, pytest.raises(Unreachable, match="set ca_file") as caught:
        page(server.url, allow_private=True)
    assert "intermediate certificate" in str(caught.value)
    assert "renew" not in str(caught.value)


def test_a_certificate_of_another_name_is_said(certificate):
    with Server([reply(PAGE)], certificate) as server, pytest.raises(Unreachable, match="check the host"):
        page(server.url.replace("127.0.0.1", "localhost"), allow_private=True, ca_file=certificate)


def test_certificates_that_cannot_be_read(tmp_path, monkeypatch):
    (tmp_path / "empty.pem").write_text("")
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "empty.pem"))
    with pytest.raises(ConfigError, match=r"empty\.pem cannot be read"):
        page(JOURNAL)
