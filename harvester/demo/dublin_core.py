"""An article as oai_dc, as OJS writes it.

As seen in OJS 3.3 and 3.4: the bare DOI next to the landing page, each ISSN as its own dc:source, the citation once for
each title of the journal, the entities of the abstract escaped twice, the authors once for each language (3.4).
"""

from __future__ import annotations

from collections.abc import Iterator
from html import escape

from harvester.demo.library import Article, Author, Issue, Journal, parts, plain, published, rights_holder

_HEAD = (
    '<oai_dc:dc xmlns:oai_dc="http://www.openarchives.org/OAI/2.0/oai_dc/" '
    'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" '
    'xsi:schemaLocation="http://www.openarchives.org/OAI/2.0/oai_dc/ http://www.openarchives.org/OAI/2.0/oai_dc.xsd">'
)
_PEER_REVIEWED = {
    "en": "Peer-reviewed Article",
    "ru": "Рецензируемая статья",
    "es": "Artículo revisado por pares",
    "de": "Peer-reviewed Article",
    "ar": "مقالة محكّمة",
}
# The labels of volume and number in the locales of OJS.
_LABELS = {
    "en": ("Vol.", "No."),
    "ru": ("Том", "№"),
    "es": ("Vol.", "Núm."),
    "de": ("Bd.", "Nr."),
    "ar": ("مجلد", "عدد"),
}
_ISO_639_2 = {"en": "eng", "ru": "rus", "es": "spa", "de": "ger", "ar": "ara"}


def render(journal: Journal, issue: Issue, article: Article) -> bytes:
    """The <oai_dc:dc> element, UTF-8."""
    lines = [_element(name, value, lang) for name, value, lang in _statements(journal, issue, article)]
    return "\n".join([_HEAD, *lines, "</oai_dc:dc>"]).encode()


def _element(name: str, value: str, lang: str | None) -> str:
    tag = f' xml:lang="{lang}"' if lang else ""
    return f"\t<dc:{name}{tag}>{escape(value)}</dc:{name}>"


Statement = tuple[str, str, str | None]


def _statements(journal: Journal, issue: Issue, article: Article) -> Iterator[Statement]:
    """The elements, as name, value and language, in the order of OJS."""
    yield from _texts(journal, article)
    if journal.publisher:
        yield "publisher", journal.publisher, journal.tag(journal.locales[0])
    if date := published(issue, article):
        yield "date", date, None
    yield from _types(journal)
    yield from _identifiers(journal, article)
    yield from _sources(journal, issue, article)
    yield "language", _ISO_639_2[article.language], None
    if article.galley and article.landing_page:
        yield "relation", f"{journal.landing_page(article)}/{article.galley}", None
    yield from _rights(journal, issue, article)


def _texts(journal: Journal, article: Article) -> Iterator[Statement]:
    for lang, title in article.title.items():
        subtitle = article.subtitle.get(lang)
        yield "title", plain(f"{title}: {subtitle}" if subtitle else title), journal.tag(lang)
    for lang in _author_locales(journal, article):
        for author in article.authors:
            yield "creator", _name(author, lang), None if journal.platform == "ojs33" else lang
    for lang, words in article.keywords.items():
        for word in words:
            yield "subject", plain(word), journal.tag(lang)
    for lang, abstract in article.abstract.items():
        yield "description", _abstract(abstract), journal.tag(lang)


def _author_locales(journal: Journal, article: Article) -> list[str]:
    """The languages in which an author has a name. OJS 3.3 has only the language of the article."""
    languages = {lang for author in article.authors for lang in author.name or author.group}
    locales = [lang for lang in journal.locales if lang in languages]
    return locales if journal.platform == "ojs34" else locales[:1]


def _name(author: Author, lang: str) -> str:
    names = author.name or author.group
    return names.get(lang) or next(iter(names.values()))


def _abstract(abstract: str) -> str:
    lines = [line for part in parts(abstract) for line in (part.title, *part.paragraphs) if line]
    return escape("\n".join(map(plain, lines)), quote=False)


def _types(journal: Journal) -> Iterator[Statement]:
    yield "type", "info:eu-repo/semantics/article", None
    yield "type", "info:eu-repo/semantics/publishedVersion", None
    for lang in journal.locales if journal.peer_reviewed else ():
        yield "type", _PEER_REVIEWED[lang], journal.tag(lang)


def _identifiers(journal: Journal, article: Article) -> Iterator[Statement]:
    if article.landing_page:
        yield "identifier", journal.landing_page(article), None
    for doi in (article.doi, *article.other_dois):
        if doi:
            yield "identifier", doi, None


def _sources(journal: Journal, issue: Issue, article: Article) -> Iterator[Statement]:
    for lang, title in journal.title.items():
        yield "source", citation(title, lang, issue, article), journal.tag(lang)
    for issn in (journal.issn_electronic, journal.issn_print):
        if issn:
            yield "source", issn, None


def citation(title: str, lang: str, issue: Issue, article: Article) -> str:
    """`Journal; Vol. 1 No. 2 (2020): Issue title; 5–18`, without the parts that are missing."""
    volume, number = _LABELS[lang]
    labelled = [
        f"{volume} {issue.volume}" if issue.volume else "",
        f"{number} {issue.number}" if issue.number else "",
        f"({issue.year})" if issue.year else "",
    ]
    identification = " ".join(filter(None, labelled))
    if issue_title := issue.title.get(lang):
        identification = f"{identification}: {issue_title}" if identification else issue_title
    return "; ".join(filter(None, [title, identification, article.pages or article.elocation]))


def _rights(journal: Journal, issue: Issue, article: Article) -> Iterator[Statement]:
    lang = journal.tag(journal.locales[0])
    if holder := rights_holder(journal, issue):
        yield "rights", holder, lang
    if licence := article.licence or journal.licence:
        yield "rights", licence, lang
