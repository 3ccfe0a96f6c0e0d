"""The DOI: it exists, has a configured DOI prefix, and Crossref accepts it."""

import pytest
from msgspec.structs import replace

from harvester.findings import sentence
from harvester.model import Issn, Policy
from harvester.rules import doi
from tests.rules.samples import ARTICLE, CONFIGURED, FACTS, POLICY, article, findings_of

LONGEST = "10.5555/" + "a" * 200
SUSPECT = [
    "k.v1i2.",
    "k-",
    "k/",
    "k)",
    "k(",
    "k//2",
    "10.5555/k",
    "k;10.6666/m",
    "k.10.5555/m",
    "doi:k",
    "k(1",
    "j.yyyy.1",
]
UNFILLED = ["xxxxx", "k.xxxx.2", "k.None.2", "null", "000", "DOI", "test", "to-be-assigned"]
VIEWS = ["k.1/abstract", "k.1/full/html", "k.1.pdf", "k/1.html"]
UNUSUAL = [
    "abstract",
    "k.testing.1",
    "k.full",
    "k/summaries",
    "k(2)",
    "k.xxx",
    "k.v1i",
    "k.xii",
    "k.10.2",
    "vol10.2020/5",
    "null-hypothesis",
    "none-of-these",
    "0001",
]
MINTING = replace(ARTICLE.journal, issns=(Issn("2049-3630", "print"),))
BAD = [
    ("doi-missing", "doi", article(doi=None)),
    ("doi-pattern-incomplete", "doi", article(doi=None, journal=MINTING, volume=None)),
    ("doi-pattern-invalid", "doi", article(doi=None, journal=MINTING, issue="Special issue")),
    ("doi-planned", "doi", article(doi=None, journal=MINTING)),
    ("doi-foreign-prefix", "doi", article(doi="10.1016/0317-8471-2021-13-1-32-57")),
    *(
        ("doi-suspect", "doi", article(doi=f"10.5555/{suffix}", volume=None))
        for suffix in (*SUSPECT, *UNFILLED, *VIEWS)
    ),
    ("doi-characters", "doi", article(doi="10.5555/1–5")),
    ("doi-characters", "doi", article(doi="10.5555/аbc")),  # Cyrillic а
    ("doi-characters", "doi", article(doi="10.5555/a<b>c")),
    ("value-too-long", "doi", article(doi=LONGEST + "a")),
    ("doi-pattern-mismatch", "doi", article(doi="10.5555/0317-8471-2021-13-2-32-57")),
]
GOOD = [
    article(doi="10.5555/0317-8471-2021-13-1-32-57".upper()),
    article(doi="10.5555/1050-124x-2021-13-1-32-57"),  # the pattern with the other ISSN
    article(doi="10.5555/ispras-2019-31(3)-16", volume=None),  # the pattern needs a volume
    article(doi="10.5555/Az09-._;()/1", volume=None),
    *(article(doi=f"10.5555/{suffix}", volume=None) for suffix in UNUSUAL),
    article(doi=LONGEST, volume=None),
]


@pytest.mark.parametrize(("code", "path", "faulty"), BAD)
def test_a_bad_doi_is_found(code, path, faulty):
    assert (code, path) in findings_of(doi.RULES, faulty)


@pytest.mark.parametrize("good", GOOD)
def test_a_doi_that_only_looks_bad_passes(good):
    assert findings_of(doi.RULES, good) == []


@pytest.mark.parametrize(
    ("entry", "accepted"),
    [
        ("10.5555/LMCS-10(4:15)2014", True),
        ("10.5555/lmcs-*", True),
        ("10.5555/LMCS-1?(4:15)2014", False),
        ("10.5555/LMCS", False),
    ],
)
def test_the_configuration_can_accept_a_doi_that_is_registered_already(entry, accepted):
    faulty = article(doi="10.5555/LMCS-10(4:15)2014", volume=None)
    assert ("doi-characters", "doi") in findings_of(doi.RULES, faulty)
    policy = replace(CONFIGURED, registered_dois=(entry,))
    assert (findings_of(doi.RULES, faulty, policy) == []) is accepted


def test_a_suspect_doi_that_is_registered_is_accepted():
    policy = replace(CONFIGURED, registered_dois=("10.5555/k.v1i2.",))
    assert findings_of(doi.RULES, article(doi="10.5555/k.v1i2.", volume=None), policy) == []


