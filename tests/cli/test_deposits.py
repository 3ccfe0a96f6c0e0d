"""`harvester deposits`, and where else deposits are shown."""

from __future__ import annotations

import json

from tests.cli.conftest import answer


def rows(call) -> dict[str, dict[str, object]]:
    return {row["doi"].rpartition(".")[2]: row for row in answer(call("deposits", "--json"))["deposits"]}


def test_deposits_are_listed(harvested):
    assert "Of the articles that are ready: 0 in deposit files" in harvested("deposits").stderr
    harvested("export", "crossref")
    done = harvested("deposits")
    assert done.stdout.splitlines()[0].split() == ["file", "written", "(UTC)", "records", "changed", "since", "state"]
    summed = "3 in deposit files, 0 marked as deposited by another program, 0 new, 0 changed since."
    assert summed in done.stderr
    assert {row["state"] for row in rows(harvested).values()} == {"never_sent"}


def test_deposits_of_a_file_and_of_a_doi(harvested, tmp_path):
    harvested("export", "crossref")
    (path,) = tmp_path.glob("exports/*.xml")
    of_file = harvested("deposits", "show", path)
    assert of_file.stdout.count("10.12345/small.") == 3
    assert "On small things, part 1" in of_file.stdout
    of_doi = answer(harvested("deposits", "show", "https://doi.org/10.12345/SMALL.1", "--json"))
    assert [file["batch_id"] for file in of_doi["files"]] == [path.stem]
    assert "There is no deposit of other.xml" in harvested("deposits", "show", "other.xml").stderr


def test_a_deposit_is_shown_with_its_record(harvested, tmp_path):
    assert "ready for deposit" in harvested("show", "oai:small:1").stdout
    harvested("export", "crossref")
    (path,) = tmp_path.glob("exports/*.xml")
    shown = harvested("show", "oai:small:1").stdout
    assert "; deposited)" in shown
    assert f" in exports/{path.name}" in shown
    (deposit,) = answer(harvested("show", "oai:small:1", "--json"))["deposits"]
    assert (deposit["file"], deposit["changed_since"]) == (str(path), False)
    config = tmp_path / "config.toml"
    config.write_text(config.read_text() + 'publisher = "Another Press"\n')
    harvested("remap")
    shown = harvested("show", "oai:small:1").stdout
    assert "changed since its deposit" in shown
    assert "; changed since" in shown
    assert answer(harvested("report", "--json"))["deposits"][0]["changed"] == 3


class TestMark:
    def test_marks_are_previewed_made_and_undone(self, harvested):
        dry = harvested("deposits", "mark", "--journal", "2049-3630", "--dry-run")
        assert "To mark as deposited by another program: 3 articles." in dry.stderr
        assert {row["state"] for row in rows(harvested).values()} == {"never_sent"}
        done = harvested("deposits", "mark", "--journal", "2049-3630", "--yes")
        assert "3 DOIs marked. The same command with --undo removes the marks." in done.stderr
        assert {row["state"] for row in rows(harvested).values()} == {"elsewhere"}
        assert "by another program, as marked on" in harvested("show", "oai:small:1").stdout
        assert "Nothing to write" in harvested("export", "crossref").stderr
        assert "3 marks removed" in harvested("deposits", "mark", "--journal", "2049-3630", "--undo").stderr
        assert "3 records written" in harvested("export", "crossref").stderr

    def test_dois_are_read_from_any_file(self, harvested, tmp_path):
        listed = tmp_path / "dois.csv"
        listed.write_text('\ufeffDOI;title\n"https://doi.org/10.12345/small.1";x\n10.12345/SMALL.2\n10.12345/small.9\n')
        done = answer(harvested("deposits", "mark", "--dois-from", listed, "--yes", "--json"))
        assert done == {"marked": 2, "already": 0, "in_files": 0, "unknown": 1}
        assert [key for key, row in rows(harvested).items() if row["state"] == "elsewhere"] == ["1", "2", "9"]
        listed.write_text("nothing\n")
        assert "There is no DOI in" in harvested("deposits", "mark", "--dois-from", listed).stderr

    def test_nothing_is_marked_without_a_choice(self, harvested):
        assert harvested("deposits", "mark").exit_code == 2
        done = harvested("deposits", "mark", "--all")
        assert (done.exit_code, "add --yes" in done.stderr) == (2, True)
        assert {row["state"] for row in rows(harvested).values()} == {"never_sent"}
        assert json.loads(harvested("deposits", "mark", "--all", "--undo", "--json").stdout)["unmarked"] == 0
