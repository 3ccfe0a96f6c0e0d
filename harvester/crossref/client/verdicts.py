"""What a log means for each DOI of the file that was sent. Pure.

A DOI is registered if one record says so. Without a record of its own it is unaccounted for, unless a message without a
DOI is about it. The refusal of a version names the version that Crossref holds, and the numbers decide.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from msgspec.structs import replace

from harvester.answers import DoiState, Outcome, Outcomes, Result, SentArticle, SentFile, Verdict
from harvester.crossref.client.messages import entries
from harvester.identifiers import doi_prefix, fold_doi
from harvester.text import fold

VERSIONS = frozenset({"version", "version_title"})
_ORCID = 16  # digits
_MOST_DIGITS = 100  # Crossref's own have 19 at most
_PLAIN = frozenset({"added", "updated", "resources"})


def decide(result: Result, sent: SentFile) -> Outcomes:
    """One outcome for each DOI of the file, in its order and spelling. Only a completed result decides anything."""
    articles: dict[str, SentArticle] = {}
    for article in sent.articles:
        articles.setdefault(fold_doi(article.doi), article)
    about: dict[str, list[Verdict]] = {doi: [] for doi in articles}
    others: list[Verdict] = []
    for verdict in result.verdicts:
        if verdict.doi is not None:
            about.get(fold_doi(verdict.doi), others).append(verdict)
    for doi, verdicts in _without_doi(result, articles, about, others).items():
        about[doi].extend(verdicts)
    return Outcomes(
        dois=tuple(_outcome(article, about[doi], sent.version) for doi, article in articles.items()),
        others=tuple(others),
    )


# --------------------------------------------------------------------------------- messages without a DOI


def _without_doi(
    result: Result,
    articles: Mapping[str, SentArticle],
    about: Mapping[str, Sequence[Verdict]],
    others: list[Verdict],
) -> dict[str, list[Verdict]]:
    """The messages that name no DOI, by the DOIs they are about. Those that are about none go to `others`."""
    left = {doi: article for doi, article in articles.items() if not about[doi]}
    found: dict[str, list[Verdict]] = {doi: [] for doi in articles}
    for verdict in result.verdicts:
        if verdict.doi is None:
            dois = (
                list(articles) if verdict.whole_file else [doi for doi, row in left.items() if _is_about(verdict, row)]
            )
            for doi in dois:
                found[doi].append(verdict)
            if not dois:
                others.append(verdict)
    return found


def _is_about(verdict: Verdict, article: SentArticle) -> bool:
    """Whether a message is about an article, by what the message names. One that names nothing is about every article.

    A message that confirms something is about no article that has no record.
    """
    named = verdict.values
    if verdict.registered is not False:
        return False
    if orcid := named.get("orcid"):
        return _signs(orcid) in {_signs(own)[-_ORCID:] for own in article.orcids}
    if target := named.get("target"):
        return fold_doi(target) in map(fold_doi, article.targets)
    if verdict.kind in ("orcidsum", "orcidtwice", "relation"):  # whose value could not be read
        return False
    if prefix := named.get("prefix") if verdict.kind == "prefix" else None:
        return doi_prefix(article.doi) == prefix
    if (issn := named.get("issn")) and _signs(issn) in map(_signs, article.issns):
        return True
    if title := named.get("title"):
        return fold(title).casefold() in (fold(own).casefold() for own in article.titles)
    return not issn


def _signs(identifier: str) -> str:
    """An ORCID iD or ISSN to compare, however it is written."""
    return identifier.upper().replace("-", "").rstrip("/")


# ------------------------------------------------------------------------------------------ one DOI


def _outcome(article: SentArticle, verdicts: Sequence[Verdict], version: int) -> Outcome:
    messages = tuple(verdicts)
    if registered := [verdict for verdict in messages if verdict.registered]:
        return _registered(article, registered, messages, version)
    versions = [verdict for verdict in messages if verdict.kind in VERSIONS and verdict.registered is False]
    refused = [verdict for verdict in messages if verdict.registered is False and verdict not in versions]
    decided = [_by_version(article, verdict, messages, version) for verdict in versions]
    if known := next((outcome for outcome in decided if outcome.state == "registered"), None):
        return known
    if refused:
        return _from(refused[0], article, "refused", messages)
    if decided:
        return decided[0]
    row = entries()["unaccounted"]
    text = messages[0].text if messages else ""
    return Outcome(doi=article.doi, state="unaccounted", kind="unaccounted", text=text, who=row.who, messages=messages)


def _registered(
    article: SentArticle, registered: Sequence[Verdict], messages: tuple[Verdict, ...], version: int
) -> Outcome:
    """By the record that asks most for attention: a conflict, then another warning, then an unknown message."""
    for verdict in registered:
        if verdict.conflict_id or verdict.kind == "conflict":
            return _from(verdict, article, "registered_with_conflict", messages, version)
    chosen = min(registered, key=lambda verdict: (not verdict.warning, verdict.kind in _PLAIN))
    is_deposit = any(verdict.kind != "resources" for verdict in registered)  # which give the DOI no version
    return _from(chosen, article, "registered", messages, version if is_deposit else None)


def _from(
    verdict: Verdict, article: SentArticle, state: DoiState, messages: tuple[Verdict, ...], version: int | None = None
) -> Outcome:
    return Outcome(
        doi=article.doi,
        state=state,
        kind=verdict.kind,
        text=verdict.text,
        who=verdict.who,
        values=verdict.values,
        version=version,
        conflict_id=verdict.conflict_id,
        dois_in_conflict=verdict.dois_in_conflict,
        resolved_conflicts=tuple(dict.fromkeys(found for one in messages for found in one.resolved_conflicts)),
        messages=messages,
    )


# ------------------------------------------------------------------------------------------ versions


def _by_version(article: SentArticle, verdict: Verdict, messages: tuple[Verdict, ...], version: int) -> Outcome:
    """A refusal for its version. That of a title says nothing about the version of the DOI."""
    held = verdict.values.get("held") if verdict.kind == "version" else None
    refused = _from(verdict, article, "uncertain", messages)
    return by_held_version(refused, article, version, version_of(held or ""))


def version_of(digits: str) -> int | None:
    """A version in the digits of a message or a record; `None` if nobody could have sent this number."""
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) <= _MOST_DIGITS else None


def by_held_version(refused: Outcome, article: SentArticle, version: int, held: int | None) -> Outcome:
    """The outcome of a refused version, once it is known that Crossref holds `held`; `None`: it is not known.

    `version` is that of the refused file. A version below ours that refuses ours says nothing, so it is read again.
    """
    if held is None or held < version:
        return _concluded(refused, "uncertain", "version_unread", None)
    if held == version:
        return _concluded(refused, "registered", "version_same", held)
    if held in article.versions:
        return _concluded(refused, "registered", "version_ours", held)
    return _concluded(refused, "refused", "version_foreign", held)


def _concluded(refused: Outcome, state: DoiState, kind: str, held: int | None) -> Outcome:
    values = refused.values if held is None else {**refused.values, "held": str(held)}
    return replace(refused, state=state, kind=kind, who=entries()[kind].who, version=held, values=values)


# ------------------------------------------------------------------------------------------ several logs


_CERTAINTY: tuple[DoiState, ...] = ("unaccounted", "uncertain", "refused", "registered", "registered_with_conflict")


def merged(logs: Iterable[Outcomes]) -> Outcomes:
    """The outcomes of one batch that was sent several times, oldest log first: registered wins, then what is known.

    Of two logs that are equally sure, the later one counts.
    """
    best: dict[str, Outcome] = {}
    others: list[Verdict] = []
    for log in logs:
        others.extend(log.others)
        for outcome in log.dois:
            key = fold_doi(outcome.doi)
            before = best.get(key)
            if before is None or _CERTAINTY.index(outcome.state) >= _CERTAINTY.index(before.state):
                best[key] = outcome
    return Outcomes(dois=tuple(best.values()), others=tuple(others))
