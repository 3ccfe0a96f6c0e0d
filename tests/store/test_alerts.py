from __future__ import annotations

from datetime import timedelta

from harvester.store import Alert
from harvester.store.store import Store
from tests.store.samples import NOW

LATER = NOW + timedelta(days=1)


def test_alerts_are_kept_until_they_are_deleted(opened: Store):
    opened.alerts.save([Alert("fens", NOW, NOW), Alert("reeds", NOW, NOW)])
    opened.alerts.save([Alert("fens", NOW, LATER)])
    assert opened.alerts.all() == {"fens": Alert("fens", NOW, LATER), "reeds": Alert("reeds", NOW, NOW)}
    opened.alerts.delete(["fens"])
    assert list(opened.alerts.all()) == ["reeds"]
