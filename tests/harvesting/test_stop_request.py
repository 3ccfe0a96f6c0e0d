"""A run that a person stops, whoever is at work on it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from harvester.harvesting.stop_request import StopRequest
from harvester.reports import RunReport
from harvester.system.stopping import never_stop
from tests.chaos.harvesting import bench, harvest, held, reconcile, same
from tests.providers.server import Request
from tests.providers.truth import Truth, broken
from tests.workbench import Workbench


def ask(made: Workbench, what: str = "stop", subject: str = "journal") -> int:
    with made.opened() as (_, store):
        return store.wishes.ask(what, subject, {}, by="anna", now=made.now()).id


def of_list(request: Request) -> bool:
    return request.query.get("verb") in ("ListRecords", "ListIdentifiers")


@pytest.fixture(autouse=True)
def at_every_look(monkeypatch: pytest.MonkeyPatch) -> None:
    """The store is asked each time."""
    clock = iter(range(10, 1_000_000, 2))
    monkeypatch.setattr(StopRequest.__init__, "__defaults__", (lambda: float(next(clock)),))


@pytest.mark.parametrize("work", [harvest, reconcile])
def test_run_stops_at_the_next_page_and_is_not_resumed_at_once(tmp_path: Path, work: Callable[[Workbench], RunReport]):
    asked: list[int] = []
    with broken(Truth()) as (script, server):
        made = bench(tmp_path, server.url)
        if work is reconcile:
            harvest(made)
        script.fault = lambda request, _: asked.append(ask(made)) if not asked and of_list(request) else None
        run = work(made)
        with made.opened() as (_, store):
            wish, stored = store.wishes.get(asked[0]), store.runs.get(run.id or 0)
        assert (stored.state, stored.interrupted) == ("incomplete", False)
        assert "stopped on the web page (anna)" in (stored.error or "")
        assert wish.succeeded
        assert wish.outcome.startswith(f"Run {run.id} stopped after")
        assert work(made).state == "complete"
        same(held(made), Truth())


def test_other_wishes_and_older_ones_stop_nothing(tmp_path: Path):
    with broken(Truth()) as (_, server):
        made = bench(tmp_path, server.url)
        ask(made)  # before this harvest began: about another one
        ask(made, "harvest")
        ask(made, subject="other")
        assert harvest(made).state == "complete"
        with made.opened() as (_, store):
            assert len(store.wishes.open()) == 3


def test_stop_that_came_too_late_is_told(tmp_path: Path):
    made = bench(tmp_path, "http://127.0.0.1:9/oai")
    with made.opened() as (config, store):
        request = StopRequest(store, config.sources["journal"], never_stop, made.now)
        number = ask(made)
        assert request()
        request.settle()
        assert store.wishes.get(number).outcome == "The run had ended before it could be stopped."


def test_store_is_asked_once_a_second(tmp_path: Path):
    made, clock = bench(tmp_path, "http://127.0.0.1:9/oai"), [0.0]
    with made.opened() as (config, store):
        request = StopRequest(store, config.sources["journal"], never_stop, made.now, lambda: clock[0])
        ask(made)
        clock[0] = 0.9
        assert not request()
        clock[0] = 1.1
        assert request()
        assert StopRequest(store, config.sources["journal"], lambda: True, made.now)()
