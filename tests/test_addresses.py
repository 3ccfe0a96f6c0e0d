"""Addresses: one page, open to everybody, without a session."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harvester.addresses import distinct_pages, host_of, is_public, why_not_public, without_session

J = "https://journal.example/"
OJS = f"{J}index.php/j/"

ONE_PAGE = [
    (["http://journal.example/7", f"{J}7"], f"{J}7"),
    ([f"{J}7", "http://journal.example/7"], f"{J}7"),
    ([f"{J}7/", f"{J}7"], f"{J}7"),
    ([f"{J}7#", f"{J}7"], f"{J}7"),
    (["http://journal.example:80/7", "https://journal.example:443/7", f"{J}7"], f"{J}7"),
    ([f"{J}7", "HTTPS://Journal.Example/7"], "HTTPS://Journal.Example/7"),
    ([f"{OJS}article/view/7", f"{OJS}en/article/view/7"], f"{OJS}article/view/7"),
    ([f"{OJS}fr_CA/article/view/7", f"{OJS}en/article/view/7", f"{OJS}article/view/7"], f"{OJS}article/view/7"),
    ([f"{OJS}sr@latin/article/view/7", "http://journal.example/index.php/j/article/view/7/"], None),
]
SEVERAL_PAGES = [
    [f"{J}7", f"{J}8"],
    [f"{J}7", f"{J}7?lang=en"],
    [f"{J}7", "https://www.journal.example/7"],
    [f"{J}7", "https://journal.example:8443/7"],
    [f"{OJS}en/article/view/7", f"{OJS}fr_CA/article/view/7"],  # neither is for readers of all languages
    [f"{OJS}en/article/view/7", f"{OJS}article/view/8"],
    [f"{J}index.php/en/article/view/7", f"{J}index.php/aj/article/view/7"],  # journals called en and aj
    [f"{J}en/7", f"{J}7"],  # another system
]


@pytest.mark.parametrize(("urls", "page"), ONE_PAGE)
def test_addresses_of_one_page(urls, page):
    found = distinct_pages(urls)
    assert len(found) == 1
    assert page is None or found == [page]


@pytest.mark.parametrize("urls", SEVERAL_PAGES)
def test_addresses_of_different_pages(urls):
    assert sorted(distinct_pages(urls)) == sorted(urls)


@given(st.lists(st.sampled_from([J, f"{J}7", f"{J}7/", "http://journal.example/7", f"{OJS}en/article/view/7"])))
def test_every_page_is_one_of_the_addresses(urls):
    pages = distinct_pages(urls)
    assert set(pages) <= set(urls)
    assert bool(pages) == bool(urls)
    assert distinct_pages(pages) == pages


NOT_PUBLIC = [
    ("localhost", "localhost is a name in a private network"),
    ("ojs.localhost", "ojs.localhost is a name in a private network"),
    ("127.0.0.1", "127.0.0.1 is a private address"),
    ("127.1", "127.1 is a private address"),
    ("2130706433", "2130706433 is a private address"),
    ("0x7f000001", "0x7f000001 is a private address"),
    ("192.168.1.20", "192.168.1.20 is a private address"),
    ("172.17.0.2", "172.17.0.2 is a private address"),
    ("169.254.1.1", "169.254.1.1 is a private address"),
    ("::1", "::1 is a private address"),
    ("fe80::1", "fe80::1 is a private address"),
    ("server2", "server2 is not a full host name"),
    ("journals.lan", "journals.lan is a name in a private network"),
    ("library.local", "library.local is a name in a private network"),
    ("web.internal", "web.internal is a name in a private network"),
    ("nas.home.arpa", "nas.home.arpa is a name in a private network"),
    ("localhost.localdomain.", "localhost.localdomain. is a name in a private network"),
    ("reeds-example.translate.goog", "reeds-example.translate.goog is the proxy of a library"),
    ("doi-org.ezproxy.library.example", "doi-org.ezproxy.library.example is the proxy of a library"),
    ("0-link-reeds-com.lib.library.example", "0-link-reeds-com.lib.library.example is the proxy of a library"),
    ("doi-org.lib.library.example", "doi-org.lib.library.example is the proxy of a library"),
    ("www-reeds-org.lib.library.example", "www-reeds-org.lib.library.example is the proxy of a library"),
    ("ezproxy2.library.example", "ezproxy2.library.example is the proxy of a library"),
    ("login.libproxy.library.example", "login.libproxy.library.example is the proxy of a library"),
    ("www-press-org.proxy.library.example", "www-press-org.proxy.library.example is the proxy of a library"),
    ("0-www.press.org.library.example", "0-www.press.org.library.example is the proxy of a library"),
    ("webvpn.library.example", "webvpn.library.example is the proxy of a library"),
    ("", " is not a full host name"),
]
PUBLIC = [
    "journal.example",
    "journal.example.",
    "localhost.journal.example",
    "local.journal.example",
    "intranet-studies.example",
    "proxy-journal.example",
    "www-reeds.example.org",
    "doi-organisation.example.org",
    "ezproxy.example",  # somebody's domain
    "private-law.journal.example",
    "3-manifolds.journal.example",
    "0-day.journal.example",
    "журнал.example",
    "xn--80a.example",
    "93.184.216.34",
    "2606:4700::1111",
    "1e100.net",
]


@pytest.mark.parametrize(("host", "problem"), NOT_PUBLIC)
def test_hosts_that_not_everybody_can_reach(host, problem):
    assert why_not_public(host) == problem


@pytest.mark.parametrize("host", PUBLIC)
def test_hosts_that_only_look_private(host):
    assert why_not_public(host) is None


@given(st.text(max_size=30))
def test_any_host_gives_an_answer(host):
    why_not_public(host)


WITH_SESSION = [
    (f"{J}7;jsessionid=8F0A", f"{J}7"),
    (f"{J}7;jsessionid=8F0A.node1?lang=en#top", f"{J}7?lang=en#top"),
    (f"{J}7?PHPSESSID=77ab", f"{J}7"),
    (f"{J}7?OJSSID=77ab&lang=en", f"{J}7?lang=en"),
    (f"{J}7?lang=en&session_id=77ab", f"{J}7?lang=en"),
    (f"{J}7?CFID=1&CFTOKEN=2", f"{J}7"),
    (f"{J}7?sid=0123456789abcdef01", f"{J}7"),
]
WITHOUT_SESSION = [f"{J}7", f"{J}7?sid=12", f"{J}sessions/7?id=3", f"{J}7?section=2", f"{J}7;version=2", f"{J}7?"]


@pytest.mark.parametrize(("url", "expected"), WITH_SESSION)
def test_the_identifier_of_a_session_is_removed(url, expected):
    assert without_session(url) == expected


@pytest.mark.parametrize("url", WITHOUT_SESSION)
def test_other_parameters_stay(url):
    assert without_session(url) == url


HOSTS = [
    ("https://User:secret@Journal.Example:8080/7", "journal.example"),
    ("http://[::1]:80/7", "::1"),
    ("http://[bad/7", None),
    ("ftp://journal.example/7", None),
    ("https://journal.example/a b", None),
    ("journal.example", None),
]


@pytest.mark.parametrize(("url", "host"), HOSTS)
def test_the_host_of_an_address(url, host):
    assert host_of(url) == host


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "127.9.9.9",
        "0.0.0.0",
        "10.0.0.1",
        "172.16.5.4",
        "192.168.1.1",
        "169.254.169.254",  # where clouds keep their keys
        "100.64.0.1",
        "198.18.0.1",
        "224.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "fe80::1%eth0",
        "fc00::1",
        "ff02::1",
        "::ffff:127.0.0.1",
        "64:ff9b::7f00:1",
        "2002:7f00:1::",
        "::127.0.0.1",
        "::ffff:0:127.0.0.1",
        "64:ff9b:1::7f00:1",
        "fec0::1",
        "5f00::1",
    ],
)
def test_private_addresses(address):
    assert not is_public(address)


@pytest.mark.parametrize("address", ["1.1.1.1", "93.184.216.34", "2606:4700::1111", "::ffff:1.1.1.1"])
def test_public_addresses(address):
    assert is_public(address)
