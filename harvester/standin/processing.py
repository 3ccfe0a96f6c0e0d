"""Processing a file: one diagnosis for each DOI, and what becomes registered.

Nothing here depends on a clock or on HTTP: the same file and registry give the same result. The order of Crossref's own
checks is not known. This one is: login and DOI prefix, title and ISSN, ORCID iDs, relations, version.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from datetime import datetime

from lxml import etree
from msgspec import Struct

from harvester.standin import checks, resources
from harvester.standin.accounts import Account
from harvester.standin.deposit_file import (
    Container,
    DepositFile,
    Item,
    Unreadable,
    Validate,
    read,
    text_of,
    validate,
    words,
)
from harvester.standin.diagnostic import NOT_FOUND, Citation, Diagnosis, failure
from harvester.standin.registry import Key, Registry, Title, Version
from harvester.xmltools import local

VERSION, TITLE, ORCID = 4, 28, 45  # the recorded values of msg_id

# One of these says in which journal or book a reference is. The message names ISSN, journal and proceedings only.
_CITED_IN = ("issn", "journal_title", "volume_title", "isbn", "series_title")


class Processed(Struct, frozen=True):
    """The result of a file. `batch_id` is empty if the file could not be read."""

    batch_id: str
    email: str
    records: tuple[Diagnosis, ...]


class Job(Struct, frozen=True, kw_only=True):
    """What is known when a file is processed, apart from its bytes."""

    account: Account
    submission: int
    at: datetime
    known_prefixes: Collection[str] = ()  # of all accounts: relations to their DOIs are checked
    verdicts: Mapping[str, tuple[Diagnosis, ...]] = {}  # by DOI in lower case: its records, whatever the rules say
    deferred: int | None = None
    old_wording: bool = False


def process(data: bytes, job: Job, registry: Registry, validate: Validate = validate) -> Processed:
    """Processes a file and registers what is accepted."""
    try:
        file = read(data, validate, old_wording=job.old_wording)
    except Unreadable as error:
        return Processed("", "", (failure("", str(error)),))
    if file.resources is not None:
        return Processed(file.batch_id, file.email, tuple(resources.process(file.resources, registry)))
    return Processed(file.batch_id, file.email, tuple(_Batch(file, job, registry).records()))


class _Batch:
    """One file that is being processed."""

    def __init__(self, file: DepositFile, job: Job, registry: Registry) -> None:
        self._file, self._job, self._registry = file, job, registry
        items = [item for container in file.containers for item in container.items]
        self._first_prefix = _prefix(items[0].doi) if items else ""
        self._dois = {item.doi.lower() for item in items}

    def records(self) -> Iterator[Diagnosis]:
        for container in self._file.containers:
            yield from self._container(container)

    def _container(self, container: Container) -> Iterator[Diagnosis]:
        """The records of a journal or book. If the title of a book is refused, its chapters are not processed.

        For journals the opposite was recorded: the articles are processed anyway.
        """
        if container.is_journal and container.items and (refused := _without_title(container)):
            yield refused
            return
        title_problem = self._title_problem(container) if container.is_journal else None
        for item in container.items:
            records = self._item(item, container, title_problem)
            if item.is_title and not container.is_journal and any(record.msg_id == VERSION for record in records):
                yield from map(_at_title_level, records)
                return
            yield from records

    def _item(self, item: Item, container: Container, title_problem: str | None) -> tuple[Diagnosis, ...]:
        verdicts = self._job.verdicts.get(item.doi.lower())
        if verdicts is None:
            return (self._refused(item, title_problem) or self._accept(item, container),)
        if any(record.status != "Failure" for record in verdicts):
            self._accept(item, container)
        return verdicts

    def _refused(self, item: Item, title_problem: str | None) -> Diagnosis | None:
        return (
            self._prefix_refused(item)
            or (failure(item.doi, title_problem) if title_problem else None)
            or _orcids_refused(item)
            or self._relation_refused(item)
            or self._version_refused(item)
        )

    def _prefix_refused(self, item: Item) -> Diagnosis | None:
        held = self._registry.record(item.doi)
        owner = held.owner if held else _prefix(item.doi)
        if owner not in self._job.account.prefixes:
            return failure(item.doi, f"User not allowed to add records for prefix: {owner}")
        if _prefix(item.doi) != self._first_prefix:
            return failure(item.doi, f"All prefixes in a submission must match (DOI[{item.doi}])")
        return None

    def _title_problem(self, container: Container) -> str | None:
        """Why the title and ISSNs of a journal are refused; the message is that of each of its DOIs."""
        titles = [words(each) for each in container.element.iterfind("{*}journal_metadata/{*}full_title")]
        for issn, _ in _issns(container):
            if not checks.is_issn(issn):
                return f'ISSN "{issn}" is invalid'
            held = self._registry.title(issn)
            if held is None:
                continue
            number = issn.replace("-", "")
            assigned = f'ISSN "{number}" has already been assigned'
            # Whether one of several titles is enough for Crossref is not known.
            if held.title not in titles:
                return f"{assigned}, issn ({number}) is assigned to another title ({held.title})"
            if held.owner not in self._job.account.prefixes:
                return f"{assigned}, title/issn: {held.title}/{number} is owned by publisher: {held.owner}"
        return None

    def _relation_refused(self, item: Item) -> Diagnosis | None:
        """A related DOI must exist if its prefix is known here. DOIs of the same file count, as a file may relate
        two articles to each other; whether they do at Crossref is not known.
        """
        for relation in _own(item, "inter_work_relation", "intra_work_relation"):
            target = words(relation)
            is_ours = relation.get("identifier-type") == "doi" and _prefix(target) in self._job.known_prefixes
            if is_ours and not self._registry.record(target) and target.lower() not in self._dois:
                message = f"Error processing relations: Relation target DOI does not exist: {target}"
                return failure(item.doi, message)
        return None

    def _version_refused(self, item: Item) -> Diagnosis | None:
        """A second record of a DOI in one file is refused too, as its version equals that of the first."""
        held, number = self._registry.record(item.doi), self._file.timestamp
        if held is None or number > held.newest.number:
            return None
        than = "(DOI match)" if self._job.old_wording else held.newest.number
        message = (
            f"Record not processed because submitted version: {number} is less or equal to previously submitted "
            f"version {than}"
        )
        return failure(held.doi, message, VERSION)

    def _accept(self, item: Item, container: Container) -> Diagnosis:
        is_new = self._registry.record(item.doi) is None
        title = self._keep_title(item, container) if container.is_journal else None
        version = Version(number=self._file.timestamp, xml=item.xml(), at=self._job.at, submission=self._job.submission)
        record = self._registry.put(item.doi, item.kind, version, _key(item), title)
        in_conflict, ended = self._registry.update_conflicts(record)
        citations = tuple(_citations(item))
        return Diagnosis(
            status="Warning" if in_conflict else "Success",
            pairs=((record.doi, _accepted(is_new, item, bool(in_conflict))),),
            conflict_id=record.conflicts[in_conflict[0]] if in_conflict else None,
            dois_in_conflict=tuple(in_conflict),
            resolved_conflicts=tuple(ended),
            citations=() if self._job.deferred else citations,
            deferred=self._job.deferred if citations else None,
        )

    def _keep_title(self, item: Item, container: Container) -> Title:
        """The first deposit of an ISSN creates the record of its journal."""
        full_title = text_of(container.element, "{*}journal_metadata/{*}full_title")
        account = self._job.account
        doi = next((each.doi for each in container.items if each.is_title), None)
        return self._registry.put_title(full_title, _prefix(item.doi), account.name, _issns(container), doi)


def _at_title_level(record: Diagnosis) -> Diagnosis:
    [(doi, message)] = record.pairs
    return failure(doi, f"{message} - content item DOIs not processed due to title level error", record.msg_id)


def _accepted(is_new: bool, item: Item, in_conflict: bool) -> str:
    """The message about an accepted DOI. "in handle" was recorded for the DOI of a journal."""
    if in_conflict:
        return "Added with conflict" if is_new else "Updated with conflict"
    if is_new:
        return "Successfully added"
    return "Successfully updated in handle" if item.kind == "journal_metadata" else "Successfully updated"


def _without_title(container: Container) -> Diagnosis | None:
    """The only record of a journal that has neither an ISSN nor a DOI of its own."""
    if _issns(container) or any(item.is_title for item in container.items):
        return None
    title = text_of(container.element, "{*}journal_metadata/{*}full_title")
    message = f"Deposit contains title error: title: {title} must deposit with an ISSN and/or journal title DOI"
    return failure("", message, TITLE)


def _issns(container: Container) -> list[tuple[str, str]]:
    found = container.element.iterfind("{*}journal_metadata/{*}issn")
    return [(words(issn), issn.get("media_type", "print")) for issn in found]


def _orcids_refused(item: Item) -> Diagnosis | None:
    """Wrong and repeated ORCID iDs: one record with a pair for each, without the DOI."""
    messages, seen = [], set()
    for orcid in _own(item, "ORCID"):
        value = words(orcid)
        number = checks.orcid_number(value) or value
        if not checks.is_orcid(value):
            messages.append(f'ORCID "{value}" has invalid checksum')
        if number in seen:
            messages.append(f'ORCID URL "{number}" has duplicates in contributor list')
        seen.add(number)
    if not messages:
        return None
    kind = item.kind.replace("_", " ").title()  # "Journal Article" was recorded
    pairs = tuple((NOT_FOUND, f"Error in {kind} (Author ORCID): {message}") for message in messages)
    return Diagnosis(status="Failure", pairs=pairs, msg_id=ORCID)


def _own(item: Item, *names: str) -> Iterator[etree._Element]:
    """The elements of these names in an item, without those of its components, in document order."""
    for element in item.element.iter(*(f"{{*}}{name}" for name in names)):
        if item.kind == "component" or not any(local(each) == "component" for each in element.iterancestors()):
            yield element


def _key(item: Item) -> Key:
    """What makes two articles the same for Crossref; empty for everything else than articles."""
    if item.kind not in ("journal_article", "conference_paper", "content_item"):
        return ()
    article, container = item.element, item.container
    year = "{*}publication_date/{*}year"
    fields = (
        text_of(article, "{*}contributors/{*}person_name/{*}surname"),
        text_of(container, "{*}journal_issue/{*}journal_volume/{*}volume"),
        text_of(container, "{*}journal_issue/{*}issue"),
        text_of(article, "{*}pages/{*}first_page"),
        text_of(article, year),
        text_of(article, "{*}titles/{*}title"),
    )
    return tuple(value.casefold() for value in fields)


def _citations(item: Item) -> Iterator[Citation]:
    for citation in item.element.iterfind("{*}citation_list/{*}citation"):
        key = citation.get("key", "")
        if doi := text_of(citation, "{*}doi"):
            yield Citation(key, "resolved_reference", doi)
        elif citation.find("{*}unstructured_citation") is None and not _names_journal(citation):
            yield Citation(key, "error", "Either ISSN or Journal title or Proceedings title must be supplied.")
        else:
            yield Citation(key, "stored_query")


def _names_journal(citation: etree._Element) -> bool:
    return any(citation.find(f"{{*}}{name}") is not None for name in _CITED_IN)


def _prefix(doi: str) -> str:
    return doi.partition("/")[0]
