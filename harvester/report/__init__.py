"""The report: what the store has, what is doubtful about it, and who can fix it, on one page."""

from harvester.report.facts import Group, HeldBackRecord, JournalShare, Report, Share, gather
from harvester.report.page import to_html
from harvester.report.words import MEASURES, WHO

__all__ = ["MEASURES", "WHO", "Group", "HeldBackRecord", "JournalShare", "Report", "Share", "gather", "to_html"]
