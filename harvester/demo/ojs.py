"""The two sites of the demo's journals: OJS 3.4 (seconds, oai_dc and JATS) and an old OJS 3.3 (days, only oai_dc)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime

from harvester.demo import dublin_core, jats
from harvester.demo.library import Article, Deleted, Issue, Journal, journals
from harvester.demo.lists import Record
from harvester.demo.repository import JATS, OAI_DC, Repository, utc_now
from harvester.model import SetInfo

JOURNALS, ARCHIVE = "/index.php/index/oai", "/archive/index.php/index/oai"  # paths of the two endpoints
OPEN_ACCESS = "driver"  # the set in which OJS has open-access articles


def repositories(page_size: int = 20, clock: Callable[[], datetime] = utc_now) -> dict[str, Repository]:
    """Both sites by path, for `provider.serve`."""
    new = [journal for journal in journals() if journal.platform == "ojs34"]
    old = [journal for journal in journals() if journal.platform == "ojs33"]
    return {
        JOURNALS: Repository(
            [record for journal in new for record in records(journal)],
            name="Example University Journals",
            sets=_sets(new),
            page_size=page_size,
            description=_toolkit("3.4.0.10"),
            clock=clock,
        ),
        ARCHIVE: Repository(
            [record for journal in old for record in records(journal)],
            name="Example University Journal Archive",
            formats=(OAI_DC,),
            sets=_sets(old),
            page_size=page_size,
            granularity="day",
            description=_toolkit("3.3.0.22"),
            clock=clock,
        ),
    }


def records(journal: Journal) -> Iterator[Record]:
    for issue in journal.issues:
        for article in issue.articles:
            yield _record(journal, issue, article)
    for deleted in journal.deleted:
        yield _tombstone(journal, deleted)


def _record(journal: Journal, issue: Issue, article: Article) -> Record:
    metadata = {OAI_DC.prefix: dublin_core.render(journal, issue, article)}
    if journal.platform == "ojs34":
        metadata[JATS.prefix] = jats.render(journal, issue, article)
    return Record(
        identifier=_identifier(journal, article.id),
        datestamp=issue.modified,
        sets=(f"{journal.path}:{article.section}", OPEN_ACCESS),
        metadata=metadata,
    )


def _tombstone(journal: Journal, deleted: Deleted) -> Record:
    return Record(
        identifier=_identifier(journal, deleted.id),
        datestamp=deleted.datestamp,
        sets=(f"{journal.path}:{deleted.section}",),
        deleted=True,
    )


def _identifier(journal: Journal, number: int) -> str:
    return f"oai:{journal.host}:article/{number}"


def _sets(journals: list[Journal]) -> list[SetInfo]:
    sets = []
    for journal in journals:
        sets.append(SetInfo(journal.path, next(iter(journal.title.values()))))
        sets += [SetInfo(f"{journal.path}:{key}", next(iter(name.values()))) for key, name in journal.sections.items()]
    return [*sets, SetInfo(OPEN_ACCESS, "Open Access DRIVERset")]


def _toolkit(version: str) -> str:
    return (
        '<toolkit xmlns="http://oai.dlib.vt.edu/OAI/metadata/toolkit"><title>Open Journal Systems</title>'
        f"<author><name>Public Knowledge Project</name></author><version>{version}</version>"
        "<URL>https://pkp.sfu.ca/ojs/</URL></toolkit>"
    )