def test_without_configured_prefixes_every_prefix_is_accepted():
    assert findings_of(doi.RULES, article(doi="10.1016/j.example.1"), Policy(today="2025-06-15")) == []


def test_a_prefix_is_compared_as_a_whole():
    assert ("doi-foreign-prefix", "doi") in findings_of(doi.RULES, article(doi="10.55555/1"))


def test_the_finding_names_the_configured_prefixes():
    [finding] = doi.doi_has_our_prefix(article(doi="10.1016/1"), Policy(today="", doi_prefixes=("10.5555", "10.6666")))
    assert finding.value == "10.1016/1"
    assert finding.detail == {"prefixes": "10.5555, 10.6666", "more": '["10.5555", "10.6666", "10.1016"]'}


def test_look_alikes_are_named_once():
    [finding] = doi.doi_has_allowed_characters(article(doi="10.5555/а–\u200bа"), POLICY)
    assert finding.detail["characters"] == "а (cyrillic small letter a), – (en dash), zero width space"


def test_a_character_without_a_name_is_shown_by_its_number():
    [finding] = doi.doi_has_allowed_characters(article(doi="10.5555/\x01"), POLICY)
    assert finding.detail["characters"] == "u+0001"


def test_the_finding_shows_the_doi_of_the_pattern():
    [finding] = doi.doi_fits_the_pattern(article(doi="10.5555/other"), CONFIGURED)
    assert finding.detail == {"expected": "10.5555/0317-8471-2021-13-1-32-57"}


MINTS = replace(CONFIGURED, journals={"0317-8471": replace(FACTS, mint_dois=True)})


@pytest.mark.parametrize(
    ("suffix", "differs"),
    [
        ("0317-8471-2021-13-1-32-57", False),
        ("1050-124x-2021-13-1-32-57", False),
        ("0317-8471-2021-13-2-32-57", True),  # another issue
        ("0317-8471-2020-13-1-32-57", True),  # another year
        ("1234-5679-2021-13-1-32-57", True),  # the ISSN of another journal
        ("0317-8471-2021-XIII-1-e32-57", True),
        ("jrh.v13i1.11", False),  # the scheme of OJS, from before the pattern
        ("other", False),
        ("0317-8471-2021-13", False),
    ],
)
def test_where_this_program_assigns_dois_only_those_of_the_form_are_compared(suffix, differs):
    found = list(doi.doi_fits_the_pattern(article(doi=f"10.5555/{suffix}"), MINTS))
    assert bool(found) is differs
    assert list(doi.doi_fits_the_pattern(article(doi=f"10.9999/{suffix}"), MINTS)) == []


@pytest.mark.parametrize("policy", [CONFIGURED, MINTS])
def test_a_registered_doi_is_not_compared_with_the_pattern(policy):
    old = article(doi="10.5555/0317-8471-2020-13-1-32-57")
    assert list(doi.doi_fits_the_pattern(old, policy))
    assert list(doi.doi_fits_the_pattern(old, replace(policy, registered_dois=("10.5555/0317-8471-2020-*",)))) == []


def test_a_pattern_that_cannot_be_filled_finds_nothing():
    assert findings_of(doi.RULES, article(doi="10.5555/other", first_page=None, last_page=None)) == []


def without_doi(prefixes=("10.5555",), **changes):
    """What is found about an article without a DOI, whose journal assigns them by its pattern."""
    policy = Policy(today="", doi_prefixes=prefixes, journals={"0317-8471": replace(FACTS, mint_dois=True)})
    [finding] = doi.has_a_doi(article(doi=None, **changes), policy)
    return finding


def test_a_planned_doi_is_shown():
    finding = without_doi()
    assert (finding.code, finding.value) == ("doi-planned", "10.5555/0317-8471-2021-13-1-32-57")
    assert without_doi(prefixes=()) == finding


def test_what_the_record_lacks_for_the_pattern_is_named():
    finding = without_doi(volume=None, last_page=None)
    assert finding.code == "doi-pattern-incomplete"
    assert sentence(finding).endswith("needs: volume, last_page.")


def test_a_planned_doi_that_crossref_rejects_is_an_error():
    finding = without_doi(issue="Special issue")
    assert (finding.code, finding.value) == ("doi-pattern-invalid", "10.5555/0317-8471-2021-13-Special issue-32-57")


def test_a_planned_doi_must_have_one_of_our_prefixes():
    assert without_doi(prefixes=("10.6666",)).code == "doi-foreign-prefix"
