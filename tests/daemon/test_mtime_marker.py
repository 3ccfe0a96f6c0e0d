from datetime import UTC, datetime
from pathlib import Path

from harvester.daemon import mtime_marker
from harvester.daemon.mtime_marker import Dates

SINCE, TOLD = datetime(2025, 3, 1, 7, 30, tzinfo=UTC), datetime(1970, 1, 1, tzinfo=UTC)


def test_an_empty_file_remembers(tmp_path: Path):
    path = tmp_path / "in-trouble"
    assert mtime_marker.noted(path) is None
    mtime_marker.note(path, Dates(changed=SINCE, read=TOLD))
    assert mtime_marker.noted(path) == Dates(SINCE, TOLD)
    assert path.read_bytes() == b""
    mtime_marker.forget(path)
    assert mtime_marker.noted(path) is None
    mtime_marker.forget(path)


def test_where_it_cannot_be_written_nothing_is_remembered(tmp_path: Path):
    path = tmp_path / "not there" / "in-trouble"
    mtime_marker.note(path, Dates(SINCE, TOLD))
    assert mtime_marker.noted(path) is None
