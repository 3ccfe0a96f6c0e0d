"""What it costs to follow many DOIs until they are registered: `python -m bench deposits`.

5,000 DOIs in 100 files go to the stand-in of Crossref, whose queue takes two hours. Client and stand-in share the
process, so CPU time and memory are those of both. The clock is simulated: no second is waited.

It fails if anything is sent twice, if a file is asked for more or less often than scheduled, or if memory grows by more
than what the stand-in keeps and a few files.

On two cores of a shared machine in December 2026: 9 questions for each file, 200 ms of CPU for each file with 50 DOIs,
and 15 MB more memory, of which the stand-in keeps 3 MB of files.
"""

from __future__ import annotations

import resource
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from time import process_time
from typing import TextIO
from unittest.mock import patch

from harvester.answers import Answer, Result
from harvester.crossref.client.servlet import Servlet
from harvester.standin import Knobs
from tests.providers.press import press
from tests.registration.conftest import Depositor
from tests.standin.running import running

FILES, RECORDS = 100, 50  # and records in a file
QUEUE = timedelta(hours=2)
DAYS = 2  # within which every result is read
QUESTIONS = 9  # after 1, 2, 5, 10, 20 and 40 minutes, then each hour, until the queue is through
MOST_MEMORY = 24.0  # MB more, apart from what the stand-in keeps


def run(out: TextIO, files: int = FILES) -> None:
    """Deposits, and follows every file to its result."""
    knobs = Knobs(queue_delay=QUEUE, rate_limited=False)
    with TemporaryDirectory() as folder, press(Path(folder), files * RECORDS) as made, running(knobs=knobs) as standin:
        depositor = Depositor(made, standin)
        depositor.configure(more=f"max_records = {RECORDS}\nmax_in_flight = {files}\n")
        exported = depositor.export()
        memory, started = _memory(), process_time()
        with _counted_questions() as questions:
            depositor.round(exported)
            depositor.settle(24 * DAYS)
        seconds, grown = process_time() - started, _memory() - memory
        states = Counter(row.state for row in depositor.rows().values())
        uploads = Counter(one.data for one in standin.state.submissions)
        asked = [questions[one.file_name] for one in standin.state.submissions]  # and once, whether the login works
        kept = sum(len(data) for data in uploads) / 1024**2
    if len(exported.files) != files or set(uploads.values()) != {1} or states != {"registered": files * RECORDS}:
        raise AssertionError(f"{len(exported.files)} files, {uploads.total()} uploads, {dict(states)}")
    if set(asked) != {QUESTIONS} or questions.total() != sum(asked) + 1:
        raise AssertionError(f"{questions.total()} questions, and for each file {sorted(set(asked))}")
    if grown - kept > MOST_MEMORY:
        raise AssertionError(f"memory grew by {grown:.0f} MB, of which the stand-in keeps {kept:.0f}")
    print(f"deposits: {files * RECORDS:,} DOIs in {files} files, each sent once, all registered", file=out)
    print(f"  {QUESTIONS} questions for each file; {seconds / files * 1000:.0f} ms of CPU for each file", file=out)
    print(f"  memory grew by {grown:.0f} MB, of which the stand-in keeps {kept:.0f} MB of files", file=out)


@contextmanager
def _counted_questions() -> Iterator[Counter[str]]:
    """How often each file is asked for in the block, by its name."""
    questions: Counter[str] = Counter()
    asks = Servlet.result

    def counted(servlet: Servlet, name: str) -> Answer | Result:
        questions[name] += 1
        return asks(servlet, name)

    with patch.object(Servlet, "result", counted):
        yield questions


def _memory() -> float:
    """The most memory that this process has used, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
