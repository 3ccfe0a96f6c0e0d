"""What is new and needs a person, although nothing fails."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from harvester.daemon import digest
from harvester.daemon.digest import gathered, send_digest
from harvester.daemon.notifications import Message, NotificationError
from harvester.errors import BusyError
from harvester.standing.due import DIGEST, digest_due, scheduled_tasks
from harvester.store import BatchMember, connect
from harvester.store.store import Store
from harvester.system import locks
from harvester.system.stopping import never_stop
from tests.daemon.conftest import Configured
from tests.store.samples import NOW, article_to_save, fill, finding, name

CROSSREF = (
    '[crossref]\ndepositor_name = "X"\ndepositor_email = "x@example.org"\nregistrant = "X"\n[alerts]\ndigest = "@daily"'
)
DAY = timedelta(days=1)


@pytest.fixture
def config(configured: Configured):
    return configured({"wetlands": "http://127.0.0.1:9/oai"}, more=CROSSREF)


@pytest.fixture
def store(config) -> Iterator[Store]:
    with connect(config.store_url) as opened:
        yield opened


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[Message]:
    messages: list[Message] = []
    monkeypatch.setattr(digest, "send", lambda _alerts, message, _stop: messages.append(message))
    return messages


def export(opened: Store, batch_id: str, moment) -> None:
    members = [BatchMember(one.id, one.doi or "", one.fingerprint or "") for one in opened.ready.pending("crossref")]
    opened.ledger.plan("crossref", batch_id, 20250301120000000, "5.5.0", members, moment)
    opened.ledger.mark_exported(batch_id, f"/exports/{batch_id}.xml", "ab" * 32, 99, moment)


def test_each_piece_of_news_is_sent_once(config, store: Store, sent: list[Message]):
    fill(store, article_to_save(1), article_to_save(2, findings=(finding("error"),)))
    export(store, "b1", NOW)
    assert send_digest(config, store, NOW, never_stop)[1] is None
    assert sent[0].subject.endswith(": 1 file to upload, 1 new article held back")
    assert "/exports/b1.xml" in sent[0].text
    assert f"wetlands  {name(2)}  Growth of" in sent[0].text
    send_digest(config, store, NOW + DAY, never_stop)
    assert len(sent) == 1
    fill(store, article_to_save(3, findings=(finding("error"),)))
    send_digest(config, store, NOW + 2 * DAY, never_stop)
    assert [one["record"] for one in sent[1].fields["digest"]["held_back"]] == [name(3)]  # type: ignore[index]


def test_article_held_back_once_more_is_news(config, store: Store, sent: list[Message]):
    held = article_to_save(2, findings=(finding("error"),))
    fill(store, article_to_save(1), held)
    for number, save in enumerate((held, article_to_save(2), held)):
        store.articles.save([save])
        send_digest(config, store, NOW + number * DAY, never_stop)
    assert len(sent) == 2


def test_source_that_brings_nothing_usable_is_in_each_digest(config, store: Store, sent: list[Message]):
    fill(store, *(article_to_save(number, findings=(finding("error"),)) for number in range(1, 31)))
    for number in range(2):
        send_digest(config, store, NOW + number * DAY, never_stop)
    assert len(sent) == 2
    assert "nothing usable from wetlands" in sent[1].subject
    assert "  and 20 more\n" in sent[0].text
    assert "wetlands: nothing of it can be exported" in sent[1].text


def test_what_could_not_be_sent_is_sent_later(config, store: Store, monkeypatch: pytest.MonkeyPatch):
    fill(store, article_to_save(1), article_to_save(2, findings=(finding("error"),)))

    def fail(*_: object) -> None:
        raise NotificationError("Nobody could be told")

    monkeypatch.setattr(digest, "send", fail)
    assert send_digest(config, store, NOW, never_stop)[1] == "Nobody could be told"
    assert len(gathered(config, store, NOW).held) == 1
    assert digest_due(config, store, NOW) is not None


def test_digest_that_another_process_has_just_sent_is_not_due(config, store: Store, sent: list[Message]):
    fill(store, article_to_save(1), article_to_save(2, findings=(finding("error"),)))
    assert send_digest(config, store, NOW, never_stop)[0]
    assert send_digest(config, store, NOW, never_stop) == (None, None)
    assert len(sent) == 1


def test_digest_is_left_to_the_process_that_notifies_people(config, store: Store, sent: list[Message]):
    fill(store, article_to_save(1), article_to_save(2, findings=(finding("error"),)))
    with locks.hold(config.locks_dir, "alerts", what="alerts"), pytest.raises(BusyError):
        send_digest(config, store, NOW, never_stop)
    assert send_digest(config, store, NOW, never_stop)[0]


def test_digest_is_a_scheduled_task(config, store: Store, sent: list[Message], tmp_path: Path):
    (task,) = (one for one in scheduled_tasks(config, store, NOW) if one.subject == DIGEST)
    assert (task.kind, task.due) == ("digest", NOW)
    send_digest(config, store, NOW, never_stop)
    assert sent == []
    assert digest_due(config, store, NOW + DAY / 24) is None
    assert digest_due(config, store, NOW + DAY) is not None
