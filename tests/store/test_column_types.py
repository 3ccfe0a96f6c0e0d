from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.dialects import sqlite

from harvester.store.column_types import Moment, Sha256, Strings

DIALECT = sqlite.dialect()


@given(st.datetimes(timezones=st.sampled_from([UTC, timezone(timedelta(hours=5, minutes=45))])))
def test_moments_are_read_back_to_the_millisecond(moment: datetime):
    text = Moment().process_bind_param(moment, DIALECT)
    assert text is not None
    assert len(text) == len("2025-03-01T12:00:00.000Z")
    back = Moment().process_result_value(text, DIALECT)
    assert back is not None
    assert timedelta(0) <= moment - back < timedelta(milliseconds=1)


@given(st.lists(st.text()))
def test_strings_are_read_back_unchanged(strings: list[str]):
    text = Strings().process_bind_param(tuple(strings), DIALECT)
    assert Strings().process_result_value(text, DIALECT) == tuple(strings)


@given(st.binary(min_size=32, max_size=32))
def test_hashes_are_read_back_unchanged(digest: bytes):
    assert Sha256().process_bind_param(digest.hex(), DIALECT) == digest
    assert Sha256().process_result_value(digest, DIALECT) == digest.hex()
