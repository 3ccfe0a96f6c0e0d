"""A store filled by a harvest of the generated journal."""

from __future__ import annotations

from pathlib import Path

from harvester.demo.provider import serve
from harvester.demo.repository import Repository
from tests.demo.many import ISSNS, many
from tests.workbench import Workbench

JOURNAL = f'\n[journals."{ISSNS[0]}"]\nissn_print = "{ISSNS[0]}"\nissn_electronic = "{ISSNS[1]}"\n'


def harvested(folder: Path, *, records: int, prefixes: list[str], format: str = "jats") -> Workbench:
    """A workbench that has harvested so many records of the journal."""
    bench = Workbench(folder)
    with serve(Repository(many(records))) as provider:
        bench.configure(provider.url, [format], prefixes=prefixes, more=JOURNAL)
        (run,) = bench.harvest()
    assert run.state == "complete", run.error
    return bench
