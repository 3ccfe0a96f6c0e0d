"""Violations of the schema, as sentences about one place."""

import pytest

from harvester.config.problems import key_name, schema, schema_problems, without_credentials

SOURCE = {"url": "https://journal.example/oai", "formats": ["oai_dc"]}


def problems(**settings):
    """Place and sentence of each problem of a source with these settings."""
    document = {"sources": {"a": {**SOURCE, **settings}}}
    return [
        (key_name(problem.path).removeprefix("sources.a."), problem.sentence) for problem in schema_problems(document)
    ]


FOUND = [
    ({"deley": 1}, "deley", "did you mean delay?"),
    ({"xyzzy": 1}, "xyzzy", "there are: "),
    ({"password": "p"}, "password", "password_env"),
    ({"sets": "j:ART"}, "sets", 'must be a list, not text; write ["j:ART"]'),
    ({"sets": ""}, "sets", "must be a list, not text"),
    ({"delay": "1"}, "delay", "must be a number, not text"),
    ({"retries": 1.5}, "retries", "must be a whole number, not a number"),
    ({"retries": 1.0}, "retries", "must be a whole number, not a number"),
    ({"retries": True}, "retries", "must be a whole number, not true or false"),
    ({"delay": float("inf")}, "delay", "must be a number, not inf"),
    ({"allow_private": "yes"}, "allow_private", "must be true or false, not text"),
    ({"headers": []}, "headers", "must be a table, not a list"),
    ({"retries": -1}, "retries", "-1 is too small; the least is 0"),
    ({"max_deletion_share": 2}, "max_deletion_share", "2 is too large; the most is 1"),
    ({"name_order": "family_first"}, "name_order", "did you mean family-first?"),
    ({"name_order": "?"}, "name_order", "must be one of family-first, given-first"),
    ({"formats": []}, "formats", "must not be empty"),
    ({"formats": ["a", "a"]}, "formats", "twice"),
    ({"url": "journal.example"}, "url", '"journal.example" must be a URL'),
    ({"formats": ["oai dc"]}, "formats[0]", '"oai dc"'),
    ({"formats": ["oai_dc\n"]}, "formats[0]", '"oai_dc\\n"'),
]


@pytest.mark.parametrize(("settings", "place", "words"), FOUND)
def test_invalid_setting_is_named_with_the_reason(settings, place, words):
    ((path, sentence),) = problems(**settings)
    assert path == place
    assert words in sentence


def test_valid_source_has_no_problem():
    assert problems(delay=1, retries=3, sets=["j:ART"], name_order="given-first") == []


def test_missing_setting_is_named_with_an_example():
    found = {key_name(problem.path): problem.sentence for problem in schema_problems({"sources": {"a": {}}})}
    assert found.keys() == {"sources.a.url", "sources.a.formats"}
    assert found["sources.a.formats"].startswith("is missing; add formats = [")


def test_every_number_has_a_least_and_a_most():
    tables = schema()["$defs"].values()
    settings = {name: one for table in tables for name, one in table.get("properties", {}).items()}
    numbers = {name: one for name, one in settings.items() if one.get("type") in ("integer", "number")}
    assert "overlap" in numbers
    assert {name for name, one in numbers.items() if not {"minimum", "maximum"} <= one.keys()} == set()


def test_secret_is_not_shown():
    ((_, sentence),) = problems(username="u", password_env="hunter 2")
    assert "hunter" not in sentence


def test_long_value_is_cut():
    ((_, sentence),) = problems(url="x" * 500)
    assert f'"{"x" * 76}…' in sentence
    assert "x" * 77 not in sentence


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ((), ""),
        (("sources", "demo", "formats", 0), "sources.demo.formats[0]"),
        (("journals", "2049-3630"), "journals.2049-3630"),
        (("sources", "my source"), 'sources."my source"'),
        (("sources", "журнал", "url"), 'sources."журнал".url'),
        (("sources", ""), 'sources.""'),
    ],
)
def test_path_is_written_as_in_toml(path, name):
    assert key_name(path) == name


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("https://journal.example/oai", "https://journal.example/oai"),
        ("https://u:p@journal.example/oai", "https://…@journal.example/oai"),
        ("https://u:p@ss/w@journal.example", "https://…@journal.example"),
        ("https://u:p\n@journal.example", "https://…@journal.example"),
    ],
)
def test_password_in_a_url_is_not_shown(url, shown):
    assert without_credentials(url) == shown


def test_schema_is_that_of_the_package():
    assert {"sources", "journals", "crossref"} <= schema()["properties"].keys()
    assert schema() is schema()
