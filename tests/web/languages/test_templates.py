from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from harvester.web.languages.templates import Template, element, element_number, fields, filled, with_elements


def test_values_are_found_again():
    assert Template("Run {id} of {source}").values("Run 7 of wetlands") == {"id": "7", "source": "wetlands"}
    assert Template("Run {id} of {source}").values("Run 7") is None


def test_number_is_only_a_number():
    assert Template("{n} records").values("1,234 records") == {"n": "1,234"}
    assert Template("{n} records").values("no records") is None


def test_value_that_occurs_twice_is_the_same_twice():
    twice = Template("If {value} is right, enter {value}.")
    assert twice.values("If a is right, enter a.") == {"value": "a"}
    assert twice.values("If a is right, enter b.") is None


def test_braces_of_a_text_are_no_values():
    assert Template('set page = "{{doi}}" under [{issn}]').values('set page = "{doi}" under [x]') == {"issn": "x"}


def test_elements_keep_their_numbers():
    text = with_elements("As {1} or {2}")
    assert [element_number(one) for one in text if element_number(one)] == [1, 2]
    assert element_number("a") is None
    assert text == f"As {element(1)} or {element(2)}"


def test_fields_are_sorted():
    assert fields("{2} of {n}, {name} {{not}}") == ["2", "n", "name"]


@given(value=st.text(), other=st.text())
def test_any_values_are_filled_in_as_they_are(value: str, other: str):
    english, translation = "from {value} until {other}", "{other} < {value} {{1}}"
    found = Template(english).values(f"from {value} until {other}")
    assert found is not None
    said = filled(translation, found, lambda _, one: one)
    assert said == f"{found['other']} < {found['value']} {{1}}"
    assert f"from {found['value']} until {found['other']}" == f"from {value} until {other}"


def test_text_without_words_for_a_value_is_not_filled_in():
    assert filled("a {words}", {"words": "x"}, lambda _, __: None) is None
