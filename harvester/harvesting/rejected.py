"""What was rejected by name and has not come since: every later harvest asks for it again, by its name.

Whoever mends a record, or the software that could not write it, rarely moves its datestamp: no list of what is new
would ever give it. What is awaited follows from what the store holds, the last rejection of a name and the run that
brought its record; so a name that comes in vain is rejected again, by the run that asked for it.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager

from msgspec.structs import replace

from harvester.errors import OaiCode, ProtocolError, ProviderError, TooSlow, Unreachable
from harvester.harvesting.arrivals import Arrivals
from harvester.harvesting.job import Job
from harvester.harvesting.ladder import MOST_MISSING, SLAB, batched, is_for_good
from harvester.model import BadRecord, Page, RawRecord
from harvester.oai import Provider
from harvester.store import Run, UnresolvedRejection

log = logging.getLogger(__name__)

IN_VAIN = 20  # records that one run asks for in vain; those that were not asked for are first at the next one
UNANSWERED = 3  # questions without an answer, before the provider, not a record, is to blame

Aside = Callable[[str], AbstractContextManager[None]]


class Recall:
    """Asks for what had been rejected when the run was taken up. `aside` is held while a question is on its way."""

    def __init__(self, job: Job, run: Run, arrivals: Arrivals, aside: Aside) -> None:
        self._job, self._store, self._run, self._arrivals, self._aside = job, job.store, run, arrivals, aside
        self._last = job.store.last_rejection_id()
        self._in_vain, self._unanswered = 0, 0
        self._trouble: ProviderError | None = None

    def ask(self) -> Iterator[str]:
        """Keeps what comes, and says how much is still missing. A range is asked for its dates alone."""
        if self._run.kind == "range":
            return
        awaited = self._store.unresolved_rejections(self._run.source, self._run.prefix, self._last)
        given = {one.identifier for one in awaited if self._arrivals.gave(one.identifier)}
        self._store.resolve_rejections(self._run.id, given)
        left = [one for one in awaited if one.identifier not in given]
        if left:
            log.info("%s: asks again for what was rejected (%d records)", self._run.prefix, len(left))
            count = len(left) - self._ask_for(left)
            if count:
                yield self._said(count, count - self._in_vain)

    def _ask_for(self, awaited: Sequence[UnresolvedRejection]) -> int:
        """For how many of them nobody has to wait any longer."""
        # The next harvest asks again: no record is worth the patience that a list is.
        access = replace(self._job.source.access(), retries=0)
        with Provider(access, stop=self._job.stop) as provider:
            answers = self._answers(provider, awaited[:MOST_MISSING])
            return sum(self._keep(slab) for slab in batched(answers, SLAB))

    def _answers(
        self, provider: Provider, awaited: Iterable[UnresolvedRejection]
    ) -> Iterator[tuple[UnresolvedRejection, Page]]:
        """What comes for each, until too much was asked for in vain or the provider is to blame."""
        for one in awaited:
            if self._in_vain == IN_VAIN:
                return
            try:
                answer = self._answer(provider, one)
            except ProviderError as error:
                self._trouble = error
                return
            self._in_vain += bool(answer.bad)
            yield one, answer

    def _answer(self, provider: Provider, one: UnresolvedRejection) -> Page:
        """The record, or the bad record in its place; an empty page where the provider has none. Raises what is no
        fault of the record's.

        Where the provider named a record and did not know it by its name, that it still does not says nothing.
        """
        try:
            with self._aside(provider.url):
                page = provider.record(one.identifier, self._run.prefix)
        except ProtocolError as error:
            gone = error.code == OaiCode.ID_DOES_NOT_EXIST and OaiCode.ID_DOES_NOT_EXIST not in one.reason
            return Page(records=()) if gone else _rejected(one, str(error))
        except ProviderError as error:
            self._unanswered += isinstance(error, (Unreachable, TooSlow))
            if self._unanswered == UNANSWERED or not is_for_good(error):
                raise
            return _rejected(one, str(error))
        records = tuple(raw for raw in page.records if raw.identifier == one.identifier)
        bad = () if records else tuple(replace(bad, identifier=one.identifier) for bad in page.bad)
        return Page(records=records, bad=bad)

    def _keep(self, slab: Sequence[tuple[UnresolvedRejection, Page]]) -> int:
        """Stores what came of these records; for how many nobody has to wait any longer.

        One that nobody knows any more has a tombstone, as it was listed once; where an earlier version of it is held,
        `reconcile` has the last word.
        """
        settled = {one.identifier for one, page in slab if not page.bad}
        held = self._store.stored_records(self._run.source, self._run.prefix, settled)
        gone = [one.identifier for one, page in slab if not page.records and not page.bad]
        records = [raw for _, page in slab for raw in page.records]
        records += [self._tombstone(name) for name in gone if name not in held]
        bad = tuple(one for _, page in slab for one in page.bad)
        if records or bad:
            self._arrivals.keep(Page(records=tuple(records), bad=bad), None, seen=0, done=False)
        self._store.resolve_rejections(self._run.id, settled)
        return len(settled)

    def _tombstone(self, name: str) -> RawRecord:
        said = self._store.run(self._run.id).response_date or self._job.identity.response_date
        return RawRecord(identifier=name, datestamp=said, deleted=True)

    def _said(self, count: int, left_out: int) -> str:
        asked = f", {left_out} were not asked for this time" if left_out else ""
        why = f" ({self._trouble})" if self._trouble else ""
        return (
            f"{count} of the records that were rejected before could not be had yet{asked}{why}; "
            "tell the provider's administrator, the next harvest asks for them again"
        )


def _rejected(one: UnresolvedRejection, reason: str) -> Page:
    return Page(records=(), bad=(BadRecord(identifier=one.identifier, reason=reason, payload=b""),))
