"""Every fault of the chaos table again, with the store in PostgreSQL; and several processes that are killed there."""

from __future__ import annotations

import random
import time
from multiprocessing.process import BaseProcess
from pathlib import Path

import pytest

from harvester.demo.provider import serve
from harvester.store import connect
from tests import forked
from tests.chaos.case import Case
from tests.chaos.cases import CASES
from tests.chaos.harvesting import facts, wrapped
from tests.chaos.test_chaos import test_a_fault_loses_nothing as a_fault_loses_nothing
from tests.pipeline.test_kill import program
from tests.postgresql import Server
from tests.providers.truth import Truth, article
from tests.workbench import Workbench

SOURCES, RECORDS = 8, 300
NODES, KILLS = 3, 12


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_fault_loses_nothing(
    case: Case, tmp_path: Path, postgresql: Server, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(Workbench, "store_url", postgresql.new_database())
    a_fault_loses_nothing(case, tmp_path, request)


def test_three_machines_that_are_killed_store_what_eight_providers_have(tmp_path: Path, postgresql: Server):
    """Each machine has its own folder. All harvest all sources, and pass by those that another one has taken."""
    truth = Truth([article(number) for number in range(RECORDS)])
    chance, url = random.Random(11), postgresql.new_database()
    with serve(truth, latency=0.02) as server:
        sources = "".join(
            f'[sources.s{n}]\nurl = "{server.url}"\nformats = ["oai_dc"]\nallow_private = true\nretries = 0\n'
            for n in range(SOURCES)
        )
        machines = [tmp_path / f"machine{n}" for n in range(NODES)]
        for machine in machines:
            machine.mkdir()
            (machine / "config.toml").write_text(f'[store]\nurl = "{url}"\n{sources}')

        def start(machine: Path) -> BaseProcess:
            return forked.start(program, str(machine / "config.toml"), output=machine / "output", folder=machine)

        running = {machine: start(machine) for machine in machines}
        for _ in range(KILLS):
            time.sleep(chance.uniform(0.3, 1.5))
            machine = chance.choice(machines)
            running[machine].kill()
            running[machine].join()
            running[machine] = start(machine)
        for process in running.values():
            process.join(120)
        _until_complete(machines[0], start)
    there = {name: facts(wrapped(data)) for name, data in truth.whole().items()}
    with connect(url) as store:
        assert store.check_integrity(deep=True) == []
        assert store.runs.running() == ()
        for n in range(SOURCES):
            names = store.articles.identifiers(f"s{n}", "", 100_000)
            assert {name: facts(store.records.raw(f"s{n}", name)[0][1].payload) for name in names} == there
            assert store.records.earlier_versions(f"s{n}", names[0], "oai_dc") == []


def _until_complete(machine: Path, start) -> None:
    """What was cut short resumes."""
    last = start(machine)
    last.join(120)
    assert last.exitcode == 0, (machine / "output").read_text()
