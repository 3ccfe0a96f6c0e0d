"""`harvester check`."""

import csv
import io

from tests.cli.conftest import answer

FINDING = {"code", "severity", "record", "source", "doi", "path", "value", "message", "fix", "who"}
FINDING |= {"deposited", "deposit_file", "changed_since", "title", "link"}


def test_check_prints_findings_by_code(harvested):
    done = harvested("check")
    assert done.exit_code == 0
    assert done.stdout.startswith("error    The article has no DOI.\n         1 record\n         To do: ")
    assert "(Who: the journal, in its own system.)\n" in done.stdout
    assert "(oai:small:4)\n           http" in done.stdout
    assert "         Code: doi-missing\n" in done.stdout
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
