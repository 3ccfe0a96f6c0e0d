"""Addresses to listen on are read as they are written."""

import pytest

from harvester.system.listening import address_of, is_on_loopback


@pytest.mark.parametrize(
    ("listen", "expected"),
    [("127.0.0.1:9464", ("127.0.0.1", 9464)), ("[::1]:80", ("::1", 80)), (":9464", ("", 9464))],
)
def test_address_is_split_into_host_and_port(listen, expected):
    assert address_of(listen) == expected


@pytest.mark.parametrize("listen", ["127.0.0.1:80", "127.8.9.1:80", "[::1]:80", "localhost:80"])
def test_loopback(listen):
    assert is_on_loopback(listen)


@pytest.mark.parametrize("listen", ["0.0.0.0:80", "[::]:80", ":80", "192.0.2.1:80", "host.example:80", "unix:/run/web"])
def test_what_others_can_reach_is_not_loopback(listen):
    assert not is_on_loopback(listen)
