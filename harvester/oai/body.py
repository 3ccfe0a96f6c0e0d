"""The body of an answer: read to its end under a cap, whole or not at all, and decompressed."""

from __future__ import annotations

import zlib
from typing import Any

import zstandard

from harvester.errors import TooBig, Unreachable
from harvester.oai.encoding import to_utf8
from harvester.oai.pages import safe

_BLOCK = 64 * 1024
_GZIP = b"\x1f\x8b\x08"
_ZSTANDARD = b"\x28\xb5\x2f\xfd"
_ZSTANDARD_STEP = 256  # bytes in; each of them can hold no more than some megabytes
_READ = frozenset({"gzip", "x-gzip", "deflate", "zstd"})
_MAX_LAYERS = 3  # PHP and Apache may both compress a body; more is an attack
_MAX_MEMBERS = 64


class BadEncoding(Exception):
    """The body is not compressed as its header declares."""


class UnknownEncoding(BadEncoding):
    """The body is compressed in a way that was not requested and is not read here, such as Brotli."""


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

    Raises `TooBig`, `BadEncoding` for a damaged stream or one without an end, and `UnknownEncoding`.
    """
    layers = 0
    while data.startswith((_GZIP, _ZSTANDARD)) and layers < _MAX_LAYERS:
        unpack = _gunzip if data.startswith(_GZIP) else _decompress_zstandard
        data, layers = unpack(data, cap), layers + 1
    names = {name.strip() for name in declared.lower().split(",")} - {"", "identity"}
    if layers or not names or _is_plain(data):
        return data
    if "deflate" in names:
        return _decompress_deflate(data, cap)
    if unread := names - _READ:
        raise UnknownEncoding(safe(", ".join(sorted(unread)), 40))
    raise BadEncoding(f"{safe(declared, 40)} is declared, but the body is something else")


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


def _decompress_zstandard(data: bytes, cap: int) -> bytes:
    """Servers send Zstandard unasked. Its decompressor has no limit of its own, so it is fed in small steps."""
    out = bytearray()
    for _ in range(_MAX_MEMBERS):
        stream = zstandard.ZstdDecompressor().decompressobj()
        fed = 0
        while fed < len(data) and not stream.eof:
            try:
                out += stream.decompress(data[fed : fed + _ZSTANDARD_STEP])
            except zstandard.ZstdError as error:
                raise BadEncoding(str(error)) from error
            fed += _ZSTANDARD_STEP
            if len(out) > cap:
                raise too_big(cap)
        if not stream.eof:
            raise BadEncoding("the compressed stream has no end")
        data = stream.unused_data + data[fed:]
        if not data.startswith(_ZSTANDARD):
            return bytes(out)
    raise BadEncoding("too many zstd frames")


def too_big(cap: int) -> TooBig:
    return TooBig(
        f"the answer is larger than {cap / 1_000_000:,.0f} MB; ask for smaller date windows, "
        "or raise max_page_bytes for this source"
    )
