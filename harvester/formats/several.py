"""Whether one value names several people (mapping D6). Such a value is never read as one person."""

from __future__ import annotations

import re
from functools import cache, lru_cache
from pathlib import Path
from typing import NamedTuple

from harvester.formats.degrees import tidied
from harvester.text import fold


def vocabulary(words: str) -> frozenset[str]:
    return frozenset(words.split())


_SEPARATORS = str.maketrans(dict.fromkeys("，،﹐︐⹁፣", ",") | dict.fromkeys("；؛﹔︔\u037e", ";"))
_LISTING_COMMA = re.compile(r"[、､﹑]")  # separates people, or parts of a name

# A letter with a full stop, or one of the digraphs by which Cyrillic initials are written in Latin letters.
_INITIAL = re.compile(r"(?<![^\W_])(?:[^\W\d_]|Yu|Ya|Ye|Zh|Ch|Sh|Kh|Ts|Дж)\.")
# Most names: a family name, a given name or its initial, and further initials.
_USUAL = re.compile(r"[^\W\d_]{2,},\s?(?!dkk|vd\b|et\b)[^\W\d_]+\.?(?:[ -]?[^\W\d_]\.)*(?<!u\.a\.)")
_FULL_WORD = re.compile(r"[^\W\d_]{2,}(?![^\W_]|\.)")
_WORDS = re.compile(r"[^\W\d_][\w'’.-]*")
_BAR = re.compile(r"\s(?://|[/|•+])\s|[|&]|[^\W\d_]{2,}\.?\s*/\s*[^\W\d_]{2,}")  # not: Kumar a/l Raman
_DASH = re.compile(r"\s[-\u2013\u2014]\s")
_MAY_SEPARATE = re.compile(r"\s[-\u2013\u2014\u00b7]\s|\n")  # a line of a name may be broken
# A name with initials after another one, with nothing between them. One initial may be of a second family name.
_NAMES_IN_A_ROW = re.compile(r"[^\W\d_]{2,}\s(?:[^\W\d_]\.\s?){2,}\s[^\W\d_]{2,}\s(?:[^\W\d_]\.\s?){2,}")
# A patronymic behind another word: Иван Иванович, Ali Vəli oğlu.
_PATRONYMIC = re.compile(
    r"\s(?:\w+(?:[ое]вич|ьич|[оеіїи]вна|ична|[oe]vich|[oe]vna|ivna)|oğlu|oglu|ogly|оглы|оглу|qızı|qizi|кызы|қызы|ұлы)\b",
    re.IGNORECASE,
)
# Full Korean names with one of the usual family names. Foreign names have the same dot: 이사벨·아옌데.
_KOREAN_LIST = re.compile(
    "{0}(?:[·ㆍ‧・]{0})+".format("[김이박최정강조윤장임한오서신권황안송류전홍][\uac00-\ud7a3]{2}")
)
# Korean family names of two syllables are rare. The frequent Chinese ones here are at the start of no Japanese one.
_WHOLE_KOREAN = re.compile("(?!남궁|황보|제갈|사공|선우|독고|동방|서문)[\uac00-\ud7a3]{3}")
_WHOLE_CHINESE = re.compile(
    "[王李张張刘劉陈陳杨楊赵趙吴吳徐孙孫马馬朱胡郭何罗羅郑鄭谢謝宋许許韩韓冯馮邓鄧曹彭][\u4e00-\u9fff]{1,2}"
)
_WHOLE_JAPANESE = re.compile("[\u4e00-\u9fff]{4,6}")  # family names of four characters are very rare
_VIETNAMESE = re.compile(r"\w\s(?:Văn|Thị)\s\w")  # the usual middle names: Nguyễn Văn An
_ATTACHED_AND = re.compile(
    r"و(?:[أإ]|(?:محمد|محمود|عبد\w*|علي|حسن|حسين|خالد|يوسف|فاطمة|مريم|سارة)$)"
)  # no blank after it
_SUFFIX = re.compile(r",\s*(?:[JS]r\.?|I{2,3}|IV|Filho|Neto|J[uú]nior)$")
_ROMAN = frozenset({"II", "III", "IV", "V"})
_PARTICLES = vocabulary("da das de del della den der di do dos du el la las le los van von zu y e i")

_AND = vocabulary(
    "& and AND und UND with et och og ve dan serta en és oraz ja və și şi và и та і және жана και و और 및 和 与 與"
)
_AND_IN_NAMES = vocabulary("y e i a si ir un dhe")  # Ortega y Gasset, Costa e Silva, Pi i Margall

