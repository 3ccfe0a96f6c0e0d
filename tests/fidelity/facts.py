"""The facts in a JATS file and in a deposit, read without any code of the program, so that both can be compared.

A fact is a pair of a kind and a folded value. Folding keeps letters and digits only, in lower case, so that white
space, punctuation added by joining parts, and markup are not differences.
"""

from __future__ import annotations

import html
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator
from urllib.parse import unquote

from lxml import etree

FUNDER_ID = re.compile(r"(https?://(dx\.)?doi\.org/)?10\.13039/\d+")
LANG = "{http://www.w3.org/XML/1998/namespace}lang"
ESCAPED_TAG = re.compile(r"</?(?:i|b|em|strong|sub|sup|u|p|br|span|sc)\b[^<>]*>")

Facts = Counter[tuple[str, str]]

ABSTRACT_TYPES = {None, "", "abstract", "structured", "standard"}
DROPPED = {"xref", "fn", "target", "label", "email", "graphic", "inline-graphic", "private-char", "alternatives"}

# Words that are added between the elements of a citation when they are joined to a text.
ADDED = {"doi", "pmid", "pmcid", "pmc", "editor", "editors", "in", "et", "al", "isbn", "issn", "vol", "no", "pp", "p"}


def fold(text: str) -> str:
    """Letters and digits only. Ligatures and width variants are kept. Escaped markup is removed like markup."""
    if "&" in text or "<" in text:
        text = ESCAPED_TAG.sub("", html.unescape(text))
    composed = unicodedata.normalize("NFC", text).casefold()
    return "".join(ch for ch in composed if unicodedata.category(ch)[0] in "LNM")


def local(node: etree._Element) -> str:
    return etree.QName(node).localname if isinstance(node.tag, str) else ""


def words(node: etree._Element | None, drop: Iterable[str] = DROPPED) -> str:
    """The characters in a node, without dropped elements. Entities that only a DTD defines are looked up."""
    return "" if node is None else "".join(_pieces(node, frozenset(drop)))


def _pieces(node: etree._Element, drop: frozenset[str]) -> Iterator[str]:
    yield node.text or ""
    for child in node:
        if isinstance(child, etree._Entity):
            yield html.unescape(child.text or "")
        elif isinstance(child.tag, str) and (not drop or not _is_dropped(child, drop)):
            yield from _pieces(child, drop)
        yield child.tail or ""


def _is_dropped(node: etree._Element, drop: frozenset[str]) -> bool:
    """Whether a node is not part of the text. TeX is dropped only if the formula has MathML too. A cross-reference in
    an abstract may be a name that the sentence needs."""
    if local(node) == "xref" and len(fold(node.text or "")) > 3:
        return not any(local(up) in ("abstract", "trans-abstract") for up in node.iterancestors())
    if local(node) == "tex-math":
        parent = node.getparent()
        return parent is not None and any(local(sibling) == "math" for sibling in parent.iter())
    return local(node) in drop and not (local(node) == "alternatives" and any(local(n) == "math" for n in node.iter()))


def below(node: etree._Element, *names: str) -> list[etree._Element]:
    """The elements at this path of local names below the node."""
    nodes = [node]
    for name in names:
        nodes = [child for parent in nodes for child in parent if local(child) == name]
    return nodes


def all_text(root: etree._Element) -> str:
    """All text and attribute values of a document, folded: everything that a deposit may contain."""
    parts = list(_pieces(root, frozenset()))
    attributes = [str(value) for node in root.iter() if isinstance(node.tag, str) for value in node.attrib.values()]
    return fold(" ".join([*parts, *attributes, *(unquote(value) for value in attributes if "%" in value)]))


def is_in_source(value: str, source: str) -> bool:
    """Whether the value is in the folded source: as a whole, or word for word if it was joined from parts."""
    return fold(value) in source or all(
        fold(word) in source or fold(word) in ADDED for word in re.split(r"[\s,;:.()/]+", value) if fold(word)
    )


# ----------------------------------------------------------------------------------------- the source


def source_facts(article: etree._Element) -> Facts:
    """The facts in the article that Crossref supports."""
    (front,) = below(article, "front") or below(article, "front-stub") or [article]
    meta = next(iter(below(front, "article-meta")), front)
    facts: list[tuple[str, str]] = []
    facts += [("title", fold(words(node))) for node in _titles(meta)]
    facts += [("abstract", fold(words(block))) for node in _abstracts(meta) for block in _blocks(node)]
    facts += [("abstract-language", lang) for lang in _languages(_abstracts(meta))]
    facts += [("surname", fold(words(node))) for node in _surnames(meta)]
    facts += [("orcid", match) for node in _authors(meta) for match in _orcids(node)]
    for name, kind in (("volume", "volume"), ("issue", "issue"), ("fpage", "first_page"), ("lpage", "last_page")):
        facts += [(kind, _number(node)) for node in below(meta, name)[:1]]
    facts += [("item", fold(words(node))) for node in below(meta, "elocation-id")[:1]]
    facts += [("reference-doi", doi) for ref in _references(article) for doi in _reference_dois(ref)]
    facts += [("doi", fold(words(node, ()).rpartition("doi.org/")[2])) for node in _ids(meta, "doi")[:1]]
    facts += [("licence", url) for url in dict.fromkeys(_licence_urls(meta))]
    facts += [("funder", name) for name in dict.fromkeys(_funders(meta)) if name]
    facts += [("year", fold(words(node))) for node in _publication_years(meta)]
    facts += [
        ("award", value) for value in dict.fromkeys(fold(words(n)) for n in meta.iter() if local(n) == "award-id")
    ]
    return Counter((kind, value) for kind, value in facts if value)


