"""Waiting until every file has its result."""

from __future__ import annotations

from datetime import datetime, timedelta

from harvester.registration.round import RoundReport
from harvester.registration.waiting import added, until_settled
from tests.registration.samples import HOUR, NOW


class World:
    """A clock that goes on while somebody sleeps, and rounds that are due each minute until `end`."""

    def __init__(self, end: datetime | None, stop_after: int | None = None) -> None:
        self.now, self.end, self.rounds, self.stop_after = NOW, end, 0, stop_after

    def sleep(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)

    def round(self) -> RoundReport:
        self.rounds += 1
        is_open = self.end is None or self.now < self.end
        return RoundReport(asked=1, open_files=int(is_open), next=self.now + timedelta(minutes=1) if is_open else None)

    def wait(self) -> RoundReport:
        return until_settled(
            RoundReport(sent=1, open_files=1, next=NOW + timedelta(minutes=1)),
            self.round,
            deadline=NOW + HOUR,
            now=lambda: self.now,
            stop=lambda: self.stop_after is not None and self.rounds >= self.stop_after,
            sleep=self.sleep,
        )


def test_it_ends_with_the_last_result():
    world = World(NOW + HOUR / 4)
    report = world.wait()
    assert (report.sent, report.asked, report.open_files, world.rounds) == (1, 15, 0, 15)


def test_it_ends_at_the_deadline():
    world = World(None)
    assert world.wait().open_files == 1
    assert world.now <= NOW + HOUR + timedelta(seconds=30)


def test_a_stop_ends_it():
    world = World(None, stop_after=3)
    world.wait()
    assert world.rounds == 3


def test_a_stopped_account_is_not_waited_for():
    first = RoundReport(sent=1, asked=2)
    assert added(first, RoundReport(asked=1, stopped="x")) == RoundReport(sent=1, asked=3, stopped="x")
