"""Finds and counts articles for people who look for some of a million.

SQLite is told where to begin, because it has no statistics: at the index whose rows are the fewest. The newest articles
come first, so a page begins after the id of the last one of the page before.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import islice
from typing import Any

import msgspec
from msgspec.structs import replace
from sqlalchemy import text

from harvester.findings import Severity
from harvester.identifiers import clean_doi, fold_doi
from harvester.model import Finding, from_json
from harvester.store.articles import finding_of
from harvester.store.database import NO_LIMIT, Part
from harvester.store.deposit_structs import ArticleFacts, DepositState
from harvester.store.deposits import deposit_states
from harvester.store.search_structs import (
    EVERY_FACT,
    ArticleChoice,
    ArticleCounts,
    ArticleLine,
    CodeCount,
    FoundArticle,
    FoundFinding,
)
from harvester.store.structs import FindingRow

_HELD = frozenset(facts for facts in EVERY_FACT if facts.state == "held")
_FEW, _MANY = 20_000, 50_000  # rows that are found by another table, and that are read one by one, in a moment
_EXAMPLES = 3


class Search(Part):
    """Articles by what people know of them."""

    def lines(self, choice: ArticleChoice, *, before: int | None = None, limit: int = 50) -> list[ArticleLine]:
        """The articles that match, newest first; with `before`, those with lower ids."""
        statement = (
            f"SELECT {_LINE} FROM ({self._ids(choice)}) one CROSS JOIN article ON article.id = one.id {_LEDGER} "
            f"WHERE {_conditions(choice)} {_IN_ORDER} LIMIT :limit"
        )
        before = NO_LIMIT if before is None else before
        return [_line(row) for row in self._rows(statement, choice, before=before, limit=limit)]

    def articles(self, choice: ArticleChoice, *, before: int | None = None, limit: int = 200) -> list[FoundArticle]:
        """The articles that match, newest first, without their findings; with `before`, those with lower ids."""
        ledger = _LEDGER if _has_ledger(choice) else ""
        statement = (
            f"SELECT article.id, article.document FROM ({self._ids(choice)}) one "
            f"CROSS JOIN article ON article.id = one.id {ledger} "
            f"WHERE {_conditions(choice)} AND article.document IS NOT NULL {_IN_ORDER} LIMIT :limit"
        )
        rows = self._rows(statement, choice, before=NO_LIMIT if before is None else before, limit=limit)
        return [FoundArticle(row.id, from_json(row.document)) for row in rows]

    def number(self, choice: ArticleChoice) -> ArticleCounts | None:
        """How many articles match, without reading them; `None` if that does not say it."""
        if choice != ArticleChoice(
            target=choice.target, system=choice.system, source=choice.source, facts=choice.facts
        ) or _has_ledger(choice):
            return None
        rows = [
            row
            for row in self._rows("SELECT source, state, number FROM article_count WHERE number > 0", choice)
            if choice.source in (None, row.source) and (not choice.states or row.state in choice.states)
        ]
        states, sources = Counter[str](), Counter[str]()
        for row in rows:
            states[row.state] += row.number
            sources[row.source] += row.number
        return ArticleCounts(states=dict(states), sources=dict(sources))

    def counts(self, choice: ArticleChoice) -> ArticleCounts:
        """How many articles match, by state, source, journal and year."""
        if choice.words or choice.named or choice.code or _has_ledger(choice):
            ledger = _LEDGER if _has_ledger(choice) else ""
            source = (
                f"({self._ids(choice)}) one CROSS JOIN article ON article.id = one.id {ledger} "
                f"WHERE {_conditions(choice)}"
            )
        else:
            source = f"article INDEXED BY ix_article_journal WHERE {_conditions(choice)}"
        found: dict[str, dict[Any, int]] = {"state": {}, "source": {}, "issn": {}, "year": {}}
        for row in self._rows(_COUNTS.format(source=source), choice):
            found[row.facet][row.value] = row.number
        years = {None if year is None else int(year): number for year, number in found["year"].items()}
        return ArticleCounts(states=found["state"], sources=found["source"], issns=found["issn"], years=years)

    def sent(self, choice: ArticleChoice) -> dict[ArticleFacts, int]:
        """What decides how those are that match, are ready, and whose DOIs were deposited by anybody."""
        statement = (
            f"SELECT {_FACTS}, count(*) AS number FROM ({_DEPOSITED}) one "
            f"CROSS JOIN article INDEXED BY ix_article_doi ON article.doi_key = one.doi_key {_LEDGER} "
            f"WHERE article.state = 'ready' AND {_conditions(choice)} GROUP BY 1, 2, 3, 4, 5"
        )
        return {_facts(row): row.number for row in self._rows(statement, choice)}

    def codes(self, choice: ArticleChoice) -> list[CodeCount]:
        """The findings of the articles that match, by code, with the newest articles as examples."""
        if choice == ArticleChoice(target=choice.target, system=choice.system):
            return [CodeCount(**row._asdict(), examples=self._examples(row.code)) for row in self._rows(_CODES, choice)]
        ledger = _LEDGER if _has_ledger(choice) else ""
        statement = (
            f"SELECT finding.code, finding.article_id AS id FROM ({self._ids(choice)}) one "
            f"CROSS JOIN article ON article.id = one.id {ledger} "
            f"CROSS JOIN finding ON finding.article_id = article.id WHERE {_conditions(choice)} {_IN_ORDER}"
        )
        numbers: Counter[str] = Counter()
        articles: dict[str, dict[int, None]] = {}
        for row in self._rows(statement, choice):
            numbers[row.code] += 1
            articles.setdefault(row.code, {})[row.id] = None
        return [
            CodeCount(code=code, findings=numbers[code], articles=len(ids), examples=tuple(islice(ids, _EXAMPLES)))
            for code, ids in articles.items()
        ]

    def frees(self, choice: ArticleChoice) -> dict[str, int]:
        """How many of the articles that match are held back for findings with this code alone, by code."""
        held = replace(choice, facts=_HELD if choice.facts is None else choice.facts)
        ledger = _LEDGER if _has_ledger(held) else ""
        statement = (
            f"SELECT code, count(*) AS number FROM (SELECT min(finding.code) AS code FROM ({self._ids(held)}) one "
            f"CROSS JOIN article ON article.id = one.id {ledger} "
            "CROSS JOIN finding ON finding.article_id = article.id AND finding.severity = 'error' "
            f"WHERE article.state = 'held' AND {_conditions(held)} "
            "GROUP BY article.id HAVING min(finding.code) = max(finding.code)) one GROUP BY code"
        )
        return {row.code: row.number for row in self._rows(statement, held)}

    def findings(
        self,
        choice: ArticleChoice,
        severity: Severity | None = None,
        *,
        after: tuple[int, int] | None = None,
        limit: int = 50,
    ) -> list[FoundFinding]:
        """The findings of the articles that match, those of the newest first, after the one with this id and position.

        With a code only those with this code.
        """
        article_id, position = after or (NO_LIMIT - 1, -1)
        statement = (
            f"SELECT {_FINDING} FROM ({self._ids(choice)}) one CROSS JOIN article ON article.id = one.id {_LEDGER} "
            f"CROSS JOIN finding ON finding.article_id = article.id WHERE {_conditions(choice)} "
            "AND (article.id < :article_id OR finding.position > :position) "
            "AND (:code IS NULL OR finding.code = :code) AND (:severity IS NULL OR finding.severity = :severity) "
            "/*postgresql ORDER BY one.id DESC, finding.position */ LIMIT :limit"
        )
        where = {"before": article_id + 1, "article_id": article_id, "position": position}
        rows = self._rows(statement, choice, **where, severity=severity, limit=limit)
        with self._read() as connection:
            states = deposit_states(connection, sorted({row.article_id for row in rows}))
        return [
            FoundFinding(article_id=row.article_id, position=row.position, row=_finding_row(row, states))
            for row in rows
        ]

    def _examples(self, code: str) -> tuple[int, ...]:
        rows = self._rows(f"{_BY_CODE.replace(':all', ':few')}", ArticleChoice(code=code), few=_EXAMPLES)
        return tuple(row.id for row in rows)

    def journals(self) -> dict[str, str]:
        """The title of each journal, by the first ISSN of its articles, as one of them has it."""
        return {row.issn: row.journal or row.issn for row in self._rows(_JOURNALS, ArticleChoice())}

    # -------------------------------------------------------------------------------- where to begin

    def _ids(self, choice: ArticleChoice) -> str:
        """The ids among which those that match are, in descending order: as few as can be had quickly."""
        if choice.named is not None:
            return _BY_NAME
        if choice.issns or choice.year is not None:
            return _descending(f"article INDEXED BY ix_article_journal WHERE {_in_index(choice)}")
        if _has_ledger(choice) and all(facts.has_changed for facts in choice.facts or ()):
            return _BY_CHANGE
        if _has_ledger(choice) and self._are_few(choice):
            return _BY_LEDGER
        return self._by_code_or_state(choice)

    def _by_code_or_state(self, choice: ArticleChoice) -> str:
        matching, total = self._number(choice)
        if choice.code and (choice.source is None or matching > _MANY):
            return _BY_CODE
        if choice.source and len(choice.states) == 1:
            return _descending("article INDEXED BY ix_article_state WHERE state = :state AND source = :source")
        if choice.source:
            return _descending("article WHERE +state IS NOT NULL AND source = :source")
        if len(choice.states) == 1 and matching < total / 2:
            return _descending("article INDEXED BY ix_article_state WHERE state = :state")
        return _descending("article WHERE TRUE")

    def _number(self, choice: ArticleChoice) -> tuple[int, int]:
        """How many articles are of this source and in these states, and how many there are."""
        rows = self._rows("SELECT source, state, number FROM article_count", choice)
        matching = sum(
            row.number
            for row in rows
            if choice.source in (None, row.source) and (not choice.states or row.state in choice.states)
        )
        return matching, sum(row.number for row in rows)

    def _are_few(self, choice: ArticleChoice) -> bool:
        """Whether few DOIs are in these states at the agency; the others are better found by their articles."""
        states = _registered(choice)
        if not states:
            return False
        counting = (
            "SELECT count(*) FROM (SELECT 1 FROM registration WHERE target = :target AND system = :system "
            "AND state IN (SELECT value FROM json_each(:registered)) LIMIT :few) one"
        )
        return bool(self._rows(counting, choice, few=_FEW)[0][0] < _FEW)

    def _rows(self, statement: str, choice: ArticleChoice, **more: Any) -> Sequence[Any]:
        compiled, values = text(statement), _values(choice) | {"before": NO_LIMIT, "all": NO_LIMIT} | more
        used = {name: value for name, value in values.items() if f":{name}" in statement}
        with self._read() as connection:
            return connection.execute(compiled, used).all()


# ------------------------------------------------------------------------------------------- conditions


def _conditions(choice: ArticleChoice) -> str:
    """The conditions on the columns of `article`, and of its ledger where this is needed."""
    return " AND ".join(
        [
            "TRUE",
            *_of_article(choice),
            *(["EXISTS (SELECT 1 FROM finding WHERE article_id = article.id AND +code = :code)"] * bool(choice.code)),
            *(_has_word(number, word) for number, word in enumerate(choice.words)),
            *([f"{_KEY} IN (SELECT value FROM json_each(:facts))"] * _has_ledger(choice)),
        ]
    )


def _of_article(choice: ArticleChoice) -> list[str]:
    issns = "article.issn IN (SELECT value FROM json_each(:issns))"
    return [
        *(["article.source = :source"] * (choice.source is not None)),
        *(["article.state IN (SELECT value FROM json_each(:states))"] * bool(choice.states)),
        *(["article.issn IS NULL" if choice.issns == ("",) else issns] * bool(choice.issns)),
        *(["article.year IS NULL" if choice.year == 0 else "article.year = :year"] * (choice.year is not None)),
    ]


def _in_index(choice: ArticleChoice) -> str:
    return " AND ".join(_of_article(choice))


def _has_ledger(choice: ArticleChoice) -> bool:
    """Whether the state of the store does not decide: articles in this state are wanted, but not all of them."""
    return choice.facts is not None and any(_ALL_FACTS[state] - choice.facts for state in choice.states)


def _registered(choice: ArticleChoice) -> list[str]:
    """The states at the agency that all those wanted are in; empty if some were not sent."""
    found = {facts.registration for facts in choice.facts or ()}
    return [] if None in found else sorted(state for state in found if state)


def _descending(source: str) -> str:
    """The limit prevents that SQLite leaves the order out."""
    return f"SELECT article.id FROM {source} AND article.id < :before ORDER BY article.id DESC LIMIT :all"


def _values(choice: ArticleChoice) -> dict[str, Any]:
    name = choice.named or ""
    return {
        "target": choice.target,
        "system": choice.system,
        "name": name,
        "doi": fold_doi(clean_doi(name) or name),
        "source": choice.source,
        "state": next(iter(choice.states), None),
        "states": json.dumps(sorted(choice.states)),
        "facts": json.dumps([_key(facts) for facts in choice.facts or ()]),
        "registered": json.dumps(_registered(choice)),
        "code": choice.code,
        "issns": json.dumps(choice.issns),
        "year": choice.year,
        **_patterns(choice.words),
    }


def _has_word(number: int, word: str) -> str:
    tests = (f"article.title LIKE :word{number}_{one} ESCAPE '\\'" for one in range(len(_spellings(word))))
    return f"({' OR '.join(tests)})"


def _patterns(words: Sequence[str]) -> dict[str, str]:
    return {
        f"word{number}_{one}": f"%{_escaped(spelling)}%"
        for number, word in enumerate(words)
        for one, spelling in enumerate(_spellings(word))
    }


def _spellings(word: str) -> list[str]:
    """The word as titles may have it: SQLite ignores the case of Latin letters without accents only."""
    return [word] if word.isascii() else list(dict.fromkeys((word, word.lower(), word.capitalize(), word.upper())))


def _escaped(word: str) -> str:
    return word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def _key(facts: ArticleFacts) -> str:
    """The facts as `_KEY` computes them."""
    flags = (facts.in_file, facts.is_marked, facts.has_changed)
    return " ".join([facts.state, *(str(int(flag)) for flag in flags), facts.registration or ""])


def _facts(row: Any) -> ArticleFacts:
    return ArticleFacts(
        state=row.state,
        in_file=bool(row.in_file),
        is_marked=bool(row.is_marked),
        has_changed=bool(row.has_changed),
        registration=row.registration,
    )


def _line(row: Any) -> ArticleLine:
    names = ("id", "source", "identifier", "doi", "title", "journal", "issn", "year")
    held_back = msgspec.json.decode(row.held_back, type=Finding) if row.held_back else None
    return ArticleLine(**{name: getattr(row, name) for name in names}, facts=_facts(row), held_back=held_back)


def _finding_row(row: Any, states: Mapping[int, tuple[DepositState, ...]]) -> FindingRow:
    *_, deposit = (None, *states.get(row.article_id, ()))
    return FindingRow(
        row.source,
        row.identifier,
        row.doi,
        finding_of(row),
        issn=row.issn,
        deposit=deposit,
        title=row.title,
        landing_page=row.landing_page,
    )


_ALL_FACTS = {
    state: frozenset(facts for facts in EVERY_FACT if facts.state == state) for state in ("ready", "held", "deleted")
}

_LEDGER = """
  LEFT JOIN deposited ON deposited.doi_key = article.doi_key AND deposited.target = :target
  LEFT JOIN elsewhere ON elsewhere.doi_key = article.doi_key AND elsewhere.target = :target
  LEFT JOIN registration ON registration.doi_key = article.doi_key AND registration.target = :target
                        AND registration.system = :system
