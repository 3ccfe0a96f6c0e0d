from datetime import UTC, datetime
from pathlib import Path

from harvester.system import mtime_marker
from harvester.system.mtime_marker import Dates

SINCE, NOTIFIED = datetime(2025, 3, 1, 7, 30, tzinfo=UTC), datetime(1970, 1, 1, tzinfo=UTC)


def test_marker_keeps_two_dates(tmp_path: Path):
    path = tmp_path / "in-trouble"
    assert mtime_marker.read(path) is None
    mtime_marker.write(path, Dates(modified=SINCE, accessed=NOTIFIED))
    assert mtime_marker.read(path) == Dates(SINCE, NOTIFIED)
    assert path.read_bytes() == b""
    mtime_marker.delete(path)
    assert mtime_marker.read(path) is None
    mtime_marker.delete(path)


def test_marker_that_cannot_be_written_is_ignored(tmp_path: Path):
    path = tmp_path / "not there" / "in-trouble"
    mtime_marker.write(path, Dates(SINCE, NOTIFIED))
    assert mtime_marker.read(path) is None
