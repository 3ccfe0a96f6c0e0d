from __future__ import annotations

import pytest

from harvester import pipeline
from harvester.errors import StoreError
from harvester.standing.overall import Sent, one_source, overall
from harvester.store import open_overview
from harvester.system import locks
from tests.standing.conftest import Configured
from tests.standing.test_due import NOON


def test_sources_stand_in_the_order_of_the_configuration_also_without_a_harvest(configured: Configured):
    config = configured({"reeds": "http://127.0.0.1:9/oai", "fens": "http://127.0.0.1:9/oai"})
    with open_overview(config.store_url) as overview:
        found = overall(config, overview, NOON)
        assert [one.name for one in found.sources] == ["reeds", "fens"]
        assert found.sources[1] == one_source(config, overview, "fens", NOON)
    assert found.deposits == ()
    assert (found.next_step() or "").startswith("What is due comes with harvester daemon")


def test_daemon_does_what_is_due(configured: Configured):
    config = configured({"reeds": "http://127.0.0.1:9/oai"})
    with (
        locks.hold(config.locks_dir, "daemon", what="the daemon"),
        open_overview(config.store_url) as overview,
    ):
        assert overall(config, overview, NOON).next_step() is None


def test_source_that_is_not_configured_any_more_is_a_leftover(configured: Configured):
    config = configured({"reeds": "http://127.0.0.1:9/oai"})
    with pipeline.opened(config) as store:
        store.runs.begin("reeds", "oai_dc", "full", (), NOON)
    config = configured({"fens": "http://127.0.0.1:9/other"})
    with open_overview(config.store_url) as overview:
        found = overall(config, overview, NOON)
    assert [one.source for one in found.leftovers] == ["reeds"]


def test_nothing_can_be_written_through_an_overview(configured: Configured):
    config = configured({"reeds": "http://127.0.0.1:9/oai"})
    with pytest.raises(StoreError), open_overview(config.store_url) as overview:
        overview._connection.execute("DELETE FROM run")


def test_what_was_sent_is_said_in_one_sentence():
    assert Sent("crossref", "test", {}, login_refused=False).sentence() == "Crossref (test): nothing sent yet"
    sent = Sent("crossref", "live", {"registered_with_conflict": 2, "refused": 1200}, login_refused=False)
    assert sent.sentence() == "Crossref (live): 1,200 refused, 2 registered with conflict"
