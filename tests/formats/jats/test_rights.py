"""Licences by their URL."""

from __future__ import annotations

import pytest

from harvester.formats.jats.rights import licenses
from harvester.formats.jats.tree import grouped
from harvester.formats.notes import Notes
from harvester.model import License
from tests.formats.jats.reading import article_of, codes, element, read_meta

BY = "https://creativecommons.org/licenses/by/4.0/"
ND = "https://creativecommons.org/licenses/by-nd/4.0/"
LICENSES = [
    (f"<license xlink:href='{BY}deed.es'/>", (License(url=BY),), []),
    ("<license xlink:href='https://press.example/terms'/>", (License(url="https://press.example/terms"),), []),
    (f"<license><ali:license_ref>{BY}</ali:license_ref></license>", (License(url=BY),), []),
    (
        f"<license><ali:license_ref applies_to='vor' start_date='2020-01-02'>{BY}</ali:license_ref>"
        f"<ali:license_ref specific-use='textmining'>{ND}</ali:license_ref></license>",
        (License(url=BY, applies_to="vor", start_date="2020-01-02"), License(url=ND, applies_to="tdm")),
        [],
    ),
    (
        f"<license><license-p>See <ext-link xlink:href='{BY}'>this</ext-link>.</license-p></license>",
        (License(url=BY),),
        [],
    ),
    (f"<license><license-p>Under {BY}.</license-p></license>", (License(url=BY),), []),
    (f"<license xlink:href='{BY}'><license-p>Under CC BY 4.0.</license-p></license>", (License(url=BY),), []),
    (f"<license xlink:href='{BY}'><license-p>CC BY-NC-ND 4.0</license-p></license>", (), ["license-conflict"]),
    (f"<license xlink:href='{BY.removeprefix('https://')}'/>", (License(url=BY),), []),
    (f"<copyright-statement>Under {BY}.</copyright-statement>", (License(url=BY),), []),
    ("<license><license-p>See https://press.example/help.</license-p></license>", (), ["license-unclear"]),
    ("<license xlink:href='CC BY 4.0'/>", (), ["license-unclear"]),
    ("<license license-type='CC-BY'/>", (), ["license-unclear"]),
    ("<license license-type='open-access'/>", (), []),
    ("<ali:license_ref>CC BY</ali:license_ref>", (), ["license-unclear"]),
    (
        "<license xlink:href='CC BY'><license-p>Creative Commons Attribution.</license-p></license>",
        (),
        ["license-unclear"],
    ),
    ("<license><license-p>Licencia Creative Commons Atribución</license-p></license>", (), ["license-unclear"]),
    ("<copyright-statement>© 2022 The Authors</copyright-statement>", (), ["license-unclear"]),
    # Addresses of no licence, and one that readers cannot open.
    ("<license xlink:href='https://creativecommons.org/licenses/'/>", (), ["license-unclear"]),
    ("<license xlink:href='https://creativecommons.org/licenses/cc-by/4.0'/>", (), ["license-unclear"]),
    ("<license xlink:href='http://localhost/license'/>", (), ["license-unclear"]),
    # The address is also there, or nothing is said.
    (f"<copyright-statement>© 2022</copyright-statement><license xlink:href='{BY}'/>", (License(url=BY),), []),
    (f"<license xlink:href='CC BY'><license-p>See {BY}</license-p></license>", (License(url=BY),), []),
    ("<copyright-year>2022</copyright-year><copyright-holder>The Authors</copyright-holder>", (), []),
    ("<license/>", (), []),
    (
        f"<license><license-p>Under {BY}. The waiver (http://creativecommons.org/publicdomain/zero/1.0/) "
        "applies to the data.</license-p></license>",
        (License(url=BY),),
        [],
    ),
    (f"<license xlink:href='{BY}'/><license xlink:href='{ND}'/>", (), ["license-conflict"]),
    (f"<license xlink:href='{BY}'/><license xlink:href='{BY}'/>", (License(url=BY),), []),
]


@pytest.mark.parametrize(("inner", "expected", "expected_codes"), LICENSES)
def test_licenses(inner, expected, expected_codes):
    reading = read_meta(f"<permissions>{inner}</permissions>")
    assert (article_of(reading).licenses, codes(reading)) == (expected, expected_codes)


@pytest.mark.parametrize(
    ("attributes", "applies_to", "start"),
    [
        ("applies_to='AM'", "am", None),
        ("specific-use='text-mining'", "tdm", None),
        ("applies_to='everything'", None, None),
        ("start_date='2020-01-02T00:00:00Z'", None, "2020-01-02"),
        ("start_date='2020'", None, None),
    ],
)
def test_use_and_start_date_of_a_licence(attributes, applies_to, start):
    reference = f"<license_ref {attributes}>{BY}</license_ref>"
    expected = (License(url=BY, applies_to=applies_to, start_date=start),)
    assert licenses(grouped(element(f"<permissions>{reference}</permissions>")), Notes()) == expected


def test_two_licences_with_different_start_dates_do_not_conflict():
    references = "".join(
        f"<license_ref start_date='{day}'>{url}</license_ref>" for day, url in (("2020-01-02", ND), ("2021-01-02", BY))
    )
    reading = read_meta(f"<permissions><license>{references}</license></permissions>")
    assert [license.url for license in article_of(reading).licenses] == [ND, BY]
    assert codes(reading) == []


def test_a_licence_outside_permissions_is_used_if_there_is_no_other():
    outside = f"<license xlink:href='{ND}'/>"
    assert [license.url for license in licenses(grouped(element(outside)), Notes())] == [ND]
    inside = f"<permissions><license xlink:href='{BY}'/></permissions>"
    assert [license.url for license in licenses(grouped(element(inside + outside)), Notes())] == [BY]


def test_a_url_with_a_space_is_not_a_licence():
    inner = "<permissions><license xlink:href='https://press.example/our terms'/></permissions>"
    assert licenses(grouped(element(inner)), Notes()) == ()
