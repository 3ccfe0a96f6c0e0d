"""`harvester export`."""

import os
import re
import signal

import pytest

from harvester.deposits.deposit_files import DepositFiles
from tests.cli.conftest import answer

FILE = {"path", "batch_id", "schema_version", "records", "dois", "bytes"}


def test_second_export_writes_nothing(harvested, tmp_path):
    dry = answer(harvested("export", "crossref", "--dry-run", "--json"))
    assert not list(tmp_path.glob("exports/*"))
    first = answer(harvested("export", "crossref", "--json"))
    assert [set(file) for file in first["files"]] == [FILE]
    assert first["files"][0]["records"] == dry["files"][0]["records"] == 3
    assert [(held["record"], held["codes"]) for held in first["held_back"]] == [("oai:small:4", ["doi-missing"])]
    assert len(list(tmp_path.glob("exports/*.xml"))) == 1
    again = answer(harvested("export", "crossref", "--json"))
    assert (again["files"], again["unchanged"]) == ([], 3)
    assert "Nothing to write, 3 unchanged since the last file" in harvested("export", "crossref").stderr


def test_export_prints_a_table(harvested):
    done = harvested("export", "crossref", "--doi", "https://doi.org/10.12345/small.2")
    assert done.exit_code == 0
    assert done.stdout.splitlines()[0].split() == ["file", "schema", "records", "bytes"]
    assert "1 record written into 1 file" in done.stderr
    assert done.stdout.splitlines()[1].startswith("exports/10.12345-")
    whole = harvested("export", "crossref").stdout
    assert "error    The article has no DOI." in whole
    assert "(oai:small:4)" in whole


def test_many_files_are_not_listed_one_by_one(harvested, monkeypatch):
    monkeypatch.setattr("harvester.cli.export.FILES_SHOWN", 0)
    done = harvested("export", "crossref")
    assert re.match(r"files exports/10\.12345-\d+\.xml to exports/10\.12345-\d+\.xml\n", done.stdout)


def test_export_of_an_unknown_doi_fails(harvested):
    done = harvested("export", "crossref", "--doi", "10.12345/SMALL.2", "--doi", "10.12345/smal.2", "--json")
    assert done.exit_code == 1
    assert answer(done)["files"][0]["dois"] == ["10.12345/small.2"]
    assert done.stderr.count("There is no live record") == 1
    assert "10.12345/smal.2" in done.stderr


def test_export_without_a_crossref_table_is_refused(configured, tmp_path):
    path = tmp_path / "config.toml"
    path.write_text(path.read_text().partition("[sources")[1] + path.read_text().partition("[sources")[2])
    done = configured("export", "crossref")
    assert done.exit_code == 2
    assert "[crossref]" in done.stderr


def test_next_step_follows_an_export(harvested, tmp_path):
    assert "Next:" not in harvested("export", "crossref", "--dry-run").stderr
    done = harvested("export", "crossref")
    (path,) = tmp_path.glob("exports/*.xml")
    assert f"fname=@exports/{path.name}" in done.stderr
    assert "Next:" not in harvested("export", "crossref").stderr


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_stopped_export_says_how_many_files_it_wrote(harvested, tmp_path, monkeypatch, number, code):
    config = tmp_path / "config.toml"
    config.write_text(config.read_text().replace("[crossref]\n", "[crossref]\nmax_records = 1\n"))
    put = DepositFiles.put

    def put_and_stop(self, *args):
        put(self, *args)
        os.kill(os.getpid(), number)

    monkeypatch.setattr(DepositFiles, "put", put_and_stop)
    done = harvested("export", "crossref")
    assert done.exit_code == code
    assert "Stopped after 1 file with 1 record; the same command exports the others." in done.stderr
    assert len(list(tmp_path.glob("exports/*.xml"))) == 1
    monkeypatch.undo()
    monkeypatch.chdir(tmp_path)
    assert "2 records written into 2 files" in harvested("export", "crossref").stderr