# Words of institutions and roles, and places. A statement with one of them, whole or as the beginning marked by *, is
# not a list of people.
_STATEMENT = Path(__file__).with_name("affiliation_words.txt")
_PLACES = Path(__file__).with_name("places.txt")
_USUAL_GIVEN_NAMES = Path(__file__).with_name("given_names.txt")
_LETTERS_OF_TITLE = re.compile(r"[A-Z]{2,4}")  # of a degree, an order, or initials
_ARABIC_LETTER = re.compile("[\u0621-\u064a\u0671-\u06d3]")
_GIVEN_NAMES = re.compile(r"Georgia|Jordan|Sofia|Virginia")  # and places
_IDEOGRAPHIC = re.compile(
    r"大学|大學|学院|學院|研究|医院|醫院|病院|公司|中心|学校|學校|实验|実験|協会|协会|協會|学会|學會|图书|図書|대학|연구|병원|센터|학교"
)
_ABBREVIATED_PLACE = re.compile(
    r"\b(?:U\.\s?S|U\.\s?K|D\.\s?C|P\.\s?R|N\.\s?Y|L\.\s?A|D\.\s?F|B\.\s?C|S\.\s?[Ap]|C\.\s?V)\b"
)
_NOT_IN_NAMES = re.compile(r"[\d@:()\[\]]|//")
_BETWEEN = re.compile(r";|\s(?:and|&)\s")
_NOTE = re.compile(r"\s*\([^()]*\)$")
_AND_OTHERS = re.compile(
    r"\b(?:et al|et coll|et autres|y otros|e outros|e altri|and others|und andere|i in\.|i wsp\.|a kol\.|u\.\s?a\.|dkk|"
    r"ve diğerleri|vd\.|и др\.|и другие|та ін\.)|(?:等|ほか|외)$"
)


def with_plain_separators(value: str) -> str:
    """The value with the commas and semicolons of other scripts replaced. The comma `、` is kept."""
    return value.translate(_SEPARATORS)


@lru_cache(1 << 12)  # authors publish more than once
def names_several(value: str) -> bool:
    """Whether a value with plain separators names more than one person, whatever is between them."""
    if _USUAL.fullmatch(value):
        return _are_whole_east_asian_names(value.split(","))
    before, _, after = value.partition(";")
    name = fold(before)
    if _LISTING_COMMA.search(name) or _BAR.search(name) or name.count("(") > 1:
        return True
    parts = [part.strip() for half in _DASH.split(name) for part in half.split(",")]
    if any(sum(map(is_whole, parts)) > 1 for is_whole in (_is_whole_name, _has_patronymic)) or _have_bare_initials(
        parts
    ):
        return True
    if _has_conjunction(name) or _AND_OTHERS.search(value):
        return True
    if _NAMES_IN_A_ROW.fullmatch(name) or _KOREAN_LIST.fullmatch(name):
        return True
    if any(_are_whole_names(before[: sign.start()], before[sign.end() :]) for sign in _MAY_SEPARATE.finditer(before)):
        return True
    if _are_whole_east_asian_names(name.split()) or sum(map(_is_titled_name, parts)) > 1 or _are_spelled_out(parts):
        return True
    return bool(after.strip(" ;\n")) and _is_list(tidied(name).part, after)


def parts_name_several(surname: str, given: str) -> bool:
    """Whether a family name and given names, in fields of their own, are those of more than one person."""
    if any(";" in part or _BAR.search(part) or _has_conjunction(part) for part in (surname, given)):
        return True
    if any(_is_whole_name(part) or len(_FULL_WORD.findall(part)) > 1 for part in given.split(",")[1:]):
        return True
    if _are_spelled_out([surname, given]):
        return True
    return any(sign in surname and sign in given for sign in (",", " y ", " e ", " i ", "/"))


def are_names_with_initials(name: str) -> bool:
    """Whether commas separate whole names: `Ivanov I.I., Petrov P.P.`. They leave no doubt in the name of a group."""
    return sum(map(_is_whole_name, name.split(","))) > 1


def has_form_of_person(name: str) -> bool:
    """Whether the name of a group has the form of one person's: `Walsh, Kay`, `K. Walsh`, `Dr. Kay Walsh`.

    `Kay Walsh` has the form of `Save Children`, so it does not count.
    """
    is_inverted = name.count(",") == 1 and _has_form_of("Family, Given", name)
    return is_inverted or _is_certainly_person("", name) or (_is_titled_name(name) and _may_be_name(tidied(name).part))