"""
_IN_FILE = "(deposited.doi_key IS NOT NULL)"
_IS_MARKED = "(elsewhere.doi_key IS NOT NULL AND deposited.doi_key IS NULL)"
_HAS_CHANGED = (
    "coalesce(article.state <> 'deleted' "
    "AND coalesce(deposited.fingerprint, elsewhere.fingerprint) <> article.fingerprint, FALSE)"
)
_FACTS = (
    f"article.state, {_IN_FILE} AS in_file, {_IS_MARKED} AS is_marked, {_HAS_CHANGED} AS has_changed, "
    "registration.state AS registration"
)
_FLAGS = (f"CASE WHEN {flag} THEN '1' ELSE '0' END" for flag in (_IN_FILE, _IS_MARKED, _HAS_CHANGED))
_KEY = " || ' ' || ".join(("article.state", *_FLAGS, "coalesce(registration.state, '')"))
# SQLite reads in the order of the first part of a statement, and would read everything before it sorts.
_IN_ORDER = "/*postgresql ORDER BY one.id DESC */"
_LINE = f"""
article.id, article.source, article.identifier, article.doi, article.title, article.journal, article.issn, article.year,
{_FACTS},
CASE WHEN article.state = 'held' THEN (
     SELECT CAST(json_object('code', code, 'path', path, 'value', value, 'detail', json(detail)) AS TEXT)
       FROM finding WHERE article_id = article.id AND severity = 'error' ORDER BY position LIMIT 1)
