"""How fast a provider ends up in the store: `python -m bench.harvest`.

Everything is included: parse, map, check, store. Beside it, in the same run and from the same provider: a loop that
only fetches, and the bare iteration of Sickle and of oaipmh-scythe (`pip install .[bench]`), which keep nothing. Each
has a process of its own, and imports are not measured.

Goals: as fast as Sickle's bare iteration without latency; with 50 ms at least 0.97 of the raw loop with one window and
3.5 times it with four.
"""

from __future__ import annotations

import cProfile
import pstats
import re
import sys
import tempfile
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from importlib.util import find_spec
from io import StringIO
from pathlib import Path
from typing import TextIO
from urllib.parse import quote

import requests
from sickle import Sickle

from bench._contest import Result, measured
from bench._river import PAGE, Provider, provider
from harvester import config, pipeline

LISTS = ((0.0, 30_000), (0.05, 30_000), (0.2, 15_000))  # seconds of latency, records
PROFILED = 15  # rows

_TOKEN = re.compile(rb"<resumptionToken[^>]*>([^<]+)<")


def run(out: TextIO) -> None:
    """Measures every contender at every latency, and prints where the time goes."""
    for latency, records in LISTS:
        print(f"harvest: {records:,} records in pages of {PAGE}, {latency * 1000:.0f} ms latency", file=out)
        with provider(records, latency) as river:
            _compare(river, records, out)
    _profile(out)


def _compare(river: Provider, records: int, out: TextIO) -> None:
    raw = _contend("raw fetch loop", fetched, river, records, None, out)
    sickle = _contend("sickle", iterated, river, records, raw, out)
    if find_spec("oaipmh_scythe"):
        _contend("oaipmh-scythe", scythed, river, records, raw, out)
    else:
        print("  oaipmh-scythe is not installed: pip install .[bench]", file=out)
    for windows in (1, 4):
        with tempfile.TemporaryDirectory() as folder:  # whose removal is nobody's work
            work = partial(harvested, windows, Path(folder))
            ours = _contend(f"harvester, {windows} windows", work, river, records, raw, out)
        print(f"    {sickle.seconds / ours.seconds:.2f} of sickle", file=out)


def _contend(
    name: str, work: Callable[[str], int], river: Provider, records: int, raw: Result | None, out: TextIO
) -> Result:
    asked = river.requests()
    result = measured(work, river.url, opened if isinstance(work, partial) else None)
    assert result.records == records, (name, result.records)
    costs = (result.cpu, result.threads, result.processes)
    cpu = " + ".join(f"{seconds / records * 1e6:.0f}" for seconds in costs)
    print(
        f"  {name:<21}{records / result.seconds:>8,.0f} records/s, {(raw or result).seconds / result.seconds:.2f} of "
        f"raw, {river.requests() - asked} requests, CPU a record {cpu} µs (thread + others + workers), "
        f"peak RSS {result.rss:.0f} MB + worker {result.children:.0f} MB",
        file=out,
        flush=True,
    )
    return result


# ------------------------------------------------------------------------------------------ contenders


def fetched(url: str) -> int:
    """Follows the tokens and looks at nothing else."""
    session, query, records = requests.Session(), "metadataPrefix=oai_dc", 0
    while True:
        page = session.get(f"{url}?verb=ListRecords&{query}", timeout=60).content
        records += page.count(b"<record>")
        token = _TOKEN.search(page)
        if token is None:
            return records
        query = "resumptionToken=" + quote(token[1].decode())


def iterated(url: str) -> int:
    """What Sickle gives, one record after the other."""
    return sum(1 for _ in Sickle(url).ListRecords(metadataPrefix="oai_dc"))


def scythed(url: str) -> int:
    """What oaipmh-scythe gives."""
    from oaipmh_scythe import Scythe

    with Scythe(url) as scythe:
        return sum(1 for _ in scythe.list_records(metadata_prefix="oai_dc"))


def harvested(windows: int, folder: Path, url: str) -> int:
    """A first harvest into a new store."""
    settings = config.load(configured(folder, url, f"parallel = {windows}\n"))
    with pipeline.opened(settings) as store:
        (report,) = pipeline.harvest(settings, store, now=lambda: datetime.now(UTC))
    assert report.state == "complete", report
    return report.new


def configured(folder: Path, url: str, more: str = "") -> Path:
    """A configuration for the river."""
    path = folder / "config.toml"
    source = f'url = "{url}"\nformats = ["oai_dc"]\nallow_private = true\nname_order = "family-first"\n'
    path.write_text("[sources.bench]\n" + source + more, encoding="utf-8")
    return path


def opened() -> None:
    """Opens an empty store, which imports what a harvest needs."""
    with tempfile.TemporaryDirectory() as folder:
        settings = config.load(configured(Path(folder), "http://river.example/oai"))
        with pipeline.opened(settings):
            pass


# ------------------------------------------------------------------------------------------ where time goes


def _profile(out: TextIO) -> None:
    """The thread that maps and stores, function by function."""
    profiler, records = cProfile.Profile(), 10_000
    opened()
    with provider(records, 0.0) as river, tempfile.TemporaryDirectory() as folder:
        profiler.runcall(harvested, 1, Path(folder), river.url)
    text = StringIO()
    pstats.Stats(profiler, stream=text).sort_stats("tottime").print_stats(PROFILED)
    rows = text.getvalue().splitlines()
    print(f"where the time goes, {records:,} records:", file=out)
    print("\n".join(row for row in rows[6:] if row.strip()), file=out)


if __name__ == "__main__":
    run(sys.stdout)
