"""How soon the pages of a million articles answer: `python -m bench.web [ARTICLES]`.

The store has a million articles of 40 sources and 1,000 journals with documents of usual size, three million findings,
and deposits of a fifth of the articles. Each page is requested from the application itself, without a network, in turn
with a bare query of SQLite that counts a source's articles, because a busy machine slows both.

Goals: 0.3 s at the median, 1 s at worst, or the page says what it did not count.
"""

from __future__ import annotations

import sqlite3
import statistics
import sys
import tempfile
from pathlib import Path
from time import perf_counter, process_time
from typing import TextIO

from werkzeug.test import Client

from bench._stores import configured, fill_harvested
from harvester import config
from harvester.model import Article, Contributor, Issn, Journal, LangText, PubDate, Reference, Title, to_json
from harvester.web.site import Site

ARTICLES = 1_000_000
SOURCES = 40
TIMES = 5
_GAVE_UP = ("not counted", "more than a second")
GOALS = (0.3, 1.0)  # seconds, at the median and at worst

_SOURCE = 'url = "https://{name}.example.org/oai"\nformats = ["oai_dc"]\n'
_ADDRESSES = (
    "/",
    "/sources",
    "/sources/s1",
    "/runs",
    "/deposits",
    "/records",
    "/records?state=held_back",
    "/records?state=ready",
    "/records?state=changed",
    "/records?state=in_file",
    "/records?state=registered",
    "/records?state=refused",
    "/records?source=s1",
    "/records?source=s1&state=held_back",
    "/records?code=doi-missing",
    "/records?code=doi-missing&source=s1",
    "/records?journal=0000-0001",
    "/records?year=2019",
    "/records?journal=0000-0001&year=2019",
    "/records?q=10.5555/one.777777",
    "/records?q=oai:example.org:article/777777",
    "/records?q=delta+reeds",
    "/records?q=number777777",
    "/records?after=500000",
    "/record?id=oai:example.org:article/777777",
    "/findings",
    "/findings?source=s1",
    "/findings?journal=0000-0001",
    "/findings/doi-missing",
    "/completeness",
)
_NUMBERS = "WITH RECURSIVE one (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM one WHERE n < :articles)"
_BATCH = "INSERT INTO batch (id, target, timestamp, schema_version, state, planned, written, path, sha256, size) "
_FILE = "'b' || (1 + id / 5000)"  # of an article: each has 1,000
_FILL = (
    "INSERT INTO mapping VALUES (1, 'bench')",
    f"{_NUMBERS} INSERT INTO record (source, identifier, prefix, datestamp, sets, deleted, repairs, run_id) "
    "SELECT 's' || (n * :sources / (:articles + 1)), 'oai:example.org:article/' || n, 'oai_dc', "
    "'2026-01-01T00:00:00Z', '[]', n % 100 = 0, '[]', 1 + (n * :sources / (:articles + 1)) FROM one",
    f"{_NUMBERS} INSERT INTO article (source, identifier, state, format, doi, doi_key, title, journal, issn, year, "
    "fingerprint, mapping_id, document) "
    "SELECT 's' || (n * :sources / (:articles + 1)), 'oai:example.org:article/' || n, "
    "CASE WHEN n % 100 = 0 THEN 'deleted' WHEN n % 10 = 0 THEN 'held' ELSE 'ready' END, 'oai_dc', "
    "'10.5555/one.' || n, '10.5555/one.' || n, 'Growth of reeds in the delta of river number' || n, "
    "'Journal ' || (n / 1000), printf('%04d-%04d', 0, n / 1000), 1990 + n % 36, randomblob(32), 1, :document FROM one",
    f"{_NUMBERS} INSERT INTO finding SELECT n, 0, 'abstract-empty', 'info', 'abstracts', '', '{{}}' FROM one",
    f"{_NUMBERS} INSERT INTO finding SELECT n, 1, 'license-unclear', 'info', 'licenses', '', '{{}}' FROM one",
    f"{_NUMBERS} INSERT INTO finding SELECT n, 2, CASE WHEN n % 10 = 0 THEN 'doi-missing' ELSE 'orcid-invalid' END, "
    "CASE WHEN n % 10 = 0 THEN 'error' ELSE 'info' END, 'doi', '', '{}' FROM one",
    f"{_NUMBERS} {_BATCH} SELECT 'b' || n, 'crossref', 20260101000000000 + n, '5.4.0', 'written', "
    "'2026-01-01T00:00:00+00:00', '2026-01-01T00:00:00+00:00', '/tmp/b' || n || '.xml', randomblob(32), 1 "
    "FROM one WHERE n <= 1 + :articles / 5000",
    "INSERT INTO submission (batch_id, system, state, since, names) "
    "SELECT id, 'live', 'completed', '2026-01-01T00:00:00+00:00', json_array(id || '.xml') FROM batch",
    f"INSERT INTO deposit SELECT {_FILE}, id, id, doi_key, fingerprint, '{{}}' FROM article WHERE id % 5 = 1",
    "INSERT INTO deposited SELECT doi_key, 'crossref', CASE WHEN id % 1000 = 1 THEN randomblob(32) ELSE fingerprint END"
    f", {_FILE}, 20260101000000000 + 1 + id / 5000 FROM article WHERE id % 5 = 1",
    "INSERT INTO registration (doi_key, target, system, doi, state, batch_id, changed) "
    "SELECT doi_key, 'crossref', 'live', doi, CASE WHEN id % 5000 = 1 THEN 'refused' ELSE 'registered' END, "
    f"{_FILE}, '2026-01-01T00:00:00+00:00' FROM article WHERE id % 10 = 1",
)


