"""One article from the formats of its record and the configured facts about its journal (mapping J11).

The best format gives the whole article. Only a closed list of fields is filled in from the other formats, and only if
the best format lacks them. Contradictions between formats are reported. The configuration then fills what is still
missing. `provenance` has the origin of every value that is filled in here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from msgspec.structs import replace

from harvester import patterns
from harvester.identifiers import fold_doi
from harvester.model import Article, Finding, Hints, Issn, Journal, JournalFacts, LangText, Reading, Title
from harvester.text import Math, plain

# The fields that may be filled in from a second format.
FILLED_FIELDS = ("landing_page", "licenses", "keywords", "language")

# The rules report these about the finished article. A reader's finding would be a repetition, or no longer true.
CODES_OF_THE_RULES = frozenset(
    {"doi-missing", "url-missing", "title-missing", "journal-title-missing", "issn-missing", "issn-media-unknown"}
    | {"date-missing", "name-all-caps", "name-digits", "reference-key-duplicate"}
)


def assemble(readings: Mapping[str, Reading], hints: Hints) -> Reading:
    """The article of one OAI identifier, from its readings by format. The best format is first."""
    articles = {name: reading.article for name, reading in readings.items() if reading.article is not None}
    if not articles:
        return Reading(None, _distinct(finding for reading in readings.values() for finding in reading.findings))
    best, *others = articles
    article = articles[best]
    findings = [*_report_unread(readings, best), *readings[best].findings]
    for other in others:
        findings += _disagreements(articles[best], articles[other], best, other)
        article, adopted = _completed(article, readings[other], articles[other], other)
        findings += adopted
    finished = with_journal_facts(article, hints.journals)
    return Reading(finished, _distinct(finding for finding in findings if not _is_obsolete(finding, finished, article)))


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


def _completed(article: Article, reading: Reading, other: Article, name: str) -> tuple[Article, list[Finding]]:
    """The article with missing fields filled in from another format, and that format's findings about these fields."""
    missing = [field for field in FILLED_FIELDS if not getattr(article, field) and getattr(other, field)]
    if not missing:
        return article, []
    values: dict[str, Any] = {field: getattr(other, field) for field in missing}
    origins = {field: _origin(field, other, name) for field in missing}
    findings = [finding for finding in reading.findings if _field_of(finding.path) in missing]
    return replace(article, **values, provenance={**article.provenance, **origins}), findings


def _origin(field: str, other: Article, name: str) -> str:
    places = dict.fromkeys(place for path, place in other.provenance.items() if _field_of(path) == field)
    return f"{name}: {', '.join(places)}" if places else name


def _field_of(path: str) -> str:
    return path.partition("[")[0].partition(".")[0]


def _disagreements(article: Article, other: Article, name: str, other_name: str) -> Iterator[Finding]:
    """Reports a DOI, title, year or volume that both formats have and that differs."""
    formats = {"format": name, "other_format": other_name}
    if article.doi and other.doi and fold_doi(article.doi) != fold_doi(other.doi):
        yield Finding("formats-disagree-doi", "doi", article.doi, {**formats, "other": other.doi})
    for field, path, value, second in _differences(article, other):
        yield Finding("formats-disagree", path, value, {**formats, "field": field, "other": second})


def _differences(article: Article, other: Article) -> Iterator[tuple[str, str, str, str]]:
    """The field, path and both values of each difference."""
    ours, theirs = _titles(article), _titles(other)
    if ours and theirs and not ours.keys() & theirs.keys():
        yield "title", "titles[0]", next(iter(ours.values())), next(iter(theirs.values()))
    our_years, their_years = ({date.year for date in side.dates} for side in (article, other))
    if our_years and their_years and not our_years & their_years:
        yield "year", "dates[0]", str(article.dates[0].year), str(other.dates[0].year)
    if article.volume and other.volume and _compact(article.volume) != _compact(other.volume):
        yield "volume", "volume", article.volume, other.volume


def _titles(article: Article) -> dict[str, str]:
    """The titles, with and without subtitle, by their letters and digits; none if one contains a formula.

    Dublin Core has title and subtitle in one element, and writes formulas differently.
    """
    if any(isinstance(part, Math) for title in article.titles for part in (*title.text, *title.subtitle)):
        return {}
    return {_compact(form): form for title in article.titles for form in _wordings(title) if _compact(form)}


def _wordings(title: Title) -> Iterator[str]:
    yield plain(title.text)
    if title.subtitle:
        yield f"{plain(title.text)}: {plain(title.subtitle)}"


def _compact(value: str) -> str:
    return "".join(filter(str.isalnum, value.casefold()))


# ------------------------------------------------------------------------------------------ configuration


def with_journal_facts(article: Article, journals: Mapping[str, JournalFacts]) -> Article:
    """The article with missing values filled in from the configuration of its journal."""
    key = next((issn.value for issn in article.journal.issns if issn.value in journals), None)
    if key is None:
        return article
    facts = journals[key]
    language = article.language or facts.language
    filled = replace(article, journal=_completed_journal(article.journal, facts), language=language)
    filled = replace(filled, landing_page=filled.landing_page or patterns.landing_page(filled, facts))
    origins = {path: f'journals."{key}".{setting}' for path, setting in _changes(article, filled)}
    return replace(filled, provenance={**article.provenance, **origins}) if origins else article


def _completed_journal(journal: Journal, facts: JournalFacts) -> Journal:
    """The journal with missing values filled in. The registered title is first, in any language of the article."""
    registered = [title for title in journal.titles if plain(title.text) == facts.title]
    titles = tuple(dict.fromkeys([*registered, *journal.titles]))
    return Journal(
        titles=titles or ((LangText((facts.title,)),) if facts.title else ()),
        abbreviation=journal.abbreviation or facts.abbreviation,
        issns=tuple(_with_medium(issn, facts) for issn in journal.issns),
        publisher=journal.publisher or facts.publisher,
        language=journal.language or facts.language,
    )


def _with_medium(issn: Issn, facts: JournalFacts) -> Issn:
    """The ISSN with its configured medium. A Dublin Core record rarely gives the medium (mapping D4)."""
    if issn.medium is None and issn.value == facts.issn_print:
        return Issn(issn.value, "print")
    if issn.medium is None and issn.value == facts.issn_electronic:
        return Issn(issn.value, "electronic")
    return issn


def _changes(before: Article, after: Article) -> Iterator[tuple[str, str]]:
    """The path of each value that the configuration filled in, and the setting it came from."""
    for field in ("language", "landing_page"):
        if getattr(before, field) != getattr(after, field):
            yield field, field
    for field, path, setting in _JOURNAL_SETTINGS:
        if getattr(after.journal, field) and not getattr(before.journal, field):
            yield path, setting
    for number, (old, new) in enumerate(zip(before.journal.issns, after.journal.issns, strict=True)):
        if old != new:
            yield f"journal.issns[{number}].medium", f"issn_{new.medium}"


# A field of the journal, its path in findings, and the setting that can fill it.
_JOURNAL_SETTINGS = (
    ("titles", "journal.titles[0]", "title"),
    ("abbreviation", "journal.abbreviation", "abbreviation"),
    ("publisher", "journal.publisher", "publisher"),
    ("language", "journal.language", "language"),
)
