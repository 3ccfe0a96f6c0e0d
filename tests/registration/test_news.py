"""What is read by itself: deposits of others, matches, and DOIs whose fate was open."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from harvester import pipeline
from harvester.answers import HeldRecord
from harvester.crossref.agency import CROSSREF_AGENCY
from harvester.registration.drift import GRACE
from harvester.registration.news import News, is_open, settled
from harvester.store import Registration, SeenDoi
from tests.registration.conftest import NINETEEN, Depositor, put_foreign
from tests.registration.samples import HOUR, NOW, doi

DOI = "10.5555/lamps.1"
LATER = NOW + GRACE
SEEN = SeenDoi(record=HeldRecord(doi=DOI), read=LATER)
OPEN: list[tuple[Registration, SeenDoi | None, Any, bool]] = [
    (doi("unaccounted"), None, NOW, False),
    (doi("unaccounted"), None, LATER, True),
    (doi("unaccounted"), SEEN, LATER + timedelta(days=1), False),  # once
    (doi("unaccounted"), SeenDoi(record=HeldRecord(doi=DOI), read=NOW), LATER, True),
    (doi("uncertain"), None, LATER, False),  # its file is asked for
    (doi("uncertain", kind="version_unread"), None, NOW, True),
    (doi("uncertain", kind="version_unread"), SeenDoi(record=HeldRecord(doi=DOI), read=NOW), NOW, False),
    (doi("uncertain", kind="version_unread"), SeenDoi(record=HeldRecord(doi=DOI), read=NOW - HOUR), NOW, True),
    (doi("uncertain", kind="version_unread"), SeenDoi(record=HeldRecord(doi=DOI), read=NOW), NOW + HOUR, True),
    (doi("registered"), None, LATER, False),
]


@pytest.mark.parametrize(("known", "seen", "now", "expected"), OPEN)
def test_whose_fate_is_open(known: Registration, seen: SeenDoi | None, now: Any, expected: bool):
    assert is_open(known, seen, now) == expected


SETTLED: list[tuple[Registration, int | None, tuple[str, str | None]]] = [
    (doi("unaccounted", timestamp=7), 7, ("registered", "version_same")),
    (doi("unaccounted", timestamp=7), 5, ("unaccounted", None)),  # the newest file is not there
    (doi("unaccounted", timestamp=5), 7, ("registered", "version_ours")),
    (doi("unaccounted", timestamp=7), None, ("unaccounted", None)),
    (doi("unaccounted", timestamp=7), 9, ("unaccounted", None)),
    (doi("uncertain", timestamp=7, kind="version_unread"), 9, ("refused", "version_foreign")),
    (doi("uncertain", timestamp=7, kind="version_unread"), 6, ("uncertain", "version_unread")),
    (doi("uncertain", timestamp=5, kind="version_unread"), 7, ("registered", "version_ours")),
]


@pytest.mark.parametrize(("known", "version", "expected"), SETTLED)
def test_the_version_decides(known: Registration, version: int | None, expected: tuple[str, str | None]):
    found = settled(known, (5, 7), HeldRecord(doi=DOI, version=version), LATER)
    assert (found.state, found.kind) == expected
    assert (found.held == version) == (found.state == "registered" or version is None)


def news(depositor: Depositor) -> News:
    with depositor.press.bench.opened() as (config, store):
        return pipeline.read_news(config, store, CROSSREF_AGENCY, since=None, now=depositor.tick)


@pytest.mark.slow
def test_a_deposit_of_another_program_is_found_and_told(depositor: Depositor):
    depositor.deposit()
    depositor.settle()
    depositor.clock.advance(days=1)
    assert news(depositor) == News(read=3)
    put_foreign(depositor, DOI, NINETEEN)
    assert news(depositor) == News(read=1, foreign=1)
    assert depositor.registration(1).kind == "version_foreign"
    assert news(depositor) == News()


@pytest.mark.slow
def test_a_doi_that_the_log_did_not_name_is_found_registered(depositor: Depositor):
    depositor.standin.state.knobs.verdicts = {DOI: ()}
    depositor.deposit()
    depositor.settle()
    assert depositor.states()["1"] == "unaccounted"
    news(depositor)
    assert depositor.states()["1"] == "unaccounted"
    depositor.clock.now += GRACE
    put_foreign(depositor, DOI, depositor.registration(1).timestamp or 0)
    assert news(depositor).settled == 1
    assert depositor.states()["1"] == "registered"
    assert depositor.registration(1).held == depositor.held(1)
