"""One article from the formats of its record and the configured facts about its journal (mapping J11).

The best format wins as a whole record. From the others only a closed list of fields is taken, and only where the winner
leaves them open; where formats contradict each other, that is said. The configuration then fills what is still open.
Whatever is filled in here has its origin in `provenance`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from msgspec.structs import replace

from harvester import patterns
from harvester.identifiers import fold_doi
from harvester.model import Article, Finding, Hints, Issn, Journal, JournalFacts, LangText, Reading, Title
from harvester.text import Math, plain

# What may be taken from a second format.
FILLED = ("landing_page", "licenses", "keywords", "language")

# The rules say these of the finished article; a reader's word on them would be the second, or no longer true.
SAID_BY_THE_RULES = frozenset(
    {"doi-missing", "url-missing", "title-missing", "journal-title-missing", "issn-missing", "issn-media-unknown"}
    | {"date-missing", "name-all-caps", "name-digits", "reference-key-duplicate"}
)


def assemble(readings: Mapping[str, Reading], hints: Hints) -> Reading:
    """The article of one OAI identifier, from its readings by format, the best format first."""
    whole = {name: reading.article for name, reading in readings.items() if reading.article is not None}
    if not whole:
        return Reading(None, _once(finding for reading in readings.values() for finding in reading.findings))
    best, *others = whole
    article = whole[best]
    findings = [*_unread(readings, best), *readings[best].findings]
    for other in others:
        findings += _disagreements(whole[best], whole[other], best, other)
        article, taken = _filled(article, readings[other], whole[other], other)
        findings += taken
    finished = with_facts(article, hints.journals)
    return Reading(finished, _once(finding for finding in findings if not _is_moot(finding, finished, article)))


def mint(article: Article, facts: JournalFacts) -> str | None:
    """The DOI that the journal's pattern gives an article without one; `None` where minting is off or not possible."""
    if article.doi is not None or not facts.mint_dois:
        return None
    return next(patterns.dois(article, facts), None)


def _once(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    found: list[Finding] = []
    for finding in findings:
        if finding not in found:
            found.append(finding)
    return tuple(found)


def _is_moot(finding: Finding, finished: Article, before: Article) -> bool:
    if finding.code == "url-ambiguous":  # the configuration has decided
        return before.landing_page is None and finished.landing_page is not None
    return finding.code in SAID_BY_THE_RULES


# ------------------------------------------------------------------------------------------------ formats


def _unread(readings: Mapping[str, Reading], best: str) -> Iterator[Finding]:
    """The better formats that had no article in them. What was wrong with each holds nothing back: another is whole."""
    for name, reading in readings.items():
        if name == best:
            return
        why = ", ".join(dict.fromkeys(finding.code for finding in reading.findings)) or "no article in it"
        yield Finding("format-unread", "", name, {"used": best, "why": why})


def _filled(article: Article, reading: Reading, other: Article, name: str) -> tuple[Article, list[Finding]]:
    """The article with what it leaves open of the closed list, and the other format's doubts about just that."""
    taken = [field for field in FILLED if not getattr(article, field) and getattr(other, field)]
    if not taken:
        return article, []
    values: dict[str, Any] = {field: getattr(other, field) for field in taken}
    origins = {field: _origin(field, other, name) for field in taken}
    findings = [finding for finding in reading.findings if _root(finding.path) in taken]
    return replace(article, **values, provenance={**article.provenance, **origins}), findings


def _origin(field: str, other: Article, name: str) -> str:
    places = dict.fromkeys(place for path, place in other.provenance.items() if _root(path) == field)
    return f"{name}: {', '.join(places)}" if places else name


def _root(path: str) -> str:
    return path.partition("[")[0].partition(".")[0]


def _disagreements(article: Article, other: Article, name: str, other_name: str) -> Iterator[Finding]:
    """DOI, title, year and volume, where both formats have them and they are not the same."""
    formats = {"format": name, "other_format": other_name}
    if article.doi and other.doi and fold_doi(article.doi) != fold_doi(other.doi):
        yield Finding("formats-disagree-doi", "doi", article.doi, {**formats, "other": other.doi})
    for field, path, value, second in _compared(article, other):
        yield Finding("formats-disagree", path, value, {**formats, "field": field, "other": second})


def _compared(article: Article, other: Article) -> Iterator[tuple[str, str, str, str]]:
    """Field, path and both values of what differs."""
    ours, theirs = _titles(article), _titles(other)
    if ours and theirs and not ours.keys() & theirs.keys():
        yield "title", "titles[0]", next(iter(ours.values())), next(iter(theirs.values()))
    years, others = ({date.year for date in each.dates} for each in (article, other))
    if years and others and not years & others:
        yield "year", "dates[0]", str(article.dates[0].year), str(other.dates[0].year)
    if article.volume and other.volume and _compact(article.volume) != _compact(other.volume):
        yield "volume", "volume", article.volume, other.volume


def _titles(article: Article) -> dict[str, str]:
    """The titles, with and without subtitle, by their letters and digits alone; none where a formula is in one.

    Dublin Core has title and subtitle in one element, and writes formulas in its own way.
    """
    if any(isinstance(part, Math) for title in article.titles for part in (*title.text, *title.subtitle)):
        return {}
    return {_compact(form): form for title in article.titles for form in _forms(title) if _compact(form)}


def _forms(title: Title) -> Iterator[str]:
    yield plain(title.text)
    if title.subtitle:
        yield f"{plain(title.text)}: {plain(title.subtitle)}"


def _compact(value: str) -> str:
    return "".join(filter(str.isalnum, value.casefold()))


# ------------------------------------------------------------------------------------------ configuration


def with_facts(article: Article, journals: Mapping[str, JournalFacts]) -> Article:
    """The article with what it leaves open of its journal, as the configuration states it."""
    key = next((issn.value for issn in article.journal.issns if issn.value in journals), None)
    if key is None:
        return article
    facts = journals[key]
    language = article.language or facts.language
    known = replace(article, journal=_known_journal(article.journal, facts), language=language)
    known = replace(known, landing_page=known.landing_page or patterns.landing_page(known, facts))
    origins = {path: f'journals."{key}".{setting}' for path, setting in _stated(article, known)}
    return replace(known, provenance={**article.provenance, **origins}) if origins else article


def _known_journal(journal: Journal, facts: JournalFacts) -> Journal:
    """The title that is registered stands first, whatever the language of the article."""
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
    """A Dublin Core record rarely says which edition an ISSN belongs to (mapping D4)."""
    if issn.medium is None and issn.value == facts.issn_print:
        return Issn(issn.value, "print")
    if issn.medium is None and issn.value == facts.issn_electronic:
        return Issn(issn.value, "electronic")
    return issn


def _stated(before: Article, after: Article) -> Iterator[tuple[str, str]]:
    """The path of each value that the configuration gave, and the setting it came from."""
    for field in ("language", "landing_page"):
        if getattr(before, field) != getattr(after, field):
            yield field, field
    for field, path, setting in _OF_JOURNAL:
        if getattr(after.journal, field) and not getattr(before.journal, field):
            yield path, setting
    for number, (old, new) in enumerate(zip(before.journal.issns, after.journal.issns, strict=True)):
        if old != new:
            yield f"journal.issns[{number}].medium", f"issn_{new.medium}"


# Field of the journal, its path in findings, and the setting that can give it.
_OF_JOURNAL = (
    ("titles", "journal.titles[0]", "title"),
    ("abbreviation", "journal.abbreviation", "abbreviation"),
    ("publisher", "journal.publisher", "publisher"),
    ("language", "journal.language", "language"),
)
