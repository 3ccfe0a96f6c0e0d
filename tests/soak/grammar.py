"""A grammar of JATS and Dublin Core for records of any content: which elements may be where, and texts of all kinds."""

from __future__ import annotations

import re

INLINE = "italic bold sup sub xref fn ext-link inline-formula break named-content email"

# An element, and the elements that it may contain.
_JATS = """
journal-meta: journal-id journal-title-group journal-title issn publisher abbrev-journal-title
journal-title-group: journal-title abbrev-journal-title trans-title-group
publisher: publisher-name publisher-loc
article-meta: article-id article-categories title-group contrib-group aff pub-date volume issue fpage lpage
    page-range elocation-id history permissions self-uri related-article related-object abstract trans-abstract
    kwd-group funding-group pub-history supplement issue-title issue-sponsor
title-group: article-title subtitle trans-title-group trans-title trans-subtitle alt-title
trans-title-group: trans-title trans-subtitle
contrib-group: contrib contrib aff on-behalf-of
contrib: name string-name name-alternatives collab collab-alternatives anonymous contrib-id aff xref role email
    uri degrees
name: surname given-names suffix prefix degrees
string-name: surname given-names suffix prefix degrees
name-alternatives: name string-name
collab: institution contrib-group xref
aff: institution institution-wrap label addr-line city country institution-id named-content email
institution-wrap: institution institution-id
aff-alternatives: aff
pub-date: day month year season string-date era
history: date
date: day month year
pub-history: event
event: self-uri article-id date
permissions: copyright-statement copyright-year license license_ref
license: license-p license_ref ali:license_ref
license-p: ext-link
abstract: title p sec list disp-formula fig label
trans-abstract: title p sec
sec: title p sec list
list: list-item
list-item: p list
p: INLINE list disp-formula
title: INLINE
article-title: INLINE
subtitle: INLINE
trans-title: INLINE
italic: INLINE
bold: INLINE
sup: INLINE
xref: sup
kwd-group: title kwd compound-kwd
kwd: INLINE
funding-group: award-group funding-statement funding-source
award-group: funding-source award-id principal-award-recipient
funding-source: institution-wrap institution named-content
related-article: INLINE
related-object: INLINE object-id
inline-formula: math tex-math alternatives
disp-formula: math tex-math label
alternatives: math tex-math graphic
math: mi mrow mfrac msup mtable menclose mtext
mrow: mi mn mo mfrac msup
mfrac: mi mi mrow
msup: mi mn
menclose: mi
mtable: mtr
mtr: mtd
mtd: mi mrow
ref-list: ref ref title ref-list p
ref: label mixed-citation element-citation citation-alternatives note mixed-citation
citation-alternatives: mixed-citation element-citation
mixed-citation: person-group article-title source year volume fpage pub-id ext-link comment label italic
element-citation: person-group article-title chapter-title part-title source year volume issue fpage lpage
    pub-id ext-link publisher-name isbn issn edition name collab etal comment date elocation-id
person-group: name string-name collab etal
comment: pub-id ext-link
sub-article: front-stub body
front-stub: article-id title-group abstract contrib-group
"""


def _parsed(grammar: str) -> dict[str, list[str]]:
    rows = re.sub(r"\n\s+", " ", grammar).replace("INLINE", INLINE).strip().splitlines()
    return {name: children.split() for name, _, children in (row.partition(": ") for row in rows)}


def _listed(words: str) -> list[str]:
    return words.split()


CHILDREN = _parsed(_JATS)
DUBLIN_CORE = _listed("""
title creator subject description publisher contributor date type format identifier source language relation
rights
""")
LANGUAGES = ["en", "de", "ru", "eng", "en-US", "xx", ""]
ATTRIBUTES = _listed("""
id rid ref-type pub-id-type pub-type date-type publication-format contrib-type name-style abstract-type
publication-type related-article-type ext-link-type content-type specific-use article-type journal-id-type
contrib-id-type institution-id-type xml:lang xlink:href start_date iso-8601-date calendar document-id object-id
applies_to notation equal-contrib
""")
VALUES = _listed("""
doi pii isbn epub ppub pub electronic print author editor translation aff a1 primary eastern given-only teaser
abstract journal book thesis corrected-article preprint reviewer-report data orcid vor 2021-01-01 text/html pdf
https://reeds.example/x 10.5555/z reply issn-l data-title en updiagonalstrike
""")
VALUES += ["", "a1 a2"]
_WORDS = _listed("""
. 0 12 00 Reeds Berg N/A None 10.5555/a https://doi.org/10.5555/b doi:10.5555/c. 10.5555/a;10.5555/b 2049-3630
0000-0000 2021 2021-02-31 2021-03-15 1970-01-01 99999 12-15 e12 3/4 https://reeds.example/7 http://localhost/7
http://[bad www.reeds.example 0000-0002-1825-0097 https://ror.org/03yrm5c26 10.13039/501100000780
https://creativecommons.org/licenses/by/4.0/ <i>reeds</i> &lt;b&gt;x &amp;nbsp; $x^2$ ??? en eng xx
""")
TEXTS = [
    *_WORDS,
    "x" * 3000,
    "",
    " ",
    "—",
    "On reeds & water",
    "Berg, Ada",
    "A. B.",
    "Ada Berg",
    "S1–S5",
    "12–15, 18",
    "Vol. 3",
    "CC BY 4.0",
    "a\xadb",
    "\u200b",
    "\u202e",
    "PÃ©rez",
    "eff ective",
    "Ёлка",
    "\u8466",
    "قصب",
    "\U0001f33e",
    "é",
    "\ufb01sh",
    "1. Berg A. 2001.\n2. Dahl B. 2002.",
    "Berg; Dahl",
    "Reed Letters; Vol. 3 No. 1 (2021); 12-15",
    "Reed University",
    "et al.",
    "None None",
    "\ufffd",
]