def reference_count(article: etree._Element) -> int:
    """The number of entries in the citation list that are not empty."""
    return sum(bool(fold(words(ref))) for ref in _references(article))


def citation_count(deposit: etree._Element) -> int:
    return sum(local(node) == "citation" for node in deposit.iter())


def surnames(facts: Facts) -> list[str]:
    """The surnames in the order they were read."""
    return [value for kind, value in facts if kind == "surname"]


def _titles(meta: etree._Element) -> list[etree._Element]:
    own = below(meta, "title-group", "article-title")
    return (
        own + below(meta, "title-group", "trans-title") + below(meta, "title-group", "trans-title-group", "trans-title")
    )


def _abstracts(meta: etree._Element) -> list[etree._Element]:
    kinds = ("abstract", "trans-abstract")
    return [node for node in meta if local(node) in kinds and node.get("abstract-type") in ABSTRACT_TYPES]


def _languages(abstracts: Iterable[etree._Element]) -> set[str]:
    """The first two letters of the languages of abstracts, from their own tag or the nearest ancestor with one."""
    with_text = [node for node in abstracts if fold(words(node))]
    tagged = (next((up.get(LANG) for up in (node, *node.iterancestors()) if up.get(LANG)), None) for node in with_text)
    return {tag[:2].lower() for tag in tagged if tag}


def _blocks(abstract: etree._Element) -> list[etree._Element]:
    return [
        node
        for node in abstract.iter()
        if local(node) == "p" and not any(local(up) == "p" for up in node.iterancestors())
    ]


def _authors(meta: etree._Element) -> list[etree._Element]:
    return [
        contrib
        for group in below(meta, "contrib-group")
        for contrib in below(group, "contrib")
        if (contrib.get("contrib-type") or group.get("content-type") or "author") == "author"
    ]


def _surnames(meta: etree._Element) -> list[etree._Element]:
    names = []
    for author in _authors(meta):
        elements = [*below(author, "name"), *below(author, "name-alternatives", "name"), *below(author, "string-name")]
        names += [surname for name in elements[:1] for surname in below(name, "surname")]
    return names


def _orcids(author: etree._Element) -> list[str]:
    ids = [words(node) for node in below(author, "contrib-id")]
    return [match[0].lower() for text in ids for match in [re.search(r"\d{4}-\d{4}-\d{4}-\d{3}[\dXx]", text)] if match]


def _ids(meta: etree._Element, kind: str) -> list[etree._Element]:
    return [node for node in below(meta, "article-id") if node.get("pub-id-type") == kind]


def licence_key(url: str) -> str:
    """A licence URL without the parts in which its spellings differ."""
    bare = re.sub(r"^https?://(www\.)?|/?(deed(\.\w+)?|legalcode(\.\w+)?|index\.html)?/?$", "", url.strip())
    return bare.lower()


def _licence_urls(meta: etree._Element) -> Iterator[str]:
    """The Creative Commons URLs in the attribute of a licence or in ali:license_ref."""
    for node in meta.iter():
        if local(node) in ("license", "license_ref"):
            url = node.get("{http://www.w3.org/1999/xlink}href") or (node.text or "")
            if "creativecommons.org/" in url:
                yield licence_key(url)


def _funders(meta: etree._Element) -> Iterator[str]:
    for node in meta.iter():
        if local(node) == "funding-source":
            named = [words(inner) for inner in node.iter() if local(inner) == "institution"]
            yield fold(named[0] if named else FUNDER_ID.sub("", words(node, (*DROPPED, "institution-id"))))


def _publication_years(meta: etree._Element) -> list[etree._Element]:
    """The years of the publication dates with a known medium."""
    typed = [
        node
        for node in below(meta, "pub-date")
        if node.get("pub-type") in ("epub", "ppub")
        or (node.get("date-type") == "pub" and node.get("publication-format") in ("electronic", "print", "epub"))
    ]
    return [year for node in typed[:1] for year in below(node, "year")]


