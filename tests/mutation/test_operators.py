"""The mutants of a snippet."""

from __future__ import annotations

import ast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.mutation.operators import mutants, replaced
from tests.mutation.targets import modules, path_of

SNIPPETS = [
    ("x = a < b", ["x = (a <= b)", "x = (a >= b)"]),
    ("x = a == b != c", ["x = (a != b != c)", "x = (a == b == c)"]),
    ("x = a is None", ["x = (a is not None)"]),
    ("x = a and b", ["x = (a or b)", "x = (b)", "x = (a)"]),
    ("x = not a", ["x = (a)"]),
    ("x = a + b // c", ["x = (a - b // c)", "x = a + (b * c)"]),
    ("x = 7", ["x = (8)", "x = (6)"]),
    ("x = True", ["x = (False)"]),
    ("x = a if b else c", ["x = (c if b else a)", "x = a if (not b) else c"]),
    ("x = min(a)", ["x = (max(a))"]),
    ("x.y = a", ["pass"]),
    ("x += a", ["pass"]),
    ("f(a)", ["pass"]),
    ("x: int | None = a", []),
    ("x = f'{a + 1}'", []),
    ("assert a < b", []),
    ("log.info('%d', 5)", []),
    ("__all__ = [5]", []),
    ("if TYPE_CHECKING:\n    import a", []),
    ("class A(B, c=True):\n    d: int = a", []),
    ("@cache(5)\ndef f():\n    'Words.'\n    return a", []),
    ("def f():\n    if a:\n        return b\n    return c", ["if (not a):", "pass"]),
    ("def f():\n    try:\n        return a\n    except B:\n        return None", []),
    ("def f():\n    if a:\n        return b\n    else:\n        return c", ["if (not a):"]),
    ("X = 1 << 14", []),
    ("for x in a:\n    if b:\n        continue", ["if (not b):", "pass"]),
    ("if a:\n    raise ValueError(5)", ["if (not a):", "pass"]),
    ("ж = 'ё' + a", ["ж = ('ё' - a)"]),
    ("f(\n    a,\n    b,\n)", ["pass"]),
]


@pytest.mark.parametrize(("source", "after"), SNIPPETS)
def test_each_kind_of_change(source, after):
    assert [mutant.after for mutant in mutants(source)] == after


def test_a_mutant_is_the_module_with_one_change():
    source = "# note\nx = [1,\n     a < b]  # end\ny = 'é' if x else b\n"
    found = {mutant.line: mutant for mutant in mutants(source)}
    assert found[3].before == "a < b]  # end"
    assert found[3].source == source.replace("a < b", "(a >= b)")
    assert found[4].source == source.replace("if x", "if (not x)")


@given(st.sampled_from(sorted(modules())), st.data())
def test_every_mutant_is_a_program_and_another_one(module, data):
    source = path_of(module).read_text(encoding="utf-8")
    mutant = data.draw(st.sampled_from(mutants(source)))
    assert ast.dump(ast.parse(mutant.source)) != ast.dump(ast.parse(source))


def test_a_text_is_replaced_where_it_is_alone():
    assert replaced("a\nsync(x)  # now\nb\n", "sync(x)", "pass") == (2, "sync(x)", "pass", "a\npass  # now\nb\n")
    assert replaced("a\n    b\n", "    b\n", "").after == "(left out)"
    for source in ("a", "b b"):
        with pytest.raises(ValueError, match="times in the module"):
            replaced(source, "b", "c")
