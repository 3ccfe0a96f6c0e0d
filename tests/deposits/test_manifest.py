from __future__ import annotations

import hashlib
import json

from harvester.deposits.manifest import manifest
from tests.crossref.deposit.deposits import batch
from tests.crossref.deposit.test_fixtures import fixture


def test_says_what_is_in_the_file() -> None:
    one = fixture("structured")
    found = manifest([one], batch(), "/out/10.12345-1.xml", b"<doi_batch/>")
    assert found == json.loads(json.dumps(found))
    assert found["records"] == [
        {
            "doi": "10.12345/steppe.e7",
            "title": "Flow with v2<4 in H2O and bold both, caps, gone, x=1, u, o, 10−3",
            "landing_page": "https://journal.example.org/article/view/e7",
            "journal": "Steppe River Notes",
            "volume": "14",
            "issue": None,
        }
    ]
    assert {key: value for key, value in found.items() if key != "records"} == {
        "schema": 1,
        "batch_id": "fixture",
        "timestamp": 20260102030405678,
        "schema_version": "5.5.0",
        "file": "10.12345-1.xml",
        "sha256": hashlib.sha256(b"<doi_batch/>").hexdigest(),
        "bytes": 12,
    }
