from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harvester import identifiers as ids


@pytest.mark.parametrize(
    ("raw", "doi"),
    [
        ("10.15514/ispras-2019-31(3)-16", "10.15514/ispras-2019-31(3)-16"),
        ("https://doi.org/10.5555/ABC", "10.5555/ABC"),
        ("http://dx.doi.org/doi:10.5555/abc", "10.5555/abc"),
        ("https://doi.org/https://doi.org/10.5555/abc", "10.5555/abc"),
        ("DOI: 10.5555/abc", "10.5555/abc"),
        ("info:doi/10.5555/abc", "10.5555/abc"),
        ("urn:doi:10.5555/abc", "10.5555/abc"),
        ("https://doi.org/10.5555%2Fabc%281%29", "10.5555/abc(1)"),
        ("10.5555/abc%20d", "10.5555/abc%20d"),  # not a URL, so the percent signs belong to the DOI
        ("doi:10.5555/abc%20d", "10.5555/abc%20d"),
        ("https://doi.org/10%2E5555/abc", "10.5555/abc"),
        ("10&#46;5555/abc", "10.5555/abc"),
        ("1\u200b0.5555/abc", "10.5555/abc"),
        ("1\n0.5555/abc", "10.5555/abc"),
        ("10.5555/a&lt;b", "10.5555/a<b"),
        ("10.5555/\n   abc", "10.5555/abc"),
        ("10.5555/abc\u200b", "10.5555/abc"),
        ("doi:10.5555/(SICI)1097&lt;1&gt;3", "10.5555/(SICI)1097<1>3"),
        ("10.5555/a b", None),
        ("10.5555/abc\n10.5555/def", None),
        ("doi:10.5555/abc-10.5555/def", "10.5555/abc-10.5555/def"),  # in one line, so one DOI
        ("https://example.org/?doi=10.1.1.101.3924", None),
        ("11022/0000-0000-1F0B-3", None),
        ("https://hdl.handle.net/10.5555/abc", None),
        ("10.55/abc", None),
        ("", None),
    ],
)
def test_clean_doi(raw, doi):
    assert ids.clean_doi(raw) == doi


@given(st.text())
def test_cleaned_value_is_an_identifier_or_none(raw):
    for clean in (ids.clean_doi, ids.clean_issn, ids.clean_orcid, ids.clean_ror, ids.clean_isni, ids.clean_funder_id):
        value = clean(raw)
        assert value is None or clean(value) == value
    assert all(ids.clean_doi(found) == found for found in ids.find_dois(raw))


def test_dois_in_text():
    text = (
        "Lebedeva M. 2019, no. 1, pp. 7-16. DOI: 10.24866/1998-6785/2019-1/7-16. (In Russ.) "
        "(doi:10.5555/S0140-6736(20)30183-5), https://doi.org/10.5555/(SICI)1097-0258(1998)17:15<1661::AID>3.0.CO;2-2; "
        "10.5555/abc.PMid:22 10.5555/a,10.5555/b see <https://doi.org/10.5555/C> and again 10.5555/c"
    )
    assert ids.find_dois(text) == [
        "10.24866/1998-6785/2019-1/7-16",
        "10.5555/S0140-6736(20)30183-5",
        "10.5555/(SICI)1097-0258(1998)17:15<1661::AID>3.0.CO;2-2",
        "10.5555/abc",
        "10.5555/a",
        "10.5555/b",
        "10.5555/C",
    ]


@pytest.mark.parametrize(
    ("text", "dois"),
    [
        ("10.5555/ahttps://doi.org/10.5555/b", ["10.5555/a", "10.5555/b"]),
        ("10.5555/a10.5555/b", ["10.5555/a", "10.5555/b"]),
        ("10.5555/10.5555/b", []),  # the prefix twice, or a suffix that begins like a DOI
    ],
)
def test_dois_without_a_space_between_them(text, dois):
    assert ids.find_dois(text) == dois


def test_longer_number_does_not_contain_a_doi():
    assert ids.find_dois("pp. 110.5555/a, 3.10.5555/b") == []
    assert ids.find_dois("10.5555/a") == ["10.5555/a"]


def test_dois_are_compared_ignoring_the_case_of_ascii_letters():
    assert ids.fold_doi("10.5555/ABC-XYZ-\u0130") == "10.5555/abc-xyz-\u0130"
    assert ids.fold_doi("10.5555/@[`{-\u0130") == "10.5555/@[`{-\u0130"
    assert ids.doi_prefix("10.5555/abc/def") == "10.5555"


@pytest.mark.parametrize(
    ("raw", "issn", "medium"),
    [
        ("2049-3630", "2049-3630", None),
        ("20493630", "2049-3630", None),
        ("2049\u20133630", "2049-3630", None),
        ("ISSN: 2049-3630", "2049-3630", None),
        ("EISSN: 2049-3630", "2049-3630", "electronic"),
        ("p-ISSN 2049-3630", "2049-3630", "print"),
        ("ISSN 2049-3630 (Online)", "2049-3630", "electronic"),
        ("ISSN (Print) 2049-3630", "2049-3630", "print"),
        ("urn:issn:2049-3630", "2049-3630", None),
        ("https://portal.issn.org/resource/ISSN/2434-561x", "2434-561X", None),
        ("2434-561\u0425", "2434-561X", None),  # a Cyrillic Ha; the check digit shows that X was meant
        ("2049-3631", None, None),
        ("2049-363", None, None),
    ],
)
def test_issn(raw, issn, medium):
    assert ids.typed_issn(raw) == (issn, medium)
    assert ids.clean_issn(raw) == issn


def test_issn_with_a_wrong_check_digit_looks_like_one():
    assert ids.looks_like_issn("2049-3631")
    assert not ids.looks_like_issn("Vol 3")


def test_identifiers_of_people_and_organisations():
    orcid = "https://orcid.org/0000-0002-1825-0097"
    for raw in ("0000-0002-1825-0097", "http://orcid.org/0000-0002-1825-0097/", "ORCID: 0000000218250097"):
        assert ids.clean_orcid(raw) == orcid
    assert ids.clean_orcid("0000-0002-1825-0098") is None
    assert ids.clean_isni("ISNI 0000 0001 2281 955X") == "https://isni.org/isni/000000012281955X"
    assert ids.clean_ror("ror.org/05dxps055") == "https://ror.org/05dxps055"
    assert ids.clean_ror("https://ror.org/05dxps056") is None
    funder = "https://doi.org/10.13039/501100000780"
    for raw in ("http://dx.doi.org/10.13039/501100000780", "10.13039/501100000780", "501100000780"):
        assert ids.clean_funder_id(raw) == funder
    assert ids.clean_funder_id("12345") is None


@pytest.mark.parametrize(
    "raw",
    [
        "0000-0002 1825-0097",
        "0000-00021825-0097",
        "0000-0002-1825-009",
        "0000-0002-1825-00977",
        "\u0660\u0660\u0660\u0660-0002-1825-0097",  # Arabic digits
        "see 0000-0002-1825-0097",
    ],
)
def test_number_in_another_form_is_no_orcid_id(raw):
    assert ids.clean_orcid(raw) is None


@pytest.mark.parametrize("raw", ["05dxps\u0660\u0665\u0665", "05dxp\u017f055", "05dxps0555", "15dxps055", "05dxpu055"])
def test_code_in_another_form_is_no_ror_id(raw):
    assert ids.clean_ror(raw) is None
