"""Relations to other works: the target is another work, and valid for its type."""

import pytest

from harvester.model import Relation
from harvester.rules import relations
from tests.rules.samples import ARTICLE, POLICY, article, findings_of

LONGEST = "10.1000/" + "a" * 200


def related(target, **fields):
    return article(relations=(Relation(**{"kind": "hasReview", "target": target, **fields}),))


BAD = [
    ("relation-refused", "relations[0]", related("https://doi.org/10.5555/1", update=True)),
    ("relation-refused", "relations[0]", related(LONGEST + "a")),
    ("relation-refused", "relations[0]", related("2076-7405", target_type="issn")),
    ("relation-refused", "relations[0]", related("20767404", target_type="issn")),  # not in canonical form
    ("relation-refused", "relations[0]", related("page 3", target_type="uri")),
    ("relation-refused", "relations[0]", related("http://localhost/3", target_type="uri")),
    ("relation-to-itself", "relations[0]", related(f"{ARTICLE.doi}".upper(), update=True)),
    ("relation-to-itself", "relations[0]", related(f"{ARTICLE.doi}")),
    # The target of an update must be a DOI.
    ("relation-refused", "relations[0]", related("2076-7404", target_type="issn", update=True)),
    ("relation-refused", "relations[0]", related("https://review.example/1", target_type="uri", update=True)),
    ("relation-refused", "relations[0]", related("arXiv:1234.5678", target_type="other", update=True)),
]
GOOD = [
    related("https://review.example/1", target_type="uri"),
    related("arXiv:1234.5678", target_type="other"),
    related("2076-7404", target_type="issn"),
    related("10.1000/182", kind="correction", update=True),
    related(LONGEST),
    related(f"{ARTICLE.doi}", target_type="other"),  # only a DOI is compared with the article's DOI
]


@pytest.mark.parametrize(("code", "path", "faulty"), BAD)
def test_a_target_that_crossref_refuses_is_found(code, path, faulty):
    assert findings_of(relations.RULES, faulty) == [(code, path)]


@pytest.mark.parametrize("good", GOOD)
def test_a_target_that_only_looks_wrong_passes(good):
    assert findings_of(relations.RULES, good) == []


def test_the_target_and_the_kind_are_shown():
    [finding] = relations.targets_are_usable(related("page 3", target_type="uri"), POLICY)
    assert (finding.value, finding.detail) == ("page 3", {"kind": "hasReview"})
