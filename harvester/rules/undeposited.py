"""What a deposit has no place for, reported so that nothing is left out silently."""

from __future__ import annotations

from collections.abc import Iterator

from harvester.crossref.limits import REFERENCE_PARTS
from harvester.crossref.versions import NEWEST, Version, version_of
from harvester.model import Article, Contributor, Finding, Policy
from harvester.rules.rule import Rule


def updates_go_through_crossmark(article: Article, policy: Policy) -> Iterator[Finding]:
    """Crossref accepts updates only there, with the DOI of a policy page and a day."""
    for number, relation in enumerate(article.relations):
        if not relation.update or (policy.crossmark and (relation.date or _has_a_day(article))):
            continue
        code = "update-without-date" if policy.crossmark else "update-without-crossmark"
        yield Finding(code, f"relations[{number}]", relation.target, {"kind": relation.kind.replace("_", " ")})


def _has_a_day(article: Article) -> bool:
    return any(date.day and date.month and date.month <= 12 for date in article.dates)


def pages_have_a_first_page(article: Article, _: Policy) -> Iterator[Finding]:
    if article.first_page is None:
        for field, value in (("last_page", article.last_page), ("other_pages", article.other_pages)):
            if value is not None:
                yield Finding("pages-left-out", field, value)


def groups_have_only_names(article: Article, _: Policy) -> Iterator[Finding]:
    for number, person in enumerate(article.contributors):
        if person.kind == "group" and (details := _details(person)):
            yield Finding("group-details-left-out", f"contributors[{number}]", person.name or "", {"what": details})


def _details(group: Contributor) -> str:
    named = (("affiliations", group.affiliations), ("roles", group.credit or group.corresponding))
    return " and ".join(name for name, value in named if value)


def institutions_have_no_grid(article: Article, _: Policy) -> Iterator[Finding]:
    for number, person in enumerate(article.contributors):
        for place, affiliation in enumerate(person.affiliations):
            if affiliation.grid and affiliation.ror is None:
                path = f"contributors[{number}].affiliations[{place}].grid"
                yield Finding("grid-left-out", path, affiliation.grid)


def reference_parts_fit(article: Article, _: Policy) -> Iterator[Finding]:
    """Only references without text are checked: the text of a reference contains the part that is left out."""
    for number, reference in enumerate(article.references):
        if reference.text is not None:
            continue
        for field, fits in REFERENCE_PARTS.items():
            value = getattr(reference, field)
            if value and field != "doi" and not fits(value):
                yield Finding("reference-part-left-out", f"references[{number}].{field}", value, {"field": field})


def version_supports_everything(article: Article, policy: Policy) -> Iterator[Finding]:
    """Reports values that the configured version of the schema cannot express, but another version can."""
    if policy.schema_version is None or policy.schema_version == NEWEST:
        return
    version = version_of(policy.schema_version)
    versions = {"version": version.name, "newest": NEWEST}
    for number, person in enumerate(article.contributors):
        for what, lost in _unsupported(person, version):
            path = f"contributors[{number}].{what}"
            yield Finding("version-leaves-out", path, lost, {"what": _DESCRIPTIONS[what], **versions})
    for number, funding in enumerate(article.funding):
        if funding.ror and not version.funder_ror:
            detail = {"what": "the ROR iD of a funder", **versions}
            yield Finding("version-leaves-out", f"funding[{number}].ror", funding.ror, detail)


_DESCRIPTIONS = {"alt_names": "a name in another script", "credit": "what an author contributed"}


def _unsupported(person: Contributor, version: Version) -> Iterator[tuple[str, str]]:
    if person.alt_names and not version.alt_names:
        yield (
            "alt_names",
            ", ".join(name.name or " ".join(filter(None, (name.given, name.surname))) for name in person.alt_names),
        )
    if person.credit and person.kind != "group" and not version.role_elements:
        yield "credit", ", ".join(person.credit)


RULES: tuple[Rule, ...] = (
    updates_go_through_crossmark,
    pages_have_a_first_page,
    groups_have_only_names,
    institutions_have_no_grid,
    reference_parts_fit,
    version_supports_everything,
)
