"""One `<journal_article>`, its parts in the order of the schema."""

from __future__ import annotations

from collections.abc import Sequence

from harvester.crossref.deposit import faces
from harvester.crossref.deposit.citations import citation_list
from harvester.crossref.deposit.contributors import contributors
from harvester.crossref.deposit.journal import dated, publication_date
from harvester.crossref.deposit.programs import programs
from harvester.crossref.deposit.vocabulary import MEDIA_TYPES
from harvester.crossref.deposit.xml import attributes, element, wrap
from harvester.crossref.settings import CrossrefSettings
from harvester.crossref.versions import Version, language
from harvester.model import Abstract, Article, File, Title


def journal_article(article: Article, version: Version, settings: CrossrefSettings) -> str:
    """The article; a value that it lacks is left out."""
    attrs = attributes(publication_type="full_text", language=language(article.language, version))
    parts = [
        *_titles(article, version, settings),
        contributors(article.contributors, version),
        *(_abstract(each) for each in article.abstracts),
        *(publication_date(date) for date in dict.fromkeys(article.dates)),
        dated("acceptance_date", article.accepted) if article.accepted else "",
        _pages(article),
        _publisher_item(article),
        *programs(article, version, settings.crossmark_policy),
        _doi_data(article),
        citation_list(article.references, version),
    ]
    return wrap("journal_article", parts, attrs)


def _titles(article: Article, version: Version, settings: CrossrefSettings) -> list[str]:
    titles = article.titles
    if settings.title_order == "article-language-last":
        titles = tuple(sorted(titles, key=lambda title: title.lang == article.language))
    if original := _original_of(article, titles):
        [translated] = [title for title in titles if title is not original]
        return [f"<titles>{_title(translated)}{_original_title(original, version)}</titles>"]
    return [f"<titles>{_title(title)}</titles>" for title in titles]


def _original_of(article: Article, titles: Sequence[Title]) -> Title | None:
    """The title of the work that this one translates: the other title, if the source says it is a translation."""
    if len(titles) != 2 or not any(relation.kind == "isTranslationOf" for relation in article.relations):
        return None
    others = [title for title in titles if title.lang not in (None, article.language)]
    return others[0] if len(others) == 1 and article.language else None


def _title(title: Title) -> str:
    return f"<title>{faces.crossref(title.text)}</title>{_subtitle(title)}"


def _original_title(title: Title, version: Version) -> str:
    attrs = attributes(language=language(title.lang, version))
    name = "original_language_title"
    return f"<{name}{attrs}>{faces.crossref(title.text)}</{name}>{_subtitle(title)}"


def _subtitle(title: Title) -> str:
    return f"<subtitle>{faces.crossref(title.subtitle)}</subtitle>" if title.subtitle else ""


def _abstract(abstract: Abstract) -> str:
    return wrap("jats:abstract", faces.blocks(abstract.blocks), attributes(**{"xml:lang": abstract.lang}))


def _pages(article: Article) -> str:
    """The schema allows no last page without a first page."""
    if article.first_page is None:
        return ""
    last, other = element("last_page", article.last_page), element("other_pages", article.other_pages)
    return f"<pages>{element('first_page', article.first_page)}{last}{other}</pages>"


def _publisher_item(article: Article) -> str:
    number = element("item_number", article.elocation_id, ' item_number_type="article_number"')
    others = "".join(element("identifier", each, ' id_type="other"') for each in article.identifiers)
    return f"<publisher_item>{number}{others}</publisher_item>" if number or others else ""


def _doi_data(article: Article) -> str:
    parts = [
        element("doi", article.doi),
        element("resource", article.landing_page),
        _similarity_check(article.files),
        _text_mining(article.files),
    ]
    return wrap("doi_data", parts)


def _similarity_check(files: Sequence[File]) -> str:
    """The one file that Similarity Check reads: the PDF if there is one."""
    ranked = sorted(files, key=lambda file: file.mime != "application/pdf")
    if not ranked:
        return ""
    item = f'<item crawler="iParadigms">{element("resource", ranked[0].url)}</item>'
    return f'<collection property="crawler-based">{item}</collection>'


def _text_mining(files: Sequence[File]) -> str:
    items = "".join(f"<item>{_full_text(file)}</item>" for file in files)
    return f'<collection property="text-mining">{items}</collection>' if items else ""


def _full_text(file: File) -> str:
    return element("resource", file.url, attributes(mime_type=file.mime if file.mime in MEDIA_TYPES else None))
