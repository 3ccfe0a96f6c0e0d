"""`harvester explain`."""

from harvester.findings import kinds
from harvester.registration.registrar import AGENCIES
from tests.cli.conftest import answer


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


def test_explain_prints_a_message_of_crossref(call):
    done = call("explain", "issnowner")
    assert done.exit_code == 0
    assert done.stdout.startswith("issnowner (what Crossref says about a deposit)\n")
    assert "{" not in done.stdout
    (message,) = answer(call("explain", "issnowner", "--json"))["messages"]
    assert (message["target"], message["class"], message["who"]) == ("crossref", "issnowner", "publisher")
    assert message["sentence"] in done.stdout


def test_explain_prints_a_message_of_each_agency_that_has_it(call):
    done = call("explain", "server")
    titles = [line for line in done.stdout.splitlines() if line.startswith("server ")]
    assert titles == [f"server (what {title} says about a deposit)" for title in ("Crossref", "DataCite", "DOAJ")]
    messages = answer(call("explain", "server", "--json"))["messages"]
    assert [one["target"] for one in messages] == ["crossref", "datacite", "doaj"]
    (message,) = answer(call("explain", "not-your-journal", "--json"))["messages"]
    assert (message["target"], message["who"]) == ("doaj", "account")
    assert "whoever has the account at DOAJ" in call("explain", "not-your-journal").stdout


def test_no_message_has_the_name_of_a_finding():
    names = {name for agency in AGENCIES.values() for name in agency.messages.entries}
    assert not names & kinds().keys()
