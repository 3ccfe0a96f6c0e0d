from __future__ import annotations

import msgspec
import pytest

from harvester.article_rows import to_row
from harvester.store.store import Store
from tests.store import samples
from tests.store.samples import article, article_to_save, begin, fill, finding, name, page, raw, save_page


def test_article_is_read_back_unchanged(opened: Store):
    findings = (finding("warning", "titles[0]", "eff ective"), finding("info"))
    fill(opened, article_to_save(1, findings=findings))
    (found,) = opened.articles.find(name(1))
    assert found.article == article(1)
    assert found.findings == findings
    assert (found.state, found.deleted, found.doi) == ("ready", False, "10.5555/Reeds.1")
    assert found.fingerprint == to_row(article(1)).fingerprint
    assert (found.formats, found.datestamps) == (("oai_dc",), {"oai_dc": "2024-01-02T03:04:05Z"})


def test_article_is_found_by_identifier_and_by_doi_in_any_case(opened: Store):
    fill(opened, article_to_save(1), article_to_save(2))
    for searched in (name(1), "10.5555/reeds.1", "10.5555/REEDS.1"):
        assert [stored.identifier for stored in opened.articles.find(searched)] == [name(1)]
    assert opened.articles.find(name(1), "fens") == []
    assert opened.articles.find("10.5555/nothing") == []


def test_one_doi_in_two_sources_finds_two_articles(opened: Store):
    fill(opened, article_to_save(1))
    fill(opened, article_to_save(1, source="fens"), source="fens")
    assert [stored.source for stored in opened.articles.find("10.5555/reeds.1")] == ["fens", "wetlands"]
    assert [stored.source for stored in opened.articles.find(name(1), "fens")] == ["fens"]


def test_articles_come_in_the_requested_order(opened: Store):
    fill(opened, *(article_to_save(n) for n in range(1, 6)))
    ids = [opened.articles.find(name(n))[0].id for n in (4, 1, 3)]
    assert [stored.identifier for stored in opened.articles.by_id(ids)] == [name(4), name(1), name(3)]


@pytest.mark.parametrize(
    ("changes", "state"),
    [
        ({}, "ready"),
        ({"findings": "warning"}, "ready"),
        ({"findings": "error"}, "held"),
        ({"content": "no doi"}, "held"),
        ({"row": None, "findings": "error"}, "held"),
        ({"row": None}, "held"),
        ({"deleted": True}, "deleted"),
        ({"deleted": True, "row": None}, "deleted"),
    ],
)
def test_state_follows_from_doi_findings_and_deletion(opened: Store, changes, state):
    changes = dict(changes)
    content = article(1, doi=None) if changes.pop("content", None) else None
    findings = (finding(changes.pop("findings")),) if "findings" in changes else ()
    fill(opened, article_to_save(1, content, findings=findings, **changes))
    assert [stored.state for stored in opened.articles.find(name(1))] == [state]


def test_findings_are_replaced_with_their_article(opened: Store):
    fill(opened, article_to_save(1, findings=(finding("error"), finding("info"))))
    opened.articles.save([article_to_save(1, findings=(finding("warning"),))])
    (found,) = opened.articles.find(name(1))
    assert (found.findings, found.state) == ((finding("warning"),), "ready")


def test_content_of_a_deleted_article_stays(opened: Store):
    fill(opened, article_to_save(1))
    opened.articles.save([article_to_save(1, deleted=True, mapped_with="program 2")])
    opened.articles.save([msgspec.structs.replace(article_to_save(1, deleted=True), row=None)])
    (found,) = opened.articles.find("10.5555/reeds.1")
    assert found.deleted
    assert found.article == article(1)


def test_article_that_can_no_longer_be_read_loses_its_content(opened: Store):
    fill(opened, article_to_save(1))
    opened.articles.save([msgspec.structs.replace(article_to_save(1), row=None)])
    assert opened.articles.find("10.5555/reeds.1") == []
    (found,) = opened.articles.find(name(1))
    assert (found.article, found.state, found.fingerprint) == (None, "held", None)


def test_saving_many_articles_of_several_sources_is_all_or_nothing(opened: Store):
    fill(opened, article_to_save(1))
    fill(opened, article_to_save(1, source="fens"), source="fens")
    broken = [article_to_save(n, source=s) for n in range(500) for s in ("wetlands", "fens")]
    unknown = msgspec.structs.replace(finding("info"), code="no-such-code")
    with pytest.raises(KeyError):
        opened.articles.save([*broken, article_to_save(501, findings=(unknown,))])
    assert opened.articles.find(name(7)) == []
    opened.articles.save(broken)
    assert len(opened.articles.find(name(7))) == 2


def test_articles_mapped_by_another_program_are_stale(opened: Store):
    fill(opened, *(article_to_save(n) for n in range(5)))
    fill(opened, *(article_to_save(n, source="fens") for n in range(3)), source="fens")

    def stale(program: str) -> list[int]:
        """How many articles of each source another program mapped."""
        return [len(opened.articles.identifiers(source, not_mapped_with=program)) for source in ("wetlands", "fens")]

    assert stale("program 1") == [0, 0]
    assert stale("program 2") == [5, 3]
    opened.articles.save([article_to_save(n, source="fens", mapped_with="program 2") for n in range(3)])
    assert stale("program 2") == [5, 0]
    assert stale("program 1") == [0, 3]


def test_identifiers_are_paged_in_sorted_order(opened: Store):
    run, window = begin(opened)
    save_page(opened, run.id, window.id, page(*(raw(n) for n in (3, 1, 2)), samples.tombstone(4)))
    jats = opened.runs.begin("wetlands", "jats", "full", [samples.WINDOW], samples.NOW)
    save_page(opened, jats.id, jats.windows[0].id, page(raw(1), raw(5)))
    first = opened.articles.identifiers("wetlands", limit=3)
    assert first == [name(1), name(2), name(3)]
    assert opened.articles.identifiers("wetlands", first[-1]) == [name(4), name(5)]
    assert opened.articles.identifiers("wetlands", name(5)) == []
    assert opened.articles.identifiers("fens") == []


def test_interrupted_rebuild_resumes_with_the_rest(opened: Store):
    fill(opened, *(article_to_save(n) for n in range(6)))
    opened.articles.save([article_to_save(n, mapped_with="program 2") for n in (0, 1, 4)])
    assert opened.articles.identifiers("wetlands", not_mapped_with="program 2") == [name(2), name(3), name(5)]
