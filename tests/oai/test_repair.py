"""Repairs: what is at fault changes, and nothing else."""

from __future__ import annotations

import contextlib
import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harvester.errors import ProviderError
from harvester.oai import pages, repair
from tests.providers.server import listing, record


def page_with(title: bytes | str) -> bytes:
    raw = title.encode() if isinstance(title, str) else title
    return listing(record(1, "TITLE"), record(2, "p &lt; 0.05 &amp; é")).encode().replace(b"TITLE", raw)


def title_of(data: bytes) -> tuple[str, tuple[str, ...]]:
    """The first title after all repairs, and their names; the second record must have survived whatever happened."""
    document = pages.read(data)
    first, second = document.root.iter("{http://purl.org/dc/elements/1.1/}title")
    assert second.text == "p < 0.05 & é"
    assert document.data is data
    return first.text or "", document.repairs


SAME = ("", ())


@pytest.mark.parametrize(
    ("given_", "meant", "repairs"),
    [
        ("a &lt; b &#233; &#x1F600;", "a < b é 😀", ()),
        ("a\x02b", "ab", ("illegal-characters",)),
        ("a\x00b", "ab", ("illegal-characters",)),
        ("a\x0bb\x0cc", "a b c", ("illegal-characters",)),
        ("a\ufffeb\uffff", "ab", ("illegal-characters",)),
        ("a&#2;b&#x1F;", "ab", ("illegal-references",)),
        ("a&#11;b", "a b", ("illegal-references",)),
        ("a&#xFFFE;b", "ab", ("illegal-references",)),
        ("a&#55349;b", "a\ufffdb", ("illegal-references",)),
        ("a&#xD83D;&#xDE00;b", "a😀b", ("illegal-references",)),
        ("a&#55357;&#56832;&#55357;b", "a😀\ufffdb", ("illegal-references",)),
        ("a&#x110000;&#99999999999999999999;b", "a\ufffd\ufffdb", ("illegal-references",)),
        ("a&#XE9;b", "aéb", ("illegal-references",)),
        ("A&nbsp;B &laquo;C&raquo; &mdash; &fjlig;", "A\u00a0B «C» — fj", ("html-entities",)),
        ("AT&T R&D &foo; ?a=1&b=2&copy=3 &", "AT&T R&D &foo; ?a=1&b=2&copy=3 &", ("unescaped-ampersand",)),
        ("p < 0.05, n <5, a <= b", "p < 0.05, n <5, a <= b", ("unescaped-less-than",)),
        (b"\xed\xa0\xbd\xed\xb8\x80", "😀", ("surrogate-bytes",)),
        (b"pp. 12\x9645", "pp. 12–45", ("windows-dash",)),
        (b"Educa\xe7\xe3o \xc3\xa9", "Educa\ufffd\ufffdo é", ("invalid-utf8",)),
        (b"\xc2\xe5\xf1\xf2", "\ufffd\ufffd\ufffd\ufffd", ("invalid-utf8",)),
        ("<?xml version='1.0'?>a", "a", ("inner-prolog",)),
        ("a<x xlink:href='https://example.org'/>", "a", ("undeclared-prefix",)),
        ('<!DOCTYPE html PUBLIC "-//W3C//DTD" "http://x">a', "a", ("inner-prolog",)),
        ("a\x02 &nbsp; & b", "a \u00a0 & b", ("illegal-characters", "html-entities", "unescaped-ampersand")),
        # CDATA is text: only bytes illegal everywhere are mended in it
        (
            "<![CDATA[&nbsp; & < &#2; <?xml version='1.0'?>\x02]]>&nbsp;",
            "&nbsp; & < &#2; <?xml version='1.0'?>\xa0",
            ("illegal-characters", "html-entities"),
        ),
        ("<!-- &nbsp; & --><?php echo 1 && 2?>a & b", "a & b", ("unescaped-ampersand",)),
    ],
)
def test_faults_inside(given_, meant, repairs):
    assert title_of(page_with(given_)) == (meant, repairs)


GOOD = page_with("Bees")
PHP = b"<br />\n<b>Warning</b>:  Undefined variable $x in <b>/var/www/x.php</b> on line <b>42</b><br />\n"


