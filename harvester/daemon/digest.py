"""The digest: what is new and needs a person, although nothing fails. It is sent by schedule, if there is anything."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from msgspec import Struct

from harvester.checking.configured import Notice, configured_statuses, nothing_usable
from harvester.config import Config
from harvester.counting import counted
from harvester.daemon.notifications import NotificationError, message, send, turn_to_notify
from harvester.deposits.target import configured_targets
from harvester.registration.registrar import terms_of
from harvester.standing.due import digest_due
from harvester.store import DepositFile, HeldArticle
from harvester.system.stopping import Stop

if TYPE_CHECKING:
    from harvester.store import Store

SHOWN = 10  # articles and files that are named


class Digest(Struct, frozen=True, kw_only=True):
    """What came since the last digest, and the sources that bring nothing usable."""

    held: tuple[HeldArticle, ...] = ()
    files: tuple[DepositFile, ...] = ()
    useless: dict[str, tuple[Notice, ...]] = {}

    def __bool__(self) -> bool:
        """Whether there is anything to report."""
        return bool(self.held or self.files or self.useless)

    def headline(self) -> str:
        parts = []
        if self.files:
            parts.append(f"{counted(len(self.files), 'file')} to upload")
        if self.held:
            parts.append(f"{counted(len(self.held), 'new article')} held back")
        parts += [f"nothing usable from {name}" for name in self.useless]
        return ", ".join(parts)

    def text(self) -> str:
        return "\n\n".join("\n".join(part) for part in (self._files(), self._held(), self._useless()) if part)

    def _files(self) -> list[str]:
        if not self.files:
            return []
        records = counted(sum(file.records for file in self.files), "record")
        head = f"{counted(len(self.files), 'new deposit file')} to upload, with {records}:"
        return [
            head,
            *_first([file.path for file in self.files]),
            "  to do  upload them at https://doi.crossref.org, oldest first",
        ]

    def _held(self) -> list[str]:
        if not self.held:
            return []
        named = [f"{one.source}  {one.identifier}  {one.title or ''}".rstrip() for one in self.held]
        head = f"{counted(len(self.held), 'article')} held back, not reported before:"
        return [head, *_first(named), "  see    harvester check --severity error"]

    def _useless(self) -> list[str]:
        notices = [(name, notice) for name, several in self.useless.items() for notice in several]
        return [line for name, one in notices for line in (f"{name}: {one.what}", f"  to do  {one.todo}")]

    def fields(self) -> dict[str, object]:
        """The same for other programs (webhook, `--json`)."""
        return {
            "files": [{"path": file.path, "records": file.records} for file in self.files],
            "held_back": [{"source": one.source, "record": one.identifier, "title": one.title} for one in self.held],
            "useless": list(self.useless),
        }


def gathered(config: Config, store: Store, now: datetime) -> Digest:
    """What to report now."""
    since = store.digests.last()
    targets = [target.name for target in configured_targets(config) if terms_of(config, target.name) is None]
    files = [file for name in targets for file in store.deposits.files(name)]
    with store.overview() as overview:
        statuses = configured_statuses(config, overview)
    useless = {name: tuple(nothing_usable(status)) for name, status in statuses.items()}
    return Digest(
        held=tuple(store.digests.newly_held(list(config.sources))),
        files=tuple(file for file in files if (since is None or file.written > since) and file.written <= now),
        useless={name: notices for name, notices in useless.items() if notices},
    )


def send_digest(config: Config, store: Store, now: datetime, stop: Stop) -> tuple[Digest | None, str | None]:
    """Sends the digest if it is due, and remembers that; returns it, and the error if it could not be sent.

    A digest without anything to report is not sent. Raises `BusyError` if another process notifies people.
    """
    with turn_to_notify(config):
        return _send(config, store, now, stop) if digest_due(config, store, now) else (None, None)


def _send(config: Config, store: Store, now: datetime, stop: Stop) -> tuple[Digest, str | None]:
    digest = gathered(config, store, now)
    try:
        if digest:
            send(config.alerts, message(config, digest.headline(), digest.text(), digest=digest.fields()), stop)
    except NotificationError as error:
        return digest, str(error)
    store.digests.save(now, digest.held)
    return digest, None


def _first(lines: Sequence[str]) -> Iterator[str]:
    yield from (f"  - {line}" for line in lines[:SHOWN])
    if len(lines) > SHOWN:
        yield f"  and {len(lines) - SHOWN:,} more"
