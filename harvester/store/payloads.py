"""Bytes as received: kept once, under their SHA-256, compressed where that makes them smaller."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterator
from typing import Any, NamedTuple

import zstandard
from sqlalchemy import Connection, bindparam, select
from sqlalchemy.dialects.sqlite import insert

from harvester.errors import StoreError
from harvester.store.database import ManyRows, chunks
from harvester.tables import payload

_compress = zstandard.ZstdCompressor(level=1, write_checksum=False).compress
_KEEP = ManyRows(insert(payload).on_conflict_do_nothing(), ("hash", "codec", "size", "data"))
_GET = select(payload).where(payload.c.hash.in_(bindparam("hashes", expanding=True)))
_NEXT = select(payload).where(payload.c.id > bindparam("after")).order_by(payload.c.id).limit(200)


class Stored(NamedTuple):
    """One row of the payload table."""

    id: int
    hash: str
    codec: str
    size: int
    data: bytes


def keep(connection: Connection, contents: Collection[bytes]) -> dict[bytes, str]:
    """Keeps each of the byte strings once; the SHA-256 of each."""
    hashes = {content: hashlib.sha256(content).hexdigest() for content in contents}
    _KEEP.insert(connection, [_row(content, digest) for content, digest in hashes.items()])
    return hashes


def load(connection: Connection, hashes: Collection[str]) -> dict[str, bytes]:
    """The bytes behind hashes. Raises `StoreError` where they are not what was kept."""
    found: dict[str, bytes] = {}
    for chunk in chunks(hashes):
        for row in connection.execute(_GET, {"hashes": chunk}):
            found[row.hash] = _unpacked(Stored(*row))
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


def _row(content: bytes, digest: str) -> dict[str, Any]:
    packed = _compress(content)
    codec, data = ("zstd", packed) if len(packed) < len(content) else ("none", content)
    return {"hash": digest, "codec": codec, "size": len(content), "data": data}


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
