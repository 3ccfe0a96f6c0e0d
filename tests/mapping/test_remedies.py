"""A remedy that names a change of config.toml works: after the change, as it is written there, the finding is gone."""

from __future__ import annotations

import re
import tomllib
from html import escape
from pathlib import Path
from typing import Any

import pytest

from harvester.config import load
from harvester.config.problems import schema_problems
from harvester.findings import kinds, remedy
from harvester.mapping import ArticleMapper
from harvester.model import Finding, RawRecord

ISSN = "2049-3630"
# Found by comparing with what the agency holds, or by what only one target requires.
AT_THE_AGENCY = {
    "crossref-issn-differs",
    "crossref-issns-apart",
    "crossref-title-differs",
    "datacite-publisher-missing",
    "prefix-not-registered",
    "prefix-other-agency",
}
DC = 'xmlns:oai_dc="http://www.openarchives.org/OAI/2.0/oai_dc/" xmlns:dc="http://purl.org/dc/elements/1.1/"'
USUAL = {
    "title": ["On lamps"],
    "creator": ["Adams, Ada"],
    "date": ["2024-02-01"],
    "type": ["article"],
    "language": ["en"],
    "identifier": ["10.5555/lamps.1", "https://lamps.example.org/view/1"],
    "source": ["Journal of Lamps; Vol. 3 No. 1 (2024); 10-18", ISSN],
}
CONFIG = """
[crossref]
depositor_name = "Example Press"
depositor_email = "doi@example.org"
registrant = "Example Press"
prefixes = ["10.5555"]

[sources.lamps]
url = "https://lamps.example.org/oai"
formats = ["oai_dc", "jats"]

[journals."2049-3630"]
issn_print = "2049-3630"
"""
SOURCE, JOURNAL, CROSSREF = "[sources.lamps]\n", f'[journals."{ISSN}"]\n', "[crossref]\n"


def dublin_core(**changes: list[str]) -> bytes:
    values = {**USUAL, **changes}
    rows = "".join(f"<dc:{name}>{escape(value)}</dc:{name}>" for name in values for value in values[name])
    return f"<record><metadata><oai_dc:dc {DC}>{rows}</oai_dc:dc></metadata></record>".encode()


def jats(front: str, body: str = "") -> bytes:
    return (
        '<record><metadata><article article-type="research-article" xml:lang="en"><front><journal-meta>'
        f"<journal-title-group><journal-title>Journal of Lamps</journal-title></journal-title-group>"
        f'<issn pub-type="ppub">{ISSN}</issn></journal-meta><article-meta>'
        '<article-id pub-id-type="doi">10.5555/lamps.1</article-id><title-group><article-title>On lamps</article-title>'
        '</title-group><pub-date pub-type="ppub"><day>1</day><month>2</month><year>2024</year></pub-date><volume>3'
        f"</volume><issue>1</issue><fpage>10</fpage>{front}</article-meta></front>{body}</article></metadata></record>"
    ).encode()


def found(folder: Path, config: str, payload: bytes) -> dict[str, Finding]:
    """The findings about a record, by code."""
    (folder / "config.toml").write_text(config, encoding="utf-8")
    loaded = load(folder / "config.toml")
    mapper = ArticleMapper(
        loaded.sources["lamps"].hints(loaded.journals), loaded.policy("2026-01-01", loaded.sources["lamps"])
    )
    raw = RawRecord(identifier="oai:x:1", datestamp="2024-05-01", payload=payload, sets=("lamps",))
    (mapped,) = mapper.map([{"jats" if b"<article " in payload else "oai_dc": raw}])
    return {finding.code: finding for finding in mapped.findings}


