"""Deposit files as a user gets them: from a provider over HTTP into a real store and a real folder."""

from __future__ import annotations

import errno
import hashlib
import json
import os
import shutil
import signal
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from harvester import pipeline
from harvester.article_rows import to_row
from harvester.crossref.bundles import Schema
from harvester.crossref.target import CROSSREF
from harvester.deposits import outbox
from harvester.deposits.export import ARTICLES_IN_MEMORY, write_deposits
from harvester.errors import BundleError, BusyError, ConfigError, ExportError
from harvester.reports import ExportReport, FileReport
from harvester.store import ArticleToSave, Store
from harvester.store.ledger import Ledger
from harvester.system import files
from tests.providers.press import Press, doi, dois, manifest, name, timestamps
from tests.store.samples import last_deposit
from tests.store.test_kill import in_child
from tests.workbench import NOW, Workbench

pytestmark = pytest.mark.slow


def only(report: ExportReport) -> FileReport:
    (file,) = report.files
    return file


@pytest.fixture
def harvested(press: Press) -> Press:
    press.harvest()
    return press


# ------------------------------------------------------------------------------------- what is written


def test_the_second_export_writes_nothing(harvested: Press):
    assert dois(harvested.export()) == [doi(1), doi(2), doi(3)]
    before = harvested.files()
    second = harvested.export()
    assert (second.files, second.unchanged) == ((), 3)
    assert harvested.files() == before


def test_what_changed_is_exported_again_with_a_higher_timestamp(harvested: Press):
    first = only(harvested.export())
    harvested.correct(2, title={"en": "On lamps, part 2, corrected"})
    harvested.correct(4)
    harvested.withdraw(3)
    harvested.harvest()
    second = harvested.export()
    assert dois(second) == [doi(2), doi(4)]
    assert second.unchanged == 1
    assert min(timestamps(only(second).path)) > max(timestamps(first.path))
    assert b"On lamps, part 2, corrected" in harvested.files()[Path(only(second).path).name]


def test_a_record_that_was_touched_but_says_the_same_is_not_exported_again(harvested: Press):
    harvested.export()
    harvested.correct(2)
    harvested.harvest()
    assert harvested.export().unchanged == 3


def test_a_withdrawn_record_is_never_exported(harvested: Press):
    harvested.withdraw(3)
    harvested.harvest()
    assert dois(harvested.export(everything=True)) == [doi(1), doi(2)]
    assert harvested.export(dois=[doi(3)]).files == ()


def test_everything_and_named_dois_are_exported_again(harvested: Press):
    harvested.export()
    again = harvested.export(everything=True)
    assert (dois(again), again.unchanged) == ([doi(1), doi(2), doi(3)], 0)
    assert dois(harvested.export(dois=[doi(2).upper(), "10.5555/unheard-of"])) == [doi(2)]


def test_sources_by_name(press: Press):
    press.mirrored()
    press.correct(7)  # the mirror does not have it
    press.harvest()
    assert dois(press.export(names=["mirror"])) == [doi(1), doi(2), doi(3)]
    rest = press.export(names=["journal"])
    assert (dois(rest), rest.unchanged) == ([doi(7)], 3)
    with pytest.raises(ConfigError, match="did you mean mirror"):
        press.export(names=["miror"])


def test_a_dry_run_writes_neither_file_nor_ledger(harvested: Press):
    report = harvested.export(dry_run=True)
    assert dois(report) == [doi(1), doi(2), doi(3)]
    assert not harvested.exports.exists()
    assert dois(harvested.export()) == [doi(1), doi(2), doi(3)]
    harvested.correct(1, title={"en": "Another"})
    harvested.harvest()
    assert [harvested.export(dry_run=True).unchanged for _ in range(2)] == [2, 2]


def test_the_manifest_tells_what_is_in_the_file(harvested: Press):
    file = only(harvested.export())
    told = manifest(file.path)
    data = Path(file.path).read_bytes()
    assert (told["file"], told["batch_id"]) == (Path(file.path).name, file.batch_id)
    assert (told["sha256"], told["bytes"]) == (hashlib.sha256(data).hexdigest(), len(data))
    assert [one["doi"] for one in told["records"]] == list(file.dois)
    assert told["timestamp"] in timestamps(file.path)
    with harvested.bench.opened() as (_, store):
        deposit = last_deposit(store, doi(1))
    assert deposit is not None
    assert (deposit.path, deposit.timestamp) == (file.path, told["timestamp"])


