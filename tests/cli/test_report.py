"""`harvester report`, on the terminal, as JSON and as a page."""

import csv
import io

import pytest
from lxml import html

from tests.cli.conftest import answer
from tests.providers import small_journal
from tests.providers.truth import rewritten


@pytest.fixture
def harvested(call, tmp_path):
    with small_journal.serving() as server:
        (tmp_path / "config.toml").write_text(small_journal.CONFIG.format(url=server.url))
        assert call("harvest").exit_code == 0
    return call


def test_report_on_the_terminal(harvested):
    done = harvested("report")
    assert done.exit_code == 0, done.output
    assert "Journal of Small Things (2049-3630)" in done.stdout
    assert "The journal can fix these" in done.stdout
    assert "1 record held back:" in done.stdout
    assert "On small things, part 4 (oai:small:4): The article has no DOI." in done.stdout


def test_report_as_json(harvested):
    document = answer(harvested("report", "small", "--json"))
    assert set(document) == {
        *("journal", "title", "made", "last_export", "sources", "deposits", "registrations", "journals"),
        *("findings", "held_count", "held"),
    }
    assert document["held_count"] == 1
    assert document["journals"][0]["back_file"]["articles"] + document["journals"][0]["current"]["articles"] == 3
    (group,) = document["findings"]
    assert (group["code"], group["records"], group["frees"]) == ("doi-missing", 1, 1)
    assert {"severity", "who", "message", "cause", "fix", "more_fixes", "count", "examples"} <= set(group)
    assert document["held"][0]["who"] == ["source"]


def test_report_as_a_page(harvested, tmp_path):
    done = harvested("report", "--html", "report.html")
    assert (done.exit_code, done.stdout) == (0, "")
    assert "report.html is written" in done.stderr
    page = html.document_fromstring((tmp_path / "report.html").read_text(encoding="utf-8"))
    assert page.xpath("//section[@id='held']//h3/a/bdi/text()") == ["On small things, part 4"]


def test_report_on_one_journal(harvested):
    done = harvested("report", "--journal", "2049-3630")
    assert done.stdout.startswith("Journal of Small Things\n")
    assert "1 record; fixing this releases 1" in done.stdout
    assert "last run" not in done.stdout


def test_report_on_several_journals_has_an_index(harvested, tmp_path):
    with (tmp_path / "config.toml").open("a") as config:
        config.write('\n[journals."0317-8471"]\ntitle = "Annals of Tides"\nissn_print = "0317-8471"\n')
    done = harvested("report", "--journal", "all", "--html", "r.html")
    assert done.exit_code == 0, done.output
    page = html.document_fromstring((tmp_path / "r.html").read_text(encoding="utf-8"))
    files = page.xpath("//tbody//a/@href")
    assert files == ["r-2049-3630.html", "r-0317-8471.html"]
    assert page.xpath("//tbody/tr/td[2]/text()") == ["1", "0"]
    titles = [html.parse(tmp_path / file).xpath("string(//h1)") for file in files]
    assert titles == ["Journal of Small Things", "Annals of Tides"]
    found = answer(harvested("report", "--journal", "all", "--json"))["reports"]
    assert [one["journal"] for one in found] == ["2049-3630", "0317-8471"]


def test_report_on_an_unknown_journal(harvested):
    done = harvested("report", "--journal", "1050-124X")
    assert done.exit_code == 2
    assert "1050-124X" in done.stderr


def test_report_that_cannot_be_written(harvested):
    done = harvested("report", "--html", "nowhere/report.html")
    assert (done.exit_code, done.stdout) == (1, "")
    assert "nowhere/report.html cannot be written" in done.stderr
    assert "; make its folder, or name another file\n" in done.stderr


def test_report_before_the_first_harvest(call, tmp_path):
    (tmp_path / "config.toml").write_text(small_journal.CONFIG.format(url="http://127.0.0.1:1/oai"))
    done = call("report", "--html", "r.html")
    assert done.exit_code == 0, done.output
    assert "never harvested" in (tmp_path / "r.html").read_text(encoding="utf-8")
    assert "never harvested" in call("report").stdout


def test_report_of_an_unknown_source(harvested):
    assert harvested("report", "smal").exit_code == 2


def test_csv_cell_from_a_record_is_no_formula(call, tmp_path):
    formula = '=HYPERLINK("http://x.example")'
    with small_journal.serving(rewritten(0, lambda page: page.replace(b">en<", f">{formula}<".encode()))) as server:
        (tmp_path / "config.toml").write_text(small_journal.CONFIG.format(url=server.url))
        assert call("harvest").exit_code == 0
    rows = list(csv.DictReader(io.StringIO(call("check", "--csv").stdout, newline="")))
    assert f"'{formula}" in {row["value"] for row in rows}
    assert not [cell for row in rows for cell in row.values() if cell.startswith(("=", "+", "-", "@"))]


def test_export_warns_of_records_thinner_than_their_last_deposit(call, tmp_path):
    two_authors = rewritten(0, lambda page: page.replace(b"Adams, Ada", b"Adams, Ada</dc:creator><dc:creator>Berg, Bo"))
    for fault in (two_authors, None):
        with small_journal.serving(fault) as server:
            (tmp_path / "config.toml").write_text(small_journal.CONFIG.format(url=server.url))
            assert call("harvest").exit_code == 0
        output = call("export", "crossref").stdout
    assert output.count("contributors (1 now, 2 before)") == 3
