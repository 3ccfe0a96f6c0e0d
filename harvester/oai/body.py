"""The body of an answer: read to its end under a cap, whole or not at all, and decompressed by what it is."""

from __future__ import annotations

import zlib
from typing import Any

import zstandard

from harvester.errors import TooBig, Unreachable
from harvester.oai.encoding import narrowed
from harvester.oai.pages import safe

_BLOCK = 64 * 1024
_GZIP = b"\x1f\x8b\x08"
_ZSTANDARD = b"\x28\xb5\x2f\xfd"
_ZSTANDARD_STEP = 256  # bytes in; each of them can hold no more than some megabytes
_READ = frozenset({"gzip", "x-gzip", "deflate", "zstd"})
_MAX_LAYERS = 3  # a body compressed twice is known (PHP and Apache); more is an attack
_MAX_MEMBERS = 64


class BadEncoding(Exception):
    """The body is not compressed the way it says."""


class UnknownEncoding(BadEncoding):
    """The body is compressed in a way that was not requested and is not read here, such as Brotli."""


def received(raw: Any, headers: Any, cap: int) -> bytes:
    """The bytes of a urllib3 response as they came over the line, at most `cap`.

    urllib3 1.26 takes a body shorter than its Content-Length for a whole one; here it is a broken connection, as it is
    in urllib3 2. A cut chunked body fails in both.
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


def decoded(data: bytes, declared: str, cap: int) -> bytes:
    """The body without its compression, which is told by its bytes: `declared` (Content-Encoding) may be a lie.

    Raises `TooBig`, `BadEncoding` for a stream that is none or has no end, and `UnknownEncoding`.
    """
    layers = 0
    while data.startswith((_GZIP, _ZSTANDARD)) and layers < _MAX_LAYERS:
        unpack = _gunzipped if data.startswith(_GZIP) else _unzstandard
        data, layers = unpack(data, cap), layers + 1
    names = {name.strip() for name in declared.lower().split(",")} - {"", "identity"}
    if layers or not names or _is_plain(data):
        return data
    if "deflate" in names:
        return _deflated(data, cap)
    if unread := names - _READ:
        raise UnknownEncoding(safe(", ".join(sorted(unread)), 40))
    raise BadEncoding(f"{safe(declared, 40)} is declared, but the body is something else")


def _is_plain(data: bytes) -> bool:
    return narrowed(data[:64]).removeprefix(b"\xef\xbb\xbf").lstrip()[:1] in (b"<", b"")


def _gunzipped(data: bytes, cap: int) -> bytes:
    out = bytearray()
    for _ in range(_MAX_MEMBERS):
        piece, data = _inflated(data, 31, cap - len(out))
        out += piece
        if not data.startswith(_GZIP):
            return bytes(out)
    raise BadEncoding("too many gzip members")


def _deflated(data: bytes, cap: int) -> bytes:
    """`deflate` is a zlib stream by RFC 9110, a raw one by many servers."""
    try:
        return _inflated(data, 15, cap)[0]
    except BadEncoding:
        return _inflated(data, -15, cap)[0]


def _inflated(data: bytes, wbits: int, cap: int) -> tuple[bytes, bytes]:
    """The stream's content, at most `cap` bytes of it, and what stands behind the stream."""
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


def _unzstandard(data: bytes, cap: int) -> bytes:
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
