"""Damaged bytes, and odd encodings."""

from __future__ import annotations

import gzip
import re

import zstandard

from tests.chaos.case import Setting, case
from tests.chaos.cases.parts import CAP
from tests.providers.server import Request, reply
from tests.providers.truth import (
    DC,
    Truth,
    article,
    at_page,
    page_of,
    rewritten,
)


@case(
    "There are control characters in the text",
    "removed, the records marked as repaired",
    16,
    altered={1: "rivière  1:"},
    repaired=5,
)
def control_characters() -> Setting:
    return Truth(), rewritten(1, lambda page: page.replace("rivière 1:".encode(), "rivière\x0b\x1f 1:".encode()))


@case(
    "There are references to characters that XML does not have",
    "removed, half a character is replaced by U+FFFD; the records are marked as repaired", 17,
    altered={1: "rivière\ufffd 1:"},
    repaired=5,
)  # fmt: skip
def illegal_references() -> Setting:
    return Truth(), rewritten(
        1, lambda page: page.replace("rivière 1:".encode(), "rivière&#xFFFE;&#55349; 1:".encode())
    )


@case(
    "Some bytes are not UTF-8",
    "replaced by U+FFFD, as no code page is certain; the records are marked as repaired",
    18,
    altered={1: "rivi\ufffdre 1:"},
    repaired=5,
)
def not_utf8() -> Setting:
    return Truth(), rewritten(1, lambda page: page.replace("rivière 1:".encode(), "rivière 1:".encode("cp1252")))


@case("The HTTP header has no charset", "the bytes are parsed, without guessing an encoding", 19)
def no_charset() -> Setting:
    return Truth(), lambda request, truth: reply(truth.bytes_of(request), Content_Type="text/xml")


@case("Pages are in UTF-16", "read as declared", 19)
def utf16() -> Setting:
    def change(page: bytes) -> bytes:
        return page.replace(b'encoding="UTF-8"', b'encoding="UTF-16"').decode().encode("utf-16")

    return Truth(), rewritten(0, change)


@case("The encoding is only in the HTTP header", "used if the bytes are not UTF-8", 19, repaired=7)
def charset_of_http() -> Setting:
    def fault(request: Request, truth: Truth) -> bytes:
        page = truth.bytes_of(request).partition(b"?>")[2].lstrip()
        return reply(page.decode().encode("windows-1251"), Content_Type="text/xml; charset=windows-1251")

    return Truth([article(n, metadata={"oai_dc": cyrillic(n)}) for n in range(7)]), fault


@case("HTTP names another encoding than the document", "the one that fits the bytes is used", 19, repaired=10)
def two_charsets() -> Setting:
    def fault(request: Request, truth: Truth) -> bytes:
        page = truth.bytes_of(request)
        if page_of(request) % 2:
            return reply(page, Content_Type="text/xml; charset=ISO-8859-1")
        return reply(page.replace(b"UTF-8", b"ISO-8859-1", 1), Content_Type="text/xml; charset=UTF-8")

    return Truth(), fault


@case(
    "The document declares ISO-8859-1 and is UTF-8, and HTTP declares nothing",
    "read as UTF-8, marked as repaired",
    19,
    repaired=23,
)
def misnamed_utf8() -> Setting:
    return Truth(), rewritten(0, lambda page: page.replace(b"UTF-8", b"ISO-8859-1", 1))


@case("Pages are XML 1.1", "read")
def xml_1_1() -> Setting:
    return Truth(), rewritten(0, lambda page: page.replace(b'version="1.0"', b'version="1.1"'))


@case("Pages are in UTF-7", "read as declared", 19)
def utf7() -> Setting:
    return Truth(), rewritten(0, lambda page: page.replace(b"UTF-8", b"UTF-7", 1).decode().encode("utf-7"))


def cyrillic(number: int) -> bytes:
    return f"<oai_dc:dc {DC}><dc:title>Камыш и река, часть {number}</dc:title></oai_dc:dc>".encode()


@case("The answer is compressed with gzip, and does not declare it", "recognised by the bytes", 20)
def undeclared_gzip() -> Setting:
    return Truth(), lambda request, truth: reply(gzip.compress(truth.bytes_of(request)))


@case("The answer declares gzip and is not compressed", "recognised by the bytes", 20)
def false_gzip() -> Setting:
    return Truth(), lambda request, truth: reply(truth.bytes_of(request), Content_Encoding="gzip")


@case("The answer is compressed with gzip twice", "decompressed twice", 20)
def nested_gzip() -> Setting:
    return Truth(), lambda request, truth: reply(gzip.compress(gzip.compress(truth.bytes_of(request))))


