from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from harvester.system import files


def test_file_is_replaced_completely(tmp_path: Path):
    path = tmp_path / "a.txt"
    for content in (b"first", b"second"):
        files.write_whole(path, content)
        assert path.read_bytes() == content
    assert list(tmp_path.iterdir()) == [path]


def test_bytes_reach_the_disk_before_the_name_and_the_name_before_the_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    order: list[str] = []
    fsync = os.fsync

    def watched(handle: int) -> None:
        what = "folder" if os.fstat(handle).st_ino == tmp_path.stat().st_ino else "file"
        order.append(f"{what}, named: {(tmp_path / 'a.txt').exists()}")
        fsync(handle)

    monkeypatch.setattr(os, "fsync", watched)
    files.write_whole(tmp_path / "a.txt", b"x")
    assert order == ["file, named: False", "folder, named: True"]


def test_failed_write_leaves_no_file(tmp_path: Path):
    (tmp_path / "a.txt").mkdir()
    with pytest.raises(OSError, match="directory"):
        files.write_whole(tmp_path / "a.txt", b"x")
    assert [path.name for path in tmp_path.iterdir()] == ["a.txt"]


def test_processes_that_write_one_file_at_once_disturb_neither_each_other_nor_a_reader(tmp_path: Path):
    path, contents = tmp_path / "a.txt", [bytes([letter]) * 50_000 for letter in b"abc"]
    files.write_whole(path, contents[0])

    def write(content: bytes) -> None:
        for _ in range(20):
            files.write_whole(path, content)

    with ThreadPoolExecutor(3) as pool:
        writing = [pool.submit(write, content) for content in contents]
        while not all(one.done() for one in writing):
            assert path.read_bytes() in contents
    assert [one.exception() for one in writing] == [None] * 3
    assert list(tmp_path.iterdir()) == [path]


def test_what_a_crash_left_half_written_is_replaced(tmp_path: Path):
    files.temporary_of(tmp_path / "a.txt").write_bytes(b"half of a longer file")
    files.write_whole(tmp_path / "a.txt", b"whole")
    assert [(path.name, path.read_bytes()) for path in tmp_path.iterdir()] == [("a.txt", b"whole")]


def test_failed_write_says_why_although_there_is_no_file_to_remove(tmp_path: Path):
    with pytest.raises(FileNotFoundError, match="missing"):
        files.write_whole(tmp_path / "missing" / "a.txt", b"x")
    with pytest.raises(OSError, match="too long"):
        files.write_whole(tmp_path / ("a" * 254), b"x")


def test_folders_are_created_with_their_parents(tmp_path: Path):
    for _ in range(2):
        files.make_folder(tmp_path / "a" / "b" / "c")
    assert (tmp_path / "a" / "b" / "c").is_dir()


def test_folder_may_be_created_by_another_process_meanwhile(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    folder = tmp_path / "a"
    is_dir = Path.is_dir

    def was_a_folder(path: Path) -> bool:
        was = is_dir(path)
        if path == folder and not was:
            os.mkdir(path)  # noqa: PTH102 (`Path.mkdir` would call this function)
        return was

    monkeypatch.setattr(Path, "is_dir", was_a_folder)
    files.make_folder(folder)
    assert is_dir(folder)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (b"a = 1\n", b"a = 1\nb = \xc3\xa9\n"),
        (b"a = 1\r\n", b"a = 1\r\nb = \xc3\xa9\r\n"),
        (b"\xef\xbb\xbfa = 1\r\n", b"\xef\xbb\xbfa = 1\r\nb = \xc3\xa9\r\n"),
    ],
)
def test_a_text_file_keeps_its_form_its_mode_and_its_place(tmp_path: Path, before: bytes, after: bytes):
    path, link = tmp_path / "a.toml", tmp_path / "link.toml"
    path.write_bytes(before)
    path.chmod(0o640)
    link.symlink_to(path)
    files.replace_text(link, "a = 1\nb = é\n")
    assert path.read_bytes() == after
    assert path.stat().st_mode & 0o777 == 0o640
    assert link.is_symlink()
