"""Words in place of a value: what a template prints for an empty one, and sentences that say there is none.

A placeholder is the whole value. Inside a sentence the same words are text, and some of them are family names.
"""

from __future__ import annotations

import re
from functools import lru_cache

from harvester.formats.notes import Notes

# Python, Java, SQL, Ruby, JavaScript and R print these for an empty value, spreadsheets those with a number sign.
_EMPTY = (
    r"none|nonetype|null|nil|undefined|undef|nan|(?-i:NaT)|n/a|n\.\s?a\.?|[ns]\.\s?[dnl]\.?|s/n|б/н|(?-i:NA)|\\n|"
    r"[(<\[{](?:none|null|nil|na|empty|undefined)?[)>\]}]|\[object object\]|optional\.empty|"
    r"#(?:n/a|n/d|nv|н/д|[¡¿]?(?:ref|value|null|num|div/0|bezug|wert|zahl|valor|ссылка|знач|число|дел/0)!|"
    r"[¡¿]?(?:name|nombre|nome|имя)\?)|"
    r"(?:not|non?)\s(?:available|applicable|specified|provided|disponible|applicable|disponibile)|unspecified|"
    r"não (?:se aplica|disponível)|no (?:aplica|disponible)|tb[acd]|to be (?:announced|completed|determined)|"
    r"(?:author\s)?unknown|unknown author|no (?:author|name)|(?:autor\s)?desconocido|desconhecido|(?:auteur\s)?inconnu|"
    r"s/a|sin (?:autor(?:es)?|nombre|apellidos?|volumen|afiliaci[oó]n)|no (?:affiliation|(?:last|family|given) name)|"
    r"sem (?:autor(?:es)?|nome|sobrenome|volume|afilia[cç][aã]o)|sans (?:auteur|nom)|senza (?:autore|nome)|"
    r"ohne (?:autor|namen)|без (?:автора|имени|фамилии|аффилиации)|автор не указан|нет (?:автора|данных)|"
    r"yazarı? yok|tanpa (?:nama|penulis)|作者不[详詳]|[无無]作者|저자 없음|بدون (?:مؤلف|اسم)|"
    r"unbekannt|неизвест(?:ен|но)|неизвестный автор|tidak diketahui|lorem ipsum"
)
# {$title}, {{ title }}, {% title %}, ${title}, %TITLE%, %s, @title@, ##journal.title##, <%= title %>, ¿VOL?, [TITLE]
_TEMPLATE = (
    r"\{\{?\s*\$?[\w.| ]+\}?\}|\$\{?[A-Za-z_][\w.]*\}?|%{1,2}[A-Za-z_]\w*%{1,2}|%[sd]|"
    r"@[A-Za-z_]+@|##[\w.]+##|<%.*%>|\{%.*%\}|¿[^?]*\?|\[(?:article\s)?(?:title|abstract|name|author|text|keywords?)\]|"
    r"\[?(?:insert|enter|type|add)\s(?:the\s|your\s)?(?:title|abstract|name|text|keywords?)(?:\shere)?\]?|"
    r"(?:title|abstract|text|name)\s(?:goes\s)?here|x{4,}"
)
_ONE = rf"(?:{_EMPTY}|{_TEMPLATE})\.?"
_PLACEHOLDER = re.compile(rf"[-\u2010-\u2015\u2212._?*/\u2026~]+|{_ONE}(?:[\s,;]+{_ONE})*", re.IGNORECASE)
_LONGEST = 60  # characters of a placeholder
# Nan, Nil and Na are given names too, and N. A. may be initials. Null and None are family names.
_GIVEN_NAME = re.compile(r"nan|nil|na|[ns]\.\s?[adnl]\.?", re.IGNORECASE)
_FAMILY_NAME = re.compile(r"nan|nil|na|null|none|unknown|nat|undef", re.IGNORECASE)

_UNKNOWN_PART = ("FNU", "LNU")  # first or last name unknown, as in passports
_CROSSES = re.compile(r"x+|X{2,}")  # in place of a whole name. X may be an initial

# Names of the fields of a template, where they cannot be a value: in volume, issue and pages, journal and publisher.
_FIELD_NAME = re.compile(
    r"\[?(?:volume|issue|vol|no|number|page|pages|fpage|lpage|elocation|publisher|journal)\]?|x{2,}|"
    r"\[?(?:the )?(?:publisher|journal)(?:['’]s)? (?:name|title)\]?|(?:name of (?:the )?)(?:publisher|journal)",
    re.IGNORECASE,
)

