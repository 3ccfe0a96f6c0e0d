"""What became of each DOI in words: one sentence, who can act, and what to do."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import TYPE_CHECKING

from harvester import findings
from harvester.answers import System, Who
from harvester.identifiers import fold_doi
from harvester.registration import words
from harvester.registration.doi_states import IN_FLIGHT, MARKED, REGISTERED
from harvester.registration.file_states import NOT_SENT
from harvester.registration.registrar import Agency
from harvester.reports import AtAgency, DoiReport, HeldVersion
from harvester.store import DoiRow, Registration, SeenDoi

if TYPE_CHECKING:
    from harvester.store import Store  # SQLAlchemy comes in when a store is opened

HELD_BACK = "Held back: "  # begins the sentence of a DOI that has no deposit yet
_WHO: dict[findings.Who, Who] = {
    "source": "source",
    "configuration": "settings",
    "command": "person",
    "nobody": "nobody",
}


def described(store: Store, agency: Agency, system: System, dois: Collection[str] = ()) -> Iterator[DoiReport]:
    """Every DOI of the store, or these, sorted by DOI."""
    others = other_sides(store.registrations.of_states(agency.name, system, ["registered_with_conflict"]))
    for row in store.registrations.rows(agency.name, system, dois):
        yield describe(agency, row, system, others.get(fold_doi(row.doi)))


def describe(agency: Agency, row: DoiRow, system: System, other: Registration | None = None) -> DoiReport:
    """One DOI. `other` is the DOI whose record says that both are in conflict."""
    known = row.registration
    with_conflict = known if known and known.conflict_id else other
    dois = with_conflict.dois_in_conflict if with_conflict else ()
    if with_conflict is other and other is not None:
        dois = (other.doi,)
    return DoiReport(
        doi=row.doi,
        state=row.state,
        kind=_kind(row),
        message=known.message if known else "",
        sentence=sentence(agency, row),
        who=who(row),
        timestamp=row.timestamp,
        held=_held(row),
        file=row.file,
        submission_id=row.submission_id if known and known.batch_id else None,
        conflict_id=with_conflict.conflict_id if with_conflict else None,
        dois_in_conflict=dois,
        system=system,
        changed=known.changed if known else row.elsewhere_since,
    )


def is_known(row: DoiRow) -> bool:
    """Whether the store has the DOI at all: of an article, in a deposit, or from another program."""
    return bool(row.record or row.file or row.registration or row.elsewhere_since)


def knows(store: Store, agency: Agency, system: System, doi: str) -> bool:
    """Whether the store has this DOI at all."""
    return any(map(is_known, store.registrations.rows(agency.name, system, [doi])))


def sentence(agency: Agency, row: DoiRow) -> str:
    """What became of the DOI."""
    known = row.registration
    if known and known.kind:
        values = {**known.details, "submission_id": row.submission_id or "…"}
        return agency.sentence(known.kind, known.message, values, registered=known.state in REGISTERED)
    if known and known.batch_id is not None and known.state in IN_FLIGHT and row.file_state:
        waits = words.NOT_SENT_YET if row.file_state in NOT_SENT else words.OF_DOI[known.state]
        return f"{waits} State of the file: {words.OF_FILE[row.file_state]}."
    if known and known.message.startswith(MARKED):
        return words.SAID_BY_A_PERSON[known.state]
    if row.held_back:
        return f"{HELD_BACK}{findings.sentence(row.held_back)}"
    if row.state == "never_sent":
        return "In a file that was not sent." if row.file else "In no deposit file yet."
    return words.OF_DOI[row.state]


def next_step(agency: Agency, row: DoiRow) -> str | None:
    """What to do about the DOI; `None` if there is nothing."""
    known = row.registration
    if known and known.kind and known.who != "nobody":
        values = {**known.details, "submission_id": row.submission_id or "…"}
        return agency.next_step(known.kind, known.message, values)
    return None


def at_agency(seen: SeenDoi) -> AtAgency:
    """A DOI as the agency was last seen to hold it."""
    record = seen.record
    return AtAgency(
        doi=record.doi,
        version=None if record.version is None else str(record.version),
        owner=record.owner,
        updated=record.updated,
        read=seen.read,
        references=seen.refs,
        matched=seen.matched,
        found=seen.found,
    )


def is_missing(seen: AtAgency, doi: DoiReport) -> bool:
    """Whether the agency does not show the DOI. That it was not there before its registration says nothing."""
    if seen.read is None or seen.version is not None:
        return False
    return doi.state not in REGISTERED or doi.changed is None or seen.read >= doi.changed


def _kind(row: DoiRow) -> str | None:
    if row.registration:
        return row.registration.kind
    return row.held_back.code if row.held_back else None


def who(row: DoiRow) -> Who:
    """Who can act on what became of the DOI."""
    if row.registration:
        return row.registration.who
    return _WHO[findings.kinds()[row.held_back.code].who] if row.held_back else "nobody"


def _held(row: DoiRow) -> HeldVersion | None:
    known = row.registration
    if known is None or known.held is None:
        return None
    return HeldVersion(timestamp=str(known.held), file=row.held_file, since=known.held_since)


def other_sides(registrations: Collection[Registration]) -> Mapping[str, Registration]:
    """The DOIs that a conflict names, with the DOI whose record names them."""
    return {fold_doi(doi): one for one in registrations for doi in one.dois_in_conflict}
