"""The write-ahead log next to a database: whether it belongs to that database.

SQLite writes every valid log into the database that is next to it. After a copy was put over a store, that is the log
of the store before, and the result is damaged. The header of a database counts its changes, and a log has the new
header whenever it changes, so both show whether they go together (SQLite's file format, sections 1.3 and 4.1).
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from msgspec import Struct

HEAD = 28  # bytes of a database that are needed here
_WAL_HEAD, _FRAME_HEAD = struct.Struct(">8sIIII8x"), struct.Struct(">IIII8x")
_MAGIC = (0x377F0682, 0x377F0683)
_MOST_FRAMES = 100_000  # 400 MB: a log that is larger takes too long to read


class _Log(Struct, frozen=True):
    page_size: int
    sequence: int
    salts: tuple[int, int]


def belongs(head: bytes, log: Path) -> bool:
    """Whether a log can be the one of the database that begins with `head`.

    That cannot always be known: a connection counts only once what it changes without others in between.
    """
    try:
        with log.open("rb") as file:  # SQLite has no locks on it that closing it could lose
            before = _log_of(file)
            counters = list(_change_counters(file, before)) if before else []
            unchanged = before == _log_of(file)
    except OSError:
        return True
    if before is None or not unchanged or len(head) < HEAD:
        return True  # it is of another time than the head
    if before.page_size != _page_size(head):
        return False
    (counter,) = struct.unpack_from(">I", head, 24)
    # The first change in the log is counted from the database. The log may be in the database already, in part.
    return not counters or counters[0] - 1 <= counter <= max(counters)


def _log_of(file: BinaryIO) -> _Log | None:
    file.seek(0)
    head = file.read(_WAL_HEAD.size)
    if len(head) < _WAL_HEAD.size or int.from_bytes(head[:4]) not in _MAGIC:
        return None
    _, page_size, sequence, *salts = _WAL_HEAD.unpack(head)
    return _Log(page_size, sequence, (salts[0], salts[1]))


def _page_size(head: bytes) -> int:
    (size,) = struct.unpack_from(">H", head, 16)
    return 65536 if size == 1 else size


def _change_counters(file: BinaryIO, log: _Log) -> Iterator[int]:
    """The change counters that the committed transactions of the log write, in their order."""
    uncommitted: list[int] = []
    for number in range(_MOST_FRAMES):
        start = _WAL_HEAD.size + number * (_FRAME_HEAD.size + log.page_size)
        file.seek(start)
        head = file.read(_FRAME_HEAD.size + HEAD)
        if len(head) < _FRAME_HEAD.size + HEAD:
            return
        page, commit, *salts = _FRAME_HEAD.unpack_from(head)
        if tuple(salts) != log.salts:
            return  # what follows is left of an earlier log
        if page == 1:
            uncommitted += struct.unpack_from(">I", head, _FRAME_HEAD.size + 24)
        if commit:
            yield from uncommitted
            uncommitted.clear()
