"""Reads the log of a submission: `doi_batch_diagnostic`, with a record for each DOI that Crossref processed.

The counts in it are not used: they count records, and a DOI may have two of them, or none.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal

from lxml import etree

from harvester.answers import Answer, Matched, Result, Verdict
from harvester.crossref.client.messages import OTHER, entries, folded, recognise
from harvester.xmltools import UnsafeXml, brief, local, parse

ROOT = "doi_batch_diagnostic"

State = Literal["unknown", "queued", "in_process", "completed", "other"]
_STATES: dict[str, State] = {
    "unknown_submission": "unknown",
    "queued": "queued",
    "queued_for_batch": "queued",
    "in_process": "in_process",
    "completed": "completed",
}
_REGISTERED = {"success": True, "warning": True, "failure": False}
_NO_DOI = "doi not found"
_DOI = re.compile(r"10\.\d{4,9}/\S+")
_DECLARATION = re.compile(r"<\?xml[^>]*\?>")


def read(raw: bytes) -> Result | Answer:
    """What a log says. An `unreadable` answer if it is cut short, or something else."""
    try:
        root = _parsed(raw)
    except (etree.XMLSyntaxError, UnsafeXml) as error:
        return _unreadable(raw, f"the answer is not XML ({brief(error)})")
    if local(root) != ROOT:
        return _unreadable(raw, f"the answer is not the log of a submission (its root element is {local(root)})")
    records = [child for child in root if local(child) == "record_diagnostic"]
    state, text = _state(root, records)
    return Result(
        state=state,
        raw=raw,
        submission_id=_known(_child_text(root, "submission_id")),
        batch_id=_child_text(root, "batch_id") or None,
        system=_system(root.get("sp")),
        verdicts=tuple(_verdicts(records)) if state == "completed" else (),
        references=tuple(_references(records)) if state == "completed" else (),
        text=text,
    )


def _unreadable(raw: bytes, text: str) -> Answer:
    return Answer(kind="unreadable", text=text, raw=raw)


def _parsed(raw: bytes) -> etree._Element:
    """The root element, also if there is white space before the declaration, or the bytes are not the UTF-8 they claim.

    Messages quote what was sent, in whatever encoding the server had it.
    """
    data = raw.removeprefix(b"\xef\xbb\xbf").lstrip()
    try:
        return parse(data, huge=True)
    except etree.XMLSyntaxError:
        try:
            data.decode()
        except UnicodeDecodeError:
            text = data.decode("cp1252", "replace")
        else:
            raise
    return parse(_DECLARATION.sub("", text, count=1).encode(), huge=True)


def _state(root: etree._Element, records: list[etree._Element]) -> tuple[State, str | None]:
    """The state, and its name if it is not a known one. Parts of mailed logs lack it, but have records or counts."""
    name = folded(root.get("status", ""))
    if not name and (records or root.find("{*}batch_data") is not None):
        return "completed", None
    state = _STATES.get(name.lower(), "other")
    return state, name if state == "other" else None


def _known(submission_id: str) -> str | None:
    return submission_id if submission_id.strip("0") else None


def _system(host: str | None) -> Literal["test", "live"] | None:
    """The system by the name of the host that processed the file. An imitation of Crossref is neither."""
    if not host or "standin" in host.lower():
        return None
    return "test" if "test" in host.lower() else "live"


# ------------------------------------------------------------------------------------------------ records


def _verdicts(records: list[etree._Element]) -> Iterator[Verdict]:
    for record in records:
        for doi, text in _pairs(record):
            yield _verdict(record, doi, text, is_only=len(records) == 1)


def _verdict(record: etree._Element, doi: str, text: str, *, is_only: bool) -> Verdict:
    status = folded(record.get("status", "")).lower()
    kind, values = recognise(text)
    registered = _REGISTERED.get(status, None if status else entries()[kind].registered)
    if entries()[kind].registered not in (None, registered):
        kind, values = OTHER, {}  # the status counts, and the entry would say the opposite
    names_doi = bool(doi) and doi.lower() != _NO_DOI
    row = entries()[kind]
    return Verdict(
        doi=doi if names_doi else None,
        registered=registered,
        kind=kind,
        text=text,
        who=row.who,
        warning=status == "warning",
        values=values,
        whole_file=registered is False and not doi and (is_only or row.whole_file),
        conflict_id=_child_text(record, "conflict_id") or None,
        dois_in_conflict=tuple(_texts(record, "{*}dois_in_conflict/{*}doi")),
        resolved_conflicts=tuple(" ".join(_texts(record, "{*}resolved_conflict_ids")).replace(",", " ").split()),
    )


def _pairs(record: etree._Element) -> Iterator[tuple[str, str]]:
    """Each message with the DOI before it. A DOI without a message has an empty one; a record without both has one too.

    A record may have several pairs, and a second message about the same DOI.
    """
    doi: str | None = None
    has_message = False
    for child in record:
        if local(child) == "doi":
            if doi is not None and not has_message:
                yield doi, ""
            doi, has_message = _text(child), False
        elif local(child) == "msg":
            has_message = True
            yield doi or "", _text(child)
    if not has_message:
        yield doi or "", ""


def _references(records: list[etree._Element]) -> Iterator[Matched]:
    for record in records:
        citing = _child_text(record, "doi")
        for diagnostic in record.iterfind("{*}citations_diagnostic"):
            if later := diagnostic.get("deferred"):
                yield Matched(citing=citing, key="", status="deferred", text=later)
            for citation in diagnostic.iterfind("{*}citation"):
                text = _text(citation)
                found = _DOI.fullmatch(text)
                yield Matched(
                    citing=citing,
                    key=citation.get("key", ""),
                    status=folded(citation.get("status", "")),
                    doi=text if found else None,
                    text=None if found else text or None,
                )


def _text(element: etree._Element) -> str:
    return folded("".join(str(part) for part in element.itertext()))


def _texts(element: etree._Element, path: str) -> Iterator[str]:
    return (text for found in element.iterfind(path) if (text := _text(found)))


def _child_text(element: etree._Element, name: str) -> str:
    found = element.find(f"{{*}}{name}")
    return "" if found is None else _text(found)
