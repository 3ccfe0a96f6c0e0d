"""Why a whole file is refused, in Crossref's wording.

Crossref validates with Xerces, which names a rule of XML Schema in each message (`cvc-…`). libxml2 does not, so its
sentences are translated. Only the first of these wordings is recorded; the others follow what Xerces is known to say.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

_SENTENCE = re.compile(r"line \d+, (?P<name>[\w.:-]+)(?:, attribute '(?P<attribute>[^']+)')?: (?P<rest>.*)", re.DOTALL)
_EXPECTED = re.compile(r"Expected is (?:one of )?\(? *(.*?) *\)?\.?\s*$", re.DOTALL)
_VALUE = re.compile(r"'([^']*)'")


def invalid(version: str, namespace: str, problems: Sequence[str], *, old_wording: bool = False) -> str:
    """The message about a file that its schema refuses, one sentence for each problem."""
    sentences = "".join(f"Error: {_translated(problem, namespace)}\n" for problem in problems)
    if old_wording:
        return f"org.crossref.common.xml.MalformedXmlException: {sentences}"
    return f"Error validating schema crossref{version}.xsd : {sentences}"


def not_well_formed(error: Exception) -> str:
    """An older wording. That of today was not recorded."""
    return f"Error: org.jdom.input.JDOMParseException: Error on line {getattr(error, 'lineno', 1) or 1}: {error}"


def unsupported(schema: str) -> str:
    """Known from another depositor's code only, and not word for word."""
    return f"Error: {schema or 'the document'} does not match any supported schema"


def _translated(problem: str, namespace: str) -> str:
    match = _SENTENCE.fullmatch(problem)
    if match is None:
        return f"cvc-assertion: {problem}"
    name, rest = match["name"], match["rest"]
    if rest.startswith("This element is not expected"):
        where = f"Invalid content was found starting with element '{_qualified(name, namespace)}'."
        return f"cvc-complex-type.2.4.a: {where}{_expected(rest, namespace) or ' No child element is expected.'}"
    if rest.startswith("Missing child element"):
        where = f"The content of element '{name}' is not complete."
        return f"cvc-complex-type.2.4.b: {where}{_expected(rest, namespace)}"
    if match["attribute"] is None and "is not a valid value" in rest:
        value = _VALUE.search(rest)
        return f"cvc-type.3.1.3: The value '{value[1] if value else ''}' of element '{name}' is not valid."
    if match["attribute"] is not None:
        return f"cvc-attribute.3: The attribute '{match['attribute']}' on element '{name}' is not valid: {rest}"
    return f"cvc-complex-type: element '{name}': {rest}"


def _expected(rest: str, namespace: str) -> str:
    match = _EXPECTED.search(rest)
    if match is None:
        return ""
    names = ", ".join(_qualified(name.strip(), namespace) for name in match[1].split(","))
    return f" One of '{{{names}}}' is expected." if "," in names else f" One of '{names}' is expected."


def _qualified(name: str, namespace: str) -> str:
    return f'{{"{namespace}":{name}}}'
