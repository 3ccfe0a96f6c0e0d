"""The citation list: unique keys, entries that are not empty, DOIs that are not too long."""

import pytest

from harvester.model import Reference
from harvester.rules import references
from tests.rules.samples import article, findings_of

LONGEST = "10.1000/" + "a" * 200


def listed(*entries):
    return article(references=entries)


def keyed(*keys):
    return listed(*(Reference(key=key, text="b") for key in keys))


BAD = [
    ("reference-key-duplicate", "references[1].key", keyed("a", "a")),
    ("reference-key-duplicate", "references[2].key", keyed("x", "y", "x")),
    ("reference-key-duplicate", "references[1].key", keyed("a b", " a  b")),  # equal for the schema
    ("reference-empty", "references[0]", listed(Reference(key="a", type="book"))),
    ("reference-doi-invalid", "references[0].doi", listed(Reference(key="a", text="b", doi=LONGEST + "a"))),
]
GOOD = [
    listed(),
    listed(Reference(key="a b", text="c", doi=LONGEST)),
    keyed("a", "A"),
    listed(Reference(key="a", year="1999")),
]


@pytest.mark.parametrize(("code", "path", "faulty"), BAD)
def test_what_is_wrong_with_a_reference_is_found(code, path, faulty):
    assert findings_of(references.RULES, faulty) == [(code, path)]


@pytest.mark.parametrize("good", GOOD)
def test_a_reference_that_only_looks_wrong_passes(good):
    assert findings_of(references.RULES, good) == []
