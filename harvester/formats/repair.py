"""Repairs damaged texts of an article, where the configuration of its source asks for it (mapping D8)."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import structs

from harvester.formats.blocks import each_text
from harvester.formats.damage import mended
from harvester.model import Abstract, Article, Finding, Keyword, Reading, Reference, Title
from harvester.text import Text, plain

_REPORTED_AS = {"ligatures": "text-broken-ligature", "mojibake": "encoding-suspect"}


def repaired(reading: Reading, kinds: Iterable[str]) -> Reading:
    """The reading with that damage (`ligatures`, `mojibake`) repaired, and said instead of reported."""
    if reading.article is None:
        return reading
    work = _Repairs(tuple(kinds))
    article = work.article(reading.article)
    codes = {_REPORTED_AS[kind] for kind in work.kinds}
    kept = [each for each in reading.findings if each.code not in codes or each.path not in work.changed]
    return Reading(article, (*kept, *work.findings))


class _Repairs:
    """The repairs of one article: what was changed, by path."""

    def __init__(self, kinds: tuple[str, ...]) -> None:
        self.kinds = kinds
        self.changed: set[str] = set()
        self.findings: list[Finding] = []

    def article(self, article: Article) -> Article:
        return structs.replace(
            article,
            titles=tuple(self._title(f"titles[{n}]", each) for n, each in enumerate(article.titles)),
            abstracts=tuple(self._abstract(f"abstracts[{n}]", each) for n, each in enumerate(article.abstracts)),
            keywords=tuple(
                Keyword(self._string(f"keywords[{n}]", each.text), each.lang) for n, each in enumerate(article.keywords)
            ),
            references=tuple(self._reference(f"references[{n}]", each) for n, each in enumerate(article.references)),
        )

    def _title(self, path: str, title: Title) -> Title:
        return structs.replace(title, text=self._text(path, title.text), subtitle=self._text(path, title.subtitle))

    def _abstract(self, path: str, abstract: Abstract) -> Abstract:
        blocks = tuple(each_text(block, lambda content: self._text(path, content)) for block in abstract.blocks)
        return structs.replace(abstract, blocks=blocks)

    def _reference(self, path: str, reference: Reference) -> Reference:
        return (
            structs.replace(reference, text=self._string(f"{path}.text", reference.text))
            if reference.text
            else reference
        )

    def _string(self, path: str, content: str) -> str:
        return plain(self._text(path, (content,)))

    def _text(self, path: str, content: Text) -> Text:
        better, findings = mended(path, content, self.kinds)
        if findings:
            self.changed.add(path)
            self.findings += findings
        return better
