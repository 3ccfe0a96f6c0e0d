"""The metadata cases: records after public bug reports, each with the value that is right and its findings."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from harvester.config import load
from harvester.mapping import ArticleMapper
from harvester.model import RawRecord, Reading, to_json
from tests.conftest import SHARED
from tests.workbench import CROSSREF_TABLE

CASES = SHARED / "cases" / "metadata"
URL = '[sources.journal]\nurl = "https://journal.example.org/oai"'
FISHER = {"surname": "Fisher", "given": "Ann"}
ABSENT = None


def person(surname: str, given: str | None = None, **more: Any) -> dict[str, Any]:
    return {"surname": surname} | ({"given": given} if given else {}) | more


def dois(*values: str | None) -> list[dict[str, str | None]]:
    return [{"doi": value} for value in values]


# The fields that the case is about, and the codes of all findings.
RIGHT: dict[str, tuple[dict[str, Any], list[str]]] = {
    "aff-several-institutions": (
        {
            "contributors": [
                FISHER
                | {
                    "affiliations": [
                        {"name": "Univ. of X, Oslo, Norway; Univ. of Y, Bergen, Norway; Institute Z, Paris, France"},
                        {"name": "Department of Tides, Univ. A"},
                    ]
                }
            ]
        },
        ["affiliation-several"],
    ),
    "aop-zeros": (
        dict.fromkeys(("volume", "issue", "first_page", "last_page"), ABSENT),
        ["issue-ahead-of-print"] * 4,
    ),
    "date-of-another-calendar": ({"dates": ABSENT}, ["date-invalid", "date-missing"]),
    "dc-citation-swallowed-by-a-known-title": ({"issue_title": ABSENT, "volume": ABSENT}, ["citation-unparsed"]),
    "dc-creator-dash-for-a-missing-name": (
        {"contributors": [person("Wahyudi"), person("Suharto"), person("Sukarno"), person("Budi")]},
        [],
    ),
    "dc-creator-degree-as-given-name": (
        {"contributors": [person("Dewi Sari, M.Pd"), person("Kaya", "Ahmet"), person("Lee", "Bo")]},
        ["name-unparsed", "name-tidied", "name-tidied"],
    ),
    "dc-creator-fullwidth-comma": ({"contributors": [person("张", "三"), person("李、四")]}, ["name-unparsed"]),
    "dc-creator-list-comma": ({}, ["name-unparsed", "name-unparsed"]),
    "dc-creator-list-semicolon": ({"contributors": [person("Fisher, A.; Smith, B.; Jones, C.")]}, ["name-unparsed"]),
    "dc-online-first-issue": ({"volume": "5", "issue": ABSENT, "first_page": "1"}, ["issue-ahead-of-print"]),
    "dc-type-thesis-dataset": ({"type": "doctoralThesis"}, ["type-not-article"]),
    "doi-with-punctuation-behind": (
        {"doi": "10.5555/k.v1i2.", "relations": [{"target": "10.5555/orig1"}], "references": dois("10.1000/f1", None)},
        ["reference-doi-invalid", "doi-suspect", "update-without-crossmark"],
    ),
    "funder-none": (
        {"funding": [{"funder": "Fund X", "awards": ABSENT}]},
        ["funder-none", "funder-none", "placeholder-value"],
    ),
    "group-name-with-footnote-mark": ({"contributors": [{"kind": "group", "name": "Ministry of Tides"}]}, []),
    "invisible-characters": (
        {
            "titles": [{"text": ["Biogeography of soft hyphens"]}],
            "contributors": [person("Smith", "Bo"), person("Łukasiewicz", "Jan")],
        },
        ["control-characters"] * 3,
    ),
    "issn-0000-0000": ({"journal": {"issns": ABSENT}}, ["placeholder-value", "issn-missing"]),
    "jats-collab-list": ({"contributors": [{"kind": "group", "name": "The Sea Group"}]}, ["group-members-left-out"]),
    "jats-contrib-type-in-another-language": (
        {"contributors": [person("Weber", "Karl"), person("Blum", "Eva")]},
        ["contributor-type-unusual"] * 2,
    ),
    "jats-degree-in-surname": (
        {
            "contributors": [
                person("Novak", "Jan"),
                person("Smith", "Ann"),
                person("Petrov", "Ivan"),
                person("Ivanov", "Ivan"),
            ]
        },
        ["name-tidied"] * 3 + ["name-in-surname"],
    ),
    "jats-escaped-markup-outside-titles": (
        {
            "contributors": [
                person("O'Brien", "Seán", affiliations=[{"name": "Université A & B France"}]),
                person("Müller", "Jan"),
            ],
            "journal": {"titles": [{"text": ["Journal of Rivers & Seas"]}]},
            "issue_title": "Rivers & Seas",
            "funding": [{"funder": "Fundación R&D"}],
            "references": [{"journal_title": "J & K"}],
        },
        [],
    ),
    "jats-http-and-https": ({"landing_page": "https://journal.example.org/index.php/j/article/view/8"}, []),
    "jats-licence-in-words": ({"licenses": ABSENT}, ["license-unclear"]),
    "jats-no-doi-but-dc-has": ({"doi": ABSENT}, ["format-lacks"]),
    "jats-page-range-beside-fpage": ({"first_page": "i", "last_page": "x", "other_pages": "1-714"}, []),
    "jats-pages-as-typed": ({"first_page": "12", "last_page": "15"}, []),
    "jats-pub-date-of-unknown-kind": ({"dates": [{"year": 2021, "month": 3, "day": 2, "medium": "online"}]}, []),
    "jats-two-people-in-one-contrib": ({}, ["name-unparsed"]),
    "landing-page-of-nowhere": ({}, ["url-invalid"]),
    "look-alike-letters-in-a-name": (
        {"contributors": [person("Ivan\u043ev", "P\u0435tr")]},
        ["name-mixed-scripts"] * 2,
    ),
    "mojibake-in-portuguese-capitals": ({"titles": [{"text": ["“A CANÇÃO DA MANHÃ”: estudo"]}]}, []),
    "none-of-a-template": (
        dict.fromkeys(("titles", "abstracts", "contributors", "volume", "issue", "funding"), ABSENT),
        ["placeholder-value"] * 6 + ["funder-none", "title-missing"],
    ),
    "ojs35-display-name": ({"contributors": [person("Kerr", "Andrew", alt_names=[{"name": "Andy Kerr"}])]}, []),
    "online-first-as-volume-or-issue": ({"volume": ABSENT, "issue": ABSENT}, ["issue-ahead-of-print"] * 2),
    "ref-doi-from-publisher-url": (
        {
            "references": dois(
                "10.1111/abcd.12244",
                "10.3389/fpsyg.2099.01234",
                "10.1080/12345678.2019.1234567",
                "10.1007/s11192-099-03217-6",
                "10.1007/s11192-099-03217-6",
                "10.1145/1234567.1234568",
                "10.1371/journal.pone.0999999",
                "10.1000/xyz-9",
            )
        },
        [],
    ),
    "ref-doi-half-of-a-tagged-one": ({"references": [{"doi": ABSENT}]}, ["reference-doi-invalid"]),
    "ref-doi-with-words-glued-to-it": (
        {
            "references": dois(
                "10.1000/xyz-2",
                "10.1000/ru.2",
                "10.1000/xyz-4",
                "10.1000/xyz-7",
                "10.1000/cn.1",
                "10.1000/cn.2",
                "10.1000/ru.4",
            )
        },
        [],
    ),
    "ref-pandoc-paper-conference": (
        {
            "references": [
                {
                    "type": "conference_paper",
                    "journal_title": ABSENT,
                    "volume_title": "Proceedings of the Sea Conference",
                }
            ]
        },
        [],
    ),
    "related-article-run-together": (
        {"relations": [{"description": "Smith Jane. Old tides. J Test. 2010, 8: 18"}]},
        ["update-without-crossmark"],
    ),
    "related-object-by-object-id": (
        {"relations": [{"kind": "isReviewOf", "target": "10.5555/orig1"}]},
        ["relation-unmapped"],
    ),
    "repaired-without-change": (
        {"titles": [{"text": ["Rivers"], "subtitle": ["A study"]}]},
        ["subtitle-left-out"],
    ),
    "subtitle-twice": ({"titles": [{"text": ["Rivers"], "subtitle": ["a study"]}]}, []),
}


def mapped(name: str, folder) -> Reading:
    """The article of a case with its configuration, and all findings."""
    case = CASES / name
    table = (case / "config.toml").read_text(encoding="utf-8").replace("[sources.journal]", URL, 1)
    (folder / "config.toml").write_text(CROSSREF_TABLE.format(prefixes='["10.5555"]') + table, encoding="utf-8")
    config = load(folder / "config.toml")
    (source,) = config.sources.values()
    mapper = ArticleMapper(source.hints(config.journals), config.policy("2026-11-24", source))
    live = {
        prefix: RawRecord(identifier="oai:x:1", datestamp="2024-01-01T00:00:00Z", payload=path.read_bytes())
        for prefix in source.formats
        if (path := case / f"input.{prefix}.xml").exists()
    }
    return mapper.check(mapper.read(live))


def difference(right: Any, found: Any, path: str) -> list[str]:
    """Where the article has another value than those that are right. A field that is not named here may be any."""
    if isinstance(right, dict):
        fields = found or {}
        return [line for key, value in right.items() for line in difference(value, fields.get(key), f"{path}.{key}")]
    if isinstance(right, list) and isinstance(found, list) and len(right) == len(found):
        pairs = enumerate(zip(right, found, strict=True))
        return [line for at, (ours, theirs) in pairs for line in difference(ours, theirs, f"{path}[{at}]")]
    return [] if right == found else [f"{path}: {found!r}"]


@pytest.mark.parametrize("name", sorted(RIGHT))
def test_a_case_has_its_right_value_and_findings(name, shared, tmp_path):
    right, codes = RIGHT[name]
    reading = mapped(name, tmp_path)
    assert [finding.code for finding in reading.findings] == codes
    assert reading.article is not None
    assert difference(right, msgspec.json.decode(to_json(reading.article)), "article") == []


def test_every_case_is_tested(shared):
    assert sorted(RIGHT) == sorted(folder.name for folder in CASES.iterdir() if folder.is_dir())


def test_a_wrong_value_is_found():
    assert difference({"dates": [{"year": 2021}]}, {"dates": [{"year": 2022}]}, "article")
    assert difference({"references": dois(None)}, {"references": [{}, {}]}, "article")
    assert not difference({"volume": ABSENT}, {"issue": "2"}, "article")
