from __future__ import annotations

import re

import pytest

from harvester.crossref import bundles
from harvester.crossref.settings import CrossrefSettings
from harvester.crossref.versions import DEFAULT, NEWEST, VERSIONS, Version, version_of
from harvester.errors import ExportError
from harvester.findings import kinds
from tests.conftest import ROOT


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


def test_the_remedy_for_an_old_version_names_the_newest() -> None:
    assert f'schema_version = "{NEWEST}"' in kinds()["version-leaves-out"].fix


ROW = re.compile(r"^\| (\d+\.\d+\.\d+) \|" + r" (yes|no) \|" * 5 + "$", re.MULTILINE)


def test_the_page_on_mapping_has_their_table() -> None:
    """The columns: role elements, alternative names, types of citations, ROR of funders, three-letter languages."""
    rows = ROW.findall((ROOT / "docs" / "mapping.md").read_text(encoding="utf-8"))
    assert [name for name, *_ in rows] == list(VERSIONS)
    for name, *cells in rows:
        assert [cell == "yes" for cell in cells] == flags(VERSIONS[name])


def flags(version: Version) -> list[bool]:
    return [value for field in version.__struct_fields__ if isinstance(value := getattr(version, field), bool)]
