"""The demo: provider, harvest, store, check, export and deposit, twice."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from harvester import pipeline
from harvester.config import load
from harvester.crossref import bundles
from harvester.crossref.agency import CROSSREF_AGENCY
from harvester.demo import crossref
from harvester.demo.provider import Repository, serve
from harvester.demo.run import Summary, run, serving
from harvester.errors import HarvesterError
from harvester.registration import described

pytestmark = pytest.mark.slow

# Each record that is held back, and what holds it, before anything else that does.
HELD = {
    "oai:journals.example.org:article/113": "doi-characters",
    "oai:journals.example.org:article/304": "doi-foreign-prefix",
    "oai:journals.example.org:article/307": "url-missing",
    "oai:journals.example.org:article/506": "title-missing",
    "oai:journals.example.org:article/507": "doi-missing",
    "oai:journals.example.org:article/510": "date-in-future",
    "oai:journals.example.org:article/512": "date-missing",
    "oai:journals.example.org:article/901": "issn-missing",
    "oai:archive.example.org:article/23": "doi-ambiguous",
    "oai:archive.example.org:article/42": "possible-organization",
    "oai:archive.example.org:article/43": "doi-duplicate",
    "oai:archive.example.org:article/44": "doi-duplicate",
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("demo")


@pytest.fixture(scope="module")
def first(folder: Path) -> Summary:
    return run(folder)


def test_first_run_harvests_everything(first: Summary) -> None:
    assert [(one.source, one.format, one.state, one.new, one.pages) for one in first.runs] == [
        ("journals", "jats", "complete", 33, 2),
        ("journals", "oai_dc", "complete", 33, 2),
        ("archive", "oai_dc", "complete", 9, 1),
    ]


def test_every_record_is_deposited_or_held_back_with_a_reason(first: Summary, folder: Path) -> None:
    assert sum(file.records for file in first.files) == 42 - len(HELD)
    config = load(folder / "config.toml")
    with pipeline.opened(config) as store:
        held = {one.record: one.codes[0] for one in store.findings.held_back()}
    assert held == HELD
    assert {one.record for one in first.held} == HELD.keys()
    assert all(one.sentences[0].endswith(".") for one in first.held)


def test_files_are_valid_and_their_parts_are_listed(first: Summary) -> None:
    schema = bundles.load("5.5.0")
    for file in first.files:
        data = Path(file.path).read_bytes()
        assert not schema.validate(data)
        assert len(data) == file.bytes
        assert sum(part.records for part in file.parts) == file.records
    parts = {(part.journal, part.volume, part.issue): part.records for file in first.files for part in file.parts}
    assert parts["Lomonosov World Politics Journal", "13", "1"] == 1
    assert parts["Harbour Society Papers", None, "41"] == 1
    assert parts["Вестник истории чертежа и карты", "5", "2"] == 4


def test_every_deposit_has_its_result(first: Summary, folder: Path) -> None:
    assert first.sent == len(first.files) == 2
    assert first.states == {"registered": 28, "registered_with_conflict": 1, "refused": 1}
    with pipeline.opened(load(folder / "config.toml")) as store:
        others = {
            row.doi: described.sentence(CROSSREF_AGENCY, row)
            for row in store.registrations.rows("crossref", "live")
            if row.state in ("registered_with_conflict", "refused")
        }
    assert others == {
        "10.5555/zgw.10.1.24": "The DOI is registered, but another DOI has the same metadata.",
        "10.5555/hsp.41.1": "At Crossref the journal Harbour Society Papers with the ISSN 0000-0094 belongs to another "
        "publisher, with the DOI prefix 10.99999.",
    }


def test_its_configuration_sends_nothing_afterwards(first: Summary, folder: Path) -> None:
    assert CROSSREF_AGENCY.terms(load(Path(first.config))) is None
    secret = crossref.ACCOUNT.password.encode()
    assert not any(secret in path.read_bytes() for path in folder.rglob("*") if path.is_file())
    assert secret.decode() not in os.environ.values()


def test_what_a_stopped_run_did_not_send_is_sent_by_the_next(tmp_path: Path, first: Summary) -> None:
    """The stop is requested between the export and the deposit."""
    stopped = run(tmp_path, stop=lambda: (tmp_path / "exports").exists())
    assert (len(stopped.files), stopped.sent, stopped.states) == (2, 0, {})
    resumed = run(tmp_path)
    assert (len(resumed.files), resumed.sent, resumed.states) == (0, 2, first.states)
    assert not resumed.nothing_new


def test_second_run_finds_nothing(first: Summary, folder: Path) -> None:
    before = sorted(folder.joinpath("exports").iterdir())
    second = run(folder)
    assert second.provider == first.provider
    assert second.nothing_new
    assert second.unchanged == 42 - len(HELD)
    assert (second.sent, second.states) == (0, first.states)
    assert sorted(folder.joinpath("exports").iterdir()) == before
    assert len(second.held) == len(HELD)


def test_port_in_use_is_replaced_by_another(first: Summary, folder: Path) -> None:
    with serve(Repository(), int(first.provider.rpartition(":")[2])):
        again = run(folder)
    assert again.provider != first.provider
    assert again.nothing_new
    assert [one.unchanged for one in again.runs] == [36, 36, 10]


def test_requested_port_in_use_is_reported() -> None:
    with serving() as server, pytest.raises(HarvesterError, match="--port"), serving(int(server.server_address[1])):
        pass
