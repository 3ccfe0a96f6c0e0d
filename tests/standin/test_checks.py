"""Check digits, compared with those of another implementation."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum import isni, issn

from harvester.standin import checks


@given(st.from_regex(r"[0-9]{4}-[0-9]{3}[0-9X]", fullmatch=True))
def test_issn(value: str) -> None:
    assert checks.is_issn(value) == checks.is_issn(value.replace("-", "")) == issn.is_valid(value)


@given(st.from_regex(r"0000-000[0-9]-[0-9]{4}-[0-9]{3}[0-9X]", fullmatch=True))
def test_orcid(value: str) -> None:
    assert checks.is_orcid(f"https://orcid.org/{value}") == isni.is_valid(value)


@pytest.mark.parametrize("value", ["2049-3630", "0000-006X", "0000006x"])
def test_valid_issns(value: str) -> None:
    assert checks.is_issn(value)


@pytest.mark.parametrize(("value", "valid"), [("0000-0002-1825-0097", True), ("0000-0002-1694-233X", True)])
def test_valid_orcids(value: str, valid: bool) -> None:
    assert checks.is_orcid(value) == valid


@pytest.mark.parametrize("value", ["", "2049-363", "2049‐3630", "x2049-3630", "https://orcid.org/1"])
def test_something_else(value: str) -> None:
    assert not checks.is_issn(value)
    assert not checks.is_orcid(value)
    assert checks.orcid_number(value) is None
