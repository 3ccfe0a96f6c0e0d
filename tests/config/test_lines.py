"""Every key, table and array element of a TOML file has its line."""

import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harvester.config.lines import locate

EXAMPLE = '''\
# a comment with [brackets] and = signs
top = 1
dotted.name = "a # no comment"   # a comment

[table]  # after a header
"quoted key" = 'it''s'
'literal "key"' = """
three
lines \\""" and a quote""""
next = [
  1,  # one
  [2, 3],
  { deep = "[", deeper = {x = 1} },
]
date = 1979-05-27 07:32:00
[ spaced . "out.side" ]
inline = {a = 1, b = "}"}
[[rows]]
name = "first"
[[rows]]
name = "second"
[rows.sub]
under = true
[[rows.inner]]
x = 1
'''
LINES = {
    ("top",): 2,
    ("dotted",): 3,
    ("dotted", "name"): 3,
    ("table",): 5,
    ("table", "quoted key"): 6,
    ("table", 'literal "key"'): 7,
    ("table", "next"): 10,
    ("table", "next", 0): 11,
    ("table", "next", 1): 12,
    ("table", "next", 1, 0): 12,
    ("table", "next", 1, 1): 12,
    ("table", "next", 2): 13,
    ("table", "next", 2, "deep"): 13,
    ("table", "next", 2, "deeper"): 13,
    ("table", "next", 2, "deeper", "x"): 13,
    ("table", "date"): 15,
    ("spaced",): 16,
    ("spaced", "out.side"): 16,
    ("spaced", "out.side", "inline"): 17,
    ("spaced", "out.side", "inline", "a"): 17,
    ("spaced", "out.side", "inline", "b"): 17,
    ("rows",): 18,
    ("rows", 0): 18,
    ("rows", 0, "name"): 19,
    ("rows", 1): 20,
    ("rows", 1, "name"): 21,
    ("rows", 1, "sub"): 22,
    ("rows", 1, "sub", "under"): 23,
    ("rows", 1, "inner"): 24,
    ("rows", 1, "inner", 0): 24,
    ("rows", 1, "inner", 0, "x"): 25,
}


@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
def test_every_path_of_an_example_has_its_line(line_end):
    text = EXAMPLE.replace("'it''s'", "'its'").replace("\n", line_end)
    assert paths(tomllib.loads(text)) == set(LINES)
    assert locate(text) == LINES


def test_empty_file_and_file_without_a_last_line_end():
    assert locate("") == {}
    assert locate("# nothing") == {}
    assert locate("\n\na = 1") == {("a",): 3}


def paths(value, base=()):
    """Every path of a parsed document."""
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    inside = set()
    for key, inner in items:
        inside |= {(*base, key)} | paths(inner, (*base, key))
    return inside


# ------------------------------------------------------------------------------------------------- any document

names = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), max_size=6)
scalars = st.one_of(st.integers(-9, 9), st.booleans(), st.text(st.sampled_from("a\"'\\[]{}=#,. \n"), max_size=8))
values = st.recursive(scalars, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(names, inner, max_size=3))
documents = st.dictionaries(names, st.dictionaries(names, values, max_size=4) | values, max_size=4)


def quoted(text, style):
    escaped = "".join(f"\\u{ord(c):04x}" if c in '"\\\n\x7f' else c for c in text)
    if style == "multi":
        return '"""\n' + text.replace("\\", "\\\\").replace('"', '\\"') + '"""'
    if style == "literal" and not set(text) & set("'\n\x7f"):
        return f"'{text}'"
    return f'"{escaped}"'


def to_toml(value, style):
    """A value as TOML, in one of the styles that people use."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int):
        return str(value)
    if isinstance(value, str):
        return quoted(value, style)
    if isinstance(value, list):
        gap = "\n # ]\n" if style == "multi" else " "
        return "[" + gap + f",{gap}".join(to_toml(item, style) for item in value) + gap + "]"
    return "{" + ", ".join(f"{quoted(k, 'basic')} = {to_toml(v, style)}" for k, v in value.items()) + "}"


@given(documents, st.sampled_from(["basic", "literal", "multi"]))
def test_located_paths_are_those_of_the_parsed_document(document, style):
    lines = [f"{quoted(key, 'basic')} = {to_toml(v, style)}" for key, v in document.items() if not isinstance(v, dict)]
    for key, table in document.items():
        if isinstance(table, dict):
            lines.append(f"[{quoted(key, 'basic')}]")
            lines += [f"{quoted(name, 'literal')} = {to_toml(value, style)} # end" for name, value in table.items()]
    text = "\n".join(lines)
    assert tomllib.loads(text) == document
    located = locate(text)
    assert set(located) == paths(document)
    rows = text.split("\n")
    for path, line in located.items():
        if len(path) == 1:
            assert quoted(path[0], "basic") in rows[line - 1]
