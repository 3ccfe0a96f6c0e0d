"""How far a file is."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from harvester.standin.knobs import Knobs
from harvester.standin.submissions import Stage, received

AT = datetime(2026, 1, 2, tzinfo=UTC)
KNOBS = Knobs(visible_delay=timedelta(minutes=1), queue_delay=timedelta(minutes=10), process_delay=timedelta(minutes=5))


@pytest.mark.parametrize(
    ("minutes", "stage"),
    [(0, Stage.UNKNOWN), (0.9, Stage.UNKNOWN), (1, Stage.QUEUED), (10.9, Stage.QUEUED), (11, Stage.IN_PROCESS)],
)
def test_stage(minutes: float, stage: Stage) -> None:
    submission = received(1, "a.xml", b"", "demo", AT, KNOBS)
    assert submission.stage(AT + timedelta(minutes=minutes)) is stage
    assert submission.completed == AT + timedelta(minutes=16)
