"""One step with one file: sent, or asked for. Each step is stored whole before the next begins.

The mark that a file is about to be sent is on the disk before its first byte leaves. If the program is killed in
between, the file is perhaps received, and the next round asks for it.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Iterable
from datetime import datetime
from typing import TYPE_CHECKING

from msgspec.structs import replace

from harvester.answers import Answer, Result, SentArticle, SentFile, Terms
from harvester.config import Config
from harvester.errors import Stopped
from harvester.identifiers import fold_doi
from harvester.registration import doi_states, file_states, words
from harvester.registration.reader import Reader, content, event, said
from harvester.registration.registrar import Agency, Registrar
from harvester.store import Registration, Submission

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
        self._store, self._agency, self._pace, self._registrar, self._now = store, agency, terms.pace, registrar, now
        self._reader = Reader(config, store, agency, now, terms.pace)

    def send(self, file: Submission) -> tuple[Submission, Answer | None]:
        """Sends the file; returns it as it is now, and the answer, `None` if it was not sent.

        It is not sent if it is gone from the disk, or has a DOI that waits for a person.

        Raises `Stopped` if nothing of the file has left. It is sent in the next round then.
        """
        data = content(file)
        if isinstance(data, str):
            return self._reader.move(file, file_states.unsendable(file, data, self._now(), self._pace)), None
        articles = tuple(self._agency.articles(data))
        if file.state == "written" and (held := self._held(file, articles)):
            return self._withhold(file, articles, held), None
        begun = file_states.begun(file, self._now())
        self._store.submissions.save(
            begun, self._waiting(begun, articles), events=[event(begun, f"sent as {begun.names[-1]}")]
        )
        try:
            answer = self._registrar.send(begun.names[-1], data)
        except Stopped:
            self._store.submissions.save(file, events=[event(file, "not sent: the program was stopped")])
            raise
        return self._answered(begun, answer, articles), answer

    def ask(self, file: Submission) -> tuple[Submission, Answer | Result]:
        """Asks for the file under every name it was sent with; returns it as it is now, and what says most about it.

        Raises `Stopped`.
        """
        found: list[tuple[str, Answer | Result]] = []
        for name in file.names:
            found.append((name, self._compared(file, name, self._registrar.result(name))))
            if isinstance(found[-1][1], Answer):
                break
        return self._reader.found(file, found), file_states.most_advanced([answer for _, answer in found])

    def recover(self, file: Submission) -> Submission:
        """A file that a process was sending when it ended."""
        return self._reader.move(file, file_states.crashed(file, self._now(), self._pace))

    def supersede(self, file: Submission) -> Submission:
        return self._reader.move(file, file_states.superseded(file, self._now()))

    def refuse_login(self, file: Submission, text: str) -> Submission:
        """A file that would be sent if the agency accepted the login. Its DOIs wait."""
        refused = file_states.refused_login(file, text, self._now())
        data = content(file)
        waiting = self._waiting(refused, self._agency.articles(data)) if isinstance(data, bytes) else []
        self._store.submissions.save(refused, waiting, events=[event(refused, said(refused))])
        return refused

    def release(self, file: Submission) -> Submission:
        return self._reader.move(file, file_states.released(file, self._now()))

    def _compared(self, file: Submission, name: str, found: Answer | Result) -> Answer | Result:
        """The result, with whether the file was damaged on its way, if it was refused as a damaged one is.

        Nobody looks at the file after the result was stored, so what was received is read before.
        """
        if isinstance(found, Answer) or not self._reader.may_be_damaged(found):
            return found
        received, sent = self._registrar.contents(name), content(file)
        if isinstance(received, Answer):
            return received
        if received is None or isinstance(sent, str):
            return found
        return replace(found, is_damaged=received.strip() != sent.strip())

    def _held(self, file: Submission, articles: Iterable[SentArticle]) -> list[str]:
        """The DOIs of the file that wait for a person."""
        known = self._store.registrations.of_dois(file.target, file.system, [one.doi for one in articles])
        return [one.doi for one in known.values() if doi_states.is_held(one)]

    def _withhold(self, file: Submission, articles: Iterable[SentArticle], held: Collection[str]) -> Submission:
        """Does not send the file at all. Its other DOIs are exported again, if no newer file has them."""
        target, system, now = file.target, file.system, self._now()
        files = self._store.held_records.own_files(target, [one.doi for one in articles])
        left = {key: one.doi for one in articles if (key := fold_doi(one.doi)) not in set(map(fold_doi, held))}
        newest = {key: doi for key, doi in left.items() if files[key][-1].batch_id == file.batch_id}
        before = self._store.registrations.of_dois(target, system, newest)
        again = [doi_states.not_sent(before.get(key), doi, file, now) for key, doi in newest.items()]
        withheld = file_states.withheld(file, held, now)
        self._store.submissions.save(withheld, again, events=[event(withheld, said(withheld))])
        log.warning("%s: %s", file.names[-1], said(withheld))
        return withheld

    def _answered(self, begun: Submission, answer: Answer, articles: tuple[SentArticle, ...]) -> Submission:
        sent = file_states.sent(begun, answer, self._now(), self._pace)
        log.info("%s: %s", begun.names[-1], words.OF_FILE[sent.state])
        if answer.result is not None:
            return self._reader.read(sent, answer.result)
        if answer.kind == "refused":
            outcomes = doi_states.refused_at_once(SentFile(version=sent.timestamp, articles=articles), answer.text)
            return self._reader.decide(begun, sent, outcomes)
        return self._reader.move(begun, sent)

    def _waiting(self, file: Submission, articles: Iterable[SentArticle]) -> list[Registration]:
        dois = list(dict.fromkeys(article.doi for article in articles))
        before = self._store.registrations.of_dois(file.target, file.system, dois)
        now = self._now()
        return [doi_states.sending(before.get(fold_doi(doi)), doi, file, now) for doi in dois]
