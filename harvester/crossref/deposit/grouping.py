"""Which articles go into one file: one DOI prefix, journals and issues together, not too many, not too large."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from harvester import model
from harvester.crossref.deposit.journal import issue_of
from harvester.model import Article


def group(articles: Iterable[Article], *, max_records: int = 1000, max_bytes: int = 10_000_000) -> list[list[Article]]:
    """Splits articles into files. Every article is in exactly one; prefixes and issues keep their first order.

    A DOI is in a file once. An article larger than `max_bytes` gets a file of its own.
    """
    files: list[list[Article]] = []
    for members in _by_doi_prefix(articles):
        files.extend(_split(members, max_records, max_bytes))
    return files


def _by_doi_prefix(articles: Iterable[Article]) -> Iterator[list[Article]]:
    """The articles of each DOI prefix, those of one journal and issue next to each other."""
    prefixes: dict[str, dict[object, list[Article]]] = {}
    for article in articles:
        issues = prefixes.setdefault((article.doi or "").partition("/")[0], {})
        issues.setdefault((article.journal, issue_of(article)), []).append(article)
    for issues in prefixes.values():
        yield [article for members in issues.values() for article in members]


def _split(articles: Sequence[Article], max_records: int, max_bytes: int) -> Iterator[list[Article]]:
    file: list[Article] = []
    dois: set[str] = set()
    size = _HEAD
    for article in articles:
        doi, weight = (article.doi or "").lower(), _largest_size(article)
        if file and (len(file) >= max_records or size + weight > max_bytes or doi in dois):
            yield file
            file, dois, size = [], set(), _HEAD
        file.append(article)
        dois.add(doi)
        size += weight
    if file:
        yield file


_HEAD = 2_000  # bytes: the declarations and the head of a file


def _largest_size(article: Article) -> int:
    """An upper bound, in bytes, for the article in a deposit, from its JSON document without building it.

    Tags are longer than JSON's quotes, `&` becomes `&amp;`, and every element of a formula gets a prefix.
    """
    document = model.to_json(article)
    return len(document) + 25 * document.count(b'"') + 8 * document.count(b"<") + 4 * document.count(b"&") + 1_000
