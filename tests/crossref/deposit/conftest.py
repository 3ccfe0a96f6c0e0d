"""The validators that deposits are held against."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from harvester.crossref import bundles
from harvester.crossref.versions import VERSIONS
from tests.conftest import SHARED


@pytest.fixture(scope="session")
def schemas(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, bundles.Schema]]:
    """A validator for each version: 5.3.1, which no package carries, only where its files lie beside the project."""
    with pytest.MonkeyPatch.context() as patch:
        if SHARED.is_dir():
            patch.setenv("HARVESTER_SCHEMAS", str(tmp_path_factory.mktemp("schemas")))
            bundles.install("5.3.1", source=SHARED / "xsd" / "5.3.1")
        present = [version for version in VERSIONS if version != "5.3.1" or SHARED.is_dir()]
        yield {version: bundles.load(version) for version in present}


@pytest.fixture(params=VERSIONS)
def schema(request: pytest.FixtureRequest, schemas: dict[str, bundles.Schema]) -> bundles.Schema:
    """Each version in turn."""
    if request.param not in schemas:
        pytest.skip(f"the Crossref schema {request.param} lies in the folder beside the project, which is absent")
    return schemas[request.param]
