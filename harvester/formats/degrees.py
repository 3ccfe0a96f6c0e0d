"""Degrees, titles, roles, e-mail addresses and footnote marks in names, of which they are no part (mapping D6, J6).

Only what cannot be a name is removed. `Ma`, `Do` and `Ba` are family names, `Md.` is a given name in Bangladesh, and
`S.H.` may be initials or a degree in law.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from harvester.formats.languages import script_of

_MARKS = "*＊†‡§¶‖#⁎∗✉\u00b9\u00b2\u00b3\u2070\u2074\u2075\u2076\u2077\u2078\u2079"

# Titles before a name, in lower case. The second kind need their full stop, because they may be names.
_TITLES = (
    "mgr prof profa professor profesor profesora professora dr drs dra drg ddr doç mr mrs ms sir rev "
    "phdr mudr rndr judr mvdr"
)
_DOTTED_TITLES = (
    "doc mag lic ing inż lek ir eng engr arq assoc asst yrd öğr arş gör uzm bc hj univ dott hab проф доц акад канд "
    "dipl priv pgs.ts gs.ts pgs ths δρ أ.د د"
)
_UNDOTTED = "|".join(f"[{title[0].upper()}{title[0]}]{title[1:]}" for title in _TITLES.split())  # MS are initials
_DOTTED = "|".join(map(re.escape, (*_TITLES.split(), *_DOTTED_TITLES.split())))
_SCIENCES = r"[кд]\.\s?[а-я]{1,5}\.\s?н\."  # candidate or doctor of some science
_TITLE = re.compile(
    rf"(?:(?:(?-i:(?:{_UNDOTTED})\b(?![-’'.]))|dott\.ssa\b|mgr\sinż\.|(?:{_DOTTED})\.|{_SCIENCES}|д-р\b|üyesi\b|"
    rf"(?:PD|Univ\.-Prof\.)\s(?=Dr\b)|(?<=prof\.\s)em\.)(?:-\s?(?:ing|doz|prof)\.)?,?\s*)+",
    re.IGNORECASE,
)

_TITLE_AFTER = re.compile(rf"(?:[\s,]+(?:(?:{_DOTTED})\.|üyesi))+$", re.IGNORECASE)  # Ayşe Kaya Arş. Gör.

# Degrees after a name, by the segments between which full stops may be. The second kind are words or names without
# full stops, and the third kind are usual with a blank. Degrees that look like initials (MBA) are in `_SHORT`.
_DEGREES = """
Ph_D M_Sc B_Sc D_Sc Sc_D M_B_B_S F_R_C_P F_R_C_S F_R_C_P_C F_A_C_S F_A_C_P M_R_C_P D_Phil M_Phil Ed_D M_Eng B_Eng
Pharm_D Psy_D M_Pharm B_Pharm M_Tech B_Tech M_Div Dr_P_H C_Sc M_Ed B_Ed M_Pd S_Pd M_Pd_I S_Pd_I M_Kom S_Kom M_Hum S_Hum
M_Si S_Si S_Sos M_Sos M_I_Kom S_I_Kom S_Ked M_Kes S_Kep M_Kep S_Farm M_Farm S_Psi M_Psi S_Pt M_Pt Dr_Sc PHD MSC BSC
MPHIL DPHIL
"""
_DOTTED_DEGREES = """
LL_M LL_B LL_D M_Ag S_Ag M_Ak S_Ak S_Hut M_Hut S_Th M_Th S_Ds M_Ds S_Sn M_Sn S_St M_Ars M_Par Sp_P_D M_Mus B_Mus
"""
_SPACED_DEGREES = "Ph_D M_Sc B_Sc S_Pd M_Pd S_Kom M_Kom M_Kes S_Ked M_Hum S_Sos"
_OTHER_DEGREES = (
    rf"{_SCIENCES}|(?:(?:доктор|кандидат)\s(?:[а-я-]+\s)?наук|профессор|доцент|академик|аспирант(?:ка)?|магистрант(?:ка)?|"
    r"соискатель|старший преподаватель|[Ee]sq\.|Sp\.\s?[A-Z][A-Za-z]{0,3})"
)
_DEGREE = "|".join(
    degree.replace("_", separator)
    for words, separator in ((_DEGREES, r"\.?"), (_DOTTED_DEGREES, r"\."), (_SPACED_DEGREES, r"\.?\s"))
    for degree in words.split()
)
_AT_END = re.compile(rf"(?:^|[\s,;]+)\(?(?:{_DEGREE}|{_OTHER_DEGREES})\.?(?:\s?\([A-Z][a-z]+\)|\))?$")
_SHORT_DEGREE = (
    r"(?:MD|MA|BA|DO|MS|BS|RN|JD|SE|SH|ST|MM|MT|MH|SS|MBA|MPH|DDS|DMD|DVM|MFA|BFA|MSW|MSN|BSN|DNP|SKM|LLM|LLB|LLD)"
)
_SHORT = re.compile(_SHORT_DEGREE)
_EMAIL = re.compile(r"[\s,;<(\[]*(?:\be-?mail:?\s*)?[\w.+'-]+@[\w-]+(?:\.[\w-]+)+[>)\]]*$", re.IGNORECASE)

# What a person did, in brackets after the name or before it with a colon. `Jane (Jenny)` has another name there.
_ROLES = (
    r"(?:co-?|first\s|corresponding\s|lead\s)?(?:auth(?:or)?|autora?|auteure?|autorin|автор)|eds?|edit(?:or|eur|rice)|"
    r"editora?|hrsg|hg|red|ред|comp|compilador(?:a)?|coord|coordinador(?:a)?|coordenador(?:a)?|org|organizador(?:a)?|"
    r"dir|directora?|trad|trans|transl|translator|traductora?|tradutora?|traducteur|перев?|ill|illustrator|photographer"
)
_ROLE_AFTER = re.compile(rf"\s*[(\[](?:(?:{_ROLES})\.?|(?-i:{_SHORT_DEGREE}))[)\]]$", re.IGNORECASE)
_BRACKETED = re.compile(r"\s*[(（]([^()（）]+)[)）]$")
_ROLE_BEFORE = re.compile(rf"(?:{_ROLES})\.?\s?:\s*", re.IGNORECASE)


class Tidied(NamedTuple):
    """A part of a name, empty if nothing is left, and what was removed from it."""

    part: str
    removed: tuple[str, ...] = ()


@lru_cache(1 << 12)
def tidied(part: str) -> Tidied:
    """The part of a name without footnote marks at its ends, titles before it and degrees after it."""
    bare = part.strip(f"{_MARKS} ,")
    start = part.find(bare)
    removed = [marks for side in (part[:start], part[start + len(bare) :]) if (marks := side.strip(" ,"))]
    for before in (_ROLE_BEFORE, _TITLE):
        if found := before.match(bare):
            removed.append(found[0].strip(" ,:"))
            bare = bare[found.end() :]
    while found := _after_name(bare):
        removed.append(found[0].strip(" ,;"))
        bare = bare[: found.start()].rstrip(" ,;")
    return Tidied(bare, tuple(removed))


def _after_name(bare: str) -> re.Match[str] | None:
    """What is at the end and does not belong to the name. Most parts are one word."""
    if bare.isalpha() and bare.istitle():
        return None
    address = _EMAIL.search(bare) if "@" in bare else None
    note = (_ROLE_AFTER.search(bare) or _note_after(bare)) if bare.endswith((")", "]", "）")) else None
    title = _TITLE_AFTER.search(bare) if bare.endswith((".", "i")) else None
    return address or note or title or _AT_END.search(bare)


def _note_after(bare: str) -> re.Match[str] | None:
    """Titles in brackets, or the name in another script: `Wang, Fang (王芳)`. `Jane (Jenny)` is kept."""
    note = _BRACKETED.search(bare)
    if note is None or not note.start():
        return None
    is_title = _TITLE.fullmatch(note[1]) is not None
    return note if is_title or script_of(note[1]) not in (None, script_of(bare[: note.start()])) else None


def without_email(text: str) -> tuple[str, str]:
    """The text without an e-mail address at its end, and the address."""
    address = _EMAIL.search(f" {text}") if "@" in text else None
    return (text[: max(address.start() - 1, 0)], address[0].strip(" ,;<>()[]")) if address else (text, "")


def without_degrees_behind(parts: list[str]) -> list[str]:
    """The parts of a name between commas, without degrees after the given name. There, `MD` is a degree too."""
    behind = len(parts)
    while behind > 1 and (not tidied(parts[behind - 1]).part or _SHORT.fullmatch(parts[behind - 1].replace(".", ""))):
        behind -= 1
    return parts[:behind] if len(parts) > 2 else parts  # `Smith, MD` may be a name with initials
