"""Retries rejected records by identifier at every later harvest. A plan.

Whoever fixes a record, or the software that could not write it, rarely moves its datestamp: no list of what is new
would ever give it. Which records wait follows from what the store holds: the last rejection of an identifier, and the
run that brought its record. A retry without success rejects the record again, by the run that asked.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence

from msgspec import Struct
from msgspec.structs import replace

from harvester.errors import OaiCode, ProviderError
from harvester.harvesting import by_identifier, changes, sentences
from harvester.harvesting.by_identifier import Asker, Gone
from harvester.harvesting.patience import Patience
from harvester.harvesting.questions import Delivered, Plan, RejectedBefore, Save, StoredRecords
from harvester.model import BadRecord, Identity, Page, RawRecord
from harvester.store import Run, UnresolvedRejection
from harvester.system.batches import batched

log = logging.getLogger(__name__)


class _Retried(Struct, frozen=True):
    """What came of one rejected record; without records and bad records, the provider does not have it any more."""

    identifier: str
    records: tuple[RawRecord, ...] = ()
    bad: tuple[BadRecord, ...] = ()


def retry_rejected(run: Run, identity: Identity, patience: Patience) -> Plan[list[str]]:
    """Asks for what had been rejected when the run began or resumed; returns what there is to say about the rest."""
    waiting: list[UnresolvedRejection] = yield RejectedBefore()
    delivered: set[str] = yield Delivered([one.identifier for one in waiting])
    if delivered:
        yield Save(None, delivered)
    left = [one for one in waiting if one.identifier not in delivered]
    if not left:
        return []
    log.info("%s: retrying %d rejected records", run.prefix, len(left))
    asker = Asker(run.prefix, patience, retried=False)  # the next harvest retries: a record is not worth more
    failed, resolved, trouble = 0, 0, None
    for batch in batched(left[: patience.missing_records], patience.records_per_commit):
        retried, trouble = yield from _retry(batch, asker, patience.failed_retries - failed)
        retried = [_in_only_set(one, run) for one in retried]
        resolved += yield from _save(retried, run.response_date or identity.response_date)
        failed += sum(bool(one.bad) for one in retried)
        if trouble or failed >= patience.failed_retries:
            break
    still = len(left) - resolved
    return [sentences.still_rejected(still, still - failed, trouble)] if still else []


def _retry(
    batch: Sequence[UnresolvedRejection], asker: Asker, failures: int
) -> Plan[tuple[list[_Retried], ProviderError | None]]:
    """Asks for these records until so many failed; with the error if the provider is to blame."""
    retried: list[_Retried] = []
    for one in batch:
        if sum(bool(done.bad) for done in retried) >= failures:
            break
        try:
            result = yield from asker.get(one.identifier)
        except ProviderError as error:
            return retried, error
        # If the provider listed a record and did not know its identifier, that it still does not says nothing.
        if isinstance(result, Gone) and OaiCode.ID_DOES_NOT_EXIST not in one.reason:
            retried.append(_Retried(one.identifier))
        elif bad := by_identifier.rejection(one.identifier, result):
            retried.append(_Retried(one.identifier, bad=(bad,)))
        elif isinstance(result, by_identifier.Given):
            retried.append(_Retried(one.identifier, result.records))
    return retried, None


def _in_only_set(retried: _Retried, run: Run) -> _Retried:
    """With the set of the run in records whose header names no set: a list of this set named them once."""
    if len(run.sets) != 1:
        return retried
    records = (raw if raw.sets else changes.listed_in(raw, run.sets[0]) for raw in retried.records)
    return replace(retried, records=tuple(records))


def _save(retried: Sequence[_Retried], now: str) -> Plan[int]:
    """Stores what came of these records; returns how many of them are resolved.

    One that the provider does not know any more gets a tombstone, as it was listed once. If an earlier version of it is
    in the store, a comparison decides.
    """
    resolved = {one.identifier for one in retried if not one.bad}
    gone = [one.identifier for one in retried if not one.records and not one.bad]
    known = (yield StoredRecords(resolved)) if gone else {}
    records = [raw for one in retried for raw in one.records]
    records += [RawRecord(identifier=name, datestamp=now, deleted=True) for name in gone if name not in known]
    bad = tuple(bad for one in retried for bad in one.bad)
    if records or bad or resolved:
        yield Save(Page(records=tuple(records), bad=bad) if records or bad else None, resolved)
    return len(resolved)
