"""Loading a bundle into a validator. No network: everything comes from the bundle's verified files in memory."""

from __future__ import annotations

import re
import threading
from functools import cache, cached_property
from pathlib import Path
from typing import Any

from lxml import etree

from harvester import xmltools
from harvester.crossref.bundles.pins import Bundle, bundle, digest, find
from harvester.errors import BundleError

_BASE = "bundle:/"
_MATHML = "standard-modules/mathml3/mathml3.xsd"

# The bundle has these files under another name than the schemas' web addresses.
_ALIASES = {
    "http://www.w3.org/Math/XMLSchema/mathml3/mathml3.xsd": _MATHML,
    "http://www.w3.org/2009/01/xml.xsd": "standard-modules/xml.xsd",
}

# Replaces MathML, which takes 2.2 s to load, for documents without a formula.
_NO_MATHML = f"""<schema xmlns="http://www.w3.org/2001/XMLSchema" targetNamespace="{xmltools.MATHML}">
<element name="math"><complexType mixed="true">
<sequence><any namespace="##targetNamespace" processContents="skip" minOccurs="0" maxOccurs="unbounded"/></sequence>
<anyAttribute processContents="skip"/></complexType></element></schema>""".encode()

# libxml2 searches its lists of 8,107 languages and 2,200 media types from the top, so the common ones come first.
_COMMON = {
    "languages": ("en", "es", "pt", "ru", "fr", "de", "id", "uk", "it", "tr", "pl", "zh", "ar", "fa", "ca", "cs", "hr"),
    "mediatypes": ("application/pdf", "text/html", "text/xml", "application/xml", "application/epub+zip"),
}

# Crossref 5.5.0 is XSD 1.1 only for these three assertions; libxml2 reads XSD 1.0. They are checked here instead.
_ASSERT = re.compile(rb"<xsd:assert\b.*?/>", re.DOTALL)
_ROLE_ASSERT = re.compile(r"not\(@vocab='(\w+)'\) or\s+@type = \((.*?)\)", re.DOTALL)
_PERSON_ASSERT = "exists(@contributor_role) or exists(*:role)"

_MOST = 50  # sentences about one document


class Schema:
    """A validator for one version, compiled once. Only documents with formulas are validated with all of MathML."""

    def __init__(self, version: str, main: str, files: dict[str, bytes]) -> None:
        """`files` are the bundle's verified files by name. Raises `BundleError` if they do not fit together."""
        self.version = version
        self._main = main
        self._lock = threading.Lock()  # lxml keeps the errors of the last document with the schema
        self._files = {name: _common_first(name, data) for name, data in files.items()}
        self._assertions = [match.decode() for match in _ASSERT.findall(files[main])]
        self._role_types = _role_types(self._assertions)
        self._files[main] = _ASSERT.sub(b"", files[main])
        self._plain = self._compile({**self._files, _MATHML: _NO_MATHML})

    @cached_property
    def _with_mathml(self) -> etree.XMLSchema:
        return self._compile(self._files)

    def validate(self, data: bytes | etree._Element) -> list[str]:
        """What is wrong with a document, one sentence each with line and element; empty if it is valid."""
        try:
            root = xmltools.parse(data) if isinstance(data, bytes) else data
        except (etree.XMLSyntaxError, xmltools.UnsafeXml) as error:
            return [f"not well-formed XML: {error}"]
        has_math = next(root.iter(f"{{{xmltools.MATHML}}}math"), None) is not None
        with self._lock:
            schema = self._with_mathml if has_math else self._plain
            problems = [] if schema.validate(root) else [_sentence(entry) for entry in _entries(schema)]
        return [*problems, *self._role_problems(root)][:_MOST]

    def _role_problems(self, root: etree._Element) -> list[str]:
        """Checks the three assertions of 5.5.0: a person has a role, and a role is in its vocabulary."""
        if not self._assertions:
            return []
        problems: list[str] = []
        namespace = root.nsmap.get(root.prefix, "")
        person, role = f"{{{namespace}}}person_name", f"{{{namespace}}}role"
        for element in root.iter(person, role):
            if element.tag == person:
                if element.get("contributor_role") is None and element.find(role) is None:
                    problems.append(f"line {element.sourceline}, person_name: a person needs a role")
            elif element.get("type") not in self._role_types.get(element.get("vocab", ""), (element.get("type"),)):
                problems.append(
                    f"line {element.sourceline}, role: {element.get('type')} is not a role of {element.get('vocab')}"
                )
        return problems

    def _compile(self, files: dict[str, bytes]) -> etree.XMLSchema:
        parser = xmltools.parser()
        parser.resolvers.add(_Bundled(files))
        try:
            root = etree.fromstring(files[self._main], parser, base_url=_BASE + self._main)
            return etree.XMLSchema(root)
        except etree.LxmlError as error:
            raise BundleError(f"the Crossref schema {self.version} does not load: {error}") from error


