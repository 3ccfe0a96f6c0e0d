"""Funders and their award numbers."""

from __future__ import annotations

import pytest

from harvester.formats.jats.funding import funding
from harvester.formats.jats.tree import grouped
from harvester.formats.notes import Notes
from harvester.model import Funding
from tests.formats.jats.reading import article_of, codes, element, meta, read_meta

NSF = "https://doi.org/10.13039/100000001"
FUNDING = [
    (
        "<funding-source>Reed Fund</funding-source><award-id>R-1</award-id>",
        (Funding(funder="Reed Fund", awards=("R-1",)),),
    ),
    (
        "<funding-source><institution-wrap><institution>NSF</institution>"
        "<institution-id institution-id-type='FundRef'>10.13039/100000001</institution-id></institution-wrap>"
        "</funding-source>",
        (Funding(funder="NSF", funder_id=NSF),),
    ),
    (
        "<funding-source><named-content content-type='funder-name'>NSF</named-content>"
        f"<named-content content-type='funder-id'>{NSF}</named-content></funding-source>",
        (Funding(funder="NSF", funder_id=NSF),),
    ),
    (
        "<funding-source id='http://dx.doi.org/10.13039/100000001'>NSF</funding-source>",
        (Funding(funder="NSF", funder_id=NSF),),
    ),
    (
        "<funding-source><institution>R</institution><institution-id>https://ror.org/05dxps055</institution-id></funding-source>",
        (Funding(funder="R", ror="https://ror.org/05dxps055"),),
    ),
    ("<award-id>R-1</award-id><award-id/>", (Funding(awards=("R-1",)),)),
    # One award of two funders; then two awards in one group, each with its own funder.
    (
        "<funding-source>A</funding-source><funding-source>B</funding-source>"
        "<award-id>1</award-id><award-id>2</award-id>",
        (Funding(funder="A", awards=("1", "2")), Funding(funder="B", awards=("1", "2"))),
    ),
    (
        "<funding-source>A</funding-source><award-id>1</award-id><funding-source>B</funding-source><award-id>2</award-id>",
        (Funding(funder="A", awards=("1",)), Funding(funder="B", awards=("2",))),
    ),
    (
        "<award-id>1</award-id><funding-source>A</funding-source><award-id>2</award-id><funding-source>B</funding-source>",
        (Funding(funder="A", awards=("1",)), Funding(funder="B", awards=("2",))),
    ),
]


@pytest.mark.parametrize(("inner", "expected"), FUNDING)
def test_funding(inner, expected):
    assert meta(f"<funding-group><award-group>{inner}</award-group></funding-group>").funding == expected


def test_the_identifier_of_a_funder_is_not_an_award():
    for award in ("10.13039/100000001", "https://doi.org/10.13039/100000001"):
        funders = meta(
            f"<funding-group><award-group><funding-source>NSF</funding-source><award-id>{award}</award-id>"
            "<award-id>10.5555/grant.1</award-id></award-group></funding-group>"
        ).funding
        assert funders == (Funding(funder="NSF", funder_id=NSF, awards=("https://doi.org/10.5555/grant.1",)),)


def test_the_identifier_of_a_funder_is_not_its_name():
    group = "<funding-source>https://doi.org/10.13039/100000001</funding-source><award-id>100000001</award-id>"
    funders = meta(f"<funding-group><award-group>{group}</award-group></funding-group>").funding
    assert funders == (Funding(funder_id=NSF, awards=("100000001",)),)


def test_a_wrong_funder_identifier_is_reported():
    source = "<funding-source>N<institution-id>nonsense</institution-id></funding-source>"
    reading = read_meta(f"<funding-group><award-group>{source}</award-group></funding-group>")
    assert article_of(reading).funding == (Funding(funder="N"),)
    assert codes(reading) == ["funder-id-invalid"]


BEFORE_JATS = [
    (
        "<contract-sponsor>A</contract-sponsor><contract-num>1</contract-num><contract-num>2</contract-num>",
        (Funding(funder="A", awards=("1", "2")),),
    ),
    (
        "<grant-sponsor id='a'>A</grant-sponsor><grant-sponsor>B</grant-sponsor><grant-num rid='a'>1</grant-num>",
        (Funding(funder="A", awards=("1",)), Funding(funder="B")),
    ),
    (
        "<grant-sponsor rid='n'>A</grant-sponsor><grant-sponsor>B</grant-sponsor><grant-num id='n'>1</grant-num>"
        "<grant-num>2</grant-num>",
        (Funding(funder="A", awards=("1",)), Funding(funder="B"), Funding(awards=("2",))),
    ),
]


@pytest.mark.parametrize(("inner", "expected"), BEFORE_JATS)
def test_sponsors_and_numbers_of_nlm_2_3(inner, expected):
    assert funding(grouped(element(inner)), Notes()) == expected


@pytest.mark.parametrize(
    ("inner", "expected"),
    [
        ("<funding-source>Reed Fund; <xref>1</xref></funding-source>", (Funding(funder="Reed Fund"),)),
        ("<funding-source>12-34</funding-source>", ()),
        ("<award-group><award-id>.</award-id></award-group>", ()),
        (
            "<award-group><funding-source>A</funding-source></award-group>"
            "<award-group><funding-source>A</funding-source></award-group>",
            (Funding(funder="A"),),
        ),
        (
            f"<award-group xlink:href='{NSF}'><funding-source>NSF</funding-source></award-group>",
            (Funding(funder="NSF", funder_id=NSF),),
        ),
    ],
)
def test_one_funding_group(inner, expected):
    assert funding(grouped(element(f"<funding-group>{inner}</funding-group>")), Notes()) == expected


@pytest.mark.parametrize(
    ("award", "expected"),
    [
        ("<award-id award-id-type='doi'>10.35802/221400</award-id>", "https://doi.org/10.35802/221400"),
        ("<award-id>https://doi.org/10.35802/221400.</award-id>", "https://doi.org/10.35802/221400"),
        ("<award-id>10.35802/221400</award-id>", "https://doi.org/10.35802/221400"),
        ("<award-id>doi:10.35802/221400</award-id>", "https://doi.org/10.35802/221400"),
        ("<award-id>10.2020/5</award-id>", "10.2020/5"),
        ("<award-id>No. 10.3/5</award-id>", "No. 10.3/5"),
        ("<award-id award-id-type='doi'>221400</award-id>", "221400"),
        ("<award-id>NA15OAR4310080</award-id>", "NA15OAR4310080"),
        ("<award-id>Nil-2019</award-id>", "Nil-2019"),
    ],
)
def test_an_award_is_a_number_or_the_doi_of_a_grant(award, expected):
    notes = Notes()
    group = f"<funding-group><award-group><funding-source>A</funding-source>{award}</award-group></funding-group>"
    assert funding(grouped(element(group)), notes) == (Funding(funder="A", awards=(expected,)),)
    assert notes.findings == []


def test_who_says_that_there_was_no_funding_is_not_a_funder():
    inner = (
        "<funding-group><award-group><funding-source>None</funding-source><award-id>N/A</award-id></award-group>"
        "<funding-source>The authors received no funding.</funding-source></funding-group>"
        "<contract-sponsor>Not applicable</contract-sponsor><grant-sponsor>No Barriers Foundation</grant-sponsor>"
    )
    notes = Notes()
    assert funding(grouped(element(inner)), notes) == (Funding(funder="No Barriers Foundation"),)
    assert sorted(finding.code for finding in notes.findings) == ["funder-none"] * 3 + ["placeholder-value"]
