from __future__ import annotations

import msgspec

from harvester import pipeline
from harvester.standing.documents import document
from harvester.standing.overall import overall
from tests.standing.conftest import Configured
from tests.standing.test_due import NOON


def test_document_has_sources_with_light_and_troubles_and_leftovers_with_a_command(configured: Configured):
    config = configured({"reeds": "http://127.0.0.1:9/oai"})
    with pipeline.opened(config) as store:
        run = store.runs.begin("reeds", "oai_dc", "full", (), NOON)
        store.runs.finish(run.id, "failed", NOON, "nothing answers; check the address")
        config = configured({"fens": "http://127.0.0.1:9/oai", "reeds": "http://127.0.0.1:9/oai"})
        with store.overview() as overview:
            found = document(overall(config, overview, NOON))
        fens, reeds = msgspec.to_builtins(found["sources"])
        assert (fens["source"], fens["light"], fens["trouble"], fens["due_since"]) == (
            "fens",
            "wait",
            None,
            "2026-11-24T12:00:00Z",
        )
        assert (reeds["light"], reeds["trouble"]["todo"]) == ("bad", "check the address")
        assert reeds["formats"][0]["last_run"]["state"] == "failed"
        config = configured({"fens": "http://127.0.0.1:9/oai"})
        with store.overview() as overview:
            (left,) = msgspec.to_builtins(document(overall(config, overview, NOON))["leftovers"])
    assert left["command"] == "harvester source forget reeds"