class _Bundled(etree.Resolver):
    """Serves the bundle's own files and refuses everything else."""

    def __init__(self, files: dict[str, bytes]) -> None:
        self._files = files

    def resolve(self, system_url: str, _public_id: str, context: Any) -> Any:  # type: ignore[override]  # stub
        name = _ALIASES.get(system_url) or system_url.removeprefix(_BASE)
        if name not in self._files:  # libxml2 then reports that it failed to parse the address
            raise BundleError(f"the schema asks for {system_url}, which is not in its bundle")
        return self.resolve_string(self._files[name], context, base_url=_BASE + name)


def load(version: str) -> Schema:
    """The validator of a version, built once per process and folder.

    Every file is compared with its pin before it is used. Raises `BundleError` with the command to run.
    """
    pin = bundle(version)
    state = find(version)
    if state is None:
        raise BundleError(f"the Crossref schema {version} is not installed; run: {_command(pin)}")
    return _load(version, state.folder)


@cache
def _load(version: str, folder: Path) -> Schema:
    pin = bundle(version)
    files = {name: _verified(folder / name, sha256, pin) for name, sha256 in pin.files.items()}
    return Schema(version, pin.main, files)


def _verified(path: Path, sha256: str, pin: Bundle) -> bytes:
    try:
        data = path.read_bytes()
    except OSError as error:
        raise BundleError(f"{path} cannot be read ({error.strerror}); run again: {_command(pin)}") from error
    if digest(data) != sha256:
        raise BundleError(f"{path} is not the file that was pinned (its SHA-256 differs); run again: {_command(pin)}")
    return data


def _command(pin: Bundle) -> str:
    return "harvester schemas install" + ("" if pin.wheel else " --from DIR|ZIP")


def _common_first(name: str, data: bytes) -> bytes:
    kind = next((kind for kind in _COMMON if name.startswith(kind)), None)
    if kind is None:
        return data
    lines = [b'<xsd:enumeration value="%s"/>' % value.encode() for value in _COMMON[kind]]
    present = [line for line in lines if line in data]
    for line in present:
        data = data.replace(line, b"", 1)
    return data.replace(b"<xsd:enumeration", b"".join(present) + b"<xsd:enumeration", 1)


def _role_types(assertions: list[str]) -> dict[str, frozenset[str]]:
    """The allowed types of each role vocabulary, as the schema's own assertions list them."""
    found: dict[str, frozenset[str]] = {}
    for assertion in assertions:
        if match := _ROLE_ASSERT.search(assertion):
            found[match[1]] = frozenset(re.findall(r"'([^']+)'", match[2]))
        elif _PERSON_ASSERT not in assertion:
            raise BundleError(f"the schema makes an assertion that this program cannot check: {assertion}")
    return found


def _entries(schema: etree.XMLSchema) -> list[Any]:
    log: Any = schema.error_log  # iterable, which its type stub does not know
    return list(log)


def _sentence(entry: Any) -> str:
    """libxml2's message in short: no namespaces, no list of 8,107 values."""
    message = re.sub(r"\{http[^}]*\}", "", entry.message)
    message = re.sub(r"the set \{.{80,}\}", "the allowed values", message)
    return f"line {entry.line}, " + re.sub(r"^Element '([^']+)'", r"\1", message)
