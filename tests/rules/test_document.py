"""The article against its own schema, as a rule."""

import pytest

from harvester.model import Contributor, Relation
from harvester.rules import document
from tests.rules.samples import ARTICLE, article, found

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


@pytest.mark.parametrize(("code", "path", "spoilt"), BAD)
def test_a_value_that_the_schema_refuses_is_found(code, path, spoilt):
    assert found(document.RULES, spoilt) == [(code, path)]


@pytest.mark.parametrize("good", GOOD)
def test_what_the_schema_accepts_passes(good):
    assert found(document.RULES, good) == []
