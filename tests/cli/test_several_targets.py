"""One journal that is sent to DataCite and to DOAJ: the same commands, each with its own states."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from harvester.cli import main
from harvester.standin import datacite, doaj
from harvester.standin.datacite import DataciteStandIn
from harvester.standin.doaj import DoajStandIn
from tests.providers.press import ISSN, Press, doi, press

KEY = "k3y-of-the-journal"
TABLES = """
[datacite]
deposit = "live"
contact = "doi@example.org"
repository_id = "DEMO.LAMPS"
password_file = "secret.txt"
api_url = "{datacite}"
pace = 0.0005

[doaj]
deposit = "live"
contact = "doi@example.org"
api_key_file = "secret.txt"
api_url = "{doaj}"
pace = 0.0005
"""


class Both:
    def __init__(self, press: Press, of_datacite: DataciteStandIn, of_doaj: DoajStandIn) -> None:
        self.press, self.datacite, self.doaj = press, of_datacite, of_doaj
        self.tables = TABLES.format(datacite=of_datacite.root, doaj=of_doaj.root)
        (press.bench.folder / "secret.txt").write_text(f"{KEY}\n")
        press.configure(self.tables)
        press.harvest()

    def call(self, *args: str) -> Result:
        return CliRunner().invoke(main, ["--config", str(self.press.bench.path), *args])

    def states(self, target: str) -> dict[str, str]:
        rows: list[dict[str, Any]] = json.loads(self.call("deposits", "--target", target, "--json").stdout)["deposits"]
        return {row["doi"].rpartition(".")[2]: row["state"] for row in rows}


@pytest.fixture
def both(tmp_path: Path) -> Iterator[Both]:
    with (
        press(tmp_path) as made,
        datacite.serve(("DEMO.LAMPS", KEY), ["10.5555"]) as of_datacite,
        doaj.serve(KEY, [ISSN]) as of_doaj,
    ):
        yield Both(made, of_datacite, of_doaj)


REGISTERED = dict.fromkeys("123", "registered")


def test_one_deposit_sends_to_every_target_that_is_on(both: Both):
    done = both.call("deposit", "--wait", "1")
    assert done.exit_code == 0, done.output
    assert "1 file sent to DataCite (live)." in done.output
    assert "1 file sent to DOAJ (live)." in done.output
    assert (both.states("datacite"), both.states("doaj")) == (REGISTERED, REGISTERED)
    assert set(both.states("crossref").values()) == {"never_sent"}


def test_a_refusal_at_one_target_is_none_at_the_other_and_decides_the_exit_code(both: Both):
    both.datacite.knobs.errors[doi(1)] = (422, "url: is not allowed")
    assert both.call("deposit", "--wait", "1").exit_code == 4
    assert (both.states("datacite")["1"], both.states("doaj")["1"]) == ("refused", "registered")


def test_json_is_about_one_target(both: Both):
    done = both.call("deposit", "--json")
    assert done.exit_code == 2
    assert "files are sent to datacite and doaj; add --target" in " ".join(done.stderr.split())
    assert both.call("deposit", "--json", "--target", "doaj").exit_code == 0


def test_what_was_refused_is_shown_and_retried_at_its_target(both: Both):
    both.doaj.knobs.errors[doi(2)] = (400, "Invalid DOI format.")
    both.call("deposit", "--target", "doaj")
    shown = " ".join(both.call("deposits", "show", doi(2), "--target", "doaj").output.split())
    assert "DOAJ refuses the form of the DOI." in shown
    assert "Who acts: the journal, in its own system." in shown
    both.doaj.knobs.errors.clear()
    assert both.call("deposits", "retry", doi(2), "--target", "doaj").exit_code == 0
    both.call("deposit", "--target", "doaj")
    assert both.states("doaj") == REGISTERED


def test_a_person_marks_what_is_registered_at_a_target(both: Both):
    both.datacite.knobs.errors[doi(3)] = (422, "doi: This DOI has already been taken")
    both.call("deposit")
    assert both.call("deposits", "mark", "--registered", doi(3), "--target", "datacite").exit_code == 0
    assert both.states("datacite") == REGISTERED


def test_nothing_mails_a_log_but_crossref(both: Both, tmp_path: Path):
    (tmp_path / "mail").write_text("x")
    done = both.call("deposits", "read", str(tmp_path / "mail"), "--target", "doaj")
    assert done.exit_code == 1
    assert "DOAJ mails no logs." in done.output


def test_sending_must_be_on_for_the_target(both: Both):
    done = both.call("deposit", "--target", "crossref")
    assert done.exit_code != 0
    assert "Sending to Crossref is off." in " ".join(done.output.split())


def test_a_schedule_is_for_every_target(both: Both):
    tables = both.tables.replace("[doaj]\n", '[doaj]\ndeposit_schedule = "* * * * *"\n')
    both.press.configure(tables)
    done = both.call("harvest", "--due")
    assert done.exit_code == 0, done.output
    assert (both.states("datacite"), both.states("doaj")) == (REGISTERED, REGISTERED)


def test_status_and_doctor_know_each_of_them(both: Both):
    both.call("deposit", "--wait", "1")
    shown = both.call("status").stdout
    assert "DataCite (live): 3 registered; harvester deposits --target datacite says more." in shown
    assert "DOAJ (live): 3 registered; harvester deposits --target doaj says more." in shown
    deposits = json.loads(both.call("status", "--json").stdout)["deposits"]
    assert [(one["target"], one["states"]) for one in deposits] == [
        (name, {"registered": 3}) for name in ("datacite", "doaj")
    ]
    (both.press.bench.folder / "secret.txt").write_text("another\n")
    doctor = both.call("doctor", "--json")
    assert (doctor.exit_code, json.loads(doctor.stdout)["logins"]) == (
        1,
        dict.fromkeys(("datacite", "doaj"), "login_refused"),
    )
    assert "DOAJ refuses the login." in both.call("doctor").output
