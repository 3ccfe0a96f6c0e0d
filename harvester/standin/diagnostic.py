"""The XML answers about a file, in the shapes that were recorded (an old form without a namespace)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape
from typing import Literal

from msgspec import Struct

SYSTEM = "standin"  # in place of the name of one of Crossref's machines
NOT_FOUND = "DOI not found"  # in place of the DOI in some records

Status = Literal["Success", "Warning", "Failure"]


class Citation(Struct, frozen=True):
    """What became of one reference."""

    key: str
    status: Literal["resolved_reference", "stored_query", "error"]
    text: str = ""


class Diagnosis(Struct, frozen=True, kw_only=True):
    """One `record_diagnostic`. Each pair is a DOI, which may be empty, and a message."""

    status: Status
    pairs: tuple[tuple[str, str], ...]
    msg_id: int | None = None
    conflict_id: int | None = None
    dois_in_conflict: tuple[str, ...] = ()
    resolved_conflicts: tuple[int, ...] = ()
    citations: tuple[Citation, ...] = ()
    deferred: int | None = None  # the submission in which the references are processed


def failure(doi: str, message: str, msg_id: int | None = None) -> Diagnosis:
    return Diagnosis(status="Failure", pairs=((doi, message),), msg_id=msg_id)


def server_fault(doi: str) -> tuple[Diagnosis, ...]:
    """An error at Crossref: two records of one DOI were recorded. The spelling is Crossref's."""
    return failure(doi, "No exception localized message"), failure(doi, "A system error has occured")


def unknown() -> bytes:
    return _short("unknown_submission", 0)


def waiting(status: str, submission: int) -> bytes:
    """Only the attribute of `in_process` is known; it has the shape of `queued`."""
    return _short(status, submission)


def _short(status: str, submission: int) -> bytes:
    """The answer without a result."""
    number = f"<submission_id>{submission}</submission_id><batch_id />"
    return f'<doi_batch_diagnostic status="{status}">{number}</doi_batch_diagnostic>\n'.encode()


def completed(submission: int, batch_id: str, records: Sequence[Diagnosis], *, crlf: bool = False) -> bytes:
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        f'<doi_batch_diagnostic status="completed" sp="{SYSTEM}">',
        f"   <submission_id>{submission}</submission_id>",
        f"   {_element('batch_id', batch_id)}",
        *(f"   {line}" for record in records for line in _record(record)),
        *(f"   {line}" for line in _counts(records)),
        "</doi_batch_diagnostic>",
    ]
    return (("\r\n" if crlf else "\n").join(lines) + "\n").encode()


def _record(record: Diagnosis) -> Iterator[str]:
    msg_id = f' msg_id="{record.msg_id}"' if record.msg_id is not None else ""
    yield f'<record_diagnostic status="{record.status}"{msg_id}>'
    for doi, message in record.pairs:
        yield f"   {_element('doi', doi)}"
        yield f"   {_element('msg', message)}"
    if record.conflict_id is not None:
        yield f"   {_element('conflict_id', str(record.conflict_id))}"
    if record.dois_in_conflict:
        yield "   <dois_in_conflict>"
        yield from (f"      {_element('doi', doi)}" for doi in record.dois_in_conflict)
        yield "   </dois_in_conflict>"
    if record.resolved_conflicts:  # the shape of its content was not recorded
        yield f"   {_element('resolved_conflict_ids', ' '.join(map(str, record.resolved_conflicts)))}"
    yield from (f"   {line}" for line in _citations(record))
    yield "</record_diagnostic>"


def _citations(record: Diagnosis) -> Iterator[str]:
    if record.deferred is not None:
        yield f'<citations_diagnostic deferred="{record.deferred}" />'
    elif record.citations:
        yield "<citations_diagnostic>"
        for citation in record.citations:
            yield f"   {_element('citation', citation.text, key=citation.key, status=citation.status)}"
        yield "</citations_diagnostic>"


def _counts(records: Sequence[Diagnosis]) -> Iterator[str]:
    statuses = [record.status for record in records]
    yield "<batch_data>"
    yield f"   <record_count>{len(records)}</record_count>"
    for status in ("Success", "Warning", "Failure"):
        yield f"   <{status.lower()}_count>{statuses.count(status)}</{status.lower()}_count>"
    yield "</batch_data>"


def _element(name: str, value: str, **attributes: str) -> str:
    attrs = "".join(f' {key}="{escape(text)}"' for key, text in attributes.items())
    return f"<{name}{attrs}>{escape(value, quote=False)}</{name}>" if value else f"<{name}{attrs} />"
