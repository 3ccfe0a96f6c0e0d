"""What each version of Crossref's deposit schema has a place for."""

from __future__ import annotations

from msgspec import Struct

from harvester.errors import ExportError


class Version(Struct, frozen=True, kw_only=True):
    """One schema version; each flag names something that not every version can say."""

    name: str
    role_elements: bool = False  # <role>, with CRediT, in place of the attribute contributor_role
    alt_names: bool = False  # a person's name in another script
    citation_types: bool = False
    funder_ror: bool = False
    iso639_3: bool = False  # three-letter language codes

    @property
    def namespace(self) -> str:
        return f"http://www.crossref.org/schema/{self.name}"

    @property
    def location(self) -> str:
        return f"https://www.crossref.org/schemas/crossref{self.name}.xsd"


VERSIONS = {
    each.name: each
    for each in (
        Version(name="5.5.0", role_elements=True, alt_names=True, citation_types=True, funder_ror=True, iso639_3=True),
        Version(name="5.4.0", citation_types=True, funder_ror=True, iso639_3=True),
        Version(name="5.3.1", alt_names=True),
    )
}

NEWEST = next(iter(VERSIONS))  # has a place for everything that any other has

# The one list of languages that 5.3.1 has lacks these three codes of ISO 639-1; the later one lacks two of 639-3.
_NOT_IN_531 = frozenset({"jv", "mh", "zu"})
_NOT_IN_LIST = frozenset({"oak", "ynb"})


def version_of(name: str) -> Version:
    """Raises `ExportError` on a version that is not written here."""
    if name not in VERSIONS:
        raise ExportError(f"deposits cannot be written for the Crossref schema {name}; known are {', '.join(VERSIONS)}")
    return VERSIONS[name]


def language(code: str | None, version: Version) -> str | None:
    """The language where the version's list has it. Crossref knows no regions and no ISO 639-2/B codes."""
    if code is None or code in _NOT_IN_LIST:
        return None
    if version.iso639_3:
        return code
    return code if len(code) == 2 and code not in _NOT_IN_531 else None
