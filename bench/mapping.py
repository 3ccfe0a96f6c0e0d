"""Where the CPU time goes when stored payloads become checked articles: `python -m bench.mapping`.

One core, no database and no network: read, assemble, check, encode, for Dublin Core and for JATS with 39 references,
in the batches of a harvest and with the garbage collector running as rarely.
"""

from __future__ import annotations

import cProfile
import pstats
import sys
from collections import Counter
from collections.abc import Callable, Sequence
from itertools import pairwise
from time import thread_time
from typing import Any, TextIO

from harvester import formats, rules
from harvester.article_rows import to_row
from harvester.findings import is_blocking
from harvester.mapping import assembly, reduced_gc
from harvester.mapping.article_mapper import batches
from harvester.model import Article, Hints, JournalFacts, Policy, RawRecord, Reading
from tests.demo.many import ISSNS, many

RECORDS = {"oai_dc": 4_000, "jats": 1_000}
REFERENCES = 39
ROUNDS = 3  # the best one counts: other processes are at work too
MODULES_SHOWN = 12

_FACTS = JournalFacts(issn_print=ISSNS[0], issn_electronic=ISSNS[1])
_HINTS = Hints(provider_host="many.example.org", journals=dict.fromkeys(ISSNS, _FACTS))
_POLICY = Policy(today="2026-01-01", doi_prefixes=("10.5555",), journals=_HINTS.journals)


def run(out: TextIO) -> None:
    """Measures both formats step by step, and prints where the time goes."""
    for prefix, count in RECORDS.items():
        raws = records(prefix, count)
        steps = min((_steps(prefix, raws) for _ in range(ROUNDS)), key=lambda steps: sum(steps.values()))
        total = sum(steps.values()) / count * 1e6
        size = sum(len(raw.payload or b"") for raw in raws) / count / 1000
        print(f"mapping {prefix} ({size:.1f} kB each): {total:,.0f} µs CPU a record", file=out)
        for step, seconds in steps.items():
            print(f"  {step:<9} {seconds / count * 1e6:>7,.0f} µs/record", file=out)
        _print_modules(prefix, raws, out)


def records(prefix: str, count: int) -> list[RawRecord]:
    """Generated records in one format, as the store keeps them."""
    return [
        RawRecord(
            identifier=one.identifier,
            datestamp=one.datestamp.strftime("%Y-%m-%dT%H:%M:%SZ"),
            payload=b"<record><metadata>%s</metadata></record>" % one.metadata[prefix],
        )
        for one in many(count, references=REFERENCES)
    ]


@reduced_gc()
def _steps(prefix: str, raws: Sequence[RawRecord]) -> dict[str, float]:
    """CPU seconds for all records, by step."""
    marks = [thread_time()]

    def timed(work: Callable[[], Any]) -> Any:
        result = work()
        marks.append(thread_time())
        return result

    at_once = [[live[prefix] for live in batch] for batch in batches([{prefix: raw} for raw in raws])]
    readings: list[list[Reading]] = timed(lambda: [formats.read_all(batch, _HINTS) for batch in at_once])
    assembled = timed(lambda: [[assembly.assemble({prefix: one}, _HINTS) for one in batch] for batch in readings])
    articles: list[list[Article]] = [[one.article for one in batch if one.article] for batch in assembled]
    found = timed(lambda: [rules.check_all(batch, _POLICY) for batch in articles])
    timed(lambda: [to_row(article) for batch in articles for article in batch])
    held_back = [finding for batch in found for findings in batch for finding in findings if is_blocking(finding)]
    if sum(map(len, articles)) < len(raws) or held_back:
        raise AssertionError(f"a record of the benchmark is held back: {held_back[:1]}")
    seconds = [after - before for before, after in pairwise(marks)]
    return dict(zip(("read", "assemble", "check", "encode"), seconds, strict=True))


# ------------------------------------------------------------------------------------ where the time goes


def _print_modules(prefix: str, raws: Sequence[RawRecord], out: TextIO) -> None:
    profile = cProfile.Profile()
    profile.runcall(_steps, prefix, raws)
    modules = _modules(pstats.Stats(profile))
    total = sum(modules.values())
    print("  where the time goes (under the profiler, time in C counts for its caller):", file=out)
    for module, seconds in modules.most_common(MODULES_SHOWN):
        print(f"    {seconds / total:>5.1%}  {module}", file=out)


def _modules(stats: pstats.Stats) -> Counter[str]:
    """Seconds by module. A function in C has no file; its time goes to its callers, as cProfile splits it."""
    modules: Counter[str] = Counter()
    rows: dict[Any, Any] = stats.stats  # type: ignore[attr-defined]
    for (path, _, _), (_, _, own, _, callers) in rows.items():
        if path != "~" or not callers:
            modules[_module(path)] += own
        else:
            for (caller, _, _), (_, _, part, _) in callers.items():
                modules[_module(caller)] += part
    return modules


def _module(path: str) -> str:
    """The name of a module of ours: harvester/formats/jats/people.py gives formats.jats.people."""
    _, ours, rest = path.rpartition("/harvester/")
    if ours:
        return rest.removesuffix(".py").replace("/", ".")
    return "the benchmark" if path.endswith("bench/mapping.py") else "the standard library and others"


if __name__ == "__main__":
    run(sys.stdout)
