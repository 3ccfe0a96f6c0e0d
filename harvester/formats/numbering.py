"""Volume, issue and pages as journals type them: without placeholders, and without words for "in no issue yet".

Both formats use the same rules (mapping J9).
"""

from __future__ import annotations

import re
from typing import NamedTuple

from harvester.formats.notes import Notes
from harvester.formats.placeholders import unless_field_name
from harvester.text import with_ascii_digits


class Numbering(NamedTuple):
    """The place of an article in its journal, as written. `elocation_id` replaces pages online."""

    volume: str | None = None
    issue: str | None = None
    issue_title: str | None = None
    first_page: str | None = None
    last_page: str | None = None
    other_pages: str | None = None
    elocation_id: str | None = None


# What journals call the issue of articles that are in no issue yet.
_AHEAD = (
    # English, and English words used everywhere
    r"(?:articles?|papers?|manuscripts?)?\s?(?:in|on)\spress|(?:in|just|newly)\spress|in-press|"
    r"(?:published\s|epub\s|online\s|publish\s)?ahead(?:\sof\s(?:print|publication|issue))?(?:\sonline)?|aop|"
    r"online[\s-]?(?:first|early|now|ahead)|first[\s-]?online|(?:published\s)?early[\s-]?(?:view|access|cite|release|online)|"
    r"first[\s-]?(?:view|look)|firstview|just[\s-]?accepted|accepted\s(?:articles?|manuscripts?|papers?)|"
    r"advance[sd]?[\s-]?(?:online|access|articles?|publications?)(?:\spublication)?|forthcoming(?:\s(?:articles?|papers?|issue))?|"
    r"pre-?publication|pre-?prints?|pre-?press|online\sready|published\sonline|(?:not\s(?:yet\s)?|un)assigned|"
    r"(?:next|upcoming|current)\sissue|issue\sin\s(?:press|progress)|articles?\sin\sadvance|epub|e-?pub\sahead\sof\sprint|latest\sarticles?|to\s(?:appear|be\spublished)|(?:un)?corrected\sproofs?|"
    # Spanish, Portuguese, French, Italian, Catalan
    r"(?:art[ií]culos?\s)?en\sprensa|publicaci[oó]n\s(?:anticipada|adelantada|avanzada)|(?:avance|anticipo)s?\s(?:en\sl[ií]nea|online)|"
    r"pr[oó]xim(?:amente|o\sn[uú]mero)|primero\sen\sl[ií]nea|(?:artigos?\s)?(?:no|em)\sprelo|publica[cç][aã]o\s(?:antecipada|avan[cç]ada)|"
    r"antes\sde\simprimir|(?:artigos?\s)?em\s(?:publica[cç][aã]o|impress[aã]o|ahead(?:\sof\sprint)?)|(?:articles?\s)?sous\spresse|(?:articles?\s)?[aà]\spara[iî]tre|"
    r"publication\santicip[eé]e|pr[eé]publication|(?:articoli\s)?in\s(?:corso\sdi\s)?stampa|di\sprossima\spubblicazione|en\spremsa|"
    # German, Dutch, Scandinavian, Polish, Czech, Croatian, Turkish, Indonesian
    r"(?:artikel\s)?im\s(?:druck|erscheinen)|(?:online\s)?vorab(?:ver[oö]ffentlichung|\sonline)?|online\szuerst|(?:artikelen\s)?in\sdruk|i\strykk?|"
    r"under\stryckning|w\sdruku|wczesny\sdost[eę]p|v\stisku|u\stisku|(?:makaleler\s)?bask[iı]da|bas[iı]mda|"
    r"erken\s(?:g[oö]r[uü]n[uü]m|yay[iı]n|eri[sş]im|bask[iı])|"
    r"online\silk|(?:artikel\s)?akan\sterbit|segera\sterbit|(?:artikel\s)?dalam\s(?:proses|pers)(?:\s(?:cetak|penerbitan|terbit))?|(?:chờ|sắp)\sxuất\sbản|"
    # Russian, Ukrainian, Chinese, Japanese, Korean, Arabic, Persian
    r"(?:статьи\s)?в\sпечат[иь]|принят[оыа]\s(?:в\sпечать|к\sпечати)|предварительная\sпубликация|онлайн[\s-](?:сначала|первы[йе])|(?:статті\s)?(?:у|в)\sдруці|"
    r"网络首发|优先出版|在线优先|优先发表|预出版|录用定稿|網路優先|早期公開|印刷中|온라인\s?우선(?:\s?(?:출판|게재|공개))?|(?:출판|게재)\s?예정|인쇄\s?중|"
    r"(?:ال)?مقالات\s(?:ال)?(?:جاهزة|مقبولة)\sللنشر|(?:ال)?مقالات\sقيد\sالنشر|"
    r"(?:مقالات\s)?(?:قيد|تحت)\s(?:النشر|الطبع)|(?:مقالات\s)?(?:آماده|در\s(?:دست|حال))\sانتشار|مقالات\sپذیرفته\sشده"
)
# One or several of them, perhaps with a year: `Online First (2021)`, `Articles in press / Early view`.
_IN_NO_ISSUE = re.compile(
    rf"[(\[]?(?:(?:19|20)\d\d[\s,:-]+)?(?:{_AHEAD})(?:[\s,;:/|()–-]+(?:{_AHEAD}|(?:19|20)\d\d|articles?|issue))*[)\].]*",
    re.IGNORECASE,
)
_LONGEST = 80  # characters of such words
_NUMBER = re.compile(r"[1-9]\d*")
_NUMERAL = re.compile(r"[ivxl]+", re.IGNORECASE)
_ZEROS = re.compile(r"[a-z]?0+(?:\s*[-\u2013]\s*0+)?", re.IGNORECASE)  # 00, 00-00, e000
_FIELD_NAMES = {"issue_title": "issue title", "first_page": "first page", "last_page": "last page"}


