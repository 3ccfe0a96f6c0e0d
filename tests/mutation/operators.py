"""Mutants of a module: its source with one small change, as a tired programmer would make it."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from copy import copy
from typing import NamedTuple

_COMPARISONS: dict[type[ast.cmpop], tuple[type[ast.cmpop], ...]] = {
    ast.Lt: (ast.LtE, ast.GtE),
    ast.LtE: (ast.Lt, ast.Gt),
    ast.Gt: (ast.GtE, ast.LtE),
    ast.GtE: (ast.Gt, ast.Lt),
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
    ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
}
_OPERATIONS: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.FloorDiv,
    ast.FloorDiv: ast.Mult,
    ast.Mod: ast.FloorDiv,
    ast.BitAnd: ast.BitOr,
    ast.BitOr: ast.BitAnd,
}
_UNCHANGED = ("annotation", "returns", "decorator_list")
_FUNCTIONS = {"min": "max", "max": "min", "any": "all", "all": "any"}


class Mutant(NamedTuple):
    """One change of a module: the line where it begins, that line before and after, and the whole module with it."""

    line: int
    before: str
    after: str
    source: str


def mutants(source: str) -> list[Mutant]:
    """Every mutant of a module, in the order of its lines. Types, decorators, assertions, messages and logs stay."""
    tree, text = ast.parse(source), _Text(source)
    found = [text.changed(node, after) for node, after in _changes(tree)]
    return sorted(dict.fromkeys(found), key=lambda mutant: mutant.line)


def replaced(source: str, before: str, after: str) -> Mutant:
    """The mutant with another text in place of this one. Raises `ValueError` if it is not there exactly once."""
    if source.count(before) != 1:
        raise ValueError(f"{before!r} is {source.count(before)} times in the module")
    changed = source.replace(before, after)
    line = source[: source.index(before)].count("\n") + 1
    return Mutant(line, before.strip(), after.strip() or "(left out)", changed)


class _Text:
    """A module as bytes, as the tree counts them."""

    def __init__(self, source: str) -> None:
        self._lines = source.encode().splitlines(keepends=True)

    def changed(self, node: ast.stmt | ast.expr, after: str) -> Mutant:
        assert node.end_lineno is not None
        first, last = node.lineno - 1, node.end_lineno - 1
        line = self._lines[first][: node.col_offset] + after.encode() + self._lines[last][node.end_col_offset :]
        source = b"".join([*self._lines[:first], line, *self._lines[last + 1 :]])
        return Mutant(node.lineno, self._lines[first].decode().strip(), line.decode().strip(), source.decode())


def _changes(node: ast.AST, *, is_last: bool = False) -> Iterator[tuple[ast.stmt | ast.expr, str]]:
    """Every node that can be changed, with what takes its place. `is_last`: a function does nothing after it."""
    if _is_inert(node):
        return
    if isinstance(node, ast.stmt) and _can_be_left_out(node, is_last=is_last):
        yield node, "pass"
    if isinstance(node, ast.expr):
        yield from ((node, f"({ast.unparse(after)})") for after in _other_expressions(node))
    if isinstance(node, ast.If | ast.While | ast.IfExp) and isinstance(node.test, ast.Name | ast.Attribute | ast.Call):
        yield node.test, f"(not {ast.unparse(node.test)})"
    last = _last_in(node) if is_last or isinstance(node, ast.FunctionDef) else []
    for child in _children(node):
        yield from _changes(child, is_last=child in last)


def _last_in(node: ast.AST) -> list[ast.AST]:
    """The last statement of each block of this one."""
    if isinstance(node, ast.For | ast.While):
        return []  # another turn follows
    blocks = [getattr(node, field, []) for field in ("body", "orelse", "finalbody")]
    return [block[-1] for block in blocks if isinstance(block, list) and block] + list(getattr(node, "handlers", []))


def _is_inert(node: ast.AST) -> bool:
    """Whether no test could notice a change: of what is exported, logged, asserted, for types or speed only."""
    if isinstance(node, ast.If):
        return ast.unparse(node.test) == "TYPE_CHECKING"
    if isinstance(node, ast.BinOp):
        return isinstance(node.op, ast.LShift)  # the size of a cache
    if isinstance(node, ast.Assign):
        return ast.unparse(node.targets[0]) == "__all__"
    if isinstance(node, ast.Expr):
        return isinstance(node.value, ast.Constant) or ast.unparse(node).startswith("log.")
    return isinstance(node, ast.Assert | ast.JoinedStr)


def _children(node: ast.AST) -> Iterator[ast.AST]:
    """The nodes below, but for types, decorators, options of classes and the words of an error."""
    for field, value in ast.iter_fields(node) if not isinstance(node, ast.Raise) else ():
        if field == "body" or (field not in _UNCHANGED and not isinstance(node, ast.ClassDef)):
            yield from (
                child for child in (value if isinstance(value, list) else [value]) if isinstance(child, ast.AST)
            )


def _can_be_left_out(node: ast.stmt, *, is_last: bool) -> bool:
    """Whether the module without this statement still runs, and may do something else: no name goes with it."""
    if isinstance(node, ast.Assign):
        return not any(isinstance(target, ast.Name | ast.Tuple) for target in node.targets)
    if isinstance(node, ast.Return):
        return node.value is not None and not is_last
    return isinstance(node, ast.Expr | ast.AugAssign | ast.Raise | ast.Continue | ast.Break)


def _other_expressions(node: ast.expr) -> Iterator[ast.expr]:
    if isinstance(node, ast.Compare):
        for place, operator in enumerate(node.ops):
            for other in _COMPARISONS[type(operator)]:
                yield _with(node, ops=[*node.ops[:place], other(), *node.ops[place + 1 :]])
    elif isinstance(node, ast.BoolOp):
        yield _with(node, op=ast.Or() if isinstance(node.op, ast.And) else ast.And())
        for place in range(len(node.values)):
            rest = node.values[:place] + node.values[place + 1 :]
            yield rest[0] if len(rest) == 1 else _with(node, values=rest)
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        yield node.operand
    elif isinstance(node, ast.BinOp) and type(node.op) in _OPERATIONS:
        yield _with(node, op=_OPERATIONS[type(node.op)]())
    elif isinstance(node, ast.IfExp):
        yield _with(node, body=node.orelse, orelse=node.body)
    elif isinstance(node, ast.Constant):
        yield from map(ast.Constant, _other_values(node.value))
    elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in _FUNCTIONS:
        yield _with(node, func=ast.Name(_FUNCTIONS[node.func.id]))


def _other_values(value: object) -> Iterator[bool | int]:
    if isinstance(value, bool):
        yield not value
    elif isinstance(value, int):
        yield from (value + 1, value - 1)


def _with(node: ast.expr, **fields: object) -> ast.expr:
    changed = copy(node)
    for name, value in fields.items():
        setattr(changed, name, value)
    return changed
