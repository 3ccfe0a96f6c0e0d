"""Common steps for every text: its language, escaped HTML, damage."""

from __future__ import annotations

import pytest

from harvester.formats.html import has_html
from harvester.formats.jats.texts import check_text, content_of, language_of, unescaped
from harvester.formats.notes import Notes
from harvester.text import Span
from tests.formats.jats.reading import (
    article_of,
    codes,
    element,
    meta,
    read_meta,
)


def test_escaped_html_in_a_title_is_resolved_once():
    article = meta(
        "<title-group><article-title>On &lt;i&gt;E. coli&lt;/i&gt; &amp;amp; us</article-title></title-group>"
    )
    assert article.titles[0].text == ("On ", Span("italic", ("E. coli",)), " & us")


def test_a_comparison_is_not_html():
    article = meta("<title-group><article-title>p &lt; 0.05 and q &gt; 1</article-title></title-group>")
    assert article.titles[0].text == ("p < 0.05 and q > 1",)


FINDINGS = [
    ('<article-title xml:lang="other">A</article-title>', ["language-unknown"]),
    ('<article-title xml:lang="en">Река впадает в море</article-title>', ["lang-mismatch"]),
    ("<article-title>The mass $m_\\alpha$</article-title>", ["title-contains-tex"]),
    ("<article-title>An eff ective method</article-title>", ["text-broken-ligature"]),
    ("<article-title>A <inline-graphic/> b</article-title>", ["text-is-picture"]),
]


@pytest.mark.parametrize(("inner", "expected"), FINDINGS)
def test_findings_about_a_title(inner, expected):
    assert codes(read_meta(f"<title-group>{inner}</title-group>")) == expected


def test_control_characters_are_reported_and_dropped():
    reading = read_meta("<title-group><article-title>A\x86B\x85C</article-title></title-group>")
    assert article_of(reading).titles[0].text == ("AB C",)
    assert codes(reading) == ["control-characters"]


@pytest.mark.parametrize(
    ("tag", "code", "found"),
    [
        ("en-US", "en", []),
        ("RUS", "ru", []),
        (" ", None, []),
        ("xx", None, ["language-unknown"]),
        ("mul", None, ["language-unknown"]),
    ],
)
def test_the_language_of_an_element(tag, code, found):
    notes = Notes()
    (title,) = element(f"<title xml:lang='{tag}'/>")
    assert (language_of(title, "titles", notes), [finding.code for finding in notes.findings]) == (code, found)


def test_the_language_is_not_inherited():
    (outer,) = element("<sec xml:lang='en'><title/></sec>")
    assert language_of(outer[0], "titles", Notes()) is None


@pytest.mark.parametrize(
    ("written", "escaped"),
    [("<i>x</i>", True), ("&amp;", True), ("&#xe9;", True), ("p < 0.05", False), ("a <1> b", False), ("AT&T; x", True)],
)
def test_html_is_distinguished_from_a_comparison(written, escaped):
    assert has_html(written) == escaped


def test_only_text_without_formatting_is_unescaped():
    assert content_of(element("&lt;i&gt;x&lt;/i&gt; y")) == (Span("italic", ("x",)), " y")
    faced = (Span("bold", ("a",)), " <i>x</i>")
    assert unescaped(faced) == faced


def test_an_undamaged_text_is_unchanged():
    notes, sound = Notes(), ("Sound ", Span("italic", ("text",)))
    assert check_text(sound, "en", "titles[0]", notes) is sound
    assert notes.findings == []


def test_the_finding_about_a_wrong_language_shows_the_start_of_the_text():
    notes = Notes()
    check_text(("Река впадает в море " * 20,), "en", "abstracts[0]", notes)
    (finding,) = notes.findings
    assert (finding.code, finding.path, finding.detail) == ("lang-mismatch", "abstracts[0]", {"lang": "en"})
    assert len(finding.value) == 120