_ABSTRACT_WORDS = r"abstract|summary|resumen|resumo|résumé|zusammenfassung|riassunto|аннотация|abstrak|abstrakt|özet|öz"
_NO_ABSTRACT = re.compile(
    rf"[\[(]?(?:(?:no|sin|sem|senza|pas de|kein|ohne|brak)\s(?:{_ABSTRACT_WORDS})"
    rf"(?:\s(?:is\s)?(?:available|provided|given|for this article|disponible|disponível|verfügbar|vorhanden))?|"
    rf"(?:the\s)?(?:{_ABSTRACT_WORDS})\s(?:is\s|was\s)?(?:not|no|non|nicht|não)\s(?:is\s)?"
    rf"(?:available|provided|disponible|disponível|disponibile|verfügbar|vorhanden)|"
    r"аннотация отсутствует|нет аннотации|özet yok|tidak ada abstrak)[\])]?[.!]?",
    re.IGNORECASE,
)
_FILLER = ("Lorem ipsum dolor", "lorem ipsum dolor")

_MONEY = (
    r"(?:funding|funds?|financing|sponsor(?:s|ship)?|support|grants?|funders?|financiaci[oó]n|financiamiento|fondos|"
    r"financiamento|fomento|apoio|apoyo|recursos|financements?|soutien|subvention|finanziament[oi]|fondi|förderung|"
    r"finanzierung|drittmittel|финансирования|финансовой поддержки|спонсорской поддержки|поддержки|"
    r"pendanaan|desteğ?[ik]?)"
)
_KIND_OF_MONEY = (
    r"(?:(?:external|extra|specific|particular|other|additional|outside|public|financial|project|direct)\s)*"
)
_NO_FUNDING = re.compile(
    # The word alone, or with the money: None. No external funding was received. Sin financiación.
    rf"(?:none|no|nil|without(?:\sany)?|ning[uú]n[oa]?|sin|nenhum[a]?|sem|aucune?|sans|kein(?:e|er|en)?|ohne|nessun[oa]?|"
    rf"senza|без)\s{_KIND_OF_MONEY}{_MONEY}(?:\s(?:agency|source|body|information|extern[oae]?|externe)s?)?"
    r"(?:\s(?:was|were|has been|have been|to|is)\s[\w ]{1,60}|\s(?:received|declared|reported|available|provided))?|"
    r"none(?:\s(?:declared|reported|to declare|received|applicable))?|nil|no|not\s(?:applicable|funded|supported)|"
    r"unfunded|nothing(?:\s(?:declared|to declare|to report))?|žádn[ýáé]|nincs|ei rahoitusta|δεν υπάρχει|"
    rf"(?:(?:funding|finan[cz]i\w+|финансирование)\s?:\s?)?(?:none|no|нет|ninguno|nenhum|keine)|"
    r"no\s(?:sources?\sof\s)(?:external\s)?funding|"
    r"(?:(?:the\s)?authors?['’]?s?['’]?\s)?own (?:funds?|funding|resources|means)|recursos propios|fondos propios|"
    r"(?:financiamento|recursos) pr[oó]prios?|autofinan[cz]i(?:ado|ada|amento|amiento)|eigenmittel|fonds propres|"
    r"(?:личные|собственные) средства(?: авторов?)?|biaya (?:sendiri|pribadi)|"
    r"self[-\s]?(?:funded|funding|financed|supported)|ningun[oa]|nenhum[a]?|aucune?|keine|entfällt|nessun[oa]?|нет|"
    r"отсутствует|yok|tidak ada|brak|geen|inga|ingen|无|無|なし|없음|لا يوجد|ندارد|sans objet|não se aplica|no aplica|"
    # A sentence about the authors or the work.
    rf"[^.]{{0,120}}\b(?:received?|receives|had|has|have|obtained|recib\w+|receb\w+|reçu|erhielt\w*|erhalten)\b"
    rf"[^.]{{0,30}}\b(?:no|ning[uú]n[oa]?|nenhum[a]?|aucune?|keine)\s[^.]{{0,60}}\b{_MONEY}\b[^.]{{0,120}}|"
    rf"[^.]{{0,120}}\b(?:(?:did|do|does|have|has) not (?:received?|have)|"
    rf"no (?:se )?(?:ha )?(?:recib\w+|cont[oó]|tuvo|hubo)|não (?:receb\w+|teve|houve|contou|há)|n[’']a (?:pas )?reçu|"
    rf"не (?:имел\w*|получал\w*))\b"
    rf"[^.]{{0,80}}\b{_MONEY}\b[^.]{{0,120}}|"
    r"[^.]{0,120}\bnot (?:been )?(?:funded|financed)\b[^.]{0,120}|"
    rf"(?:there (?:was|is|were)|[^.]{{0,60}}\bdeclares?(?: that)?(?: there (?:was|is))?) no {_KIND_OF_MONEY}{_MONEY}\b"
    r"[^.]{0,80}|"
    rf"[^.]{{0,120}}\bwithout (?:any )?{_KIND_OF_MONEY}{_MONEY}\b[^.]{{0,60}}|"
    r"[^.]{0,80}\bnicht (?:gefördert|finanziert)\b[^.]{0,60}|"
    r"[^.]{0,80}\btidak (?:menerima|mendapat(?:kan)?)\b[^.]{0,80}|"
    r"[^.]{0,80}\bdestek (?:alınmamıştır|almamıştır|alınmadı)|"
    r"финансирование отсутств\w+|"
    # No blanks are between the words: 本研究未获得资助, 助成を受けていない, 지원을 받지 않았다.
    r".{0,30}(?:未获得?|未獲得?|未接受|未受|没有获?得?).{0,12}(?:资助|資助|资金|经费|基金支持).{0,6}|"
    r".{0,40}助成.{0,12}(?:受けていない|ない|なし)|.{0,40}(?:지원|연구비).{0,6}(?:받지 (?:않|못)|없).{0,8}",
    re.IGNORECASE,
)


