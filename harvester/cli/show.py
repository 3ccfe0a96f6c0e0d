"""`harvester show`: one record, its article, its findings or its deposit."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click
import msgspec

from harvester import documents
from harvester.cli.common import Command, Common, pass_common
from harvester.cli.deposited import deposit_words
from harvester.cli.output import as_json
from harvester.cli.progress import opened
from harvester.cli.terminal import echo
from harvester.config import Config
from harvester.crossref.agency import CROSSREF_AGENCY
from harvester.crossref.target import CROSSREF
from harvester.deposits.export import preview
from harvester.errors import HarvesterError
from harvester.findings import kinds, sentence
from harvester.identifiers import clean_doi
from harvester.model import Article, to_json
from harvester.registration import described
from harvester.registration.registrar import shown_system
from harvester.standing.article import STATES, facts_of, state_of
from harvester.store import DepositState, StoredArticle
from harvester.text import plain

if TYPE_CHECKING:
    from harvester.store import Store


@click.command(cls=Command)
@click.argument("identifier", metavar="ID")
@click.option("--raw", "form", flag_value="raw", help="What the provider sent, in every format that is stored.")
@click.option("--article", "form", flag_value="article", help="The article read from it, as JSON.")
@click.option("--deposit", "form", flag_value="deposit", help="The deposit file of this record alone.")
@pass_common
def command(common: Common, identifier: str, form: str | None) -> None:
    """Shows the record with this OAI identifier or DOI, with or without https://doi.org/ in front."""
    config = common.load()
    with opened(common, config) as store:
        found = store.articles.find(identifier) or store.articles.find(clean_doi(identifier) or "")
        if not found:
            raise HarvesterError(
                f"There is no record {identifier} in the store. `harvester status` says what there is, "
                "`harvester harvest` fetches more."
            )
        if form == "raw":
            for stored in found:
                _print_raw(common, store, stored)
        elif form == "deposit":
            for stored in found:
                click.echo(_deposit(config, stored), nl=False)
        elif form == "article":
            for stored in found:
                _print_article(stored)
        elif common.json:
            states = store.deposits.states(found)
            tables = config.journal_tables
            first, *others = (documents.of_article(stored, states.get(stored.id, ()), tables) for stored in found)
            as_json(**first, also=others)
        else:
            states = store.deposits.states(found)
            for stored in found:
                _print(stored, states.get(stored.id, ()), _registered(config, store, stored))


def _print_raw(common: Common, store: Store, stored: StoredArticle) -> None:
    for prefix, raw in store.records.raw(stored.source, stored.identifier):
        state = "deleted" if raw.deleted else f"{len(raw.payload or b'')} bytes"
        common.say(f"{stored.source}, {prefix}, {raw.datestamp}, {state}")
        if raw.payload:
            click.echo(raw.payload)


def _deposit(config: Config, stored: StoredArticle) -> bytes:
    if stored.article is None or stored.deleted:
        raise HarvesterError(f"{stored.identifier} is {_state(stored, ())}; there is nothing to deposit.")
    return preview(config, CROSSREF, stored.article, now=datetime.now(UTC))


def _print_article(stored: StoredArticle) -> None:
    article = to_json(stored.article) if stored.article else b"null"
    click.echo(msgspec.json.format(article, indent=2))


def _registered(config: Config, store: Store, stored: StoredArticle) -> str | None:
    """What became of its DOI at Crossref, if it was sent."""
    if not stored.doi:
        return None
    system = shown_system(config, CROSSREF_AGENCY)
    rows = store.registrations.rows(CROSSREF_AGENCY.name, system, [stored.doi])
    told = (f"{described.sentence(CROSSREF_AGENCY, row)} ({system})" for row in rows if row.registration)
    return next(told, None)


def _print(stored: StoredArticle, deposits: Sequence[DepositState], registered: str | None) -> None:
    echo(f"{stored.identifier}  ({stored.source}: {', '.join(stored.formats)}; {_state(stored, deposits)})")
    for name, value in _facts(stored.article) if stored.article else ():
        echo(f"  {name:<9} {value}")
    for deposit in deposits:
        if moment := deposit.written or deposit.elsewhere_since:
            words = deposit_words(moment, deposit.file, changed_since=deposit.changed_since)
            echo(f"  {'deposited':<9} {words}")
    if registered:
        echo(f"  {'crossref':<9} {registered}")
    for finding in stored.findings:
        severity = kinds()[finding.code].severity
        echo(f"  {severity:<9} {sentence(finding)} ({finding.code})", tone=severity)


def _state(stored: StoredArticle, deposits: Sequence[DepositState]) -> str:
    """Its state without what became of its DOI, which `_registered` says."""
    state = state_of(facts_of(stored, deposits))
    return "deposited" if state in ("in_file", "elsewhere") else STATES[state]


def _facts(article: Article) -> list[tuple[str, str]]:
    """The facts that identify an article for a person."""
    facts = [("doi", article.doi), ("page", article.landing_page)]
    facts += [("title", plain(title.text)) for title in article.titles]
    facts += [("author", _byline(article))]
    facts += [("journal", ", ".join(plain(title.text) for title in article.journal.titles))]
    facts += [("issn", ", ".join(issn.value for issn in article.journal.issns))]
    facts += [("where", _issue_and_pages(article))]
    facts += [("refs", str(len(article.references)) if article.references else None)]
    return [(name, value) for name, value in facts if value]


def _byline(article: Article) -> str:
    names = (person.name or " ".join(filter(None, (person.given, person.surname))) for person in article.contributors)
    return "; ".join(filter(None, names))


def _issue_and_pages(article: Article) -> str:
    pages = "-".join(filter(None, (article.first_page, article.last_page))) or article.elocation_id
    years = ", ".join(dict.fromkeys(str(date.year) for date in article.dates))
    parts = (("volume", article.volume), ("issue", article.issue), ("pages", pages), ("year", years))
    return ", ".join(f"{name} {value}" for name, value in parts if value)
