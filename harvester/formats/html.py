"""HTML in metadata to `Text` and blocks (mapping D8).

OJS escapes the HTML of its fields once, some feeds do it twice, and others send plain text with a `<` in it. So a tag
counts only where it is one of HTML's (or JATS's inline ones), and everything else stays as it reads. Faces are kept,
other tags go and leave their text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from html.entities import html5

from lxml import etree
from msgspec import Struct

from harvester.formats.mathml import mathml
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
_STYLED = frozenset(("span", "font"))  # by their style attribute
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
_BREAKS = frozenset(_BLOCK_TAGS.split())
_BLANKS = frozenset(("td", "th"))
_SKIPPED = frozenset(("script", "style"))
_KNOWN = frozenset(_STYLES) | _BREAKS | _BLANKS | _SKIPPED | frozenset(_OTHER_TAGS.split())
_STYLE_ATTRIBUTES: tuple[tuple[re.Pattern[str], Style], ...] = (
    (re.compile(r"font-style\s*:\s*(?:italic|oblique)", re.IGNORECASE), "italic"),
    (re.compile(r"font-weight\s*:\s*(?:bold|[6-9]00)", re.IGNORECASE), "bold"),
    (re.compile(r"font-variant\s*:\s*small-caps", re.IGNORECASE), "sc"),
    (re.compile(r"vertical-align\s*:\s*super", re.IGNORECASE), "sup"),
    (re.compile(r"vertical-align\s*:\s*sub\b", re.IGNORECASE), "sub"),
)

# One tag up to the next angle bracket, so that each character is looked at once; a `>` may stand in quotes.
_TAG = re.compile(r"""<(/?)([A-Za-z][A-Za-z0-9:._-]*)((?:[^<>"']|"[^"<]*"|'[^'<]*')*)>|<[!?][^<>]*>""")
_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")
_ESCAPED_TAG = re.compile(
    rf"&lt;/?(?:{'|'.join(sorted(map(re.escape, _KNOWN)))})(?:\s[^<>]{{0,500}}?)?/?&gt;", re.IGNORECASE
)
# `&amp;nbsp;` has been escaped twice; `&amp;lt;` may be meant.
_ESCAPED_NAME = re.compile(r"&amp;((?!(?:lt|gt|amp|quot|apos);)[A-Za-z][A-Za-z0-9]{1,31};)")
_EMPTY_LINE = re.compile(r"\n[ \t\r]*\n\s*")


def inline_from_html(raw: str) -> Text:
    """The text of a field in one line, faces kept. Takes any string: what is no markup stays as it reads.

    >>> inline_from_html("<i>E. coli</i> at p &lt; 0.05")
    (Span(style='italic', inline=('E. coli',)), ' at p < 0.05')
    """
    if "<" not in raw and "&" not in raw:
        return (folded,) if (folded := fold(raw)) else ()
    run = _Run()
    for token in _tokens(raw):
        if isinstance(token, _Tag) and (token.name in _BREAKS or token.name in _BLANKS):
            run.add(" ")
        else:
            run.take(token)
    return text(run.end())


def blocks_from_html(raw: str) -> tuple[Block, ...]:
    """The paragraphs and lists of a field; plain text is cut into paragraphs at its empty lines."""
    if "<" not in raw and "&" not in raw:
        return _paragraphs(raw)
    builder = _Blocks()
    for token in _tokens(raw):
        builder.take(token)
    return builder.end() if builder.broken or not _EMPTY_LINE.search(raw) else _paragraphs(raw)


def _paragraphs(raw: str) -> tuple[Block, ...]:
    paragraphs = map(inline_from_html, _EMPTY_LINE.split(raw))
    return tuple(Paragraph(paragraph) for paragraph in paragraphs if paragraph)


# ---------------------------------------------------------------------------------------------- tokens


class _Tag(Struct, frozen=True):
    name: str
    closes: bool
    attributes: str
    written: str
    after_word: bool  # `a<b>c` is perhaps no markup


def _tokens(raw: str) -> Iterator[str | Math | _Tag]:
    """Text with its entities resolved once, tags that count, formulas."""
    source = _source(raw)
    ends = _Ends(source)
    at = 0
    while match := _TAG.search(source, at):
        if match.start() > at:
            yield _resolve(source[at : match.start()])
        at = match.end()
        if tag := _tag(match):
            if not tag.closes and tag.name in _SKIPPED:
                at = ends.after(f"</{tag.name}>", at) or at
            elif tag.name == "math" and not tag.closes and (formula := _formula(source, match, ends)):
                at = formula[1]
                yield formula[0]
            else:
                yield tag
        elif match[2]:
            yield _resolve(match[0])
        elif match[0].startswith("<!--"):
            at = ends.after("-->", match.start()) or at
    if at < len(source):
        yield _resolve(source[at:])


def _source(raw: str) -> str:
    """The markup itself: unescaped once more where there are only escaped tags or entities."""
    if "&lt;" in raw or "&amp;" in raw:
        escaped = _ESCAPED_TAG.search(raw) or any(name in html5 for name in _ESCAPED_NAME.findall(raw))
        if escaped and not _has_tags(raw):
            raw = _resolve(raw)
    if "<![CDATA[" in raw:
        raw = raw.replace("<![CDATA[", "").replace("]]>", "")
    return raw


def _has_tags(raw: str) -> bool:
    return any(_tag(match) for match in _TAG.finditer(raw))


def _resolve(source: str) -> str:
    """Resolves entities that end in a semicolon, once: `?a=1&section=2` has none."""
    return _ENTITY.sub(_character, source) if "&" in source else source


def _character(match: re.Match[str]) -> str:
    return unescape(match[0])


def _tag(match: re.Match[str]) -> _Tag | None:
    """The tag, if it is one of HTML's, JATS's or a word processor's; `None` for `<http://…>`, comments and the like."""
    if not match[2]:
        return None
    prefix, _, name = match[2].lower().rpartition(":")
    if not name or match[3][:1].strip(" \t\r\n/"):
        return None  # `<http://…>`, `<mailto:…>`
    attributes = match[3].strip().rstrip("/")
    if "=" not in attributes and ((len(name) == 1 and attributes) or (name not in _KNOWN and not prefix)):
        return None  # `a<b and c>d`
    before = match.string[match.start() - 1 : match.start()]
    return _Tag(name, bool(match[1]), attributes, match[0], before.isalnum())


class _Ends:
    """Finds what ends a comment or a script; looks once at what is missing, however often it is asked for."""

    def __init__(self, source: str) -> None:
        self._source = source.lower()
        self._last: dict[str, int] = {}

    def after(self, end: str, start: int) -> int | None:
        if end not in self._last:
            self._last[end] = self._source.rfind(end)
        if self._last[end] < start:
            return None
        return self._source.index(end, start) + len(end)

    def own(self, name: str, start: int) -> int | None:
        """Where the element ends, unless another of that name begins before."""
        name = name.lower()
        following = self._source.find(f"<{name}", start)
        at = self._source.find(f"</{name}>", start, following if following >= 0 else None)
        return at + len(name) + 3 if at >= 0 else None


def _formula(source: str, opening: re.Match[str], ends: _Ends) -> tuple[Math, int] | None:
    """The formula that begins here and where it ends; `None` where its MathML is not well-formed."""
    end = ends.own(opening[2], opening.end())
    if end is None:
        return None
    fragment = _ENTITY.sub(_character_in_xml, source[opening.start() : end])
    prefix = opening[2].rpartition(":")[0]
    if prefix and f"xmlns:{prefix}" not in opening[0]:
        fragment = fragment.replace(f"<{opening[2]}", f'<{opening[2]} xmlns:{prefix}="{MATHML}"', 1)
    try:
        element = parse(fragment.encode("utf-8", "replace"))
    except (etree.XMLSyntaxError, UnsafeXml):
        return None
    return (Math(mathml(element)), end) if len(element) or element.text else None


def _character_in_xml(match: re.Match[str]) -> str:
    return match[0] if match[0] in ("&lt;", "&gt;", "&amp;", "&quot;", "&apos;") else unescape(match[0])


# ----------------------------------------------------------------------------------------------- faces


_DEEPEST = 50  # tags open at once; those inside are dropped and their text stays


class _Frame:
    """A face under construction: its style, the tag that began it, and what is inside so far."""

    __slots__ = ("parts", "style", "tag")

    def __init__(self, style: Style, tag: _Tag | None) -> None:
        self.style: Style = style
        self.tag = tag  # None: opened again after its neighbour closed
        self.parts: list[Inline] = []


class _Run:
    """A run of text under construction. Nesting is as deep as there are styles, whatever the source does."""

    def __init__(self) -> None:
        self._parts: list[Inline] = []
        self._open: list[tuple[str, _Frame | None]] = []  # no frame: the tag changes nothing but must find its end
        self._faces: list[_Frame] = []

    def add(self, part: Inline) -> None:
        (self._faces[-1].parts if self._faces else self._parts).append(part)

    def take(self, token: str | Math | _Tag) -> None:
        if not isinstance(token, _Tag):
            self.add(token)
        elif token.closes:
            self._close(token.name)
        elif len(self._open) < _DEEPEST and (token.name in _STYLES or token.name in _STYLED):
            style = _style(token)
            is_new = style and all(face.style != style for face in self._faces)
            self._push(token.name, _Frame(style, token) if style and is_new else None)

    def end(self) -> list[Inline]:
        """Everything up to here; tags that nobody closed are dropped, or stay where they may be no tags at all."""
        while self._open:
            self._pop(closed=False)
        parts, self._parts = self._parts, []
        return parts

    def cut(self) -> list[Inline]:
        """Everything up to here; what is open goes on behind the cut."""
        again = self._pop_until(0)
        parts, self._parts = self._parts, []
        self._reopen(again)
        return parts

    def _close(self, name: str) -> None:
        """Closes the innermost tag of that name; those opened inside it go on behind it."""
        at = next((place for place in reversed(range(len(self._open))) if self._open[place][0] == name), None)
        if at is not None:
            again = self._pop_until(at + 1)
            self._pop(closed=True)
            self._reopen(again)

    def _pop_until(self, depth: int) -> list[tuple[str, _Frame | None]]:
        """Closes tags down to that depth; gives them, outermost first."""
        inner = self._open[depth:]
        while len(self._open) > depth:
            self._pop(closed=True)
        return inner

    def _reopen(self, tags: list[tuple[str, _Frame | None]]) -> None:
        for name, frame in tags:
            self._push(name, _Frame(frame.style, None) if frame else None)

    def _push(self, name: str, frame: _Frame | None) -> None:
        self._open.append((name, frame))
        if frame:
            self._faces.append(frame)

    def _pop(self, *, closed: bool) -> None:
        _, frame = self._open.pop()
        if not frame:
            return
        self._faces.pop()
        if closed and frame.parts:
            self.add(Span(frame.style, tuple(frame.parts)))
        elif not closed:
            if frame.tag and _may_be_text(frame.tag):
                self.add(frame.tag.written)
            for part in frame.parts:
                self.add(part)


def _style(tag: _Tag) -> Style | None:
    if style := _STYLES.get(tag.name):
        return style
    if "style" in tag.attributes:
        return next((style for pattern, style in _STYLE_ATTRIBUTES if pattern.search(tag.attributes)), None)
    return None


def _may_be_text(tag: _Tag) -> bool:
    """`x<b>y` without an end is more likely a comparison than bold text."""
    return len(tag.name) == 1 and not tag.attributes and tag.after_word


# ---------------------------------------------------------------------------------------------- blocks


class _Blocks:
    """Paragraphs and lists under construction; a list inside a list goes on with the outer one's items."""

    def __init__(self) -> None:
        self.broken = False  # whether any tag has cut the text into blocks
        self._run = _Run()
        self._done: list[Block] = []
        self._items: list[Text] = []
        self._ordered = False
        self._depth = 0  # of lists

    def take(self, token: str | Math | _Tag) -> None:
        if not isinstance(token, _Tag) or token.name not in _BREAKS:
            self._run.take(" " if isinstance(token, _Tag) and token.name in _BLANKS else token)
            return
        self.broken = True
        if token.name in _LISTS:
            self._list(token)
        elif token.name == "li" or not self._depth:
            self._cut(self._run.cut())
        else:
            self._run.add(" ")

    def end(self) -> tuple[Block, ...]:
        self._cut(self._run.end())
        self._end_list()
        return tuple(self._done)

    def _list(self, token: _Tag) -> None:
        self._cut(self._run.cut())
        if not token.closes:
            self._ordered = self._ordered if self._depth else _LISTS[token.name]
            self._depth += 1
        elif self._depth:
            self._depth -= 1
            if not self._depth:
                self._end_list()

    def _cut(self, parts: list[Inline]) -> None:
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
