"""Types of columns that check what they store: digests, moments, numbers, words, lists."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, TypeVar

import msgspec
from sqlalchemy import LargeBinary, Text
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator

from harvester.store.engines import DamagedValue

Value = TypeVar("Value")


class _Checked(TypeDecorator[Value]):
    """A type that converts what it reads, and recognizes what no program of ours has written: the store is damaged."""

    impl: Any = Text  # of those that name no other
    cache_ok = True

    def read(self, value: Any) -> Value | None:
        raise NotImplementedError

    def process_result_value(self, value: Any, dialect: Dialect) -> Value | None:  # noqa: ARG002
        try:
            return self.read(value)
        except (AttributeError, TypeError, ValueError) as error:  # msgspec's errors are `ValueError`
            raise DamagedValue(f"malformed value: {type(self).__name__}") from error


class Sha256(_Checked[str]):
    """A SHA-256 hash: hex in the program, 32 bytes in the store."""

    impl = LargeBinary(32)
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> bytes | None:  # noqa: ARG002
        return None if value is None else bytes.fromhex(value)

    def read(self, value: Any) -> str | None:
        return None if value is None else value.hex()


class Moment(_Checked[datetime]):
    """A moment: an aware datetime in the program, readable and sortable text in UTC in the store."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> str | None:  # noqa: ARG002
        if value is None:
            return None
        return value.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="milliseconds") + "Z"

    def read(self, value: Any) -> datetime | None:
        return None if value is None else datetime.fromisoformat(value)


class Numbers(_Checked[dict[str, int]]):
    """Numbers by name, as JSON text; the order is kept."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> str:  # noqa: ARG002
        return msgspec.json.encode(value or {}).decode()

    def read(self, value: Any) -> dict[str, int]:
        return msgspec.json.decode(value, type=dict[str, int]) if value else {}


class Words(_Checked[dict[str, str]]):
    """Words by name, as JSON text; the order is kept."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> str:  # noqa: ARG002
        return msgspec.json.encode(value or {}).decode()

    def read(self, value: Any) -> dict[str, str]:
        return msgspec.json.decode(value, type=dict[str, str]) if value else {}


class Strings(_Checked[tuple[str, ...]]):
    """A list of strings, as JSON text."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> str:  # noqa: ARG002
        return msgspec.json.encode(value).decode() if value else "[]"

    def read(self, value: Any) -> tuple[str, ...]:
        return msgspec.json.decode(value, type=tuple[str, ...]) if value and value != "[]" else ()
