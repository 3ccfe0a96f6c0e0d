"""The validators that deposits are held against."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from harvester.crossref import bundles
from harvester.crossref.versions import VERSIONS
from tests.conftest import SHARED


@pytest.fixture(scope="session")
def schemas(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, bundles.Schema]]:
    """A validator for each version. One that no package carries is here if its files are in the folder `shared`."""
    unpackaged = [version for version, pin in bundles.pinned().items() if pin.wheel is None]
    with pytest.MonkeyPatch.context() as patch:
        if SHARED.is_dir():
            patch.setenv("HARVESTER_SCHEMAS", str(tmp_path_factory.mktemp("schemas")))
            for version in unpackaged:
                bundles.install(version, source=SHARED / "xsd" / version)
        present = [version for version in VERSIONS if version not in unpackaged or SHARED.is_dir()]
        yield {version: bundles.load(version) for version in present}


@pytest.fixture(params=VERSIONS)
def schema(request: pytest.FixtureRequest, schemas: dict[str, bundles.Schema]) -> bundles.Schema:
    """Each version in turn."""
    if request.param not in schemas:
        pytest.skip(f"the Crossref schema {request.param} lies in the folder beside the project, which is absent")
    return schemas[request.param]
