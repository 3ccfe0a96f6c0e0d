"""A POST comes from an own page or is refused."""

import pytest
from werkzeug.datastructures import Headers

from harvester.web.access.origin import is_own

HOST = "localhost:8765"
OWN = [
    {"Sec-Fetch-Site": "same-origin"},
    {"Sec-Fetch-Site": "none"},
    {"Origin": "http://localhost:8765"},
    {"Origin": "http://LOCALHOST:8765", "Sec-Fetch-Site": "same-origin"},
]
FOREIGN = [
    {},
    {"Origin": "null"},
    {"Origin": ""},
    {"Origin": "http://evil.example"},
    {"Origin": "http://localhost"},
    {"Origin": "http://localhost:8765.evil.example"},
    {"Origin": "http://[::1"},
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"},
    {"Sec-Fetch-Site": ""},
    {"Sec-Fetch-Site": "cross-site", "Origin": "http://localhost:8765"},
    {"Sec-Fetch-Site": "same-origin", "Origin": "https://public.example"},  # behind a proxy that is not configured
]


@pytest.mark.parametrize("headers", OWN)
def test_own_page(headers):
    assert is_own(Headers(headers), HOST)


@pytest.mark.parametrize("headers", FOREIGN)
def test_foreign_page(headers):
    assert not is_own(Headers(headers), HOST)


def test_port_that_the_scheme_has_anyway_is_left_out():
    assert is_own(Headers({"Origin": "https://h.example"}), "h.example:443")
    assert not is_own(Headers({"Origin": ""}), "")
