"""An article as JATS, as OJS writes it, with what editors add: translations, ROR IDs, funding, references.

As seen in OJS 3.4: the namespace below (ListMetadataFormats gives another one), names inside name-alternatives,
affiliations by rid.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape

from harvester.demo.library import (
    Article,
    Author,
    Citation,
    Institution,
    Issue,
    Journal,
    Part,
    Words,
    institutions,
    name_parts,
    parts,
    published,
    rights_holder,
)

_HEAD = (
    '<article xmlns="https://jats.nlm.nih.gov/publishing/1.1/" xmlns:xlink="http://www.w3.org/1999/xlink" '
    'xmlns:mml="http://www.w3.org/1998/Math/MathML" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" '
    'dtd-version="1.1" specific-use="eps-0.1"'
)


def render(journal: Journal, issue: Issue, article: Article) -> bytes:
    """The <article> element, UTF-8."""
    kind = f' article-type="{article.type}"' if article.type else ""
    lines = [
        f'{_HEAD} xml:lang="{article.language}"{kind}>',
        "<front>",
        *_journal_meta(journal),
        *_article_meta(journal, issue, article),
        "</front>",
        *_back(article),
        "</article>",
    ]
    return "\n".join(lines).encode()


def _journal_meta(journal: Journal) -> Iterator[str]:
    first, *others = journal.title.items()
    translated = "".join(
        f'<trans-title-group xml:lang="{lang}"><trans-title>{escape(title)}</trans-title></trans-title-group>'
        for lang, title in others
    )
    yield f'<journal-meta><journal-id journal-id-type="ojs">{journal.path}</journal-id>'
    yield (
        f'<journal-title-group><journal-title xml:lang="{first[0]}">{escape(first[1])}</journal-title>{translated}'
        "</journal-title-group>"
    )
    for issn, medium in ((journal.issn_electronic, "epub"), (journal.issn_print, "ppub")):
        if issn:
            yield f'<issn pub-type="{medium}">{issn}</issn>'
    if journal.publisher:
        yield f"<publisher><publisher-name>{escape(journal.publisher)}</publisher-name></publisher>"
    yield "</journal-meta>"


def _article_meta(journal: Journal, issue: Issue, article: Article) -> Iterator[str]:
    yield "<article-meta>"
    for doi in (article.doi, *article.other_dois):
        if doi:
            yield f'<article-id pub-id-type="doi">{escape(doi)}</article-id>'
    if article.landing_page:  # otherwise its number on the site is not public
        yield f'<article-id pub-id-type="publisher-id">{article.id}</article-id>'
    section = journal.sections[article.section]
    lang, heading = next(iter(section.items()))
    yield (
        f'<article-categories><subj-group subj-group-type="heading" xml:lang="{lang}">'
        f"<subject>{escape(heading)}</subject></subj-group></article-categories>"
    )
    yield _titles(article)
    yield from _contributors(article)
    yield from _publication(issue, article)
    yield from _permissions(journal, issue, article)
    yield from _links(journal, article)
    yield from _abstracts(article)
    yield from _keywords(article)
    yield from _funding(article)
    yield "</article-meta>"


# ------------------------------------------------------------------------------------------- titles, texts


def _titles(article: Article) -> str:
    """The title group, with the title in the article's own language first, if there is one."""
    order = sorted(article.title, key=lambda lang: lang != article.language)
    if not order:
        return "<title-group><article-title/></title-group>"
    translated = "".join(_translated(article, lang) for lang in order[1:])
    return f"<title-group>{_title(article, order[0])}{translated}</title-group>"


def _title(article: Article, lang: str) -> str:
    subtitle = article.subtitle.get(lang)
    below = f'<subtitle xml:lang="{lang}">{subtitle}</subtitle>' if subtitle else ""
    return f'<article-title xml:lang="{lang}">{article.title[lang]}</article-title>{below}'


