from __future__ import annotations

from datetime import timedelta

from harvester.store import Alert
from harvester.store.store import Store
from tests.store.samples import NOW

LATER = NOW + timedelta(days=1)


def test_alerts_are_kept_until_they_are_deleted(opened: Store):
    opened.save_alerts([Alert("fens", NOW, NOW), Alert("reeds", NOW, NOW)])
    opened.save_alerts([Alert("fens", NOW, LATER)])
    assert opened.alerts() == {"fens": Alert("fens", NOW, LATER), "reeds": Alert("reeds", NOW, NOW)}
    opened.delete_alerts(["fens"])
    assert list(opened.alerts()) == ["reeds"]
