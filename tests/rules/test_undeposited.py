"""Everything that a deposit leaves out is reported, and nothing else."""

import pytest
from msgspec.structs import replace

from harvester import rules
from harvester.crossref import deposit as crossref
from harvester.crossref.settings import CrossrefSettings
from harvester.crossref.versions import NEWEST, VERSIONS
from harvester.findings import sentence
from harvester.model import (
    Affiliation,
    AltName,
    Batch,
    Contributor,
    Funding,
    Policy,
    PubDate,
    Reference,
    Relation,
)
from harvester.rules import undeposited
from tests.rules.samples import POLICY, article, with_person

CROSSMARK = Policy(today="2025-06-15", crossmark=True)
BATCH = Batch(id="b", timestamp=20250615000000000, schema_version=NEWEST)
SETTINGS = CrossrefSettings(depositor_name="A", depositor_email="a@example.org", registrant="A")
UPDATE = Relation(kind="expression_of_concern", target="10.5555/1", update=True)
YEAR, DAY = (PubDate(year=2021),), (PubDate(year=2021, month=3, day=31),)


def codes_of(sample, policy=POLICY):
    return [finding.code for rule in undeposited.RULES for finding in rule(sample, policy)]


@pytest.mark.parametrize(
    ("policy", "dates", "date", "code"),
    [
        (POLICY, DAY, None, "update-without-crossmark"),
        (CROSSMARK, YEAR, None, "update-without-date"),
        (CROSSMARK, YEAR, "2021-04-01", None),
        (CROSSMARK, DAY, None, None),
        (CROSSMARK, (*YEAR, *DAY), None, None),
        (CROSSMARK, (PubDate(year=2021, month=12, day=31),), None, None),
        (CROSSMARK, (PubDate(year=2021, month=12),), None, "update-without-date"),
        (CROSSMARK, (PubDate(year=2021, month=21, day=31),), None, "update-without-date"),  # in spring
    ],
)
def test_an_update_is_reported_as_left_out_exactly_if_the_deposit_lacks_it(policy, dates, date, code):
    relation = Relation(kind=UPDATE.kind, target=UPDATE.target, update=True, date=date)
    sample = article(relations=(relation,), dates=dates)
    assert codes_of(sample, policy) == ([code] if code else [])
    settings = replace(SETTINGS, crossmark_policy="10.5555/policy" if policy.crossmark else None)
    deposit = crossref.build([sample], BATCH, settings)
    assert (b"<update " in deposit) == (code is None)
    assert (b"isRelatedMaterial" in deposit) == (code is not None)


@pytest.mark.parametrize(
    ("code", "path", "sample"),
    [
        ("pages-left-out", "last_page", article(first_page=None)),
        ("pages-left-out", "other_pages", article(first_page=None, last_page=None, other_pages="7, 9")),
        (
            "grid-left-out",
            "contributors[0].affiliations[0].grid",
            with_person(affiliations=(Affiliation(name="A", grid="grid.40263.33"),)),
        ),
        (
            "reference-part-left-out",
            "references[0].volume",
            article(references=(Reference(key="a", volume="1" * 33, author="A"),)),
        ),
        (
            "reference-part-left-out",
            "references[0].isbn",
            article(references=(Reference(key="a", isbn="none", author="A"),)),
        ),
    ],
)
def test_omissions_are_reported(code, path, sample):
    [finding] = rules.check(sample, POLICY)
    assert (finding.code, finding.path) == (code, path)
    assert f">{finding.value}<".encode() not in crossref.build([sample], BATCH, SETTINGS)


CYRILLIC = AltName(surname="Карберри", given="Иосия")
FUNDED = article(funding=(Funding(funder="Fund of Shapes", ror="https://ror.org/021nxhr62"),))


@pytest.mark.parametrize(
    ("lost_in", "path", "sample"),
    [
        ({"5.4.0"}, "contributors[0].alt_names", with_person(alt_names=(CYRILLIC,))),
        ({"5.4.0", "5.3.1"}, "contributors[0].credit", with_person(credit=("software", "validation"))),
        ({"5.3.1"}, "funding[0].ror", FUNDED),
    ],
)
@pytest.mark.parametrize("version", VERSIONS)
def test_values_unsupported_by_a_version_are_reported_exactly_if_the_deposit_lacks_them(lost_in, path, sample, version):
    findings = rules.check(sample, replace(POLICY, schema_version=version))
    assert [(finding.code, finding.path) for finding in findings] == [("version-leaves-out", path)] * (
        version in lost_in
    )
    deposit = crossref.build([sample], replace(BATCH, schema_version=version), SETTINGS).decode()
    words = ("Карберри", "software", FUNDED.funding[0].ror)
    assert any(word in deposit for word in words) == (version not in lost_in)


def test_a_good_article_loses_nothing():
    assert codes_of(article()) == []


def test_the_message_spells_out_the_kind_of_update():
    [finding] = rules.check(article(relations=(UPDATE,)), POLICY)
    assert "expression of concern" in sentence(finding)


def test_other_relations_need_no_crossmark():
    assert codes_of(article(relations=(Relation(kind="isTranslationOf", target="10.5555/1"),))) == []


@pytest.mark.parametrize(
    ("changes", "what"),
    [
        ({"affiliations": (Affiliation(name="A"),)}, "affiliations"),
        ({"credit": ("software",)}, "roles"),
        ({"affiliations": (Affiliation(name="A"),), "corresponding": True}, "affiliations and roles"),
        ({}, None),
    ],
)
def test_omitted_details_of_a_group(changes, what):
    sample = article(contributors=(Contributor(kind="group", name="A Group", **changes),))
    assert [finding.detail["what"] for finding in rules.check(sample, POLICY)] == ([what] if what else [])


def test_a_grid_id_next_to_a_ror_id_is_not_reported():
    both = Affiliation(grid="grid.40263.33", ror="https://ror.org/05gq02987")
    assert codes_of(with_person(affiliations=(both,))) == []


def test_omitted_parts_are_not_reported_if_the_reference_has_text():
    assert codes_of(article(references=(Reference(key="a", text="A. 1999", isbn="none", issue="3" * 40),))) == []
    assert codes_of(article(references=(Reference(key="a", author="A", isbn="978-0-306-40615-7", edition="2"),))) == []