def _translated(article: Article, lang: str) -> str:
    subtitle = article.subtitle.get(lang)
    below = f"<trans-subtitle>{subtitle}</trans-subtitle>" if subtitle else ""
    title = f"<trans-title>{article.title[lang]}</trans-title>"
    return f'<trans-title-group xml:lang="{lang}">{title}{below}</trans-title-group>'


def _abstracts(article: Article) -> Iterator[str]:
    for index, lang in enumerate(sorted(article.abstract, key=lambda lang: lang != article.language)):
        name = "trans-abstract" if index else "abstract"
        body = "".join(map(_part, parts(article.abstract[lang])))
        yield f'<{name} xml:lang="{lang}">{body}</{name}>'


def _part(part: Part) -> str:
    paragraphs = "".join(f"<p>{paragraph}</p>" for paragraph in part.paragraphs)
    return f"<sec><title>{part.title}</title>{paragraphs}</sec>" if part.title else paragraphs


def _keywords(article: Article) -> Iterator[str]:
    for lang, words in article.keywords.items():
        yield f'<kwd-group xml:lang="{lang}">{"".join(f"<kwd>{word}</kwd>" for word in words)}</kwd-group>'


# ------------------------------------------------------------------------------------------------- people


def _contributors(article: Article) -> Iterator[str]:
    keys = list(dict.fromkeys(key for author in article.authors for key in author.at))
    ids = {key: f"aff-{number}" for number, key in enumerate(keys, 1)}
    yield '<contrib-group content-type="author">'
    for author in article.authors:
        yield from _contributor(author, ids, article.language)
    yield "</contrib-group>"
    for key, number in ids.items():
        yield from _affiliation(institutions()[key], number, article.language)


def _contributor(author: Author, ids: dict[str, str], language: str) -> Iterator[str]:
    yield '<contrib contrib-type="author" corresp="yes">' if author.corresponding else '<contrib contrib-type="author">'
    if author.orcid:
        yield f'<contrib-id contrib-id-type="orcid" authenticated="false">https://orcid.org/{author.orcid}</contrib-id>'
    if author.group:
        yield f"<collab>{_in(author.group, language)}</collab>"
    else:
        yield from _names(author.name, language)
    for key in author.at:
        yield f'<xref ref-type="aff" rid="{ids[key]}"/>'
    yield "</contrib>"


def _names(names: Words, language: str) -> Iterator[str]:
    yield "<name-alternatives>"
    for index, lang in enumerate(sorted(names, key=lambda lang: lang != language)):
        surname, given, suffix = name_parts(names[lang])
        use = "" if index else ' specific-use="primary"'
        yield (
            f'<name name-style="western"{use} xml:lang="{lang}"><surname>{escape(surname)}</surname>'
            + (f"<given-names>{escape(given)}</given-names>" if given else "")
            + (f"<suffix>{escape(suffix)}</suffix>" if suffix else "")
            + "</name>"
        )
    yield "</name-alternatives>"


def _affiliation(institution: Institution, number: str, language: str) -> Iterator[str]:
    name = f'<institution content-type="orgname">{escape(_in(institution.name, language))}</institution>'
    if institution.ror:
        ror = f'<institution-id institution-id-type="ror">{institution.ror}</institution-id>'
        name = f"<institution-wrap>{ror}{name}</institution-wrap>"
    places = [
        f"<{tag}>{escape(value)}</{tag}>"
        for tag, value in (
            ("addr-line", institution.address or ""),
            ("city", _in(institution.city, language)),
            ("country", _in(institution.country, language)),
        )
        if value
    ]
    yield f'<aff id="{number}">{", ".join([name, *places])}</aff>'


def _in(words: Words, language: str) -> str:
    return words.get(language) or words.get("en") or next(iter(words.values()), "")


# ------------------------------------------------------------------------------------- issue, rights, links