def run(out: TextIO, articles: int = ARTICLES) -> None:
    """Makes the store, and measures every page."""
    with tempfile.TemporaryDirectory() as name:
        folder, began = Path(name), perf_counter()
        fill(folder, articles)
        size = sum(path.stat().st_size for path in folder.glob("*.sqlite*")) / 1e6
        print(f"web: {articles:,} articles, {size:,.0f} MB, made in {perf_counter() - began:.0f} s", file=out)
        measure(folder, out)


def fill(folder: Path, articles: int = ARTICLES) -> None:
    """Makes a configuration and a store in the folder."""
    values = {"articles": articles, "sources": SOURCES, "document": _document()}
    fill_harvested(configured(folder, _SOURCE, SOURCES), _FILL, values)


def _document() -> str:
    """The document of an article of usual size."""
    references = [Reference(key=f"r{number}", text="Moss, A. Fens of the delta. 1999.") for number in range(20)]
    article = Article(
        format="oai_dc",
        doi="10.5555/one.1",
        landing_page="https://example.org/article/1",
        titles=(Title(text=("Growth of reeds in the delta",), lang="en"),),
        contributors=(Contributor(surname="Reed", given="Ana"), Contributor(surname="Sedge", given="Bo")),
        journal=Journal(titles=(LangText(("Journal 1",), "en"),), issns=(Issn("2049-3630", "electronic"),)),
        dates=(PubDate(year=2020, month=3),),
        references=tuple(references),
        provenance={"doi": "dc:identifier", "titles": "dc:title"},
    )
    return to_json(article).decode()


def measure(folder: Path, out: TextIO) -> None:
    """Requests every page, each in turn with the bare query."""
    settings = config.load(folder / "config.toml")
    client = Client(Site(lambda: settings))
    for address in _ADDRESSES:
        times, cpu, bare, status, gave_up = [], [], [], 0, ""
        for _ in range(TIMES):
            bare.append(_bare(settings.store_url.removeprefix("sqlite:///")))
            began, used = perf_counter(), process_time()
            answer = client.get(address)
            times.append(perf_counter() - began)
            cpu.append(process_time() - used)
            status, body = answer.status_code, answer.get_data(as_text=True)
            gave_up = "   says what it did not count" if any(words in body for words in _GAVE_UP) else ""
        median, worst = statistics.median(times), max(times)
        over = "" if (median <= GOALS[0] and worst <= GOALS[1]) or gave_up else "   OVER"
        ratio = f"{median / statistics.median(bare):5.1f} of a bare count"
        print(
            f"  {address:<50} {status} {median:.3f} s, worst {worst:.3f} s, CPU {max(cpu):.3f} s at worst, "
            f"{ratio}{gave_up}{over}",
            file=out,
            flush=True,
        )


def _bare(path: str) -> float:
    began = perf_counter()
    connection = sqlite3.connect(path)
    connection.execute("SELECT count(*) FROM article WHERE state = 'ready' AND source = 's1'").fetchone()
    connection.close()
    return perf_counter() - began


if __name__ == "__main__":
    run(sys.stdout, *map(int, sys.argv[1:2]))
