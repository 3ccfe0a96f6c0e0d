from __future__ import annotations

import os
import signal
import threading
import time

from harvester.daemon.signals import WATCHED, handled


def test_signals_come_in_order_and_are_told_once():
    with handled() as signals:
        os.kill(os.getpid(), signal.SIGHUP)
        os.kill(os.getpid(), signal.SIGTERM)
        assert list(signals.wait(10)) == [signal.SIGHUP, signal.SIGTERM]
        assert list(signals.wait(0)) == []


def test_a_signal_ends_the_wait():
    with handled() as signals:
        threading.Timer(0.1, os.kill, (os.getpid(), signal.SIGHUP)).start()
        began = time.monotonic()
        assert list(signals.wait(60)) == [signal.SIGHUP]
        assert time.monotonic() - began < 30


def test_more_signals_than_the_pipe_holds_are_all_told():
    with handled() as signals:
        for _ in range(70_000):
            signals.handle(signal.SIGHUP, None)
        assert len(list(signals.wait(0))) == 70_000


def test_handlers_are_those_of_before_when_the_block_ends():
    before = [signal.getsignal(number) for number in WATCHED]
    with handled():
        assert signal.getsignal(signal.SIGHUP) != before[WATCHED.index(signal.SIGHUP)]
    assert [signal.getsignal(number) for number in WATCHED] == before


def test_in_another_thread_none_comes_and_no_handler_changes():
    came: list[list[int]] = []

    def wait() -> None:
        with handled() as signals:
            came.append(list(signals.wait(0.01)))

    before = signal.getsignal(signal.SIGTERM)
    thread = threading.Thread(target=wait)
    thread.start()
    thread.join()
    assert (came, signal.getsignal(signal.SIGTERM)) == ([[]], before)
