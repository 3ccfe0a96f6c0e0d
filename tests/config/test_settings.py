"""The schema is the contract: the Structs have its settings, with the same defaults and choices."""

import re
from typing import Any, Literal, get_args, get_origin

import msgspec
import pytest
from msgspec.structs import fields

from harvester import patterns
from harvester.config import Alerts, Daemon, Source, Web
from harvester.config.formats import DOI_FIELDS, LANDING_PAGE_FIELDS
from harvester.config.problems import schema
from harvester.crossref.limits import DOI_CHARACTERS, LONGEST_DOI_SUFFIX
from harvester.crossref.settings import CrossrefSettings
from harvester.datacite.settings import DataciteSettings
from harvester.doaj.settings import DoajSettings
from harvester.model import Article, JournalFacts, PubDate

TABLES: list[tuple[Any, str, set[str]]] = [
    (Source, "source", {"name"}),
    (CrossrefSettings, "crossref", set()),
    (DataciteSettings, "datacite", set()),
    (DoajSettings, "doaj", set()),
    (JournalFacts, "journal", set()),
    (Daemon, "daemon", set()),
    (Web, "web", set()),
    (Alerts, "alerts", set()),
]
WHOLE = Article(
    format="jats",
    doi="10.12345/x",
    volume="1",
    issue="2",
    first_page="3",
    last_page="4",
    dates=(PubDate(year=2024),),
    identifiers=("5",),
    landing_page="https://j.example/article/view/6",
)
PAIRS = [
    (f"{table}.{field.name}", field, schema()["$defs"][table]["properties"][field.encode_name])
    for struct, table, own in TABLES
    for field in fields(struct)
    if field.name not in own | {"repairs", "doi_pattern", "doi_prefix", "mint_dois"}
]


@pytest.mark.parametrize(("struct", "table", "own"), TABLES)
def test_each_setting_has_its_field(struct, table, own):
    elsewhere = {"doi_pattern", "doi_prefix", "mint_dois"}  # of the table [journals."ISSN".doi]
    names = {field.name for field in fields(struct)} - own - elsewhere
    assert names == set(schema()["$defs"][table]["properties"]) - {"doi"}


def test_defaults_of_schema_and_struct_agree(subtests):
    for name, field, setting in PAIRS:
        if "default" in setting:
            default = field.default_factory() if field.default is msgspec.NODEFAULT else field.default
            with subtests.test(name):
                assert msgspec.json.decode(msgspec.json.encode(default)) == setting["default"]


def test_choices_of_schema_and_struct_agree(subtests):
    for name, field, setting in PAIRS:
        kinds = [field.type, *get_args(field.type)]
        choices = [choice for kind in kinds if get_origin(kind) is Literal for choice in get_args(kind)]
        if choices:
            with subtests.test(name):
                assert choices == setting["enum"]


def test_doi_of_the_crossmark_policy_is_one_that_crossref_accepts():
    pattern = schema()["$defs"]["crossref"]["properties"]["crossmark_policy"]["pattern"]
    suffix = re.fullmatch(r"\^10\\\.\[0-9\]\{4,9\}/\[(.+)\]\{1,(\d+)\}\$", pattern)
    assert suffix
    assert sorted(suffix[1]) == sorted(DOI_CHARACTERS)
    assert int(suffix[2]) == LONGEST_DOI_SUFFIX


@pytest.mark.parametrize("field", LANDING_PAGE_FIELDS)
def test_landing_page_pattern_can_have_each_field(field):
    assert patterns.landing_page(WHOLE, JournalFacts(landing_page=f"https://e.org/{{{field}}}"))


@pytest.mark.parametrize("field", DOI_FIELDS)
def test_doi_pattern_can_have_each_field(field):
    facts = JournalFacts(doi_pattern=f"10.12345/{{{field}}}", doi_prefix="10.12345", issn_print="2049-3630")
    assert list(patterns.dois(WHOLE, facts))


def test_description_of_a_pattern_lists_its_fields():
    journal = schema()["$defs"]
    landing_page = journal["journal"]["properties"]["landing_page"]["description"]
    doi = journal["journal_doi"]["properties"]["pattern"]["description"]
    assert all(f"`{{{name}}}`" in landing_page for name in LANDING_PAGE_FIELDS)
    assert all(f"`{{{name}}}`" in doi for name in DOI_FIELDS)