END AS held_back
"""
_FINDING = """
finding.*, article.source, article.identifier, article.doi, article.issn, article.title,
json_extract(article.document, '$.landing_page') AS landing_page
"""
# The articles are read once, and then the few groups of them.
_COUNTS = """
WITH grouped AS MATERIALIZED (
    SELECT article.issn, article.year, article.state, article.source, count(*) AS number FROM {source}
     GROUP BY 1, 2, 3, 4)
SELECT 'state' AS facet, state AS value, sum(number) AS number FROM grouped GROUP BY state
 UNION ALL SELECT 'source', source, sum(number) FROM grouped GROUP BY source
 UNION ALL SELECT 'issn', issn, sum(number) FROM grouped GROUP BY issn
 UNION ALL SELECT 'year', CAST(year AS TEXT), sum(number) FROM grouped GROUP BY year
"""
_CODES = """
SELECT code, count(*) AS findings, count(DISTINCT article_id) AS articles FROM finding INDEXED BY ix_finding_code
 GROUP BY code
"""
_BY_NAME = """
SELECT id FROM (
    SELECT id FROM article WHERE source IN (SELECT name FROM source) AND identifier = :name
     UNION SELECT id FROM article WHERE doi_key = :doi) named
 WHERE id < :before ORDER BY id DESC LIMIT :all
