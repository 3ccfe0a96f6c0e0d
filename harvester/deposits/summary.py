"""What an export did, in one sentence."""

from __future__ import annotations

from harvester.counting import counted
from harvester.reports import ExportReport


def sentence(report: ExportReport, *, dry_run: bool = False) -> str:
    """The result of an export, for the user."""
    records = sum(file.records for file in report.files)
    done = "would be written" if dry_run else "written"
    parts = [f"{counted(records, 'record')} {done} into {counted(len(report.files), 'file')}"]
    if not report.files:
        parts = ["Nothing to write"]
    if report.unchanged:
        parts.append(f"{report.unchanged:,} unchanged since the last file")
    if report.held_back:
        parts.append(f"{len(report.held_back):,} held back (harvester check --severity error says why)")
    return ", ".join(parts) + "."
