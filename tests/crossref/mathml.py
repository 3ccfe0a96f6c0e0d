"""Writes harvester/crossref/mathml.toml, the grammar of MathML in regular expressions, from Crossref's schema bundle.

    .venv/bin/python -m tests.crossref.mathml

Two simplifications: `semantics` has three content models in the schema, and here the most general one; identifiers are
left out, because two formulas of a deposit file may have the same.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import harvester
from harvester.crossref.bundles.pins import find
from harvester.crossref.versions import DEFAULT
from harvester.xmltools import local, parse

GRAMMAR = Path(harvester.__file__).parent / "crossref" / "mathml.toml"
_MODULES = "standard-modules/mathml3/mathml3-*.xsd"
_HEADER = """\
# MathML 3 as in Crossref's schemas: what each element may contain, and the attributes it may have.
# Made by `python -m tests.crossref.mathml` from the schema. Regular expressions; {name} refers to a group or type.
# Of each element: the names of its children, each with a blank after it (`*` is an element in another namespace);
# whether it may contain text; its attributes, in groups and alone. White space in values is reduced to single blanks.
"""
_ANYTHING = r"[^\x00]*"
_BUILT_IN = {  # the types of XML Schema
    "string": _ANYTHING,
    "NCName": r"[A-Za-z_][\w.-]*",
    "NMTOKENS": r"([\w.:-]+( [\w.:-]+)*)?",
    "anyURI": r"([^\s\x00-\x20\"<>\\^`{|}%\[\]]|%[0-9A-Fa-f]{2})*",
    "base64Binary": _ANYTHING,
    "nonNegativeInteger": r"\+?[0-9]{1,18}",
    "unsignedLong": r"\+?[0-9]{1,18}",
    "positiveInteger": r"\+?0*[1-9][0-9]{0,17}",
    "integer": r"[+-]?[0-9]{1,18}",
    "decimal": r"[+-]?([0-9]{1,18}(\.[0-9]{0,18})?|\.[0-9]{1,18})",
}
# Python 3.11 fails on a group that captures inside a possessive repetition.
_CAPTURING = re.compile(r"(?<!\\)\((?!\?)")
_OTHER_MODELS = ("semantics-ci", "semantics-contexp")
# Every content model of the schema is deterministic, so a repetition never has to be split again (`*+`).
_REPEATED = {"1 1": "", "0 1": "?+", "0 unbounded": "*+", "1 unbounded": "++"}


def grammar() -> str:
    """The text of the file."""
    schema = _Schema()
    groups = {name: schema.content(each) for name, each in schema.groups.items()}
    groups |= {name: schema.alternatives(name) for name in schema.members}
    tables: dict[str, dict[str, Any]] = {
        "groups": groups,
        "types": {name: schema.simple(each) for name, each in schema.simple_types.items()},
        "attributes": {name: schema.attributes(each) for name, each in schema.attribute_groups.items()},
        "elements": {name: schema.row(each) for name, each in schema.elements.items() if name not in schema.members},
    }
    lines = [_HEADER]
    for heading, rows in tables.items():
        lines += [f"[{heading}]", *(f"{_key(name)} = {_toml(row)}" for name, row in sorted(rows.items())), ""]
    return "\n".join(lines)


def _key(name: str) -> str:
    return name if re.fullmatch(r"[\w-]+", name) else json.dumps(name)


def _toml(value: Any) -> str:
    if isinstance(value, str):
        return json.dumps(_CAPTURING.sub("(?:", value))
    if not isinstance(value, dict):
        return json.dumps(value)
    parts = (f"{_key(key)} = {_toml(each)}" for key, each in value.items() if each)
    return f"{{ {', '.join(parts)} }}".replace("{  }", "{}")


def _bare(name: str) -> str:
    return name.partition(":")[2]


class _Schema:
    """The declarations of the schema of MathML, by name."""

    def __init__(self) -> None:
        installed = find(DEFAULT)
        assert installed is not None, "run `harvester schemas install`"
        modules = [parse(path.read_bytes()) for path in sorted(installed.folder.glob(_MODULES))]
        self.groups = _named(modules, "group", _OTHER_MODELS)
        self.simple_types = _named(modules, "simpleType")
        self.complex_types = _named(modules, "complexType")
        self.attribute_groups = _named(modules, "attributeGroup")
        inner = (each for group in self.groups.values() for each in group.iter("{*}element"))
        self.elements = _named(modules, "element") | {each.get("name"): each for each in inner if each.get("name")}
        self.members: dict[str, list[str]] = {}
        for name, element in self.elements.items():
            if head := element.get("substitutionGroup"):
                self.members.setdefault(_bare(head), []).append(name)

    # ---------------------------------------------------------------------------------------- children

    def alternatives(self, head: str) -> str:
        """The elements that can replace an abstract one."""
        return f"({'|'.join(self._element(name) for name in self.members[head])})"

    def _element(self, name: str) -> str:
        return f"{{{name}}}" if name in self.members else f"{name} "

    def content(self, declaration: Any) -> str:
        """The children of a group, a type or a sequence."""
        return "".join(map(self._particle, declaration))

    def _particle(self, particle: Any) -> str:
        kind = local(particle)
        reference = _bare(particle.get("ref") or "")
        once = {
            "element": lambda: self._element(reference or particle.get("name")),
            "group": lambda: "" if reference in _OTHER_MODELS else f"{{{reference}}}",
            "any": lambda: r"\* ",
            "sequence": lambda: self.content(particle),
            "choice": lambda: f"({'|'.join(filter(None, map(self._particle, particle)))})",
        }.get(kind, str)()
        if once in ("", "()"):
            return ""
        repeated = _REPEATED[f"{particle.get('minOccurs') or 1} {particle.get('maxOccurs') or 1}"]
        return f"({once}){repeated}" if repeated else once

    # ---------------------------------------------------------------------------------------- elements

    def row(self, element: Any) -> dict[str, Any]:
        """An element with its children, whether it may have text, and its attributes."""
        own = self._type_of(element)
        bodies = [own, *own.findall("{*}complexContent/{*}extension"), *own.findall("{*}simpleContent/{*}extension")]
        bases = [
            self.complex_types[name] for body in bodies if (name := _bare(body.get("base") or "")) in self.complex_types
        ]
        bases += [inner for base in bases for inner in self._bases(base)]
        with_attributes = [self.attributes(body) for body in bodies]
        is_mixed = any(each.get("mixed") == "true" for each in (*bases, own))
        return {
            "content": "".join(map(self.content, [*bases, *bodies])),
            "text": is_mixed or own.find("{*}simpleContent") is not None,
            "groups": [name for each in with_attributes for name in each["groups"]],
            "values": {name: value for each in with_attributes for name, value in each["values"].items()},
        }

    def _bases(self, declaration: Any) -> Iterator[Any]:
        for extension in declaration.findall("{*}complexContent/{*}extension"):
            yield self.complex_types[_bare(extension.get("base"))]

    def _type_of(self, element: Any) -> Any:
        """The type of an element: its own, else that of the abstract element it can replace."""
        while (own := element.find("{*}complexType")) is None:
            element = self.elements[_bare(element.get("substitutionGroup"))]
        return own

    # -------------------------------------------------------------------------------------- attributes

    def attributes(self, declaration: Any) -> dict[str, Any]:
        """The attributes of a group or a type: those of other groups, and its own."""
        groups = [_bare(each.get("ref")) for each in declaration.findall("{*}attributeGroup")]
        own = [each for each in declaration.findall("{*}attribute") if each.get("type") != "xs:ID"]
        return {"groups": groups, "values": {each.get("name"): self._value(each) for each in own}}

    def _value(self, attribute: Any) -> str:
        if (inner := attribute.find("{*}simpleType")) is not None:
            return self.simple(inner)
        return self._type(attribute.get("type") or "xs:string")

    def _type(self, name: str) -> str:
        return _BUILT_IN[_bare(name)] if name.startswith("xs:") else f"{{{_bare(name)}}}"

    def simple(self, declaration: Any) -> str:
        """The values of a simple type."""
        (body,) = declaration
        inner = [self.simple(each) for each in body.findall("{*}simpleType")]
        if local(body) == "union":
            return f"({'|'.join([*map(self._type, dict.fromkeys((body.get('memberTypes') or '').split())), *inner])})"
        if local(body) == "list":
            item = inner[0] if inner else self._type(body.get("itemType"))
            return f"({item}( {item})*)?"
        return self._restricted(body, inner)

    def _restricted(self, body: Any, inner: list[str]) -> str:
        if words := [each.get("value") for each in body.findall("{*}enumeration")]:
            return f"({'|'.join(map(re.escape, words))})"
        if (pattern := body.find("{*}pattern")) is not None:
            return str(pattern.get("value")).removeprefix(r"\s*").removesuffix(r"\s*")
        if body.find("{*}length") is not None:
            return f"(?=[^ ]+ [^ ]+$){inner[0]}"
        if body.find("{*}minLength") is not None:
            return f"(?=.){inner[0]}"
        return inner[0] if inner else self._type(body.get("base"))


def _named(modules: list[Any], kind: str, without: tuple[str, ...] = ()) -> dict[str, Any]:
    found = {each.get("name"): each for module in modules for each in module if local(each) == kind}
    return {name: each for name, each in found.items() if name not in without}


if __name__ == "__main__":
    GRAMMAR.write_text(grammar(), encoding="utf-8")
