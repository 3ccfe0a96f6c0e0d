"""One step with one file: sent, or asked for. Each step is stored whole before the next begins.

The mark that a file is about to be sent is on the disk before its first byte leaves. If the program is killed in
between, the file is perhaps received, and the next round asks for it.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec.structs import replace

from harvester.answers import Answer, Outcome, Outcomes, Result, SentArticle, SentFile, Terms
from harvester.config import Config
from harvester.deposits import outbox
from harvester.errors import ExportError, Stopped
from harvester.identifiers import fold_doi
from harvester.registration import doi_states, file_states, words
from harvester.registration.registrar import Agency, Registrar
from harvester.store import Event, FileLog, Registration, Submission

if TYPE_CHECKING:
    from harvester.store import Store  # SQLAlchemy comes in when a store is opened

log = logging.getLogger(__name__)


class Sender:
    """Sends files to one agency, asks for them, and stores what came of it."""

    def __init__(
        self,
        config: Config,
        store: Store,
        agency: Agency,
        terms: Terms,
        registrar: Registrar,
        now: Callable[[], datetime],
    ) -> None:
        self._config, self._store, self._agency, self._terms = config, store, agency, terms
        self._registrar, self._now = registrar, now

    def send(self, file: Submission) -> tuple[Submission, Answer | None]:
        """Sends the file; returns it as it is now, and the answer, `None` if it could not be sent at all.

        Raises `Stopped` if nothing of the file has left. It is sent in the next round then.
        """
        data = _data(file)
        if isinstance(data, str):
            return self._move(file, file_states.unsendable(file, data, self._now(), self._terms.pace)), None
        articles = list(self._agency.articles(data))
        begun = file_states.begun(file, self._now())
        registrations = self._sending(begun, articles)
        self._store.submissions.save(begun, registrations, events=[_event(begun, f"sent as {begun.names[-1]}")])
        try:
            answer = self._registrar.send(begun.names[-1], data)
        except Stopped:
            self._store.submissions.save(file, events=[_event(file, "not sent: the program was stopped")])
            raise
        sent = file_states.sent(begun, answer, self._now(), self._terms.pace)
        log.info("%s: %s", begun.names[-1], words.OF_FILE[sent.state])
        if answer.result is not None:
            return self._store_found(sent, [answer.result], [begun.names[-1]]), answer
        if answer.kind == "refused":
            outcomes = doi_states.refused_at_once(
                SentFile(version=file.timestamp, articles=tuple(articles)), answer.text
            )
            return self._store_outcomes(begun, sent, outcomes), answer
        return self._move(begun, sent), answer

    def ask(self, file: Submission) -> tuple[Submission, Answer | Result]:
        """Asks for the file under every name it was sent with; returns it as it is now, and what says most about it."""
        found: list[Answer | Result] = []
        names = list(reversed(file.names))
        for name in names:
            found.append(self._registrar.result(name))
            if isinstance(found[-1], Answer):
                break
        best = file_states.most_advanced(found)
        return self._store_found(file, found, names), best

    def read(self, file: Submission, result: Result) -> Submission:
        """Stores a log that came in another way, such as by mail."""
        return self._store_found(file, [result], [file.names[-1]])

    def recover(self, file: Submission) -> Submission:
        """A file that a process was sending when it ended."""
        return self._move(file, file_states.crashed(file, self._now(), self._terms.pace))

    def supersede(self, file: Submission) -> Submission:
        return self._move(file, file_states.superseded(file, self._now()))

    def release(self, file: Submission) -> Submission:
        return self._move(file, file_states.released(file, self._now()))

    # ------------------------------------------------------------------------------------------ parts

    def _sending(self, file: Submission, articles: Iterable[SentArticle]) -> list[Registration]:
        dois = list(dict.fromkeys(article.doi for article in articles))
        before = self._store.registrations.of_dois(file.target, file.system, dois)
        now = self._now()
        return [doi_states.sending(before.get(fold_doi(doi)), doi, file, now) for doi in dois]

    def _move(self, before: Submission, file: Submission) -> Submission:
        """Stores that the file moved on, and what this means for its DOIs."""
        now = self._now()
        known = [] if file.state == before.state else self._store.registrations.of_file(file.batch_id, file.system)
        moved = [(one, doi_states.followed(one, file, now)) for one in known]
        events = [] if file.state == before.state else [_event(file, _words(file))]
        self._store.submissions.save(file, [after for one, after in moved if after is not one], events=events)
        return file

    def _store_found(self, file: Submission, found: Sequence[Answer | Result], names: Sequence[str]) -> Submission:
        best = file_states.most_advanced(found)
        moved = file_states.asked(file, best, self._now(), self._terms.pace)
        logs = [
            (name, result)
            for name, result in zip(names, found, strict=False)
            if isinstance(result, Result) and result.state == "completed"
        ]
        if not logs:
            return self._move(file, moved)
        sent = self._sent_file(file)
        outcomes = self._agency.merged([self._agency.decide(result, sent) for _, result in reversed(logs)])
        kept = [FileLog(name=name, received=self._now(), raw=result.raw) for name, result in reversed(logs)]
        return self._store_outcomes(file, moved, outcomes, kept)

    def _sent_file(self, file: Submission) -> SentFile:
        """What was sent. Without the file, which a person may have moved away, its DOIs are known all the same."""
        data, articles = _data(file), []
        if isinstance(data, bytes):
            articles = list(self._agency.articles(data))
        else:
            keys = self._store.submissions.dois([file.batch_id])[file.batch_id]
            articles = [SentArticle(doi=key) for key in sorted(keys)]
        versions = self._store.submissions.versions(file.batch_id)
        known = (replace(article, versions=versions.get(fold_doi(article.doi), ())) for article in articles)
        return SentFile(version=file.timestamp, articles=tuple(known))

    def _store_outcomes(
        self, before: Submission, file: Submission, outcomes: Outcomes, logs: Sequence[FileLog] = ()
    ) -> Submission:
        """Stores what became of each DOI of a file, with its logs, in one transaction."""
        now, target, system = self._now(), file.target, file.system
        known = self._store.registrations.of_dois(target, system, [one.doi for one in outcomes.dois])
        decided = {
            fold_doi(one.doi): doi_states.decided(
                known.get(fold_doi(one.doi)), one, file, now, self._agency.again(self._config, one.kind)
            )
            for one in outcomes.dois
        }
        for ended in self._ended_conflicts(file, outcomes):
            decided.setdefault(fold_doi(ended.doi), doi_states.resolved(ended, now))
        self._store.submissions.save(
            file,
            list(decided.values()),
            logs=logs,
            events=list(_events(file, outcomes, is_new=file.state != before.state)),
            floors={fold_doi(one.doi): one.version for one in outcomes.dois if one.version and one.state == "refused"},
        )
        log.info("%s: the results of %d DOIs were read", file.names[-1], len(outcomes.dois))
        return file

    def _ended_conflicts(self, file: Submission, outcomes: Outcomes) -> list[Registration]:
        ended = {conflict for one in outcomes.dois for conflict in one.resolved_conflicts}
        return self._store.registrations.in_conflict(file.target, file.system, ended)


def _data(file: Submission) -> bytes | str:
    """The bytes of the file as they were written, or why there are none."""
    path = Path(file.path)
    try:
        data = outbox.get(path.parent, path.name)
    except ExportError as error:
        return str(error)
    if data is None:
        return f"{path} does not exist any more"
    if hashlib.sha256(data).hexdigest() != file.sha256:
        return f"{path} is not what was written any more"
    return data


def _words(file: Submission) -> str:
    said = f': "{file.answer}"' if file.answer else ""
    return f"{words.OF_FILE[file.state]}{said}"


def _event(file: Submission, text: str) -> Event:
    return Event(at=file.since, state=file.state, words=text, batch_id=file.batch_id)


def _events(file: Submission, outcomes: Outcomes, *, is_new: bool) -> Iterable[Event]:
    if is_new:
        yield _event(file, _words(file))
    for outcome in outcomes.dois:
        yield Event(at=file.since, state=outcome.state, words=_said(outcome), batch_id=file.batch_id, doi=outcome.doi)
    for verdict in outcomes.others:
        yield _event(file, f'about {verdict.doi or "no DOI"}: "{verdict.text}"')


def _said(outcome: Outcome) -> str:
    return " / ".join(dict.fromkeys(verdict.text for verdict in outcome.messages)) or outcome.text
