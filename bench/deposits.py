"""What it costs to follow many DOIs until they are registered: `python -m bench deposits`.

5,000 DOIs in 100 files go to the stand-in of Crossref, whose queue takes two hours. Client and stand-in share the
process, so CPU time and memory are those of both. The clock is simulated: no second is waited.
"""

from __future__ import annotations

import resource
from collections import Counter
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from time import process_time
from typing import TextIO

from harvester.standin import Knobs
from tests.providers.press import press
from tests.registration.conftest import Depositor
from tests.standin.running import Running, running

FILES, RECORDS = 100, 50  # and records in a file
QUEUE = timedelta(hours=2)
DAYS = 2  # within which every result is read


def run(out: TextIO, files: int = FILES) -> None:
    """Deposits, follows every file to its result, and fails if anything was sent twice."""
    knobs = Knobs(queue_delay=QUEUE, rate_limited=False)
    with TemporaryDirectory() as folder, press(Path(folder), files * RECORDS) as made, running(knobs=knobs) as standin:
        depositor = Depositor(made, standin)
        depositor.configure(more=f"max_records = {RECORDS}\nmax_in_flight = {files}\n")
        exported = depositor.export()
        memory, started = _memory(), process_time()
        depositor.round(exported)
        depositor.settle(24 * DAYS)
        seconds, grown = process_time() - started, _memory() - memory
        states = Counter(row.state for row in depositor.rows().values())
        uploads, polls = _requests(standin, "deposit"), _requests(standin, "submissionDownload")
    if len(exported.files) != files or uploads != files or states != {"registered": files * RECORDS}:
        raise AssertionError(f"{len(exported.files)} files, {uploads} uploads, {dict(states)}")
    print(f"deposits: {files * RECORDS:,} DOIs in {files} files, each sent once, all registered", file=out)
    print(
        f"  {polls / files:.1f} questions for each file; {seconds / files * 1000:.0f} ms of CPU for each file", file=out
    )
    print(f"  memory grew by {grown:.0f} MB, with the stand-in", file=out)


def _requests(standin: Running, servlet: str) -> int:
    return sum(f"/servlet/{servlet}" in seen.path for seen in standin.state.requests)


def _memory() -> float:
    """The most memory that this process has used, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
