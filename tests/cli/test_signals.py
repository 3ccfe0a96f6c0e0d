"""The first signal asks, the second ends, and afterwards everything is as before."""

import os
import signal

import pytest

from harvester.cli.common import Common
from harvester.cli.signals import stop_on_signals


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_once_asks_and_twice_ends(number, capfd):
    before = signal.getsignal(number)
    with stop_on_signals(Common()) as stop:
        assert (stop(), stop.code(3)) == (False, 3)
        os.kill(os.getpid(), number)
        assert stop()
        assert capfd.readouterr().err == "Stopping at the next page; once more stops at once.\n"
        assert stop.code(0) == 128 + number
        with pytest.raises(KeyboardInterrupt):
            os.kill(os.getpid(), number)
    assert signal.getsignal(number) == before


def test_quietly(capfd):
    common = Common()
    common.quiet = True
    with stop_on_signals(common) as stop:
        os.kill(os.getpid(), signal.SIGTERM)
        assert stop()
    assert capfd.readouterr().err == ""
