"""Formulas: MathML as Crossref's schema accepts it (MathML 3, presentation).

One wrong attribute in a formula makes a whole deposit file invalid, and loading the schema of MathML takes seconds. So
this module lists the part of MathML that publishers use. Anything else is reported before a deposit file is built.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from lxml import etree

from harvester.model import Article, Finding, Policy
from harvester.rules.rule import Rule
from harvester.rules.texts import texts_of
from harvester.text import Math, Span, Text
from harvester.xmltools import MATHML, UnsafeXml, parse

_EXCERPT_LENGTH = 120  # characters of a formula in a finding


def formulas_are_accepted(article: Article, _: Policy) -> Iterator[Finding]:
    for path, number, text in _texts(article):
        if len(text) == 1 and isinstance(text[0], str):  # nearly always
            continue
        for formula in _formulas(text):
            if problem := problem_of(formula.mathml):
                yield Finding(
                    "formula-refused", path.format(number), formula.mathml[:_EXCERPT_LENGTH], {"problem": problem}
                )


def _texts(article: Article) -> Iterator[tuple[str, int, Text]]:
    """Every text that may have formulas, with the pattern of its path and the number in the path."""
    for number, title in enumerate(article.titles):
        yield "titles[{}]", number, title.text
        yield "titles[{}].subtitle", number, title.subtitle
    for number, abstract in enumerate(article.abstracts):
        for block in abstract.blocks:
            for text in texts_of(block):
                yield "abstracts[{}]", number, text


def _formulas(text: Text) -> Iterator[Math]:
    for part in text:
        if isinstance(part, Math):
            yield part
        elif isinstance(part, Span):
            yield from _formulas(part.inline)


# ----------------------------------------------------------------------------------------------- elements


def _word_set(names: str) -> frozenset[str]:
    return frozenset(names.split())


_TOKENS = _word_set("mi mn mo mtext ms")
_EMPTY = _word_set("mspace none mprescripts malignmark maligngroup")
_ROWS = _word_set("math mrow mstyle msqrt merror mpadded mphantom mfenced menclose mtd")
_CHILD_COUNTS = {"mfrac": 2, "mroot": 2, "msub": 2, "msup": 2, "msubsup": 3, "munder": 2, "mover": 2, "munderover": 3}
_ONLY_CHILD = {"mtable": "mtr", "mtr": "mtd"}
_EXPRESSIONS = (
    _TOKENS
    | _ROWS
    | _CHILD_COUNTS.keys()
    | {"mspace", "malignmark", "maligngroup", "mtable", "mmultiscripts", "semantics"}
) - {
    "math",
    "mtd",
}
_ANNOTATION = "annotation"


@lru_cache(1024)
def problem_of(mathml: str) -> str | None:
    """The first reason why the schema would refuse a serialised `<math>` element; `None` if it accepts the element."""
    try:
        root = parse(mathml.encode("utf-8", "surrogatepass"))
    except (etree.XMLSyntaxError, UnsafeXml):
        return "it is no well-formed XML"
    if root.tag != f"{{{MATHML}}}math":
        return "it is no MathML"
    return next((problem for element in root.iter() if (problem := _element_problem(element))), None)


def _element_problem(element: etree._Element) -> str | None:
    name = _name(element)
    children = [_name(child) for child in element]
    if not _may_contain(name, children):
        return f"<{name}> is unknown, or does not hold what it must"
    if name not in _TOKENS and name != _ANNOTATION and _has_text(element):
        return f"there is bare text in <{name}>"
    wrong = next((f"{key}={value!r}" for key, value in _attributes(element) if not _accepts(name, key, value)), None)
    return f"<{name}> has {wrong}" if wrong else None


def _attributes(element: etree._Element) -> Iterator[tuple[str, str]]:
    for key, value in element.attrib.items():
        yield str(key), str(value)


def _name(element: etree._Element) -> str:
    tag = element.tag
    return tag.removeprefix(f"{{{MATHML}}}") if isinstance(tag, str) else "?"


def _may_contain(name: str, children: list[str]) -> bool:
    """Whether an element of that name may have exactly these children."""
    if name in _EMPTY or name == _ANNOTATION:
        return not children
    if name in _TOKENS:
        return all(child == "malignmark" for child in children)
    if name in _ONLY_CHILD:
        return all(child == _ONLY_CHILD[name] for child in children)
    if name == "semantics":
        return _are_expressions(children[:1]) and set(children[1:]) <= {_ANNOTATION} and bool(children)
    if name == "mmultiscripts":
        return _are_scripts(children)
    return _are_expressions(children) and (name in _ROWS or _CHILD_COUNTS.get(name) == len(children))


def _are_expressions(children: list[str]) -> bool:
    return all(child in _EXPRESSIONS for child in children)


def _are_scripts(children: list[str]) -> bool:
    """Whether the children are a base, pairs of scripts after it, and behind `mprescripts` pairs before it."""
    after, _, before = "\n".join(children[1:]).partition("mprescripts")
    return (
        bool(children)
        and children[0] in _EXPRESSIONS
        and all(
            len(scripts) % 2 == 0 and all(script == "none" or script in _EXPRESSIONS for script in scripts)
            for scripts in (after.split(), before.split())
        )
    )


def _has_text(element: etree._Element) -> bool:
    return any(part and part.strip(" \t\r\n") for part in (element.text, *(child.tail for child in element)))


# --------------------------------------------------------------------------------------------- attributes

_LENGTH = r"-?[0-9]*(?:\.[0-9]*)?(?:e[mx]|in|cm|mm|p[xtc]|%)?|(?:negative)?(?:(?:very){0,2}thi(?:n|ck)|medium)mathspace"
_PADDED_LENGTH = r"[+-]?[0-9]*(?:\.[0-9]*)?(?:e[mx]|in|cm|mm|p[xtc]|%?(?:height|depth|width)?)"
_COLOR = (
    r"#[0-9a-fA-F]{3}(?:[0-9a-fA-F]{3})?|aqua|black|blue|fuchsia|gray|green|lime|maroon|navy|olive|purple|red|silver|"
    "teal|white|yellow"
)
_BOOLEAN, _SIDES, _ANYTHING = "true|false", "left|center|right", r"[^\x00]*"
_VARIANTS = (
    "normal|bold|italic|bold-italic|double-struck|bold-fraktur|script|bold-script|fraktur|sans-serif|bold-sans-serif|"
    "sans-serif-italic|sans-serif-bold-italic|monospace|initial|tailed|looped|stretched"
)
_COMMON_ATTRIBUTES = {"mathcolor": _COLOR, "mathbackground": f"transparent|{_COLOR}", "class": r"[\w.-]+(?: [\w.-]+)*"}
_COMMON_ATTRIBUTES |= dict.fromkeys(("style", "other", "xref"), _ANYTHING)
_TOKEN_ATTRIBUTES = {"mathvariant": _VARIANTS, "mathsize": f"small|normal|big|{_LENGTH}", "dir": "ltr|rtl"}
_TOKEN_ATTRIBUTES |= {"fontweight": "normal|bold", "fontstyle": "normal|italic", "fontfamily": _ANYTHING}
_STYLE_ATTRIBUTES = {"displaystyle": _BOOLEAN, "scriptlevel": "[+-]?[0-9]{1,9}", "mathvariant": _VARIANTS}
_STYLE_ATTRIBUTES |= {"mathsize": f"small|normal|big|{_LENGTH}", "dir": "ltr|rtl"}
_SUB, _SUP = {"subscriptshift": _LENGTH}, {"superscriptshift": _LENGTH}
_ALIGN = {"align": _SIDES}
_CELL_ATTRIBUTES = {"columnalign": _SIDES, "rowalign": "top|bottom|center|baseline|axis"}
_OPERATOR_ATTRIBUTES = dict.fromkeys(
    _word_set("fence separator stretchy symmetric largeop movablelimits accent"), _BOOLEAN
)
_OPERATOR_ATTRIBUTES |= dict.fromkeys(_word_set("lspace rspace minsize lineleading indentshift"), _LENGTH)
_OPERATOR_ATTRIBUTES |= {"form": "prefix|infix|postfix", "maxsize": f"infinity|{_LENGTH}", "indenttarget": _ANYTHING}
_OPERATOR_ATTRIBUTES |= {"linebreak": "auto|newline|nobreak|goodbreak|badbreak", "indentalign": f"{_SIDES}|auto|id"}

_ATTRIBUTES: dict[str, dict[str, str]] = {
    "math": {
        **_STYLE_ATTRIBUTES,
        "display": "block|inline",
        "overflow": "linebreak|scroll|elide|truncate|scale",
        "alttext": _ANYTHING,
        "mode": _ANYTHING,
    },
    **dict.fromkeys(("mi", "mn", "mtext"), _TOKEN_ATTRIBUTES),
    "mo": {**_TOKEN_ATTRIBUTES, **_OPERATOR_ATTRIBUTES},
    "ms": {**_TOKEN_ATTRIBUTES, "lquote": _ANYTHING, "rquote": _ANYTHING},
    "mspace": {
        **_TOKEN_ATTRIBUTES,
        **dict.fromkeys(("width", "height", "depth"), _LENGTH),
        "linebreak": "auto|newline|nobreak|goodbreak|badbreak|indentingnewline",
    },
    "mrow": {"dir": "ltr|rtl"},
    "mstyle": _STYLE_ATTRIBUTES,
    "mfrac": {
        "linethickness": f"thin|medium|thick|{_LENGTH}",
        "numalign": _SIDES,
        "denomalign": _SIDES,
        "bevelled": _BOOLEAN,
    },
    "mpadded": dict.fromkeys(_word_set("width height depth lspace voffset"), _PADDED_LENGTH),
    "mfenced": dict.fromkeys(("open", "close", "separators"), _ANYTHING),
    "msub": _SUB,
    "msup": _SUP,
    "msubsup": {**_SUB, **_SUP},
    "mmultiscripts": {**_SUB, **_SUP},
    "munder": {"accentunder": _BOOLEAN, **_ALIGN},
    "mover": {"accent": _BOOLEAN, **_ALIGN},
    "munderover": {"accent": _BOOLEAN, "accentunder": _BOOLEAN, **_ALIGN},
    "mtable": {
        "displaystyle": _BOOLEAN,
        "columnalign": f"(?:{_SIDES})(?: (?:{_SIDES}))*",
        "rowalign": "top|bottom|center|baseline|axis",
        "align": "(?:top|bottom|center|baseline|axis)[0-9]*",
        "equalrows": _BOOLEAN,
        "equalcolumns": _BOOLEAN,
        "rowspacing": f"(?:{_LENGTH})(?: (?:{_LENGTH}))*",
        "columnspacing": f"(?:{_LENGTH})(?: (?:{_LENGTH}))*",
    },
    "mtr": _CELL_ATTRIBUTES,
    "mtd": {**_CELL_ATTRIBUTES, "rowspan": "[1-9][0-9]{0,3}", "columnspan": "[1-9][0-9]{0,3}"},
    "semantics": {},
    _ANNOTATION: {"encoding": _ANYTHING},
}


@lru_cache(512)
def _pattern(element: str, attribute: str) -> re.Pattern[str] | None:
    allowed = _ATTRIBUTES.get(element, {}).get(attribute) or _COMMON_ATTRIBUTES.get(attribute)
    return re.compile(allowed, re.ASCII) if allowed else None


def _accepts(element: str, attribute: str, value: str) -> bool:
    pattern = _pattern(element, attribute)
    return pattern is not None and pattern.fullmatch(value) is not None


RULES: tuple[Rule, ...] = (formulas_are_accepted,)
