"""The settings that a page of records suggests, and the tables to paste."""

import tomllib

import pytest

from harvester.config import load
from harvester.model import Hints, RawRecord
from harvester.probing.suggestions import (
    Citation,
    JournalFound,
    Suggestions,
    journal_block,
    source_block,
    source_name,
    suggest,
)

DC = 'xmlns:oai_dc="http://www.openarchives.org/OAI/2.0/oai_dc/" xmlns:dc="http://purl.org/dc/elements/1.1/"'


def record(**elements):
    """A Dublin Core record; a tuple stands for several elements with one name."""
    rows = [
        (name, text) for name, texts in elements.items() for text in (texts if isinstance(texts, tuple) else (texts,))
    ]
    body = "".join(f"<dc:{name}>{text}</dc:{name}>" for name, text in rows)
    payload = f"<record><metadata><oai_dc:dc {DC}>{body}</oai_dc:dc></metadata></record>"
    return RawRecord(identifier="oai:x:1", datestamp="2024-01-01", payload=payload.encode())


def suggested(*records, **hints):
    return suggest({"oai_dc": records}, Hints(**hints))


def test_usual_citation_needs_no_profile():
    found = suggested(record(title="T", source=("J. of Things; Vol. 2 No. 1 (2020); 5-9", "2049-3630")))
    assert found.citation == Citation(
        text="J. of Things; Vol. 2 No. 1 (2020); 5-9",
        profile="ojs",
        volume="2",
        issue="1",
        first_page="5",
        last_page="9",
    )


def test_other_form_of_citation_suggests_its_profile():
    found = suggested(record(title="T", source="Revista de Cosas v.29 n.3 1998"))
    assert found.citation
    assert (found.citation.profile, found.citation.volume, found.citation.issue) == ("scielo", "29", "3")
    assert 'citation_profile = "scielo"' in source_block("https://e.org/oai", ["oai_dc"], found, allow_private=False)


def test_citation_that_no_profile_reads_is_shown_unchanged():
    found = suggested(record(title="T", source="the second part, of the year 1999, near the end"))
    assert found.citation
    assert not found.citation.parsed
    assert found.citation.text == "the second part, of the year 1999, near the end"


@pytest.mark.parametrize("source", ["2049-3630", "10.12345/issue", "https://example.org/1", ""])
def test_text_that_is_not_a_citation_is_not_shown(source):
    assert suggested(record(title="T", source=source)).citation is None


def test_names_without_a_known_order_are_listed():
    found = suggested(record(title="T", creator=("Ada Adams", "Brown, Bob", "Ada Adams", "Carla Cruz")))
    assert found.unordered_names == ("Ada Adams", "Carla Cruz")
    block = source_block("https://e.org/oai", ["oai_dc"], found, allow_private=False)
    assert "Ada Adams; Carla Cruz" in block
    assert suggested(record(title="T", creator="Ada Adams"), name_order="given-first").unordered_names == ()


def test_dates_of_dspace_suggest_its_profile():
    dates = ("2020-05-01T10:00:00Z", "2020-05-02T10:00:00Z", "2019-11")
    assert suggested(record(title="T", date=dates)).date_profile == "dspace"
    assert suggested(record(title="T", date=dates), date_profile="dspace").date_profile is None
    assert suggested(record(title="T", date="2019-11")).date_profile is None


def test_journals_are_told_apart_by_issn():
    one = record(title="T", source=("J. of Things; Vol. 2 No. 1 (2020); 5-9", "2049-3630", "1234-5679"))
    found = suggested(one, one)
    assert [(journal.title, set(journal.issns)) for journal in found.journals] == [
        ("J. of Things", {"2049-3630", "1234-5679"})
    ]


JATS = """<record><metadata><article><front><journal-meta><journal-title-group>
<journal-title>J. of Things</journal-title></journal-title-group>
<issn pub-type="epub">2049-3630</issn></journal-meta><article-meta><title-group><article-title>T</article-title>
</title-group></article-meta></front></article></metadata></record>"""


def test_medium_of_an_issn_comes_from_the_format_that_has_it():
    jats = RawRecord(identifier="oai:x:1", datestamp="2024-01-01", payload=JATS.encode())
    dublin_core = record(title="T", source=("J. of Things; Vol. 2 No. 1 (2020); 5-9", "2049-3630", "1234-5679"))
    (journal,) = suggest({"oai_dc": [dublin_core], "jats": [jats]}, Hints()).journals
    assert (set(journal.issns), journal.electronic_issns) == ({"2049-3630", "1234-5679"}, ("2049-3630",))
    block = journal_block(journal)
    assert 'issn_electronic = "2049-3630"' in block
    assert '# issn_print = "1234-5679"  # or issn_electronic' in block


def test_deleted_record_suggests_nothing():
    assert suggested(RawRecord(identifier="oai:x:1", datestamp="2024-01-01", deleted=True)) == Suggestions()


# -------------------------------------------------------------------------------------------- config.toml

HOSTILE = 'a "quoted" \\ title\n[sources.evil]\x7f\u2028'


def test_blocks_are_valid_toml_for_any_record(tmp_path):
    found = Suggestions(
        citation=Citation(text="x", profile="hal", volume="1"), date_profile="dspace", unordered_names=(HOSTILE,)
    )
    journal = JournalFound(title=HOSTILE, issns=("2049-3630", "1234-5679"), print_issns=("1234-5679",))
    block = source_block("https://e.org/oai", ["jats", "oai_dc"], found, allow_private=True)
    path = tmp_path / "config.toml"
    path.write_text(f"{block}\n\n{journal_block(journal)}\n", encoding="utf-8")
    assert list(tomllib.loads(path.read_text())["sources"]) == ["e-org"]
    config = load(path)
    source = config.sources["e-org"]
    assert (source.formats, source.citation_profile, source.date_profile) == (("jats", "oai_dc"), "hal", "dspace")
    assert source.allow_private
    facts = config.journals["2049-3630"]
    assert (facts.title, facts.issn_print, facts.issn_electronic) == (HOSTILE, "1234-5679", None)


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("https://journal.example.org/index.php/things/oai", "things"),
        ("https://www.things.example.org/oai", "things-example-org"),
        ("https://repository.example.org/oai/request", "repository-example-org"),
        ("https://journals.example.org/index.php/index/oai", "example-org"),
        ("https://example.org/server/oai/request?x=1", "server"),
        ("http://127.0.0.1:8000/oai", "127-0-0-1"),
        ("https://press.example.org/things/api/oai/", "things"),
        ("https://press.example.org/api/oai/", "press-example-org"),
    ],
)
def test_source_is_named_after_its_url(url, name):
    assert source_name(url) == name
