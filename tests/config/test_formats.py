"""Values that a regular expression cannot check: accepted, or refused with the reason."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harvester.config import formats

REFUSED = [
    (formats.network_or_unix, "", "127.0.0.1"),
    (formats.network_or_unix, "localhost", "127.0.0.1"),
    (formats.network_or_unix, "10.0.0.1/8", "10.0.0.0/8"),
    (formats.network_or_unix, "unix:", "unix"),
    (formats.endpoint, "journal.example/oai", "http://"),
    (formats.endpoint, "ftp://journal.example/oai", "http://"),
    (formats.endpoint, "https://", "http://"),
    (formats.endpoint, "https://journal.example:port/oai", "not a URL"),
    (formats.endpoint, "https://[::1/oai", "not a URL"),
    (formats.endpoint, "https://user@journal.example/oai", "password_env"),
    (formats.endpoint, "https://user:secret@journal.example/oai", "password_env"),
    (formats.endpoint, "https://journal.example/oai?verb=Identify", "verb="),
    (formats.endpoint, "https://journal.example/oai#top", "#"),
    (formats.endpoint, "https://journal.example/my oai", "blanks"),
    (formats.issn, "2049-3631", "check digit"),
    (formats.issn, "journal", "1234-5679"),
    (formats.issn, "20493630", "2049-3630"),
    (formats.issn, "ISSN 2049-3630", "2049-3630"),
    (formats.timezone, "Madrid", "Europe/Madrid"),
    (formats.timezone, "", "Europe/Madrid"),
    (formats.timezone, "../etc/passwd", "Europe/Madrid"),
    (formats.schedule, "every day", "@daily"),
    (formats.schedule, "61 * * * *", "@daily"),
    (formats.landing_page_pattern, "journal.example/{doi}", "http://"),
    (formats.landing_page_pattern, "https://journal.example/", "{doi}"),
    (formats.landing_page_pattern, "https://journal.example/{page}", "{page}"),
    (formats.landing_page_pattern, "https://journal.example/{doi!r}", "{doi}"),
    (formats.landing_page_pattern, "https://journal.example/{doi:>9}", "{doi}"),
    (formats.landing_page_pattern, "https://journal.example/{}", "{}"),
    (formats.landing_page_pattern, "https://journal.example/{doi", "brace"),
    (formats.landing_page_pattern, "https://journal.example/doi}", "brace"),
    (formats.doi_pattern, "journal/{volume}", "{prefix}/"),
    (formats.doi_pattern, "{prefix}/journal", "{volume}"),
    (formats.doi_pattern, "{prefix}/{issn}", "{volume}"),
    (formats.doi_pattern, "{prefix}/{title}", "{title}"),
]
ACCEPTED = [
    (formats.endpoint, "https://journal.example/index.php/j/oai"),
    (formats.endpoint, "HTTP://127.0.0.1:8000/oai?set=a&overbs"),
    (formats.endpoint, "https://журнал.example/oai"),
    (formats.issn, "2049-3630"),
    (formats.issn, "1050-124X"),
    (formats.timezone, "Asia/Kolkata"),
    (formats.timezone, "UTC"),
    (formats.schedule, "30 2 * * *"),
    (formats.schedule, "@weekly"),
    (formats.landing_page_pattern, "http://journal.example/{year}/{volume}/{issue}/{first_page}"),
    (formats.landing_page_pattern, "https://journal.example/{{a}}/{identifier}"),
    (formats.doi_pattern, "{prefix}/{issn}-{volume}"),
    (formats.doi_pattern, "10.12345/j.{year}"),
]


@pytest.mark.parametrize(("check", "value", "reason"), REFUSED)
def test_invalid_value_is_refused_with_the_reason(check, value, reason):
    with pytest.raises(ValueError) as caught:  # noqa: PT011
        check(value)
    assert reason in str(caught.value)


@pytest.mark.parametrize(("check", "value"), ACCEPTED)
def test_valid_value_is_accepted(check, value):
    assert formats.checker.conforms(value, check.__name__.replace("_", "-"))
    check(value)


def test_password_in_an_invalid_url_is_not_shown():
    with pytest.raises(ValueError, match=r"^is not a URL$"):
        formats.endpoint("https://user:secret@journal.example:port/oai")


@given(st.text())
def test_checks_raise_only_value_errors_for_any_text(text):
    for check in (formats.endpoint, formats.issn, formats.timezone, formats.schedule, formats.doi_pattern):
        with contextlib.suppress(ValueError):
            check(text)


def test_schema_finds_each_check_by_its_name():
    names = {"endpoint", "issn", "timezone", "schedule", "landing-page-pattern", "doi-pattern", "network-or-unix"}
    assert formats.checker.checkers.keys() == names
    for name in names:
        assert not formats.checker.conforms("", name)
        assert formats.checker.conforms(5, name)  # the schema reports other types
