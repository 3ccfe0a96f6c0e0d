"""Payloads are stored as they were received, and damage is found."""

from __future__ import annotations

import hashlib
import random
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import update

from harvester import store
from harvester.errors import StoreError
from harvester.store import payloads
from harvester.store.store import Store
from harvester.store.tables import payload
from tests.store.samples import begin, page, raw, save_page

CONTENTS = st.sets(st.binary(max_size=50) | st.binary(max_size=20).map(lambda part: part * 100), max_size=10)


@given(CONTENTS)
@settings(max_examples=50, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_saved_payloads_can_be_loaded(opened: Store, contents: set[bytes]):
    with opened._database.write() as connection:
        numbers = payloads.save(connection, contents)
        assert payloads.load(connection, numbers.values()) == {number: content for content, number in numbers.items()}


def test_ids_continue_after_the_last_one(opened: Store):
    with opened._database.write() as connection:
        first = payloads.save(connection, [b"a", b"b"])
        second = payloads.save(connection, [b"c", b"a"])
        assert sorted([*first.values(), *second.values()]) == [1, 2, 3, 4]
        assert payloads.save(connection, []) == {}
        assert payloads.load(connection, []) == {}


def test_only_payloads_that_become_smaller_are_compressed(opened: Store):
    long, short = b"reed " * 100, b"r"
    with opened._database.write() as connection:
        numbers = payloads.save(connection, [long, short])
        rows = {row.id: row for row in connection.execute(payload.select())}
    assert (rows[numbers[long]].codec, rows[numbers[short]].codec) == ("zstd", "none")
    assert len(rows[numbers[long]].data) < len(long)
    assert rows[numbers[short]].data == short
    assert [rows[numbers[each]].hash for each in (long, short)] == [
        hashlib.sha256(each).hexdigest() for each in (long, short)
    ]


def test_more_payloads_than_fit_into_one_statement_are_loaded(opened: Store):
    contents = [str(number).encode() for number in range(2500)]
    with opened._database.write() as connection:
        numbers = payloads.save(connection, contents)
        assert len(payloads.load(connection, numbers.values())) == 2500
        assert list(payloads.damaged(connection)) == []


@pytest.mark.parametrize("data", [b"", b"other bytes", payloads._compressor.compress(b"other bytes")])
@pytest.mark.parametrize("content", [b"reed " * 100, b"r"])
def test_damaged_payload_is_found(opened: Store, content: bytes, data: bytes):
    with opened._database.write() as connection:
        number = payloads.save(connection, [b"sound", content])[content]
        connection.execute(update(payload).where(payload.c.id == number).values(data=data))
        with pytest.raises(StoreError, match=hashlib.sha256(content).hexdigest()):
            payloads.load(connection, [number])
        assert list(payloads.damaged(connection)) == [hashlib.sha256(content).hexdigest()]


def test_threads_that_save_at_the_same_time_damage_no_payload(tmp_path: Path):
    """Each thread has a store of its own, so that no lock of SQLite lets them compress in turn."""

    def fill(thread: int) -> list[str]:
        letters = random.Random(thread)
        with store.connect(f"sqlite:///{tmp_path / f'{thread}.sqlite'}") as opened:
            run, window = begin(opened)
            for number in range(20):
                texts = [letters.randbytes(400).hex() * 3 for _ in range(100)]
                records = (raw(number * 100 + one, text) for one, text in enumerate(texts))
                save_page(opened, run.id, window.id, page(*records))
            return opened.check_integrity(deep=True)

    with ThreadPoolExecutor(4) as threads:
        assert list(threads.map(fill, range(4))) == [[]] * 4
