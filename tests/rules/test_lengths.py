"""The longest and shortest value of each field, and the largest number of values of a kind."""

import pytest
from msgspec.structs import replace

from harvester.model import Affiliation, AltName, Contributor, Issn, LangText, PubDate
from harvester.rules import lengths
from tests.rules.samples import ARTICLE, POLICY, article, findings_of, with_journal, with_person

INSTITUTION = "contributors[0].affiliations[0]"


def at(**fields):
    return with_person(affiliations=(Affiliation(**fields),))


def group(name):
    return article(contributors=(Contributor(kind="group", name=name),))


# The path of a value, a function that gives an article with a value of that length there, and both limits.
LIMITS = [
    ("volume", lambda length: article(volume="1" * length), 1, 32),
    ("issue", lambda length: article(issue="1" * length), 1, 32),
    ("first_page", lambda length: article(first_page="1" * length), 1, 32),
    ("last_page", lambda length: article(last_page="1" * length), 1, 32),
    ("other_pages", lambda length: article(other_pages="1" * length), 1, 100),
    ("elocation_id", lambda length: article(elocation_id="e" * length), 1, 32),
    ("journal.abbreviation", lambda length: with_journal(abbreviation="a" * length), 1, 150),
    ("journal.titles[0]", lambda length: with_journal(titles=(LangText(("a" * length,)),)), 1, 255),
    ("identifiers[1]", lambda length: article(identifiers=("a", "b" * length)), 1, 255),
    ("contributors[0].surname", lambda length: with_person(surname="a" * length), 1, 60),
    ("contributors[0].given", lambda length: with_person(given="a" * length), 1, 60),
    ("contributors[0].suffix", lambda length: with_person(suffix="a" * length), 1, 10),
    ("contributors[0].name", lambda length: group("a" * length), 1, 511),
    (
        "contributors[0].alt_names[0].surname",
        lambda length: with_person(alt_names=(AltName(surname="a" * length),)),
        1,
        60,
    ),
    (f"{INSTITUTION}.name", lambda length: at(name="a" * length), 1, 1024),
    (f"{INSTITUTION}.place", lambda length: at(name="a", place="b" * length), 2, 255),
    (f"{INSTITUTION}.departments[0]", lambda length: at(departments=("a" * length,)), 2, 255),
]
COUNTS = [
    ("titles", lambda count: article(titles=ARTICLE.titles * count), 20),
    ("dates", lambda count: article(dates=(PubDate(year=2021),) * count), 10),
    ("journal.titles", lambda count: with_journal(titles=(LangText(("A",)),) * count), 10),
    ("journal.issns", lambda count: with_journal(issns=(Issn("0317-8471", "print"),) * count), 6),
    ("identifiers", lambda count: article(identifiers=("a",) * count), 10),
    (f"{INSTITUTION}.departments", lambda count: at(departments=("Art",) * count), 6),
]
BAD = [
    *(("value-too-long", path, of_length(most + 1)) for path, of_length, _, most in LIMITS),
    *(("value-too-short", path, of_length(fewest - 1)) for path, of_length, fewest, _ in LIMITS),
    *(("too-many-values", path, of_count(most + 1)) for path, of_count, most in COUNTS),
]
GOOD = [
    *(of_length(length) for _, of_length, *limits in LIMITS for length in limits),
    *(of_count(most) for _, of_count, most in COUNTS),
    article(titles=(replace(ARTICLE.titles[0], text=("a" * 5000,)),)),  # no limit
]


@pytest.mark.parametrize(("code", "path", "faulty"), BAD)
def test_a_value_beyond_its_limit_is_found(code, path, faulty):
    assert findings_of(lengths.RULES, faulty) == [(code, path)]


@pytest.mark.parametrize("good", GOOD)
def test_a_value_at_its_limit_passes(good):
    assert findings_of(lengths.RULES, good) == []


def test_the_limit_is_shown():
    details = [
        [finding.detail for rule in lengths.RULES for finding in rule(sample, POLICY)]
        for sample in (article(volume="1" * 33), at(name="a", place="b"), article(titles=ARTICLE.titles * 21))
    ]
    assert details == [[{"limit": "32"}], [{"limit": "2"}], [{"limit": "20"}]]
