"""`harvester reconcile`."""

import pytest

from tests.cli.conftest import answer
from tests.providers import small_journal
from tests.providers.server import Server
from tests.providers.truth import Broken


@pytest.fixture
def truth():
    """The repository behind the source; tests remove records from it."""
    return small_journal.provider()


@pytest.fixture
def reconciled(call, tmp_path, truth):
    """`call` in a folder whose source is harvested."""
    with Server(Broken(truth)) as server:
        (tmp_path / "config.toml").write_text(small_journal.CONFIG.format(url=server.url))
        assert call("harvest").exit_code == 0
        yield call


def remove(truth, *numbers):
    """Removes records without a tombstone."""
    gone = {f"oai:small:{number}" for number in numbers}
    truth.records = [one for one in truth.records if one.identifier not in gone]


def test_nothing_has_changed(reconciled):
    (run,) = answer(reconciled("reconcile", "--json"))["runs"]
    assert (run["state"], run["new"], run["changed"], run["deleted"]) == ("complete", 0, 0, 0)


def test_record_that_disappeared_is_deleted_once_confirmed(reconciled, truth):
    """One of four records is more than max_deletion_share."""
    remove(truth, 3)
    refused = reconciled("reconcile", "small")
    assert refused.exit_code == 1
    assert "--confirm" in refused.stderr
    assert answer(reconciled("status", "--json"))["sources"][0]["deleted"] == 0
    (run,) = answer(reconciled("reconcile", "small", "--confirm", "--json"))["runs"]
    assert (run["state"], run["deleted"]) == ("complete", 1)


def test_unknown_source_is_refused(reconciled):
    done = reconciled("reconcile", "smal")
    assert done.exit_code == 2
    assert "small" in done.stderr
