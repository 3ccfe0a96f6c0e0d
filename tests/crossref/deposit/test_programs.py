from __future__ import annotations

from msgspec.structs import replace

from harvester.crossref import bundles
from harvester.model import Funding, License, PubDate, Relation
from tests.crossref.deposit.deposits import Deposit, build, deposit
from tests.crossref.deposit.test_fixtures import fixture

POLICY = "10.12345/crossmark"
PLAIN = replace(fixture("translation"), relations=())


def article(**fields):
    return replace(PLAIN, **fields)


class TestFunding:
    fund = Funding(funder="Rivers", funder_id="https://doi.org/10.13039/501100000780", awards=("1", "2"))

    def test_the_identifier_stands_inside_the_name(self) -> None:
        found = deposit(article(funding=(self.fund,)))
        inside = "//fr:assertion[@name='funder_name']/fr:assertion[@name='funder_identifier']"
        assert found.texts(inside) == [self.fund.funder_id]

    def test_one_funder_needs_no_group_and_several_do(self) -> None:
        group = "//fr:assertion[@name='fundgroup']"
        assert deposit(article(funding=(self.fund,))).count(group) == 0
        found = deposit(article(funding=(self.fund, Funding(funder="Lakes", awards=("3",)))))
        assert found.texts(f"{group}/fr:assertion[@name='award_number']") == ["1", "2", "3"]
        assert found.count(group) == 2

    def test_a_ror_is_written_where_the_schema_has_it(self) -> None:
        lakes = article(funding=(Funding(ror="https://ror.org/02jx3x895"),))
        assert deposit(lakes, "5.4.0").texts("//fr:assertion[@name='ror']") == ["https://ror.org/02jx3x895"]
        assert deposit(lakes, "5.3.1").count("//fr:program") == 0

    def test_the_doi_of_a_grant_is_no_award_number_where_the_schema_knows_it(self) -> None:
        lakes = article(funding=(Funding(funder="Lakes", awards=("https://doi.org/10.35802/221400", "7")),))
        found = deposit(lakes)
        assert found.texts("//fr:assertion[@name='grant_doi']") == ["10.35802/221400"]
        assert found.texts("//fr:assertion[@name='award_number']") == ["7"]
        older = deposit(lakes, "5.4.0")
        assert older.texts("//fr:assertion[@name='award_number']") == ["https://doi.org/10.35802/221400", "7"]


class TestLicences:
    def test_say_what_the_source_says_and_no_more(self) -> None:
        url = "https://creativecommons.org/licenses/by/4.0/"
        found = deposit(
            article(licenses=(License(url=url), License(url=url, applies_to="tdm", start_date="2021-01-02")))
        )
        assert found.texts("//ai:license_ref") == [url, url]
        assert found.texts("//ai:license_ref/@*") == ["2021-01-02", "tdm"]
        assert found.count("//ai:free_to_read") == 0


class TestRelations:
    def test_are_of_the_family_that_relations_xsd_gives_them(self) -> None:
        found = related(
            Relation(kind="isTranslationOf", target="10.1234/1"), Relation(kind="isReviewOf", target="10.1234/2")
        )
        assert found.texts("//rel:intra_work_relation[@relationship-type='isTranslationOf']") == ["10.1234/1"]
        assert found.texts("//rel:inter_work_relation[@relationship-type='isReviewOf']") == ["10.1234/2"]

    def test_a_kind_that_crossref_does_not_know_is_left_out(self) -> None:
        assert related(Relation(kind="isCousinOf", target="10.1234/1")).count("//rel:program") == 0


class TestUpdates:
    retraction = Relation(kind="retraction", target="10.1234/1", update=True, date="2021-05-30")
    undated = Relation(kind="correction", target="10.1234/2", update=True)

    def test_live_in_crossmark_where_a_policy_is_configured(self) -> None:
        found = related(self.retraction, crossmark_policy=POLICY)
        assert found.texts("//c:crossmark/c:crossmark_policy") == [POLICY]
        assert found.texts("//c:update[@type='retraction'][@date='2021-05-30']") == ["10.1234/1"]
        assert found.count("//rel:program") == 0

    def test_without_a_date_take_the_day_the_notice_was_published(self) -> None:
        notice = article(relations=(self.undated,), dates=(PubDate(year=2021, month=6, day=1),))
        assert deposit(notice, crossmark_policy=POLICY).texts("//c:update/@date") == ["2021-06-01"]

    def test_without_any_day_are_a_relation(self) -> None:
        found = related(self.undated, self.retraction, crossmark_policy=POLICY)
        assert found.texts("//c:update") == ["10.1234/1"]
        assert found.texts("//rel:inter_work_relation[@relationship-type='isRelatedMaterial']") == ["10.1234/2"]
        assert found.texts("//rel:description") == ["correction"]

    def test_without_a_policy_are_relations_that_say_what_they_are(self) -> None:
        found = related(replace(self.retraction, kind="expression_of_concern", description="The map"))
        assert found.count("//c:crossmark") == 0
        assert found.texts("//rel:description") == ["expression of concern: The map"]

    def test_crossmark_takes_funding_and_licences_in(self, schema: bundles.Schema) -> None:
        full = article(
            relations=(self.retraction,),
            funding=(Funding(funder="Rivers"),),
            licenses=(License(url="https://creativecommons.org/licenses/by/4.0/"),),
        )
        assert deposit(full, crossmark_policy=POLICY).count("//c:crossmark/c:custom_metadata/*") == 2
        assert schema.validate(build(full, schema.version, crossmark_policy=POLICY)) == []


def related(*relations: Relation, **options) -> Deposit:
    return deposit(article(relations=relations, dates=(PubDate(year=2021),)), **options)
