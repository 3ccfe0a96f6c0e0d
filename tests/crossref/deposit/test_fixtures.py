"""Whole articles: the JSON document beside the deposit it becomes.

After a change that is meant, `python -m tests.crossref.deposit.test_fixtures` writes them anew; read the diff.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from harvester.crossref import bundles
from harvester.crossref.deposit import group
from harvester.model import Article, from_json
from tests.crossref.deposit.deposits import batch, build, build_all

FOLDER = Path(__file__).with_name("articles")
NAMES = sorted(path.stem for path in FOLDER.glob("*.json"))


def fixture(name: str) -> Article:
    return from_json((FOLDER / f"{name}.json").read_text(encoding="utf-8"))


def written(name: str) -> bytes:
    return build_all([fixture(name)], batch(name=f"fixture-{name}"))


@pytest.mark.parametrize("name", NAMES)
def test_is_the_deposit_beside_it(name: str) -> None:
    assert written(name).decode() == (FOLDER / f"{name}.xml").read_text(encoding="utf-8")


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
def test_is_valid(name: str, schema: bundles.Schema) -> None:
    assert schema.validate(build(fixture(name), schema.version)) == []


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
def test_is_valid_with_crossmark(name: str, schema: bundles.Schema) -> None:
    data = build(fixture(name), schema.version, crossmark_policy="10.12345/crossmark")
    assert schema.validate(data) == []


@pytest.mark.slow
def test_all_together_are_valid(schema: bundles.Schema) -> None:
    articles = [fixture(name) for name in NAMES]
    [members] = group(articles)
    assert schema.validate(build_all(members, batch(schema.version))) == []


if __name__ == "__main__":
    for each in NAMES:
        (FOLDER / f"{each}.xml").write_bytes(written(each))
