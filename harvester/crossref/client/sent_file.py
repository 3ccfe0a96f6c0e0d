"""What is in a deposit file, as far as a message about it may name it instead of the DOI."""

from __future__ import annotations

from collections.abc import Iterator

from lxml import etree

from harvester.answers import SentArticle
from harvester.crossref.client.messages import folded
from harvester.xmltools import local, parse

_RELATIONS = ("inter_work_relation", "intra_work_relation")


def articles(data: bytes) -> Iterator[SentArticle]:
    """The articles of a deposit file, in its order."""
    for journal in parse(data, huge=True).iterfind(".//{*}journal"):
        issns = tuple(_texts(journal, "{*}journal_metadata/{*}issn"))
        titles = tuple(_texts(journal, "{*}journal_metadata/{*}full_title"))
        for article in journal.iterfind("{*}journal_article"):
            doi = next(_texts(article, "{*}doi_data/{*}doi"), None)
            if doi:
                orcids, targets = tuple(_texts(article, ".//{*}ORCID")), tuple(_targets(article))
                references = sum(1 for _ in article.iterfind("{*}citation_list/{*}citation"))
                yield SentArticle(
                    doi=doi, orcids=orcids, issns=issns, titles=titles, targets=targets, references=references
                )


def _targets(article: etree._Element) -> Iterator[str]:
    for element in article.iter():
        if local(element) in _RELATIONS and element.get("identifier-type") == "doi" and element.text:
            yield folded(element.text)


def _texts(element: etree._Element, path: str) -> Iterator[str]:
    return (text for found in element.iterfind(path) if (text := folded("".join(map(str, found.itertext())))))
