from __future__ import annotations

import pytest

from harvester.crossref import bundles
from harvester.crossref.versions import VERSIONS, language
from tests.crossref.deposit.deposits import build
from tests.crossref.deposit.test_fixtures import fixture


@pytest.mark.parametrize("code", ["ru", "en", "jv", "mh", "zu", "krl", "oak", "ynb", "haw"])
def test_a_language_that_is_written_is_one_the_schema_lists(code: str, schema: bundles.Schema) -> None:
    written = language(code, VERSIONS[schema.version])
    valid = build(fixture("translation"), schema.version).replace(b' language="en"', f' language="{code}"'.encode())
    assert (schema.validate(valid) == []) == (written == code)
