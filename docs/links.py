"""The links of Markdown pages: which of them lead nowhere.

A link inside the project must lead to a file, and its anchor to a heading of that page. Other addresses are not looked
at. Anchors are those that forges give to headings; mkdocs.yml makes the site use the same.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

_FENCE = re.compile(r"^( *)(`{3,}|~{3,}).*?^ *\2[`~]*$", re.MULTILINE | re.DOTALL)
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
_CODE = re.compile(r"(`+)(?!`)(.*?)(?<!`)\1(?!`)", re.DOTALL)
_HEADING = re.compile(r"^#{1,6} +(.+?)(?: +#+)?$", re.MULTILINE)
_INLINE = re.compile(r"\]\(\s*(?:<([^>\n]*)>|([^\s()]*(?:\([^\s()]*\)[^\s()]*)*))(?:\s+[\"'][^)]*)?\)")
_REFERENCE = re.compile(r"^ {0,3}\[[^\]\n]+\]: +<?([^\s>]+)>?", re.MULTILINE)
_HTML = re.compile(r"""<(?:a|img)\b[^>]*?\b(?:href|src)=["']([^"']*)["']""")
_NAMED = re.compile(r"""<[a-z][^>]*?\b(?:id|name)=["']([^"']+)["']""")
_LINK_TEXT = re.compile(r"!?\[([^\]]*)\]\([^)]*\)")
_ELSEWHERE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:|//")  # an address with a scheme or a host


def broken(page: Path, root: Path) -> Iterator[str]:
    """Each link of the page that leads nowhere, or out of `root`, as it is written."""
    links = targets(page.read_text(encoding="utf-8"))
    yield from (link for link in links if not _leads_somewhere(link, page, root))


def _leads_somewhere(link: str, page: Path, root: Path) -> bool:
    path, _, anchor = link.partition("#")
    other = (page.parent / path).resolve() if path else page.resolve()
    if path.startswith("/") or not other.is_relative_to(root.resolve()) or not other.exists():
        return False
    return not anchor or (other.suffix == ".md" and anchor in anchors(other.read_text(encoding="utf-8")))


def targets(text: str) -> Iterator[str]:
    """Where the links and pictures of a page lead, as written, without those to other sites."""
    prose = _CODE.sub("", _without_blocks(text))
    found = [first or second for first, second in _INLINE.findall(prose)]
    for link in (*found, *_REFERENCE.findall(prose), *_HTML.findall(prose)):
        if not _ELSEWHERE.match(link):
            yield link


def anchors(text: str) -> set[str]:
    """The anchors of a page: of its headings, numbered where several are the same, and of elements with an id."""
    text = _without_blocks(text)
    seen: Counter[str] = Counter()
    found = set(_NAMED.findall(_CODE.sub("", text)))
    for heading in _HEADING.findall(text):
        anchor = slug(heading)
        found.add(f"{anchor}-{seen[anchor]}" if seen[anchor] else anchor)
        seen[anchor] += 1
    return found


def slug(heading: str) -> str:
    """The anchor of a heading: its words in lower case, joined by hyphens."""
    words = re.sub(r"\\(?=\W)", "", _LINK_TEXT.sub(r"\1", heading)).strip().lower()
    return re.sub(r"[^\w -]", "", words).replace(" ", "-")


def _without_blocks(text: str) -> str:
    return _FENCE.sub("", _COMMENT.sub("", text))
