"""Payloads: bytes as received, numbered in the order they came, with their SHA-256, compressed if that saves space."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Collection, Iterator
from typing import NamedTuple

import zstandard
from sqlalchemy import Connection, bindparam, func, select
from sqlalchemy.dialects.sqlite import insert

from harvester.errors import StoreError
from harvester.store.database import BulkStatement, chunks, new_ids
from harvester.store.tables import payload
from harvester.system.progress import report

_GET = select(payload).where(payload.c.id.in_(bindparam("ids", expanding=True)))
_NEXT = select(payload).where(payload.c.id > bindparam("after")).order_by(payload.c.id).limit(200)


class StoredPayload(NamedTuple):
    """One row of the payload table."""

    id: int
    hash: str
    codec: str
    size: int
    data: bytes


_ADD = BulkStatement(insert(payload), StoredPayload._fields)


class _Compressor(threading.local):
    """A compressor for each thread: one that threads share crashes, or returns damaged bytes without an error."""

    def __init__(self) -> None:
        self.compress = zstandard.ZstdCompressor(level=1, write_checksum=False).compress


_compressor = _Compressor()


def save(connection: Connection, contents: Collection[bytes]) -> dict[bytes, int]:
    """Saves the byte strings and returns the id of each.

    The connection must be in a writing transaction.
    """
    ids = dict(zip(contents, new_ids(connection, payload, len(contents)), strict=True))
    _ADD.write(connection, [_packed(payload_id, content) for content, payload_id in ids.items()])
    return ids


def load(connection: Connection, ids: Collection[int]) -> dict[int, bytes]:
    """The bytes by id. Raises `StoreError` if their SHA-256 is not that of the bytes saved."""
    contents: dict[int, bytes] = {}
    for chunk in chunks(ids):
        for row in connection.execute(_GET, {"ids": chunk}):
            contents[row.id] = _unpacked(StoredPayload(*row))
    return contents


def damaged(connection: Connection) -> Iterator[str]:
    """The hash of each payload whose bytes are damaged."""
    after, done = 0, 0
    total = connection.execute(select(func.count()).select_from(payload)).scalar_one()
    while rows := connection.execute(_NEXT, {"after": after}).all():
        report("reading every payload", done, total)
        done += len(rows)
        for row in rows:
            try:
                _unpacked(StoredPayload(*row))
            except StoreError:
                yield row.hash
        after = rows[-1].id


def _packed(payload_id: int, content: bytes) -> StoredPayload:
    packed, digest = _compressor.compress(content), hashlib.sha256(content).hexdigest()
    codec, data = ("zstd", packed) if len(packed) < len(content) else ("none", content)
    return StoredPayload(payload_id, digest, codec, len(content), data)


def _unpacked(stored: StoredPayload) -> bytes:
    try:
        content = _decompress(stored) if stored.codec == "zstd" else stored.data
    except zstandard.ZstdError as error:
        raise StoreError(_DAMAGED.format(stored.hash)) from error
    if hashlib.sha256(content).hexdigest() != stored.hash:
        raise StoreError(_DAMAGED.format(stored.hash))
    return content


_DAMAGED = "The bytes of payload {} in the store are not what was received. Put a backup in the store's place."


def _decompress(stored: StoredPayload) -> bytes:
    return zstandard.ZstdDecompressor().decompress(stored.data, max_output_size=stored.size)