_NO_NUMBER = re.compile(
    r"0+|no|none|нет|无|無|なし|없음|ningun[oa]?|nenhuma?|aucune?|keine?|yok|"
    r"(?:no|without|w/o|sin|sem|sans|ohne|keine?|без)\s(?:(?:grant|award|project|contract)\s)?"
    r"(?:numbers?|no|id|n[uú]mero|numéro|nummer|номера)",
    re.IGNORECASE,
)


def is_placeholder(value: str) -> bool:
    """Whether the whole value is a word or sign in place of a value."""
    return len(value) <= _LONGEST and _is_short_placeholder(value)


@lru_cache(1 << 12)  # names, volumes and years of references come again and again
def _is_short_placeholder(value: str) -> bool:
    return _PLACEHOLDER.fullmatch(value) is not None


def unless_placeholder(value: str | None, path: str, notes: Notes) -> str | None:
    """The value; `None` if it is a placeholder, which is reported."""
    if value is not None and is_placeholder(value):
        notes.report("placeholder-value", path, value)
        return None
    return value


def unless_field_name(value: str | None, path: str, notes: Notes) -> str | None:
    """The value; `None` if it is a placeholder or the name of a field of a template, which is reported."""
    if value is not None and (_FIELD_NAME.fullmatch(value) or is_placeholder(value)):
        notes.report("placeholder-value", path, value)
        return None
    return value


def real_name(surname: str, given: str | None) -> tuple[str, str | None] | None:
    """The parts of a person's name without placeholders; `None` if nothing is left.

    Null and None are family names if there is a given name.
    """
    if given in _UNKNOWN_PART or (given and is_placeholder(given) and not _GIVEN_NAME.fullmatch(given)):
        given = None
    if surname in _UNKNOWN_PART:
        return (given, None) if given else None
    if not is_placeholder(surname):
        return surname, given
    if given is None or given == surname:
        return None
    return (surname, given) if _FAMILY_NAME.fullmatch(surname) else (given, None)


def names_nobody(name: str) -> bool:
    """Whether a whole name, in either order of its parts, is a placeholder: `N/A`, `Author, Unknown`.

    >>> names_nobody("Null, Null"), names_nobody("Null, Jan"), names_nobody("N. A.")
    (True, False, False)
    """
    words = list(dict.fromkeys(name.replace(",", " ").split()))
    if len(words) == 1 and _CROSSES.fullmatch(words[0]):
        return True
    may_be_initials = len(words) > 1 and any(len(word.strip(".")) == 1 for word in words)
    return not may_be_initials and (is_placeholder(" ".join(words)) or is_placeholder(" ".join(reversed(words))))


def says_no_number(value: str) -> bool:
    """Whether the whole value only says that an award has no number."""
    return is_placeholder(value) or _NO_NUMBER.fullmatch(value.strip(" .;")) is not None


def says_no_abstract(value: str) -> bool:
    """Whether the whole text only says that there is no abstract."""
    return is_placeholder(value) or _NO_ABSTRACT.fullmatch(value) is not None or value.startswith(_FILLER)


def says_no_funding(value: str) -> bool:
    """Whether the whole text only says that there was no funding. Names of funders may begin with such words."""
    return is_placeholder(value) or _NO_FUNDING.fullmatch(value.strip(" .;。")) is not None
