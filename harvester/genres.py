"""Types of works that are not journal articles, in the words and addresses that repositories and journals use."""

from __future__ import annotations

import re
from functools import lru_cache

# Nouns by what they name. A type is one of these if it has a noun, and otherwise only words that may be next to it:
# "Doctoral Thesis" and "Tesis de maestría" are theses, "Dissertation review" and "Data paper" are articles.
_NOUNS = {
    "thesis": "thesis theses dissertation dissertations etd tesis tese teses dissertação dissertações thèse thèses "
    "doktorarbeit masterarbeit bachelorarbeit diplomarbeit habilitationsschrift abschlussarbeit tesi disertación "
    "диссертация автореферат дисертація skripsi disertasi tez tezi proefschrift rozprawa avhandling väitöskirja "
    "disertace habilitace habilitation kandidatspeciale doktorarbeiten doktorska magisterska "
    "doctoralthesis masterthesis bachelorthesis phdthesis mastersthesis 学位論文 博士論文 修士論文 "
    "学位论文 博士论文 硕士论文 博士学位论文 硕士学位论文 학위논문 أطروحة tcc",
    "book": "book books bookpart bookchapter monograph monographs ebook libro libros livro livros livre livres ouvrage "
    "buch bücher buchkapitel книги monographie monografía monografia kniha книга монография buku kitap 図書 "
    "图书 książka książki كتاب کتاب 책",
    "dataset": "dataset datasets 数据集 數據集 데이터세트 데이터셋 データセット databank datensatz forschungsdaten",
    "preprint": "preprint preprints",
    "software": "software",
    "image": "image images stillimage movingimage photograph photographs video audio sound audiovisual "
    "physicalobject interactiveresource",
    "patent": "patent patents",
    "contents": "toc inhaltsverzeichnis оглавление sumario sumário sommaire 目次 目录 içindekiler",
    "cover": "cover covers portada capa couverture titelblatt обложка kapak sampul okładka 封面 표지",
    "matter": "frontmatter backmatter masthead imprint impressum advertisement advertisements advertising",
}
_MAY_BE_NEXT_TO_NOUNS = (
    "a an and or the of in for de del di da do dos du des la le od pour ou и mémoire numérique "
    "doctoral doctor doctorate phd ph d dphil master masters s msc ma bachelor bachelors ba bsc diploma licentiate "
    "degree "
    "graduate undergraduate postgraduate honors honours electronic final project university college "
    "doctorado maestría maestria grado pregrado posgrado licenciatura fin doutorado mestrado doutoramento graduação "
    "doctorat maîtrise dottorato laurea doctorale doktorska magisterska disertační "
    "кандидатская докторская магистерская бакалаврская дипломная "
    "doktora yüksek lisans research edited reference printed digital e front back page open computer other "
    "chapter part section capítulo capitulo chapitre kapitel глава bölüm práce praca"
)
_BESIDE = frozenset(_MAY_BE_NEXT_TO_NOUNS.split())
# Types of several words, none of which is enough alone.
_PHRASES = {
    "thesis": ["doktora", "yüksek lisans", "mémoire", "mémoire de master", "thèse ou mémoire", "praca doktorska",
               "luận văn thạc sĩ", "luận án tiến sĩ", "박사학위논문", "석사학위논문",
               "praca magisterska", "trabajo fin de grado", "trabajo de fin de grado", "trabajo fin de máster",
               "trabajo de fin de máster", "trabalho de conclusão de curso",
               "أطروحة دكتوراه", "رسالة دكتوراه", "رسالة ماجستير", "پایان نامه",
               "پایان نامه کارشناسی ارشد", "رساله دکتری", "автореферат диссертации",
               "disertační práce", "diplomová práce"],
    "book": ["chapter", "book chapter", "book part", "book section", "capítulo", "chapitre", "kitap bölümü",
             "bab buku", "rozdział", "rozdział książki", "فصل کتاب", "فصل من كتاب"],
    "dataset": ["data set", "research data", "datos de investigación", "conjunto de datos", "conjunto de dados",
                "veri seti", "jeu de données", "набор данных", "supplementary data set"],
    "preprint": ["pre print", "posted content"],
    "paper": ["working paper", "technical report", "discussion paper"],
    "software": ["computer program", "source code"],
    "image": ["still image", "moving image", "physical object", "interactive resource", "learning object",
              "learning material", "course material", "teaching material", "musical score", "musical notation", "map",
              "sheet music", "plan or blueprint", "animation", "image 3 d", "slides",
              "conference poster", "poster", "conference presentation"],
    "newspaper": ["newspaper", "newspaper article", "magazine"],
    "contents": ["table of contents", "contents", "issue contents", "tabla de contenidos", "tabla de contenido",
                 "índice", "daftar isi", "table des matières", "содержание"],
    "matter": ["front matter", "back matter", "editorial board", "editorial team", "author index", "subject index",
               "index", "whole issue", "full issue", "complete issue", "journal issue", "número completo", "issue",
               "yayın kurulu", "tüm sayı", "jenerik", "cały numer"],
}  # fmt: skip
# Types in COAR's vocabulary, by the end of their addresses: http://purl.org/coar/resource_type/c_db06.
_COAR = {
    "thesis": "c_46ec c_db06 c_bdcc c_7a1f",
    "book": "c_2f33 c_3248",
    "dataset": "c_ddb1",
    "preprint": "c_816b",
    "software": "c_5ce6",
    "matter": "c_0640",
    "newspaper": "c_2fe3 c_998f",
    "image": "c_6670 c_c513 c_ecc8 c_8a7e c_12ce c_18cc c_e9a0",
    "patent": "c_15cd",
    "paper": "c_8042 c_18gh",
}
_KIND_OF_NOUN = {noun: kind for kind, nouns in _NOUNS.items() for noun in nouns.split()}
_KIND_OF_PHRASE = {phrase: kind for kind, phrases in _PHRASES.items() for phrase in phrases}
_KIND_OF_COAR = {code: kind for kind, codes in _COAR.items() for code in codes.split()}
_COAR_CODE = re.compile(r".*/(c_[0-9a-z]{4,8})[/#]?", re.IGNORECASE)
_VOCABULARY = re.compile(r"(?:info:eu-repo/semantics/|https?://\S+/(?=[^/]+$))", re.IGNORECASE)
_CAMEL = re.compile(r"(?<=[a-zß-ÿ])(?=[A-Z])")
_WORD = re.compile(r"[^\W_]+")


@lru_cache(1 << 10)
def kind_of_other_work(type_name: str) -> str | None:
    """What a type names if it is not a journal article: `thesis`, `dataset`, …; `None` if it may be one.

    >>> kind_of_other_work("info:eu-repo/semantics/doctoralThesis"), kind_of_other_work("Book review")
    ('thesis', None)
    """
    if match := _COAR_CODE.fullmatch(type_name.strip()):
        return _KIND_OF_COAR.get(match[1].lower())
    words = _WORD.findall(_CAMEL.sub(" ", _VOCABULARY.sub("", type_name)).replace("İ", "i").casefold())
    if kind := _KIND_OF_PHRASE.get(" ".join(words)):
        return kind
    nouns = [_KIND_OF_NOUN[word] for word in words if word in _KIND_OF_NOUN]
    others = [word for word in words if word not in _KIND_OF_NOUN]
    return nouns[0] if nouns and _BESIDE.issuperset(others) else None
