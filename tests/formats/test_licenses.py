from __future__ import annotations

import pytest

from harvester.formats.licenses import canonical_license, contradicts, find_licenses, licenses_of_article

CC = "https://creativecommons.org/"


@pytest.mark.parametrize(
    ("raw", "url"),
    [
        ("https://creativecommons.org/licenses/by-nc-nd/4.0", "licenses/by-nc-nd/4.0/"),
        ("http://www.creativecommons.org/licenses/BY/4.0/deed.es", "licenses/by/4.0/"),
        ("CC <a href='http://creativecommons.org/licenses/by/3.0/es/'>", "licenses/by/3.0/es/"),
        ("https://creativecommons.org/licenses/by/3.0/es/deed.es_ES", "licenses/by/3.0/es/"),
        ("https://creativecommons.org/licenses/by/3.0/igo", "licenses/by/3.0/igo/"),
        ("http://creativecommons.org/publicdomain/zero/1.0/legalcode", "publicdomain/zero/1.0/"),
        ("as in https://creativecommons.org/licenses/by/4.0.", "licenses/by/4.0/"),
        ("https://creativecommons.org/licenses/byte/4.0/", None),
        ("Copyright (c) 2020 CC BY 4.0", None),
        ("https://creativecommons.org/licenses/by/99.0/", None),
        ("https://creativecommons.org/licenses/by/4", None),
        ("https://creativecommons.org/licenses/by%2F4.0", None),
        ("https://creativecommons.org/licenses/by/2.5/", "licenses/by/2.5/"),
        ("https://creativecommons.org/licenses/by/", "licenses/by/"),
        ("cc_by", None),
    ],
)
def test_canonical_form(raw, url):
    assert canonical_license(raw) == (CC + url if url else None)


def test_two_licences_have_no_single_url():
    text = f"{CC}licenses/by/4.0/ or {CC}licenses/by-nc/4.0/ or {CC}licenses/by/4.0/deed.ru"
    assert find_licenses(text) == [f"{CC}licenses/by/4.0/", f"{CC}licenses/by-nc/4.0/"]
    assert canonical_license(text) is None


BY_4 = "https://creativecommons.org/licenses/by/4.0/"
ZERO = "https://creativecommons.org/publicdomain/zero/1.0/"
WAIVERS = [
    (f"Under {BY_4}. The waiver ({ZERO}) applies to the data made available in this article.", [BY_4]),
    (f"The metadata are in the public domain ({ZERO}). The article has the licence {BY_4}.", [BY_4]),
    (f"Licence: {BY_4}! Datasets: see {ZERO}.", [BY_4]),
    (f"The article and its data: {ZERO}", [ZERO]),  # nothing else
    (f"Version 1: {BY_4}. Version 2: {ZERO}.", [BY_4, ZERO]),
]


@pytest.mark.parametrize(("text", "urls"), WAIVERS)
def test_a_waiver_for_the_data_is_not_the_licence_of_the_article(text, urls):
    assert licenses_of_article(text) == urls


@pytest.mark.parametrize(
    ("words", "contradicts_it"),
    [
        ("Under CC BY-NC-ND 4.0.", True),
        ("CC-BY-SA", True),
        ("Under a CC BY 4.0 licence.", False),
        ("CC BY; figures from others CC BY-NC", False),
        ("Creative Commons", False),
        ("", False),
    ],
)
def test_words_that_name_another_licence(words, contradicts_it):
    assert contradicts(BY_4, words) is contradicts_it
    assert not contradicts("https://press.example/terms", words)