@case("The answer is compressed with Zstandard, which was not requested", "read")
def unasked_zstandard() -> Setting:
    def fault(request: Request, truth: Truth) -> bytes:
        return reply(zstandard.compress(truth.bytes_of(request)), Content_Encoding="zstd")

    return Truth(), fault


def in_brotli(page: bytes) -> bytes:
    """A Brotli stream that holds the page as it is (RFC 7932, section 9.2): a window, one block, the end."""
    bits = place = 0
    for value, length in ((0, 1), (0, 1), (0, 2), (len(page) - 1, 16), (1, 1)):
        bits, place = bits | value << place, place + length
    return bits.to_bytes((place + 7) // 8, "little") + page + b"\x03"


@case(
    "The answer is compressed with Brotli, which was not requested, unless no compression is accepted",
    "requested again without compression",
)
def unasked_brotli() -> Setting:
    def fault(request: Request, truth: Truth) -> bytes | None:
        if request.headers["Accept-Encoding"] == "identity":
            return None
        return reply(in_brotli(truth.bytes_of(request)), Content_Encoding="br")

    return Truth(), fault


@case(
    "The answer is compressed with Brotli, whatever is requested",
    "failed: the message names the compression, and who can switch it off",
    state="failed",
    said="compresses its answers with br",
)
def only_brotli() -> Setting:
    return Truth(), lambda request, truth: reply(in_brotli(truth.bytes_of(request)), Content_Encoding="br")


@case(
    "A few kilobytes of gzip expand to 20 MB",
    "stopped at the limit; the records are fetched with GetRecord",
    settings=CAP,
)
def gzip_bomb() -> Setting:
    bomb = reply(gzip.compress(b"<OAI-PMH>" + b" " * 20_000_000), Content_Encoding="gzip")
    return Truth(), at_page(3, bomb)


@case("There are PHP notices after the document", "cut off, the page marked as repaired", 21, repaired=5)
def text_behind() -> Setting:
    return Truth(), rewritten(2, lambda page: page + b"<br />\n<b>Notice</b>: Undefined index in <b>oai.php</b>")


@case("There is an XML declaration inside each record", "removed, the page marked as repaired", 22, repaired=5)
def inner_prologs() -> Setting:
    return Truth(), rewritten(2, lambda page: page.replace(b"<metadata>", b'<metadata><?xml version="1.0"?>'))


@case("A byte order mark and blank lines before the document", "skipped")
def byte_order_mark() -> Setting:
    return Truth(), rewritten(0, lambda page: b"\xef\xbb\xbf" + page)


@case("All elements have the prefix oai:", "read by namespace, never by prefix", 47)
def prefixed() -> Setting:
    names = re.compile(rb"<(/?)(?!\?|oai_dc:|dc:|oai:)([A-Za-z-]+)")

    def change(page: bytes) -> bytes:
        named = names.sub(rb"<\1oai:\2", page)
        return named.replace(
            b'xmlns="http://www.openarchives.org/OAI/2.0/"', b'xmlns:oai="http://www.openarchives.org/OAI/2.0/"', 1
        )

    return Truth(), rewritten(0, change)


@case('A stylesheet leaves xmlns="" on the records', "read as OAI-PMH elements", 47)
def no_namespace() -> Setting:
    return Truth(), rewritten(0, lambda page: page.replace(b"<record>", b'<record xmlns="">'))


@case('A stylesheet leaves xmlns="" on the headers', "the same", 47)
def headers_without_namespace() -> Setting:
    return Truth(), rewritten(0, lambda page: page.replace(b"<header>", b'<header xmlns="">'))


@case("Namespaces are declared on <record>", "the record is kept with every namespace it needs", 48)
def namespaces_on_record() -> Setting:
    spaces = re.compile(rb' xmlns:(?:oai_dc|dc)="[^"]*"')
    declared = b'<record xmlns:oai_dc="http://www.openarchives.org/OAI/2.0/oai_dc/" xmlns:dc="http://purl.org/dc/elements/1.1/">'
    return Truth(), rewritten(0, lambda page: spaces.sub(b"", page).replace(b"<record>", declared))


@case("A namespace name contains a blank, so it is not a URI", "read anyway", 48)
def namespace_that_is_no_uri() -> Setting:
    schema = b'<record xmlns:xsi="http://www.w3.org/2001/XML Schema-instance">'
    return Truth(), rewritten(0, lambda page: page.replace(b"<record>", schema))
