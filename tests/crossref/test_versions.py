from __future__ import annotations

import pytest

from harvester.crossref import bundles
from harvester.crossref.versions import NEWEST, VERSIONS, version_of
from harvester.errors import ExportError


def test_every_bundle_can_be_written_and_every_version_validated() -> None:
    assert set(VERSIONS) == set(bundles.pinned())


def test_another_version_is_refused_by_name() -> None:
    with pytest.raises(ExportError, match=r"5\.5\.0, 5\.4\.0, 5\.3\.1"):
        version_of("4.4.2")


def test_the_newest_has_a_place_for_all_that_another_has() -> None:
    assert max(VERSIONS) == NEWEST
    for version in VERSIONS.values():
        flags = {name for name in version.__struct_fields__ if getattr(version, name) is True}
        assert all(getattr(VERSIONS[NEWEST], flag) for flag in flags)
