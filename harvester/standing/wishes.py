"""What people asked for on the web page: its kinds, what can be done now, and the state of each wish, in words."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Literal

from msgspec import Struct

from harvester.config import Config
from harvester.store import Wish
from harvester.system import locks, mtime_marker
from harvester.system.files import make_folder
from harvester.system.mtime_marker import Dates

SOURCE, DEPOSITS, ARTICLES = "source", "deposits", "articles"  # what a wish is about
DEPOSIT_LOCK, EXPORT_LOCK = "deposit", "export"
CRON = timedelta(hours=25)  # without a call of `harvest --due` after which nobody is expected to call it
WishState = Literal["waiting", "under way", "interrupted", "done", "failed"]


class WishKind(Struct, frozen=True, kw_only=True):
    """A kind of wish: what it is about, in words, and the locks that whoever does it needs.

    `{subject}` is that of the wish.
    """

    about: str
    title: str
    locks: tuple[str, ...] = ()


_OF_SOURCE = ("source-{subject}",)
KINDS: dict[str, WishKind] = {
    "harvest": WishKind(about=SOURCE, title="Harvest {subject}", locks=_OF_SOURCE),
    "full": WishKind(about=SOURCE, title="Harvest all records of {subject}", locks=_OF_SOURCE),
    "compare": WishKind(
        about=SOURCE,
        title="Compare {subject} with its provider",
        locks=_OF_SOURCE,
    ),
    "stop": WishKind(about=SOURCE, title="Stop the run of {subject}", locks=_OF_SOURCE),
    "test": WishKind(about=SOURCE, title="Test {subject}"),
    "rebuild": WishKind(about=ARTICLES, title="Rebuild the articles of {subject}"),
    "export": WishKind(about=DEPOSITS, title="Write deposit files for {subject}", locks=(EXPORT_LOCK,)),
    "deposit": WishKind(
        about=DEPOSITS,
        title="Write and send deposit files to {subject}",
        locks=(EXPORT_LOCK, DEPOSIT_LOCK),
    ),
    "retry": WishKind(about=DEPOSITS, title="Send again to {subject}", locks=(DEPOSIT_LOCK,)),
    "uploaded": WishKind(about=DEPOSITS, title="Mark a file as uploaded to {subject}", locks=(DEPOSIT_LOCK,)),
    "mark": WishKind(about=DEPOSITS, title="Note what is registered at {subject}", locks=(DEPOSIT_LOCK,)),
    "log": WishKind(about=DEPOSITS, title="Read a log of {subject}", locks=(DEPOSIT_LOCK,)),
}


def title(wish: Wish) -> str:
    """What was asked for."""
    kind = KINDS.get(wish.what)  # a newer program may have others
    if kind is None:
        return f"{wish.what} {wish.subject}".strip()
    return kind.title.format(subject=_target_title(wish.subject) if kind.about == DEPOSITS else wish.subject)


def _target_title(name: str) -> str:
    from harvester.deposits.target import TARGETS  # imports lxml, and commands must start fast

    return TARGETS[name].title if name in TARGETS else name


def about(wish: Wish) -> str | None:
    """What it is about: `SOURCE`, `DEPOSITS` or `ARTICLES`."""
    kind = KINDS.get(wish.what)
    return kind.about if kind else None


def command(config: Config) -> str:
    """The command that takes wishes up."""
    return f"harvester --config {config.path} harvest --due"


# ------------------------------------------------------------------------------------------------- what is next


def lane(wish: Wish) -> str:
    """Wishes of one lane are done one after the other, in the order in which they were asked for."""
    kind = KINDS.get(wish.what)
    if kind is None or kind.about != SOURCE:
        return kind.about if kind else "unknown"
    return f"{wish.what if wish.what in ('stop', 'test') else SOURCE} {wish.subject}"


def lanes(wishes: Iterable[Wish]) -> list[str]:
    return list(dict.fromkeys(lane(wish) for wish in wishes))


def lane_lock(name: str) -> str:
    """The lock that is held while a wish of the lane is done."""
    return f"wishes {name}"


def needed_locks(wish: Wish) -> list[str]:
    kind = KINDS.get(wish.what)
    return [name.format(subject=wish.subject) for name in kind.locks] if kind else []


def next_wish(wishes: Sequence[Wish], held: Collection[str]) -> Wish | None:
    """Which of the open wishes of one lane to take now, oldest first; `None` if it has to wait. Pure.

    Nobody else is at work on the lane, and `held` are the locks that others hold. One that waits for such a lock keeps
    those behind it waiting, as they may build on it.
    """
    waiting = next((wish for wish in wishes if wish.taken is None and wish.done is None), None)
    return None if waiting is None or any(name in held for name in needed_locks(waiting)) else waiting


def left_by_a_crash(wishes: Iterable[Wish]) -> list[Wish]:
    """The open wishes of a lane that were taken, while nobody is at work on the lane. Pure."""
    return [wish for wish in wishes if wish.taken is not None and wish.done is None]


def crashed(wish: Wish) -> str:
    """What to say about a wish that was left by a crash."""
    return (
        f"The program ended while it was at this. What was stored until then stays. If it is still wanted, ask for it "
        f"again: {title(wish)}."
    )


# ------------------------------------------------------------------------------------------------- its state


class Standing(Struct, frozen=True, kw_only=True):
    """The state of a wish, and in one sentence who does it and when, or why it waits.

    `command` is what a person can run, if nobody else will.
    """

    state: WishState
    words: str
    command: str | None = None


def standing(config: Config, wish: Wish, now: datetime) -> Standing:
    """Its state, by the store and the locks."""
    if wish.done is not None:
        return Standing(state="done" if wish.succeeded else "failed", words="")
    holder = locks.holder(config.locks, lane_lock(lane(wish)))
    if wish.taken is not None:
        if holder is None:
            return Standing(state="interrupted", words=crashed(wish))
        return Standing(state="under way", words=f"Under way: {holder}.")
    others = [found for name in needed_locks(wish) if (found := locks.holder(config.locks, name))]
    if wish.what == "stop" and others:
        return Standing(state="waiting", words=f"It stops after the page that it is reading: {others[0]}.")
    when = f"after {others[0] if others else holder} has ended" if others or holder else "now"
    return _waiting(config, when, now)


def _waiting(config: Config, when: str, now: datetime) -> Standing:
    """Who takes it: the daemon, else the next call by cron, else nobody, unless a person runs the command."""
    if locks.holder(config.locks, "daemon"):
        return Standing(state="waiting", words=f"The daemon does this {when}.")
    called = mtime_marker.read(_called_marker(config))
    run = command(config)
    if called and now - called.modified < CRON:
        last = f"{called.modified:%Y-%m-%d %H:%M} UTC"
        words = f"The next call of `harvester harvest --due` does this; the last one was at {last}."
        return Standing(state="waiting", words=words, command=run)
    words = "No daemon runs, and nothing has called `harvester harvest --due` today. This command does it:"
    return Standing(state="waiting", words=words, command=run)


# ------------------------------------------------------------------------------------------------- who is told


def announce(config: Config, now: datetime) -> None:
    """Tells a daemon, which looks at this file all the time, that there is a new wish."""
    _touch(_asked_marker(config), now)


def announced(config: Config) -> datetime | None:
    """When the last wish was asked for, as far as `announce` could tell."""
    dates = mtime_marker.read(_asked_marker(config))
    return dates.modified if dates else None


def note_call(config: Config, now: datetime) -> None:
    """Remembers a call of `harvest --due`."""
    _touch(_called_marker(config), now)


def _touch(marker: Path, now: datetime) -> None:
    try:
        make_folder(marker.parent)
    except OSError:
        return
    mtime_marker.write(marker, Dates(modified=now, accessed=now))


def _asked_marker(config: Config) -> Path:
    return config.locks_dir / "wish-asked"


def _called_marker(config: Config) -> Path:
    return config.locks_dir / "due-called"
