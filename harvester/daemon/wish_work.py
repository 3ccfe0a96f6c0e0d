"""What each kind of wish does, with the functions that the commands call, and what it did in words."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import PurePath
from typing import TYPE_CHECKING

from msgspec import Struct

from harvester import pipeline
from harvester.config import Config, select_sources
from harvester.counting import counted
from harvester.daemon import work
from harvester.daemon.work import Now, Stop
from harvester.deposits.summary import sentence
from harvester.deposits.target import TARGETS
from harvester.errors import BusyError, ConfigError, HarvesterError
from harvester.probing.probe import probe_source
from harvester.probing.summary import facts, formats, what_is_wrong
from harvester.registration import by_hand
from harvester.registration.registrar import AGENCIES, Agency, shown_system
from harvester.registration.round import RoundReport
from harvester.reports import RunReport
from harvester.store import Wish

if TYPE_CHECKING:
    from harvester.store import Store


class Outcome(Struct, frozen=True):
    """What a wish did, one sentence a line."""

    words: str
    succeeded: bool = True


class Asked(Struct, frozen=True, kw_only=True):
    """A wish, and what is needed to do it."""

    config: Config
    store: Store
    wish: Wish
    now: Now
    stop: Stop

    @property
    def agency(self) -> Agency:
        return AGENCIES[self.wish.subject]


def as_sentence(text: str) -> str:
    """An error, which may continue a line elsewhere, as a sentence of its own."""
    return f"{text[:1].upper()}{text[1:]}{'' if text.endswith(('.', '!', '?')) else '.'}"


def do(config: Config, store: Store, wish: Wish, *, now: Now, stop: Stop) -> Outcome:
    """Does what was asked for. Raises `BusyError` if it was not begun, and what the commands raise."""
    if wish.what not in _WORK:
        raise HarvesterError("This version of the program cannot do that. Request it again on its own page.")
    return _WORK[wish.what](Asked(config=config, store=store, wish=wish, now=now, stop=stop))


# ------------------------------------------------------------------------------------------------- sources


def _harvest(asked: Asked) -> Outcome:
    return _told(work.harvest(*_source(asked), now=asked.now, stop=asked.stop))


def _harvest_all(asked: Asked) -> Outcome:
    return _told(work.harvest(*_source(asked), now=asked.now, stop=asked.stop, full=True))


def _compare(asked: Asked) -> Outcome:
    confirm = asked.wish.choices.get("confirm") == "yes"
    return _told(work.reconcile(*_source(asked), now=asked.now, stop=asked.stop, confirm=confirm))


def _source(asked: Asked) -> tuple[Config, Store, str]:
    """Raises `ConfigError` if there is no such source any more."""
    (source,) = select_sources(asked.config, [asked.wish.subject])
    return asked.config, asked.store, source.name


def _told(reports: Sequence[RunReport]) -> Outcome:
    if not reports:
        raise BusyError("another process is at work on it")
    return Outcome("\n".join(map(_told_run, reports)), all(report.state == "complete" for report in reports))


def _told_run(report: RunReport) -> str:
    numbers = {"new": report.new, "changed": report.changed, "deleted": report.deleted, "rejected": report.rejected}
    counts = ", ".join(f"{number:,} {name}" for name, number in numbers.items() if number) or "nothing new"
    run = f"Run {report.id} ({report.format})" if report.id else report.format
    error = f" {as_sentence(report.error)}" if report.error else ""
    return f"{run}: {report.state}; {counts}.{error}"


def _stop(asked: Asked) -> Outcome:
    """The process at work on a source takes the wish by itself, so there is none."""
    return Outcome(f"Nothing was under way at {asked.wish.subject}.")


def _test(asked: Asked) -> Outcome:
    config, _, name = _source(asked)
    source = config.sources[name]
    report = probe_source(source, source.hints(config.journals), now=asked.now)
    wrong = what_is_wrong(source, report)
    lines = [*(f"{label}: {value}" if label else value for label, value in facts(report)), *formats(report)]
    return Outcome("\n".join([wrong or "It works with these settings.", *lines]), wrong is None)


def _rebuild(asked: Asked) -> Outcome:
    names = [asked.wish.subject] if asked.wish.subject else []
    today = asked.now().date().isoformat()
    number = pipeline.rebuild(asked.config, asked.store, names, today=today, everything=True, stop=asked.stop)
    return Outcome(f"{counted(number, 'article')} rebuilt.")


# ------------------------------------------------------------------------------------------------- deposits


def _export(asked: Asked) -> Outcome:
    report = pipeline.export(asked.config, asked.store, TARGETS[asked.wish.subject], now=asked.now, stop=asked.stop)
    names = [PurePath(file.path).name for file in report.files]
    return Outcome("\n".join([sentence(report), *names]))


def _deposit(asked: Asked) -> Outcome:
    config, store, agency = asked.config, asked.store, asked.agency
    if agency.terms(config) is None:
        raise ConfigError([agency.off])
    exported = pipeline.export(config, store, TARGETS[agency.name], now=asked.now, stop=asked.stop)
    done = pipeline.deposit(config, store, agency, now=asked.now, exported=exported, stop=asked.stop)
    return _told_round(sentence(exported), done, agency)


def _told_round(exported: str, done: RoundReport, agency: Agency) -> Outcome:
    lines = [
        exported,
        f"{counted(done.sent, 'file')} sent to {agency.title}, {counted(done.asked, 'result')} asked for.",
    ]
    lines += [problem for problem in (done.stopped, done.problem) if problem]
    if done.open_files and not done.stopped:
        following = f" The next request is at {done.next:%Y-%m-%d %H:%M} UTC." if done.next else ""
        lines.append(f"{counted(done.open_files, 'file')} without a result yet.{following}")
    return Outcome("\n".join(lines), not (done.stopped or done.problem))


def _retry(asked: Asked) -> Outcome:
    config, store, agency, choices = asked.config, asked.store, asked.agency, asked.wish.choices
    system = shown_system(config, agency)
    if choices.get("login") == "yes":
        terms = agency.terms(config)
        if terms is None:
            raise ConfigError([agency.off])
        by_hand.release_login(config, store, agency, terms)
        return Outcome("The login is tried again with the next deposit.")
    if batch_id := choices.get("file"):
        file = store.submissions.get(batch_id, system)
        if file is None:
            raise HarvesterError("This file was not sent yet. Ask for a deposit, which sends it.")
        number = by_hand.retry_file(config, store, agency, file, asked.now)
    else:
        dois = _dois(asked)
        number = by_hand.retry_dois(config, store, agency, system, dois, asked.now) if dois else 0
    return Outcome(f"{counted(number, 'DOI')} to be sent or asked for with the next deposit.")


def _mark(asked: Asked) -> Outcome:
    config, store, agency = asked.config, asked.store, asked.agency
    registered = asked.wish.choices["registered"] == "yes"
    if batch_id := asked.wish.choices.get("file"):
        dois = [row.doi for row in store.deposits.rows_of_file(batch_id)]
    else:
        dois = _dois(asked)
    if not dois:
        return Outcome("There is no such DOI any more, so nothing was marked.", succeeded=False)
    system = shown_system(config, agency)
    number = by_hand.mark(config, store, agency, system, dois, asked.now, registered=registered)
    words = "registered" if registered else "not registered. The next deposit includes what the store has of them"
    return Outcome(f"{counted(number, 'DOI')} marked as {words}.")


def _dois(asked: Asked) -> list[str]:
    """The DOIs of the filter. Raises `HarvesterError` if they are more than the person was told."""
    choices = asked.wish.choices
    if doi := choices.get("doi"):
        return [doi]
    system = shown_system(asked.config, asked.agency)
    found = asked.store.registrations.keys(asked.agency.name, system, choices.get("state"), choices.get("class"))
    if len(found) > int(choices["expected"]):
        raise HarvesterError(
            f"Nothing was done: {len(found):,} DOIs match now, and {int(choices['expected']):,} did when it was asked "
            "for. Look at them, and request it again."
        )
    return found


def _uploaded(asked: Asked) -> Outcome:
    number = by_hand.mark_uploaded(
        asked.config,
        asked.store,
        asked.agency,
        shown_system(asked.config, asked.agency),
        asked.wish.choices["file"],
        asked.now,
    )
    return Outcome(f"Marked as uploaded, with {counted(number, 'DOI')}. Hand in the log when it comes by mail.")


def _log(asked: Asked) -> Outcome:
    config, store, agency, wish = asked.config, asked.store, asked.agency, asked.wish
    data = store.wishes.upload(wish.id) or b""
    system = shown_system(config, agency)
    logs = by_hand.read_logs(config, store, agency, system, data, asked.now, name=wish.choices.get("file"))
    lines = []
    for log in logs:
        name = PurePath(log.file or log.submission_id or log.batch_id or "A log").name
        states = ", ".join(f"{number:,} {state.replace('_', ' ')}" for state, number in sorted(log.states.items()))
        problem = (log.problem or "").replace("with --file NAME", "by handing it in on the page of the file")
        lines.append(f"{name}: {problem or states or log.state}.")
    return Outcome("\n".join(lines), any(log.problem is None for log in logs))


_WORK: dict[str, Callable[[Asked], Outcome]] = {
    "harvest": _harvest,
    "full": _harvest_all,
    "compare": _compare,
    "stop": _stop,
    "test": _test,
    "rebuild": _rebuild,
    "export": _export,
    "deposit": _deposit,
    "retry": _retry,
    "mark": _mark,
    "uploaded": _uploaded,
    "log": _log,
}
