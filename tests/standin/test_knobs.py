"""Faults and delays."""

from __future__ import annotations

from datetime import timedelta

from harvester.standin.knobs import Fault, Knobs, next_fault


def test_immediate() -> None:
    knobs = Knobs.immediate()
    delays = knobs.visible_delay, knobs.queue_delay, knobs.process_delay, knobs.index_delay, knobs.xml_delay
    assert set(delays) == {timedelta()}


def test_knobs_are_not_shared() -> None:
    Knobs().deposit_faults.append(Fault.BLANK)
    assert Knobs().deposit_faults == []


def test_faults_are_used_in_their_order() -> None:
    faults = [Fault.BLANK, Fault.DROP]
    assert [next_fault(faults) for _ in range(3)] == [Fault.BLANK, Fault.DROP, None]
