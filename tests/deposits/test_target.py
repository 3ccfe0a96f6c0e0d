"""What holds for every registered target, and that a second one needs no more than its row in the registry."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from harvester import pipeline
from harvester.cli import main
from harvester.crossref.target import CROSSREF
from harvester.daemon import work
from harvester.deposits.target import TARGETS, Target, configured_targets
from harvester.model import Batch
from harvester.reports import ExportReport
from harvester.store import BatchMember
from tests.deposits.lines.target import LINES
from tests.providers.press import Press, doi, dois
from tests.store.samples import last_deposit

# ------------------------------------------------------------------------------------ every registered target

EVERY = [pytest.param(target, id=name) for name, target in TARGETS.items()]


def test_each_target_has_its_name_and_its_suffix():
    assert [target.name for target in TARGETS.values()] == list(TARGETS)
    suffixes = [target.suffix for target in TARGETS.values()]
    assert len({*suffixes, ".json"}) == len(suffixes) + 1, "manifests are called .json"
    assert all(suffix.startswith(".") for suffix in suffixes)


@pytest.mark.parametrize("target", EVERY)
def test_what_a_target_builds_is_valid_and_has_each_article_once(target: Target, press: Press):
    press.configure("[datacite]\n[doaj]\n")
    press.harvest()
    with press.bench.opened() as (config, store):
        articles = list(store.ready.articles())
    builder = target.builder(config)
    batch = Batch(id="batch-1", timestamp=20260102030405678, schema_version=builder.version)
    files = list(builder.group(articles))
    assert sorted(id(article) for file in files for article in file) == sorted(map(id, articles))
    for file in files:
        data = builder.build(file, batch)
        assert data == builder.build(file, batch)
        assert target.validator(builder.version)(data) == []


# ------------------------------------------------------------------------------------------- a second target


@pytest.fixture
def two(press: Press, monkeypatch: pytest.MonkeyPatch) -> Press:
    """The journal, harvested, in a program with a second target."""
    monkeypatch.setitem(TARGETS, LINES.name, LINES)
    press.harvest()
    return press


def call(press: Press, *args: str) -> Result:
    return CliRunner().invoke(main, ["--config", str(press.bench.path), *args])


def exported(press: Press, target: str, *args: str) -> dict[str, Any]:
    done = call(press, "export", target, "--json", *args)
    assert done.exit_code == 0, done.output
    document: dict[str, Any] = json.loads(done.stdout)
    return document


def names(document: dict[str, Any]) -> list[str]:
    return [doi for file in document["files"] for doi in file["dois"]]


def test_its_command_appears_with_its_own_help_and_options(two: Press):
    listed = call(two, "export", "--help").stdout
    assert "crossref  Writes Crossref deposit files" in listed
    assert "lines     Writes one line for each article" in listed
    of_lines, of_crossref = (call(two, "export", name, "--help").stdout for name in ("lines", "crossref"))
    assert "--dry-run" in of_lines
    assert "--schema-version" not in of_lines
    assert "Crossref's deposit schema; that of [crossref] schema_version" in " ".join(of_crossref.split())
    assert "Did you mean lines?" in call(two, "export", "line").stderr


def test_each_target_has_its_files_and_the_second_export_writes_nothing(two: Press):
    first = exported(two, "lines")
    assert names(first) == [doi(1), doi(2), doi(3)]
    (file,) = first["files"]
    assert Path(file["path"]).name == f"{file['batch_id']}.txt"
    assert Path(file["path"]).read_text().splitlines() == [f"{doi(n)}\tOn lamps, part {n}" for n in (1, 2, 3)]
    manifest = json.loads(Path(file["path"]).with_suffix(".json").read_bytes())
    assert (manifest["file"], manifest["schema_version"]) == (Path(file["path"]).name, "1")
    again = exported(two, "lines")
    assert (again["files"], again["unchanged"]) == ([], 3)
    assert sorted(names(exported(two, "crossref"))) == [doi(1), doi(2), doi(3)]
    assert sorted(Path(name).suffix for name in two.files()) == [".json", ".json", ".txt", ".xml"]


def test_the_ledger_keeps_targets_apart(two: Press):
    exported(two, "crossref")
    two.correct(2, title={"en": "Corrected"})
    two.harvest()
    assert names(exported(two, "lines")) == [doi(1), doi(2), doi(3)]
    assert names(exported(two, "crossref")) == [doi(2)]
    with two.bench.opened() as (_, store):
        of_crossref, of_lines = (last_deposit(store, doi(1), target) for target in ("crossref", "lines"))
    assert of_crossref is not None
    assert of_lines is not None
    assert (Path(of_crossref.path).suffix, Path(of_lines.path).suffix) == (".xml", ".txt")
    assert of_crossref.timestamp < of_lines.timestamp  # rising over all targets


def test_an_unfinished_batch_is_finished_by_the_export_to_its_own_target(two: Press):
    with two.bench.opened() as (config, store):
        (member,) = (one for one in store.ready.pending("lines") if one.doi == doi(1))
        given = ("lines", "10.5555-20250101000000000", 20250101000000000, "1")
        store.ledger.plan(*given, [BatchMember(member.id, doi(1), member.fingerprint or "")], two.bench.now())
        report = pipeline.export(config, store, CROSSREF, now=two.bench.now)
        assert len(dois(report)) == 3
        assert [planned.id for planned in store.ledger.planned("lines")] == [given[1]]
        report = pipeline.export(config, store, LINES, now=two.bench.now)
        assert report.files[0].batch_id == given[1]
        assert dois(report) == [doi(1), doi(2), doi(3)]


def test_what_a_deposit_would_lose_is_reported_for_the_target_that_has_it(two: Press):
    exported(two, "crossref")
    two.correct(1, authors=())
    two.harvest()
    assert exported(two, "lines")["thinner"] == []
    assert [one["doi"] for one in exported(two, "crossref")["thinner"]] == [doi(1)]


def test_the_schedule_exports_to_every_configured_target(two: Press):
    with two.bench.opened() as (config, store):
        assert configured_targets(config) == [CROSSREF, LINES]
        report = work.export(config, store, now=two.bench.now, stop=lambda: False)
        assert isinstance(report, ExportReport)
        assert [Path(file.path).suffix for file in report.files] == [".xml", ".txt"]


def test_a_target_that_fails_costs_the_other_nothing(two: Press, monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    monkeypatch.setattr("harvester.crossref.bundles.pins.folders", lambda: [tmp_path / "none"])
    with two.bench.opened() as (config, store):
        said = work.export(config, store, now=two.bench.now, stop=lambda: False)
        assert "harvester schemas install" in str(said)
        assert [store.ledger.last_export(name) is None for name in ("crossref", "lines")] == [True, False]
