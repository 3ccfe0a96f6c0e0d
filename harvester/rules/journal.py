"""The journal: it has a title, and valid ISSNs of known media, as configured."""

from __future__ import annotations

from collections.abc import Iterator

from harvester import journals, patterns
from harvester.identifiers import clean_issn
from harvester.model import Article, Finding, JournalFacts, Policy
from harvester.rules.essentials import has_words
from harvester.rules.rule import Rule
from harvester.text import plain


def journal_has_a_title(article: Article, _: Policy) -> Iterator[Finding]:
    if not any(has_words(title.text) for title in article.journal.titles):
        yield Finding("journal-title-missing", "journal.titles")


def journal_has_an_issn(article: Article, _: Policy) -> Iterator[Finding]:
    if not article.journal.issns:
        yield Finding("issn-missing", "journal.issns")


def issns_are_valid(article: Article, _: Policy) -> Iterator[Finding]:
    """Crossref: "ISSN … is invalid"."""
    for number, issn in enumerate(article.journal.issns):
        if clean_issn(issn.value) != issn.value:
            yield Finding("issn-check-digit", f"journal.issns[{number}]", issn.value)


def issn_media_are_known(article: Article, _: Policy) -> Iterator[Finding]:
    """The default of the schema is print. An electronic ISSN without its medium would become print (mapping D4, C3)."""
    for number, issn in enumerate(article.journal.issns):
        if issn.medium is None:
            yield Finding("issn-media-unknown", f"journal.issns[{number}]", issn.value)


def title_matches_the_configuration(article: Article, policy: Policy) -> Iterator[Finding]:
    """Crossref: "ISSN … has already been assigned to a different title"."""
    facts = patterns.facts_of(article, policy.journals)
    if facts is None or facts.title is None or not article.journal.titles:
        return
    titles = [plain(title.text) for title in article.journal.titles]
    if {*map(journals.letters, journals.titles_of(facts))}.isdisjoint(map(journals.letters, titles)):
        yield Finding("journal-title-differs", "journal.titles[0]", titles[0], {"configured": facts.title})


def issn_media_match_the_configuration(article: Article, policy: Policy) -> Iterator[Finding]:
    facts = patterns.facts_of(article, policy.journals)
    if facts is None:
        return
    for number, issn in enumerate(article.journal.issns):
        configured = _configured_medium(issn.value, facts)
        if issn.medium and configured and issn.medium != configured:
            detail = {"medium": issn.medium, "configured": configured}
            yield Finding("issn-media-conflict", f"journal.issns[{number}]", issn.value, detail)


def _configured_medium(issn: str, facts: JournalFacts) -> str | None:
    return "print" if issn == facts.issn_print else "electronic" if issn == facts.issn_electronic else None


RULES: tuple[Rule, ...] = (
    journal_has_a_title,
    journal_has_an_issn,
    issns_are_valid,
    issn_media_are_known,
    title_matches_the_configuration,
    issn_media_match_the_configuration,
)
