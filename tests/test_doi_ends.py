"""Where a DOI ends, in running text and in addresses."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harvester.doi_ends import doi_at_start, without_trailing
from harvester.identifiers import cited_doi, find_dois

ADDRESSES = [
    ("https://library.example/doi/10.5555/reed.12/abstract", "10.5555/reed.12"),
    ("https://library.example/articles/10.5555/reed.2019.01234/full", "10.5555/reed.2019.01234"),
    ("https://library.example/doi/full/10.5555/reed.12?journalCode=reed20", "10.5555/reed.12"),
    ("https://library.example/content/pdf/10.5555/s11-019-6.pdf", "10.5555/s11-019-6"),
    ("https://library.example/article/10.5555/s11-019-6#Sec2", "10.5555/s11-019-6"),
    ("https://library.example/doi/10.5555/12.34;jsessionid=AB12", "10.5555/12.34"),
    ("https://library.example/article?id=10.5555/reed.12&type=printable", "10.5555/reed.12"),
    ("https://library.example/insight/10.5555/REED-01/full/html", "10.5555/REED-01"),
    ("https://library.example/doi/suppl/10.5555/reed.9b01/suppl_file/reed_si_001.pdf", "10.5555/reed.9b01"),
    ("https://library.example/article/10.5555/reed-1/tables/2", "10.5555/reed-1"),
    ("https://library.example/content/10.5555/reed.12.full", "10.5555/reed.12"),
    ("https://www.biorxiv.example/content/10.1101/2020.01.01.123456v2.full.pdf+html", "10.1101/2020.01.01.123456"),
    ("https://academic.example/reed/article/doi/10.1093/reed/gkz123/5678901", "10.1093/reed/gkz123"),
    ("https://doi.org/10.5555/reed-9?lang=en", "10.5555/reed-9"),
    ("https://doi.org/10.5555/reed-9/", "10.5555/reed-9"),
    ("https://doi.org/10.5555/reed-9#:~:text=Tides", "10.5555/reed-9"),
    ("https://library.example/doi/10.5555/reed.12:~:text=Tides", "10.5555/reed.12"),
    ("https://library.example/doi/10.5555/reed.12/asset/reed.pdf", "10.5555/reed.12"),
    ("https://library.example/doi/10.5555/reed.12/share", "10.5555/reed.12"),
]
NOTES = [
    ("doi:10.5555/reed-2.(In Russ.)", "10.5555/reed-2"),
    ("doi:10.5555/reed-2’s", "10.5555/reed-2"),
    ("«doi:10.5555/reed-2»,", "10.5555/reed-2"),
    ("https://doi.org/10.5555/ru.2(дата обращения: 01.02.2020)", "10.5555/ru.2"),
    ("doi:10.5555/ru.4— Режим доступа", "10.5555/ru.4"),
    ("doi:10.5555/ru.5.Дата обращения: 2020", "10.5555/ru.5"),
    ("https://doi.org/10.5555/reed-4,accessed 2020", "10.5555/reed-4"),
    ("https://doi.org/10.5555/reed-4,2020.", "10.5555/reed-4"),
    ("https://doi.org/10.5555/reed-4.Accessed 2 May 2020", "10.5555/reed-4"),
    ("https://doi.org/10.5555/reed-7[Accessed 2020]", "10.5555/reed-7"),
    ("https://doi.org/10.5555/reed-7(consulté le 2 mai)", "10.5555/reed-7"),
    ("https://doi.org/10.5555/reed-7(InRuss.)", "10.5555/reed-7"),
    ("DOI：10.5555/cn.1，2019", "10.5555/cn.1"),
    ("DOI：10.5555/cn.2（中文）", "10.5555/cn.2"),
    ("10.5555/cn.3。李明", "10.5555/cn.3"),
    ("doi: 10.5555/ar.1، 2019", "10.5555/ar.1"),
    ("(see 10.5555/reed-8)and others", "10.5555/reed-8"),
    ("10.5555/s11-019-6Google Scholar", "10.5555/s11-019-6"),
    ("10.5555/s11-019-6(InChinese)", "10.5555/s11-019-6"),
    ("10.5555/s11-019-6[J].", "10.5555/s11-019-6"),
    ("10.5555/reed.12.URL: https://library.example", "10.5555/reed.12"),
    ("10.5555/reed.12.EDN: ABCDEF", "10.5555/reed.12"),
    ("10.5555/reed.12.Disponível em: 2020", "10.5555/reed.12"),
    ("10.5555/reed.12.PubMed", "10.5555/reed.12"),
    ("10.5555/reed.12.Acesso em: 2 maio 2020", "10.5555/reed.12"),
    ("10.5555/reed.12Consultado el 2 de mayo", "10.5555/reed.12"),
    ("10.5555/reed.12.Diakses 2 Mei", "10.5555/reed.12"),
    ("10.5555/reed.12;Erişim: 2020", "10.5555/reed.12"),
    ("10.5555/reed.12.Último acceso 2020", "10.5555/reed.12"),
    ("10.5555/reed.12.full.pdf+html", "10.5555/reed.12"),
    ("10.5555/reed.2019.01.001.Epub 2019 Jan 5", "10.5555/reed.2019.01.001"),
]
COMPLETE = [
    "10.5555/(SICI)1097-0258(1998)17:15<1661::AID>3.0.CO;2-2",
    "10.5555/0012-9658(2001)082[1655:SIAAGO]2.0.CO;2",
    "10.5555/rs.3.rs-12345/v1",
    "10.5555/reed.12.v2",
    "10.5555/reed.12.acesso.3",
    "10.5555/acesso",
    "10.5555/ACCESS.2019.2890000",
    "10.5555/2.google.12",
    "10.5555/reed(a)",
    "10.5555/full.2019.1",
    "10.5555/full/2019",
    "10.5555/abstract",
    "10.5555/1998-6785/2019-1/7-16",
    "10.5555/reed.xii",
    "10.5555/reed.10.2",
    "10.5555/S0140-6736(20)30183-5",
]
UNCERTAIN = [
    "10.5555/jоurnal.2",  # its second letter is Cyrillic
    "10.5555/ru.2с. 15",
    "10.1093/reed/ gkz123",
    "10.5555/s11192- 019-6",
    "10.5555/1–2",
    "10.5555/S0140-6736(20 )30183-5",
    "10.5555//reed",
    "https://doi.org/10.5555/10.5555/reed",
]


@pytest.mark.parametrize(("text", "doi"), [*ADDRESSES, *NOTES])
def test_what_follows_a_doi_is_cut_off(text, doi):
    assert find_dois(f"Berg A. Reeds, 2019. {text}") == [doi]


@pytest.mark.parametrize("doi", COMPLETE)
def test_what_belongs_to_a_doi_is_kept(doi):
    assert find_dois(f"Berg A. Reeds, 2019. https://doi.org/{doi}.") == [doi]
    assert cited_doi(doi) == doi


@pytest.mark.parametrize("text", UNCERTAIN)
def test_if_the_end_is_uncertain_there_is_no_doi(text):
    assert find_dois(text) == []


@pytest.mark.parametrize(
    ("raw", "doi"),
    [
        ("https://doi.org/10.5555/reed.", "10.5555/reed"),
        ("10.5555/reed;", "10.5555/reed"),
        ("https://library.example/doi/10.5555/reed/abstract", "10.5555/reed"),
        ("10.5555/reed.2;10.5555/reed.3", None),
        ("10.5555/10.5555/reed", None),
        ("10.5555/xxxxx", None),
        ("10.5555/reed 9", None),
        ("see 10.5555/reed", None),
        ("https://library.example/12", None),
    ],
)
def test_the_doi_of_another_work_is_the_whole_value_without_its_tail(raw, doi):
    assert cited_doi(raw) == doi


@given(st.text("abc10./-_;,:()[]?#&v", min_size=1, max_size=30))
def test_what_is_cut_is_always_at_the_end(suffix):
    run = f"10.5555/{suffix}"
    doi = doi_at_start(run, in_address=True)
    assert doi is None or run.startswith(doi)
    assert doi is None or without_trailing(doi) == doi
