"""Hypothesis strategies for the data of each stage.

`articles()` draws Articles that the schema accepts, with the worst text that it allows: right-to-left, combining,
beyond the BMP, markup typed as text, formulas. Identifiers have right check digits, so that most articles pass the
rules too. A caller drops the others with `assume`.
"""

from __future__ import annotations

from typing import Literal

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from msgspec.structs import replace
from stdnum import issn
from stdnum.iso7064 import mod_11_2, mod_97_10

from harvester.identifiers import doi_problem
from harvester.model import (
    Abstract,
    Affiliation,
    AltName,
    Article,
    Block,
    Contributor,
    File,
    Funding,
    Issn,
    Journal,
    Keyword,
    LangText,
    License,
    ListBlock,
    Paragraph,
    PubDate,
    Reference,
    Relation,
    Section,
    Title,
)
from harvester.text import Inline, Math, Span, Text, fold, text

# Drawing an article takes thirty milliseconds, so there are fewer examples than of other data.
of_articles = settings(
    max_examples=settings().max_examples * 2 // 5,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)

HOSTILE = (
    "]]>",
    "&amp;",
    "&#38;lt;",
    "<b>bold</b>",
    "<script>alert(1)</script>",
    "<!-- -->",
    "<![CDATA[x]]>",
    "<?xml version='1.0'?>",
    "\"quoted\" 'twice'",
    "=HYPERLINK(1)",
    "p < 0.05 & n > 3",
    "$\\alpha_{2}$",
    "\u202eright to left\u202c",
    "אבג דהו",
    "مجلد العلوم",
    "e\u0301\u0328\u0323",
    "क्षत्रिय",
    "한국어",
    "𝔸𝕓𝕔 \U0002070e",
    "👩‍🔬",
    "H₂O",
    "eff ective",
    "Ð\u00a0Ð¾ÑÑ",
    "\u2028\u2029",
    "ﬁ\u00ad\u200b\ufeff",
    "x" * 3000,
)
# Characters that XML 1.0 allows, without control characters.
ANY = st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufffe\uffff")
LETTERS = st.characters(categories=["Lu", "Ll", "Lo"])
LANGUAGES = st.sampled_from(["en", "ru", "es", "pt", "ar", "he", "zh", "ja", "fil", "zul", "sah"])
FORMULAS = st.sampled_from(
    [
        '<math xmlns="http://www.w3.org/1998/Math/MathML"><mi>x</mi></math>',
        '<math xmlns="http://www.w3.org/1998/Math/MathML"><msup><mi>E</mi><mn>2</mn></msup><mo>&lt;</mo><mn>1</mn></math>',
        '<math xmlns="http://www.w3.org/1998/Math/MathML" display="block"><mfrac><mrow><mi>a</mi><mo>&amp;</mo></mrow>'
        "<mi>б</mi></mfrac></math>",
    ]
)


def characters(max_size: int = 40) -> st.SearchStrategy[str]:
    """Characters that are not all spaces; there may be spaces at the ends."""
    return st.one_of(st.text(ANY, min_size=1, max_size=max_size), st.sampled_from(HOSTILE)).filter(
        lambda value: bool(value.strip(" \u00a0"))
    )


def lines(max_size: int = 40) -> st.SearchStrategy[str]:
    """A short value on one line, with white space folded as by the readers."""
    return st.text(ANY, min_size=1, max_size=max_size).map(fold).filter(bool)


def optional(strategy: st.SearchStrategy[str]) -> st.SearchStrategy[str | None]:
    return st.none() | strategy


STYLES = st.sampled_from(["italic", "bold", "sub", "sup", "sc", "underline", "overline", "mono", "strike"])


def inlines() -> st.SearchStrategy[Inline]:
    leaf: st.SearchStrategy[Inline] = characters() | FORMULAS.map(Math)
    return st.recursive(
        leaf,
        lambda inner: st.builds(Span, style=STYLES, inline=st.lists(inner, min_size=1, max_size=3).map(tuple)),
        max_leaves=4,
    )


def texts() -> st.SearchStrategy[Text]:
    """Text in its normal form, never empty."""
    return st.lists(inlines(), min_size=1, max_size=4).map(text).filter(bool)


@st.composite
def dois(draw: st.DrawFn, prefixes: tuple[str, ...] = ("10.5555", "10.48015")) -> str:
    suffix = st.from_regex(r"[a-zA-Z0-9]([-a-zA-Z0-9._;()/]{0,29}[a-zA-Z0-9])?", fullmatch=True)
    prefix = draw(st.sampled_from(prefixes))
    return draw(suffix.map(lambda end: f"{prefix}/{end}").filter(lambda doi: doi_problem(doi) is None))


@st.composite
def urls(draw: st.DrawFn) -> str:
    path = draw(st.from_regex(r"[a-zA-Z0-9/._~-]{0,20}(\?[a-z]=[a-z0-9&;%=]{0,8}[a-z])?", fullmatch=True))
    host = draw(st.sampled_from(["journal.example", "журнал.example", "journal.example:8080"]))
    return f"{draw(st.sampled_from(['http', 'https', 'HTTPS']))}://{host}/{path.replace('%', '%41')}"


def digits(count: int) -> st.SearchStrategy[str]:
    return st.text("0123456789", min_size=count, max_size=count)


def issn_values() -> st.SearchStrategy[str]:
    """Not 0000-0000, which is what journals without an ISSN write."""
    return digits(7).filter(int).map(lambda seven: f"{seven[:4]}-{seven[4:]}{issn.calc_check_digit(seven)}")


def isni_values() -> st.SearchStrategy[str]:
    return digits(15).map(lambda fifteen: fifteen + str(mod_11_2.calc_check_digit(fifteen)))


def orcids() -> st.SearchStrategy[str]:
    return isni_values().map(lambda n: f"https://orcid.org/{n[:4]}-{n[4:8]}-{n[8:12]}-{n[12:]}")


_CROCKFORD = "0123456789abcdefghjkmnpqrstvwxyz"


def rors() -> st.SearchStrategy[str]:
    def ror(letters: str) -> str:
        number = 0
        for letter in letters:
            number = number * 32 + _CROCKFORD.index(letter)
        return f"https://ror.org/{letters}{mod_97_10.calc_check_digits(str(number))}"

    return st.text(_CROCKFORD, min_size=6, max_size=6).map(lambda six: ror("0" + six))


def affiliations() -> st.SearchStrategy[Affiliation]:
    return st.builds(
        Affiliation,
        name=lines(),
        departments=st.lists(lines().filter(lambda value: len(value) > 1), max_size=2).map(tuple),
        place=optional(lines().filter(lambda value: len(value) > 1)),
        ror=optional(rors()),
        isni=optional(isni_values().map("https://isni.org/isni/{}".format)),
        wikidata=optional(st.sampled_from(["https://www.wikidata.org/entity/Q42"])),
    )


def names() -> st.SearchStrategy[str]:
    """A part of a person's name: letters, spaces, hyphens and apostrophes."""
    return st.builds(
        lambda first, rest: fold(first + rest) or first,
        LETTERS,
        st.text(LETTERS | st.sampled_from(" -'’."), max_size=20),
    )


def persons() -> st.SearchStrategy[Contributor]:
    return st.builds(
        Contributor,
        role=st.sampled_from(["author", "editor", "translator"]),
        surname=names(),
        given=optional(names()),
        suffix=optional(st.sampled_from(["Jr.", "III", "Filho"])),
        lang=optional(LANGUAGES),
        affiliations=st.lists(affiliations(), max_size=2).map(tuple),
        alt_names=st.lists(
            st.builds(AltName, name=names(), lang=LANGUAGES)
            | st.builds(AltName, surname=names(), given=optional(names()), lang=LANGUAGES),
            max_size=2,
        ).map(tuple),
        corresponding=st.booleans(),
        credit=st.lists(st.sampled_from(["software", "writing-original-draft"]), unique=True, max_size=2).map(tuple),
    )


def contributors() -> st.SearchStrategy[tuple[Contributor, ...]]:
    groups = st.builds(Contributor, kind=st.just("group"), name=lines(), role=st.just("author"))
    anonymous = st.builds(
        Contributor, kind=st.just("anonymous"), affiliations=st.lists(affiliations(), max_size=1).map(tuple)
    )
    with_orcid = st.builds(lambda person, orcid: replace(person, orcid=orcid), persons(), orcids())
    return st.lists(
        persons() | with_orcid | groups | anonymous, max_size=4, unique_by=lambda each: each.orcid or id(each)
    ).map(tuple)


def blocks() -> st.SearchStrategy[Block]:
    flat: st.SearchStrategy[Block] = st.builds(Paragraph, text=texts()) | st.builds(
        ListBlock, items=st.lists(texts(), min_size=1, max_size=3).map(tuple), ordered=st.booleans()
    )
    section = st.builds(Section, title=texts(), blocks=st.lists(flat, min_size=1, max_size=2).map(tuple))
    return flat | section


def abstracts() -> st.SearchStrategy[Abstract]:
    return st.builds(Abstract, blocks=st.lists(blocks(), min_size=1, max_size=3).map(tuple), lang=optional(LANGUAGES))


@st.composite
def pub_dates(draw: st.DrawFn) -> PubDate:
    """A date before 2025 that exists in the calendar."""
    month = draw(st.none() | st.sampled_from([*range(1, 13), 21, 24, 31, 34]))
    day = draw(st.none() | st.integers(1, 28)) if month and month <= 12 else None
    media: tuple[Literal["online", "print"] | None, ...] = (None, "online", "print")
    return PubDate(year=draw(st.integers(1665, 2024)), month=month, day=day, medium=draw(st.sampled_from(media)))


def journals() -> st.SearchStrategy[Journal]:
    issns = st.builds(Issn, issn_values(), st.sampled_from(["print", "electronic"]))
    return st.builds(
        Journal,
        titles=st.lists(st.builds(LangText, texts_of_journals(), optional(LANGUAGES)), min_size=1, max_size=2).map(
            tuple
        ),
        abbreviation=optional(lines()),
        issns=st.lists(issns, min_size=1, max_size=2, unique_by=lambda each: each.medium).map(tuple),
        publisher=optional(lines()),
        language=optional(LANGUAGES),
    )


def texts_of_journals() -> st.SearchStrategy[Text]:
    return lines(60).filter(lambda value: any(map(str.isalnum, value))).map(lambda value: (value,))


def licenses() -> st.SearchStrategy[License]:
    return st.builds(
        License,
        url=st.just("https://creativecommons.org/licenses/by/4.0/") | urls(),
        applies_to=st.sampled_from([None, "vor", "am", "tdm"]),
        start_date=optional(st.sampled_from(["2020-01-31", "2024-02-29"])),
    )


def fundings() -> st.SearchStrategy[Funding]:
    return st.builds(
        Funding,
        funder=optional(lines()),
        funder_id=optional(
            st.sampled_from(["https://doi.org/10.13039/501100000780", "https://doi.org/10.13039/100000001"])
        ),
        ror=optional(rors()),
        awards=st.lists(lines(20), max_size=3).map(tuple),
    ).filter(lambda each: each != Funding())


def relations() -> st.SearchStrategy[Relation]:
    return st.one_of(
        st.builds(
            Relation,
            kind=st.sampled_from(["correction", "retraction", "erratum", "addendum"]),
            target=dois(),
            update=st.just(True),
            description=optional(lines()),
            date=optional(st.just("2021-03-04")),
        ),
        st.builds(
            Relation,
            kind=st.sampled_from(["isTranslationOf", "hasPreprint", "isCommentOn", "isSupplementedBy"]),
            target=dois(("10.5555", "10.1000")),
            description=optional(lines()),
        ),
        st.builds(Relation, kind=st.just("hasReview"), target=urls(), target_type=st.just("uri")),
    )


def references() -> st.SearchStrategy[tuple[Reference, ...]]:
    entry = st.fixed_dictionaries(
        {"text": lines(80)},
        optional={
            "doi": dois(("10.1000", "10.1016")),
            "type": st.sampled_from(["journal_article", "book", "web_resource", "other"]),
            "author": lines(),
            "article_title": lines(),
            "journal_title": lines(),
            "volume_title": lines(),
            "series_title": lines(),
            "volume": lines(10),
            "issue": lines(10),
            "first_page": lines(10),
            "elocation_id": lines(10),
            "year": st.sampled_from(["2001", "2001a", "in press"]),
            "edition": lines(10),
            "isbn": st.sampled_from(["978-3-16-148410-0"]),
            "issn": issn_values(),
        },
    )
    return st.lists(entry, max_size=4).map(
        lambda entries: tuple(Reference(key=f"ref{number}", **each) for number, each in enumerate(entries, 1))
    )


def articles() -> st.SearchStrategy[Article]:
    """Articles with everything that a deposit needs, and any of the optional values."""
    return st.builds(
        Article,
        format=st.sampled_from(["jats", "oai_dc"]),
        doi=dois(),
        landing_page=urls(),
        type=optional(st.sampled_from(["research-article", "editorial", "correction"])),
        language=optional(LANGUAGES),
        titles=st.lists(
            st.builds(Title, text=texts(), subtitle=st.just(()) | texts(), lang=optional(LANGUAGES)),
            min_size=1,
            max_size=3,
        ).map(tuple),
        abstracts=st.lists(abstracts(), max_size=2).map(tuple),
        contributors=contributors(),
        journal=journals(),
        volume=optional(lines(10)),
        issue=optional(lines(10)),
        issue_title=optional(lines()),
        issue_year=st.none() | st.integers(1665, 2024),
        dates=st.lists(pub_dates(), min_size=1, max_size=2).map(tuple),
        accepted=st.none() | pub_dates(),
        first_page=optional(lines(10)),
        last_page=optional(lines(10)),
        other_pages=optional(lines(20)),
        elocation_id=optional(lines(10)),
        keywords=st.lists(st.builds(Keyword, lines(20), optional(LANGUAGES)), max_size=3).map(tuple),
        licenses=st.lists(licenses(), max_size=2).map(tuple),
        funding=st.lists(fundings(), max_size=2).map(tuple),
        relations=st.lists(relations(), max_size=2).map(tuple),
        files=st.lists(
            st.builds(File, url=urls(), mime=optional(st.sampled_from(["application/pdf", "text/html"]))), max_size=2
        ).map(tuple),
        references=references(),
        identifiers=st.lists(lines(20), max_size=3).map(tuple),
        provenance=st.just({}) | st.just({"doi": "dc:identifier"}),
    )
