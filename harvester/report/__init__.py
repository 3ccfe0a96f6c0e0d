"""The report: what is to be done and who can do it, what is held back, and how complete the articles are."""

from harvester.report.facts import Group, HeldBackRecord, JournalShare, Report, Share, gather
from harvester.report.index import to_index_html
from harvester.report.page import to_html
from harvester.report.words import MEASURES, WHO

__all__ = [
    "MEASURES",
    "WHO",
    "Group",
    "HeldBackRecord",
    "JournalShare",
    "Report",
    "Share",
    "gather",
    "to_html",
    "to_index_html",
]
