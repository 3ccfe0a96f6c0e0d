"""Whether a record belongs to its source, by its sets and its journal. Pure.

`sets` can be added, narrowed or removed after a harvest, and a record can leave its set at the provider. What is
exported must belong to what is configured now.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from msgspec import Struct

from harvester.article_rows import MappedArticle
from harvester.config import Source
from harvester.model import Article, Finding, JournalFacts, RawRecord, from_json
from harvester.sets import any_within
from harvester.text import plain
from harvester.tomltext import as_toml

OUTSIDE = ("set-not-configured", "set-unknown")
CODES = (*OUTSIDE, "journal-not-configured")


class Membership(Struct, frozen=True):
    """What decides it. `earlier_sets` are those that the source was harvested by before it named none."""

    source: Source
    earlier_sets: tuple[str, ...]
    journals: Mapping[str, JournalFacts]  # by every ISSN of each journal

    @property
    def is_limited(self) -> bool:
        """Whether a record may be found not to belong to the source."""
        return bool(self.source.sets or self.earlier_sets)

    def includes(self, live: Collection[RawRecord]) -> bool:
        """Whether the source has the record, given in each format that is live; the newest header decides."""
        return not live or self.source.includes(newest_sets(live))

    def findings(self, mapped: MappedArticle, live: Collection[RawRecord]) -> tuple[Finding, ...]:
        """The findings of an article, with the one about its membership.

        Whoever has to decide about a record that is not in the configured sets needs no other finding.
        """
        if not self.is_limited or not live:
            return mapped.findings
        sets = newest_sets(live)
        if not self.source.includes(sets):
            return (self._outside(sets),)
        if self.source.sets or any_within(sets, self.earlier_sets) or mapped.row is None:
            return mapped.findings
        article = from_json(mapped.row.document)
        if any(issn.value in self.journals for issn in article.journal.issns):
            return mapped.findings
        return (self._unknown_journal(article, sets), *mapped.findings)

    def _outside(self, sets: Sequence[str]) -> Finding:
        configured = {"sets": ", ".join(self.source.sets)}
        if not sets:
            return Finding("set-unknown", detail=configured)
        return Finding(
            "set-not-configured",
            value=", ".join(sets),
            detail={**configured, "more": as_toml((*self.source.sets, sets[0]))},
        )

    def _unknown_journal(self, article: Article, sets: Sequence[str]) -> Finding:
        title = next((plain(title.text) for title in article.journal.titles), "")
        detail = {
            "sets": ", ".join(sets) or "no set",
            "earlier": as_toml(self.earlier_sets),
            "title": as_toml(title or "Title of the journal"),
        }
        return Finding("journal-not-configured", "journal", title, detail)


def newest_sets(live: Collection[RawRecord]) -> tuple[str, ...]:
    """The sets of the newest header, and of others with the same datestamp."""
    newest = max((raw.datestamp for raw in live), default="")
    sets = (name for raw in live if raw.datestamp == newest for name in (*raw.sets, *raw.listed_in))
    return tuple(dict.fromkeys(sets))
