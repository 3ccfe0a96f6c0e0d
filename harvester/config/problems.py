"""The problems of a configuration, all at once, each as a sentence about one place."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator
from difflib import get_close_matches
from functools import cache
from typing import Any

from jsonschema import Draft202012Validator, TypeChecker, ValidationError
from jsonschema.validators import extend
from msgspec import Struct

from harvester.config.formats import checker
from harvester.config.lines import Path
from harvester.crossref.versions import DEFAULT, VERSIONS
from harvester.system.packaged import schema_text

Table = dict[str, Any]
_Error = Any  # a ValidationError; in the stubs each of its fields may be unset

MOST_DIGITS = 1000  # of a number; Python shows up to 4300 decimal ones
LONG_NUMBER = f"this number is too long; {MOST_DIGITS} digits are the most"
_ANNOTATIONS = {"description", "default", "examples"}
_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")
_SECRET = re.compile(r"(password|webhook_url)$")
_TYPES = {
    "object": "a table",
    "array": "a list",
    "string": "text in quotes",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "true or false",
}


class Problem(Struct, frozen=True):
    """A problem at `path`, a place in the document or the place of something missing."""

    path: Path
    sentence: str


def key_name(path: Path) -> str:
    """A path as it is written in TOML: `sources.demo.formats[0]`."""
    name = ""
    for part in path:
        if isinstance(part, int):
            name += f"[{part}]"
        else:
            name += "." * bool(name) + (part if _BARE_KEY.fullmatch(part) else json.dumps(part, ensure_ascii=False))
    return name


def long_numbers(value: object, path: Path = ()) -> Iterator[Problem]:
    """Every number with so many hexadecimal digits that Python can read it, but not show it in a message."""
    if isinstance(value, dict):
        for key, item in value.items():
            yield from long_numbers(item, (*path, key))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from long_numbers(item, (*path, index))
    elif isinstance(value, int) and value.bit_length() > 4 * MOST_DIGITS:
        yield Problem(path, LONG_NUMBER)


def schema_problems(document: Table) -> Iterator[Problem]:
    """Every violation of schemas/config.schema.json in the document."""
    sources = document.get("sources")
    names = list(sources) if isinstance(sources, dict) else []
    for error in _validator().iter_errors(document):
        yield from _explain(error, names[0] if len(names) == 1 else "NAME")


@cache
def schema() -> Table:
    """The schema of config.toml, with the versions of Crossref's schema, which only their own table lists."""
    loaded: Table = json.loads(schema_text("config.schema.json"))
    loaded["$defs"]["crossref"]["properties"]["schema_version"] |= {"enum": list(VERSIONS), "default": DEFAULT}
    return loaded


def is_source_name(name: str) -> bool:
    """Whether a source may have this name."""
    pattern: str = schema()["properties"]["sources"]["propertyNames"]["pattern"]
    return re.fullmatch(pattern, name) is not None


@cache
def _validator() -> Draft202012Validator:
    types = Draft202012Validator.TYPE_CHECKER.redefine("number", _is_number).redefine("integer", _is_integer)
    strict: Any = extend(  # type: ignore[no-untyped-call]
        Draft202012Validator, {"pattern": _pattern}, type_checker=types
    )
    validator: Draft202012Validator = strict(_resolved(schema()), format_checker=checker)
    return validator


def _resolved(part: Any) -> Any:
    """The schema with each `$ref` replaced by what it names: looking one up costs more than the check itself.

    One next to other checks stays, because those could mean something else among what it names.
    """
    if isinstance(part, list):
        return [_resolved(each) for each in part]
    if not isinstance(part, dict):
        return part
    own = {key: value for key, value in part.items() if key not in _ANNOTATIONS}
    reference = own.pop("$ref", None)
    named = schema()["$defs"][reference.removeprefix("#/$defs/")] if reference else {}
    if reference and own.keys() <= {"required"} - named.keys():
        return _resolved(named | own)
    return {key: _resolved(value) for key, value in part.items()}


def _is_number(_: TypeChecker, value: object) -> bool:
    """Whether it is a finite number: TOML has inf and nan, which no setting accepts."""
    return _is_integer(_, value) or (isinstance(value, float) and math.isfinite(value))


def _is_integer(_: TypeChecker, value: object) -> bool:
    """Whether it is written as an integer: 1.0 is one in JSON, not in TOML."""
    return isinstance(value, int) and not isinstance(value, bool)


def _pattern(_: Any, pattern: str, value: object, __: Any) -> Iterator[ValidationError]:
    """Checks a pattern as JSON Schema defines it: `$` is the end, while in Python a line end may follow."""
    if isinstance(value, str) and not re.search(_to_the_end(pattern), value):
        yield ValidationError("pattern")