def lost_affiliations(article: etree._Element, deposit: etree._Element) -> list[str]:
    """The institutions with a word that is in no affiliation of the deposit, however the affiliation was split."""
    (meta,) = (node for front in below(article, "front") for node in below(front, "article-meta"))
    deposited = fold(" ".join(words(node, ()) for node in deposit.iter() if local(node) == "institution"))
    return [name for name in _institutions(meta) if not all(fold(word) in deposited for word in re.split(r"\W+", name))]


def _institutions(meta: etree._Element) -> Iterator[str]:
    """The institutions of the affiliations that an author refers to, as the source spells them."""
    referenced = {
        rid
        for author in _authors(meta)
        for ref in below(author, "xref")
        if ref.get("ref-type") == "aff"
        for rid in (ref.get("rid") or "").split()
    }
    for node in meta.iter():
        if local(node) == "aff" and node.get("id") in referenced:
            named = [n for n in node.iter() if local(n) == "institution"]
            whole = [n for n in named if n.get("content-type") == "orgname"] or [
                n for n in named if n.get("content-type") not in ("original", "normalized", "dept")
            ]
            yield from (words(n) for n in whole[:1])


def _references(article: etree._Element) -> list[etree._Element]:
    lists = [node for back in below(article, "back") for node in back.iter() if local(node) == "ref-list"]
    return [ref for ref_list in lists for ref in below(ref_list, "ref")]


def _number(node: etree._Element) -> str:
    """The number as written; empty for zeros, which mean that the article is in no issue yet."""
    number = fold(words(node))
    return number if number.strip("0") else ""


def _reference_dois(ref: etree._Element) -> list[str]:
    """The tagged DOIs. With a blank inside it is no DOI, and a view of its page is not part of it."""
    typed = [node for node in ref.iter() if local(node) == "pub-id" and node.get("pub-id-type") == "doi"]
    matches = [re.search(r"10\.\d{4,9}/\S+?(?=(?:/abstract)?\s*$)", words(node, ())) for node in typed]
    return [fold(match[0]) for match in matches if match]


# ----------------------------------------------------------------------------------------- the deposit

ARTICLE_VALUES = {
    "title", "subtitle", "surname", "given_name", "suffix", "organization", "institution_name", "institution_place",
    "institution_department", "first_page", "last_page", "item_number", "identifier", "volume", "issue", "full_title",
    "abbrev_title", "author", "journal_title", "article_title", "volume_title", "series_title", "cYear", "doi",
    "unstructured_citation", "p", "string-name", "elocation_id", "edition_number", "isbn",
}  # fmt: skip


def deposit_facts(deposit: etree._Element) -> Facts:
    """The facts in the deposit of one article, with the same kinds as `source_facts`."""
    (article,) = (node for node in deposit.iter() if local(node) == "journal_article")
    facts: list[tuple[str, str]] = []
    facts += [("title", fold(words(node, ()))) for node in below(article, "titles", "title")]
    facts += [
        ("abstract", fold(words(node, ())))
        for abstract in below(article, "abstract")
        for node in abstract.iter()
        if local(node) == "p"
    ]
    facts += [("abstract-language", lang) for lang in _languages(below(article, "abstract"))]
    facts += [("surname", fold(words(node, ()))) for node in below(article, "contributors", "person_name", "surname")]
    facts += [
        ("orcid", words(node).rpartition("/")[2].lower())
        for node in below(article, "contributors", "person_name", "ORCID")
    ]
    issues = [node for node in deposit.iter() if local(node) == "journal_issue"]
    facts += [("volume", fold(words(node))) for issue in issues for node in below(issue, "journal_volume", "volume")]
    facts += [("issue", fold(words(node))) for issue in issues for node in below(issue, "issue")]
    facts += [
        (name, fold(words(node))) for name in ("first_page", "last_page") for node in below(article, "pages", name)
    ]
    facts += [("item", fold(words(node))) for node in below(article, "publisher_item", "item_number")]
    facts += [("reference-doi", fold(words(node))) for node in below(article, "citation_list", "citation", "doi")]
    facts += [
        ("award", fold(words(node))) for node in article.iter() if node.get("name") in ("award_number", "grant_doi")
    ]
    facts += [("doi", fold(words(node))) for node in below(article, "doi_data", "doi")]
    facts += [("licence", licence_key(words(node))) for node in article.iter() if local(node) == "license_ref"]
    facts += [("funder", fold(node.text or "")) for node in article.iter() if node.get("name") == "funder_name"]
    facts += [("year", fold(words(node))) for node in below(article, "publication_date", "year")]
    return Counter((kind, value) for kind, value in facts if value)


def deposit_values(deposit: etree._Element) -> Iterator[tuple[str, str]]:
    """The values in the deposit that must come from the source or the configuration: element name and text."""
    for node in deposit.iter():
        if (
            isinstance(node.tag, str)
            and local(node) in ARTICLE_VALUES
            and not any(local(c) in ARTICLE_VALUES for c in node)
        ):
            yield local(node), words(node, ())
