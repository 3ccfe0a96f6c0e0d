"""Telling people what needs them, from several threads, each thing once."""

from __future__ import annotations

import logging
import math
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import datetime

from harvester import pipeline
from harvester.config import Config
from harvester.daemon import due_run
from harvester.daemon.alerts import Notification
from harvester.errors import BusyError, StoreError, StoreLocked
from harvester.system.logcontext import log_context

log = logging.getLogger("harvester.daemon")


class Notifier:
    """Notifies people for one daemon. Any thread may call it; one at a time is served, so nothing is reported twice.

    `now` is the wall clock, `stopping` is set when the daemon ends, `outage_pause` is how many seconds pass at least
    between two looks at a store that cannot be used.
    """

    def __init__(self, now: Callable[[], datetime], stopping: threading.Event, outage_pause: float) -> None:
        self._now, self._stopping, self._outage_pause = now, stopping, outage_pause
        self._notifying = threading.Lock()
        self._written: dict[str, str | None] = {}  # what people were not notified of yet; the store does not know it
        self._postponed = False  # whether a job that ended while the daemon stops has to notify people
        self._outage_reported = -math.inf  # when it was last reported that the store cannot be used

    def notify(self, config: Config, written: Mapping[str, str | None]) -> None:
        """Notifies people of incidents. `written`: what an export and a report ended with, by subject.

        While the daemon stops, a mail server that hangs would delay every job. So one job notifies for all, at the end.
        """
        with self._notifying:
            self._written.update(written)
            if self._stopping.is_set():
                self._postponed = True
            else:
                self._notify_now(config)

    def notify_postponed(self, config: Config) -> None:
        """Makes up for the notifications that waited for the end of the daemon."""
        if self._postponed:
            with suppress(StoreError):
                self._notify_now(config)

    def _notify_now(self, config: Config) -> None:
        with pipeline.opened(config) as store, _left_to_holder():
            notification, failure = due_run.notify_of_incidents(
                config, store, self._now, self._written, self._stopping.is_set
            )
            _log(config, notification, failure)
            if failure is None:
                self._written.clear()

    def notify_of_outage(self, config: Config, error: StoreError) -> None:
        """Notifies people that the store cannot be used. Jobs are retried more often than this is reported."""
        log.log(logging.INFO if isinstance(error, StoreLocked) else logging.DEBUG, "not now: %s", error)
        with self._notifying:
            if time.monotonic() - self._outage_reported < self._outage_pause:
                return
            self._outage_reported = time.monotonic()
            with _left_to_holder():
                _log(config, *due_run.notify_of_outage(config, error, self._now(), self._stopping.is_set))


@contextmanager
def _left_to_holder() -> Iterator[None]:
    """Leaves it to another process that notifies people. The daemon looks at it again in its next round."""
    try:
        yield
    except BusyError as error:
        log.info("nobody is notified now: %s", error)


def _log(config: Config, notification: Notification, notification_error: str | None) -> None:
    for incident in notification.incidents:
        with log_context(source=incident.subject):
            log.error("needs a person:\n%s", incident.lines(config.zone))
    for alert in notification.recovered:
        log.info("%s works again", alert.subject)
    if notification_error:
        log.error("%s", notification_error)
