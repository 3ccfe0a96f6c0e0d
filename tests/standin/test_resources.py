"""Files with resources only."""

from __future__ import annotations

from datetime import UTC, datetime

from lxml import etree

from harvester.standin import resources
from harvester.standin.registry import Registry, Version


def test_only_registered_dois_have_resources() -> None:
    registry = Registry()
    registry.put(
        "10.5555/a", "journal_article", Version(number=1, xml=b"", at=datetime(2026, 1, 1, tzinfo=UTC), submission=1)
    )
    parts = "".join(f"<doi_citations><doi>10.5555/{letter}</doi></doi_citations>" for letter in "Ab")
    root = etree.fromstring(f"<doi_batch><body>{parts}</body></doi_batch>")
    found = [(record.status, *record.pairs[0]) for record in resources.process(root, registry)]
    assert found == [
        ("Success", "10.5555/A", "Resources processed successfully"),
        ("Failure", "10.5555/b", "DOI does not exist"),
    ]
