"""`harvester deposits retry` without a system to send to; tests/cli/test_deposit.py has the rest."""

from __future__ import annotations

from tests.cli.conftest import Call


def test_a_login_is_not_tried_while_nothing_is_sent(harvested: Call):
    done = harvested("deposits", "retry", "--login")
    assert done.exit_code == 2
    assert "Sending to Crossref is off" in done.stderr


def test_an_unsent_file_cannot_be_retried(harvested: Call):
    harvested("export", "crossref", "-q")
    done = harvested("deposits", "retry", "10.12345/small.1")
    assert "0 DOIs" in done.stderr


def test_what_does_not_exist_is_refused(harvested: Call):
    misspelt = harvested("deposits", "retry", "10.12345/smal.1")
    assert (misspelt.exit_code, "Nothing was changed" in misspelt.stderr) == (1, True)
    unheard = harvested("deposits", "retry", "--class", "prefxi")
    assert (unheard.exit_code, "Did you mean prefix?" in unheard.stderr) == (2, True)
