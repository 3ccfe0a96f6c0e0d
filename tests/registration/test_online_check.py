"""The journals and DOI prefixes of a store against the stand-in."""

from __future__ import annotations

from pathlib import Path

import pytest

from harvester.errors import ConfigError
from harvester.registration.online_check import check_online
from harvester.reports import RecordFinding
from harvester.system.stopping import never_stop
from tests.registration.conftest import Depositor

pytestmark = pytest.mark.slow
ISSN = [("0000-0108", "print")]


def found(depositor: Depositor, title_list: Path | None = None) -> list[RecordFinding]:
    with depositor.press.bench.opened() as (config, store):
        return check_online(config, store, (), never_stop, title_list)


def codes(depositor: Depositor, title_list: Path | None = None) -> list[tuple[str, str]]:
    return [(one.code, one.record) for one in found(depositor, title_list)]


@pytest.fixture
def ready(depositor: Depositor) -> Depositor:
    depositor.press.harvest()
    depositor.standin.state.agencies["10.6666"] = "DataCite"
    return depositor


def test_a_new_journal_and_a_prefix_of_another_agency(ready: Depositor):
    assert codes(ready) == [("prefix-other-agency", "10.6666"), ("crossref-journal-new", "0000-0108")]


def test_a_title_in_another_spelling(ready: Depositor, tmp_path: Path):
    ready.standin.state.registry.put_title("Journal of lamps", "10.5555", "Lamp Press", ISSN)
    (one,) = [one for one in found(ready) if one.code.startswith("crossref-")]
    assert (one.code, one.value) == ("crossref-title-differs", "Journal of Lamps")
    assert 'title = "Journal of lamps" under [journals."0000-0108"]' in one.fix
    titles = tmp_path / "titleFile.csv"
    titles.write_bytes(ready.standin.get("/titlelist/titleFile.csv").content)
    assert codes(ready, titles) == codes(ready)


def test_after_a_deposit_nothing_differs(ready: Depositor):
    ready.deposit()
    ready.settle()
    assert codes(ready) == [("prefix-other-agency", "10.6666")]


def test_another_system_is_not_checked_at_crossref(ready: Depositor):
    path = ready.folder / "config.toml"
    path.write_text("\n".join(line for line in path.read_text().splitlines() if not line.startswith("api_url")))
    with pytest.raises(ConfigError, match="Set api_url"):
        found(ready)
