from hypothesis import given
from msgspec.structs import replace

from harvester.findings import sentence
from harvester.model import AltName, File, Funding, Relation
from harvester.rules.redeposits import counts_by_kind, metadata_lost
from tests.rules.samples import ARTICLE, PERSON, article
from tests.strategies import articles, of_articles

RICH = article(
    contributors=(replace(PERSON, alt_names=(AltName(surname="Карберри"),)),),
    funding=(Funding(funder="Some Fund"),),
    relations=(Relation(kind="isTranslationOf", target="10.5555/1"),),
    files=(File(url="https://journal.example/7.pdf"),),
)


def lost(sample, deposited):
    return metadata_lost(sample, deposited, "crossref")


def test_values_are_counted_by_kind():
    assert counts_by_kind(RICH) == dict.fromkeys(
        (
            "titles",
            "abstracts",
            "contributors",
            "affiliations",
            "ORCID iDs",
            "names in other scripts",
            "references",
            "licences",
            "funders",
            "relations",
            "full-text links",
        ),
        1,
    )
    assert counts_by_kind(article(references=())).get("references") is None


def test_every_loss_is_named():
    bare = article(references=(), contributors=(replace(PERSON, orcid=None),))
    finding = lost(bare, counts_by_kind(ARTICLE) | {"references": 39})
    assert finding is not None
    assert finding.detail == {
        "lost": "ORCID iDs (0 now, 1 before), references (0 now, 39 before)",
        "target": "crossref",
    }
    assert (finding.code, finding.value) == ("deposit-thinner", bare.doi)
    assert "references (0 now, 39 before)" in sentence(finding)


def test_changed_or_additional_metadata_is_not_lost():
    assert lost(article(volume="14"), counts_by_kind(ARTICLE)) is None
    assert lost(RICH, counts_by_kind(ARTICLE)) is None
    assert lost(ARTICLE, {}) is None
    assert lost(ARTICLE, {"relations": 0}) is None


@of_articles
@given(articles(), articles())
def test_only_fewer_values_of_a_kind_are_a_loss(first, second):
    assert lost(first, counts_by_kind(first)) is None
    less = any(counts_by_kind(first).get(kind, 0) < count for kind, count in counts_by_kind(second).items())
    assert (lost(first, counts_by_kind(second)) is not None) == less
