from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harvester.formats.citation import ParsedCitation
from harvester.formats.citation_profiles import PROFILES, RecordContext
from harvester.formats.pages import parse_pages

TITLE = "On the habits of example beetles"
CONTEXT = RecordContext(titles=(TITLE,), sources=("Annals, New Series",))


def cited(journal, pages=None, **parts):
    return ParsedCitation(journal=journal, pages=parse_pages(pages) if pages else None, **parts)


@pytest.mark.parametrize(
    ("profile", "raw", "expected"),
    [
        (
            "erudit",
            "Revue d’exemple ; vol. 68 no. 3-4 (2015)",
            cited("Revue d’exemple", volume="68", issue="3-4", year=2015),
        ),
        ("erudit", "L’Exemple ; no. 60 (2015)", cited("L’Exemple", issue="60", year=2015)),
        ("scielo", "Revista de Exemplo v.29 n.3 1998", cited("Revista de Exemplo", volume="29", issue="3", year=1998)),
        ("scielo", "Revista v.12 suppl.1 2001", cited("Revista", volume="12", issue="suppl.1", year=2001)),
        ("scielo", "Revista de 1998", None),
        (
            "zenodo",
            "Annals: 29 (1975) no. 4, pp. 750-762",
            cited("Annals", "750-762", volume="29", issue="4", year=1975),
        ),
        ("zenodo", "Annals: 56 (1912) pp. 339-342", cited("Annals", "339-342", volume="56", year=1912)),
        (
            "zenodo",
            "Annals, 29(4), 750-762, (2023-05-01)",
            cited("Annals", "750-762", volume="29", issue="4", year=2023),
        ),
        (
            "hal",
            "Beetles, Elsevier, 2013, 112 (4), pp.25-37. &#x27E8;10.5555/b&#x27E9;",
            None,  # only another dc:source would show which of the two is the journal
        ),
        (
            "hal",
            "Annals, New Series, Wiley, Ltd, 2012, 49 (2), pp.221-228. ⟨10.5555/a⟩",
            cited("Annals, New Series", "221-228", volume="49", issue="2", year=2012, publisher="Wiley, Ltd"),
        ),
        ("hal", "Beetles, 2014, 4, 1301612, 11 p.", cited("Beetles", volume="4", year=2014, elocation_id="1301612")),
        ("hal", "3rd Conference, Jul 2012, Paris, France. pp.49-50", None),
        (
            "eprints",
            f"Doe, J. (2014) {TITLE}. Annals, 28 (15). pp. 1667-1680. ISSN 2049-3630. http://e.example/1",
            cited("Annals", "1667-1680", volume="28", issue="15", issn="2049-3630"),
        ),
        (
            "eprints",
            f"Doe, J. (2014) {TITLE}. Annals, 114 (5). Art. No. 0568.",
            cited("Annals", volume="114", issue="5", elocation_id="0568"),
        ),
        ("eprints", "Doe, J. (2014) Another title. Annals, 28 (15). pp. 1-2.", None),
        ("dspace", "Annals, 94(1) : 183-201.", cited("Annals", "183-201", volume="94", issue="1")),
        ("dspace", "ANNALS, 2010, 12 (4)", cited("ANNALS", volume="12", issue="4", year=2010)),
        (
            "dspace",
            f"Doe, J. (2016). {TITLE}. Annals 3(1): 1-15. DOI: 10.5555/a",
            cited("Annals", "1-15", volume="3", issue="1"),
        ),
        ("dspace", "Proceedings, 2015", None),
        (
            "arxiv",
            "J. Exam. B 215 (2011), no. 12, 2797-2804",
            cited("J. Exam. B", "2797-2804", volume="215", issue="12", year=2011),
        ),
        ("arxiv", "J. Exam. 102, 055501 (2009)", cited("J. Exam.", "055501", volume="102", year=2009)),
        ("arxiv", "to appear in J. Exam.", None),
    ],
)
def test_citations_are_parsed_by_profile(profile, raw, expected):
    assert PROFILES[profile].parse(raw, CONTEXT) == expected


@given(st.sampled_from(sorted(PROFILES)), st.text(max_size=80))
def test_no_string_raises(profile, raw):
    PROFILES[profile].parse(raw, CONTEXT)
