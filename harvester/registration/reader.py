"""Stores what became of a file and of each of its DOIs, in one transaction for each step."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec.structs import replace

from harvester.answers import Answer, Matched, Outcome, Outcomes, Result, SentArticle, SentFile
from harvester.config import Config
from harvester.counting import counted
from harvester.deposits import outbox
from harvester.errors import ExportError
from harvester.identifiers import fold_doi
from harvester.registration import doi_states, file_states, words
from harvester.registration.registrar import Agency
from harvester.store import Event, FileLog, Matches, OwnFile, Registration, Submission

if TYPE_CHECKING:
    from harvester.store import Store  # SQLAlchemy comes in when a store is opened

log = logging.getLogger(__name__)


class Reader:
    """What an agency says of the files of one store."""

    def __init__(
        self, config: Config, store: Store, agency: Agency, now: Callable[[], datetime], pace: float = 1.0
    ) -> None:
        self._config, self._store, self._agency, self._now, self._pace = config, store, agency, now, pace

    def read(self, file: Submission, result: Result) -> Submission:
        """Stores one result, however it came; returns the file as it is now."""
        return self.found(file, [(file.names[-1], result)])

    def may_be_damaged(self, result: Result) -> bool:
        """Whether the file was refused as one that was damaged on its way is."""
        return any(self._agency.again(self._config, one.kind).damage for one in result.verdicts)

    def found(self, file: Submission, answers: Sequence[tuple[str, Answer | Result]]) -> Submission:
        """Stores what was answered about each of these names of a file; returns the file as it is now."""
        best = file_states.most_advanced([answer for _, answer in answers])
        moved = file_states.asked(file, best, self._now(), self._pace)
        logs = [(name, one) for name, one in answers if isinstance(one, Result) and one.state == "completed"]
        if not logs:
            return self.move(file, moved)
        sent = self._sent_file(file)
        outcomes = self._agency.merged([self._agency.decide(result, sent) for _, result in logs])
        before = {log.raw for log in self._store.submissions.logs(file.batch_id, file.system)}
        kept = [
            FileLog(name=name, received=self._now(), raw=result.raw)
            for name, result in logs
            if result.raw not in before
        ]
        if kept:
            self._keep_matches(file, outcomes, matches((result for _, result in logs), sent.articles))
        return self.decide(file, moved, outcomes, kept, is_damaged=any(result.is_damaged for _, result in logs))

    def move(self, before: Submission, file: Submission) -> Submission:
        """Stores that the file moved on, and what this means for its DOIs."""
        now, moves = self._now(), file.state != before.state
        known = self._store.registrations.of_file(file.batch_id, file.system) if moves else []
        followed = [(one, doi_states.followed(one, file, now)) for one in known]
        events = [event(file, said(file))] if moves else []
        self._store.submissions.save(file, [after for one, after in followed if after is not one], events=events)
        return file

    def decide(
        self,
        before: Submission,
        file: Submission,
        outcomes: Outcomes,
        logs: Sequence[FileLog] = (),
        *,
        is_damaged: bool = False,
    ) -> Submission:
        """Stores what became of each DOI of a file, with its logs, in one transaction."""
        now, target, system = self._now(), file.target, file.system
        known = self._store.registrations.of_dois(target, system, [one.doi for one in outcomes.dois])
        decided: dict[str, Registration] = {}
        for one in outcomes.dois:
            key, again = fold_doi(one.doi), self._agency.again(self._config, one.kind)
            again = replace(again, damage=again.damage and is_damaged)
            decided[key] = doi_states.decided(known.get(key), one, file, now, again)
        for ended in self._ended_conflicts(file, outcomes):
            decided.setdefault(fold_doi(ended.doi), doi_states.resolved(ended, now))
        self._store.submissions.save(
            file,
            list(decided.values()),
            logs=logs,
            events=list(_events(file, outcomes, now, known, moves=file.state != before.state)),
            floors={fold_doi(one.doi): one.version for one in outcomes.dois if one.version and one.state == "refused"},
        )
        log.info("%s: what became of %s was read", file.names[-1], counted(len(outcomes.dois), "DOI"))
        return file

    def _sent_file(self, file: Submission) -> SentFile:
        """What was sent. Without the file, which a person may have moved away, its DOIs are known all the same."""
        data = content(file)
        if isinstance(data, bytes):
            self._store.held_records.keep_file(file.batch_id, data)
            articles: Iterable[SentArticle] = self._agency.articles(data)
        else:
            keys = self._store.submissions.dois([file.batch_id])[file.batch_id]
            articles = (SentArticle(doi=key) for key in sorted(keys))
        versions = self._store.submissions.versions(file.batch_id)
        known = (replace(article, versions=versions.get(fold_doi(article.doi), ())) for article in articles)
        return SentFile(version=file.timestamp, articles=tuple(known))

    def _keep_matches(self, file: Submission, outcomes: Outcomes, found: Mapping[str, Matches]) -> None:
        """Remembers the references of the registered DOIs, unless a newer file has them."""
        registered = {fold_doi(one.doi) for one in outcomes.dois if one.state in doi_states.REGISTERED}
        known = self._store.registrations.of_dois(file.target, file.system, registered)
        newest = {doi for doi in registered if doi not in known or (known[doi].timestamp or 0) <= file.timestamp}
        numbers = {doi: one for doi, one in found.items() if fold_doi(doi) in newest}
        self._store.held_records.save_matches(file.target, file.system, numbers)

    def _ended_conflicts(self, file: Submission, outcomes: Outcomes) -> list[Registration]:
        ended = {conflict for one in outcomes.dois for conflict in one.resolved_conflicts}
        return self._store.registrations.in_conflict(file.target, file.system, ended)


def matches(logs: Iterable[Result], articles: Iterable[SentArticle]) -> dict[str, Matches]:
    """How many references each DOI has, and for which the agency found a DOI; the last log counts.

    A log need not name all of them: some are processed later.
    """
    known = {article.doi: Matches(refs=article.references) for article in articles if article.references}
    spelt = {fold_doi(doi): doi for doi in known}
    for log in logs:
        of_log: dict[str, list[Matched]] = {}
        for one in log.references:
            if one.status != "deferred":
                of_log.setdefault(spelt.get(fold_doi(one.citing), one.citing), []).append(one)
        for doi, named in of_log.items():
            refs = max(len(named), known[doi].refs if doi in known else 0)
            matched = [one for one in named if one.doi is not None]
            found = {one.key: one.doi for one in matched if one.key and one.doi}
            known[doi] = Matches(refs=refs, matched=len(matched), found=found)
    return known


def content(file: Submission | OwnFile) -> bytes | str:
    """The bytes of the file as they were written, or why there are none."""
    path = Path(file.path)
    try:
        data = outbox.get(path.parent, path.name)
    except ExportError as error:
        return str(error)
    if data is None:
        return f"{path} does not exist any more; deposits discard {path.name} lets its articles be exported again"
    if hashlib.sha256(data).hexdigest() != file.sha256:
        return f"{path} is not what was written any more"
    return data


def said(file: Submission) -> str:
    """The state of a file with the agency's words."""
    return f'{words.OF_FILE[file.state]}: "{file.answer}"' if file.answer else words.OF_FILE[file.state]


