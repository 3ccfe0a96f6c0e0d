"""Repairs damaged texts of an article if the configuration of its source asks for it (mapping D8)."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import structs

from harvester.formats.blocks import map_texts
from harvester.formats.damage import repair_text
from harvester.model import Abstract, Article, Finding, Keyword, Reading, Reference, Title
from harvester.text import Text, plain

_CODE_OF = {"ligatures": "text-broken-ligature", "mojibake": "encoding-suspect"}


def repair_texts(reading: Reading, kinds: Iterable[str]) -> Reading:
    """The reading with this damage (`ligatures`, `mojibake`) repaired. The finding of a damaged text is replaced."""
    if reading.article is None:
        return reading
    repairs = _Repairs(tuple(kinds))
    article = repairs.article(reading.article)
    codes = {_CODE_OF[kind] for kind in repairs.kinds}
    kept = [finding for finding in reading.findings if finding.code not in codes or finding.path not in repairs.changed]
    return Reading(article, (*kept, *repairs.findings))


class _Repairs:
    """The repairs of one article, and the paths of the changed texts."""

    def __init__(self, kinds: tuple[str, ...]) -> None:
        self.kinds = kinds
        self.changed: set[str] = set()
        self.findings: list[Finding] = []

    def article(self, article: Article) -> Article:
        return structs.replace(
            article,
            titles=tuple(self._title(f"titles[{n}]", title) for n, title in enumerate(article.titles)),
            abstracts=tuple(
                self._abstract(f"abstracts[{n}]", abstract) for n, abstract in enumerate(article.abstracts)
            ),
            keywords=tuple(
                Keyword(self._string(f"keywords[{n}]", keyword.text), keyword.lang)
                for n, keyword in enumerate(article.keywords)
            ),
            references=tuple(
                self._reference(f"references[{n}]", reference) for n, reference in enumerate(article.references)
            ),
        )

    def _title(self, path: str, title: Title) -> Title:
        text = self._text(path, title.text)
        return structs.replace(title, text=text, subtitle=self._text(f"{path}.subtitle", title.subtitle))

    def _abstract(self, path: str, abstract: Abstract) -> Abstract:
        blocks = tuple(map_texts(block, lambda content: self._text(path, content)) for block in abstract.blocks)
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
        repaired, findings = repair_text(path, content, self.kinds)
        if findings:
            self.changed.add(path)
            self.findings += findings
        return repaired