RETRACTED = (
    '<related-article related-article-type="retracted-article" ext-link-type="doi" xlink:href="10.5555/lamps.0" '
    'xmlns:xlink="http://www.w3.org/1999/xlink"/>'
)
CASES = {
    "doi-foreign-prefix": (
        dublin_core(identifier=["10.6666/1", "https://x.example/1"]),
        'prefixes = ["10.5555"',
        ', "10.6666"',
    ),
    "doi-suspect": (
        dublin_core(identifier=["10.5555/lamps.1.", "https://lamps.example.org/view/1"]),
        CROSSREF,
        'registered_dois = ["10.5555/lamps.1."]\n',
    ),
    "doi-characters": (
        dublin_core(identifier=["10.5555/lamps-10(4:15)", "https://lamps.example.org/view/1"]),
        CROSSREF,
        'registered_dois = ["10.5555/lamps-10(4:15)"]\n',
    ),
    "url-missing": (
        dublin_core(identifier=["10.5555/lamps.1"]),
        JOURNAL,
        'landing_page = "https://x.example/{volume}"\n',
    ),
    "url-invalid": (
        dublin_core(identifier=["10.5555/lamps.1", "http://localhost/index.php/lamps/article/view/1"]),
        JOURNAL,
        'landing_page = "https://x.example/article/view/{article_id}"\n',
    ),
    "type-not-article": (
        dublin_core(type=["Table of Contents"]),
        SOURCE,
        'article_types = ["Table of Contents"]\n',
    ),
    "url-ambiguous": (
        dublin_core(identifier=["10.5555/lamps.1", "https://a.example/view/1", "https://b.example/view/2"]),
        JOURNAL,
        'landing_page = "https://x.example/{volume}/{first_page}"\n',
    ),
    "journal-title-missing": (dublin_core(source=[ISSN]), JOURNAL, 'title = "Journal of Lamps"\n'),
    "issn-media-unknown": (
        dublin_core(source=["Journal of Lamps; Vol. 3 No. 1 (2024); 10-18", "2168-5096"]),
        JOURNAL,
        f'\n[journals."2168-5096"]\nissn_electronic = "2168-5096"\n{JOURNAL}',
    ),
    "issn-missing": (
        dublin_core(source=["Journal of Lamps; Vol. 3 No. 1 (2024); 10-18"]),
        SOURCE,
        'journal = "2049-3630"\n',
    ),
    "citation-unparsed": (
        dublin_core(source=["Journal of Lamps; Tome 3 Cahier 1 (2024); 10-18", ISSN]),
        JOURNAL,
        'volume_labels = ["Tome"]\nissue_labels = ["Cahier"]\n',
    ),
    "date-ambiguous": (
        dublin_core(date=["2024-03-02T10:00:00Z", "2024-03-02T10:00:00Z", "2024"]),
        SOURCE,
        'date_profile = "dspace"\n',
    ),
    "name-order-unknown": (dublin_core(creator=["Ada Adams"]), SOURCE, 'name_order = "given-first"\n'),
    "possible-organization": (
        dublin_core(creator=["LHCb collaboration"]),
        SOURCE,
        'organizations = ["LHCb collaboration"]\n',
    ),
    "possible-person": (
        jats("<contrib-group><contrib contrib-type='author'><collab>Walsh, Kay</collab></contrib></contrib-group>"),
        SOURCE,
        'organizations = ["Walsh, Kay"]\n',
    ),
    "name-is-account": (dublin_core(creator=["Admin"]), SOURCE, 'organizations = ["Admin"]\n'),
    "abstract-type-skipped": (
        jats('<abstract abstract-type="executive-summary"><p>On light.</p></abstract>'),
        SOURCE,
        'abstract_types = ["executive-summary"]\n',
    ),
    "encoding-suspect": (
        dublin_core(title=["On PÃ©rez"]),
        JOURNAL,
        f"[sources.lamps.repairs]\nmojibake = true\n{JOURNAL}",
    ),
    "text-broken-ligature": (
        dublin_core(title=["On eff ective lamps"]),
        JOURNAL,
        f"[sources.lamps.repairs]\nligatures = true\n{JOURNAL}",
    ),
    "update-without-crossmark": (
        jats(RETRACTED).replace(b"research-article", b"retraction"),
        CROSSREF,
        'crossmark_policy = "10.5555/policy"\n',
    ),
}


@pytest.mark.parametrize(("code", "payload", "at", "line"), [(code, *case) for code, case in CASES.items()], ids=CASES)
def test_finding_is_gone_after_its_remedy(tmp_path: Path, code: str, payload: bytes, at: str, line: str):
    before = found(tmp_path, CONFIG, payload)
    assert code in before
    setting = line.split(" = ")[0].rpartition("\n")[2]
    words = remedy(before[code], "lamps", ISSN)
    assert setting in words or "prefixes" in words
    changed = CONFIG.replace(at, line, 1) if line.endswith(at) else CONFIG.replace(at, at + line, 1)
    assert changed != CONFIG
    after = found(tmp_path, changed, payload)
    assert code not in after
    blocking = [each for each in after if kinds()[each].severity == "error" and each not in before]
    assert blocking == []


ALTERNATIVES = (
    '<contrib-group><contrib contrib-type="author"><name-alternatives><name xml:lang="en"><surname>Stepanova</surname>'
    '<given-names>Lena</given-names></name><name xml:lang="ru"><surname>Степанова</surname><given-names>Лена'
    "</given-names></name></name-alternatives></contrib></contrib-group>"
)
WRONG_VALUES = {
    "journal-title-differs": (dublin_core(), JOURNAL, 'title = "Tide Letters"\n', 'title = "Journal of Lamps"\n'),
    "issn-ambiguous": (
        dublin_core(source=["Tide Letters; Vol. 3 No. 1 (2024); 10-18", "2168-5096"]),
        JOURNAL,
        'issn_electronic = "1050-124X"\n[sources.lamps.journals]\nlamps = "2049-3630"\n',
        'issn_electronic = "2168-5096"\n[sources.lamps.journals]\nlamps = "2049-3630"\n',
    ),
    "url-pattern-incomplete": (
        dublin_core(identifier=["10.5555/lamps.1"], source=["Journal of Lamps; Vol. 3 No. 1 (2024)", ISSN]),
        JOURNAL,
        'landing_page = "https://x.example/{first_page}"\n',
        'landing_page = "https://x.example/{doi}"\n',
    ),
    "language-refused": (dublin_core(language=[]), JOURNAL, 'language = "ger"\n', 'language = "de"\n'),
    "version-leaves-out": (jats(ALTERNATIVES), CROSSREF, 'schema_version = "5.4.0"\n', 'schema_version = "5.5.0"\n'),
}