def in_no_issue(value: str) -> bool:
    """Whether the whole value is a word for "in no issue yet": `Online First`, `ahead of print`, `no prelo`."""
    spellings = {" ".join(value.split()), " ".join(re.split(r"[\s_-]+", value.strip()))}
    return len(value) <= _LONGEST and any(map(_IN_NO_ISSUE.fullmatch, spellings))


def settled(written: Numbering, notes: Notes) -> Numbering:
    """What is written, without placeholders, words for "in no issue yet", and zeros in place of numbers.

    Digits of other scripts become ASCII digits.
    """
    if all(value is None or _NUMBER.fullmatch(value) for value in written):  # nearly always
        return written
    real = written._replace(
        **{
            field: unless_field_name(with_ascii_digits(value), field, notes)
            for field, value in written._asdict().items()
            if value is not None and not (field == "last_page" and _is_after_numeral(value, written.first_page))
        }
    )
    ahead = [field for field in ("volume", "issue", "issue_title") if in_no_issue(getattr(real, field) or "")]
    ahead += [field for field in _zeros(real) if field not in ahead]
    for field in ahead:
        name = _FIELD_NAMES.get(field, field.replace("_", " "))
        notes.report("issue-ahead-of-print", field, getattr(real, field), field=name)
    return real._replace(**dict.fromkeys(ahead))


def _is_after_numeral(value: str, first_page: str | None) -> bool:
    """Whether `xx`, which is often a placeholder, is a Roman numeral after another one."""
    return bool(_NUMERAL.fullmatch(value) and _NUMERAL.fullmatch(first_page or "") and value != first_page)


def _zeros(written: Numbering) -> list[str]:
    """The fields with zeros that mean that there is no number yet.

    A single zero is the volume or issue of a pilot, if the article has real pages or none at all.
    """
    zeros = {field for field, value in written._asdict().items() if value and _ZEROS.fullmatch(value)}
    pages = {field for field in ("first_page", "last_page") if getattr(written, field)}
    if not pages <= zeros:
        zeros -= pages
    places = pages | ({"elocation_id"} if written.elocation_id else set())
    if not places or not places <= zeros:
        zeros -= {field for field in ("volume", "issue") if getattr(written, field) == "0"}
    return [field for field in written._fields if field in zeros]
