"""Converts HTML in metadata to `Text` and blocks (mapping D8).

OJS escapes the HTML of its fields once, some feeds escape it twice, and others send plain text with a `<` in it. So
only tags of HTML (and the inline tags of JATS) count as markup, and everything else stays as written. Formatting is
kept; other tags are removed, and their text stays.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from html.entities import html5

from lxml import etree
from msgspec import Struct

from harvester.formats.mathml import serialise_mathml
from harvester.model import Block, ListBlock, Paragraph
from harvester.text import Inline, Math, Span, Style, Text, fold, text
from harvester.xmltools import MATHML, UnsafeXml, parse

_TAGS_OF: dict[Style, str] = {
    "italic": "i em italic",
    "bold": "b strong bold",
    "underline": "u underline",
    "sub": "sub",
    "sup": "sup",
    "sc": "sc small-caps",
    "mono": "tt code kbd samp monospace",
    "strike": "s strike del",
    "overline": "overline",
}
_STYLES = {tag: style for style, tags in _TAGS_OF.items() for tag in tags.split()}
_STYLABLE = frozenset(("span", "font"))  # the style attribute gives the formatting
_LISTS = {"ul": False, "ol": True}
_BLOCK_TAGS = """
p br div li ul ol dl dt dd h1 h2 h3 h4 h5 h6 blockquote pre table thead tbody tfoot tr hr section article header footer
figure figcaption center address sec title caption abstract html body
"""
_OTHER_TAGS = """
a span font small big abbr acronym cite dfn ins q mark label img image input button object embed param iframe col
colgroup wbr nobr bdo bdi var basefont meta link head ext-link xref named-content styled-content inline-formula
sans-serif roman o math mrow mi mn mo mtext mspace ms mfrac msqrt mroot mstyle merror mpadded mphantom mfenced menclose
msub msup msubsup munder mover munderover mmultiscripts mtable mtr mtd maction semantics annotation
"""
_BLOCK_BREAKS = frozenset(_BLOCK_TAGS.split())
_CELLS = frozenset(("td", "th"))
_SKIPPED = frozenset(("script", "style"))
_KNOWN_TAGS = frozenset(_STYLES) | _BLOCK_BREAKS | _CELLS | _SKIPPED | frozenset(_OTHER_TAGS.split())
_STYLE_ATTRIBUTES: tuple[tuple[re.Pattern[str], Style], ...] = (
    (re.compile(r"font-style\s*:\s*(?:italic|oblique)", re.IGNORECASE), "italic"),
    (re.compile(r"font-weight\s*:\s*(?:bold|[6-9]00)", re.IGNORECASE), "bold"),
    (re.compile(r"font-variant\s*:\s*small-caps", re.IGNORECASE), "sc"),
    (re.compile(r"vertical-align\s*:\s*super", re.IGNORECASE), "sup"),
    (re.compile(r"vertical-align\s*:\s*sub\b", re.IGNORECASE), "sub"),
)

# One tag up to the next angle bracket, so that each character is scanned once. A `>` may be in quotes.
_TAG = re.compile(r"""<(/?)([A-Za-z][A-Za-z0-9:._-]*)((?:[^<>"']|"[^"<]*"|'[^'<]*')*)>|<[!?][^<>]*>""")
_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")
_ESCAPED_TAG = re.compile(
    rf"&lt;/?(?:{'|'.join(sorted(map(re.escape, _KNOWN_TAGS)))})(?:\s[^<>]{{0,500}}?)?/?&gt;", re.IGNORECASE
)
# `&amp;nbsp;` was escaped twice; `&amp;lt;` may be intended.
_ESCAPED_NAME = re.compile(r"&amp;((?!(?:lt|gt|amp|quot|apos);)[A-Za-z][A-Za-z0-9]{1,31};)")
_EMPTY_LINE = re.compile(r"\n[ \t\r]*\n\s*")


_MAYBE_HTML = re.compile(r"</?[A-Za-z]|&#?\w+;")


def has_html(characters: str) -> bool:
    """Whether the characters may contain HTML. Most texts have neither sign."""
    return ("<" in characters or "&" in characters) and _MAYBE_HTML.search(characters) is not None


def inline_from_html(raw: str) -> Text:
    """The text of a field in one line, with its formatting. Accepts any string; text that is not markup is kept.

    >>> inline_from_html("<i>E. coli</i> at p &lt; 0.05")
    (Span(style='italic', inline=('E. coli',)), ' at p < 0.05')
    """
    if "<" not in raw and "&" not in raw:
        return (folded,) if (folded := fold(raw)) else ()
    builder = _InlineBuilder()
    for token in _tokens(raw):
        if isinstance(token, _Tag) and (token.name in _BLOCK_BREAKS or token.name in _CELLS):
            builder.add(" ")
        else:
            builder.feed(token)
    return text(builder.finish())


def blocks_from_html(raw: str) -> tuple[Block, ...]:
    """The paragraphs and lists of a field. Plain text is split into paragraphs at empty lines."""
    if "<" not in raw and "&" not in raw:
        return _paragraphs(raw)
    builder = _BlockBuilder()
    for token in _tokens(raw):
        builder.feed(token)
    return builder.finish() if builder.has_blocks or not _EMPTY_LINE.search(raw) else _paragraphs(raw)


def _paragraphs(raw: str) -> tuple[Block, ...]:
    paragraphs = map(inline_from_html, _EMPTY_LINE.split(raw))
    return tuple(Paragraph(paragraph) for paragraph in paragraphs if paragraph)


# ---------------------------------------------------------------------------------------------- tokens


class _Tag(Struct, frozen=True):
    name: str
    closes: bool
    attributes: str
    source: str
    after_word: bool  # `a<b>c` may not be markup


def _tokens(raw: str) -> Iterator[str | Math | _Tag]:
    """Yields text with its entities resolved once, known tags, and formulas."""
    source = _fully_unescaped(raw)
    closing_tags = _ClosingTags(source)
    at = 0
    while match := _TAG.search(source, at):
        if match.start() > at:
            yield _resolve_entities(source[at : match.start()])
        at = match.end()
        if tag := _tag(match):
            if not tag.closes and tag.name in _SKIPPED:
                at = closing_tags.after(f"</{tag.name}>", at) or at
            elif tag.name == "math" and not tag.closes and (formula := _formula(source, match, closing_tags)):
                at = formula[1]
                yield formula[0]
            else:
                yield tag
        elif match[2]:
            yield _resolve_entities(match[0])
        elif match[0].startswith("<!--"):
            at = closing_tags.after("-->", match.start()) or at
    if at < len(source):
        yield _resolve_entities(source[at:])


def _fully_unescaped(raw: str) -> str:
    """The markup, unescaped once more if all of its tags or entities are escaped."""
    if "&lt;" in raw or "&amp;" in raw:
        escaped = _ESCAPED_TAG.search(raw) or any(name in html5 for name in _ESCAPED_NAME.findall(raw))
        if escaped and not _has_tags(raw):
            raw = _resolve_entities(raw)
    if "<![CDATA[" in raw:
        raw = raw.replace("<![CDATA[", "").replace("]]>", "")
    return raw


def _has_tags(raw: str) -> bool:
    return any(_tag(match) for match in _TAG.finditer(raw))


def _resolve_entities(source: str) -> str:
    """Resolves entities once. They must end in a semicolon: `?a=1&section=2` has none."""
    return _ENTITY.sub(_entity_character, source) if "&" in source else source


def _entity_character(match: re.Match[str]) -> str:
    return unescape(match[0])


def _tag(match: re.Match[str]) -> _Tag | None:
    """The tag, if it belongs to HTML, JATS or a word processor; `None` for `<http://…>`, comments and the like."""
    if not match[2]:
        return None
    prefix, _, name = match[2].lower().rpartition(":")
    if not name or match[3][:1].strip(" \t\r\n/"):
        return None  # `<http://…>`, `<mailto:…>`
    attributes = match[3].strip().rstrip("/")
    if "=" not in attributes and ((len(name) == 1 and attributes) or (name not in _KNOWN_TAGS and not prefix)):
        return None  # `a<b and c>d`
    before = match.string[match.start() - 1 : match.start()]
    return _Tag(name, bool(match[1]), attributes, match[0], before.isalnum())


class _ClosingTags:
    """Finds the end of comments, scripts and elements. Searches for a missing end only once, so time stays linear."""

    def __init__(self, source: str) -> None:
        self._source = source.lower()
        self._last: dict[str, int] = {}

    def after(self, end: str, start: int) -> int | None:
        if end not in self._last:
            self._last[end] = self._source.rfind(end)
        if self._last[end] < start:
            return None
        return self._source.index(end, start) + len(end)

    def after_element(self, name: str, start: int) -> int | None:
        """The position after the end tag, or `None` if another element of that name begins before it."""
        name = name.lower()
        next_opening = self._source.find(f"<{name}", start)
        at = self._source.find(f"</{name}>", start, next_opening if next_opening >= 0 else None)
        return at + len(name) + 3 if at >= 0 else None


def _formula(source: str, opening: re.Match[str], closing_tags: _ClosingTags) -> tuple[Math, int] | None:
    """The formula that begins at `opening`, and the position after it; `None` if its MathML is not well-formed."""
    end = closing_tags.after_element(opening[2], opening.end())
    if end is None:
        return None
    fragment = _ENTITY.sub(_entity_in_xml, source[opening.start() : end])
    prefix = opening[2].rpartition(":")[0]
    if prefix and f"xmlns:{prefix}" not in opening[0]:
        fragment = fragment.replace(f"<{opening[2]}", f'<{opening[2]} xmlns:{prefix}="{MATHML}"', 1)
    try:
        element = parse(fragment.encode("utf-8", "replace"))
    except (etree.XMLSyntaxError, UnsafeXml):
        return None
    return (Math(serialise_mathml(element)), end) if len(element) or element.text else None


def _entity_in_xml(match: re.Match[str]) -> str:
    return match[0] if match[0] in ("&lt;", "&gt;", "&amp;", "&quot;", "&apos;") else unescape(match[0])


# ---------------------------------------------------------------------------------------------- inline


_MAX_DEPTH = 50  # open tags; deeper ones are dropped, and their text stays


class _OpenSpan:
    """A span under construction: its style, its start tag, and its content so far."""

    __slots__ = ("parts", "style", "tag")

    def __init__(self, style: Style, tag: _Tag | None) -> None:
        self.style: Style = style
        self.tag = tag  # None: reopened after an enclosing tag closed
        self.parts: list[Inline] = []


class _InlineBuilder:
    """Inline text under construction. No style is nested in itself, so the depth is at most the number of styles."""

    def __init__(self) -> None:
        self._parts: list[Inline] = []
        self._open: list[tuple[str, _OpenSpan | None]] = []  # None: a tag without effect, whose end must still match
        self._open_spans: list[_OpenSpan] = []

    def add(self, part: Inline) -> None:
        (self._open_spans[-1].parts if self._open_spans else self._parts).append(part)

    def feed(self, token: str | Math | _Tag) -> None:
        if not isinstance(token, _Tag):
            self.add(token)
        elif token.closes:
            self._close(token.name)
        elif len(self._open) < _MAX_DEPTH and (token.name in _STYLES or token.name in _STYLABLE):
            style = _style(token)
            is_new = style and all(span.style != style for span in self._open_spans)
            self._push(token.name, _OpenSpan(style, token) if style and is_new else None)

    def finish(self) -> list[Inline]:
        """All parts so far. Unclosed tags are dropped, or kept as text if they may not be tags."""
        while self._open:
            self._pop(closed=False)
        parts, self._parts = self._parts, []
        return parts

    def split(self) -> list[Inline]:
        """All parts so far. Open tags continue after the split."""
        reopened = self._pop_until(0)
        parts, self._parts = self._parts, []
        self._reopen(reopened)
        return parts

    def _close(self, name: str) -> None:
        """Closes the innermost tag of that name. Tags opened inside it continue after it."""
        depth = next((depth for depth in reversed(range(len(self._open))) if self._open[depth][0] == name), None)
        if depth is not None:
            reopened = self._pop_until(depth + 1)
            self._pop(closed=True)
            self._reopen(reopened)

    def _pop_until(self, depth: int) -> list[tuple[str, _OpenSpan | None]]:
        """Closes tags down to that depth, and returns them, outermost first."""
        closed = self._open[depth:]
        while len(self._open) > depth:
            self._pop(closed=True)
        return closed

    def _reopen(self, tags: list[tuple[str, _OpenSpan | None]]) -> None:
        for name, frame in tags:
            self._push(name, _OpenSpan(frame.style, None) if frame else None)

    def _push(self, name: str, frame: _OpenSpan | None) -> None:
        self._open.append((name, frame))
        if frame:
            self._open_spans.append(frame)

    def _pop(self, *, closed: bool) -> None:
        _, frame = self._open.pop()
        if not frame:
            return
        self._open_spans.pop()
        if closed and frame.parts:
            self.add(Span(frame.style, tuple(frame.parts)))
        elif not closed:
            if frame.tag and _may_be_plain_text(frame.tag):
                self.add(frame.tag.source)
            for part in frame.parts:
                self.add(part)


def _style(tag: _Tag) -> Style | None:
    if style := _STYLES.get(tag.name):
        return style
    if "style" in tag.attributes:
        return next((style for pattern, style in _STYLE_ATTRIBUTES if pattern.search(tag.attributes)), None)
    return None


def _may_be_plain_text(tag: _Tag) -> bool:
    """`x<b>y` without an end tag is more likely a comparison than bold text."""
    return len(tag.name) == 1 and not tag.attributes and tag.after_word


# ---------------------------------------------------------------------------------------------- blocks


class _BlockBuilder:
    """Paragraphs and lists under construction. The items of a nested list are added to the outer list."""

    def __init__(self) -> None:
        self.has_blocks = False  # whether any tag has split the text into blocks
        self._run = _InlineBuilder()
        self._done: list[Block] = []
        self._items: list[Text] = []
        self._ordered = False
        self._depth = 0  # of lists

    def feed(self, token: str | Math | _Tag) -> None:
        if not isinstance(token, _Tag) or token.name not in _BLOCK_BREAKS:
            self._run.feed(" " if isinstance(token, _Tag) and token.name in _CELLS else token)
            return
        self.has_blocks = True
        if token.name in _LISTS:
            self._feed_list_tag(token)
        elif token.name == "li" or not self._depth:
            self._end_block(self._run.split())
        else:
            self._run.add(" ")

    def finish(self) -> tuple[Block, ...]:
        self._end_block(self._run.finish())
        self._end_list()
        return tuple(self._done)

    def _feed_list_tag(self, token: _Tag) -> None:
        self._end_block(self._run.split())
        if not token.closes:
            self._ordered = self._ordered if self._depth else _LISTS[token.name]
            self._depth += 1
        elif self._depth:
            self._depth -= 1
            if not self._depth:
                self._end_list()

    def _end_block(self, parts: list[Inline]) -> None:
        content = text(parts)
        if not content:
            return
        if self._depth:
            self._items.append(content)
        else:
            self._done.append(Paragraph(content))

    def _end_list(self) -> None:
        if self._items:
            self._done.append(ListBlock(items=tuple(self._items), ordered=self._ordered))
            self._items = []
