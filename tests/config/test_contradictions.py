"""Settings that are valid one by one and contradict each other."""

import copy

import pytest

from harvester.config.contradictions import contradictions, without
from harvester.config.problems import key_name

ONE, OTHER = "2049-3630", "1234-5679"
CROSSREF = {"prefixes": ["10.12345"]}


def source(**settings):
    return {"sources": {"a": settings}}


def journals(**tables):
    return {"crossref": CROSSREF, "journals": {key.replace("_", "-"): table for key, table in tables.items()}}


def doi(prefixes=("10.12345",), **settings):
    return {"crossref": {"prefixes": list(prefixes)}, "journals": {ONE: {"doi": settings}}}


DOAJ = {"deposit": "live", "contact": "a@b.example", "api_key_file": "f"}
DATACITE = {"deposit": "live", "contact": "a@b.example", "repository_id": "A.B", "password_env": "E"}

FOUND = [
    ({"web": {"listen": "0.0.0.0:80"}}, ["web.listen"]),
    ({"web": {"listen": "[::]:80", "token_file": "f", "read_only": True}}, ["web.listen"]),
    ({"web": {"listen": "harvester.example.org:80"}}, ["web.listen"]),
    ({"web": {"proxies": ["127.0.0.1"]}}, ["web.proxies"]),
    ({"web": {"listen": "unix:/run/web", "proxies": ["unix"]}}, ["web.proxies"]),
    ({"web": {"user_header": "X-User"}}, ["web.user_header"]),
    ({"doaj": {"deposit": "test"}}, ["doaj.deposit"]),
    ({"doaj": {**DOAJ, "api_key_env": "E"}}, ["doaj.api_key_file"]),
    ({"doaj": {"api_url": "http://doaj.example.org"}}, ["doaj.api_url"]),
    ({"doaj": {"api_url": "https://doaj.example.org/api"}}, ["doaj.api_url"]),
    ({"doaj": {"pace": 0.5}}, ["doaj.pace"]),
    ({"doaj": {"pace": 0.5, "api_url": "https://doaj.example.org"}}, ["doaj.pace"]),
    ({"datacite": {"deposit": "live", "contact": "a@b.example", "password_env": "E"}}, ["datacite.deposit"]),
    (
        {"datacite": {**DATACITE, "deposit_schedule": "@daily"}, "doaj": {**DOAJ, "deposit_schedule": "@hourly"}},
        ["doaj.deposit_schedule"],
    ),
    (source(password_env="E", password_file="f", username="u"), ["sources.a.password_file"]),
    (source(password_env="E"), ["sources.a.password_env"]),
    (source(password_file="f"), ["sources.a.password_file"]),
    ({"defaults": {"password_env": "E"}, **source()}, ["sources.a.password_env"]),
    (
        source(headers={"X-Key": "a"}, headers_env={"x-key": "B"}),
        ["sources.a.headers.X-Key", "sources.a.headers_env.x-key"],
    ),
    (source(headers={"X-Key": "a", "x-key": "b"}), ["sources.a.headers.X-Key", "sources.a.headers.x-key"]),
    ({"alerts": {"smtp_password_env": "E"}}, ["alerts.smtp_password_env"]),
    ({"alerts": {"webhook_url_env": "E", "webhook_url_file": "f"}}, ["alerts.webhook_url_file"]),
    ({"alerts": {"email_to": ["a@b.example"]}}, ["alerts.email_to", "alerts.email_to"]),
    ({"alerts": {"email_to": ["a@b.example"], "smtp_host": "h"}}, ["alerts.email_to"]),
    ({"exports": {"schedule": "@daily"}}, ["exports.schedule"]),
    (journals(**{ONE: {"issn_print": OTHER, "issn_electronic": "1050-124X"}}), [f"journals.{ONE}"]),
    (journals(**{ONE: {"issn_print": ONE, "issn_electronic": ONE}}), [f"journals.{ONE}.issn_electronic"]),
    (journals(**{ONE: {}, OTHER: {"issn_print": ONE, "issn_electronic": OTHER}}), [f"journals.{OTHER}"]),
    ({**source(journal=OTHER), **journals(**{ONE: {}})}, ["sources.a.journal"]),
    ({**source(journals={"b": OTHER, "c": ONE}), **journals(**{ONE: {}})}, ["sources.a.journals.b"]),
    ({"defaults": {"journal": OTHER}, **source(journals={"b": OTHER})}, ["sources.a.journals.b", "sources.a.journal"]),
    (doi(mint=True), [f"journals.{ONE}.doi.mint"]),
    (doi(prefix="10.9999"), [f"journals.{ONE}.doi.prefix"]),
    (doi(prefixes=(), pattern="{prefix}/{volume}"), [f"journals.{ONE}.doi.pattern"]),
    (doi(prefixes=("10.1111", "10.2222"), pattern="{prefix}/{volume}"), [f"journals.{ONE}.doi.pattern"]),
]
NONE = [
    {"web": {"listen": "127.0.0.1:80"}},
    {"web": {"listen": "[::1]:80"}},
    {"web": {"listen": "unix:/run/web"}},
    {"web": {"listen": "0.0.0.0:80", "password_file": "f"}},
    {"web": {"listen": "0.0.0.0:80", "anonymous": "read"}},
    {"web": {"listen": "0.0.0.0:80", "user_header": "X-User", "proxies": ["10.0.0.1"]}},
    {},
    {"doaj": {}, "datacite": {}},
    {"doaj": DOAJ, "datacite": DATACITE, "exports": {"schedule": "@daily"}},
    {"doaj": {"pace": 0.5, "api_url": "http://127.0.0.1:8124"}},
    {"datacite": {**DATACITE, "deposit_schedule": "@daily"}, "doaj": {**DOAJ, "deposit_schedule": "@daily"}},
    source(password_env="E", username="u"),
    {"defaults": {"username": "u"}, **source(password_env="E")},
    source(headers={"X-Key": "a"}, headers_env={"X-Other": "B"}),
    {"alerts": {"email_to": []}},
    {"alerts": {"email_to": ["a@b.example"], "smtp_host": "h", "email_from": "c@d.example"}},
    {"exports": {"schedule": "@daily"}, "crossref": CROSSREF},
    journals(**{ONE: {"issn_print": ONE, "issn_electronic": OTHER}}),
    journals(**{ONE: {"issn_print": OTHER}}),
    {**source(journal=OTHER, journals={"b": ONE}), **journals(**{ONE: {"issn_print": OTHER}})},
    doi(mint=True, pattern="{prefix}/{volume}"),
    doi(prefix="10.12345"),
    doi(prefixes=(), prefix="10.9999"),
    doi(prefixes=("10.1111", "10.2222"), pattern="{prefix}/{volume}", prefix="10.1111"),
    doi(prefixes=("10.1111", "10.2222"), pattern="10.1111/{volume}"),
]


@pytest.mark.parametrize(("document", "places"), FOUND)
def test_settings_that_contradict_each_other_are_found(document, places):
    assert [key_name(problem.path) for problem in contradictions(document)] == places


@pytest.mark.parametrize("document", NONE)
def test_settings_that_go_together_have_no_problem(document):
    assert list(contradictions(document)) == []


def test_problem_names_the_other_setting():
    (problem,) = contradictions(source(password_env="E"))
    assert "username" in problem.sentence
    (problem,) = contradictions(doi(prefix="10.9999", prefixes=("10.1111", "10.2222")))
    assert "10.1111, 10.2222" in problem.sentence


def test_without_copies_the_document_and_leaves_out_paths():
    document = {"sources": {"a": {"url": 1, "sets": ["x"]}, "b": 5}, "store": {}}
    before = copy.deepcopy(document)
    rest = without(document, [("sources", "a", "url"), ("sources", "b"), ("store", "url", "x"), ("nowhere",), ()])
    assert rest == {"sources": {"a": {"sets": ["x"]}}, "store": {}}
    assert document == before
    assert without(document, [("sources", "a", "sets", 0)]) == before