@pytest.mark.parametrize(
    ("data", "repairs"),
    [
        (b"\xef\xbb\xbf" + GOOD, ()),
        (GOOD + b"\n<!-- served in 3 ms -->\n", ()),
        (GOOD.partition(b"?>\n")[2], ()),
        (GOOD.replace(b"?>\n", b"?>\n<?xml-stylesheet href='x.xsl'?><!-- hello -->\n"), ()),
        (b"\n\n  " + GOOD, ("text-before-document",)),
        (b"\xef\xbb\xbf\xef\xbb\xbf" + GOOD, ("text-before-document",)),
        (PHP + GOOD, ("text-before-document",)),
        (GOOD.replace(b"?>\n", b"?>\n" + PHP), ("text-before-document",)),
        (b"Notice: x" + GOOD.partition(b"?>\n")[2], ("text-before-document",)),
        (GOOD + PHP, ("text-after-document",)),
        (GOOD + b"\0\0\0", ("text-after-document",)),
        (PHP + GOOD + PHP, ("text-before-document", "text-after-document")),
        (GOOD.replace(b'"UTF-8"', b'"x-made-up"'), ("encoding-name",)),
        (GOOD.replace(b'"UTF-8"', b'"UTF-16"'), ("encoding-name",)),
        (GOOD.replace(b'"UTF-8"', b"'us-ascii'"), ("encoding-name",)),
    ],
)
def test_faults_outside(data, repairs):
    title, names = title_of(data)
    assert title == "Bees"
    assert set(names) <= set(repairs)  # libxml2 versions differ in what they let pass
    assert names == repairs or b"encoding=" in data


def test_other_encodings_keep_their_bytes():
    text = GOOD.decode().replace("UTF-8", "windows-1251").replace("é", "&#233;").replace("Bees", "Пчёлы\x02&nbsp;")
    assert title_of(text.encode("cp1251")) == ("Пчёлы\xa0", ("illegal-characters", "html-entities"))


@pytest.mark.parametrize(
    "data",
    [
        GOOD[:-1],
        GOOD[:-14],
        GOOD[:400] + PHP,
        page_with("a\x02")[:-20],
        page_with("<b>unclosed"),
        page_with("\x1b$B\x02").replace(b"UTF-8", b"iso-2022-jp"),
        GOOD + GOOD,
        b"<!DOCTYPE OAI-PMH>" + GOOD.partition(b"?>\n")[2] + b"junk",
        b"x<!DOCTYPE x [<!ENTITY a 'b'>]>" + page_with("&a;").partition(b"?>\n")[2],
        GOOD.replace(b"?>\n", b"?>junk<!doctype x>"),
    ],
)
def test_what_is_never_mended(data):
    with pytest.raises(ProviderError):
        pages.read(data)


CLEAN = st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"], exclude_characters="<>&\ufffe\uffff"))
FAULTS = st.sampled_from(
    [
        (b"\x02", ""),
        (b"\x0b", " "),
        (b"&#3;", ""),
        (b"&#xDC00;", "\ufffd"),
        (b"&eacute;", "é"),
        (b" & ", " & "),
        (b" < ", " < "),
        (b"\xff", "\ufffd"),
        (b"\xef\xbf\xbe", ""),
        (b"&lt;&amp;&gt;", "<&>"),
        (b"<![CDATA[&nbsp;&<]]>", "&nbsp;&<"),
    ]
)


@given(st.lists(st.tuples(CLEAN, FAULTS)), CLEAN)
def test_a_repair_keeps_everything_but_the_bad_bytes(parts, end):
    broken = b"".join(text.encode() + fault for text, (fault, _) in parts) + end.encode()
    meant = "".join(text + mended for text, (_, mended) in parts) + end
    assert title_of(page_with(b"." + broken + b"."))[0] == f".{meant}."


@given(st.binary())
def test_any_bytes_go_through_every_step(data):
    for _, step in repair.STEPS:
        for document in (data, page_with(data)):
            assert step(step(document)) == step(document)


@given(st.text(st.characters(codec="utf-8"), max_size=60))
def test_no_step_touches_a_sound_document(text):
    sound = re.sub(r"[<>&\x00-\x1f\ufffe\uffff]", " ", text).encode()
    for _, step in repair.STEPS:
        assert step(page_with(sound)) == page_with(sound)


@pytest.mark.parametrize("opener", [b"<![CDATA[", b"<!--", b"<?x ", b"<?xml ", b"&#x", b"<!DOCTYPE ", b"</OAI-PMH "])
@pytest.mark.parametrize("before", [True, False])
def test_unterminated_markup_costs_no_more_than_its_length(opener, before):
    many = opener * 50_000 + b"&nbsp;["
    began = time.process_time()
    with contextlib.suppress(ProviderError):
        pages.read(many + GOOD if before else page_with(many))
    assert time.process_time() - began < 1
