"""Rounds against the stand-in of Crossref: whatever happens on the way, the states are the truth or say they are not
known.
"""

from __future__ import annotations

from tests.registration.conftest import Depositor


def test_a_file_goes_the_whole_way(depositor: Depositor):
    report = depositor.deposit()
    assert (report.sent, report.open_files) == (1, 1)
    assert depositor.file_states() == ["sent"]
    assert set(depositor.states().values()) == {"waiting"}
    depositor.settle()
    assert depositor.file_states() == ["completed"]
    assert set(depositor.states().values()) == {"registered"}
    assert depositor.registration(1).held == depositor.held(1)
    assert depositor.deposit().sent == 0
    assert len(depositor.uploads()) == 1
