"""The schema of the Article document: jsonschema-rs validates in microseconds, jsonschema explains what is wrong."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from typing import TYPE_CHECKING, Any

import jsonschema_rs
import msgspec

from harvester.model import Finding
from harvester.system import packaged

if TYPE_CHECKING:
    import jsonschema

_SCHEMA = "article.schema.json"
_MAX_LENGTH = 80  # characters of a value in a finding


def accepts(document: bytes | Mapping[str, Any]) -> bool:
    """Whether the article's JSON document, as bytes or decoded, is valid."""
    decoded = msgspec.json.decode(document) if isinstance(document, bytes) else document
    try:
        return _fast().is_valid(decoded)
    except ValueError:  # half a surrogate pair, which UTF-8 cannot encode
        return False


def explain(document: bytes | Mapping[str, Any]) -> list[Finding]:
    """One finding for each invalid place in the document; empty if `accepts` returns true."""
    decoded = msgspec.json.decode(document) if isinstance(document, bytes) else document
    findings: dict[str, Finding] = {}
    for error in _slow().iter_errors(decoded):
        path = field_path(error.absolute_path)
        findings.setdefault(
            path, Finding("document-invalid", path, _displayed(error.instance), {"problem": _problem(error)})
        )
    return list(findings.values()) or list(_surrogates(decoded))


def field_path(steps: Iterable[str | int]) -> str:
    """The path of a finding: `contributors[2].orcid`."""
    path = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in steps)
    return path.removeprefix(".")


@cache
def _fast() -> jsonschema_rs.Draft202012Validator:
    return jsonschema_rs.Draft202012Validator(msgspec.json.decode(packaged.schema_text(_SCHEMA)))


@cache
def _slow() -> Any:
    """A validator that also accepts tuples as arrays: Structs converted to builtins contain tuples."""
    # Imported here: few articles need it, and every worker would wait for it.
    import jsonschema
    from jsonschema import validators

    base = jsonschema.Draft202012Validator
    types = base.TYPE_CHECKER.redefine("array", lambda _, value: isinstance(value, list | tuple))
    extended: Any = validators.extend(base, type_checker=types)  # type: ignore[no-untyped-call]
    return extended(msgspec.json.decode(packaged.schema_text(_SCHEMA)))


# By the schema's keyword. For a pattern, the name of the field explains enough.
_PROBLEMS = {
    "required": "something is missing ({message})",
    "additionalProperties": "there is something that does not belong here ({message})",
    "not": "it has a control character in it",
    "pattern": "it does not have the form such a value has",
    "enum": "the value is not one of the possible values",
    "const": "the value is not one of the possible values",
    "type": "it is of the wrong type",
    "minItems": "it is empty",
    "minLength": "it is empty",
    "minProperties": "it is empty",
    "maxLength": "it is longer than {limit} characters",
    "minimum": "it is below {limit}",
    "maximum": "it is above {limit}",
}


def _problem(error: jsonschema.ValidationError) -> str:
    words = _PROBLEMS.get(str(error.validator), "it does not belong here")
    return words.format(message=error.message, limit=error.validator_value)


def _displayed(value: Any) -> str:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    text = text.encode("utf-8", "replace").decode("utf-8")  # half a surrogate pair cannot be stored
    return text if len(text) <= _MAX_LENGTH else text[: _MAX_LENGTH - 1] + "…"


def _surrogates(value: Any, path: tuple[str | int, ...] = ()) -> Iterator[Finding]:
    """The texts with half a surrogate pair, which no pattern of the schema can match."""
    if isinstance(value, Mapping):
        for key, inner in value.items():
            yield from _surrogates(inner, (*path, key))
    elif isinstance(value, list | tuple):
        for number, inner in enumerate(value):
            yield from _surrogates(inner, (*path, number))
    elif isinstance(value, str) and any("\ud800" <= letter <= "\udfff" for letter in value):
        problem = "it has half a character in it"
        yield Finding(
            "document-invalid", field_path(path), value.encode("ascii", "replace").decode(), {"problem": problem}
        )
