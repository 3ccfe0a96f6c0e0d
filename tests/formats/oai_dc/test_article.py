"""Whole records. A case is a Dublin Core record that we wrote (cases/NAME.xml), and its article (NAME.json)."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from harvester import formats
from harvester.model import Hints, License, PubDate, RawRecord, to_json
from tests.formats.oai_dc.reading import read

CASES = Path(__file__).parent / "cases"
HINTS = Hints(provider_host="journal.example")


def read_case(name):
    payload = (CASES / f"{name}.xml").read_bytes()
    return formats.read(RawRecord(identifier="oai:example:1", datestamp="", payload=payload), HINTS)


def outcome(name):
    reading = read_case(name)
    assert reading.article is not None
    findings = [msgspec.to_builtins(finding) for finding in reading.findings]
    return {"article": msgspec.json.decode(to_json(reading.article)), "findings": findings}


@pytest.mark.parametrize("name", sorted(path.stem for path in CASES.glob("*.xml")))
def test_a_case_gives_the_expected_article_and_findings(name):
    expected = msgspec.json.decode((CASES / f"{name}.json").read_bytes())
    assert outcome(name) == expected


DATES = (("date", "2015-03-02T10:00:00Z"), ("date", "2015-03-03"), ("date", "2013-05"))


def test_the_last_date_of_dspace_is_the_date_of_issue():
    assert read(*DATES)[0].dates == ()
    article, findings = read(*DATES, date_profile="dspace")
    assert (article.dates, findings) == ((PubDate(year=2013, month=5),), [])


@pytest.mark.parametrize(
    ("tags", "language", "found"),
    [
        (["en"], "en", []),
        (["eng", "en-GB", "English"], "en", []),
        (["en", "ru"], None, ["languages-several"]),
        (["English and Russian", "en", "ru"], None, ["language-unknown", "languages-several"]),
        (["en", "unknown"], "en", ["language-unknown"]),
        ([], None, []),
    ],
)
def test_the_language_of_an_article(tags, language, found):
    article, findings = read(("title", "Mills"), *(("language", tag) for tag in tags))
    assert (article.language, findings) == (language, found)
    assert article.provenance.get("language") == ("dc:language" if language else None)


@pytest.mark.parametrize(
    ("values", "type"),
    [
        (["info:eu-repo/semantics/article", "info:eu-repo/semantics/publishedVersion"], None),
        (["Article", "Text", "Book review"], "Book review"),
        (["info:eu-repo/semantics/review"], "review"),
        (["Article in English"], "Article in English"),
        ([], None),
    ],
)
def test_a_type_says_more_than_article(values, type):
    assert read(*(("type", value) for value in values))[0].type == type


DAY = PubDate(year=2013, month=5, day=1)


@pytest.mark.parametrize(
    ("values", "dates", "found"),
    [
        (["2013-05-01"], (DAY,), []),
        (["2013-05-01", "2013-05-01T00:00:00Z"], (DAY,), []),
        (["2013-05-01", "2013"], (), ["date-ambiguous"]),
        (["2013-05-01", "yesterday"], (DAY,), ["date-invalid"]),
        ([], (), []),
    ],
)
def test_the_date_of_an_article(values, dates, found):
    article, findings = read(*(("date", value) for value in values))
    assert (article.dates, findings) == (dates, found)


BY = "https://creativecommons.org/licenses/by/4.0/"
ND = "https://creativecommons.org/licenses/by-nd/4.0/"


@pytest.mark.parametrize(
    ("values", "licenses", "found"),
    [
        ([f"Under {BY}", "Copyright (c) 2020 Doe"], (License(url=BY),), []),
        ([BY, BY.replace("https", "http")], (License(url=BY),), []),
        ([BY, ND], (), ["license-conflict"]),
        (["All rights reserved"], (), ["license-unclear"]),
        ([], (), []),
    ],
)
def test_the_licence_of_an_article(values, licenses, found):
    article, findings = read(*(("rights", value) for value in values))
    assert (article.licenses, findings) == (licenses, found)
