"""Drift against the stand-in: what it holds is read back and compared with the files that were sent."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from harvester import pipeline
from harvester.crossref.agency import CROSSREF_AGENCY
from harvester.errors import ConfigError
from harvester.registration import by_hand
from harvester.registration.drift_search import DriftFound
from harvester.standin.registry import Record
from tests.registration.conftest import Depositor
from tests.standin.running import LOGIN

pytestmark = pytest.mark.slow

DAYS = timedelta(days=4)


def drift(depositor: Depositor, **options) -> DriftFound:
    with depositor.press.bench.opened() as (config, store):
        return pipeline.find_drift(config, store, CROSSREF_AGENCY, now=depositor.tick, **options)


def kinds(found: DriftFound) -> list[tuple[str, str, str | None]]:
    return [(one.doi.rpartition(".")[2], one.kind, one.field) for one in found.drift]


def record(depositor: Depositor, number: int = 1) -> Record:
    found = depositor.standin.state.registry.record(f"10.5555/lamps.{number}")
    assert found is not None
    return found


def rewrite(one: Record, change: Callable[[bytes], bytes]) -> None:
    """Changes what the stand-in holds, as its staff might."""
    one.versions[-1] = replace(one.newest, xml=change(one.newest.xml))


@pytest.fixture
def registered(depositor: Depositor) -> Depositor:
    """All articles are registered, and shown by now."""
    depositor.deposit()
    depositor.settle()
    assert set(depositor.states().values()) == {"registered"}
    depositor.clock.now += DAYS
    return depositor


def test_an_untouched_deposit_does_not_drift(registered: Depositor):
    found = drift(registered)
    assert (found.drift, found.skipped) == ((), ())
    assert found.compared == len(registered.rows()) > 1
    assert drift(registered, dois=["10.5555/LAMPS.1"]).compared == 1


def test_a_changed_field_is_found_after_the_first_reading(registered: Depositor):
    drift(registered)
    rewrite(record(registered), lambda xml: re.sub(rb"<title>[^<]*", b"<title>Under lamps", xml, count=1))
    found = drift(registered)
    assert kinds(found) == [("1", "field", "title")]
    assert found.drift[0].theirs == ("Under lamps",)
    assert kinds(drift(registered, dois=["10.5555/lamps.1"])) == [("1", "field", "title")]
    assert drift(registered, dois=["10.5555/lamps.2"]).drift == ()


def test_an_old_reading_is_not_repeated(registered: Depositor, monkeypatch: pytest.MonkeyPatch):
    drift(registered)
    read: list[str] = []
    monkeypatch.setattr("harvester.crossref.client.catalogue.Catalogue.record", lambda _, doi: read.append(doi))
    assert drift(registered).drift == ()
    assert read == []


def test_a_foreign_deposit_is_drift_at_once(depositor: Depositor):
    depositor.deposit()
    depositor.settle()
    one = record(depositor)
    version = one.newest.number + 10**9
    one.versions.append(replace(one.newest, number=version, at=depositor.clock.now))
    depositor.clock.now += timedelta(hours=1)
    found = drift(depositor)
    assert kinds(found) == [("1", "foreign", None)]
    assert found.drift[0].held_version == version


def test_what_is_not_shown_is_missing_after_the_grace(depositor: Depositor):
    depositor.deposit()
    depositor.settle()
    del depositor.standin.state.registry.dois["10.5555/lamps.1"]
    found = drift(depositor)
    assert found.drift == ()
    assert [one.reason for one in found.skipped] == ["it is new, and the agency does not show it yet"]
    depositor.clock.now += DAYS
    assert kinds(drift(depositor)) == [("1", "missing", None)]


def test_another_owner_is_drift(registered: Depositor):
    record(registered).owner = "10.9999"
    assert kinds(drift(registered)) == [("1", "owner", "owner")]


def test_a_file_that_was_moved_away_was_kept(registered: Depositor):
    shutil.rmtree(registered.press.exports)
    found = drift(registered)
    assert (found.drift, found.skipped) == ((), ())


def test_a_change_of_ours_that_waits_is_not_drift(registered: Depositor):
    registered.press.correct(1, title={"en": "On better lamps"})
    registered.export()
    assert drift(registered).drift == ()


def test_what_was_never_sent_is_skipped_if_it_is_named(depositor: Depositor):
    depositor.export()
    assert drift(depositor).compared == 0
    (skipped,) = drift(depositor, dois=["10.5555/lamps.1"]).skipped
    assert skipped.reason == "this program has not registered it"


def test_what_a_person_uploaded_is_compared_while_sending_is_off(depositor: Depositor):
    off: Any = "off"
    depositor.configure(system=off)
    (file,) = depositor.export().files
    depositor.standin.state.deposit_directly(Path(file.path).read_bytes(), LOGIN, "by-hand.xml")
    depositor.clock.advance(hours=1)
    log = depositor.standin.state.result("by-hand.xml")
    assert log
    with depositor.press.bench.opened() as (config, store):
        by_hand.read_logs(config, store, CROSSREF_AGENCY, "live", log, depositor.tick)
        path = config.path
        path.write_text(re.sub(r"(deposit|api)_url = .*\n", "", path.read_text()))
    with depositor.press.bench.opened() as (config, _):
        assert CROSSREF_AGENCY.unreadable(config) is None  # everybody may read the live system
    depositor.configure(system=off)
    assert drift(depositor).compared == 3


@pytest.mark.parametrize(
    ("system", "api", "words"),
    [("test", "", "test system"), ("live", "", "Set api_url"), ("off", "", "Set api_url")],
)
def test_what_cannot_be_read_is_refused_with_the_reason(depositor: Depositor, system: Any, api: str, words: str):
    depositor.configure(system=system)
    if not api:
        path = depositor.folder / "config.toml"
        path.write_text(re.sub(r"api_url = .*\n", "", path.read_text()))
    with pytest.raises(ConfigError, match=words):
        drift(depositor)
