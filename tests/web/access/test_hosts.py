"""Names of this server are accepted, and names that others may have given to its address are not."""

import pytest

from harvester.web.access.hosts import is_known, without_port

OURS = ["localhost", "localhost:8765", "LOCALHOST", "127.0.0.1", "127.0.0.1:80", "[::1]", "[::1]:8765", "127.8.8.8:1"]
FOREIGN = [
    *("evil.example", "localhost.evil.example", "127.0.0.1.evil.example", "evil.example:80", "", " ", "[evil]"),
    *(
        "localhost@evil.example",
        "evil.example#localhost",
        "localhost\t.evil",
        "0x7f.1",
        "2130706433",
        "[::1",
        "١٢٧.0.0.1",
    ),
]


@pytest.mark.parametrize("host", OURS)
def test_this_machine(host):
    assert is_known(host, (), is_local=True)
    assert is_known(host, (), is_local=False)


@pytest.mark.parametrize("host", [one for one in FOREIGN if one != "[::1"])
def test_other_names(host):
    assert not is_known(host, (), is_local=True)
    assert not is_known(host, (), is_local=False)


def test_configured_names():
    assert is_known("Harvester.example.org:443", ["harvester.Example.org"], is_local=True)
    assert not is_known("x.harvester.example.org", ["harvester.example.org"], is_local=True)


def test_other_addresses_count_only_where_others_can_reach_the_page():
    assert is_known("192.0.2.7:80", (), is_local=False)
    assert not is_known("192.0.2.7:80", (), is_local=True)


def test_port_is_no_part_of_the_name():
    assert without_port("[2001:DB8::1]:80") == "2001:db8::1"
    assert without_port("Host.example:80") == "host.example"