def _is_whole_name(part: str) -> bool:
    """Whether the part has initials and a full word: `Ivanov I.I.`, but neither `Ivanov` nor `I.I.`."""
    return (_has_initials(part) and bool(_FULL_WORD.search(part))) or bool(_VIETNAMESE.search(part))


def _is_titled_name(part: str) -> bool:
    """Whether a title is before several words: `Dr. Kay Walsh`."""
    name = tidied(part).part
    return " " in name and not part.startswith(name)


def _has_patronymic(part: str) -> bool:
    """Whether the part has a family name, a given name and a patronymic: `Иванов Иван Иванович`."""
    return len(part.split()) > 2 and bool(_PATRONYMIC.search(part))


def _has_initials(part: str) -> bool:
    return any(not match[0].islower() for match in _INITIAL.finditer(part))


def _have_bare_initials(parts: list[str]) -> bool:
    """Whether all parts end, or all begin, with initials without full stops: `Smith JA, Jones BC`."""
    for at in (0, -1):
        initials = [_bare_initials(part.split(), at) for part in parts]
        is_suffix = initials[0] in _ROMAN and any(len(each) == 1 for each in initials[1:])
        if len(parts) > 1 and all(initials) and not is_suffix:
            return True
    return False


def _bare_initials(words: list[str], at: int) -> str:
    """The word at this place if it can only be initials next to a name: `JA` in `Smith JA` and in `SMITH JA`."""
    word, rest = (words[at], words[1:] if at == 0 else words[:-1]) if len(words) > 1 else ("", [])
    has_name = any(any(map(str.islower, each)) for each in rest)
    longest = 3 if has_name else 2 if any(len(each) > 3 for each in rest) else 0
    return word if word.isalpha() and word.isupper() and len(word) <= longest else ""


def _are_whole_east_asian_names(parts: list[str]) -> bool:
    """Whether each part is a family name and a given name without a blank: `김철수, 이영희`, `张三，李四`.

    `山田，太郎` is one person, and so is `欧阳，修`.
    """
    if len(parts) < 2:
        return False
    whole_names = (_WHOLE_KOREAN, _WHOLE_CHINESE, _WHOLE_JAPANESE)
    return any(all(whole.fullmatch(part.strip()) for part in parts) for whole in whole_names)


def _are_spelled_out(parts: list[str]) -> bool:
    """Whether two parts with a comma between them may be whole names: `Ahmet Yılmaz, Mehmet Kaya`.

    `García López, Juan Carlos` has the same form. It is one person, because no word of the family name is a usual given
    name. In `Jorge Silva, Ana María` the last word is a given name, so it is one person too. In Arabic letters, where
    the names of father and grandfather follow, that proves nothing. In `Juan Pérez, MD` the last word may be a degree.
    """
    if len(parts) != 2 or " " not in parts[0]:
        return False
    ours, theirs = (_lowered_words(part) for part in parts)
    if _LETTERS_OF_TITLE.fullmatch(parts[1]) and len(ours) > 1 and not parts[0].isupper():
        return _is_given_name(ours[0])
    if min(len(ours), len(theirs)) < 2 or not (_is_given_name(ours[0]) or _is_given_name(ours[-1])):
        return False
    if _ARABIC_LETTER.search(parts[0]):
        return _is_given_name(ours[0])
    facing = theirs[-1] if _is_given_name(ours[0]) else theirs[0]
    return len(facing) > 1 and not _is_given_name(facing)


def _is_given_name(word: str) -> bool:
    return word in _words_of(_USUAL_GIVEN_NAMES).words


# ------------------------------------------------------------------------------------------- conjunctions


def _has_conjunction(name: str) -> bool:
    tokens = name.split()
    if any(map(_ATTACHED_AND.match, tokens[1:])):
        return True
    for at, token in enumerate(tokens[1:-1], 1):
        word = token.lower() if name.isupper() else token
        before, after = " ".join(tokens[:at]), " ".join(tokens[at + 1 :])
        if word in _AND and tokens[at - 1].lower() != "von":
            return True
        if word in _AND_IN_NAMES and _are_whole_names(before, after):
            return True
    return False


def _are_whole_names(before: str, after: str) -> bool:
    """Whether both sides of a word that also joins family names are whole names."""
    if "," in before + after:
        return all("," in side.strip(" ,\n") or _is_whole_name(side) for side in (before, after))
    return all(_is_whole_name(side) or len(_own_words(side)) > 1 for side in (before, after))


def _own_words(side: str) -> list[str]:
    return [word for word in side.split() if word not in _PARTICLES]


