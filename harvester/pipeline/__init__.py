"""The whole story: harvest, map again, check, export. Each function says what it did; the caller prints."""

from harvester.checking.check import check, worded
from harvester.checking.marks import mark
from harvester.deposits.export import deposit, export
from harvester.mapping.rebuild import rebuild
from harvester.pipeline.harvest import harvest
from harvester.pipeline.job import Progress
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
    "rebuild",
    "reconcile",
    "worded",
]
