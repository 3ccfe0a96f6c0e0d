"""Which encoding an answer is read in: by its bytes, by itself, by HTTP."""

from __future__ import annotations

import codecs

import pytest

from harvester.errors import BadAnswer
from harvester.oai import encoding, pages
from tests.providers.server import listing, record

TITLE = "Müller — naïve “x” Łódź"
PAGE = listing(record(1, TITLE))
WESTERN = listing(record(1, "Müller naïf"))
BARE = WESTERN.partition("?>")[2].strip()


def says(page: str, name: str) -> str:
    return page.replace('encoding="UTF-8"', f'encoding="{name}"')


def read(data: bytes, content_type: str = "text/xml") -> tuple[str, tuple[str, ...]]:
    document = pages.read(data, encoding.charset_of(content_type))
    (raw,) = pages.page(document, "ListRecords").records
    assert (raw.original is None) == (document.repairs == ())
    assert document.data == data
    text = (raw.payload or b"").decode()
    return text.partition("<dc:title>")[2].partition("<")[0], document.repairs


@pytest.mark.parametrize(
    "data",
    [
        says(PAGE, "UTF-16").encode("utf-16"),
        codecs.BOM_UTF16_BE + says(PAGE, "UTF-16").encode("utf-16-be"),
        says(PAGE, "UTF-16LE").encode("utf-16-le"),
        says(PAGE, "UTF-16").encode("utf-16-be"),
        PAGE.encode("utf-16"),  # it says UTF-8
        PAGE.partition("?>")[2].strip().encode("utf-16"),
        says(PAGE, "UTF-32").encode("utf-32"),
        codecs.BOM_UTF8 + PAGE.encode(),
        says(PAGE, "GB18030").encode("gb18030"),
    ],
)
def test_an_encoding_that_is_what_it_says_needs_no_repair(data: bytes):
    assert read(data) == (TITLE, ())


@pytest.mark.parametrize("name", ["utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"])
def test_wide_characters_without_a_sign_of_it(name: str):
    """Some of them libxml2 reads by itself."""
    assert read(PAGE.partition("?>")[2].strip().encode(name))[0] == TITLE


def test_damage_in_wide_characters_is_mended_as_any_other():
    damaged = says(PAGE, "UTF-16").replace("“x”", "&ldquo;x\x02&rdquo;")
    assert read(damaged.encode("utf-16")) == (TITLE, ("wide-characters", "illegal-characters", "html-entities"))
    before = codecs.BOM_UTF16_LE + f"\n{says(PAGE, 'UTF-16')}".encode("utf-16-le")
    assert read(before)[0] == TITLE


def test_half_a_document_of_wide_characters_is_known_as_such():
    with pytest.raises(BadAnswer, match="cut short") as caught:
        pages.read(PAGE.encode("utf-16")[:-50])
    assert caught.value.transient


@pytest.mark.parametrize("name", ["ISO-8859-1", "windows-1252", "iso-8859-15"])
@pytest.mark.parametrize("page", [BARE, WESTERN], ids=["silent", "says UTF-8"])
def test_bytes_that_are_no_utf8_are_in_the_charset_of_http(page: str, name: str):
    data = page.encode("cp1252")
    assert read(data, f'text/xml; charset="{name}"') == ("Müller naïf", ("http-charset",))
    assert "\ufffd" in read(data)[0]


@pytest.mark.parametrize("name", ["ISO-8859-1", "Windows-1251", "us-ascii", "no-such-thing"])
def test_utf8_that_http_calls_so_and_the_document_does_not(name: str):
    assert read(says(PAGE, name).encode(), "text/xml;charset=UTF-8") == (TITLE, ("http-charset",))


@pytest.mark.parametrize("name", ["ISO-8859-1", "windows-1252", "koi8-r", "macintosh"])
@pytest.mark.parametrize("charset", ["", "; charset=ISO-8859-1"])
def test_utf8_that_nobody_calls_so(name: str, charset: str):
    assert read(says(PAGE, name).encode(), f"text/xml{charset}") == (TITLE, ("encoding-name",))


def test_text_that_is_what_the_document_says_and_no_utf8():
    assert read(says(WESTERN, "ISO-8859-1").encode("latin-1")) == ("Müller naïf", ())
    assert read(says(listing(record(1, "Ã¼ and ü")), "ISO-8859-1").encode("latin-1")) == ("Ã¼ and ü", ())


@pytest.mark.parametrize("name", ["ISO-8859-1", "utf-16", "windows-1251", "hex", "x-user-defined", ""])
def test_a_charset_that_is_the_servers_default_changes_nothing(name: str):
    assert read(PAGE.encode(), f"text/xml; charset={name}") == (TITLE, ())
    assert read(says(WESTERN, "ISO-8859-1").encode("latin-1"), f"text/xml; charset={name}") == ("Müller naïf", ())


def test_one_bad_byte_among_good_ones_does_not_change_the_encoding():
    data = PAGE.encode().replace("Łódź".encode(), b"L\xf3dz")
    assert read(data, "text/xml; charset=ISO-8859-1") == (TITLE.replace("Łódź", "L\ufffddz"), ("invalid-utf8",))


def test_a_charset_in_which_the_bytes_are_not_changes_nothing():
    data = listing(record(1, "M\u0081")).encode("latin-1")  # 81 is nothing in windows-1252
    assert read(data, "text/xml; charset=windows-1252") == ("M\ufffd", ("invalid-utf8",))
