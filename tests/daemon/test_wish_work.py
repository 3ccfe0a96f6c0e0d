"""What each kind of wish does, and what it says afterwards."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from harvester import pipeline
from harvester.config import Config
from harvester.crossref.agency import CROSSREF_AGENCY
from harvester.daemon.wish_work import Outcome, as_sentence, do
from harvester.errors import BusyError, ConfigError, HarvesterError
from harvester.registration import by_hand
from harvester.system import locks
from harvester.system.stopping import never_stop
from tests.daemon.conftest import Configured
from tests.providers import small_journal
from tests.providers.press import press
from tests.registration.conftest import Depositor
from tests.standin.running import Running

DOI = "10.5555/lamps.1"


def now() -> datetime:
    return datetime.now(UTC)


@pytest.fixture
def config(configured: Configured) -> Iterator[Config]:
    with small_journal.serving() as server:
        yield configured({"reeds": server.url})


@pytest.fixture
def depositor(tmp_path: Path, crossref_standin: Running) -> Iterator[Depositor]:
    with press(tmp_path) as made:
        yield Depositor(made, crossref_standin)


def work(config: Config, what: str, subject: str = "reeds", upload: bytes | None = None, **choices: str) -> Outcome:
    with pipeline.opened(config) as store:
        wish = store.wishes.ask(what, subject, choices, by="anna", now=now(), upload=upload)
        return do(config, store, wish, now=now, stop=never_stop)


def test_harvest_compare_and_rebuild(config: Config):
    assert work(config, "harvest") == Outcome("Run 1 (oai_dc): complete; 4 new.")
    assert work(config, "full") == Outcome("Run 2 (oai_dc): complete; nothing new.")
    assert work(config, "compare").words.startswith("Run 3 (oai_dc): ")
    assert work(config, "rebuild").words == "4 articles rebuilt."
    assert work(config, "stop").words == "Nothing was under way at reeds."


def test_test_of_a_source(config: Config):
    outcome = work(config, "test")
    assert outcome.succeeded
    first, *lines = outcome.words.split("\n")
    assert first == "It works with these settings."
    assert any(line.startswith("oai_dc: supported: yes, as oai_dc;") for line in lines)


def test_source_that_is_configured_no_more(config: Config):
    for what in ("harvest", "compare", "test", "rebuild"):
        with pytest.raises(ConfigError):
            work(config, what, "gone")


def test_source_that_another_process_took_first_is_left_to_it(config: Config):
    with locks.hold(config.locks_dir, "source-reeds", what="a harvest"), pytest.raises(BusyError):
        work(config, "harvest")


@pytest.mark.parametrize("text", ["nothing answers", "Nothing answers."])
def test_error_becomes_a_sentence(text: str):
    assert as_sentence(text) == "Nothing answers."


def test_wish_of_a_newer_program(config: Config):
    with pytest.raises(HarvesterError, match="cannot do that"):
        work(config, "brew", "tea")


class Wishing:
    """Does wishes with the clock of a depositor."""

    def __init__(self, depositor: Depositor) -> None:
        self.depositor = depositor

    def __call__(self, what: str, upload: bytes | None = None, **choices: str) -> Outcome:
        one = self.depositor
        with one.press.bench.opened() as (config, store):
            wish = store.wishes.ask(what, "crossref", choices, by="anna", now=one.tick(), upload=upload)
            outcome = do(config, store, wish, now=one.tick, stop=never_stop)
            store.wishes.end(wish.id, one.tick(), outcome.words, succeeded=outcome.succeeded)
            return outcome


@pytest.fixture
def wishing(depositor: Depositor) -> Wishing:
    depositor.press.harvest()
    return Wishing(depositor)


@pytest.mark.slow
def test_files_are_written_and_uploaded_by_hand(wishing: Wishing):
    depositor = wishing.depositor
    written = wishing("export")
    first, name = written.words.split("\n")
    assert first.startswith("3 records written into 1 file")
    (path,) = depositor.folder.glob("exports/*.xml")
    assert path.name == name
    with depositor.press.bench.opened() as (_, store):
        (file,) = store.deposits.find_files("crossref", "live")
    assert wishing("uploaded", file=file.batch_id).words.startswith("Marked as uploaded, with 3 DOIs.")
    assert set(depositor.states().values()) == {"waiting"}
    with pytest.raises(HarvesterError, match="cannot be marked as uploaded"):
        wishing("uploaded", file=file.batch_id)
    depositor.standin.upload(path.read_bytes(), name)
    depositor.clock.advance(hours=1)
    mail = depositor.standin.state.mail(name)
    assert mail is not None
    assert wishing("log", mail).words == f"{name}: 3 registered."
    assert set(depositor.states().values()) == {"registered"}


@pytest.mark.slow
def test_deposit_retry_and_marks(wishing: Wishing):
    depositor = wishing.depositor
    sent = wishing("deposit")
    assert sent.succeeded
    assert "1 file sent to Crossref, 0 results asked for." in sent.words
    depositor.settle()
    assert wishing("mark", doi=DOI, registered="no").words.startswith("1 DOI marked as not registered.")
    assert depositor.states()["1"] == "refused"
    again = wishing("retry", state="refused", expected="1")
    assert again.words == "1 DOI to be sent or asked for with the next deposit."
    assert wishing("mark", state="refused", expected="1", registered="yes").words == "1 DOI marked as registered."
    assert not wishing("mark", state="refused", expected="1", registered="yes").succeeded
    file = depositor.files()[0]
    assert wishing("retry", file=file.batch_id).words.startswith("0 DOIs")
    assert wishing("retry", login="yes").words.startswith("The login is tried again")


@pytest.mark.slow
def test_more_dois_than_the_person_was_told_are_left_alone(wishing: Wishing):
    wishing("deposit")
    wishing.depositor.settle()
    with pytest.raises(HarvesterError, match="3 DOIs match now, and 2 did"):
        wishing("mark", state="registered", expected="2", registered="no")
    assert set(wishing.depositor.states().values()) == {"registered"}


@pytest.mark.slow
def test_log_of_another_store_is_told(wishing: Wishing):
    log = b"<doi_batch_diagnostic status='completed'><submission_id>7</submission_id>"
    log += b"<batch_id>other</batch_id><record_diagnostic status='Success'><doi>10.5555/a</doi></record_diagnostic>"
    outcome = wishing("log", log + b"</doi_batch_diagnostic>")
    assert not outcome.succeeded
    assert "this store never wrote a file other" in outcome.words


@pytest.mark.slow
def test_nothing_is_sent_while_sending_is_off(wishing: Wishing, tmp_path: Path):
    wishing.depositor.press.configure("", crossref="")
    with pytest.raises(ConfigError):
        wishing("deposit")
    with pytest.raises(ConfigError):
        wishing("retry", login="yes")
    with pytest.raises(HarvesterError, match="was not sent yet"):
        wishing("retry", file="none")


@pytest.mark.slow
def test_file_that_is_not_there_cannot_be_marked(depositor: Depositor):
    with depositor.press.bench.opened() as (config, store), pytest.raises(HarvesterError, match="no deposit file b9"):
        by_hand.mark_uploaded(config, store, CROSSREF_AGENCY, "live", "b9", depositor.tick)
