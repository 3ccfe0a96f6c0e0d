"""The rule that checks the article against its own schema."""

import pytest

from harvester.model import Contributor, Relation
from harvester.rules import document
from tests.rules.samples import ARTICLE, article, findings_of

BAD = [
    ("document-invalid", "volume", article(volume="1\x01")),
    ("document-invalid", "contributors[0]", article(contributors=(Contributor(given="Josiah"),))),
    (
        "document-invalid",
        "relations[0].kind",
        article(relations=(Relation(kind="isFriendOf", target="10.5555/1"),)),
    ),
]
GOOD = [ARTICLE, article(volume="1 a"), article(contributors=(Contributor(surname="Josiah"),))]


@pytest.mark.parametrize(("code", "path", "faulty"), BAD)
def test_a_value_that_the_schema_refuses_is_found(code, path, faulty):
    assert findings_of(document.RULES, faulty) == [(code, path)]


@pytest.mark.parametrize("good", GOOD)
def test_what_the_schema_accepts_passes(good):
    assert findings_of(document.RULES, good) == []
