"""Names of people and groups in one piece (mapping D6). A name is split only where the source shows how."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Literal, NamedTuple

from msgspec import structs

from harvester.formats.degrees import tidied, without_degrees_behind, without_email
from harvester.formats.html import inline_from_html
from harvester.formats.placeholders import is_placeholder, names_nobody, real_name
from harvester.formats.several import names_several, vocabulary, with_plain_separators
from harvester.identifiers import clean_orcid
from harvester.model import Affiliation, Contributor, Finding, Hints
from harvester.text import fold, plain

_SUFFIXES = {
    "jr": "Jr.",
    "sr": "Sr.",
    "ii": "II",
    "iii": "III",
    "iv": "IV",
    "filho": "Filho",
    "neto": "Neto",
    "júnior": "Júnior",
    "junior": "Junior",
    "sobrinho": "Sobrinho",
}

_ONLY_SUFFIX = re.compile(r"(?:[JjSs]r|I{2,3}|IV)\.?")
# A suffix after given names. `Filho` there may be a name.
_NUMBERED = re.compile(r"(?P<given>.*[^\W\d_].*)\s(?P<suffix>[JjSs]r|I{2,3}|IV)\.?")

# Words that are common in names of organisations and rare in names of people. Whole words only.
_ORGANISATION_WORDS = r"""
universit(?:y|ies|é|à|ät|eit|et|as|atea|ate) universidade? univerzita uniwersytet üniversitesi
университет\w* університет\w* institut(?:e|es|o|os|ion)? институт\w* інститут\w* college faculty
faculdade facultad faculté факультет\w*
department departamento département кафедра laborator(?:y|ies|io|ium) laboratório laboratoire лаборатория
academy academia académie академи\w+ академія cent(?:er|re)\sfor centro\sd[aeo]s? центр hospital museum library
collaborations? consorti(?:um|a) consórcio consorcio committees? comité comitê комитет
commission comisión comissão комиссия ministry ministério ministerio ministère министерств\w+ міністерств\w+
kementerian fakultas yayasan perpustakaan bakanlığı derneği vakfı enstitüsü fakültesi hastanesi
association associação asociación ассоциация society societ(?:à|as) sociedade? société общество
foundation fundação fundación organi[sz]ation организаци\w+ організаці\w+ council agency group grupo gruppe группа
task\sforce network team various varios diversos authors autores auteurs autoren авторы
redaction redacción redação редакция редколлегия editorial\s(?:board|office|team|staff) editors? extension\sservice
kurulu kurumu redaksi redakcyjne redakcja коллегия equip[eo]\seditorial
rada\sredakcyjna editor-in-chief conselho consejo bundes(?:ministerium|institut|amt)
bureau\sof bank\sof
inc ltd llc gmbh
"""
_ORGANISATION = re.compile(
    rf"(?<![\w'\u2019-])(?:{'|'.join(_ORGANISATION_WORDS.split())})(?![\w-])",
    re.IGNORECASE,
)
# The same in scripts without blanks between words, and in Arabic letters. 병원 and 연구 are given names too: 김병원.
_INSTITUTION = re.compile(
    "大学|大學|学院|學院|研究[所院]|医院|醫院|病院|公司|学校|學校|实验室|實驗室|"
    "[协協]会|協會|学会|學會|委[员員]会|委員會|编辑部|編輯部|編集部|"
    "대학교|대학원|위원회|편집부|[가-힣]{3,}(?:병원|연구[소원]|센터|학회|협회|학교)|"
    r"\b(?:جامعة|كلية|وزارة|مركز|جمعية|مؤسسة|مستشفى|معهد|هيئة|هیئت|دانشگاه|پژوهشگاه|دانشکده|موسسه|انجمن)\b"
)
# Organisations that are known by their initials, and are written as authors like that. None is a name in this spelling.
_ACRONYMS = vocabulary(
    """
