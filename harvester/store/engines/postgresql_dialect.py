"""How the statements of the store are written for PostgreSQL.

They are the same as for SQLite, and what differs in their words is translated here. Text sorts by code points, whatever
the language of the database, and integers are as large as in SQLite.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Any

from sqlalchemy.dialects import registry
from sqlalchemy.dialects.postgresql.base import PGDDLCompiler, PGTypeCompiler
from sqlalchemy.dialects.postgresql.psycopg import PGCompiler_psycopg, PGDialect_psycopg

# SQLite is told which index to begin with, since it has no statistics. PostgreSQL has them, and knows no such words.
# What is for PostgreSQL alone is in a comment.
_HINTS = (
    (re.compile(r"/\*postgresql (.+?) \*/"), r"\1"),
    (re.compile(r" INDEXED BY \w+"), ""),
    (re.compile(r"\bCROSS JOIN (?=\w+(?: \w+)? ON\b)"), "JOIN "),
    (re.compile(r"(?<=[ (])\+(?=[a-z_])"), ""),
)
_JSON = (re.compile(r"\bjson\((\w+)\)"), r"CAST(\1 AS json)")
_NAMES = (("json_object(", "json_build_object("), ("group_concat(", "string_agg("), (" LIKE ", " ILIKE "))
DRIVER = "postgresql+harvester"


@cache
def translated(statement: str) -> str:
    """A statement of ours that is text, in the words of PostgreSQL."""
    for pattern, words in (*_HINTS, _JSON):
        statement = pattern.sub(words, statement)
    for name, words in _NAMES:
        statement = statement.replace(name, words)
    return statement


class _Statements(PGCompiler_psycopg):
    def visit_textclause(self, textclause: Any, add_to_result_map: Any = None, **options: Any) -> str:
        return translated(super().visit_textclause(textclause, add_to_result_map, **options))  # type: ignore[no-untyped-call]

    def _on_conflict_target(self, clause: Any, **options: Any) -> str:
        """The statements are built with SQLite's `insert`. An update that names no columns is one of the same key."""
        clause.constraint_target = None
        if clause.inferred_target_elements is None and clause.__visit_name__ == "on_conflict_do_update":
            insert: Any = self.stack[-1]["selectable"]
            key = insert.table.primary_key
            return f"({', '.join(self.preparer.quote(column.name) for column in key)})"
        return str(super()._on_conflict_target(clause, **options))  # type: ignore[no-untyped-call]


class _Types(PGTypeCompiler):
    def visit_TEXT(self, type_: Any, type_expression: Any = None, **options: Any) -> str:
        """`type_expression` is the column, where a table is made."""
        words = super().visit_TEXT(type_, **options)
        return words if type_expression is None else f'{words} COLLATE "C"'

    def visit_INTEGER(self, type_: Any, **options: Any) -> str:
        return str(self.visit_BIGINT(type_, **options))  # type: ignore[no-untyped-call]


class _Tables(PGDDLCompiler):
    def get_column_specification(self, column: Any, **options: Any) -> str:
        return str(super().get_column_specification(column, **options)).replace(" SERIAL", " BIGSERIAL")  # type: ignore[no-untyped-call]


class Dialect(PGDialect_psycopg):
    statement_compiler = _Statements
    type_compiler_cls = _Types
    ddl_compiler = _Tables
    supports_statement_cache = True


registry.register(DRIVER.replace("+", "."), __name__, "Dialect")
