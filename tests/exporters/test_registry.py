from __future__ import annotations

import pytest

from harvester.exporters import EXPORTERS


@pytest.mark.parametrize("name", EXPORTERS)
def test_every_exporter_has_every_part(name: str) -> None:
    assert all(hasattr(EXPORTERS[name], part) for part in ("group", "build", "deposit_of", "manifest", "Options"))
