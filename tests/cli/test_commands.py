"""The whole process by commands, with a small provider on loopback."""

import csv
import io
import json
import signal
import subprocess
import sys
import time

import pytest

from harvester.config import load
from harvester.findings import kinds
from harvester.model import from_json
from tests.cli.conftest import answer
from tests.providers import small_journal
from tests.providers.server import Answer, Server, reply

RUN = ["source", "format", "state", "new", "changed", "deleted", "unchanged", "repaired", "rejected", "pages"]
FINDING = {"code", "severity", "record", "source", "doi", "path", "value", "message", "fix", "who"}
FILE = {"path", "batch_id", "schema_version", "records", "dois", "bytes"}


@pytest.fixture(scope="module")
def small():
    with small_journal.serving() as server:
        yield server


@pytest.fixture
def configured(call, tmp_path, small):
    """`call` in a folder whose config.toml has the provider as a source."""
    (tmp_path / "config.toml").write_text(small_journal.CONFIG.format(url=small.url))
    return call


@pytest.fixture
def harvested(configured):
    assert configured("harvest").exit_code == 0
    return configured


# ------------------------------------------------------------------------------------------------ sources


def test_probe_prints_its_results(call, small):
    done = call("source", "probe", small.url, "--allow-private")
    assert done.exit_code == 0, done.output
    assert "Journal of Small Things" in done.stdout
    assert "second" in done.stdout
    assert "\nSets         small:ART  Articles\n" in done.stdout
    assert "Next: harvester init, paste these lines into config.toml, then harvester harvest.\n" in done.stderr
    assert "yes, as oai_dc" in done.stdout
    assert "Vol. 3 No. 1 (2024)" in done.stdout
    assert "read as ojs: volume 3, issue 1, first page 10" in done.stdout


def test_probe_prints_a_valid_configuration(call, small, tmp_path):
    said = answer(call("source", "probe", f"{small.url}?verb=Identify", "--allow-private", "--json"))
    (tmp_path / "config.toml").write_text(said["config"])
    config = load(tmp_path / "config.toml")
    (source,) = config.sources.values()
    assert (source.url, source.formats, source.allow_private) == (small.url, ("oai_dc",), True)
    assert list(config.journals) == ["2049-3630"]
    assert said["probe"]["identity"]["deleted_record"] == "persistent"
    assert [one["reads"] for one in said["probe"]["formats"]] == ["oai_dc", None]


def test_probe_refuses_a_private_address_unless_allowed(call, small):
    done = call("source", "probe", small.url)
    assert (done.exit_code, done.stdout) == (1, "")
    assert "an address of a private network; add --allow-private if that is meant\n" in done.stderr


def test_probe_of_a_page_that_is_not_oai_pmh(call):
    with Server([reply("<html>a page</html>")]) as server:
        done = call("source", "probe", server.url, "--allow-private")
        assert (done.exit_code, done.stdout) == (1, "")
        assert "the provider sent a web page (HTML)" in done.stderr
        assert "of a journal in OJS ends in /index.php/JOURNAL/oai" in done.stderr  # the commonest mistake
        assert "harvest again" not in done.stderr
    done = call("source", "probe", "journal.example.org")
    assert done.exit_code == 2
    assert "must be a URL that begins with http:// or https://" in done.stderr


def test_configured_source_is_tested(configured, tmp_path):
    assert configured("source", "test", "small").exit_code == 0
    path = tmp_path / "config.toml"
    path.write_text(path.read_text().replace('["oai_dc"]', '["jats", "oai_dc"]'))
    done = configured("source", "test", "small")
    assert done.exit_code == 1
    assert "jats: the provider answered cannotDisseminateFormat" in done.stdout
    assert "did you mean small?" in configured("source", "test", "smal").stderr


def test_sources_are_listed(configured, small):
    assert small.url in configured("source", "list").stdout
    assert answer(configured("source", "list", "--json"))["sources"] == [
        {"name": "small", "url": small.url, "formats": ["oai_dc"], "sets": []}
    ]


# ------------------------------------------------------------------------------------------------ harvest


def test_second_harvest_finds_nothing_new(configured):
    (first,) = answer(configured("harvest", "--json"))["runs"]
    assert list(first) == ["id", *RUN, "seconds", "error", "wait_until"]
    assert [first[key] for key in RUN] == ["small", "oai_dc", "complete", 4, 0, 0, 0, 0, 0, 2]
    (second,) = answer(configured("harvest", "--json"))["runs"]
    assert (second["state"], second["new"], second["unchanged"]) == ("complete", 0, 0)
    (third,) = answer(configured("harvest", "--full", "--json"))["runs"]
    assert (third["state"], third["new"], third["unchanged"]) == ("complete", 0, 4)


def test_harvest_prints_a_table(configured):
    done = configured("harvest", "small")
    assert done.exit_code == 0
    assert done.stdout.splitlines()[0].split() == [*RUN, "seconds"]
    assert done.stdout.splitlines()[1].split()[:4] == ["small", "oai_dc", "complete", "4"]
    assert "Next: harvester check" in done.stderr


def test_quiet_harvest_prints_nothing_on_success(configured):
    done = configured("-q", "harvest")
    assert (done.exit_code, done.output) == (0, "")


def test_source_that_is_not_configured_is_refused(configured):
    done = configured("harvest", "smal")
    assert done.exit_code == 2
    assert "did you mean small?" in done.stderr


def test_harvest_without_sources_says_how_to_add_one(call):
    call("init")
    done = call("harvest")
    assert done.exit_code == 2
    assert "harvester source probe URL" in done.stderr


@pytest.mark.parametrize("arguments", [["--from", "1.2.2024"], ["--until", "2024-02-30"], ["--from", "2024"]])
def test_invalid_date_is_refused(configured, arguments):
    done = configured("harvest", *arguments)
    assert done.exit_code == 2
    assert "is no date" in done.stderr


