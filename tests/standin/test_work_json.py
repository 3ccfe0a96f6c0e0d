"""A registered article as the REST API shows it."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from harvester.standin.accounts import Account
from harvester.standin.state import State
from harvester.standin.work_json import Json, message, moment, selected
from tests.standin.files import article, deposit, journal, person

ARTICLES = Path(__file__).parents[1] / "crossref" / "deposit" / "articles"
AT = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
INDEXED = datetime(2026, 1, 2, 4, tzinfo=UTC)
ACCOUNT = Account(login="demo", password="x", prefixes=("10.5555", "10.12345"))


def work(data: bytes) -> Json:
    """The message of the first DOI of a file."""
    state = State([ACCOUNT], now=lambda: AT)
    submission = state.deposit_directly(data, "demo")
    assert submission.processed
    record = state.held(submission.processed.records[0].pairs[0][0])
    assert record, submission.processed
    return message(record, record.newest, INDEXED, ACCOUNT)


def test_article() -> None:
    citations = (
        '<citation key="r1"><doi>10.1590/x</doi></citation>'
        '<citation key="r2"><unstructured_citation>Reed. 1999.</unstructured_citation></citation>'
    )
    people = person("Reed", "0000-0002-1825-0097")
    assert work(deposit(article(title="Willows <i>on</i> the banks", citations=citations, people=people))) == {
        "DOI": "10.5555/willow",
        "URL": "https://doi.org/10.5555/willow",
        "type": "journal-article",
        "source": "Crossref",
        "prefix": "10.5555",
        "member": "99999",
        "publisher": "Stand-in Press",
        "created": moment(AT),
        "deposited": moment(AT),
        "indexed": {**moment(INDEXED), "version": "3.55.0"},
        "resource": {"primary": {"URL": "https://journal.example.org/10.5555/willow"}},
        "is-referenced-by-count": 0,
        "title": ["Willows <i>on</i> the banks"],
        "language": "en",
        "container-title": ["Steppe River Notes"],
        "ISSN": ["2049-3630"],
        "issn-type": [{"type": "print", "value": "2049-3630"}],
        "volume": "3",
        "issue": "2",
        "author": [
            {
                "ORCID": "https://orcid.org/0000-0002-1825-0097",
                "given": "Ada",
                "family": "Reed",
                "sequence": "first",
                "affiliation": [],
            }
        ],
        "page": "12-19",
        "published-online": {"date-parts": [[2024]]},
        "published": {"date-parts": [[2024]]},
        "issued": {"date-parts": [[2024]]},
        "references-count": 2,
        "reference": [
            {"key": "r1", "DOI": "10.1590/x", "doi-asserted-by": "publisher"},
            {"key": "r2", "unstructured": "Reed. 1999."},
        ],
    }


def fixture(name: str) -> Json:
    """An article of the builder's tests; what it is related to has a DOI prefix that is not known here."""
    data = (ARTICLES / f"{name}.xml").read_bytes()
    return work(re.sub(rb'(identifier-type="doi">)10\.\d+', rb"\g<1>10.99999", data))


def test_article_with_groups_formulas_and_seasons() -> None:
    found = fixture("structured")
    assert [person.get("name", person.get("family")) for person in found["author"]] == [
        "The Flood Watch Consortium",
        "Ferreira",
    ]
    assert [person["family"] for person in found["translator"]] == ["Haddad"]
    assert found["author"][1]["affiliation"] == [{"name": "Departamento de Geografia"}, {"name": "Lisboa"}]
    assert found["article-number"] == "e7"
    assert found["published-other"] == {"date-parts": [[2022]]}
    assert found["abstract"].startswith("<jats:p>An opening line.</jats:p> <jats:sec><jats:title>Methods")
    assert "<mml:msup><mml:mi>v</mml:mi>" in found["title"][0]


def test_article_with_relations_and_original_title() -> None:
    found = fixture("translation")
    assert found["original-title"]
    assert all(each["asserted-by"] == "subject" for rows in found["relation"].values() for each in rows)
    assert "is-translation-of" in found["relation"]


def test_licences() -> None:
    vor = {"content-version": "vor", "start": {"date-parts": [[2021, 3, 5]]}, "delay-in-days": 0}
    assert fixture("bilingual")["license"] == [{"URL": "https://creativecommons.org/licenses/by/4.0/", **vor}]
    [without_date] = fixture("funded")["license"]
    assert (without_date["content-version"], without_date["start"]) == ("unspecified", {"date-parts": [[2026, 1, 2]]})


def test_reference_that_crossref_matched() -> None:
    citations = '<citation key="r2"><unstructured_citation>Reed. 1999.</unstructured_citation></citation>'
    state = State([ACCOUNT], now=lambda: AT)
    state.deposit_directly(deposit(article(citations=citations)), "demo")
    state.match_reference("10.5555/willow", "r2", "10.1234/x")
    record = state.held("10.5555/willow")
    assert record
    [reference] = message(record, record.newest, INDEXED, None)["reference"]
    assert (reference["DOI"], reference["doi-asserted-by"]) == ("10.1234/x", "crossref")


def test_updates() -> None:
    update = '<update type="correction" date="2024-01-01">10.5555/x</update>'
    crossmark = f"<crossmark><crossmark_policy>10.5555/policy</crossmark_policy><updates>{update}</updates></crossmark>"
    found = work(deposit(article().replace("</pages>", f"</pages>{crossmark}")))
    assert found["update-to"] == [{"DOI": "10.5555/x", "type": "correction", "updated": {"date-parts": [[2024, 1, 1]]}}]


def test_journal_itself() -> None:
    found: dict[str, Any] = work(deposit(journal(article(), title_doi="10.5555/srn")))
    assert (found["type"], found["title"]) == ("journal", ["Steppe River Notes"])
    assert "author" not in found


def test_selected_members() -> None:
    whole = {"DOI": "10.5555/a", "title": ["A"]}
    assert selected(whole, ["DOI", "missing"]) == {"DOI": "10.5555/a"}
    assert selected(whole, []) == whole
