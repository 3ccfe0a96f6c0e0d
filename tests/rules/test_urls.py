"""URLs: complete, and without characters that the schema refuses."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harvester.findings import sentence
from harvester.model import File, JournalFacts, License, Policy
from harvester.rules import urls
from harvester.rules.urls import is_url
from tests.rules.samples import article, findings_of

BAD = [
    ("url-missing", "landing_page", article(landing_page=None)),
    ("url-pattern-incomplete", "landing_page", article(landing_page=None, first_page=None, last_page=None)),
    ("url-invalid", "landing_page", article(landing_page="https://journal.example/a[1]")),
    ("url-invalid", "landing_page", article(landing_page="http://localhost:8080/ojs/index.php/j/article/view/2")),
    ("url-invalid", "landing_page", article(landing_page="https://192.168.1.20/article/view/2")),
    ("url-invalid", "landing_page", article(landing_page="https://ojs-server/article/view/2")),
    ("url-invalid", "landing_page", article(landing_page="https://doi-org.ezproxy.library.example/10.5555/a")),
    ("url-invalid", "landing_page", article(landing_page="https://j.example/reeds/workflow/index/12/5")),
    ("url-invalid", "landing_page", article(landing_page="https://j.example/reeds/authorDashboard/submission/12")),
    ("url-invalid", "landing_page", article(landing_page="https://j.example/reeds/login?source=%2Farticle%2F12")),
    ("url-invalid", "files[0].url", article(files=(File(url="http://10.0.0.7/1.pdf"),))),
    ("url-invalid", "files[0].url", article(files=(File(url="https://journal.example/%zz.pdf"),))),
    ("url-invalid", "licenses[0].url", article(licenses=(License(url='https://l.example/"by"'),))),
    ("value-too-short", "licenses[0].url", article(licenses=(License(url="http://l."),))),
]
GOOD = [
    article(landing_page="HTTP://журнал.example:8080/index.php/j/article/view/7?x=a;b&y=%D0%B6#top"),
    article(landing_page="https://journal.example:8443/localhost/view?from=intranet"),
    article(landing_page="https://localhost-studies.example/7"),
    article(landing_page="https://journal.example/login-studies/workflow/article/view/12"),
    article(licenses=(License(url="http://l.e"),)),  # the shortest that the schema accepts
    article(files=(File(url="https://journal.example/a(1).pdf?download=1"),)),
]


@pytest.mark.parametrize(("code", "path", "faulty"), BAD)
def test_a_bad_address_is_found(code, path, faulty):
    assert findings_of(urls.RULES, faulty) == [(code, path)]


@pytest.mark.parametrize("good", GOOD)
def test_a_good_address_passes(good):
    assert findings_of(urls.RULES, good) == []


@pytest.mark.parametrize(
    "address",
    ["http://x", "https://x.example", "https://x.example?q", "https://x.example#a?b", "http://x.example:80/"],
)
def test_complete_addresses(address):
    assert is_url(address)


@pytest.mark.parametrize(
    "address",
    [
        "",
        "x.example",
        "//x.example/",
        "ftp://x.example/",
        "https://",
        "https:///path",
        "https://user@x.example/",
        "https://x.example:port/",
        "https://x.example/a b",
        "https://x.example/100%",
        "https://x.example/a#b#c",
        " https://x.example/",
        "https://x.example/\n",
    ],
)
def test_incomplete_addresses(address):
    assert not is_url(address)


@given(st.text(max_size=20), st.sampled_from(' <>"\\^`{|}[]\n\t'))
def test_one_bad_character_makes_an_address_invalid(rest, bad):
    assert not is_url(f"https://x.example/{rest}{bad}")
    assert not is_url(f"https://x.example/{bad}{rest}")


def test_a_long_address_with_one_bad_character_takes_no_longer() -> None:
    """If the pattern tried every way to split the address, this test would never end."""
    assert not is_url(f"https://journal.example/?{'a' * 5000} b")
    assert is_url(f"https://journal.example/?{'a?' * 5000}#{'b?' * 5000}")


def paged(pattern: str | None, **changes):
    """What is found about an article without a landing page, whose journal has this pattern for its pages."""
    policy = Policy(today="", journals={"0317-8471": JournalFacts(landing_page=pattern)})
    [finding] = urls.has_a_landing_page(article(landing_page=None, **changes), policy)
    return finding


def test_a_pattern_that_cannot_be_filled_names_what_the_record_lacks():
    finding = paged("https://j.example/{volume}/{first_page}/{last_page}", first_page=None, last_page=None)
    assert (finding.code, finding.detail) == ("url-pattern-incomplete", {"missing": "first_page, last_page"})
    assert sentence(finding).endswith("{first_page}/{last_page} needs: first_page, last_page.")


def test_without_a_pattern_the_landing_page_is_missing():
    assert paged(None).code == "url-missing"
