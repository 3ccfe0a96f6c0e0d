"""Bytes as received, numbered in the order they came, with their SHA-256; compressed where that makes them smaller."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterator
from typing import NamedTuple

import zstandard
from sqlalchemy import Connection, bindparam, func, select
from sqlalchemy.dialects.sqlite import insert

from harvester.errors import StoreError
from harvester.store.database import ManyRows, chunks
from harvester.store.tables import payload

_compress = zstandard.ZstdCompressor(level=1, write_checksum=False).compress
_LAST = select(func.coalesce(func.max(payload.c.id), 0))
_GET = select(payload).where(payload.c.id.in_(bindparam("ids", expanding=True)))
_NEXT = select(payload).where(payload.c.id > bindparam("after")).order_by(payload.c.id).limit(200)


class Stored(NamedTuple):
    """One row of the payload table."""

    id: int
    hash: str
    codec: str
    size: int
    data: bytes


_KEEP = ManyRows(insert(payload), Stored._fields)


def keep(connection: Connection, contents: Collection[bytes]) -> dict[bytes, int]:
    """Keeps the byte strings; the number of each. In a transaction that writes, so that no other gives the same."""
    numbers = {content: number for number, content in enumerate(contents, connection.execute(_LAST).scalar_one() + 1)}
    _KEEP.write(connection, [_packed(number, content) for content, number in numbers.items()])
    return numbers


def load(connection: Connection, ids: Collection[int]) -> dict[int, bytes]:
    """The bytes by their numbers. Raises `StoreError` where they are not what was kept."""
    found: dict[int, bytes] = {}
    for chunk in chunks(ids):
        for row in connection.execute(_GET, {"ids": chunk}):
            found[row.id] = _unpacked(Stored(*row))
    return found


def damaged(connection: Connection) -> Iterator[str]:
    """The hashes of all payloads whose bytes are not what was kept."""
    after = 0
    while rows := connection.execute(_NEXT, {"after": after}).all():
        for row in rows:
            try:
                _unpacked(Stored(*row))
            except StoreError:
                yield row.hash
        after = rows[-1].id


def _packed(number: int, content: bytes) -> Stored:
    packed, digest = _compress(content), hashlib.sha256(content).hexdigest()
    codec, data = ("zstd", packed) if len(packed) < len(content) else ("none", content)
    return Stored(number, digest, codec, len(content), data)


def _unpacked(stored: Stored) -> bytes:
    try:
        content = _decompress(stored) if stored.codec == "zstd" else stored.data
    except zstandard.ZstdError as error:
        raise StoreError(_DAMAGED.format(stored.hash)) from error
    if hashlib.sha256(content).hexdigest() != stored.hash:
        raise StoreError(_DAMAGED.format(stored.hash))
    return content


_DAMAGED = "The bytes of payload {} in the store are not what was received. Put a backup in the store's place."


def _decompress(stored: Stored) -> bytes:
    return zstandard.ZstdDecompressor().decompress(stored.data, max_output_size=stored.size)
