"""The report: what is to be done and who can do it, what is held back, and how complete the articles are."""

from harvester.report.facts import Group, HeldBackRecord, JournalShare, Report, Share, gather, journal_shares
from harvester.report.index import to_index_html
from harvester.report.page import journal_card, percent_bar, to_html
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
    "journal_card",
    "journal_shares",
    "percent_bar",
    "to_html",
    "to_index_html",
]
