"""The whole story: harvest, map again, check, export. Each function says what it did; the caller prints."""

from harvester.pipeline.check import check, worded
from harvester.pipeline.export import deposit, export
from harvester.pipeline.harvest import harvest
from harvester.pipeline.job import Progress
from harvester.pipeline.mapping import refresh
from harvester.pipeline.marks import mark
from harvester.pipeline.reconcile import reconcile
from harvester.pipeline.sources import opened

__all__ = [
    "Progress",
    "check",
    "deposit",
    "export",
    "harvest",
    "mark",
    "opened",
    "reconcile",
    "refresh",
    "worded",
]