def test_range_that_ends_before_it_begins_is_refused(configured):
    assert configured("harvest", "--from", "2024-02-01", "--until", "2024-01-01").exit_code == 2


def test_exit_code_depends_on_whether_some_or_all_sources_failed(configured, tmp_path):
    path = tmp_path / "config.toml"
    with Server([reply("gone", 404)]) as server:
        dead = f'[sources.dead]\nurl = "{server.url}"\nformats = ["oai_dc"]\nallow_private = true\nretries = 0\n'
        path.write_text(path.read_text() + dead)
        some = configured("-q", "harvest")
        assert some.exit_code == 3
        assert some.stdout == ""
        assert some.stderr.startswith("dead (oai_dc): ")
        assert configured("harvest", "dead").exit_code == 1


SLOW = """
[sources.slow]
url = "{url}"
formats = ["oai_dc"]
allow_private = true
schedule = "@yearly"
"""


@pytest.mark.slow
@pytest.mark.parametrize(
    ("number", "again"), [(signal.SIGTERM, ["harvest"]), (signal.SIGINT, ["harvest", "--due"])], ids=["TERM", "INT"]
)
def test_signal_stops_at_the_next_page_and_the_next_harvest_resumes(call, tmp_path, number, again):
    def slowly(request):
        data = small_journal.answer(request)
        return Answer(data, hang=1.0) if "resumptionToken" in request.query else data

    with Server(slowly) as server:
        (tmp_path / "config.toml").write_text(SLOW.format(url=server.url))
        with subprocess.Popen(
            [sys.executable, "-m", "harvester", "harvest", "--json"], cwd=tmp_path, stdout=-1, stderr=-1, text=True
        ) as process:
            while not [query for query in server.queries if "resumptionToken" in query]:
                assert process.poll() is None, process.communicate()
                time.sleep(0.02)
            process.send_signal(number)
            out, err = process.communicate(timeout=30)
        (run,) = json.loads(out)["runs"]
        assert (process.returncode, run["state"], run["new"]) == (128 + number, "incomplete", 2), (out, err)
        assert "Stopping at the next page" in err
        (run,) = answer(call(*again, "--json"))["runs"]
        assert (run["state"], run["pages"]) == ("complete", 2)


# -------------------------------------------------------------------------------------------------- check


def test_check_prints_findings_by_code(harvested):
    done = harvested("check")
    assert done.exit_code == 0
    assert "error  doi-missing  1\n" in done.stdout
    assert "  - oai:small:4: " in done.stdout
    assert "(Who: the journal, in its own system.)\n" in done.stdout
    assert done.stderr.endswith("1 error. For more about one: harvester explain CODE, harvester show RECORD.\n")


def test_check_as_json(harvested):
    found = answer(harvested("check", "--code", "doi-missing", "--json"))["findings"]
    assert [set(one) for one in found] == [FINDING]
    assert (found[0]["record"], found[0]["severity"]) == ("oai:small:4", "error")


def test_check_as_csv(harvested):
    done = harvested("check", "--csv", "--severity", "error")
    rows = list(csv.DictReader(io.StringIO(done.stdout, newline="")))
    assert [(row["code"], row["record"]) for row in rows] == [("doi-missing", "oai:small:4")]
    assert harvested("check", "--csv", "--json").exit_code == 2


def test_check_fails_with_fail_on(harvested):
    assert harvested("check", "--fail-on", "error").exit_code == 4
    assert harvested("check", "--fail-on", "info", "--json").exit_code == 4
    assert harvested("check", "--code", "doi-ambiguous", "--fail-on", "info").exit_code == 0
    done = harvested("check", "--code", "doi-mising")
    assert done.exit_code == 2
    assert "Did you mean doi-missing?" in done.stderr


def test_explain_prints_one_finding(call):
    assert "{" not in call("explain", "doi-foreign-prefix").stdout
    done = call("explain", "doi-missing")
    assert done.exit_code == 0
    assert done.stdout.startswith("doi-missing (error)\n")
    assert answer(call("explain", "doi-missing", "--json"))["finding"]["code"] == "doi-missing"
    assert "Did you mean doi-missing?" in call("explain", "doi-mising").stderr
    assert "harvester explain lists them all" in call("explain", "nonsense").stderr


def test_explain_lists_all_findings(call):
    lines = call("explain").stdout.splitlines()
    assert len(lines) == 1 + len(kinds())
    assert "doi-missing  " in "\n".join(lines)
    assert [one["code"] for one in answer(call("explain", "--json"))["findings"]] == list(kinds())


# --------------------------------------------------------------------------------------------------- show


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


# -------------------------------------------------------------------------------------------------- export


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
    assert "held back  oai:small:4  doi-missing" in harvested("export", "crossref").stdout


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


# -------------------------------------------------------------------------------------------- looking back


def test_status_before_and_after_the_first_harvest(configured):
    assert "never" in configured("status").stdout
    configured("harvest")
    (source,) = answer(configured("status", "--json"))["sources"]
    assert (source["source"], source["ready"], source["held_back"]) == ("small", 3, 1)
    assert "complete" in configured("status").stdout


def test_runs_are_listed(harvested):
    harvested("harvest")
    newest, oldest = answer(harvested("runs", "--json"))["runs"]
    assert (newest["kind"], oldest["kind"], oldest["new"]) == ("incremental", "full", 4)
    assert len(harvested("runs", "--limit", "1").stdout.splitlines()) == 2


def test_remap_rebuilds_the_articles(harvested):
    assert answer(harvested("remap", "--json")) == {"articles": 4}
    assert "4 articles made again." in harvested("remap", "small").stderr
