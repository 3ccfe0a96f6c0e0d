"""How fast articles become a validated deposit: `python -m bench.export`.

Goals for 1,000 articles with 39 references each on one core: built and validated at 1,000 articles/s, and the schema
loaded in less than 0.3 s.
"""

from __future__ import annotations

import sys
from time import perf_counter
from typing import TextIO

from harvester.crossref import bundles
from harvester.crossref import deposit as crossref
from harvester.crossref.settings import CrossrefSettings
from harvester.model import (
    Abstract,
    Affiliation,
    Article,
    Batch,
    Contributor,
    Issn,
    Journal,
    LangText,
    License,
    Paragraph,
    PubDate,
    Reference,
    Title,
)
from harvester.text import Span

ARTICLES = 1000
REFERENCES = 39
GOAL = 1000.0  # articles/s
GOAL_LOADING = 0.3  # seconds

SETTINGS = CrossrefSettings(depositor_name="Bench", depositor_email="bench@example.org", registrant="Bench")
_JOURNAL = Journal(
    titles=(LangText(("Записки о степных реках",)),),
    issns=(Issn("2076-7404", "print"),),
    language="ru",
)


def run(out: TextIO) -> None:
    """Measures loading, grouping, building and validating for each installed schema version."""
    articles = [article(number) for number in range(ARTICLES)]
    for state in bundles.installed():
        _measure(state.version, articles, out)


def _measure(version: str, articles: list[Article], out: TextIO) -> None:
    started = perf_counter()
    schema = bundles.load(version)
    loaded = perf_counter()
    files = crossref.group(articles)
    grouped = perf_counter()
    built = [crossref.build(members, _batch(version, number), SETTINGS) for number, members in enumerate(files)]
    finished = perf_counter()
    problems = [problem for data in built for problem in schema.validate(data)]
    validated = perf_counter()
    if problems:
        raise AssertionError(problems[0])
    loading, rate = loaded - started, len(articles) / (validated - loaded)
    print(f"export {version}: {rate:,.0f} articles/s = {rate / GOAL:.2f} of the goal", file=out)
    print(f"  loading the schema  {loading:.3f} s = {loading / GOAL_LOADING:.2f} of the goal", file=out)
    for step, seconds in (
        ("group", grouped - loaded),
        ("build", finished - grouped),
        ("validate", validated - finished),
    ):
        print(f"  {step:<9} {seconds / len(articles) * 1000:.3f} ms/article", file=out)


def _batch(version: str, number: int) -> Batch:
    return Batch(id=f"bench-{number}", timestamp=20260101000000000 + number, schema_version=version)


def article(number: int) -> Article:
    """An invented bilingual article of ordinary size."""
    sentence = "Весенний паводок меняет русло, и берег отступает на 3 м в год; p < 0.05 & выше. "
    return Article(
        format="jats",
        doi=f"10.12345/steppe.{number}",
        landing_page=f"https://journal.example.org/article/view/{number}",
        language="ru",
        titles=(
            Title(text=("Реки степи: ", Span("italic", ("Salix alba",)), f" на берегах, часть {number}"), lang="ru"),
            Title(text=(f"Rivers of the steppe, part {number}",), lang="en"),
        ),
        abstracts=(
            Abstract(blocks=(Paragraph((sentence * 6,)), Paragraph((sentence * 4,))), lang="ru"),
            Abstract(blocks=(Paragraph(("The spring flood moves the river bed. " * 20,)),), lang="en"),
        ),
        contributors=tuple(_author(number, place) for place in range(3)),
        journal=_JOURNAL,
        volume=str(number // 40),
        issue=str(number // 10 % 4 + 1),
        dates=(PubDate(year=2021, month=4, day=5, medium="online"),),
        first_page=str(number * 10),
        last_page=str(number * 10 + 9),
        licenses=(License(url="https://creativecommons.org/licenses/by/4.0/", applies_to="vor"),),
        references=tuple(_reference(place) for place in range(REFERENCES)),
    )


def _author(number: int, place: int) -> Contributor:
    return Contributor(
        surname=("Ивлева", "Okoye", "Ferreira")[place],
        given=f"Анна {'АБВГДЕЖЗ'[number % 8]}.",
        orcid="https://orcid.org/0000-0002-1825-0097" if place == 0 else None,
        affiliations=(Affiliation(name="Институт степных рек", place="Оренбург"),),
    )


def _reference(place: int) -> Reference:
    title = "Ice & water: a history of river crossings"
    text = f"{place + 1}. Petrova M., Lindqvist O. {title}. Annals of Hydrology. 2014;12:1-19."
    return Reference(
        key=f"ref{place + 1}",
        text=text,
        doi=f"10.5555/annals.{place}" if place % 3 == 0 else None,
        author="Petrova",
        journal_title="Annals of Hydrology",
        volume="12",
        first_page="1",
        year="2014",
        article_title=title,
    )


if __name__ == "__main__":
    run(sys.stdout)