"""
# An article may have several findings with the code: only the first one counts.
_BY_CODE = """
SELECT first.article_id AS id FROM finding first
 WHERE first.code = :code AND first.article_id < :before
   AND NOT EXISTS (SELECT 1 FROM finding WHERE article_id = first.article_id AND position < first.position
                                           AND +code = :code)
 ORDER BY first.article_id DESC LIMIT :all
"""
_BY_LEDGER = """
SELECT article.id FROM registration CROSS JOIN article ON article.doi_key = registration.doi_key
 WHERE registration.target = :target AND registration.system = :system
   AND registration.state IN (SELECT value FROM json_each(:registered)) AND article.id < :before
 ORDER BY article.id DESC LIMIT :all
"""
_BY_CHANGE = """
SELECT id FROM (
    SELECT article.id FROM deposited CROSS JOIN article INDEXED BY ix_article_doi ON article.doi_key = deposited.doi_key
     WHERE deposited.target = :target AND article.state = 'ready' AND article.fingerprint <> deposited.fingerprint
     UNION
    SELECT article.id FROM elsewhere CROSS JOIN article INDEXED BY ix_article_doi ON article.doi_key = elsewhere.doi_key
     WHERE elsewhere.target = :target AND article.state = 'ready' AND article.fingerprint <> elsewhere.fingerprint
       ) changed
 WHERE id < :before ORDER BY id DESC LIMIT :all
"""
_DEPOSITED = """
SELECT doi_key FROM deposited WHERE target = :target
 UNION SELECT doi_key FROM elsewhere WHERE target = :target
 UNION SELECT doi_key FROM registration WHERE target = :target AND system = :system
"""
# One lookup in the index for each journal, and one of an article for its title.
_JOURNALS = """
WITH RECURSIVE one (issn) AS (
    SELECT min(issn) FROM article
     UNION ALL
    SELECT (SELECT min(article.issn) FROM article WHERE article.issn > one.issn) FROM one WHERE one.issn IS NOT NULL
)
SELECT issn, (
       SELECT journal FROM article INDEXED BY ix_article_journal WHERE article.issn = one.issn LIMIT 1) AS journal
  FROM one WHERE issn IS NOT NULL
"""