def test_one_prefix_in_a_file_and_no_more_records_than_set(press: Press):
    press.configure(crossref="max_records = 2\n")
    for number in (4, 5, 6):
        press.correct(number, doi=doi(number, "10.6666"))
    press.harvest()
    report = press.export()
    assert sorted(file.records for file in report.files) == [1, 1, 2, 2]
    assert all(len({one.partition("/")[0] for one in file.dois}) == 1 for file in report.files)
    assert all(file.batch_id.startswith(file.dois[0].partition("/")[0]) for file in report.files)
    assert len(press.files()) == 8


# ------------------------------------------------------------------------------------------ held back


def test_held_back_are_those_that_a_finding_holds(press: Press):
    press.correct(2, doi=None)
    press.correct(3, doi="10.7777/not-ours")
    press.harvest()
    report = press.export()
    assert dois(report) == [doi(1)]
    assert {(one.record, one.codes) for one in report.held_back} == {
        (name(2), ("doi-missing",)),
        (name(3), ("doi-foreign-prefix",)),
    }


def refusing(monkeypatch: pytest.MonkeyPatch, *words: bytes) -> None:
    """A schema that refuses a deposit with one of these words in it."""
    validate = Schema.validate

    def refuse(schema: Schema, data: bytes) -> list[str]:
        return ["line 1, doi: no"] if any(word in data for word in words) else validate(schema, data)

    monkeypatch.setattr(Schema, "validate", refuse)


def test_what_the_schema_refuses_is_held_back_and_its_neighbours_are_delivered(harvested, monkeypatch, caplog):
    with monkeypatch.context() as patch:
        refusing(patch, doi(2).encode())
        for _ in range(2):
            report = harvested.export(everything=True)
            assert dois(report) == [doi(1), doi(3)]
            assert [(one.doi, one.codes) for one in report.held_back] == [(doi(2), ("deposit-invalid",))]
    assert name(2) in caplog.text
    assert not [file for file, data in harvested.files().items() if doi(2).encode() in data]
    after = harvested.export()
    assert (dois(after), after.unchanged) == ([doi(2)], 2)


# ------------------------------------------------------------------------------- crashes and full disks


def killed(work: Callable[[], None]) -> None:
    """The work in a process of its own, which ends by `kill -9`."""
    child = in_child(work)
    _, status = os.waitpid(child, 0)
    assert os.WIFSIGNALED(status)
    assert os.WTERMSIG(status) == signal.SIGKILL