def event(file: Submission, text: str) -> Event:
    """Something that happened when the file came into its state."""
    return Event(at=file.since, state=file.state, words=text, batch_id=file.batch_id)


def _events(
    file: Submission, outcomes: Outcomes, now: datetime, known: Mapping[str, Registration], *, moves: bool
) -> Iterator[Event]:
    """What happened to the file and to its DOIs. A log that is read again says nothing new."""
    if moves:
        yield event(file, said(file))
    for outcome in outcomes.dois:
        if not _is_known(known.get(fold_doi(outcome.doi)), outcome, file):
            text = _all_messages(outcome)
            yield Event(at=now, state=outcome.state, words=text, batch_id=file.batch_id, doi=outcome.doi)
    for verdict in outcomes.others if moves else ():
        yield event(file, f'about {verdict.doi or "no DOI"}: "{verdict.text}"')


def _is_known(known: Registration | None, outcome: Outcome, file: Submission) -> bool:
    """Whether the last log of the same file said the same about the DOI."""
    told = (file.batch_id, outcome.state, outcome.kind, outcome.text)
    return known is not None and (known.batch_id, known.state, known.kind, known.message) == told


def _all_messages(outcome: Outcome) -> str:
    return " / ".join(dict.fromkeys(verdict.text for verdict in outcome.messages)) or outcome.text
