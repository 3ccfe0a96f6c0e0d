"""What a look at a provider found, in words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import repeat

from harvester.config import Source
from harvester.counting import counted
from harvester.harvesting.sentences import sets_gone
from harvester.model import SetInfo
from harvester.probing.checkup import span
from harvester.probing.probe import FormatProbe, ProbeReport
from harvester.text import one_line

SETS_SHOWN = 10
SKEW = 60.0  # seconds by which a clock may be wrong without being reported
_DELETIONS = {
    "no": "never announced",
    "transient": "announced, for some time",
    "persistent": "announced",
}


def facts(report: ProbeReport) -> Iterator[tuple[str, str]]:
    """What the provider says about itself, by name. The name of a further line is empty."""
    identity = report.identity
    yield "Repository", one_line(identity.repository)
    if identity.software:
        yield "Software", one_line(identity.software)
    if report.final_url != report.url:
        yield "Leads to", report.final_url
    yield "Granularity", identity.granularity
    yield "Deletions", _DELETIONS.get(identity.deleted_record, identity.deleted_record)
    yield "Earliest", identity.earliest
    if report.clock_skew is not None and abs(report.clock_skew) > SKEW:
        yield "Clock", f"{span(abs(report.clock_skew))} {'ahead of' if report.clock_skew > 0 else 'behind'} ours"
    if report.sets_error:
        yield "Sets", one_line(report.sets_error)
    elif report.sets:
        yield from zip(("Sets", *repeat("", SETS_SHOWN)), _sets(report.sets), strict=False)
    if checkup := report.checkup:
        trials = (("Pages", checkup.paging), ("Dates", checkup.dates), ("Identifiers", checkup.identifiers))
        yield from ((name, one_line(trial.said)) for name, trial in trials)


def _sets(sets: Sequence[SetInfo]) -> Iterator[str]:
    """The first sets with their names, which show which set is the journal."""
    shown = sets[:SETS_SHOWN]
    width = max(len(info.spec) for info in shown)
    yield from (f"{info.spec:<{width}}  {one_line(info.name)}".rstrip() for info in shown)
    if len(sets) > len(shown):
        yield f"and {len(sets) - len(shown)} more, which --json lists"


def reads(probed: FormatProbe) -> str:
    """Whether this program reads the format."""
    if probed.error:
        return "no: error"
    if probed.reads:
        return f"yes, as {probed.reads}"
    return "no" if not probed.records else "no: not in this form"


def size(probed: FormatProbe) -> str:
    """How many records the list has, as far as its first page shows."""
    if probed.list_size is not None:
        return str(probed.list_size)
    return "more" if probed.more else "all" if probed.records else ""


def formats(report: ProbeReport) -> Iterator[str]:
    """Each format in one line: whether this program reads it, its first page, or its error."""
    for probed in report.formats:
        error = f"; {one_line(probed.error)}" if probed.error else ""
        page = f"{counted(probed.records, 'record')} on page 1, {probed.seconds:.1f} s"
        yield f"{probed.prefix}: supported: {reads(probed)}; {page}{error}"


def missing_sets(source: Source, report: ProbeReport) -> str | None:
    """What is wrong with the configured sets; `None` if nothing is."""
    if gone := gone_sets(report):
        return f"{sets_gone(gone, [info.spec for info in report.sets], source.sets)}."
    if report.silent_sets:
        return f"No record is listed in {', '.join(report.silent_sets)}; check `sets` of this source."
    return None


def gone_sets(report: ProbeReport) -> list[str]:
    """The configured sets that the provider does not have any more."""
    offered = [info.spec for info in report.sets]
    return [name for name in report.silent_sets if offered and name not in offered]


def what_is_wrong(source: Source, report: ProbeReport) -> str | None:
    """What prevents harvests with the settings of the source, in one sentence; `None` if nothing does."""
    unreadable = [name for name in source.formats if name not in report.readable]
    if unreadable:
        return f"It does not work: {', '.join(unreadable)} cannot be read."
    return missing_sets(source, report) if gone_sets(report) else None
