from __future__ import annotations

import pytest

from harvester import bundles
from harvester.errors import ExportError
from harvester.exporters.crossref import VERSIONS
from harvester.exporters.crossref.versions import VERSIONS as KNOWN
from harvester.exporters.crossref.versions import language, version_of
from tests.exporters.crossref.test_fixtures import fixture
from tests.exporters.deposits import build


def test_every_bundle_can_be_written_and_every_version_validated() -> None:
    assert set(VERSIONS) == set(bundles.pinned())


def test_another_version_is_refused_by_name() -> None:
    with pytest.raises(ExportError, match=r"5\.5\.0, 5\.4\.0, 5\.3\.1"):
        version_of("4.4.2")


@pytest.mark.parametrize("code", ["ru", "en", "jv", "mh", "zu", "krl", "oak", "ynb", "haw"])
def test_a_language_that_is_written_is_one_the_schema_lists(code: str, schema: bundles.Schema) -> None:
    written = language(code, KNOWN[schema.version])
    valid = build(fixture("translation"), schema.version).replace(b' language="en"', f' language="{code}"'.encode())
    assert (schema.validate(valid) == []) == (written == code)