@cache
def _to_the_end(pattern: str) -> str:
    return re.sub(r"\$$", r"\\Z", pattern)


def _explain(error: _Error, source: str) -> Iterator[Problem]:
    """The problems in an error. `source` names the table of a source, where one is meant."""
    path: Path = tuple(error.absolute_path)
    if "propertyNames" in error.schema_path:
        yield Problem((*path, error.instance), _refused(error))
    elif error.validator == "additionalProperties":
        known = error.schema["properties"]
        yield from (_unknown((*path, key), known, source) for key in error.instance if key not in known)
    elif error.validator == "required":
        yield _missing(error, path)
    else:
        yield Problem(path, _sentence(error))


def _unknown(path: Path, known: Table, source: str) -> Problem:
    key = str(path[-1])
    if _SECRET.search(key):
        return Problem(path, f"must not be in the file; put it into an environment variable and name it: {key}_env")
    issn = path[1] if path[0] == "journals" and len(path) > 2 else "ISSN"
    if homes := _homes(key, source, str(issn)):
        return Problem(path, f"belongs under {' or '.join(homes)}: move the line there")
    near = get_close_matches(key, known, n=1)
    hint = f"did you mean {near[0]}?" if near else f"there are: {', '.join(known)}"
    return Problem(path, f"is not a known key; {hint}")


def _homes(key: str, source: str, issn: str) -> list[str]:
    """The tables that may have this key."""
    named = {"source": f"sources.{source}", "journal": f'journals."{issn}"', "journal_doi": f'journals."{issn}".doi'}
    named["repairs"] = f"sources.{source}.repairs"
    tables = schema()["$defs"].items()
    return [f"[{named.get(name, name)}]" for name, table in tables if key in table.get("properties", {})]


def _missing(error: _Error, path: Path) -> Problem:
    """The missing key. jsonschema gives one error for each key, and names it only in the message."""
    key = next(key for key in error.validator_value if error.message.startswith(f"{key!r} is"))
    example = _example(key)
    return Problem((*path, key), f"is missing; add {key} = {example}" if example else "is missing")


def _example(key: str) -> str | None:
    tables = (table.get("properties", {}) for table in schema()["$defs"].values())
    examples = (example for table in tables for example in table.get(key, {}).get("examples", ()))
    first = next(examples, None)
    return json.dumps(first, ensure_ascii=False) if first is not None else None


def _sentence(error: _Error) -> str:
    limit = error.validator_value
    match error.validator:
        case "type":
            example = f"; write {_shown([error.instance])}" if limit == "array" and error.instance != "" else ""
            return f"must be {_TYPES[str(limit)]}, not {_type_of(error.instance)}{example}"
        case "enum":
            return _choice(error)
        case "minimum":
            return f"{error.instance} is too small; the least is {limit}"
        case "maximum":
            return f"{error.instance} is too large; the most is {limit}"
        case "minLength" | "minItems":
            return "must not be empty" if limit == 1 else f"is too short; {limit} characters are the least"
        case "maxLength":
            return f"is too long; {limit} characters are the most"
        case "uniqueItems":
            return "names something twice"
    return _refused(error)


def _choice(error: _Error) -> str:
    choices = [str(choice) for choice in error.validator_value]
    near = get_close_matches(str(error.instance), choices, n=1)
    hint = f"; did you mean {near[0]}?" if near else ""
    return f"{_shown(error.instance)} must be one of {', '.join(choices)}{hint}"


def _refused(error: _Error) -> str:
    """A value against its pattern or format. The words come from the schema or from the check of the format."""
    words = str(error.cause) if error.cause else error.schema["errorMessage"]
    return words if error.schema.get("writeOnly") else f"{_shown(error.instance)} {words}"


def without_credentials(url: str) -> str:
    """A URL that can be shown: everything up to the last @ is hidden, because a password may contain any character."""
    return re.sub(r"//.*@", "//…@", url, flags=re.DOTALL)


def _shown(value: object) -> str:
    """A value as in the file, shortened if it is long, without a password in a URL."""
    text = without_credentials(json.dumps(value, ensure_ascii=False, default=str))
    return text if len(text) <= 80 else text[:77] + "…"


def _type_of(value: object) -> str:
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    for kind, name in ((bool, "true or false"), (str, "text"), (int | float, "a number"), (list, "a list")):
        if isinstance(value, kind):
            return name
    return "a table" if isinstance(value, dict) else "a date or time"
