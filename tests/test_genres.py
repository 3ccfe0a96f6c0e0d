"""Types that name another work than a journal article, and types that only look like it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harvester.genres import kind_of_other_work

OTHERS = [
    ("info:eu-repo/semantics/doctoralThesis", "thesis"),
    ("masterThesis", "thesis"),
    ("Thesis", "thesis"),
    ("TCC", "thesis"),
    ("پایان نامه کارشناسی ارشد", "thesis"),
    ("Książka", "book"),
    ("کتاب", "book"),
    ("Kapak", "cover"),
    ("Yayın Kurulu", "matter"),
    ("http://purl.org/coar/resource_type/c_0640", "matter"),
    ("Магистерская диссертация", "thesis"),
    ("Trabajo fin de grado", "thesis"),
    ("Praca doktorska", "thesis"),
    ("Глава книги", "book"),
    ("Slides", "image"),
    ("Диссертация дипломная", "thesis"),
    ("İçindekiler", "contents"),
    ("Número completo", "matter"),
    ("Veri seti", "dataset"),
    ("Kitap bölümü", "book"),
    ("박사학위논문", "thesis"),
    ("Luận văn thạc sĩ", "thesis"),
    ("Musical Score", "image"),
    ("Newspaper", "newspaper"),
    ("PhD thesis", "thesis"),
    ("Electronic Thesis or Dissertation", "thesis"),
    ("Thèse ou Mémoire numérique / Electronic Thesis or Dissertation", "thesis"),
    ("Tesis de maestría", "thesis"),
    ("tese de doutorado", "thesis"),
    ("Yüksek lisans", "thesis"),
    ("Автореферат", "thesis"),
    ("博士論文", "thesis"),
    ("硕士论文", "thesis"),
    ("학위논문", "thesis"),
    ("رسالة ماجستير", "thesis"),
    ("数据集", "dataset"),
    ("Poster", "image"),
    ("Tabla de contenido", "contents"),
    ("http://purl.org/coar/resource_type/c_db06", "thesis"),
    ("https://purl.org/coar/resource_type/c_46ec/", "thesis"),
    ("Book", "book"),
    ("Book chapter", "book"),
    ("book_part", "book"),
    ("Capítulo de livro", "book"),
    ("info:eu-repo/semantics/bookPart", "book"),
    ("Dataset", "dataset"),
    ("data set", "dataset"),
    ("http://purl.org/dc/dcmitype/Dataset", "dataset"),
    ("http://purl.org/coar/resource_type/c_ddb1", "dataset"),
    ("preprint", "preprint"),
    ("Pre-print", "preprint"),
    ("Working Paper", "paper"),
    ("StillImage", "image"),
    ("Table of Contents", "contents"),
    ("table-of-contents", "contents"),
    ("TOC", "contents"),
    ("Índice", "contents"),
    ("Cover", "cover"),
    ("Front Cover", "cover"),
    ("front-matter", "matter"),
    ("FrontMatter", "matter"),
    ("Editorial Board", "matter"),
    ("Full issue", "matter"),
    ("Advertisement", "matter"),
]
ARTICLES = [
    "مراجعة كتاب",  # the review of a book
    "Resensi Buku",
    "Recenzja książki",
    "رسالة",  # a letter, or a thesis
    "论文",
    "논문",
    "Presentación",
    "",
    "article",
    "Journal Article",
    "info:eu-repo/semantics/article",
    "Peer-reviewed Article",
    "research-article",
    "book-review",
    "Book review",
    "Review of a dissertation",
    "Reseña de libro",
    "Data paper",
    "Presentation",
    "Poster presentation",
    "Dataset descriptor article",
    "Cover story",
    "Contents analysis",
    "Image of the month",
    "Case report",
    "Report",
    "conferenceObject",
    "brief-report",
    "letter",
    "editorial",
    "Master class",
    "http://purl.org/coar/resource_type/c_6501",
    "http://purl.org/coar/resource_type/c_beb9",
    "10.5555/thesis",
]


@pytest.mark.parametrize(("name", "kind"), OTHERS)
def test_types_of_other_works(name, kind):
    assert kind_of_other_work(name) == kind
    assert kind_of_other_work(name.upper() if not name.startswith(("http", "info")) else name) in (kind, None)


@pytest.mark.parametrize("name", ARTICLES)
def test_types_of_articles(name):
    assert kind_of_other_work(name) is None


@given(st.sampled_from([name for name, _ in OTHERS]), st.sampled_from(["review", "analysis", "commentary", "reseña"]))
def test_a_word_that_is_not_known_makes_it_an_article(name, word):
    if "/" not in name:
        assert kind_of_other_work(f"{name} {word}") is None
