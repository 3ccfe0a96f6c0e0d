"""Moments in words, in the time zone of the configuration."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from harvester.standing.due import Task


def local_time(moment: datetime, zone: str) -> str:
    """The moment to the minute, with its zone: `2026-11-24 12:00 Europe/Madrid`."""
    return f"{moment.astimezone(ZoneInfo(zone)):%Y-%m-%d %H:%M} {zone}"


def next_time(task: Task | None, now: datetime, zone: str) -> str:
    """When a task comes next; `None` is one without a schedule."""
    if task is None:
        return "no schedule"
    if task.due is None:
        return local_time(task.next, zone)
    return "now" if task.due >= now else f"now, due since {local_time(task.due, zone)}"
