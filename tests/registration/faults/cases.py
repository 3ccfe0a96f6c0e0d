"""The cases: answers to an upload, waiting, shapes of results, versions, clocks, and each message of the catalogue."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from harvester.crossref.agency import CROSSREF_AGENCY
from harvester.crossref.client.messages import Entry, entries
from harvester.demo.library import Author
from harvester.registration import by_hand
from harvester.standin.diagnostic import NOT_FOUND, Citation, Diagnosis, failure, server_fault
from harvester.standin.knobs import Fault
from tests.registration.conftest import Depositor
from tests.registration.faults.case import CASES, Case, Story, case, everyone
from tests.standin.running import LOGIN

__all__ = ["CASES"]

SECOND = "10.5555/lamps.2"


def go(depositor: Depositor, hours: float = 6.0) -> None:
    """Exports, sends, and waits for the result."""
    depositor.deposit()
    depositor.settle(hours)


def success(text: str = "Successfully added", doi: str = SECOND, **more: object) -> Diagnosis:
    return Diagnosis(**{"status": "Success", "pairs": ((doi, text),)} | more)  # type: ignore[arg-type]


def answered(depositor: Depositor, *records: Diagnosis, hours: float = 3.0) -> None:
    """The result has these records for the second DOI."""
    depositor.standin.state.knobs.verdicts = {SECOND: records}
    go(depositor, hours)


def go_on(depositor: Depositor, hours: float = 6.0) -> None:
    """Sends what was exported, and waits for the result."""
    depositor.round()
    depositor.settle(hours)


def with_orcid(depositor: Depositor) -> None:
    """The author of the second article has an ORCID iD."""
    depositor.configure(formats=("jats", "oai_dc"))
    depositor.press.correct(2, authors=(Author(name={"en": "Berg, Bea"}, orcid="0000-0002-1825-0097"),))


def deposit_of_another(depositor: Depositor, version: int) -> None:
    """Another tool deposits what we deposited, with a version of its own."""
    file = depositor.files()[0]
    data = Path(file.path).read_bytes().replace(str(file.timestamp).encode(), str(version).encode())
    depositor.standin.state.deposit_directly(data, LOGIN)


def read(depositor: Depositor, log: bytes | None) -> None:
    """A person gives the program a log that came by mail."""
    assert log is not None
    with depositor.press.bench.opened() as (config, store):
        by_hand.read_logs(config, store, CROSSREF_AGENCY, "live", log, depositor.tick)


# ------------------------------------------------------------------------------------------- Answers to an upload


@case("Nothing goes wrong", "the file is sent once; its result is read")
def received(depositor: Depositor) -> None:
    go(depositor)


def _answers() -> None:
    """One case for each fault of the stand-in, in its words."""
    asked = "the answer is uncertain: the file is asked for, found, and not sent again"
    again = "the answer is uncertain: the file is asked for during an hour, then sent again under another name"
    later = "the same file is sent later, under its name"
    behaviours = {
        Fault.UNAVAILABLE: later,
        Fault.THROTTLED: later,
        Fault.TOO_MANY: asked,
        Fault.ERROR_AFTER_ACCEPTANCE: asked,
        Fault.GATEWAY_TIMEOUT: asked,
        Fault.LOST_ANSWER: asked,
    }
    for fault in Fault:
        if fault in (Fault.DAMAGED, Fault.TOO_LARGE):
            continue  # see `damaged`, whose answer is a good one, and `too_large`

        def story(depositor: Depositor, fault: Fault = fault) -> None:
            depositor.standin.state.knobs.deposit_faults = [fault]
            go(depositor)

        story.__name__ = fault.name.lower()
        case(f"The answer to an upload: {fault.value}", behaviours.get(fault, again))(story)


_answers()


@case(
    f"The answer to an upload: {Fault.TOO_LARGE.value}",
    "its DOIs are refused, in the words of the answer",
    reads="larger than 10 MB",
    states=everyone("refused"),
    uploads=0,
)
def too_large(depositor: Depositor) -> None:
    depositor.standin.state.knobs.deposit_faults = [Fault.TOO_LARGE]
    go(depositor)


@case(
    "The login is refused",
    "one request, then the account stops until the login or the password changes",
    reads="refuses the login",
    states=everyone("waiting"),
    uploads=0,
)
def wrong_login(depositor: Depositor) -> None:
    depositor.configure(login="Demo")
    go(depositor)


@case(
    "The login is refused with status 200",
    "as with 401: the page names the login",
    reads="refuses the login",
    states=everyone("waiting"),
    uploads=0,
)
def wrong_login_with_200(depositor: Depositor) -> None:
    depositor.standin.state.knobs.login_status = 200
    depositor.configure(login="Demo")
    go(depositor)


@case("The login may not use the role that it names", "the account stops, and the words of Crossref are shown",
      reads="cannot assume specified role 'other'", states=everyone("waiting"), uploads=0)  # fmt: skip
def wrong_role(depositor: Depositor) -> None:
    depositor.configure(login=f"{LOGIN}/other")
    go(depositor)


@case("Requests arrive without the login, as behind a proxy that drops it",
      "the account stops, and the words of Crossref are shown",
      reads="No login info in request", states=everyone("waiting"), uploads=0)  # fmt: skip
def no_login(depositor: Depositor) -> None:
    depositor.standin.state.knobs.login_lost = True
    go(depositor)


@case("The login of the live system is used for the test system", "the account stops, and both systems are named",
      reads="a login of the live system does not work here", states=everyone("waiting"), uploads=0)  # fmt: skip
def live_login_at_test(depositor: Depositor) -> None:
    depositor.configure(login="live-only", system="test")
    go(depositor)


@case("The account is out of order for a day", "nothing is sent; once the login is right again, everything is")
def account_out_of_order(depositor: Depositor) -> None:
    depositor.configure(login="Demo")
    go(depositor, 24)
    depositor.clock.advance(hours=24)
    depositor.configure(login=LOGIN)
    go(depositor)


@case("Too many files of the login wait for their result", "the file is sent later, under its name")
def too_many_pending(depositor: Depositor) -> None:
    depositor.standin.state.knobs.pending_limit = 0
    go(depositor, 1)
    depositor.standin.state.knobs.pending_limit = 10
    go(depositor)


@case("Crossref asks to wait for an hour", "nothing is sent within this hour")
def retry_after(depositor: Depositor) -> None:
    knobs = depositor.standin.state.knobs
    knobs.retry_after, knobs.deposit_faults = 3600, [Fault.THROTTLED]
    go(depositor, 0.9)
    assert depositor.uploads() == []
    go(depositor)


@case("Crossref is out of order for a day", "nothing is sent; afterwards everything is")
def outage(depositor: Depositor) -> None:
    depositor.standin.state.knobs.outage_until = depositor.now() + timedelta(days=1)
    go(depositor, 48)


@case("Three times in a row an upload gets lost", "it is sent under three names, and then a person is told",
      reads="lost", states=everyone("uncertain"), uploads=0)  # fmt: skip
def always_lost(depositor: Depositor) -> None:
    depositor.standin.state.knobs.deposit_faults = [Fault.DROP] * 10
    go(depositor, 24)


# ------------------------------------------------------------------------------------------- Waiting for the result


@case(
    "A file is unknown for 90 minutes after it was received",
    "the program requests its result again, and does not send it again",
)
def late(depositor: Depositor) -> None:
    depositor.standin.state.knobs.visible_delay = timedelta(minutes=90)
    go(depositor)


@case("A file is queued for two days", "it is asked for every hour")
def long_queue(depositor: Depositor) -> None:
    depositor.standin.state.knobs.queue_delay = timedelta(days=2)
    go(depositor, 24 * 4)


@case("A file has a state that is not known", "the program requests its result again, as for a queued file")
def unknown_state(depositor: Depositor) -> None:
    depositor.standin.state.knobs.queued_status = "queued_for_batch"
    go(depositor)


@case("Questions are answered with 503 for three hours", "no state changes; it is asked later")
def outage_while_asking(depositor: Depositor) -> None:
    depositor.deposit()
    depositor.standin.state.knobs.outage_until = depositor.now() + timedelta(hours=3)
    depositor.settle(24)


@case("Questions get every kind of wrong answer", "no state changes; it is asked later")
def wrong_answers(depositor: Depositor) -> None:
    depositor.standin.state.knobs.result_faults = list(Fault)
    go(depositor, 72)


@case("A log that came by mail is read twice", "the second time changes nothing")
def log_twice(depositor: Depositor) -> None:
    depositor.deposit()
    depositor.clock.advance(hours=1)
    log = depositor.standin.state.mail(depositor.uploads()[0])
    read(depositor, log)
    read(depositor, log)
    depositor.settle()


@case("An old log is read after a newer deposit", "the state is that of the newer one", uploads=2)
def log_late(depositor: Depositor) -> None:
    answered(depositor, failure(SECOND, "year: 20222 in not a valid integer"))
    log = depositor.standin.state.mail(depositor.uploads()[0])
    depositor.standin.state.knobs.verdicts = {}
    depositor.press.correct(2, title={"en": "Corrected"})
    go(depositor)
    read(depositor, log)


# ------------------------------------------------------------------------------------------- Shapes of results


@case("The result says what became of references", "they are no part of what became of the DOI")
def references(depositor: Depositor) -> None:
    error = "Either ISSN or Journal title or Proceedings title must be supplied."
    citations = (
        Citation("r1", "resolved_reference", "10.5555/x"),
        Citation("r2", "stored_query"),
        Citation("r3", "error", error),
    )
    answered(depositor, success(citations=citations))


@case("References are processed later, in a submission of their own", "the DOI is registered")
def deferred_references(depositor: Depositor) -> None:
    answered(depositor, success("Successfully updated", deferred=1403850958))


@case("A result has lines that end with CR LF", "it is read as any other")
def crlf(depositor: Depositor) -> None:
    depositor.standin.state.knobs.crlf = True
    go(depositor)


@case("A result names a DOI in capital letters", "DOIs are compared without case")
def other_case(depositor: Depositor) -> None:
    answered(depositor, success(doi=SECOND.upper()))


@case("Another DOI has the same metadata", "the DOI is registered, and the conflict is named",
      reads="another DOI has the same metadata",
      states={"2": "registered_with_conflict"}, kinds={"2": "conflict"})  # fmt: skip
def conflict(depositor: Depositor) -> None:
    pairs = ((SECOND, "Added with conflict"),)
    warning = Diagnosis(status="Warning", pairs=pairs, conflict_id=77, dois_in_conflict=("10.5555/lamps.3",))
    answered(depositor, warning)


@case("A journal without an ISSN is refused without naming a DOI", "it is about the DOI without a record",
      reads="ISSN", states={"2": "refused"}, kinds={"2": "notitleid"})  # fmt: skip
def empty_doi(depositor: Depositor) -> None:
    text = "Deposit contains title error: title: Journal of Lamps must deposit with an ISSN and/or journal title DOI"
    answered(depositor, failure("", text, 28))


@case("An ORCID iD with a wrong check digit, without a DOI", "the author is found in the file that was sent",
      reads="0000-0002-1825-0097", states={"2": "refused"}, kinds={"2": "orcidsum"})  # fmt: skip
def orcid_sum(depositor: Depositor) -> None:
    with_orcid(depositor)
    text = 'Error in Journal Article (Author ORCID): ORCID "https://orcid.org/0000-0002-1825-0097" has invalid checksum'
    answered(depositor, Diagnosis(status="Failure", pairs=((NOT_FOUND, text),), msg_id=45))


@case("Two errors of ORCID iDs in one record, without a DOI", "the author is found in the file that was sent",
      reads="0000-0002-1825-0097", states={"2": "refused"}, kinds={"2": "orcidtwice"})  # fmt: skip
def orcid(depositor: Depositor) -> None:
    with_orcid(depositor)
    text = 'Error in Journal Article (Author ORCID): ORCID URL "https://orcid.org/0000-0002-1825-0097" has duplicates'
    text += " in contributor list"
    pairs = ((NOT_FOUND, text), (NOT_FOUND, text))
    answered(depositor, Diagnosis(status="Failure", pairs=pairs, msg_id=45))


@case("The ISSN belongs to a journal with another title", "every DOI of the journal is refused, with that title",
      reads="Journal of Candles", states=everyone("refused"), kinds=everyone("issntitle"))  # fmt: skip
def another_title(depositor: Depositor) -> None:
    depositor.standin.state.add_title("Journal of Candles", "10.5555", "0000-0108")
    go(depositor, 3)


@case("The ISSN belongs to another publisher", "every DOI of the journal is refused, with the owner's prefix",
      reads="10.99999", states=everyone("refused"), kinds=everyone("issnowner"))  # fmt: skip
def another_publisher(depositor: Depositor) -> None:
    depositor.standin.state.add_title("Journal of Lamps", "10.99999", "0000-0108")
    go(depositor, 3)


@case("The DOI of the issue is refused, its articles are registered", "each DOI has its own result")
def mixed(depositor: Depositor) -> None:
    text = "Record not processed because submitted version: 1 is less or equal to previously submitted version 1"
    answered(depositor, success(), failure("10.5555/lamps.v3i1", text, 4))


@case("A result has no record at all", "no DOI counts as registered", reads="did not say anything",
      states=everyone("unaccounted"), kinds=everyone("unaccounted"))  # fmt: skip
def no_records(depositor: Depositor) -> None:
    depositor.standin.state.knobs.verdicts = {f"10.5555/lamps.{number}": () for number in (1, 2, 3)}
    go(depositor, 3)


@case("A result leaves out one DOI", "this DOI does not count as registered", reads="did not say anything",
      states={"2": "unaccounted"})  # fmt: skip
def left_out(depositor: Depositor) -> None:
    answered(depositor)


@case("Crossref has an error of its own: two failures of one DOI", "the DOI is sent once more after four hours",
      uploads=2)  # fmt: skip
def server_error(depositor: Depositor) -> None:
    answered(depositor, *server_fault(SECOND))
    depositor.standin.state.knobs.verdicts = {}
    depositor.clock.advance(hours=5)
    go(depositor)


@case("Only the first half of a file arrives", "what Crossref received is compared with the file, and its articles are "
      "sent once more", uploads=2)  # fmt: skip
def damaged(depositor: Depositor) -> None:
    depositor.standin.state.knobs.deposit_faults = [Fault.DAMAGED]
    go(depositor)
    assert set(depositor.states().values()) == {"refused"}
    go(depositor)


@case("Each time only the first half arrives", "a person is told after the second time", uploads=2,
      reads="could not read the file as XML", states=everyone("refused"), kinds=everyone("notxml"))  # fmt: skip
def damaged_again(depositor: Depositor) -> None:
    depositor.standin.state.knobs.deposit_faults = [Fault.DAMAGED] * 3
    for _ in range(3):
        go(depositor)


@case("A DOI has a failure and a success", "it is registered")
def two_records(depositor: Depositor) -> None:
    answered(depositor, success(), success("Record is part of a possible preprint/VOR pair"))


@case("The DOI of the journal is updated together with an article", "the article is registered")
def journal_doi(depositor: Depositor) -> None:
    answered(depositor, success("Successfully updated in handle", "10.5555/lamps"), success())


# ------------------------------------------------------------------------------------------- Versions and clocks


@case("The same file arrives twice", "a version that is refused and is ours is registered",
      reads="an earlier upload of the same data has arrived", uploads=2)  # fmt: skip
def duplicate(depositor: Depositor) -> None:
    (file,) = depositor.export().files
    depositor.standin.state.deposit_directly(Path(file.path).read_bytes(), LOGIN, "by-hand.xml")
    go(depositor)


@case("The same, and the refusal does not name the version", "the version is read at Crossref, and decides",
      reads="an earlier upload of the same data has arrived", uploads=2, kinds=everyone("version_same"))  # fmt: skip
def duplicate_with_old_wording(depositor: Depositor) -> None:
    depositor.standin.state.knobs.old_wording = True
    duplicate(depositor)


@case("The same, and Crossref cannot be read", "nothing is said until the version is known",
      reads="It is not known yet", uploads=2, states=everyone("uncertain"),
      kinds=everyone("version_unread"))  # fmt: skip
def duplicate_unread(depositor: Depositor) -> None:
    (file,) = depositor.export().files
    depositor.standin.state.knobs.api_outage_until = depositor.now() + timedelta(days=2)
    depositor.standin.state.knobs.old_wording = True
    depositor.standin.state.deposit_directly(Path(file.path).read_bytes(), LOGIN, "by-hand.xml")
    go_on(depositor)


@case("A version is refused because of the title that the DOI belongs to", "the version is read, and decides",
      reads="It is not known yet", uploads=2, states={"2": "uncertain"}, kinds={"2": "version_unread"})  # fmt: skip
def version_of_title(depositor: Depositor) -> None:
    go(depositor)
    depositor.press.correct(2, title={"en": "Corrected"})
    text = (
        "Record not processed because submitted version: 1741279461550 is less or equal to previously submitted version"
    )
    text += " 1741279461551 - content item DOIs not processed due to title level error"
    answered(depositor, failure(SECOND, text, 4))


@case("Two of our files are uploaded by hand, the newer one first, and the log of the older one is read",
      "the older file is refused for its version; the newer version is ours, so the DOI is registered by that one",
      uploads=2, kinds={"1": "version_ours"})  # fmt: skip
def newer_first(depositor: Depositor) -> None:
    (older,) = depositor.export().files
    depositor.press.correct(1, title={"en": "Corrected"})
    (newer,) = depositor.export().files
    for file in (newer, older):
        path = Path(file.path)
        depositor.standin.state.deposit_directly(path.read_bytes(), LOGIN, path.name)
    read(depositor, depositor.standin.state.mail(Path(older.path).name))


@case("Another tool deposits between two of our files", "ours is not sent; it waits for a person",
      reads="a version this store does not know", kinds=everyone("version_foreign"), uploads=2)  # fmt: skip
def foreign_between(depositor: Depositor) -> None:
    go(depositor)
    deposit_of_another(depositor, depositor.files()[0].timestamp + 1)
    for number in (1, 2, 3):
        depositor.press.correct(number, title={"en": f"Corrected {number}"})
    go(depositor)


@case("Another tool deposited with 19 digits", "it waits for a person; then our version has 19 digits too",
      reads="a version this store does not know", kinds={"1": "version_foreign"}, uploads=2)  # fmt: skip
def nineteen_digits(depositor: Depositor) -> None:
    go(depositor)
    data = Path(depositor.files()[0].path)
    depositor.press.correct(1, title={"en": "Corrected"})
    ours = depositor.files()[0].timestamp
    text = data.read_bytes().replace(str(ours).encode(), str(ours * 100 + 7).encode())
    for number in (b"2", b"3"):
        text = text.replace(b"10.5555/lamps." + number, b"10.5555/other." + number)
    depositor.standin.state.deposit_directly(text, LOGIN)
    go(depositor)


@case("Our clock is three days ahead", "nothing is sent", reads="72 hours ahead", states=everyone("never_sent"),
      uploads=0)  # fmt: skip
def wrong_clock(depositor: Depositor) -> None:
    depositor.standin.state.knobs.date_offset = timedelta(days=-3)
    go(depositor, 3)


@case("Our clock was three days ahead, and is right again", "the file is sent once its version is not in the future")
def clock_set_right(depositor: Depositor) -> None:
    depositor.clock.advance(days=3)
    depositor.export()
    depositor.clock.advance(days=-3)
    depositor.round()
    assert depositor.uploads() == []
    depositor.clock.advance(days=3)
    go(depositor)


# ------------------------------------------------------------------------------------------- The catalogue

BY_NUMBERS = ("version", "version_title", "conflict", "orcidsum", "orcidtwice")  # they have cases of their own


def _message(name: str, row: Entry) -> Case:
    text = row.examples[0]
    story: Story
    if row.registered:

        def story(depositor: Depositor) -> None:
            answered(depositor, success(text))
    elif row.whole_file:

        def story(depositor: Depositor) -> None:
            depositor.standin.state.knobs.verdicts = {
                f"10.5555/lamps.{number}": (failure("", text),) for number in (1, 2, 3)
            }
            go(depositor, 3)
    else:

        def story(depositor: Depositor) -> None:
            answered(depositor, failure(SECOND, text))

    which = everyone if row.whole_file else lambda value: {"2": value}
    return Case(
        name=f"message-{name}",
        fault=f"“{text}”".replace("|", "\\|"),
        behaviour="the whole file is refused" if row.whole_file else "each DOI has its own result",
        story=story,
        reads=row.sentence.partition("{")[0].strip(),
        states={} if row.registered else which("refused"),
        kinds=which(name),
    )


CASES += [_message(name, row) for name, row in entries().items() if row.examples and name not in BY_NUMBERS]
