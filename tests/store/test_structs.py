from harvester.store import SourceStatus, StoredArticle, status_or_empty
from tests.store.samples import article


def test_stored_article_has_its_formats_and_whether_it_is_deleted():
    stored = StoredArticle(
        id=1,
        source="a",
        identifier="x",
        article=article(1),
        state="deleted",
        doi=None,
        fingerprint=None,
        findings=(),
        datestamps={"jats": "2024-01-01", "oai_dc": "2024-01-02"},
    )
    assert (stored.deleted, stored.formats) == (True, ("jats", "oai_dc"))


def test_source_that_never_answered_has_the_configured_url():
    assert status_or_empty("a", "http://new", None) == SourceStatus(source="a", url="http://new")
    silent = SourceStatus(source="a", url="", ready=3)
    assert status_or_empty("a", "http://new", silent) == SourceStatus(source="a", url="http://new", ready=3)
    known = SourceStatus(source="a", url="http://old", ready=3)
    assert status_or_empty("a", "http://new", known) == known
