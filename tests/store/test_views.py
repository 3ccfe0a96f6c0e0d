from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from harvester.model import Article
from harvester.store.store import Store
from tests.store.samples import article, article_to_save, fill, finding, name


@pytest.fixture
def ask(opened: Store) -> Callable[[str], list[dict[str, Any]]]:
    """Queries a store with an article in each state, as a person would with the sqlite3 command or psql."""
    fill(
        opened,
        article_to_save(1, findings=(finding("warning", "titles[0]", "eff ective"),)),
        article_to_save(2, article(2, last_page=None, contributors=(), references=()), findings=(finding("error"),)),
        article_to_save(3, article(3, first_page=None, last_page=None, elocation_id="e55"), deleted=True),
        article_to_save(4, row=None, deleted=True),
    )

    def query(statement: str) -> list[dict[str, Any]]:
        with opened._database.read() as connection:
            return [dict(row._mapping) for row in connection.exec_driver_sql(statement)]

    return query


def test_view_of_articles(ask):
    first, second, third, fourth = ask("SELECT * FROM v_articles ORDER BY identifier")
    assert first == {
        "source": "wetlands",
        "identifier": name(1),
        "doi": "10.5555/Reeds.1",
        "title": "Growth of Phragmites, Reeds of the delta",
        "issn": "2049-3630",
        "year": 2023,
        "journal": "Wetland Notes",
        "volume": "7",
        "issue": "2",
        "pages": "11-19",
        "language": "en",
        "type": None,
        "landing_page": None,
        "format": "oai_dc",
        "deleted": 0,
        "held_back": 0,
        "deposited": None,
        "deposit_file": None,
        "deposited_elsewhere": None,
        "changed_since": None,
    }
    assert (second["pages"], second["deleted"], second["held_back"]) == ("11", 0, 1)
    assert (third["pages"], third["deleted"], third["held_back"]) == ("e55", 1, 0)
    assert (fourth["doi"], fourth["title"], fourth["deleted"]) == (None, None, 1)


def test_view_of_authors(ask):
    rows = ask(f"SELECT * FROM v_authors WHERE identifier = '{name(1)}' ORDER BY position")
    assert [(row["position"], row["role"], row["kind"]) for row in rows] == [
        (1, "author", "person"),
        (2, "editor", "group"),
    ]
    assert (rows[0]["surname"], rows[0]["given"], rows[0]["doi"]) == ("Ó Briain", "Áine", "10.5555/Reeds.1")
    assert rows[0]["orcid"] == "https://orcid.org/0000-0002-1825-0097"
    assert rows[0]["affiliations"] == "Bog Institute; Fen College"
    assert (rows[1]["name"], rows[1]["surname"], rows[1]["affiliations"]) == ("Delta Survey Group", None, None)


def test_view_of_references(ask):
    rows = ask(f"SELECT * FROM v_references WHERE identifier = '{name(1)}' ORDER BY position")
    assert [(row["position"], row["key"], row["text"], row["cited_doi"]) for row in rows] == [
        (1, "r1", "Moss, A. Fens. 1999.", "10.5555/fens"),
        (2, "r2", None, None),
    ]


def test_view_of_findings(ask):
    rows = ask("SELECT * FROM v_findings ORDER BY identifier")
    assert [(row["identifier"], row["severity"]) for row in rows] == [(name(1), "warning"), (name(2), "error")]
    assert (rows[0]["path"], rows[0]["value"], rows[0]["doi"]) == ("titles[0]", "eff ective", "10.5555/Reeds.1")
    assert rows[0]["detail"] == '{"suggestion":"look again"}'


def test_views_name_only_fields_of_the_article(ask):
    fields = set(Article.__struct_fields__)
    assert {"first_page", "last_page", "elocation_id", "language", "type", "landing_page", "contributors"} <= fields
