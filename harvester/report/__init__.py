"""The report: what the store holds, what is doubtful about it and who can mend it, on one page."""

from harvester.report.facts import Group, HeldRecord, JournalShare, Report, Share, gather
from harvester.report.page import page
from harvester.report.words import MEASURES, WHO

__all__ = ["MEASURES", "WHO", "Group", "HeldRecord", "JournalShare", "Report", "Share", "gather", "page"]
