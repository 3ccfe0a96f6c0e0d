"""Every rule with what it finds, and with what looks alike and is good."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from msgspec.structs import replace

import harvester.rules
from harvester import findings, rules
from harvester.model import (
    Abstract,
    Affiliation,
    AltName,
    Contributor,
    File,
    Issn,
    LangText,
    License,
    Paragraph,
    Policy,
    PubDate,
    Reference,
    Relation,
    Section,
    Title,
)
from harvester.rules.urls import is_url
from harvester.text import Math
from tests.rules.samples import ARTICLE, FACTS, PERSON, POLICY, article, with_journal, with_person
from tests.strategies import articles, of_articles

CONFIGURED = Policy(today="2025-06-15", doi_prefixes=("10.5555",), crossmark=True, journals={"0317-8471": FACTS})
INSTITUTION = "contributors[0].affiliations[0]"
MATH = '<math xmlns="http://www.w3.org/1998/Math/MathML">{}</math>'
NAMESAKE = replace(PERSON, orcid=None, affiliations=(Affiliation(name="Example College"),))
GROUP = Contributor(kind="group", name="Lamp Group")


def title(*parts):
    return article(titles=(Title(text=parts),))


def dated(*dates):
    return article(dates=tuple(PubDate(**date) for date in dates))


def entry(**fields):
    return article(references=(Reference(**{"key": "a", "text": "b", **fields}),))


def related(**fields):
    return article(relations=(Relation(**fields),))


BAD = [
    ("doi-missing", "doi", article(doi=None)),
    ("doi-foreign-prefix", "doi", article(doi="10.1016/j.example.1")),
    ("doi-characters", "doi", article(doi="10.5555/1–5")),
    ("doi-characters", "doi", article(doi="10.5555/аbc")),  # Cyrillic а
    ("doi-characters", "doi", article(doi="10.5555/a<b>c")),
    ("value-too-long", "doi", article(doi="10.5555/" + "a" * 201)),
    ("doi-pattern-mismatch", "doi", article(doi="10.5555/0317-8471-2021-13-2-32-57")),
    ("url-missing", "landing_page", article(landing_page=None)),
    ("url-invalid", "landing_page", article(landing_page="https://journal.example/a[1]")),
    ("url-invalid", "files[0].url", article(files=(File(url="https://journal.example/%zz.pdf"),))),
    ("url-invalid", "licenses[0].url", article(licenses=(License(url='https://l.example/"by"'),))),
    ("value-too-short", "licenses[0].url", article(licenses=(License(url="http://l."),))),
    ("title-missing", "titles", article(titles=())),
    ("title-missing", "titles[0]", title("?")),
    ("title-missing", "titles[0]", title(Math(MATH.format("")))),
    ("abstract-empty", "abstracts[0]", article(abstracts=(Abstract(blocks=(Paragraph((".",)),)),))),
    ("abstract-empty", "abstracts[0]", article(abstracts=(Abstract(blocks=(Section(title=("—",)),)),))),
    ("volume-suspect", "volume", article(volume="Vol. 3")),
    ("volume-suspect", "volume", article(volume="Том 12")),
    ("volume-suspect", "issue", article(issue="№ 2")),
    ("volume-suspect", "issue", article(issue="No.3")),
    ("volume-suspect", "issue", article(issue="1_2")),
    ("volume-dash", "issue", article(issue="3–4")),
    ("type-not-article", "type", article(type="Table-of-contents")),
    ("journal-title-missing", "journal.titles", with_journal(titles=())),
    ("journal-title-missing", "journal.titles", with_journal(titles=(LangText(("—",)),))),
    ("journal-title-differs", "journal.titles[0]", with_journal(titles=(LangText(("Annals of Invention",)),))),
    ("issn-missing", "journal.issns", with_journal(issns=())),
    ("issn-check-digit", "journal.issns[0]", with_journal(issns=(Issn("2076-7405", "print"),))),
    ("issn-media-unknown", "journal.issns[0]", with_journal(issns=(Issn("2076-7404"),))),
    ("issn-media-conflict", "journal.issns[0]", with_journal(issns=(Issn("0317-8471", "electronic"),))),
    ("date-missing", "dates", article(dates=())),
    ("date-impossible", "dates[0]", dated({"year": 2021, "month": 2, "day": 31})),
    ("date-impossible", "accepted", article(accepted=PubDate(year=2023, month=2, day=29))),
    (
        "date-impossible",
        "licenses[0].start_date",
        article(licenses=(License(url="https://l.example", start_date="2021-02-30"),)),
    ),
    ("date-in-future", "dates[0]", dated({"year": 2025, "month": 6, "day": 17})),
    ("date-in-future", "dates[0]", dated({"year": 2026})),
    ("date-in-future", "dates[0]", dated({"year": 2026, "month": 31})),
    ("date-ahead", "dates[1]", dated({"year": 2025}, {"year": 2025, "month": 9, "medium": "print"})),
    ("name-refused", "contributors[0].surname", with_person(surname="Ivanov 1950 1999")),
    ("name-refused", "contributors[0].given", with_person(given="???")),
    ("name-refused", "contributors[0].alt_names[0].surname", with_person(alt_names=(AltName(surname="? ?"),))),
    ("name-digits", "contributors[0].surname", with_person(surname="Petrov2")),
    ("name-all-caps", "contributors[0].surname", with_person(surname="СТЕПАНОВА")),
    ("name-all-caps", "contributors[0].surname", with_person(surname="O'BRIEN")),
    ("surname-initial", "contributors[0].surname", with_person(surname="S.")),
    ("surname-suffix", "contributors[0].surname", with_person(surname="Davis Jr.")),
    ("orcid-check-digit", "contributors[0].orcid", with_person(orcid="https://orcid.org/0000-0002-1825-0098")),
    ("orcid-duplicate", "contributors[1].orcid", article(contributors=(PERSON, PERSON))),
    ("contributor-duplicate", "contributors[1]", article(contributors=(PERSON, replace(PERSON, orcid=None)))),
    ("contributor-duplicate", "contributors[1]", article(contributors=(replace(PERSON, affiliations=()), NAMESAKE))),
    ("contributor-duplicate", "contributors[2]", article(contributors=(GROUP, PERSON, GROUP))),
    ("language-refused", "language", article(language="ger")),
    ("language-refused", "titles[0].lang", article(titles=(Title(text=("A",), lang="xx"),))),
    (
        "language-refused",
        "contributors[0].alt_names[0].lang",
        with_person(alt_names=(AltName(surname="A", lang="chi"),)),
    ),
    ("formula-refused", "titles[0]", title("On ", Math(MATH.format("<mfrac><mi>x</mi></mfrac>")))),
    ("reference-key-duplicate", "references[1].key", article(references=(Reference(key="a", text="b"),) * 2)),
    ("reference-empty", "references[0]", article(references=(Reference(key="a", type="book"),))),
    ("reference-doi-invalid", "references[0].doi", entry(doi="10.1000/" + "a" * 201)),
    ("relation-refused", "relations[0]", related(kind="correction", target="https://doi.org/10.5555/1", update=True)),
    ("relation-refused", "relations[0]", related(kind="continues", target="2076-7405", target_type="issn")),
    ("relation-refused", "relations[0]", related(kind="hasReview", target="page 3", target_type="uri")),
    ("relation-refused", "relations[0]", related(kind="correction", target=f"{ARTICLE.doi}".upper(), update=True)),
    ("date-impossible", "relations[0].date", related(kind="hasReview", target="10.5555/1", date="2021-19-39")),
    ("value-too-long", "contributors[0].surname", with_person(surname="a" * 61)),
    ("value-too-long", "journal.titles[0]", with_journal(titles=(LangText(("a" * 256,)),))),
    ("value-too-long", "elocation_id", article(elocation_id="e" * 33)),
    ("value-too-short", f"{INSTITUTION}.place", with_person(affiliations=(Affiliation(name="A", place="X"),))),
    (
        "value-too-long",
        f"{INSTITUTION}.departments[0]",
        with_person(affiliations=(Affiliation(departments=("a" * 256,)),)),
    ),
    (
        "too-many-values",
        f"{INSTITUTION}.departments",
        with_person(affiliations=(Affiliation(departments=("Art",) * 7),)),
    ),
    ("too-many-values", "titles", article(titles=ARTICLE.titles * 21)),
    ("document-invalid", "volume", article(volume="1\x01")),
    ("document-invalid", "contributors[0]", article(contributors=(Contributor(given="Josiah"),))),
    ("document-invalid", "relations[0].kind", related(kind="isFriendOf", target="10.5555/1")),
]

GOOD = [
    article(doi="10.5555/0317-8471-2021-13-1-32-57".upper()),
    article(doi="10.5555/1050-124x-2021-13-1-32-57"),  # the pattern with the other ISSN
    article(doi="10.5555/ispras-2019-31(3)-16", volume=None),  # the pattern needs a volume
    article(landing_page="HTTP://журнал.example:8080/index.php/j/article/view/7?x=a;b&y=%D0%B6#top"),
    article(volume="XII", issue="S1"),
    article(volume="Nova", issue="Volta 3"),  # no labels: Vol and No only begin these words
    article(type="correction"),
    dated({"year": 2025, "month": 6, "day": 16}),  # tomorrow: it is that day in Auckland
    dated({"year": 2024, "month": 2, "day": 29}),
    dated({"year": 2025, "month": 24}),
    with_person(surname="王", given="伟"),
    with_person(surname="U", given=None),  # a single name
    with_person(surname="Davis", suffix="Jr."),
    with_person(surname="Neto"),
    with_person(surname="McDonald", given="R. J."),
    with_person(given="J. D. S."),
    article(contributors=(PERSON, Contributor(kind="group", name="The 3rd Group?"), Contributor(kind="anonymous"))),
    article(contributors=(PERSON, NAMESAKE)),
    article(contributors=(PERSON, replace(PERSON, orcid="https://orcid.org/0000-0001-5109-3700"))),
    article(contributors=(Contributor(kind="anonymous"),) * 2),
    with_journal(titles=(LangText(("Анналы",)), LangText(("ANNALS of Invented Results.",)))),
    article(language="sah", titles=(Title(text=("Ⅳ", Math(MATH.format("<mi>x</mi>"))), lang="zul"),)),
    title(Math(MATH.format("<mi>x</mi>"))),
    article(abstracts=(Abstract(blocks=(Section(title=("Aim",)),)),)),
    entry(key="a b", doi="10.1000/" + "a" * 200),
    related(kind="hasReview", target="https://review.example/1", target_type="uri"),
    related(kind="isReviewOf", target="arXiv:1234.5678", target_type="other"),
    related(kind="erratum", target="10.1000/182", update=True, date="2024-02-29"),
]


def ids(value):
    return value if isinstance(value, str) else ""


@pytest.mark.parametrize(("code", "path", "spoilt"), BAD, ids=ids)
def test_what_is_wrong_is_found_where_it_is(code, path, spoilt):
    found = rules.check(spoilt, CONFIGURED)
    assert (code, path) in {(finding.code, finding.path) for finding in found}
    assert all(findings.sentence(finding) for finding in found)


@pytest.mark.parametrize("good", GOOD)
def test_what_only_looks_wrong_is_left_alone(good):
    assert [finding for finding in rules.check(good, CONFIGURED) if finding.code != "doi-pattern-mismatch"] == []


def test_nothing_is_wrong_with_a_good_article():
    assert rules.check(ARTICLE, CONFIGURED) == ()


def test_a_pattern_that_cannot_be_filled_says_nothing():
    assert rules.check(article(doi="10.5555/other", first_page=None, last_page=None), CONFIGURED) == ()


def test_look_alikes_are_named():
    [finding] = rules.check(article(doi="10.5555/а–\u200b"), POLICY)
    assert finding.detail["characters"] == "а (cyrillic small letter a), – (en dash), zero width space"


def test_every_code_of_the_rules_has_its_case_here():
    package = Path(harvester.rules.__file__).parent
    known = findings.kinds().keys()
    elsewhere = ("duplicates", "completeness", "undeposited", "redeposits")
    sources = [path.read_text("utf-8") for path in package.glob("*.py") if path.stem not in elsewhere]
    said = {code for text in sources for code in re.findall(r'"([a-z]+(?:-[a-z]+)+)"', text)} & known
    assert said == {code for code, _, _ in BAD}


@of_articles
@given(articles())
def test_every_finding_has_words_and_a_path_in_the_article(sample):
    for finding in rules.check(sample, POLICY):
        assert findings.sentence(finding)
        assert finding.path.partition("[")[0].partition(".")[0] in sample.__struct_fields__


def test_many_at_once_are_told_what_each_is_told_alone():
    samples = [article(), article(doi=None), with_person(orcid="https://orcid.org/0000-0000-0000-0000")]
    assert rules.check_all(samples, POLICY) == [list(rules.check(sample, POLICY)) for sample in samples]
    assert rules.check_all([], POLICY) == []


def test_most_hostile_articles_pass():
    """Else the strategy would prove little to those who drop what the rules hold back."""
    passed = []

    @of_articles
    @given(articles())
    def run(sample):
        passed.append(not any(map(findings.is_blocking, rules.check(sample, POLICY))))

    run()
    assert sum(passed) > len(passed) * 0.8


def test_a_long_address_with_one_bad_character_costs_no_more_than_another() -> None:
    """Tried in all ways there are to divide it, this one would take longer than the universe has been there."""
    assert not is_url(f"https://journal.example/?{'a' * 5000} b")
    assert is_url(f"https://journal.example/?{'a?' * 5000}#{'b?' * 5000}")
