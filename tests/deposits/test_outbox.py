from __future__ import annotations

import os
import resource
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from harvester.deposits import outbox
from harvester.errors import ExportError


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


@contextmanager
def files_up_to(size: int) -> Iterator[None]:
    """No file may grow beyond this many bytes: a full disk, as far as a write can tell."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_a_file_is_put_whole_and_alone(tmp_path: Path):
    path = outbox.put(tmp_path / "exports" / "crossref", "b1.xml", b"<doi_batch/>")
    assert path == tmp_path / "exports" / "crossref" / "b1.xml"
    assert path.read_bytes() == b"<doi_batch/>"
    assert names(path.parent) == ["b1.xml"]


def test_the_same_file_again_is_fine(tmp_path: Path):
    first = outbox.put(tmp_path, "b1.xml", b"<doi_batch/>")
    written = first.stat().st_mtime_ns
    assert outbox.put(tmp_path, "b1.xml", b"<doi_batch/>") == first
    assert first.stat().st_mtime_ns == written


def test_another_file_of_that_name_is_never_overwritten(tmp_path: Path):
    outbox.put(tmp_path, "b1.xml", b"<doi_batch/>")
    with pytest.raises(ExportError, match=r"b1\.xml is there already, with other content"):
        outbox.put(tmp_path, "b1.xml", b"<doi_batch>more</doi_batch>")
    assert (tmp_path / "b1.xml").read_bytes() == b"<doi_batch/>"


def test_a_full_disk_leaves_no_half_file(tmp_path: Path):
    with files_up_to(1000), pytest.raises(ExportError, match=r"b1\.xml cannot be written: File too large"):
        outbox.put(tmp_path, "b1.xml", b"x" * 5000)
    assert names(tmp_path) == []
    outbox.put(tmp_path, "b1.xml", b"x" * 5000)


def test_a_folder_that_cannot_be_made(tmp_path: Path):
    (tmp_path / "file").write_text("in the way")
    for folder in (tmp_path / "file", tmp_path / "file" / "crossref"):
        with pytest.raises(ExportError, match=r"cannot be written: a file is in the place of the folder .*file"):
            outbox.put(folder, "b1.xml", b"")


@pytest.mark.parametrize("name", ["../b1.xml", "a/b1.xml", "/tmp/b1.xml", "", ".", "..", ".hidden"])
def test_only_plain_names(tmp_path: Path, name: str):
    with pytest.raises(ValueError, match="not a plain file name"):
        outbox.put(tmp_path, name, b"")


def test_what_crashed_exports_left_is_removed(tmp_path: Path):
    outbox.put(tmp_path, "b1.xml", b"<doi_batch/>")
    left = [tmp_path / ".b2.xml.part", tmp_path / ".b3.json.part"]
    for path in left:
        path.write_bytes(b"<doi_")
    (tmp_path / ".gitignore").write_text("*")
    assert outbox.clean(tmp_path) == tuple(left)
    assert names(tmp_path) == [".gitignore", "b1.xml"]
    assert outbox.clean(tmp_path / "absent") == ()


def test_killed_at_any_moment_every_name_has_a_whole_file(tmp_path: Path):
    content = os.urandom(300_000)
    for delay in range(12):
        child = os.fork()
        if not child:
            try:
                for number in range(10_000):
                    outbox.put(tmp_path, f"{delay}-{number}.xml", content)
            finally:
                os._exit(1)
        while delay % 2 and not (tmp_path / f"{delay}-0.xml").exists():  # a busy machine may not get to it in time
            time.sleep(0.001)
        time.sleep(0.003 * delay)
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
    outbox.clean(tmp_path)
    files = list(tmp_path.iterdir())
    assert len(files) >= 6
    assert all(path.read_bytes() == content for path in files)


def test_a_file_is_read_and_removed_through_the_same_door(tmp_path: Path):
    outbox.put(tmp_path, "a.xml", b"<a/>")
    assert outbox.get(tmp_path, "a.xml") == b"<a/>"
    outbox.drop(tmp_path, "a.xml")
    outbox.drop(tmp_path, "a.xml")
    assert outbox.get(tmp_path, "a.xml") is None
    (tmp_path / "folder.xml").mkdir()
    with pytest.raises(ExportError, match="cannot be read"):
        outbox.get(tmp_path, "folder.xml")
    with pytest.raises(ExportError, match="cannot be removed"):
        outbox.drop(tmp_path, "folder.xml")
