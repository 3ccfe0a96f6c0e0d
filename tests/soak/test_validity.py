"""Every recorded article that is exported is valid in all versions of Crossref's schema."""

from __future__ import annotations

from collections import Counter

import pytest

from harvester.crossref import bundles
from harvester.crossref.versions import VERSIONS
from tests.fidelity import test_jats as jats
from tests.fidelity import test_oai_dc as oai_dc


@pytest.fixture(params=VERSIONS)
def schema(request, shared, tmp_path, monkeypatch):
    """The schema of one version. If no package has it, it is installed from the recorded data."""
    if bundles.pinned()[request.param].wheel is None:
        monkeypatch.setenv("HARVESTER_SCHEMAS", str(tmp_path))
        bundles.install(source=shared / "xsd" / request.param)
    return bundles.load(request.param)


def test_every_deposit_is_valid(schema, shared):
    counts: Counter[str] = Counter()
    faults: list[str] = []
    sources = (
        *((name, jats.deposit_of(data, schema.version)) for name, data in jats.recorded_articles(shared)),
        *((name, oai_dc.deposit_of(raw, schema.version)) for name, raw in oai_dc.recorded_records(shared)),
    )
    for name, (deposit, _) in sources:
        counts["held back" if deposit is None else "deposited"] += 1
        faults += [f"{name}: {problem}" for problem in (schema.validate(deposit) if deposit else ())]
    print(schema.version, dict(counts))
    assert not faults
    assert counts["deposited"] > 200