def die(*_: object, **__: object) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def before_any_file(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(outbox, "put", die)


def between_the_files(patch: pytest.MonkeyPatch) -> None:
    publish = files.publish

    def put(temporary: Path, final: Path) -> None:
        die() if final.suffix == ".xml" else publish(temporary, final)

    patch.setattr(files, "publish", put)


def before_the_mark(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Ledger, "mark_exported", die)


CRASHES = [before_any_file, between_the_files, before_the_mark]


def crashed(press: Press, how: Callable[[pytest.MonkeyPatch], None], **options: Any) -> None:
    def work() -> None:
        patch = pytest.MonkeyPatch()
        how(patch)
        press.bench.export(**options)

    killed(work)


def undisturbed(press: Press, folder: Path) -> dict[str, bytes]:
    """The files that an export writes now, made in a copy of everything."""
    shutil.copytree(press.bench.folder, folder / "copy")
    there = Workbench(folder / "copy")
    there.moment = press.bench.moment
    there.export()
    return {path.name: path.read_bytes() for path in (folder / "copy" / "exports").iterdir()}


@pytest.mark.parametrize("how", CRASHES)
def test_a_killed_export_is_finished_by_the_next_byte_for_byte(harvested: Press, how, tmp_path_factory):
    expected = undisturbed(harvested, tmp_path_factory.mktemp("undisturbed"))
    crashed(harvested, how)
    report = harvested.export()
    assert harvested.files() == expected
    assert (dois(report), report.unchanged) == ([doi(1), doi(2), doi(3)], 0)
    assert harvested.export().files == ()
    with harvested.bench.opened() as (_, store):
        assert store.ledger.planned("crossref") == ()


@pytest.mark.parametrize("how", CRASHES)
@pytest.mark.parametrize("options", [{"everything": True}, {"dois": [doi(2)]}])
def test_asked_for_again_nothing_is_exported_twice_in_one_run(harvested: Press, how, options):
    crashed(harvested, how)
    assert dois(harvested.export(**options)) == [doi(1), doi(2), doi(3)]


@pytest.mark.parametrize("how", CRASHES)
def test_settings_may_change_between_crash_and_restart(harvested: Press, how):
    crashed(harvested, how)
    harvested.bench.path.write_text(harvested.bench.path.read_text().replace("deposits@", "other@"))
    file = only(harvested.export())
    data = Path(file.path).read_bytes()
    assert (b"deposits@example.org" in data) is (how is before_the_mark)
    assert manifest(file.path)["sha256"] == hashlib.sha256(data).hexdigest()
    assert len(harvested.files()) == 2


def test_a_file_that_is_not_the_one_left_is_never_overwritten(harvested: Press):
    crashed(harvested, before_the_mark)
    (path,) = harvested.exports.glob("*.xml")
    path.write_bytes(b"<mine/>")
    with pytest.raises(ExportError, match="Move it away"):
        harvested.export()
    path.unlink()
    assert dois(harvested.export()) == [doi(1), doi(2), doi(3)]


def test_a_batch_whose_articles_moved_on_is_given_up(harvested: Press):
    crashed(harvested, before_any_file)
    with harvested.bench.opened() as (_, store):
        (planned,) = store.ledger.planned("crossref")
    harvested.correct(2, title={"en": "Corrected meanwhile"})
    harvested.withdraw(3)
    harvested.harvest()
    file = only(harvested.export())
    assert file.dois == (doi(1), doi(2))
    assert file.batch_id != planned.id
    assert min(timestamps(file.path)) > planned.timestamp
    with harvested.bench.opened() as (_, store):
        assert store.ledger.planned("crossref") == ()


def test_a_file_whose_articles_moved_on_is_in_the_ledger(harvested: Press):
    """Somebody may have uploaded it. What has changed since is in a file of its own."""
    crashed(harvested, before_the_mark)
    harvested.correct(2, title={"en": "Corrected meanwhile"})
    harvested.withdraw(3)
    harvested.harvest()
    left, corrected = harvested.bench.export().files  # article 2 is in both
    assert (left.dois, left.records, corrected.dois) == ((doi(1), doi(2), doi(3)), 3, (doi(2),))
    assert max(timestamps(left.path)) < min(timestamps(corrected.path))
    assert harvested.export().files == ()
    with harvested.bench.opened() as (_, store):
        assert store.ledger.planned("crossref") == ()
        assert [file.path for file in store.deposits.files("crossref")] == [left.path, corrected.path]
        assert [row.doi for row in store.findings.matching(codes=["deposit-deleted"])] == [doi(3)]


def test_a_resumed_batch_that_the_schema_refuses_is_told_of_once(harvested: Press, monkeypatch):
    crashed(harvested, before_any_file)
    refusing(monkeypatch, doi(2).encode())
    report = harvested.export()
    assert dois(report) == [doi(1), doi(3)]
    assert [one.doi for one in report.held_back] == [doi(2)]


def test_a_full_disk_is_said_and_the_next_export_completes_it(harvested: Press, monkeypatch):
    write = Path.write_bytes

    def full(path: Path, data: bytes) -> int:
        if ".xml" in path.name:
            write(path, data[:100])
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return write(path, data)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "write_bytes", full)
        with pytest.raises(ExportError, match="No space left on device"):
            harvested.export()
    assert [file for file in harvested.files() if "xml" in file] == []
    assert dois(harvested.export()) == [doi(1), doi(2), doi(3)]
    assert harvested.export().unchanged == 3


def test_a_folder_that_cannot_be_made_is_said(harvested: Press):
    harvested.exports.write_text("a file stands in the way")
    with pytest.raises(ExportError, match="cannot be written: a file is in the place of the folder"):
        harvested.export()
    harvested.exports.unlink()
    assert dois(harvested.export()) == [doi(1), doi(2), doi(3)]


# ------------------------------------------------------------------------- what is missing, and the clock


def test_without_a_crossref_table_the_error_says_what_to_set(harvested: Press):
    text = harvested.bench.path.read_text()
    harvested.bench.path.write_text(text[text.index("[sources.journal]") :])
    with pytest.raises(ConfigError, match=r"no \[crossref\] table; set depositor_name"):
        harvested.export()


def test_without_the_schema_the_error_names_the_command(harvested: Press, monkeypatch, tmp_path):
    monkeypatch.setattr("harvester.crossref.bundles.pins.folders", lambda: [tmp_path / "none"])
    with pytest.raises(BundleError, match="harvester schemas install"):
        harvested.export()
    assert not harvested.exports.exists()


