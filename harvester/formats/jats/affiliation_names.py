"""Names of institutions: without footnote marks, and whether one name is that of several institutions (mapping J7)."""

from __future__ import annotations

import re

_SIGNS = "*†‡§¶‖⁎∗\u00b9\u00b2\u00b3\u2070\u2074-\u2079"
_MARK = re.compile(
    rf"(?:[{_SIGNS}]+[\s,]*|[(\[]\s*(?:\d{{1,2}}|[a-z]|[{_SIGNS}]+)\s*[)\]]\s*|\d{{1,2}}\)\s*|"
    r"\d{1,2}\.\s*(?=Depart|Dept|Universi|Univ\b|School|Colleg|Facult|Cent(?:er|re)|Laborat|Кафедра)|"
    r"\d{1,2}(?=[^\W\d_a-zA-Z]*(?:大学|大學|学院|學院|医院|醫院|研究)))+(?=[^\W_])"
)
# A digit or letter without a blank. Letters that begin words such as eHealth or iSchool are not labels.
_GLUED_MARK = re.compile(r"(?:\d{1,2}(?:,\s?\d{1,2})*|[abcdfgh]\s?)(?=[^\W\d_])")
_GLUED_NUMBERS = re.compile(r"1[^\W\d_].*[^\W\d][\s.;,]*\s2[A-ZА-ЯÇÉÜ\u4e00-\u9fff]")  # 1Univ. A 2Univ. B
_INSTITUTION = re.compile(
    r"universi|univ\b|institut|depart|dept|facult|faculd|fakult|school|colleg|academ|hospital|cent(?:er|re|ro)\b|laborat|"
    r"division|escola|escuela|école|klinik|clinic|museum|minist|институт|университет|кафедра|факультет",
    re.IGNORECASE,
)
_UNIVERSITY = re.compile(r"universi|univ\b|üniversite|университет|університет|جامعة|大学|大學|대학교", re.IGNORECASE)
_INDEPENDENT = re.compile(
    r"universi|univ\b|institut|academ|colleg|hospital|museum|cent(?:er|re|ro)\b|minist|университет|институт|"
    r"üniversite|enstitü|hastane|bakanlı|університет|інститут|جامعة|مستشفى|معهد|"
    r"大学|大學|医院|醫院|대학교|병원",
    re.IGNORECASE,
)
_NUMBERED = re.compile(r"(?:^|[,;.]\s*)(\d{1,2})\s?(?=[^\W\d_])|(?:^|\s)(\d{1,2})[.)]\s+(?=[^\W\d_])")
_LETTERED = re.compile(r"(?:^|[,;]\s*)([a-h])\s(?=[^\W\d_a-z])")  # a Univ. of X, b Univ. of Y
_RAISED = str.maketrans("\u00b9\u00b2\u00b3\u2074\u2075\u2076\u2077\u2078\u2079", "123456789")
_BETWEEN = re.compile(r"[;；|]|\s/\s|\n")
# University of X and University of Y; not: Universities of X and Y, University of Arts and Sciences
_JOINED = re.compile(r"\b(univ)\w*\b.*(?:\b(?:and|und|et|y|e|и)\b|&)\s+(?:the\s)?\1", re.IGNORECASE)


def without_mark(name: str) -> str:
    """The name without the footnote mark before it. A number of its own stays: `3M Company`, `2nd Clinic`."""
    name = _MARK.sub("", name, count=1) if _MARK.match(name) else name
    mark = _GLUED_MARK.match(name)
    if not mark:
        return name
    rest = name[mark.end() :]
    is_word = rest[:1].isupper() and rest[1:2].islower()
    if _INSTITUTION.match(rest) and rest[0].isupper():
        return rest
    return rest if mark[0].isdigit() and is_word and _INSTITUTION.search(rest) else name


def names_several(name: str) -> bool:
    """Whether the name is that of several institutions: each with its place, two universities, or numbered."""
    numbers = [int(number[1] or number[2]) for number in _NUMBERED.finditer(name.translate(_RAISED))]
    if len(numbers) > 1 and numbers == list(range(1, len(numbers) + 1)):
        return True
    letters = "".join(_LETTERED.findall(name))
    if len(letters) > 1 and "abcdefgh".startswith(letters):
        return True
    if _JOINED.search(name) or _GLUED_NUMBERS.match(name):
        return True
    parts = [part for part in _BETWEEN.split(name) if _INDEPENDENT.search(part)]
    return sum("," in part for part in parts) > 1 or sum(bool(_UNIVERSITY.search(part)) for part in parts) > 1