CERN NIH NASA NOAA USGS USDA EPA CDC FDA NIST UNESCO UNICEF UNDP UNEP UNFPA UNHCR UNAIDS WHO PAHO OPS OMS FAO IPCC
IAEA WMO OECD OCDE IMF WTO ESA ESO CNRS INRAE INSERM CSIC CSIRO EMBRAPA IBGE FIOCRUZ CNPQ CAPES FAPESP UNAM CONICET
BMKG LIPI BRIN TÜBİTAK RAS РАН ВОЗ НАСА ЦЕРН Unesco Unicef Embrapa Fiocruz Inserm Conicet
"""
)
# No name is without a vowel, if it is all that there is: NSF. In `NG` and `KRK, Ivan`, it is a family name.
_VOWELLESS = re.compile(r"[B-DF-HJ-NP-TV-XZ]{3,}")
_VOWELLESS_END = re.compile(r"(?!NG)[B-DF-HJ-NP-TV-XZ]{2,}")
_INITIALS_ALONE = re.compile(r"(?:[^\W\d_]\.-?)+")
_SEPARATED = re.compile(r":|\s-|-\s|[^\W\d_]{5,}\.\s")  # signs between the parts of a name, in place of a comma
_STEMS = frozenset(word[:4] for word in _ORGANISATION_WORDS.split())  # no word has a pattern in its first four letters
_WORD = re.compile(r"\w+")
_DIGIT = re.compile(r"\d")
_LINE_END = re.compile(r"<(?:br\s*/?|/p)>", re.IGNORECASE)
Placeholder = Literal["nobody", "anonymous", "account"]
# Words in lower case before a family name that belong to it: Maria van der Berg.
_PARTICLE_WORDS = """
aan af al at auf aus av ben bin bint d da dai dal dalla das de degli dei del della delle den der des di do dos du e el i
ibn la las le lo los op te ten ter van von y zu zum zur
"""
_PARTICLES = frozenset(_PARTICLE_WORDS.split())
_CONJUNCTIONS = frozenset({"y", "e", "i"})
# The same with a capital, where it is not also a frequent given name, and two that are never first.
_CAPITAL_PARTICLES = vocabulary("De Del Della Di Von Van Der Den La Le Los Las 't ’t und")
_VIETNAMESE_FAMILIES = vocabulary("Nguyen Tran Pham Hoang Huynh Phan Vu Vo Dang Bui Do Ho Ngo Duong Ly Le Dinh")

# Values that say that the author is not named, and accounts of a journal system, in lower case.
_ANONYMOUS = """
anonymous, anon, anon., anonymous author, anónimo, anônimo, anonimo, anonyme, anonym, anonymus, аноним
анонимный автор, anonim, 佚名, 匿名
"""
_ACCOUNTS = """
admin, administrator, site admin, site administrator, system administrator, super user, superuser, root, webmaster
test, test user, test author, demo user, first author, author name, firstname lastname, first name last name
nama penulis, nombre apellido, nombre apellidos, nome sobrenome, ad soyad, adı soyadı, имя фамилия, фамилия имя отчество
journal admin, journal administrator, journal manager, admin ojs, administrador, administrateur, администратор
"""
_KINDS: tuple[tuple[Placeholder, str], ...] = (("anonymous", _ANONYMOUS), ("account", _ACCOUNTS))
_KIND_OF = {wording: kind for kind, words in _KINDS for wording in words.strip().replace("\n", ", ").split(", ")}


def parse_creator(raw: str, hints: Hints, path: str = "contributors") -> tuple[Contributor | None, list[Finding]]:
    """The contributor named in a dc:creator (`None` if it names nobody), and the findings about it."""
    value = _without_markup(raw)
    whole = fold(value)
    separated = with_plain_separators(value)
    name = fold(separated.partition(";")[0])
    if whole in hints.organizations or name in hints.organizations:
        return Contributor(kind="group", name=whole if whole in hints.organizations else name), []
    if not any(map(str.isalpha, name)):
        return None, [Finding("name-refused" if lost_its_letters(name) else "contributor-empty", path, whole)]
    if (kind := placeholder_kind(name)) == "nobody":
        return None, [Finding("placeholder-value", path, whole)]
    if kind == "anonymous":
        return Contributor(kind="anonymous"), []
    read = _read(name, hints.name_order)
    if read.code != "possible-organization" and names_several(separated):
        return Contributor(surname=whole), [Finding("name-unparsed", path, whole)]
    code = "name-is-account" if kind == "account" else read.code
    findings = [Finding(code, path, name)] if code else []
    if read.removed:
        findings.append(Finding("name-tidied", path, name, {"removed": ", ".join(read.removed)}))
    contributor = _without_placeholder(read.contributor)
    if contributor != read.contributor:
        findings = [*(findings if contributor else ()), Finding("placeholder-value", path, name)]
    return (
        _with_affiliation(contributor, separated.partition(";")[2], findings, path) if contributor else (None, findings)
    )


def _without_placeholder(contributor: Contributor) -> Contributor | None:
    """The contributor without words in place of a part of the name; `None` if the words are all of it."""
    if contributor.surname is None:
        return contributor
    parts = real_name(contributor.surname, contributor.given)
    return structs.replace(contributor, surname=parts[0], given=parts[1]) if parts else None


@lru_cache(1 << 12)
def placeholder_kind(name: str) -> Placeholder | None:
    """What a value that is not a name stands for: nobody, an author who is not named, or an account of a system.

    Only the whole value decides, in either order of its parts: `Null, Jan` is a person.
    """
    if names_nobody(name):
        return "nobody"
    words = list(dict.fromkeys(name.casefold().replace(",", " ").split()))
    return _KIND_OF.get(" ".join(words)) or _KIND_OF.get(" ".join(reversed(words)))


def lost_its_letters(letterless: str) -> bool:
    """Whether a name without letters once had some: a lost encoding leaves question marks."""
    return "??" in letterless


def _without_markup(raw: str) -> str:
    """The value without tags and entities. Line ends are kept, because they separate affiliations."""
    if "<" not in raw and "&" not in raw:
        return raw
    return "\n".join(plain(inline_from_html(line)) for line in _LINE_END.sub("\n", raw).splitlines())


def _with_affiliation(
    person: Contributor, after: str, findings: list[Finding], path: str
) -> tuple[Contributor, list[Finding]]:
    """Adds the text after the semicolon: an ORCID iD, else the affiliation as written, on one or more lines."""
    statement, address = without_email(fold(after.replace("\n", " ")).strip("; "))
    if address:
        findings.append(Finding("name-tidied", path, after.strip(), {"removed": address}))
    if not statement:
        return person, findings
    if is_placeholder(statement):
        return person, [*findings, Finding("placeholder-value", f"{path}.affiliations", statement)]
    if orcid := clean_orcid(statement):
        return structs.replace(person, orcid=orcid), findings
    findings.append(Finding("affiliation-unverified", f"{path}.affiliations", statement))
    return structs.replace(person, affiliations=(Affiliation(name=statement),)), findings


class _Read(NamedTuple):
    """A contributor, the code of the finding if there is one, and what was removed as no part of the name."""

    contributor: Contributor
    code: str | None = None
    removed: tuple[str, ...] = ()


@lru_cache(1 << 12)  # authors publish more than once, and a record repeats them in each language
def _read(name: str, order: str | None) -> _Read:
    if _may_be_organisation(name):
        return _Read(Contributor(kind="group", name=name), "possible-organization")
    all_parts = [part for part in map(str.strip, name.split(",")) if any(map(str.isalpha, part))]
    parts = without_degrees_behind(all_parts)
    cleaned = [tidied(part) for part in parts]
    removed = (*(mark for part in cleaned for mark in part.removed), *all_parts[len(parts) :])
    words = [part.part for part in cleaned]
    has_no_given_name = len(parts) == 1 < len(all_parts)
    if _DIGIT.search(name) or not all(words) or has_no_given_name:
        return _Read(Contributor(surname=name), "name-unparsed")
    person = _split_at_commas(words) if "," in name else _split_by_order(words[0], order)
    if person is None or ("," not in name and _is_doubtful(person, order)):
        is_unparsed = person is not None or "," in name
        return _Read(Contributor(surname=name), "name-unparsed" if is_unparsed else "name-order-unknown")
    return _Read(person, None, removed)


def _is_doubtful(person: Contributor, order: str | None) -> bool:
    """Whether the configured order gives a family name that cannot be one, or a sign in the name separates its parts.

    `Walsh K. L.` and `Walsh SJ` with the given name first, `Kay Walsh (Oslo)`, `Walsh: Kay`. `E Weinan` is possible.
    """
    surname, given = person.surname or "", person.given
    if given is None:
        return False
    if (
        _SEPARATED.search(f"{given} {surname}")
        or surname.endswith((")", "）", "]"))
        or given.startswith(("(", "（", "["))
    ):
        return True
    if order == "family-first":
        return _INITIALS_ALONE.fullmatch(surname) is not None
    is_degree = _VOWELLESS_END.fullmatch(surname) is not None and any(map(str.islower, given))
    return is_degree or len(surname) == 1 or _INITIALS_ALONE.fullmatch(surname) is not None


def _may_be_organisation(name: str) -> bool:
    """Whether the name has a word of organisations. The slow pattern is tried only if a word begins like one."""
    if not name.isascii() and _INSTITUTION.search(name):
        return True
    words = _WORD.findall(name)
    if not _ACRONYMS.isdisjoint(words) and (not name.isupper() or _ACRONYMS.issuperset(words)):
        return True  # if all is in capitals, every word must be an acronym
    if len(words) == 1 and _VOWELLESS.fullmatch(name):
        return True
    return any(word[:4].lower() in _STEMS for word in words) and bool(_ORGANISATION.search(name))


def _split_at_commas(parts: list[str]) -> Contributor | None:
    """`Family, Given`, perhaps with a suffix as a third part; `None` for any other third part, or a suffix alone."""
    suffixes = [suffix for part in parts[1:] if (suffix := _suffix(part))]
    rest = [parts[0], *(part for part in parts[1:] if not _suffix(part))]
    if len(suffixes) > 1 or len(rest) > 2 or _ONLY_SUFFIX.fullmatch(rest[0]):
        return None
    given = rest[1] if len(rest) > 1 else None
    suffix = suffixes[0] if suffixes else None
    if suffix and not given and sum(word not in _PARTICLES for word in rest[0].split()) > 1:
        return None  # `Kay Walsh, Jr.` is a whole name
    if given and not suffix:
        given, suffix = split_suffix(given)
    return Contributor(surname=rest[0], given=given, suffix=suffix)


def split_suffix(given: str) -> tuple[str, str | None]:
    """The given names, and the suffix behind them: `John Jr.`, `John III`."""
    found = _NUMBERED.fullmatch(given)
    return (found["given"], _SUFFIXES[found["suffix"].lower()]) if found else (given, None)


def _suffix(part: str) -> str | None:
    return _SUFFIXES.get(part.rstrip(".").lower())


def _split_by_order(name: str, order: str | None) -> Contributor | None:
    """Splits a name without a comma by the configured order; `None` without one. A single word is a family name."""
    words = name.split()
    while len(words) > 1 and not any(map(str.isalpha, words[0])):
        words.pop(0)  # a sign in the place of a missing name
    while len(words) > 1 and not any(map(str.isalpha, words[-1])):
        words.pop()
    if len(words) == 1 or (order and all(word in _PARTICLES for word in words[:-1])):
        return Contributor(surname=" ".join(words))
    suffix = _suffix(words[-1]) if len(words) > 2 else None
    if suffix:
        words.pop()
    if order == "family-first":
        return Contributor(surname=words[0], given=" ".join(words[1:]), suffix=suffix)
    if order == "given-first":
        first = _start_of_family_name(words)
        return Contributor(surname=" ".join(words[first:]), given=" ".join(words[:first]) or None, suffix=suffix)
    return None


def _is_particle(word: str, next_word: str) -> bool:
    """Whether the word belongs to the family name after it. In `An Van Nguyen`, it is a middle name."""
    return word in _PARTICLES or (word in _CAPITAL_PARTICLES and next_word not in _VIETNAMESE_FAMILIES)


def _start_of_family_name(words: list[str]) -> int:
    start = len(words) - 1
    while start > 1 and _is_particle(words[start - 1], words[start]):
        # A conjunction joins two family names: José Ortega y Gasset.
        start -= 2 if words[start - 1] in _CONJUNCTIONS and start > 2 else 1
    return start