def test_two_exports_at_once_are_one_too_many(harvested: Press):
    with harvested.bench.opened() as (config, store):

        def again():
            pipeline.export(config, store, CROSSREF, now=harvested.bench.now)

        with pytest.raises(BusyError):
            pipeline.export(config, store, CROSSREF, now=lambda: again() or NOW)


def export_at(press: Press, moment: datetime) -> FileReport:
    with press.bench.opened() as (config, store):
        return only(pipeline.export(config, store, CROSSREF, now=lambda: moment, everything=True))


def test_timestamps_rise_though_the_clock_stands_or_goes_back(harvested: Press):
    made = [export_at(harvested, NOW + timedelta(hours=hours)) for hours in (0, 0, -5, -5, 3)]
    given = [manifest(file.path)["timestamp"] for file in made]
    assert given == sorted(set(given))
    assert [file.batch_id for file in made] == [f"10.5555-{timestamp}" for timestamp in given]
    assert [set(timestamps(file.path)) for file in made] == [{timestamp} for timestamp in given]


# ------------------------------------------------------------------------- one article in two sources


def test_what_two_sources_say_alike_is_exported_once(press: Press):
    press.mirrored()
    press.harvest()
    assert set(press.said("doi-same-article")) == {(s, n) for s in ("journal", "mirror") for n in "123"}
    assert press.export(dry_run=True).unchanged == 3
    first = press.export()
    assert (dois(first), first.unchanged) == ([doi(1), doi(2), doi(3)], 3)
    assert press.export().unchanged == 6
    again = press.export(everything=True)
    assert (dois(again), again.unchanged) == ([doi(1), doi(2), doi(3)], 3)
    assert dois(press.export(dois=[doi(1)])) == [doi(1)]


def test_once_too_where_they_are_not_in_memory_together(press: Press, monkeypatch):
    monkeypatch.setattr("harvester.deposits.export.ARTICLES_IN_MEMORY", 1)
    press.mirrored()
    press.harvest()
    assert dois(press.export()) == [doi(1), doi(2), doi(3)]


@pytest.mark.parametrize("how", CRASHES)
def test_once_too_after_a_crash(press: Press, how):
    press.mirrored()
    press.harvest()
    crashed(press, how)
    report = press.export(everything=True)
    assert (dois(report), report.unchanged) == ([doi(1), doi(2), doi(3)], 3)


def test_what_two_sources_say_differently_is_held_until_they_agree(press: Press):
    press.mirrored()
    press.correct(2, title={"en": "Corrected here, not there"})
    press.harvest()
    report = press.export()
    assert dois(report) == [doi(1), doi(3)]
    assert [(one.source, one.codes) for one in report.held_back] == [
        ("journal", ("doi-duplicate",)),
        ("mirror", ("doi-duplicate",)),
    ]
    press.correct(2)
    press.harvest()
    report = press.export()
    assert (dois(report), report.held_back, report.unchanged) == ([doi(2)], (), 5)


def test_page_that_is_stored_while_an_export_begins_brings_no_duplicate_doi(harvested: Press, monkeypatch):
    """After the findings about several records were refreshed, another process stores a record with the DOI of one."""

    def stored_in_between(store: Store, *args: Any, **options: Any) -> ExportReport:
        (known,) = store.articles.find(doi(1), "journal")
        assert known.article
        row = to_row(replace(known.article, volume="99"))
        late = ArticleToSave(source="journal", identifier="oai:press:late", row=row, mapped_with="another process")
        store.articles.save([late])
        return write_deposits(store, *args, **options)

    monkeypatch.setattr(pipeline, "write_deposits", stored_in_between)
    assert dois(harvested.bench.export()) == [doi(2), doi(3)]


def test_deposited_record_that_was_deleted_is_reported(press: Press):
    press.harvest()
    press.export()
    press.withdraw(1)
    press.withdraw(2)
    press.correct(9, doi=doi(2))  # the same DOI under another identifier
    press.harvest()
    (gone,) = press.export().deleted
    assert (gone.code, gone.record, gone.doi) == ("deposit-deleted", name(1), doi(1))
    assert gone.deposit_file is not None
    assert Path(gone.deposit_file).name in gone.message
    assert press.said("deposit-deleted") == [("journal", "1")]


def test_the_largest_file_fits_into_memory():
    schema = json.loads((Path(__file__).parents[2] / "schemas" / "config.schema.json").read_text(encoding="utf-8"))
    largest = schema["$defs"]["crossref"]["properties"]["max_records"]["maximum"]
    assert largest <= ARTICLES_IN_MEMORY
