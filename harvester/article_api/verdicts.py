"""What the answers about single articles mean for each DOI of the file. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from harvester.answers import DoiState, Outcome, Outcomes, Result, SentArticle, SentFile, Verdict
from harvester.identifiers import fold_doi

UNACCOUNTED = "unaccounted"


def decide(result: Result, sent: SentFile) -> Outcomes:
    """One outcome for each DOI of the file, in its order and spelling.

    What was registered is our version: these agencies have no version of their own.
    """
    about: dict[str, list[Verdict]] = {fold_doi(article.doi): [] for article in sent.articles}
    others: list[Verdict] = []
    for verdict in result.verdicts:
        about.get(fold_doi(verdict.doi or ""), others).append(verdict)
    first = {key: next(one for one in sent.articles if fold_doi(one.doi) == key) for key in about}
    return Outcomes(
        dois=tuple(_outcome(first[key], verdicts, sent.version) for key, verdicts in about.items()),
        others=tuple(others),
    )


def merged(logs: Iterable[Outcomes]) -> Outcomes:
    """The outcomes of a file that was sent several times, oldest first: registered wins, else the newest counts."""
    dois: dict[str, Outcome] = {}
    others: list[Verdict] = []
    for log in logs:
        others += log.others
        for outcome in log.dois:
            before = dois.get(fold_doi(outcome.doi))
            if before is None or before.state != "registered" or outcome.state == "registered":
                dois[fold_doi(outcome.doi)] = outcome
    return Outcomes(dois=tuple(dois.values()), others=tuple(others))


def _outcome(article: SentArticle, verdicts: Sequence[Verdict], version: int) -> Outcome:
    """The last answer decides: an article that is twice in a file was sent twice."""
    if not verdicts:
        return Outcome(doi=article.doi, state="unaccounted", kind=UNACCOUNTED, who="program")
    last = verdicts[-1]
    states: dict[bool | None, DoiState] = {True: "registered", False: "refused", None: "unaccounted"}
    return Outcome(
        doi=article.doi,
        state=states[last.registered],
        kind=last.kind,
        text=last.text,
        who=last.who,
        values=last.values,
        version=version if last.registered else None,
        messages=tuple(verdicts),
    )
