"""The files that were received, and how far each is at a moment."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from msgspec import Struct

from harvester.standin.knobs import Knobs
from harvester.standin.processing import Processed


class Stage(StrEnum):
    """The states of a file, as the attribute `status` of an answer has them."""

    UNKNOWN = "unknown_submission"
    QUEUED = "queued"
    IN_PROCESS = "in_process"
    COMPLETED = "completed"


class Submission(Struct, kw_only=True):
    """A file as it was received. `processed` is set when its time has come."""

    number: int
    file_name: str
    data: bytes
    login: str  # of the account, without a role
    received: datetime
    visible: datetime
    started: datetime
    completed: datetime
    processed: Processed | None = None
    deferred: int | None = None  # the number under which its references are processed

    def stage(self, moment: datetime) -> Stage:
        if self.processed:
            return Stage.COMPLETED
        if moment < self.visible:
            return Stage.UNKNOWN
        return Stage.QUEUED if moment < self.started else Stage.IN_PROCESS


def received(number: int, file_name: str, data: bytes, login: str, now: datetime, knobs: Knobs) -> Submission:
    """A new file, with the delays that are set now."""
    visible = now + knobs.visible_delay
    started = visible + knobs.queue_delay
    return Submission(
        number=number,
        file_name=file_name,
        data=data,
        login=login,
        received=now,
        visible=visible,
        started=started,
        completed=started + knobs.process_delay,
    )
