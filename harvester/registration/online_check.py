"""Asks the agency about the journals and DOI prefixes of the articles, before the first deposit."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from harvester import findings
from harvester.config import Config
from harvester.crossref.agency import CROSSREF_AGENCY
from harvester.crossref.client.titles import TitleRecord, of_journal, read_list, with_issn
from harvester.crossref.client.works import Reader
from harvester.identifiers import doi_prefix
from harvester.model import Finding
from harvester.registration import online_rules
from harvester.reports import RecordFinding
from harvester.system.progress import report
from harvester.system.stopping import Stop
from harvester.text import plain

if TYPE_CHECKING:
    from harvester.store import Store  # SQLAlchemy comes in when a store is opened

Journal = tuple[str, tuple[str, ...]]  # the title as deposited, and the ISSNs


def check_online(
    config: Config, store: Store, sources: Collection[str], stop: Stop, title_list: Path | None = None
) -> list[RecordFinding]:
    """The findings about the journals and DOI prefixes of these sources' articles that are ready.

    With a `title_list`, which is Crossref's titleFile.csv, journals are looked up there. Raises `ConfigError`,
    `AgencyError`, `TitleListError` and `Stopped`.
    """
    journals, prefixes = _of_articles(config, store, sources)
    with CROSSREF_AGENCY.directory(config, stop) as reader:
        found = [_worded(finding, "", prefix) for prefix in prefixes for finding in _of_prefix(reader, prefix)]
        listed = _listed(title_list, journals) if title_list else None
        for done, (title, issns) in enumerate(journals):
            report("comparing journals with Crossref's", done, len(journals))
            records = _records(reader, issns) if listed is None else with_issn(listed, issns)
            found.extend(_worded(one, issns[0], issns[0]) for one in online_rules.of_journal(title, issns, records))
    return found


def _of_articles(config: Config, store: Store, sources: Collection[str]) -> tuple[list[Journal], list[str]]:
    """The journals as deposits name them, and the DOI prefixes: those of the account, and those of the DOIs."""
    journals: dict[Journal, None] = {}
    prefixes = dict.fromkeys(config.crossref.prefixes if config.crossref else ())
    for article in store.ready.articles(sources):
        titles, issns = article.journal.titles, tuple(issn.value for issn in article.journal.issns)
        if titles and issns:
            journals[plain(titles[0].text), issns] = None
        if article.doi:
            prefixes[doi_prefix(article.doi)] = None
    return list(journals), list(prefixes)


def _of_prefix(reader: Reader, prefix: str) -> Iterator[Finding]:
    return online_rules.of_prefix(prefix, reader.agency(prefix), reader.prefix(prefix) is not None)


def _records(reader: Reader, issns: Collection[str]) -> list[TitleRecord]:
    return [of_journal(message) for issn in issns if (message := reader.journal(issn)) is not None]


def _listed(path: Path, journals: Collection[Journal]) -> list[TitleRecord]:
    """The records of the list with an ISSN of one of these journals; the whole list is too large to keep."""
    return with_issn(read_list(path), [issn for _, issns in journals for issn in issns])


def _worded(finding: Finding, issn: str, about: str) -> RecordFinding:
    """The finding with its texts. It is about no record, so its place is the ISSN or the DOI prefix."""
    kind = findings.kinds()[finding.code]
    return RecordFinding(
        code=finding.code,
        severity=kind.severity,
        record=about,
        source="",
        doi=None,
        path=finding.path,
        value=finding.value,
        message=findings.sentence(finding),
        fix=findings.remedy(finding, "", issn or None),
        who=kind.who,
    )
