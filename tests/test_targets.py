"""The list of targets: a new one needs its package, its settings in the schema, and one line."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from harvester import targets
from harvester.crossref.agency import CROSSREF_AGENCY
from harvester.crossref.target import CROSSREF
from harvester.datacite.agency import DATACITE_AGENCY
from harvester.datacite.target import DATACITE
from harvester.deposits.target import Target
from harvester.doaj.agency import DOAJ_AGENCY
from harvester.doaj.target import DOAJ
from harvester.registration.registrar import Agency
from tests.deposits.lines.agency import KEY, LINES_AGENCY
from tests.deposits.lines.target import LINES
from tests.providers.press import Press, doi

# They are loaded by name, so mypy compares them with the protocols here.
TARGETS: tuple[Target, ...] = (CROSSREF, DATACITE, DOAJ, LINES)
AGENCIES: tuple[Agency, ...] = (CROSSREF_AGENCY, DATACITE_AGENCY, DOAJ_AGENCY, LINES_AGENCY)
TABLE = '[lines]\ndeposit = "live"\nshelf = "shelf"\nkey_file = "key.txt"\n'


def test_each_package_has_what_its_name_says():
    for loaded, known in ((targets.targets(), TARGETS), (targets.agencies(), AGENCIES)):
        assert list(loaded.values()) == list(known[:-1])
        assert [one.name for one in loaded.values()] == list(targets.PACKAGES) == list(targets.tables())


def test_a_table_has_the_settings_that_it_names():
    for table in targets.tables().values():
        named = {*table.needs, *table.hosts, f"{table.credential}_env", f"{table.credential}_file"}
        assert named | {"deposit", "deposit_schedule", "pace"} <= set(table.settings.__struct_fields__)


# ------------------------------------------------------------------------------------------------ one target more


def run(press: Press, *args: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "tests.deposits.lines", "--config", str(press.bench.path), *args]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)


@pytest.fixture
def shelved(press: Press) -> Press:
    """The journal, harvested, with the table of a target that one line has registered."""
    press.harvest()
    path = press.bench.path
    path.write_text(path.read_text() + TABLE)
    (press.bench.folder / "key.txt").write_text(f"{KEY}\n")
    (press.bench.folder / "shelf").mkdir()
    return press


@pytest.mark.slow
def test_from_a_harvested_journal_to_the_shelf(shelved: Press):
    done = run(shelved, "deposit", "--target", "lines", "--wait", "1")
    assert (done.returncode, "3  registered" in done.stdout) == (0, True), done.stdout + done.stderr
    (line,) = {Path(path).read_text() for path in (shelved.bench.folder / "shelf").iterdir()}
    assert [one.partition("\t")[0] for one in line.splitlines()] == [doi(number) for number in (1, 2, 3)]
    rows = json.loads(run(shelved, "deposits", "--target", "lines", "--json").stdout)["deposits"]
    assert {(row["state"], row["sentence"]) for row in rows} == {("registered", "The line is on the shelf.")}
    assert "nothing to write" in run(shelved, "deposit", "--target", "lines").stderr
    assert "The line is on the shelf." in run(shelved, "explain", "added").stdout


@pytest.mark.slow
def test_its_login_and_its_settings_are_looked_at_as_those_of_others(shelved: Press):
    (shelved.bench.folder / "key.txt").write_text("another")
    refused = run(shelved, "deposit", "--target", "lines")
    assert refused.returncode == 1
    assert "the shelf refuses the login" in refused.stderr.lower()
    path = shelved.bench.path
    path.write_text(path.read_text().replace('shelf = "shelf"\nkey_file = "key.txt"\n', ""))
    lacking = run(shelved, "config", "check")
    assert (lacking.returncode, 'lines.deposit: needs shelf and key_file = "…" too' in lacking.stderr) == (2, True)