# --------------------------------------------------------------------------------------------- semicolons


def _is_list(name: str, after: str) -> bool:
    """Whether the text after the first semicolon continues with people. It may also be an affiliation."""
    written = [entry for part in _BETWEEN.split(after) if (entry := fold(part.replace("\n", " ")).strip(" ,"))]
    entries = [tidied(entry).part or entry for entry in written]
    if not entries or _NOT_IN_NAMES.search(_NOTE.sub("", entries[0])):
        return False
    return any(_is_certainly_person(name, entry) for entry in entries) or _has_form_of(name, entries[0])


def _is_certainly_person(name: str, entry: str) -> bool:
    """Whether the entry is a name with initials: `Smith, B.`, `B. Smith`, perhaps with `Jr.` or a note in brackets."""
    entry = _SUFFIX.sub("", _NOTE.sub("", entry))
    if _has_acronym(entry) and not _has_acronym(name):  # P. N. Orlov IEE RAS
        return False
    family, _, given = entry.partition(",")
    is_inverted = bool(given) and _FULL_WORD.search(family) is not None and not _FULL_WORD.search(given)
    has_form = _is_whole_name(entry) if not given else is_inverted or _is_whole_name(given.strip())
    return _has_initials(entry) and has_form and "," not in given and _may_be_name(entry)


def _has_form_of(name: str, entry: str) -> bool:
    """Whether the entry has the form of the name before it: `Family, Given`, or several words without a comma."""
    name, entry = (_NOTE.sub("", name), _NOTE.sub("", entry)) if name.endswith(")") else (name, entry)
    entry = _SUFFIX.sub("", entry.title() if name.islower() else entry)
    if not _may_be_name(entry) or ("," in entry) != ("," in name) or entry.count(",") > 1:
        return False
    sides = entry.split(",")
    if not all(0 < len(_own_words(side)) <= 3 for side in sides):
        return False
    if len(sides) == 1 < len(name.split()) and len(entry.split()) == 1:  # Kay Walsh; Fiocruz
        return False
    is_shouted = entry.split()[0].strip(",").isupper() and not name.split()[0].strip(",").isupper()  # CNRS, Paris
    return not (is_shouted and any(map(str.islower, entry)))


def _has_acronym(words: str) -> bool:
    """Whether a word is in capitals throughout, and another one is not."""
    return not words.isupper() and any(len(word) > 2 and word.isupper() and word.isalpha() for word in words.split())


def _may_be_name(entry: str) -> bool:
    if _NOT_IN_NAMES.search(entry) or _IDEOGRAPHIC.search(entry) or _ends_in_place(entry):
        return False
    if any(word.islower() and word not in _PARTICLES for word in _WORDS.findall(entry)):
        return False
    return not _words_of(_STATEMENT).are_in(entry)


def _ends_in_place(entry: str) -> bool:
    """Whether the entry ends in a place. `Paris, Marie`, `Jack London` and `Silva, B. C.` are people."""
    before, comma, last = entry.rpartition(",")
    places = _words_of(_PLACES)
    if _ABBREVIATED_PLACE.search(last) or _GIVEN_NAMES.fullmatch(last.strip()):
        return not comma or places.are_in(before)
    return places.are_in(last) if comma else places.are_all(last)


class _Words(NamedTuple):
    """Words in lower case, phrases of several words, and beginnings of words."""

    words: frozenset[str]
    phrases: tuple[str, ...]
    beginnings: tuple[str, ...]

    def are_all(self, text: str) -> bool:
        """Whether the text has only these words, or is one of the phrases."""
        found = _lowered_words(text)
        return " ".join(found) in self.phrases or all(word in self.words for word in found)

    def are_in(self, text: str) -> bool:
        found = _lowered_words(text)
        line = f" {' '.join(found)} "
        return any(word in self.words or word.startswith(self.beginnings) for word in found) or any(
            f" {phrase} " in line for phrase in self.phrases
        )


def _lowered_words(text: str) -> list[str]:
    return [word.casefold().rstrip(".") for word in _WORDS.findall(text)]


@cache
def _words_of(path: Path) -> _Words:
    lines = path.read_text(encoding="utf-8").splitlines()
    words = [word.strip() for line in lines if not line.startswith("#") for word in line.split(",") if word.strip()]
    whole = [word for word in words if not word.endswith("*")]
    return _Words(
        frozenset(word for word in whole if " " not in word),
        tuple(word for word in whole if " " in word),
        tuple(word.removesuffix("*") for word in words if word.endswith("*")),
    )
