"""One article from the formats of its record and the configured facts about its journal (mapping J11).

The best format gives the article. `completion` fills in what it lacks from the other formats. Contradictions between
formats are reported. The configuration then fills what is still missing. `provenance` has the origin of every value
that is filled in here.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence

from msgspec.structs import replace

from harvester import journals, patterns
from harvester.addresses import why_closed
from harvester.findings import is_blocking
from harvester.mapping.comparing import agree_on_doi, letters, same_number, title_wordings
from harvester.mapping.completion import completed
from harvester.mapping.unknown_journal import issn_findings
from harvester.model import Article, Finding, Hints, Issn, Journal, JournalFacts, LangText, Reading
from harvester.text import plain

# The rules report these about the finished article. A reader's finding would be a repetition, or no longer true.
CODES_OF_THE_RULES = frozenset(
    {"doi-missing", "url-missing", "title-missing", "journal-title-missing", "issn-missing", "issn-media-unknown"}
    | {"date-missing", "name-all-caps", "name-digits", "reference-key-duplicate"}
)


def assemble(readings: Mapping[str, Reading], hints: Hints, sets: Sequence[str] = ()) -> Reading:
    """The article of one OAI identifier, from its readings by format and its sets. The best format is first."""
    articles = {name: reading.article for name, reading in readings.items() if reading.article is not None}
    if not articles:
        return Reading(None, _distinct(finding for reading in readings.values() for finding in reading.findings))
    best, *others = articles
    article = articles[best]
    findings = [*_report_unread(readings, best), *readings[best].findings]
    for other in others:
        findings += _disagreements(articles[best], articles[other], best, other)
        article, findings = completed(article, findings, readings[other], other)
    article, left_out = _without_closed_files(article)
    found = journals.find(article.journal, sets, hints)
    finished = with_journal_facts(article, hints.journals, found.issn)
    kept = [*left_out, *(finding for finding in findings if not _is_obsolete(finding, finished, article))]
    kept += _report_lacking(finished, articles, {finding.path for finding in kept if is_blocking(finding)})
    explained = {finding.path for finding in kept if finding.code == "format-lacks"}
    unknown = (one for one in issn_findings(finished, found, sets, hints) if one.path not in explained)
    return Reading(finished, _distinct([*kept, *unknown]))


def _distinct(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    distinct: list[Finding] = []
    for finding in findings:
        if finding not in distinct:
            distinct.append(finding)
    return tuple(distinct)


def _is_obsolete(finding: Finding, finished: Article, before: Article) -> bool:
    if finding.code == "url-ambiguous":  # the configuration has decided
        return before.landing_page is None and finished.landing_page is not None
    return finding.code in CODES_OF_THE_RULES


# ------------------------------------------------------------------------------------------------ formats


def _report_unread(readings: Mapping[str, Reading], best: str) -> Iterator[Finding]:
    """Reports the better formats without an article. Their findings hold nothing back: another format is complete."""
    for name, reading in readings.items():
        if name == best:
            return
        why = ", ".join(dict.fromkeys(finding.code for finding in reading.findings)) or "no article in it"
        yield Finding("format-unread", "", name, {"used": best, "why": why})


def _without_closed_files(article: Article) -> tuple[Article, list[Finding]]:
    """The article without the files that not everybody can download, with a finding for each of them."""
    problems = {file.url: why_closed(file.url) for file in article.files}
    closed = {url: problem for url, problem in problems.items() if problem}
    findings = [Finding("file-left-out", "files", url, {"problem": problem}) for url, problem in closed.items()]
    kept = tuple(file for file in article.files if file.url not in closed)
    return (replace(article, files=kept) if closed else article), findings


def _report_lacking(article: Article, articles: Mapping[str, Article], explained: Collection[str]) -> Iterator[Finding]:
    """Reports each required value that the article lacks although another format has it.

    These fields identify the article, so they are not filled in. Without this, the journal would be asked to enter a
    value that it has entered already. For the paths in `explained`, the reader has given another reason.
    """
    best, *others = articles
    for path, (field, value_of) in _REQUIRED.items():
        if path in explained or value_of(article):
            continue
        other = next((name for name in others if value_of(articles[name])), None)
        if other is not None:
            value = value_of(articles[other])
            yield Finding("format-lacks", path, value, {"field": field, "format": best, "other_format": other})


# By the path of its finding, the name of each required field, and its value in words; empty if there is none.
_REQUIRED: Mapping[str, tuple[str, Callable[[Article], str]]] = {
    "doi": ("DOI", lambda article: article.doi or ""),
    "titles": ("title", lambda article: plain(article.titles[0].text) if article.titles else ""),
    "dates": ("publication date", lambda article: ", ".join(str(date.year) for date in article.dates)),
    "journal.titles": ("journal title", lambda article: ", ".join(plain(t.text) for t in article.journal.titles)),
    "journal.issns": ("ISSN", lambda article: ", ".join(issn.value for issn in article.journal.issns)),
}


def _disagreements(article: Article, other: Article, name: str, other_name: str) -> Iterator[Finding]:
    """Reports a DOI, title, year or volume that both formats have and that differs."""
    formats = {"format": name, "other_format": other_name}
    if article.doi and other.doi and not agree_on_doi(article, other):
        yield Finding("formats-disagree-doi", "doi", article.doi, {**formats, "other": other.doi})
    for field, path, value, second in _differences(article, other):
        yield Finding("formats-disagree", path, value, {**formats, "field": field, "other": second})


def _differences(article: Article, other: Article) -> Iterator[tuple[str, str, str, str]]:
    """The field, path and both values of each difference."""
    ours, theirs = title_wordings(article.titles), title_wordings(other.titles)
    if ours and theirs and not ours.keys() & theirs.keys():
        yield "title", "titles[0]", next(iter(ours.values())), next(iter(theirs.values()))
    our_years, their_years = ({date.year for date in side.dates} for side in (article, other))
    if our_years and their_years and not our_years & their_years:
        yield "year", "dates[0]", str(article.dates[0].year), str(other.dates[0].year)
    if article.volume and other.volume and letters(article.volume) != letters(other.volume):
        yield "volume", "volume", article.volume, other.volume
    if article.issue and other.issue and not same_number(article.issue, other.issue):
        yield "issue", "issue", article.issue, other.issue


# ------------------------------------------------------------------------------------------ configuration


def with_journal_facts(article: Article, configured: Mapping[str, JournalFacts], key: str | None) -> Article:
    """The article with missing values filled in from its journal's table, which has the ISSN `key`."""
    if key is None:
        return article
    facts = configured[key]
    language = article.language or facts.language
    filled = replace(article, journal=_completed_journal(article.journal, facts, key), language=language)
    filled = replace(filled, landing_page=_landing_page(filled, facts))
    table = f'journals."{key}"'
    origins = {path: f"{table}.{setting}" if setting else table for path, setting in _changes(article, filled)}
    return replace(filled, provenance={**article.provenance, **origins}) if origins else article


