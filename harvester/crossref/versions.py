"""The versions of Crossref's deposit schema, and what each has a place for. A new version is a row in `VERSIONS`."""

from __future__ import annotations

from msgspec import Struct

from harvester.errors import ExportError


class Version(Struct, frozen=True, kw_only=True):
    """One schema version. Each flag names something that not every version can express."""

    name: str
    role_elements: bool = False  # <role>, with CRediT, instead of the attribute contributor_role
    alt_names: bool = False  # a person's name in another script
    citation_types: bool = False
    funder_ror: bool = False
    grant_dois: bool = False  # apart from award numbers
    iso639_3: bool = False  # three-letter language codes
    missing_languages: frozenset[str] = frozenset()  # ISO 639 codes that its list of languages lacks

    @property
    def namespace(self) -> str:
        return f"http://www.crossref.org/schema/{self.name}"

    @property
    def location(self) -> str:
        return f"https://www.crossref.org/schemas/crossref{self.name}.xsd"


# Newest first. The schema files of each are pinned in schemas/bundles.json.
VERSIONS = {
    version.name: version
    for version in (
        Version(
            name="5.5.0",
            role_elements=True,
            alt_names=True,
            citation_types=True,
            funder_ror=True,
            grant_dois=True,
            iso639_3=True,
            missing_languages=frozenset({"oak", "ynb"}),
        ),
        Version(
            name="5.4.0",
            citation_types=True,
            funder_ror=True,
            iso639_3=True,
            missing_languages=frozenset({"oak", "ynb"}),
        ),
        Version(name="5.3.1", alt_names=True, missing_languages=frozenset({"jv", "mh", "zu"})),
    )
}

NEWEST = next(iter(VERSIONS))  # has a place for everything that any other has
DEFAULT = "5.5.0"  # of [crossref] schema_version; `harvester schemas install` can download it


def version_of(name: str) -> Version:
    """Raises `ExportError` if the version is not in the table."""
    if name not in VERSIONS:
        raise ExportError(f"deposits cannot be written for the Crossref schema {name}; known are {', '.join(VERSIONS)}")
    return VERSIONS[name]


def language(code: str | None, version: Version) -> str | None:
    """The language code if the version lists it. Crossref knows neither regions nor ISO 639-2/B codes."""
    if code is None or code in version.missing_languages:
        return None
    return code if version.iso639_3 or len(code) == 2 else None
