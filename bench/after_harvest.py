"""What a harvest costs after its last page, in a store of a million articles: `python -m bench.after_harvest`.

Findings about several records are brought up to date: those of 100 DOIs that the harvest saved, and those of the whole
store, as before an export. The store is that of `bench.status`.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from statistics import median
from time import process_time
from typing import TextIO

from bench._stores import configured, execute, fill_harvested
from bench.status import FILL, RECORDS, SOURCE, SOURCES
from harvester import store
from harvester.checking.cross_record import refresh_cross_record_findings, refresh_touched_findings

DOIS = 100
ROUNDS = 5

_IDENTIFY = "UPDATE article SET doi = '10.5555/' || id, doi_key = '10.5555/' || id, fingerprint = x'00'"


def run(out: TextIO) -> None:
    """Measures both in turn."""
    with tempfile.TemporaryDirectory() as name:
        found = configured(Path(name), SOURCE, SOURCES)
        fill_harvested(found, FILL, {"records": RECORDS, "sources": SOURCES})
        with store.connect(found.store_url) as opened:
            execute(opened, [_IDENTIFY], {})
            some, whole = [], []
            for _ in range(ROUNDS):
                opened.articles.touch(f"10.5555/{number}" for number in range(DOIS))
                before = process_time()
                refresh_touched_findings(opened, found.sources)
                between = process_time()
                refresh_cross_record_findings(opened, found.sources)
                some.append(between - before)
                whole.append(process_time() - between)
    print(f"after a harvest: {RECORDS:,} articles, CPU", file=out)
    print(f"  of {DOIS} DOIs      {median(some):.3f} s", file=out)
    print(f"  of the store     {median(whole):.3f} s", file=out)


if __name__ == "__main__":
    run(sys.stdout)
