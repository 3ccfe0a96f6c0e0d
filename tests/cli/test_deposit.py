"""`harvester deposit`, and what `harvester deposits` says afterwards."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import traceback
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import quote_plus

import pytest
import requests
from msgspec.structs import replace

from harvester.system.confidential import forms_of
from tests.cli.conftest import Call, answer
from tests.standin.running import PASSWORD, Running
from tests.system.repeating import repeating

pytestmark = [pytest.mark.slow, pytest.mark.parametrize("crossref_standin", [("10.12345",)], indirect=True)]

DOI = "10.12345/small.1"
KEYS = {
    "doi", "state", "class", "message", "sentence", "who", "timestamp", "held", "file", "submission_id", "conflict_id",
    "dois_in_conflict", "system", "changed",
}  # fmt: skip


@pytest.fixture
def sending(harvested: Call, tmp_path: Path, crossref_standin: Running) -> Call:
    """`harvested`, with settings that send to the stand-in. Its clock is that of the machine, until it is moved."""
    crossref_standin.clock.now = datetime.now(UTC)
    root, path = crossref_standin.root, tmp_path / "config.toml"
    (tmp_path / "password.txt").write_text(PASSWORD)
    settings = (
        f'deposit = "live"\nlogin = "demo"\npassword_file = "password.txt"\ndeposit_url = "{root}"\n'
        f'api_url = "{root}"\npace = 0.001\n'
    )
    path.write_text(path.read_text().replace("[crossref]\n", f"[crossref]\n{settings}"))
    return harvested


def set_login(tmp_path: Path, login: str) -> None:
    path = tmp_path / "config.toml"
    path.write_text(re.sub('^login = ".*"', f'login = "{login}"', path.read_text(), flags=re.MULTILINE))


def states(call: Call) -> set[str]:
    rows = answer(call("deposits", "--json"))["deposits"]
    assert all(set(row) == KEYS for row in rows)
    return {row["state"] for row in rows}


def deposited(sending: Call, standin: Running) -> None:
    """Sends everything and reads the results."""
    assert sending("deposit").exit_code == 0
    standin.clock.advance(hours=1)
    done = sending("deposit", "--wait", "1")
    assert done.exit_code == 0, done.output


def test_a_password_that_cannot_be_read_is_reported_before_anything_is_written(sending: Call, tmp_path: Path):
    (tmp_path / "password.txt").unlink()
    done = sending("deposit")
    assert done.exit_code == 2
    assert "password.txt cannot be read: No such file or directory; name a file" in done.output
    assert not list(tmp_path.glob("exports/*.xml"))


def test_nothing_is_sent_while_it_is_off(harvested: Call, crossref_standin: Running):
    done = harvested("deposit")
    assert done.exit_code == 2
    assert 'Set deposit = "test" or "live"' in done.stderr
    assert crossref_standin.state.requests == []


def test_a_dry_run_makes_no_request(sending: Call, crossref_standin: Running, tmp_path: Path):
    done = sending("deposit", "--dry-run")
    assert "would write and send a file with 3 records" in done.stdout
    assert answer(sending("deposit", "--dry-run", "--json"))["waiting"] == []
    assert crossref_standin.state.requests == []
    sending("export", "crossref")
    made = len(crossref_standin.state.requests)
    assert len(answer(sending("deposit", "--dry-run", "--json"))["waiting"]) == 1
    assert len(crossref_standin.state.requests) == made


def test_from_written_to_registered(sending: Call, crossref_standin: Running, tmp_path: Path):
    first = sending("deposit")
    assert "1 file sent to Crossref (live)." in first.stderr
    assert "3  waiting for a result" in first.stdout
    assert sending("deposit", "--wait", "0").exit_code == 3
    assert "is in a file whose result is awaited" in sending("export", "crossref", "--doi", DOI).stderr
    crossref_standin.clock.advance(hours=1)
    done = sending("deposit", "--wait", "1", "--json")
    assert done.exit_code == 0
    assert answer(done)["states"] == {"registered": 3}
    assert states(sending) == {"registered"}
    assert "Crossref (live): 3 registered" in sending("status").stdout
    assert 'harvester_dois{state="registered",system="live",target="crossref"} 3.0' in sending("metrics").stdout
    assert "crossref  The DOI is registered. (live)" in sending("show", DOI).stdout
    shown = sending("deposits", "show", DOI).stdout
    assert "1  registered" in shown
    assert "Successfully added" in shown
    (path,) = tmp_path.glob("exports/*.xml")
    assert "<doi_batch_diagnostic" in sending("deposits", "show", path, "--log").stdout
    assert len(answer(sending("deposits", "show", path, "--json"))["history"]) >= 2


def test_a_refused_doi_is_told_and_retried(sending: Call, crossref_standin: Running, tmp_path: Path):
    from harvester.standin.diagnostic import failure

    refusal = failure(DOI, "User not allowed to add records for prefix: 10.12345")
    crossref_standin.state.knobs.verdicts = {DOI: (refusal,)}
    sending("deposit")
    crossref_standin.clock.advance(hours=1)
    done = sending("deposit", "--wait", "1")
    assert done.exit_code == 4
    assert "The login may not deposit DOIs with the DOI prefix 10.12345." in done.stdout
    assert "Who acts: whoever has the account at Crossref." in done.stdout
    assert "0 files sent" in sending("deposit").stderr
    assert "1 DOI refused or unaccounted for at Crossref" in sending("check").stderr
    crossref_standin.state.knobs.verdicts = {}
    assert "1 DOI to be sent" in sending("deposits", "retry", "--class", "prefix").stderr
    deposited(sending, crossref_standin)
    assert states(sending) == {"registered"}


def test_a_refused_login_ends_with_1(sending: Call, crossref_standin: Running, tmp_path: Path):
    set_login(tmp_path, "Demo")
    done = sending("deposit", "--wait", "1")
    assert done.exit_code == 1
    assert "Crossref refuses the login of its live system" in done.stderr
    assert "Crossref refuses the login" in sending("status").stdout
    told = sending("harvest", "--due")
    assert told.stderr.count("Crossref refuses the login") == 1
    assert "refuses the login" not in sending("harvest", "--due").stderr
    assert "The login is tried again." in sending("deposits", "retry", "--login").stderr
    assert "works again" not in sending("harvest", "--due").stderr
    set_login(tmp_path, "demo")
    assert "[crossref] login: works again" in sending("harvest", "--due").stderr


def test_what_a_person_knows(sending: Call, crossref_standin: Running):
    deposited(sending, crossref_standin)
    assert "1 DOI marked as not registered" in sending("deposits", "mark", DOI, "--not").stderr
    assert states(sending) == {"registered", "refused"}
    assert "1 DOI marked as registered." in sending("deposits", "mark", DOI, "--registered").stderr
    assert sending("deposits", "mark", "small", "--registered").exit_code == 2
    assert sending("deposits", "retry").exit_code == 2
    (file,) = {row["file"] for row in answer(sending("deposits", "--json"))["deposits"] if row["file"]}
    assert "was sent, so it cannot be discarded" in sending("deposits", "discard", file, "--yes").stderr
    assert sending("deposits", "retry", "nothing.xml").exit_code == 1
    assert "1 DOI to be sent" in sending("deposits", "retry", DOI).stderr
    assert "1 file sent" in sending("deposit").stderr


def test_a_file_that_was_uploaded_by_hand(sending: Call, crossref_standin: Running, tmp_path: Path):
    """It is marked, and deposit asks for its result instead of sending it."""
    sending("export", "crossref")
    (path,) = tmp_path.glob("exports/*.xml")
    crossref_standin.upload(path.read_bytes(), path.name)
    done = sending("deposits", "mark", path, "--uploaded")
    assert "1 file marked as uploaded, with 3 DOIs. Next: harvester deposit asks" in done.stderr
    assert states(sending) == {"waiting"}
    assert (
        "cannot be marked as uploaded: it is sent and received"
        in sending("deposits", "mark", path, "--uploaded").stderr
    )
    crossref_standin.clock.advance(hours=1)
    assert sending("deposit", "--wait", "1").exit_code == 0
    assert (states(sending), len(crossref_standin.state.submissions)) == ({"registered"}, 1)


def test_uploaded_is_about_files_only(sending: Call):
    assert sending("deposits", "mark", "--uploaded").exit_code == 2
    assert sending("deposits", "mark", DOI, "--uploaded", "--not").exit_code == 2
    assert f"{DOI} is not a deposit file" in sending("deposits", "mark", DOI, "--uploaded").stderr


def test_why_a_doi_was_never_sent(sending: Call, tmp_path: Path):
    config = tmp_path / "config.toml"
    config.write_text(config.read_text().replace('"10.12345"', '"10.9999"'))
    sending("check")
    shown = sending("deposits", "show", DOI).stdout
    assert "never sent" in shown
    assert "Held back: " in shown
    assert "says why" not in shown
    assert sending("deposits", "show", "10.12345/unknown").exit_code == 1


def test_a_mailed_log_is_read(sending: Call, crossref_standin: Running, tmp_path: Path):
    assert "Next: harvester deposit." in sending("export", "crossref").stderr
    (path,) = tmp_path.glob("exports/*.xml")
    crossref_standin.upload(path.read_bytes(), path.name)
    crossref_standin.clock.advance(hours=1)
    (tmp_path / "mail.eml").write_bytes(crossref_standin.state.mail(path.name) or b"")
    done = sending("deposits", "read", "mail.eml")
    assert done.exit_code == 0
    assert f"{path.name} (live): 3 registered." in done.stderr
    nameless = (crossref_standin.state.result(path.name) or b"").replace(path.stem.encode(), b"")
    done = sending("deposits", "read", "-", input=nameless)
    assert (done.exit_code, "names no file" in done.stderr) == (2, True)
    assert sending("deposits", "read", "-", "--file", path.name, input=nameless).exit_code == 0
    (log,) = answer(sending("deposits", "read", "mail.eml", "--json"))["logs"]
    assert log["states"] == {"registered": 3}


def test_the_password_is_nowhere(sending: Call, crossref_standin: Running, tmp_path: Path):
    outputs = [sending("-v", "--log-format", "json", "deposit", "--wait", "0").output]
    set_login(tmp_path, "Demo")
    commands = ("-v deposit", "deposits --json", "-v harvest --due", "status --json", "config check -v")
    outputs += [sending(*command.split()).output for command in commands]
    files = [path for path in tmp_path.rglob("*") if path.is_file() and path.name != "password.txt"]
    assert all(PASSWORD not in output for output in outputs)
    assert all(PASSWORD.encode() not in path.read_bytes() for path in files)
    assert crossref_standin.state.credentials_in_query == 0
    assert json.loads(outputs[2])


def test_what_anybody_may_read_is_asked_for_without_the_password(sending: Call, crossref_standin: Running):
    deposited(sending, crossref_standin)
    crossref_standin.clock.advance(days=5)
    before = len(crossref_standin.state.requests)
    for command in ("-v drift", "-v deposits import", "-v check --online", "deposits show " + DOI):
        assert PASSWORD not in sending(*command.split()).output
    asked = crossref_standin.state.requests[before:]
    assert any("/works" in one.path for one in asked)
    assert not {"usr", "pwd", "login_id", "login_passwd"} & {name for one in asked for name in one.fields}
    assert crossref_standin.state.credentials_in_query == 0


@pytest.mark.parametrize("owner", ["http.Http.upload", "http.Http.ask"])
@pytest.mark.parametrize("error", [RuntimeError, requests.ConnectionError])
def test_the_password_is_in_no_error_that_repeats_the_request(
    sending: Call, owner: str, error: type[Exception], monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
):
    failing = repeating(monkeypatch, owner, error)
    caplog.set_level("DEBUG")
    done = sending("-v", "deposit")
    monkeypatch.undo()
    assert PASSWORD in failing.words or quote_plus(PASSWORD) in failing.words
    shown = "".join(traceback.format_exception(done.exception)) if done.exception else ""
    listed = sending("deposits", "--json").output + sending("deposits").output
    for form in forms_of(PASSWORD):
        assert form not in done.output + shown + caplog.text + repr(done.exception) + listed


def test_no_process_has_the_password_in_its_arguments(sending: Call, crossref_standin: Running, tmp_path: Path):
    crossref_standin.state.knobs.answer_delay = 0.05
    command = [sys.executable, "-m", "harvester", "--config", str(tmp_path / "config.toml"), "deposit", "--wait", "1"]
    seen: set[bytes] = set()
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        while process.poll() is None:
            for path in Path("/proc").glob("[0-9]*/cmdline"):
                with suppress(OSError):
                    seen.add(path.read_bytes())
            crossref_standin.clock.advance(seconds=20)
    assert any(b"harvester" in line and b"deposit" in line for line in seen)
    assert not any(PASSWORD.encode() in line for line in seen)
    assert states(sending) == {"registered"}


def test_drift_says_what_differs(sending: Call, crossref_standin: Running):
    deposited(sending, crossref_standin)
    crossref_standin.clock.advance(days=5)
    done = sending("drift")
    assert (done.exit_code, done.stdout) == (0, "")
    assert "3 DOIs compared, 0 differ." in done.stderr
    record = crossref_standin.state.registry.record(DOI)
    assert record is not None
    xml = re.sub(rb"<title>[^<]*", b"<title>Other", record.newest.xml, count=1)
    record.versions[-1] = replace(record.newest, xml=xml)
    done = sending("drift", "--doi", DOI)
    assert done.exit_code == 4
    assert done.stdout.splitlines() == [
        DOI, "  title:", "    sent:     On small things, part 1", "    Crossref: Other",
    ]  # fmt: skip
    (at_crossref,) = answer(sending("deposits", "show", DOI, "--json"))["at_crossref"]
    assert (at_crossref["doi"], at_crossref["owner"]) == (DOI, "10.12345")
    assert f"Version {at_crossref['version']} at Crossref on " in sending("deposits", "show", DOI).stdout
    (row,) = answer(sending("drift", "--json"))["drift"]
    assert (row["doi"], row["kind"], row["field"], row["theirs"]) == (DOI, "field", "title", "Other")
    assert isinstance(row["held_version"], str)


def test_an_import_without_anything_at_crossref(sending: Call):
    done = sending("deposits", "import", "10.12345", "--json")
    assert set(answer(done).values()) == {0}
    assert "Crossref lists no DOI there" in done.stderr


def test_check_asks_crossref_only_if_it_is_told_to(sending: Call, crossref_standin: Running):
    sending("check")
    assert crossref_standin.state.requests == []
    done = sending("check", "--online", "--code", "crossref-journal-new")
    assert "Crossref has no journal with the ISSN" in done.stdout


def test_doctor_asks_whether_the_login_works(sending: Call, tmp_path: Path):
    assert "Crossref accepts the login." in sending("doctor").stderr
    set_login(tmp_path, "Demo")
    done = sending("doctor")
    assert done.exit_code == 1
    assert "Crossref refuses the login." in done.stderr
    assert answer(sending("doctor", "--json"))["login"] == "login_refused"
