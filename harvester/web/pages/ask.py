"""`/ask/WHAT`: what would be done, to how much, and the button that asks for it; and what the button does."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from msgspec import Struct
from werkzeug.exceptions import BadRequest, NotFound

from harvester.answers import System
from harvester.config import Config
from harvester.counting import counted
from harvester.deposits.target import TARGETS
from harvester.markup import Html, Part, tag
from harvester.registration.file_states import NOT_SENT
from harvester.registration.registrar import AGENCIES, shown_system
from harvester.standing import wishes
from harvester.standing.due import pending
from harvester.store import Selection, SourceStatus, status_or_empty
from harvester.store.limits import in_time
from harvester.web import buttons, parts
from harvester.web.asked import Asked, Body, Context, whole_number
from harvester.web.kinds import Action, Done, Page

LARGEST_LOG = 2_000_000  # bytes
_CHOICES = ("state", "class", "doi", "file", "registered", "confirm", "expected", "login")
_EVERYTHING = Selection()


class Question(Struct, frozen=True, kw_only=True):
    """What is asked for, what it would do, and what the person is asked. `irreversible`: what cannot be undone."""

    what: str
    subject: str
    title: str
    sentences: tuple[str, ...]
    button: str
    choices: Mapping[str, str] = {}
    irreversible: str | None = None
    option: str | None = None  # the words of a box to tick, which sets `confirm`
    has_nothing: bool = False  # to do, so there is no button
    wants_log: bool = False


# ------------------------------------------------------------------------------------------------- the question


def _read(asked: Asked) -> Question:
    what, subject = _known(asked.config, asked.path["what"], asked.query)
    if what not in _QUESTIONS:
        raise NotFound("This is asked for with a button, without a question")
    return _QUESTIONS[what](asked, subject)


def _known(config: Config, what: str, values: Mapping[str, str]) -> tuple[str, str]:
    """The kind and its subject. Raises `NotFound` and `BadRequest`."""
    kind = wishes.KINDS.get(what)
    if kind is None:
        raise NotFound(f"Nothing here is called {what}")
    subject = values.get("subject", "")
    names = AGENCIES if kind.about == wishes.DEPOSITS else config.sources
    if subject not in names:
        raise BadRequest(f"There is no {'source' if kind.about != wishes.DEPOSITS else 'target'} {subject!r}.")
    return what, subject


def _status(asked: Asked, name: str) -> SourceStatus:
    stored = next((one for one in asked.store.status() if one.source == name), None)
    return status_or_empty(name, asked.config.sources[name].url, stored)


def _articles(status: SourceStatus) -> int:
    return status.ready + status.held_back


def _full(asked: Asked, name: str) -> Question:
    number = _articles(_status(asked, name))
    return Question(
        what="full",
        subject=name,
        title=f"Harvest all records of {name}?",
        sentences=(
            f"It requests every record again, not only what has changed; the store has {counted(number, 'article')} of "
            "this source.",
            "Records that are the same stay as they are. It takes as long as the first harvest did.",
        ),
        button="Harvest all records",
    )


def _compare(asked: Asked, name: str) -> Question:
    status, share = _status(asked, name), asked.config.sources[name].max_deletion_share
    live = max((one.live for one in status.formats), default=0)
    most = int(live * share)
    return Question(
        what="compare",
        subject=name,
        title=f"Compare {name} with its provider?",
        sentences=(
            f"It requests the whole list of identifiers and compares it with {counted(live, 'record')} in the store.",
            "A record is deleted in the store only if the list does not have it and the provider does not know it by "
            f"its identifier: {most:,} at most, which is {share:.0%} (max_deletion_share).",
        ),
        button="Compare",
        irreversible="Deleted articles come back only if the provider lists them again.",
        option=f"Allow more than {most:,} deletions, because I know that the provider has deleted them",
    )


def _rebuild(asked: Asked, name: str) -> Question:
    number = _articles(_status(asked, name))
    return Question(
        what="rebuild",
        subject=name,
        title=f"Rebuild the articles of {name}?",
        sentences=(
            f"It builds {counted(number, 'article')} again from the stored records. No provider is asked.",
            "The program does this by itself after a change of configuration, so it is rarely needed.",
        ),
        button=f"Rebuild {counted(number, 'article')}",
        has_nothing=not number,
    )


def _export(asked: Asked, target: str) -> Question:
    title, number = TARGETS[target].title, ready(asked, target)
    return Question(
        what="export",
        subject=target,
        title=f"Write deposit files for {title}?",
        sentences=(ready_words(number, title), "Each file is validated before it gets its name. Nothing is sent."),
        button=f"Write {_of(number)} into files",
        has_nothing=number == 0,
    )


def _deposit(asked: Asked, target: str) -> Question:
    agency, number = AGENCIES[target], ready(asked, target)
    if agency.terms(asked.config) is None:
        raise BadRequest(f"Nothing is sent to {agency.title}: {agency.off}")
    system = shown_system(asked.config, agency)
    waiting = files_not_sent(asked, target, system)
    where = "its test system, where nothing is registered for good" if system == "test" else "the real system"
    return Question(
        what="deposit",
        subject=target,
        title=f"Send deposits to {agency.title}?",
        sentences=(
            ready_words(number, agency.title),
            f"{counted(waiting, 'file')} written before and not sent are sent, too, unless {agency.title} has them.",
            f"They go to {where}.",
        ),
        button=f"Send {_of(number)}" if number else "Send the files",
        irreversible=f"A DOI that {agency.title} registers cannot be taken back." if system == "live" else None,
        has_nothing=number == 0 and not waiting,
    )


def ready(asked: Asked, target: str) -> int | None:
    """How many articles an export would include, as the store has them; `None` if that could not be counted in time."""
    found = in_time(lambda: len(pending(asked.config, asked.store, target, asked.now)))
    minted = in_time(lambda: len(asked.store.minting.planned_dois(list(asked.config.sources), _EVERYTHING)))
    return None if found is None or minted is None else found + minted


def files_not_sent(asked: Asked, target: str, system: System) -> int:
    """How many deposit files were written and have not reached the agency."""
    files = asked.store.deposits.count_files(target, system)
    return sum(files.get(state, 0) for state in NOT_SENT)


def ready_words(number: int | None, title: str) -> str:
    """How many articles are ready, in one sentence."""
    if number is None:
        return "How many articles are ready could not be counted within a second."
    if not number:
        return f"No article is new or changed since the last files for {title}."
    are = "is" if number == 1 else "are"
    return f"{counted(number, 'article')} {are} ready for {title}: new, or changed since the last file."


def _of(number: int | None) -> str:
    return "what is ready" if number is None else counted(number, "article")


def _retry(asked: Asked, target: str) -> Question:
    title = AGENCIES[target].title
    if asked.query.get("login"):
        return Question(
            what="retry",
            subject=target,
            title=f"Try the login at {title} again?",
            sentences=(f"{title} refused the login. Correct it in config.toml or in the password file first.",),
            button="Try the login again",
            choices={"login": "yes"},
        )
    number, choices, which = _chosen_dois(asked, target)
    return Question(
        what="retry",
        subject=target,
        title=f"Send {counted(number, 'DOI')} to {title} again?",
        sentences=(
            which,
            "They are sent with the next deposit, with the metadata that the store has then, and with a higher version "
            f"than the one at {title}: your data count.",
        ),
        button=f"Send {counted(number, 'DOI')} again",
        choices=choices,
        irreversible=f"What {title} holds of these DOIs is overwritten.",
        has_nothing=not number,
    )


def _mark(asked: Asked, target: str) -> Question:
    registered = asked.query.get("registered") != "no"
    number, choices, which = _chosen_dois(asked, target)
    title = AGENCIES[target].title
    follows = (
        "The program believes you: it does not ask the agency, and exports an article again only when it changes."
        if registered
        else "The next deposit includes what the store has of them."
    )
    state = "registered" if registered else "not registered"
    return Question(
        what="mark",
        subject=target,
        title=f"Mark {counted(number, 'DOI')} as {state} at {title}?",
        sentences=(which, follows),
        button=f"Mark {counted(number, 'DOI')} as {state}",
        choices={**choices, "registered": "yes" if registered else "no"},
        has_nothing=not number,
    )


def _chosen_dois(asked: Asked, target: str) -> tuple[int, dict[str, str], str]:
    """How many DOIs are meant, the choices that mean them, and these in words."""
    query, store = asked.query, asked.store
    if text := query.get("doi"):
        return 1, {"doi": text}, f"The DOI is {text}."
    if batch_id := query.get("file"):
        number = len(store.deposits.rows_of_file(batch_id))
        if not number:
            raise NotFound(f"There is no deposit file {batch_id}")
        return number, {"file": batch_id}, f"They are the DOIs of the file {batch_id}."
    state, kind = query.get("state"), query.get("class")
    if not state:
        raise BadRequest("Choose a state of DOIs first.")
    number = len(store.registrations.keys(target, shown_system(asked.config, AGENCIES[target]), state, kind))
    choices = {"state": state, **({"class": kind} if kind else {}), "expected": str(number)}
    words = f"They are all DOIs in the state {state.replace('_', ' ')}"
    return number, choices, words + (f" with the message {kind.replace('_', ' ')}." if kind else ".")


def _uploaded(asked: Asked, target: str) -> Question:
    number, choices, _ = _chosen_dois(asked, target)
    if "file" not in choices:
        raise BadRequest("Choose a file first.")
    title = AGENCIES[target].title
    return Question(
        what="uploaded",
        subject=target,
        title="Mark the file as uploaded?",
        sentences=(
            f"You uploaded {choices['file']} to {title} yourself.",
            f"Its {counted(number, 'DOI')} then wait for the log that {title} sends by mail. Hand it in on the page of "
            "the file.",
        ),
        button="Mark as uploaded",
        choices=choices,
    )


def _log(asked: Asked, target: str) -> Question:
    title, batch_id = AGENCIES[target].title, asked.query.get("file")
    return Question(
        what="log",
        subject=target,
        title=f"Hand in a log of {title}",
        sentences=(
            f"{title} sends a log by mail for each file that was uploaded. Save the mail, or the XML in it, as a file, "
            "and choose it here. A mailbox with several mails is read, too.",
            f"It is about the file {batch_id}."
            if batch_id
            else "A log that names no file belongs on that file's page.",
        ),
        button="Hand in",
        choices={"file": batch_id} if batch_id else {},
        wants_log=True,
    )


_QUESTIONS: dict[str, Callable[[Asked, str], Question]] = {
    "full": _full,
    "compare": _compare,
    "rebuild": _rebuild,
    "export": _export,
    "deposit": _deposit,
    "retry": _retry,
    "mark": _mark,
    "uploaded": _uploaded,
    "log": _log,
}


# ------------------------------------------------------------------------------------------------- the page


def _show(question: Question, context: Context) -> Body:
    irreversible = question.irreversible and not question.has_nothing
    return Body(
        title=question.title,
        content=parts.card(
            [tag("p", parts.prose(sentence)) for sentence in question.sentences],
            tag("p", parts.state("look", question.irreversible or ""), class_="notice") if irreversible else (),
            _form(question, context),
        ),
    )


def _form(question: Question, context: Context) -> Part:
    if question.has_nothing or not context.may_act:
        why = "So there is nothing to do. " if question.has_nothing else "You may look here, and not act. "
        return tag("p", why, _back(question, context), class_="soft")
    fields = [*buttons.hidden(subject=question.subject, **question.choices), *_option(question), *_log_fields(question)]
    form = buttons.form(context, question.what, fields, question.button, sends_file=question.wants_log, is_main=True)
    return (form, tag("p", _back(question, context), class_="soft"))


def _back(question: Question, context: Context) -> Html:
    """To the page that this one was reached from, without having done anything."""
    if wishes.KINDS[question.what].about == wishes.DEPOSITS:
        return tag("a", "Back to the deposits", href=context.links.to("deposits", target=question.subject))
    return tag("a", "Back to the source", href=context.links.to("source", name=question.subject))


def _option(question: Question) -> list[Part]:
    if not question.option:
        return []
    box = tag("input", type="checkbox", name="confirm", value="yes", id="confirm")
    return [tag("p", box, " ", tag("label", question.option, for_="confirm", class_="inline"))]


def _log_fields(question: Question) -> list[Part]:
    if not question.wants_log:
        return []
    file = tag("input", type="file", name="log", id="log", accept=".xml,.eml,.txt,.mbox,text/xml,message/rfc822")
    pasted = tag("textarea", "", name="pasted", id="pasted", rows=6, spellcheck="false")
    return [
        tag("label", f"The file, {LARGEST_LOG // 1_000_000} MB at most", for_="log"),
        file,
        tag("label", "Or paste it", for_="pasted"),
        pasted,
    ]


ASK: Page[Question] = Page(read=_read, show=_show)


# ------------------------------------------------------------------------------------------------- the action


def _perform(asked: Asked) -> Done:
    """Adds the wish and tells the daemon."""
    what, subject = _known(asked.config, asked.path["what"], asked.query)
    upload = _upload(asked) if what == "log" else None
    wish = asked.store.wishes.ask(
        what, subject, choices_of(what, asked.query), by=asked.viewer.name, now=asked.now, upload=upload
    )
    wishes.announce(asked.config, asked.now)
    return Done(f"asks for: {wishes.title(wish)}{_told(wish.choices)}", "wish", {"id": wish.id})


def choices_of(what: str, values: Mapping[str, str]) -> dict[str, str]:
    """What a form chose. Raises `BadRequest` if something is missing, so that nothing is done by accident."""
    choices = {name: values[name] for name in _CHOICES if values.get(name)}
    if "expected" in choices:
        whole_number(choices["expected"], "expected")
    if what in ("retry", "mark"):
        is_filter = "state" in choices and "expected" in choices
        if not (is_filter or {"doi", "file", "login"} & choices.keys()):
            raise BadRequest("Choose the DOIs first.")
    if what == "mark" and choices.get("registered") not in ("yes", "no"):
        raise BadRequest("Say whether they are registered.")
    if what == "uploaded" and "file" not in choices:
        raise BadRequest("Choose a file first.")
    return choices


def _upload(asked: Asked) -> bytes:
    data = asked.uploads.get("log") or asked.query.get("pasted", "").strip().encode()
    if not data:
        raise BadRequest("Choose the file with the log, or paste it.")
    if len(data) > LARGEST_LOG:
        raise BadRequest(f"A log may have {LARGEST_LOG // 1_000_000} MB at most. `harvester deposits read` reads it.")
    return data


def _told(choices: Mapping[str, str]) -> str:
    told = ", ".join(f"{name} {Path(value).name if name == 'file' else value}" for name, value in choices.items())
    return f" ({told})" if told else ""


ASK_FOR = Action(perform=_perform)
