"""A generated journal, harvested in a workbench."""

from __future__ import annotations

from harvester.demo.provider import serve
from harvester.demo.repository import Repository
from tests.demo.many import ISSNS, many
from tests.workbench import Workbench

JOURNAL = f'\n[journals."{ISSNS[0]}"]\nissn_print = "{ISSNS[0]}"\nissn_electronic = "{ISSNS[1]}"\n'


def harvest_generated(bench: Workbench, records: int, *, references: int = 0, prefix: str = "10.5555") -> Workbench:
    """Harvests that many articles as JATS, each with that many references, from a provider at a new address."""
    with serve(Repository(many(records, references=references))) as provider:
        bench.configure(provider.url, ["jats"], prefixes=[prefix], more=JOURNAL)
        (run,) = bench.harvest()
    assert run.state == "complete", run.error
    return bench
