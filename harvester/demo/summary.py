"""The summary of the demonstration as text, line by line."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from pathlib import Path

from harvester.counting import counted
from harvester.demo.run import Deposited, Part, Summary
from harvester.reports import RunReport


def lines(summary: Summary) -> Iterator[str]:
    """What was new in each source, what is in each file, and the title of what was held back."""
    yield f"Harvested from {summary.provider}"
    yield from (f"  {_run(run)}" for run in summary.runs)
    yield ""
    yield from _files(summary)
    yield ""
    yield f"Held back ({len(summary.held)})" if summary.held else "Held back: nothing"


def deposited(summary: Summary) -> Iterator[str]:
    """The title of what became of the DOIs."""
    if summary.sent:
        yield f"Sent {counted(summary.sent, 'file')} to a stand-in of Crossref on this machine, and read the results"
        yield "It is not Crossref: nothing is registered anywhere."
    else:
        yield "Sent nothing: no file is new"
        yield "The stand-in of Crossref forgets everything between runs. This is known from earlier runs:"


def _run(run: RunReport) -> str:
    counts = {"new": run.new, "changed": run.changed, "deleted": run.deleted}
    words = ", ".join(f"{number} {name}" for name, number in counts.items() if number) or "nothing new"
    error = f"; {run.state}: {run.error}" if run.state != "complete" else ""
    return f"{run.source} in {run.format}: {words}{error}"


def _files(summary: Summary) -> Iterator[str]:
    if not summary.files:
        yield f"Exported nothing: {_articles(summary.unchanged)} unchanged since the last files"
        return
    yield "Exported"
    for file in summary.files:
        yield f"  {_path(summary, file)}: {_articles(file.records)}, {file.bytes / 1000:,.0f} kB"
        yield from (f"    {_part(part)}" for part in file.parts)


def _path(summary: Summary, file: Deposited) -> str:
    """The path of a file, relative if the path of the configuration is, and if the file is below its folder."""
    path, folder = Path(file.path), Path(summary.config).parent
    root = folder.absolute()
    return str(folder / path.relative_to(root)) if path.is_relative_to(root) else file.path


def _part(part: Part) -> str:
    parts = [
        part.journal,
        f"volume {part.volume}" if part.volume else "",
        f"issue {part.issue}" if part.issue else "",
    ]
    return f"{', '.join(filter(None, parts))}: {_articles(part.records)}"


def _articles(number: int) -> str:
    return "1 article" if number == 1 else f"{number:,} articles"


def ending(summary: Summary, command: str) -> str:
    """The next step. `command` calls this program in the shell from which it was called."""
    if summary.without_result:
        return (
            f"{counted(summary.without_result, 'DOI')} without a result: a run was stopped before it was read, and the "
            f"stand-in has forgotten the files.\nTo start again, delete the folder {Path(summary.config).parent}."
        )
    if summary.nothing_new:
        return "Nothing new since the last run, so nothing was exported or sent."
    config = shlex.quote(summary.config)
    return (
        "Run it again: it requests only what is new, and sends nothing twice. For more:\n"
        f"  {command} --config {config} check\n"
        "For the same in a browser:\n"
        f"  {command} --config {config} serve"
    )
