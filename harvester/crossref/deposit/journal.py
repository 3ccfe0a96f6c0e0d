"""The journal and the issue that articles are in."""

from __future__ import annotations

from msgspec import Struct
from msgspec.structs import replace

from harvester.crossref.deposit.xml import attributes, element, wrap
from harvester.crossref.versions import Version, language
from harvester.model import Article, Issn, Journal, PubDate
from harvester.text import plain


class Issue(Struct, frozen=True, kw_only=True):
    """One issue, as an article describes it: equal for the articles that belong together.

    The date is only a year, because the days of the articles of an issue differ. It is the year of print publication,
    else the one that the source gives the issue, else that of the article.
    """

    volume: str | None
    number: str | None
    title: str | None
    date: PubDate | None


def issue_of(article: Article) -> Issue | None:
    """The issue that an article is in; `None` if the source names none."""
    if not (article.volume or article.issue or article.issue_title):
        return None
    printed = [date for date in article.dates if date.medium == "print"]
    dated = next(iter([*printed, *article.dates]), None)
    date = PubDate(year=dated.year, medium=dated.medium) if dated else None
    if date and article.issue_year and not printed:
        date = replace(date, year=article.issue_year)
    return Issue(volume=article.volume, number=article.issue, title=article.issue_title, date=date)


def journal_metadata(journal: Journal, version: Version) -> str:
    titles = dict.fromkeys(plain(title.text) for title in journal.titles)
    parts = [
        *(element("full_title", title) for title in titles),
        element("abbrev_title", journal.abbreviation),
        *(_issn(issn) for issn in journal.issns),
    ]
    return wrap("journal_metadata", parts, attributes(language=language(journal.language, version)))


def journal_issue(issue: Issue | None) -> str:
    """Requires a publication date: an issue without one is left out, and its volume too."""
    if issue is None or issue.date is None:
        return ""
    title = element("title", issue.title)
    volume = element("volume", issue.volume)
    parts = [
        f"<titles>{title}</titles>" if title else "",
        publication_date(issue.date),
        f"<journal_volume>{volume}</journal_volume>" if volume else "",
        element("issue", issue.number),
    ]
    return wrap("journal_issue", parts)


def publication_date(date: PubDate) -> str:
    return dated("publication_date", date)


def dated(name: str, date: PubDate) -> str:
    """A date with its medium. If the source does not name it, it is "other", Crossref's word for unspecified: without
    the attribute, the schema assumes print.
    """
    month = f"<month>{date.month:02}</month>" if date.month else ""
    day = f"<day>{date.day:02}</day>" if date.day else ""
    return f'<{name} media_type="{date.medium or "other"}">{month}{day}<year>{date.year:04}</year></{name}>'


def _issn(issn: Issn) -> str:
    """An ISSN has no medium "other". If it is unknown, the attribute is left out, and Crossref assumes print."""
    return element("issn", issn.value, attributes(media_type=issn.medium))
