"""Sentences of libxml2 in the wording of Crossref."""

from __future__ import annotations

import pytest

from harvester.standin import schema_errors

NS = "http://www.crossref.org/schema/5.3.1"


@pytest.mark.parametrize(
    ("problem", "words"),
    [
        (
            "line 12, posted_date: This element is not expected. Expected is ( titles ).",
            "cvc-complex-type.2.4.a: Invalid content was found starting with element "
            f"'{{\"{NS}\":posted_date}}'. One of '{{\"{NS}\":titles}}' is expected.",
        ),
        (
            "line 3, issue: This element is not expected. Expected is one of ( a, b ).",
            "cvc-complex-type.2.4.a: Invalid content was found starting with element "
            f'\'{{"{NS}":issue}}\'. One of \'{{{{"{NS}":a}}, {{"{NS}":b}}}}\' is expected.',
        ),
        (
            "line 3, issue: This element is not expected.",
            "cvc-complex-type.2.4.a: Invalid content was found starting with element "
            f"'{{\"{NS}\":issue}}'. No child element is expected.",
        ),
        (
            "line 3, titles: Missing child element(s). Expected is ( title ).",
            "cvc-complex-type.2.4.b: The content of element 'titles' is not complete. "
            f"One of '{{\"{NS}\":title}}' is expected.",
        ),
        (
            "line 9, year: 'xx' is not a valid value of the atomic type 'xs:gYear'.",
            "cvc-type.3.1.3: The value 'xx' of element 'year' is not valid.",
        ),
        (
            "line 2, issn, attribute 'media_type': [facet 'enumeration'] The value 'x' is not an element.",
            "cvc-attribute.3: The attribute 'media_type' on element 'issn' is not valid: [facet 'enumeration'] "
            "The value 'x' is not an element.",
        ),
        ("line 1, role: boss is not a role", "cvc-complex-type: element 'role': boss is not a role"),
        ("something new", "cvc-assertion: something new"),
    ],
)
def test_problem(problem: str, words: str) -> None:
    assert schema_errors.invalid("5.3.1", NS, [problem]) == (
        f"Error validating schema crossref5.3.1.xsd : Error: {words}\n"
    )


def test_several_problems() -> None:
    assert schema_errors.invalid("5.3.1", NS, ["a", "b"]).count("Error: ") == 2


def test_other_refusals() -> None:
    assert "JDOMParseException" in schema_errors.not_well_formed(ValueError("entities"))
    assert "does not match any supported schema" in schema_errors.unsupported("")