def _landing_page(article: Article, facts: JournalFacts) -> str | None:
    """The landing page of the record, or by the journal's pattern if the record has none that readers can open."""
    page = article.landing_page
    is_open = page is not None and why_closed(page) is None
    return page if is_open else patterns.landing_page(article, facts) or page


def _completed_journal(journal: Journal, facts: JournalFacts, key: str) -> Journal:
    """The journal with missing values filled in. The registered title is first, in any language of the article."""
    titles = [title for title in journal.titles if plain(title.text) == facts.title]
    if facts.title and not titles:
        titles = [LangText((facts.title,))] if _is_known_by_other_titles(journal, facts) else []
    titles += [title for title in journal.titles if not facts.title or plain(title.text) not in facts.other_titles]
    return Journal(
        titles=tuple(dict.fromkeys(titles)),
        abbreviation=journal.abbreviation or facts.abbreviation,
        issns=_completed_issns(journal.issns, facts, key),
        publisher=journal.publisher or facts.publisher,
        language=journal.language or facts.language,
    )


def _is_known_by_other_titles(journal: Journal, facts: JournalFacts) -> bool:
    """Whether the record names the journal by none of its titles, or by one that is not registered."""
    return not journal.titles or any(plain(title.text) in facts.other_titles for title in journal.titles)


def _completed_issns(issns: tuple[Issn, ...], facts: JournalFacts, key: str) -> tuple[Issn, ...]:
    """The journal's ISSNs with their media, and the configured one of a medium that the record has no ISSN of."""
    known = [_with_medium(issn, facts) for issn in issns]
    configured = (Issn(facts.issn_print or "", "print"), Issn(facts.issn_electronic or "", "electronic"))
    for new in configured:
        if new.value and all(issn.value != new.value and issn.medium != new.medium for issn in known):
            known.append(new)
    return tuple(known) or (Issn(key),)


def _with_medium(issn: Issn, facts: JournalFacts) -> Issn:
    """The ISSN with its configured medium. A Dublin Core record rarely gives the medium (mapping D4)."""
    if issn.medium is None and issn.value == facts.issn_print:
        return Issn(issn.value, "print")
    if issn.medium is None and issn.value == facts.issn_electronic:
        return Issn(issn.value, "electronic")
    return issn


def _changes(before: Article, after: Article) -> Iterator[tuple[str, str]]:
    """The path of each value that the configuration filled in, and its setting: "" for the name of the table."""
    for field in ("language", "landing_page"):
        if getattr(before, field) != getattr(after, field):
            yield field, field
    for field, path, setting in _JOURNAL_SETTINGS:
        if getattr(after.journal, field) and not getattr(before.journal, field):
            yield path, setting
    had = len(before.journal.issns)
    for number, issn in enumerate(after.journal.issns):
        if number >= had:
            yield f"journal.issns[{number}]", f"issn_{issn.medium}" if issn.medium else ""
        elif number < had and issn != before.journal.issns[number]:
            yield f"journal.issns[{number}].medium", f"issn_{issn.medium}"


# A field of the journal, its path in findings, and the setting that can fill it.
_JOURNAL_SETTINGS = (
    ("titles", "journal.titles[0]", "title"),
    ("abbreviation", "journal.abbreviation", "abbreviation"),
    ("publisher", "journal.publisher", "publisher"),
    ("language", "journal.language", "language"),
)
