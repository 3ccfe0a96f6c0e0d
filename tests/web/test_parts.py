"""Small parts: nothing of a record gets out of its place."""

from datetime import UTC, datetime

import pytest

from harvester.web import parts
from harvester.web.addresses import routes
from harvester.web.asked import Context
from harvester.web.links import Links

NOON = datetime(2026, 7, 1, 12, 0, tzinfo=UTC)
CONTEXT = Context(links=Links(routes().bind("localhost"), "runs"), now=NOON, zone="Europe/Madrid")


def test_moment_is_in_the_zone_of_the_configuration():
    assert parts.moment(NOON, CONTEXT) == '<time datetime="2026-07-01T12:00:00Z">2026-07-01 14:00 CEST</time>'
    assert "never" in parts.moment(None, CONTEXT)


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0, "0 s"),
        (8.4, "8 s"),
        (200, "3 min 20 s"),
        (3600, "1 h"),
        (7501, "2 h 5 min"),
        (273_600, "3 d 4 h"),
        (-5, "0 s"),
    ],
)
def test_duration(seconds, words):
    assert parts.duration(seconds) == words


@pytest.mark.parametrize("address", ["javascript:alert(1)", "data:text/html,x", "//host.example", "", None, "ftp://x/"])
def test_only_addresses_of_the_web_become_links(address):
    assert "href" not in parts.outside(address, "<b>")


def test_link_to_elsewhere_tells_it_nothing():
    assert parts.outside("https://a.example/?x=1&y", "there") == (
        '<a href="https://a.example/?x=1&amp;y" rel="noopener noreferrer">there</a>'
    )


def test_state_has_a_sign_and_words():
    assert parts.state("bad", "needs a <person>") == (
        '<span class="state bad"><span class="sign" aria-hidden="true">✕</span>needs a &lt;person&gt;</span>'
    )


def test_bar_never_exceeds_its_frame():
    assert 'class="fill" width="100.0"' in parts.bar(12, 10, "12 of 10")
    assert "svg" not in parts.bar(12, None, "12")


def test_raw_text_stays_text():
    assert "<script>" not in parts.raw("<script>")
