"""The whole story: harvest, map again, check, export. Each function says what it did; the caller prints."""

from harvester.checking.check import check, worded
from harvester.checking.marks import mark
from harvester.deposits.export import deposit, export
from harvester.harvesting.job import Progress
from harvester.harvesting.reconcile import reconcile
from harvester.harvesting.runs import harvest
from harvester.mapping.rebuild import rebuild
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
