"""The body of an answer: read to its end under a cap, whole or not at all, and decompressed."""

from __future__ import annotations

import zlib
from typing import Any

from harvester.errors import TooBig, Unreachable
from harvester.oai.encoding import to_utf8

_BLOCK = 64 * 1024
_GZIP = b"\x1f\x8b\x08"
_MAX_LAYERS = 3  # PHP and Apache may both compress a body; more is an attack
_MAX_MEMBERS = 64


class BadEncoding(Exception):
    """The body is not compressed as its header declares."""


def read_body(raw: Any, headers: Any, cap: int) -> bytes:
    """The bytes of a urllib3 response as they were sent, at most `cap`. Raises `TooBig` and `Unreachable`.

    urllib3 1.26 accepts a body that is shorter than its Content-Length. Here that is a broken connection, as it is in
    urllib3 2. A chunked body that breaks off fails in both.
    """
    promised = _length(headers)
    if promised is not None and promised > cap:
        raise too_big(cap)
    out = bytearray()
    while block := raw.read(_BLOCK, decode_content=False):
        out += block
        if len(out) > cap:
            raise too_big(cap)
    if promised is not None and len(out) < promised:
        raise Unreachable(f"the answer was cut short ({len(out)} of {promised} bytes arrived); harvest again")
    return bytes(out)


def _length(headers: Any) -> int | None:
    value = headers.get("Content-Length", "").strip()
    chunked = "chunked" in headers.get("Transfer-Encoding", "").lower()
    return int(value) if value.isascii() and value.isdigit() and len(value) < 19 and not chunked else None


def decompress(data: bytes, declared: str, cap: int) -> bytes:
    """Decompresses a body by its first bytes: `declared` (Content-Encoding) is unreliable.

    Raises `TooBig`, and `BadEncoding` for a damaged stream or one without an end.
    """
    layers = 0
    while data.startswith(_GZIP) and layers < _MAX_LAYERS:
        data, layers = _gunzip(data, cap), layers + 1
    if layers or declared.strip().lower() in ("", "identity") or _is_plain(data):
        return data
    if "deflate" in declared.lower():
        return _decompress_deflate(data, cap)
    raise BadEncoding(f"{declared[:40]} is declared, but the body is something else")


def _is_plain(data: bytes) -> bool:
    return to_utf8(data[:64]).removeprefix(b"\xef\xbb\xbf").lstrip()[:1] in (b"<", b"")


def _gunzip(data: bytes, cap: int) -> bytes:
    out = bytearray()
    for _ in range(_MAX_MEMBERS):
        piece, data = _inflate(data, 31, cap - len(out))
        out += piece
        if not data.startswith(_GZIP):
            return bytes(out)
    raise BadEncoding("too many gzip members")


def _decompress_deflate(data: bytes, cap: int) -> bytes:
    """`deflate` is a zlib stream by RFC 9110. Many servers send a raw one."""
    try:
        return _inflate(data, 15, cap)[0]
    except BadEncoding:
        return _inflate(data, -15, cap)[0]


def _inflate(data: bytes, wbits: int, cap: int) -> tuple[bytes, bytes]:
    """The content of the stream, and the data after it. Raises `TooBig` beyond `cap` bytes, and `BadEncoding`."""
    stream = zlib.decompressobj(wbits)
    try:
        out = stream.decompress(data, cap + 1)
    except zlib.error as error:
        raise BadEncoding(str(error)) from error
    if len(out) > cap:
        raise too_big(cap)
    if not stream.eof:
        raise BadEncoding("the compressed stream has no end")
    return out, stream.unused_data


def too_big(cap: int) -> TooBig:
    return TooBig(
        f"the answer is larger than {cap / 1_000_000:,.0f} MB; ask for smaller date windows, "
        "or raise max_page_bytes for this source"
    )
