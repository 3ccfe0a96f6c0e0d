from datetime import UTC, datetime
from pathlib import Path

from harvester.daemon import dates
from harvester.daemon.dates import Dates

SINCE, TOLD = datetime(2025, 3, 1, 7, 30, tzinfo=UTC), datetime(1970, 1, 1, tzinfo=UTC)


def test_an_empty_file_remembers(tmp_path: Path):
    path = tmp_path / "in-trouble"
    assert dates.noted(path) is None
    dates.note(path, Dates(changed=SINCE, read=TOLD))
    assert dates.noted(path) == Dates(SINCE, TOLD)
    assert path.read_bytes() == b""
    dates.forget(path)
    assert dates.noted(path) is None
    dates.forget(path)


def test_where_it_cannot_be_written_nothing_is_remembered(tmp_path: Path):
    path = tmp_path / "not there" / "in-trouble"
    dates.note(path, Dates(SINCE, TOLD))
    assert dates.noted(path) is None
