"""Only configured proxies are believed."""

import pytest

from harvester.web.access.proxies import PEER_IS_PROXY, Proxies, forged, is_proxy


def answered(environ, *proxies, is_unix=False):
    seen = {}
    base = {"REMOTE_ADDR": "192.0.2.1", "HTTP_HOST": "inner", "wsgi.url_scheme": "http", "SERVER_NAME": "inner"}
    application = Proxies(lambda environ, _: seen.update(environ) or [], proxies, is_unix=is_unix)
    list(application({**base, "SERVER_PORT": "80", **environ}, None))
    return seen


FORWARDED = {
    "HTTP_X_FORWARDED_FOR": "203.0.113.9, 198.51.100.7",
    "HTTP_X_FORWARDED_PROTO": "https",
    "HTTP_X_FORWARDED_HOST": "public.example",
    "HTTP_X_FORWARDED_PREFIX": "/library",
}


def test_headers_of_a_configured_proxy_count():
    seen = answered(FORWARDED, "192.0.2.0/24")
    assert (seen["REMOTE_ADDR"], seen["wsgi.url_scheme"]) == ("198.51.100.7", "https")  # the one that the proxy saw
    assert (seen["HTTP_HOST"], seen["SCRIPT_NAME"]) == ("public.example", "/library")
    assert forged(seen) is None


@pytest.mark.parametrize("proxies", [(), ("192.0.2.2",), ("unix",), ("::/0",)])
def test_headers_of_others_are_refused(proxies):
    seen = answered(FORWARDED, *proxies)
    assert (seen["REMOTE_ADDR"], seen["HTTP_HOST"]) == ("192.0.2.1", "inner")
    assert forged(seen) == "X-Forwarded-For"


@pytest.mark.parametrize("header", ["HTTP_FORWARDED", "HTTP_X_FORWARDED_USER", "HTTP_X_REAL_IP", "HTTP_VIA"])
def test_every_trace_of_a_proxy_is_seen(header):
    assert forged(answered({header: "x"}))
    assert forged(answered({})) is None


def test_socket_has_a_name_of_its_own():
    assert answered({"REMOTE_ADDR": "localhost"}, "unix", is_unix=True)[PEER_IS_PROXY]
    assert not answered({"REMOTE_ADDR": "localhost"}, "127.0.0.1", is_unix=True)[PEER_IS_PROXY]
    assert not answered({"REMOTE_ADDR": "localhost"}, "unix")[PEER_IS_PROXY]


def test_proxies_by_address():
    assert is_proxy("::ffff:192.0.2.1", ["192.0.2.0/24"])
    assert is_proxy("2001:db8::1", ["2001:db8::/32", "unix"])
    assert not is_proxy("", ["0.0.0.0/0"])
