from hypothesis import given
from msgspec.structs import replace

from harvester.findings import sentence
from harvester.model import AltName, File, Funding, Relation
from harvester.rules.thinner import richness, thinner
from tests.rules.samples import ARTICLE, PERSON, article
from tests.strategies import articles, of_articles

RICH = article(
    contributors=(replace(PERSON, alt_names=(AltName(surname="Карберри"),)),),
    funding=(Funding(funder="Some Fund"),),
    relations=(Relation(kind="isTranslationOf", target="10.5555/1"),),
    files=(File(url="https://journal.example/7.pdf"),),
)


def test_what_is_counted():
    assert richness(RICH) == dict.fromkeys(
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
    assert richness(article(references=())).get("references") is None


def test_each_loss_is_named():
    bare = article(references=(), contributors=(replace(PERSON, orcid=None),))
    finding = thinner(bare, richness(ARTICLE) | {"references": 39})
    assert finding is not None
    assert finding.detail == {"lost": "ORCID iDs (0 now, 1 before), references (0 now, 39 before)"}
    assert (finding.code, finding.value) == ("deposit-thinner", bare.doi)
    assert "references (0 now, 39 before)" in sentence(finding)


def test_a_change_or_more_is_no_loss():
    assert thinner(article(volume="14"), richness(ARTICLE)) is None
    assert thinner(RICH, richness(ARTICLE)) is None
    assert thinner(ARTICLE, {}) is None


@of_articles
@given(articles(), articles())
def test_only_what_has_less_is_thinner(one, other):
    assert thinner(one, richness(one)) is None
    less = any(richness(one).get(kind, 0) < count for kind, count in richness(other).items())
    assert (thinner(one, richness(other)) is not None) == less
