"""`harvester dois`, and new DOIs in an export."""

from __future__ import annotations

import pytest

from tests.cli.conftest import answer

NEW = "10.12345/small.v3i1.p40"


@pytest.fixture
def minting(harvested, tmp_path):
    path = tmp_path / "config.toml"
    path.write_text(
        path.read_text() + '[journals."2049-3630".doi]\nmint = true\npattern = "{prefix}/small.v%vi%i.p{first_page}"\n'
    )
    return harvested


def test_check_shows_the_planned_doi_and_assigns_none(minting):
    assert f"The first export that includes it assigns {NEW}" in minting("check").stdout
    assert answer(minting("dois", "--json"))["minted"] == []


def test_dry_run_lists_new_dois(minting, tmp_path):
    dry = minting("export", "crossref", "--dry-run")
    assert f"new DOI  {NEW}  On small things, part 4" in dry.stdout
    assert not list(tmp_path.glob("exports/*"))
    assert "0 DOIs assigned, 1 to be assigned by the next export." in minting("dois").stderr


def test_export_assigns_the_doi(minting):
    assert answer(minting("export", "crossref", "--json"))["minted"][0]["doi"] == NEW
    listed = minting("dois")
    assert "1 DOI assigned, 0 to be assigned by the next export." in listed.stderr
    assert NEW in listed.stdout


def test_doi_in_a_file_is_not_taken_back(minting):
    minting("export", "crossref")
    done = minting("dois", "undo", "--all")
    assert done.exit_code == 1
    assert f"{NEW} is in " in done.stderr
    assert minting("dois", "undo").exit_code == 2


def test_planned_doi_can_be_exported_by_its_name(minting):
    assert answer(minting("export", "crossref", "--dry-run", "--doi", NEW, "--json"))["minted"][0]["doi"] == NEW
    done = minting("export", "crossref", "--doi", NEW, "--json")
    assert (done.exit_code, answer(done)["files"][0]["dois"]) == (0, [NEW])


def test_doi_in_a_file_that_was_not_uploaded_is_taken_back_after_discarding_it(minting, tmp_path):
    minting("export", "crossref")
    (path,) = tmp_path.glob("exports/*.xml")
    assert f"harvester deposits discard {path.name}" in minting("dois", "undo", "--all").stderr
    assert minting("deposits", "discard", path.name).exit_code == 2  # nobody is asked
    assert minting("deposits", "discard", "other.xml", "--yes").exit_code == 1
    assert minting("deposits", "discard", path.name, "--yes").exit_code == 0
    assert list((tmp_path / "exports").iterdir()) == []
    assert "1 DOI taken back." in minting("dois", "undo", "--all").stderr
    assert "4 records written" in minting("export", "crossref").stderr
