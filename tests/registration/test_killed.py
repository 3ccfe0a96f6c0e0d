"""`harvester deposit` as a process that is killed at any of its steps. The next round goes on: each file is sent once,
and every DOI ends right.
"""

from __future__ import annotations

import shutil
import signal
from copy import deepcopy
from datetime import UTC, datetime
from pathlib import Path

import pytest

from harvester.standin import Knobs
from tests import forked
from tests.providers.press import press
from tests.registration import dying
from tests.registration.conftest import Depositor
from tests.standin.running import running

pytestmark = pytest.mark.slow

PACE = "pace = 0.00001\n"  # the longest wait is 6 seconds
AT_ONCE = 2  # tests, which share the steps
FEWEST, MOST = 20, 200  # steps


class Prepared:
    """Three registered articles, of which one was corrected, and a new one. It can be put back as often as needed."""

    def __init__(self, depositor: Depositor, folder: Path) -> None:
        self._depositor, self._copy = depositor, folder / "copy"
        depositor.standin.state.knobs = Knobs.immediate()
        depositor.configure(more=PACE)
        depositor.clock.now = datetime.now(UTC)
        depositor.deposit()
        depositor.settle()
        self._sent = list(depositor.standin.state.submissions)
        self._registry = deepcopy(depositor.standin.state.registry)
        depositor.press.correct(1, title={"en": "Corrected"})
        depositor.press.correct(4)
        depositor.press.harvest()
        shutil.copytree(depositor.folder, self._copy)

    def put_back(self) -> None:
        shutil.rmtree(self._depositor.folder)
        shutil.copytree(self._copy, self._depositor.folder)
        state = self._depositor.standin.state
        state.submissions, state.registry = list(self._sent), deepcopy(self._registry)


@pytest.mark.parametrize("first", range(1, AT_ONCE + 1))
def test_a_process_that_is_killed_at_any_step_is_continued_and_each_file_is_sent_once(first: int, tmp_path: Path):
    folder = tmp_path / "journal"
    folder.mkdir()
    with press(folder) as made, running() as standin:
        depositor = Depositor(made, standin)
        prepared = Prepared(depositor, tmp_path)
        for step in range(first, MOST, AT_ONCE):
            prepared.put_back()
            was_killed = deposit(depositor, step) == -signal.SIGKILL
            assert set(depositor.states().values()) <= {"never_sent", "waiting", "uncertain", "registered"}, step
            depositor.deposit()
            depositor.settle()
            ends_right(depositor)
            if not was_killed:
                break
    assert step > FEWEST, "the process was not killed"


def deposit(depositor: Depositor, step: int) -> int:
    """The exit code of `harvester deposit --wait 1`, which is killed before this step."""
    config = str(depositor.folder / "config.toml")
    arguments = ["--config", config, "deposit", "--wait", "1"]
    output = depositor.folder / "output.txt"
    done = forked.run(dying.program, step, arguments, output=output, folder=depositor.folder)
    assert b"Traceback" not in done.output, done.output
    return done.code


def ends_right(depositor: Depositor) -> None:
    assert depositor.states() == dict.fromkeys("1234", "registered")
    files = {file.timestamp: Path(file.path).read_bytes() for file in depositor.files()}
    assert [one.data for one in depositor.standin.state.submissions] == [files[number] for number in sorted(files)]
    assert len(files) == 2
    for number in "1234":
        assert depositor.registration(int(number)).held == depositor.held(int(number))
    assert depositor.held(1) == max(files) == depositor.held(4)
