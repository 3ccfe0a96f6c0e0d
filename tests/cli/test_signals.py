"""The first signal requests a stop, the second one ends the command, and then the old handlers are back."""

import os
import signal

import pytest

from harvester.cli.common import Common
from harvester.cli.signals import stop_on_signals


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_first_signal_requests_a_stop_and_second_ends(number, capfd):
    before = signal.getsignal(number)
    with stop_on_signals(Common()) as stop:
        assert (stop(), stop.code(3)) == (False, 3)
        os.kill(os.getpid(), number)
        assert stop()
        assert capfd.readouterr().err == "Stopping at the next page; a second signal stops at once.\n"
        assert stop.code(0) == 128 + number
        with pytest.raises(KeyboardInterrupt):
            os.kill(os.getpid(), number)
    assert signal.getsignal(number) == before


def test_quiet_stop_prints_nothing(capfd):
    common = Common()
    common.quiet = True
    with stop_on_signals(common) as stop:
        os.kill(os.getpid(), signal.SIGTERM)
        assert stop()
    assert capfd.readouterr().err == ""
