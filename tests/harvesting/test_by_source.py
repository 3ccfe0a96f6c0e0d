"""Work done source by source: a source that is busy or stopped costs the others nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from harvester.config import Config, Source, load
from harvester.errors import BusyError, Stopped
from harvester.harvesting.by_source import for_each_source
from harvester.reports import RunReport
from harvester.system import locks
from harvester.system.stopping import never_stop

NAMES = ("river", "lake")


@pytest.fixture
def config(tmp_path: Path) -> Config:
    tables = (f'[sources.{name}]\nurl = "https://{name}.example.org/oai"\nformats = ["oai_dc"]\n' for name in NAMES)
    (tmp_path / "config.toml").write_text("".join(tables), encoding="utf-8")
    return load(tmp_path / "config.toml")


def work(source: Source) -> list[RunReport]:
    return [RunReport(source=source.name, format="oai_dc", state="complete")]


def test_each_source_is_worked_on_under_its_lock(config: Config):
    def locked(source: Source) -> list[RunReport]:
        with pytest.raises(BusyError), locks.hold(config.locks_dir, f"source-{source.name}", what="a look"):
            pass
        return work(source)

    assert [one.source for one in for_each_source(config, (), "harvest", locked, never_stop)] == list(NAMES)


def test_a_busy_source_is_reported_and_the_others_are_done(config: Config):
    with locks.hold(config.locks_dir, "source-river", what="harvest of river"):
        busy, done = for_each_source(config, (), "harvest", work, never_stop)
    assert (busy.state, done.state) == ("failed", "complete")
    assert "harvest of river" in (busy.error or "")


def test_it_is_an_error_when_every_source_is_busy(config: Config):
    with locks.hold(config.locks_dir, "source-river", what="harvest of river"), pytest.raises(BusyError):
        for_each_source(config, ["river"], "harvest", work, never_stop)


def test_a_stop_leaves_the_sources_to_come_alone(config: Config):
    stopped: list[str] = []

    def stopping(source: Source) -> list[RunReport]:
        stopped.append(source.name)
        raise Stopped("stopped on request")

    (report,) = for_each_source(config, (), "harvest", stopping, lambda: bool(stopped))
    assert (report.source, report.state) == ("river", "incomplete")
