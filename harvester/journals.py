"""Which journal of config.toml a record belongs to (mapping D4): by its ISSN, its set, its source or its title."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import NamedTuple

from harvester.model import Hints, Journal, JournalFacts
from harvester.sets import is_within
from harvester.text import plain

Journals = Mapping[str, JournalFacts]  # by every ISSN of each journal


class Found(NamedTuple):
    """One of the journal's ISSNs in config.toml, `None` if the journal is not known.

    `contradiction` has the value of the record that does not fit its assigned journal, and the ISSN of that journal.
    """

    issn: str | None = None
    contradiction: tuple[str, str] | None = None


def find(journal: Journal, sets: Iterable[str], hints: Hints) -> Found:
    """The configured journal of a record with this journal and in these sets.

    An ISSN of the record decides. Without one, the journal that its set or source is assigned to must not contradict
    the title in the record.
    """
    named = next((issn.value for issn in journal.issns if issn.value in hints.journals), None)
    if named:
        return Found(named)
    assigned = assigned_issn(sets, hints)
    if journal.issns:
        return Found(contradiction=(journal.issns[0].value, assigned)) if assigned else Found()
    titles = [plain(title.text) for title in journal.titles]
    titled = _issn_by_title(titles, hints.journals)
    if assigned and titled and not _are_one(assigned, titled, hints.journals):
        return Found(contradiction=(titles[0], assigned))
    return Found(assigned or titled)


def assigned_issn(sets: Iterable[str], hints: Hints) -> str | None:
    """The ISSN that the configuration assigns to the smallest set of the record, else to its source.

    There is none if the record is in sets of different journals.
    """
    names = [name for name in hints.set_journals if any(is_within(spec, name) for spec in sets)]
    smallest = [name for name in names if not any(other != name and is_within(other, name) for other in names)]
    issns = [hints.set_journals[name] for name in smallest]
    if not issns:
        return hints.journal
    return issns[0] if all(_are_one(issns[0], issn, hints.journals) for issn in issns) else None


def _issn_by_title(titles: Iterable[str], journals: Journals) -> str | None:
    """An ISSN of the only journal that has one of these titles in the configuration."""
    wanted = {letters(title) for title in titles}
    issns = [issn for issn, facts in journals.items() if not wanted.isdisjoint(map(letters, titles_of(facts)))]
    return issns[0] if issns and all(_are_one(issns[0], issn, journals) for issn in issns) else None


def _are_one(issn: str, other: str, journals: Journals) -> bool:
    """Whether both ISSNs are in one table. Only a table that gives their media is under two."""
    facts = journals.get(issn)
    is_shared = facts is not None and {issn, other} <= {facts.issn_print, facts.issn_electronic}
    return issn == other or is_shared


def titles_of(facts: JournalFacts) -> tuple[str, ...]:
    """The titles that records give the journal, the registered one first."""
    return tuple(filter(None, (facts.title, *facts.other_titles)))


@lru_cache(1 << 12)  # a record without an ISSN is compared with every configured journal
def letters(title: str) -> str:
    """The letters and digits of a title. No two journals differ only in other characters."""
    return "".join(filter(str.isalnum, title.casefold()))
