"""Bodies: whole, under the cap, and decompressed by what they are."""

from __future__ import annotations

import contextlib
import gzip
import io
import tracemalloc
import zlib

import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from harvester.errors import ProviderError, TooBig, Unreachable
from harvester.oai import body


class Raw(io.BytesIO):
    """What urllib3 1.26 gives: a cut body ends like a whole one."""

    def read(self, size=-1, *, decode_content=True):
        assert not decode_content
        return super().read(size)


def test_a_short_body_is_no_body():
    assert body.read_body(Raw(b"12345"), {"Content-Length": "5"}, 9) == b"12345"
    with pytest.raises(Unreachable, match="4 of 5 bytes"):
        body.read_body(Raw(b"1234"), {"Content-Length": "5"}, 9)


@pytest.mark.parametrize("headers", [{}, {"Content-Length": "many"}, {"Content-Length": "9" * 5000}])
def test_a_length_that_says_nothing(headers):
    assert body.read_body(Raw(b"1234"), headers, 4) == b"1234"


@pytest.mark.parametrize("headers", [{}, {"Content-Length": "5"}])
def test_the_cap_on_what_arrives(headers):
    with pytest.raises(TooBig, match="raise max_page_bytes"):
        body.read_body(Raw(b"12345"), headers, 4)


def test_the_cap_holds_for_all_layers_and_members():
    assert body.decompress(gzip.compress(b"x" * 100), "gzip", 100) == b"x" * 100
    for data in (b"x" * 101, gzip.compress(b"x" * 100_000)):
        with pytest.raises(TooBig):
            body.decompress(gzip.compress(data), "", 100)
    with pytest.raises(TooBig):
        body.decompress(gzip.compress(b"x" * 60) * 2, "", 100)
    with pytest.raises(TooBig):
        body.decompress(zlib.compress(b"x" * 101), "deflate", 100)


@pytest.mark.parametrize("name", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-32"])
def test_a_document_that_is_not_compressed_as_it_says(name):
    data = "\n<?xml version='1.0'?><a/>".encode(name) if name != "utf-16-le" else "<a/>".encode(name)
    assert body.decompress(data, "gzip", 1000) == data


def test_members_behind_one_another():
    assert body.decompress(gzip.compress(b"<a") + gzip.compress(b"/>") + b"\0\0", "gzip", 100) == b"<a/>"


@pytest.mark.parametrize(
    ("data", "declared"),
    [
        (gzip.compress(b"<a/>", mtime=0)[:-9], "gzip"),
        (gzip.compress(b"", mtime=0)[:12] + b"\xff\xff\xff\xff", ""),
        (b"\x00binary", "gzip"),
        (b"\x00binary", "zstd"),
        (zstandard.compress(b"<a/>")[:-2], "zstd"),
        (zstandard.compress(b"<a/>")[:6] + b"\xff\xff\xff\xff", ""),
        (zstandard.compress(b"<a/>") * 70, "zstd"),
        (b"neither", "deflate"),
        (gzip.compress(b"<a/>", mtime=0) * 70, "gzip"),
    ],
)
def test_lies(data, declared):
    with pytest.raises(body.BadEncoding):
        body.decompress(data, declared, 1000)


@pytest.mark.parametrize("declared", ["br", "gzip, br", "BR", "compress", "x-new"])
def test_a_compression_that_is_not_read_is_named(declared):
    with pytest.raises(body.UnknownEncoding, match=declared.lower().removeprefix("gzip, ")):
        body.decompress(b"\x00binary", declared, 1000)


@pytest.mark.parametrize("declared", ["zstd", "", "gzip"])
def test_zstandard_is_told_by_its_bytes(declared):
    frames = zstandard.compress(b"<a") + zstandard.ZstdCompressor(write_content_size=False).compress(b"/>")
    assert body.decompress(frames, declared, 100) == b"<a/>"
    assert body.decompress(gzip.compress(frames), declared, 100) == b"<a/>"


def test_a_zstandard_bomb_is_not_unpacked():
    bomb = zstandard.compress(b"x" * 100_000_000)
    tracemalloc.start()
    with pytest.raises(TooBig):
        body.decompress(bomb, "zstd", 1_000_000)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 20_000_000


@given(st.binary(), st.sampled_from(["", "gzip", "deflate", "br", "zstd", "identity"]))
def test_any_bytes_come_out_or_are_refused(data, declared):
    with contextlib.suppress(ProviderError, body.BadEncoding):
        assert len(body.decompress(data, declared, 500)) <= max(500, len(data))


@given(st.binary(max_size=400), st.lists(st.sampled_from([gzip.compress, zstandard.compress]), max_size=2))
def test_what_went_in_comes_out(data, layers):
    packed = b"<" + data
    for compress in layers:
        packed = compress(packed)
    assert body.decompress(packed, "", 500) == b"<" + data
