"""Values for config.toml are read there as what they were."""

from __future__ import annotations

import tomllib

from hypothesis import given
from hypothesis import strategies as st

from harvester.tomltext import as_toml

TEXTS = st.text(st.characters(exclude_categories=["Cs"]))


@given(TEXTS | st.lists(TEXTS))
def test_value_is_read_as_it_was(value: str | list[str]):
    written = as_toml(value)
    assert len(written.split("\n")) == 1
    assert tomllib.loads(f"key = {written}") == {"key": value}


def test_letters_of_all_scripts_stay_readable():
    assert as_toml(("Лампы", 'The "Lamp"')) == '["Лампы", "The \\"Lamp\\""]'
