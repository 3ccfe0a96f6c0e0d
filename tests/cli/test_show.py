"""`harvester show`."""

from harvester.model import from_json
from tests.cli.conftest import answer


def test_show_prints_a_record(harvested):
    by_id, by_doi = harvested("show", "oai:small:1"), harvested("show", "10.12345/SMALL.1")
    assert harvested("show", "https://doi.org/10.12345/small.1").stdout == by_doi.stdout  # as it is pasted
    assert by_id.exit_code == by_doi.exit_code == 0
    assert by_id.stdout == by_doi.stdout
    assert "On small things, part 1" in by_id.stdout
    assert "doi-missing" in harvested("show", "oai:small:4").stdout


def test_show_as_json(harvested):
    document = answer(harvested("show", "oai:small:1", "--json"))
    assert (document["record"], document["doi"], document["state"]) == ("oai:small:1", "10.12345/small.1", "ready")
    assert document["article"]["volume"] == "3"
    assert document["also"] == []


def test_show_prints_raw_article_and_deposit(harvested):
    assert b"<dc:title>On small things, part 1</dc:title>" in harvested("show", "oai:small:1", "--raw").stdout_bytes
    assert from_json(harvested("show", "oai:small:1", "--article").stdout).doi == "10.12345/small.1"
    assert "<doi>10.12345/small.1</doi>" in harvested("show", "oai:small:1", "--deposit").stdout


def test_show_of_a_missing_record(harvested):
    done = harvested("show", "oai:small:9")
    assert done.exit_code == 1
    assert "There is no record oai:small:9 in the store" in done.stderr