def _publication(issue: Issue, article: Article) -> Iterator[str]:
    if issue.year:
        yield f'<pub-date date-type="collection"><year>{issue.year}</year></pub-date>'
    if date := published(issue, article):
        year, month, day = [*date.split("-"), "", ""][:3]
        elements = "".join(f"<{k}>{v}</{k}>" for k, v in (("day", day), ("month", month), ("year", year)) if v)
        yield f'<pub-date date-type="pub" publication-format="{article.medium}">{elements}</pub-date>'
    for tag, value in (("volume", issue.volume), ("issue", issue.number)):
        if value:
            yield f"<{tag}>{escape(value)}</{tag}>"
    for lang, title in issue.title.items():
        yield f'<issue-title xml:lang="{lang}">{escape(title)}</issue-title>'
    if article.pages:
        first, dash, last = article.pages.partition("–")
        yield f"<fpage>{first}</fpage>" + (f"<lpage>{last}</lpage>" if dash else "")
    if article.elocation:
        yield f"<elocation-id>{article.elocation}</elocation-id>"


def _permissions(journal: Journal, issue: Issue, article: Article) -> Iterator[str]:
    holder, licence = rights_holder(journal, issue), article.licence or journal.licence
    if holder or licence:
        statement = f"<copyright-statement>{escape(holder)}</copyright-statement>" if holder else ""
        terms = f'<license xlink:href="{licence}"><license-p>{licence}</license-p></license>' if licence else ""
        yield f"<permissions>{statement}{terms}</permissions>"


def _links(journal: Journal, article: Article) -> Iterator[str]:
    if article.landing_page:
        page = journal.landing_page(article)
        if article.galley:
            file = page.replace("/view/", "/download/")
            yield f'<self-uri content-type="application/pdf" xlink:href="{file}/{article.galley}"/>'
        yield f'<self-uri xlink:href="{page}"/>'
    for number, related in enumerate(article.related, 1):
        yield (
            f'<related-article id="rel-{number}" related-article-type="{related.type}" ext-link-type="doi" '
            f'xlink:href="{escape(related.doi)}"/>'
        )


def _funding(article: Article) -> Iterator[str]:
    if not article.funding:
        return
    yield "<funding-group>"
    for funding in article.funding:
        funder = f"<institution>{escape(funding.funder)}</institution>"
        if funding.id:
            funder += f'<institution-id institution-id-type="FundRef">{funding.id}</institution-id>'
        awards = "".join(f"<award-id>{escape(award)}</award-id>" for award in funding.awards)
        source = f"<funding-source><institution-wrap>{funder}</institution-wrap></funding-source>"
        yield f"<award-group>{source}{awards}</award-group>"
    yield "</funding-group>"


# --------------------------------------------------------------------------------------------- references


def _back(article: Article) -> Iterator[str]:
    if article.references:
        yield "<back><ref-list>"
        for number, reference in enumerate(article.references, 1):
            yield f'<ref id="R{number}">{_reference(reference)}</ref>'
        yield "</ref-list></back>"


def _reference(reference: str | Citation) -> str:
    if isinstance(reference, str):
        return f"<mixed-citation>{reference}</mixed-citation>"
    people = "".join(map(_cited_person, reference.authors))
    values: Sequence[tuple[str, str | None]] = (
        ("year", reference.year),
        ("article-title" if reference.type == "journal" else "chapter-title", reference.title),
        ("source", reference.source),
        ("publisher-name", reference.publisher),
        ("volume", reference.volume),
        ("issue", reference.issue),
        ("fpage", reference.fpage),
        ("lpage", reference.lpage),
    )
    elements = "".join(f"<{tag}>{value}</{tag}>" for tag, value in values if value)
    doi = f'<pub-id pub-id-type="doi">{escape(reference.doi)}</pub-id>' if reference.doi else ""
    return (
        f'<element-citation publication-type="{reference.type}"><person-group person-group-type="author">{people}'
        f"</person-group>{elements}{doi}</element-citation>"
    )


def _cited_person(name: str) -> str:
    surname, given, _ = name_parts(name)
    return f"<name><surname>{escape(surname)}</surname><given-names>{escape(given)}</given-names></name>"
