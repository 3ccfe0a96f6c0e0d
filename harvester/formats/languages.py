"""Language tags as sources write them, converted to ISO 639-1 or else 639-3; and the script of a text."""

from __future__ import annotations

import re
from functools import cache, lru_cache

from iso639 import Lang, iter_langs
from iso639.exceptions import DeprecatedLanguageValue, InvalidLanguageValue

# Language tags, and locales of OJS and DSpace: ru, rus, ru_RU, pt-BR, sr@latin, zh_Hant.
_TAG = re.compile(r"([a-z]{2,3})(?:[-_@][a-z0-9]{2,8})*", re.IGNORECASE | re.ASCII)

# Withdrawn codes that old installations still send (ISO 639-2/RA change notices).
_WITHDRAWN = {"iw": "he", "in": "id", "ji": "yi", "jw": "jv", "mo": "ro", "scr": "hr", "scc": "sr"}

# Names in the language itself, and other names found in dc:language that are not in ISO's tables.
_EXTRA_NAMES = {
    "русский": "ru",
    "русский язык": "ru",
    "українська": "uk",
    "қазақша": "kk",
    "български": "bg",
    "español": "es",
    "castellano": "es",
    "português": "pt",
    "français": "fr",
    "deutsch": "de",
    "italiano": "it",
    "català": "ca",
    "polski": "pl",
    "türkçe": "tr",
    "bahasa indonesia": "id",
    "中文": "zh",
    "日本語": "ja",
    "한국어": "ko",
    "العربية": "ar",
    "فارسی": "fa",
    "farsi": "fa",
    "greek": "el",
    "spanish; castilian": "es",
}


def _language_of_code(raw_code: str) -> str | None:
    """The language of a code of ISO 639-1, 639-2 (B and T) or 639-3; `None` for any other string."""
    code = _WITHDRAWN.get(raw_code, raw_code)
    try:
        language = Lang(code)
    except (InvalidLanguageValue, DeprecatedLanguageValue):
        return None
    # `Lang` also accepts names, and the codes of ISO 639-5, which are language families.
    is_code = code in (language.pt1, language.pt2b, language.pt2t, language.pt3)
    return language.pt1 or language.pt3 if is_code and _is_one_language(language) else None


@cache
def _names() -> dict[str, str]:
    """The English names of the languages in ISO 639-2. 639-3 has 7,000 more, among them `Are` and `Even`."""
    codes = dict(_EXTRA_NAMES)
    for language in iter_langs():
        if language.pt2b and _is_one_language(language):
            names = (language.name, *language.other_names())
            codes |= {name.lower(): language.pt1 or language.pt3 for name in names}
    return codes


def _is_one_language(language: Lang) -> bool:
    """False for a language family, and for the codes that mean none, many or an unknown language."""
    return bool(language.pt3) and language.scope() != "Special"


@lru_cache(1 << 12)
def normalise(raw: str) -> str | None:
    """The language code, if the value is the code, locale or name of exactly one language (mapping D7).

    >>> [normalise(value) for value in ("en_US", "ger", "Russian", "Multiple", "en fr")]
    ['en', 'de', 'ru', None, None]
    """
    value = raw.strip()
    if (match := _TAG.fullmatch(value)) and (code := _language_of_code(match[1].lower())):
        return code
    return _names().get(value.lower())


# ---------------------------------------------------------------------------------------------- scripts

_SCRIPTS = {
    "Latn": "A-Za-z\u00aa\u00ba\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u024f\u1e00-\u1eff",
    "Cyrl": "\u0400-\u052f",
    "Arab": "\u0620-\u064a\u066e-\u06d3\u06fa-\u06ff\u0750-\u077f\ufb50-\ufdff\ufe70-\ufefc",
    "Hani": "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0002ebef",
    "Kana": "\u3041-\u30ff",
    "Hang": "\u1100-\u11ff\u3130-\u318f\uac00-\ud7a3",
    "Grek": "\u0370-\u03ff\u1f00-\u1fff",
    "Hebr": "\u05d0-\u05ea",
    "Deva": "\u0900-\u097f",
    "Thai": "\u0e01-\u0e4e",
    "Geor": "\u10a0-\u10ff\u1c90-\u1cbf",
    "Armn": "\u0531-\u0587",
}
_LETTERS = {script: re.compile(f"[{letters}]+") for script, letters in _SCRIPTS.items()}

# Languages by the scripts they are written in. A language that is not listed is never contradicted.
_WRITTEN_IN = {
    (
        "Latn",
    ): "en de fr es pt it nl sv nb nn no da fi is pl cs sk sl hr hu ro ca gl eu tr id ms vi et lv lt sq la sw af",
    ("Cyrl",): "ru uk be bg mk",
    ("Cyrl", "Latn"): "sr bs uz kk ky az mn tg tk cnr",
    ("Arab",): "ar fa ur ps ckb",
    ("Hani",): "zh",
    ("Kana", "Hani"): "ja",
    ("Hang", "Hani"): "ko",
    ("Grek",): "el",
    ("Hebr",): "he yi",
    ("Deva",): "hi mr ne sa",
    ("Thai",): "th",
    ("Geor",): "ka",
    ("Armn",): "hy",
}
_LATIN = frozenset(_WRITTEN_IN["Latn",].split())
_SCRIPTS_OF = {code: scripts for scripts, codes in _WRITTEN_IN.items() for code in codes.split()}

_MIN_LETTERS = 4
# Of the letters: a Russian title may contain a Latin species name, and an English title a Russian word.
_MIN_FOREIGN_SHARE = 0.8


def script_of(text: str) -> str | None:
    """The ISO 15924 code of the script of most letters; `None` without letters of a known script."""
    shares = _letter_counts(text)
    return max(shares, key=lambda script: shares[script]) if shares else None


def contradicts(text: str, lang: str) -> bool:
    """Whether nearly all letters of the text belong to scripts that the language is not written in."""
    patterns = _letter_patterns(lang)
    if patterns is None or (lang in _LATIN and text.isascii()):
        return False
    if not patterns[1].search(text):
        return False
    own, foreign = (sum(map(len, pattern.findall(text))) for pattern in patterns)
    return own + foreign >= _MIN_LETTERS and foreign > _MIN_FOREIGN_SHARE * (own + foreign)


@cache
def _letter_patterns(lang: str) -> tuple[re.Pattern[str], re.Pattern[str]] | None:
    """Patterns for the letters of the language's scripts, and for those of all other scripts."""
    scripts = _SCRIPTS_OF.get(lang)
    if scripts is None:
        return None
    own = "".join(_SCRIPTS[script] for script in scripts)
    foreign = "".join(letters for script, letters in _SCRIPTS.items() if script not in scripts)
    return re.compile(f"[{own}]+"), re.compile(f"[{foreign}]+")


def _letter_counts(text: str) -> dict[str, int]:
    if text.isascii():
        letters = sum(map(len, _LETTERS["Latn"].findall(text)))
        return {"Latn": letters} if letters else {}
    counts = {script: sum(map(len, pattern.findall(text))) for script, pattern in _LETTERS.items()}
    return {script: count for script, count in counts.items() if count}
