"""The media of ISSNs, from the record and from the configuration."""

import pytest

from harvester.formats.issns import configured_media, with_media
from harvester.model import Issn, JournalFacts

A, B = "2049-3630", "2076-7404"
CONFIGURED = [
    (JournalFacts(), ()),
    (JournalFacts(issn_print=A), ("print",)),
    (JournalFacts(issn_electronic=A, issn_print=B), ("electronic",)),
    (JournalFacts(issn_electronic=A, issn_print=A), ("print", "electronic")),
]


@pytest.mark.parametrize(("facts", "media"), CONFIGURED)
def test_the_configured_media_of_an_issn(facts, media):
    assert configured_media(A, {A: facts}) == media
    assert configured_media(A, {}) == ()


def test_an_issn_is_listed_once_for_each_medium():
    assert with_media({A: ["print", "electronic"], B: []}) == (Issn(A, "print"), Issn(A, "electronic"), Issn(B))
