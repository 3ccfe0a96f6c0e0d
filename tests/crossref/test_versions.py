from __future__ import annotations

import pytest

from docs.generate import FLAGS
from harvester.crossref import bundles
from harvester.crossref.settings import CrossrefSettings
from harvester.crossref.versions import DEFAULT, NEWEST, VERSIONS, Version, version_of
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


def test_the_default_is_one_of_them_and_can_be_installed() -> None:
    settings = CrossrefSettings(depositor_name="A", depositor_email="a@example.org", registrant="A")
    assert settings.schema_version == DEFAULT in VERSIONS
    assert bundles.pinned()[DEFAULT].wheel is not None


def test_the_page_on_mapping_has_a_column_for_each_flag() -> None:
    flags = [field for field in Version.__struct_fields__ if isinstance(getattr(VERSIONS[NEWEST], field), bool)]
    assert list(FLAGS) == flags
