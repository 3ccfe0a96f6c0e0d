"""The page is not served where strangers could read it."""

import socket
import urllib.request
from urllib.parse import urlsplit

import pytest
from msgspec import structs

from harvester.config import Web
from harvester.errors import ConfigError
from harvester.web.serving import serve_page


def test_page_is_served(config, opened):
    with serve_page(lambda: config, "127.0.0.1:0") as address, urllib.request.urlopen(f"{address}runs") as answer:
        assert answer.status == 200


@pytest.mark.parametrize("listen", ["0.0.0.0:0", "[::]:0", "192.0.2.1:80"])
def test_open_address_is_refused(config, opened, listen):
    with pytest.raises(ConfigError, match=r"web.listen: .* can be reached by other machines"):
        serve_page(lambda: config, listen).__enter__()


def test_missing_password_is_refused(config, opened, tmp_path):
    protected = structs.replace(config, web=Web(password_file=str(tmp_path / "absent")))
    with pytest.raises(ConfigError, match="has no password yet"):
        serve_page(lambda: protected, "127.0.0.1:0").__enter__()


RAW = [
    (b"GET /static/../../../etc/passwd HTTP/1.1\r\nHost: localhost\r\n\r\n", 404),
    (b"GET /static/%2e%2e%2f%2e%2e%2fsite.py HTTP/1.1\r\nHost: localhost\r\n\r\n", 404),
    (b"GET http://evil.example/runs HTTP/1.1\r\nHost: evil.example\r\n\r\n", 403),
    (b"GET /runs HTTP/1.1\r\nHost: evil.example\r\n\r\n", 403),
    (b"GET /runs HTTP/1.0\r\n\r\n", 403),
    (b"GET /runs HTTP/1.1\r\nHost: localhost\r\nX-Forwarded-For: 127.0.0.1\r\n\r\n", 403),
    (b"GET /runs HTTP/1.1\r\nHost: localhost\r\nX_Forwarded_For: 127.0.0.1\r\n\r\n", 200),  # not that header
    (b"POST /login HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9999999999\r\n\r\n", 413),
    (b"GET /runs HTTP/1.1\r\nHost: localhost\r\nHost: evil.example\r\n\r\n", 403),
    (b"GET /runs%0d%0aSet-Cookie:x HTTP/1.1\r\nHost: localhost\r\n\r\n", 404),
    (b"GET /\xff\xfe HTTP/1.1\r\nHost: localhost\r\n\r\n", 400),
]


def test_hostile_requests_on_the_wire(config, opened):
    with serve_page(lambda: config, "127.0.0.1:0") as address:
        port = urlsplit(address).port
        for request, expected in RAW:
            with socket.create_connection(("127.0.0.1", port), timeout=10) as client:
                client.sendall(request)
                head = client.recv(65_536)
            assert int(head.split(b" ", 2)[1]) == expected, request
            assert b"root:" not in head
            assert b"\r\nSet-Cookie" not in head
