"""`harvester deposit` as a process that is killed at any of its steps and started again: each file is sent once, and every
DOI ends right.
"""

from __future__ import annotations

import signal
import subprocess
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path

import pytest

from harvester.standin import Knobs
from tests.providers.press import press
from tests.registration.conftest import Depositor
from tests.standin.running import running

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
PACE = "pace = 0.00001\n"  # the longest wait is 6 seconds
AT_ONCE = 4  # tests, which share the steps
MOST = 200


@pytest.mark.parametrize("first", range(1, AT_ONCE + 1))
def test_a_process_that_is_killed_at_any_step_and_restarted_sends_each_file_once(first: int):
    for step in range(first, MOST, AT_ONCE):
        with tempfile.TemporaryDirectory() as folder, press(Path(folder)) as made, running() as standin:
            depositor = Depositor(made, standin)
            updating(depositor)
            was_killed = deposit(depositor, str(step)) == -signal.SIGKILL
            said = set(depositor.states().values())
            assert said <= {"never_sent", "waiting", "uncertain", "registered"}, step
            if not was_killed:
                break
            assert deposit(depositor, "0") == 0, step
            ends_right(depositor)
    assert step > 20, "the process was not killed"


def updating(depositor: Depositor) -> None:
    """Three articles are registered; then one was corrected, and one is new."""
    depositor.standin.state.knobs = Knobs.immediate()
    depositor.configure(more=PACE)
    depositor.clock.now = datetime.now(UTC)
    depositor.deposit()
    depositor.settle()
    depositor.press.correct(1, title={"en": "Corrected"})
    depositor.press.correct(4)
    depositor.press.harvest()


def deposit(depositor: Depositor, step: str) -> int:
    """The exit code of `harvester deposit --wait 1`, which is killed before this step; 0 for none."""
    command = [sys.executable, "-m", "tests.registration.dying", step]
    config = str(depositor.folder / "config.toml")
    done = subprocess.run(
        [*command, "--config", config, "deposit", "--wait", "1"], cwd=ROOT, capture_output=True, timeout=60, check=False
    )
    assert b"Traceback" not in done.stderr, done.stderr
    return done.returncode


def ends_right(depositor: Depositor) -> None:
    assert depositor.states() == dict.fromkeys("1234", "registered")
    files = {file.timestamp: Path(file.path).read_bytes() for file in depositor.files()}
    assert [one.data for one in depositor.standin.state.submissions] == [files[number] for number in sorted(files)]
    assert len(files) == 2
    for number in "1234":
        assert depositor.registration(int(number)).held == depositor.held(int(number))
    assert depositor.held(1) == max(files) == depositor.held(4)
