import json

from harvester.article_api.files import JsonBuilder, present, problems
from harvester.model import Article, Batch

BATCH = Batch(id="b", timestamp=20260102030405678, schema_version="1")
ARTICLES = [Article(format="jats", doi=f"10.5555/{number}") for number in range(5)]


def builder(size: int) -> JsonBuilder:
    return JsonBuilder("1", lambda article: {"doi": article.doi}, size, lambda article: ("lacks",))


def test_each_article_is_in_one_file_in_its_order():
    assert builder(2).group(iter(ARTICLES)) == [ARTICLES[:2], ARTICLES[2:4], ARTICLES[4:]]
    assert builder(9).group([]) == []


def test_a_file_has_a_line_for_each_article():
    data = builder(9).build(ARTICLES, BATCH)
    assert [row["doi"] for row in json.loads(data)] == [article.doi for article in ARTICLES]
    assert len(data.splitlines()) == len(ARTICLES) + 2


def test_what_an_article_lacks_is_asked_of_the_target():
    assert builder(1).lacks(ARTICLES[0]) == ("lacks",)


def test_a_problem_names_its_place_and_there_are_not_too_many():
    bad = json.dumps([{"bibjson": {"title": " "}}] * 30).encode()
    found = problems(bad, "doaj-articles.schema.json")
    assert found[0].startswith("$[0].bibjson")
    assert len(found) == 20


def test_only_values_that_are_there_are_present():
    assert present(a=None, b="", c=[], d={}, e=0, f="x") == {"e": 0, "f": "x"}