@pytest.mark.parametrize(
    ("code", "payload", "at", "wrong", "right"),
    [(code, *case) for code, case in WRONG_VALUES.items()],
    ids=WRONG_VALUES,
)
def test_finding_is_gone_after_a_value_is_corrected(
    tmp_path: Path, code: str, payload: bytes, at: str, wrong: str, right: str
):
    before = found(tmp_path, CONFIG.replace(at, at + wrong, 1), payload)
    assert code in before
    assert wrong.partition(" = ")[0] in remedy(before[code], "lamps", ISSN)
    assert code not in found(tmp_path, CONFIG.replace(at, at + right, 1), payload)


def test_every_remedy_in_the_configuration_is_tried():
    """Those that concern several records, or DOIs that are minted, are tried where the store is."""
    elsewhere = {
        "doi-missing",
        "doi-planned",
        "doi-pattern-incomplete",
        "doi-pattern-invalid",
        "doi-pattern-mismatch",
        "doi-mint-taken",
        "doi-duplicate",
        "doi-same-article",
        "set-not-configured",
        "journal-not-configured",
        "format-unknown",
        *AT_THE_AGENCY,
    }
    not_one_change = {"issn-check-digit", "article-meta-missing", "format-lacks"}
    named = {code for code, kind in kinds().items() if "[" in kind.fix or "config.toml" in kind.fix}
    assert named - elsewhere - not_one_change == CASES.keys() | WRONG_VALUES.keys()


_VALUE = r'(?:"(?:[^"\\]|\\.)*"|\[(?:"(?:[^"\\]|\\.)*"(?:, )?)+\]|true)'
_LINE = rf'(?:[a-z_]+|"[^"]+") = {_VALUE}'
_TABLE = r'\[(?:[\w.-]|"[^"]*")+\]'
_ADVICE = re.compile(rf"({_LINE})(?: and ({_LINE}))? under ({_TABLE})")
_NEW_TABLE = re.compile(rf"table ({_TABLE}) with ({_LINE})")

# Their remedy changes a value, or deletes a table, that is already in the file.
IN_THE_FILE = {
    "doi-mint-taken",
    "doi-pattern-incomplete",
    "doi-pattern-invalid",
    "doi-same-article",
    "crossref-issn-differs",
    "crossref-issns-apart",
    "prefix-not-registered",
    "prefix-other-agency",
}


def advised(words: str) -> list[dict[str, object]]:
    """The settings in a remedy, each in its tables, as TOML reads them."""
    blocks = [(table, lines) for *lines, table in _ADVICE.findall(words)]
    blocks += [(table, [line]) for table, line in _NEW_TABLE.findall(words)]
    return [tomllib.loads("\n".join([table, *lines])) for table, lines in blocks]


def with_lines(block: dict[str, Any]) -> dict[str, Any]:
    """The configuration with further settings."""
    return merged(tomllib.loads(CONFIG), block)


def merged(one: dict[str, Any], other: dict[str, Any]) -> dict[str, Any]:
    both = {key: merged(one[key], other[key]) for key in one.keys() & other if isinstance(one[key], dict)}
    return {**one, **other, **both}


def problems(words: str) -> list[object]:
    """What is wrong with the settings in a remedy, after they were added to a valid configuration."""
    return [problem for block in advised(words) for problem in schema_problems(with_lines(block))]


@pytest.mark.parametrize("code", [code for code, kind in kinds().items() if kind.who == "configuration"])
def test_remedy_in_the_configuration_has_lines_to_paste(code: str):
    value = ISSN if code == "issn-media-unknown" else 'Said "so"'
    words = remedy(Finding(code, "doi", value, {**kinds()[code].fills, "newest": "5.5.0"}), "lamps", ISSN)
    assert advised(words) or code in IN_THE_FILE
    assert problems(words) == []
    assert re.search(_TABLE, words)


@pytest.mark.parametrize("code", CASES)
def test_lines_for_a_real_record_are_valid(tmp_path: Path, code: str):
    words = remedy(found(tmp_path, CONFIG, CASES[code][0])[code], "lamps", ISSN)
    assert advised(words)
    assert problems(words) == []


def test_remedy_does_not_begin_with_a_pronoun():
    """The remedy is read on its own, where the pronoun would refer to nothing."""
    first = re.compile(r"(?:[A-Z]\w+ ){0,2}(?:it|its|them)\b", re.IGNORECASE)
    assert [code for code, kind in kinds().items() if first.match(kind.fix)] == []
