from __future__ import annotations

from pathlib import Path
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harvester.standing.article import SENTENCES, STATES, ArticleState, article_counts, facts_of, state_of
from harvester.store import ArticleFacts, BatchMember, DoiState, Registration, Selection, connect
from tests.store.samples import NOW, article, article_to_save, fill, finding, name, url


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        (ArticleFacts(state="ready"), "ready"),
        (ArticleFacts(state="held"), "held_back"),
        (ArticleFacts(state="held", in_file=True, registration="registered"), "held_back"),
        (ArticleFacts(state="deleted", in_file=True, registration="registered"), "deleted"),
        (ArticleFacts(state="ready", in_file=True), "in_file"),
        (ArticleFacts(state="ready", is_marked=True), "elsewhere"),
        (ArticleFacts(state="ready", in_file=True, registration="waiting"), "waiting"),
        (ArticleFacts(state="ready", in_file=True, registration="waiting", has_changed=True), "waiting"),
        (ArticleFacts(state="ready", in_file=True, registration="registered"), "registered"),
        (ArticleFacts(state="ready", in_file=True, registration="registered", has_changed=True), "changed"),
        (ArticleFacts(state="ready", in_file=True, registration="refused"), "refused"),
        (ArticleFacts(state="ready", in_file=True, registration="refused", has_changed=True), "changed"),
        (ArticleFacts(state="ready", is_marked=True, has_changed=True), "changed"),
        (ArticleFacts(state="ready", in_file=True, registration="never_sent"), "in_file"),
    ],
)
def test_state_of_an_article(facts: ArticleFacts, expected: ArticleState):
    assert state_of(facts) == expected


@given(st.from_type(ArticleFacts))
def test_every_article_has_a_state_with_words(facts: ArticleFacts):
    state = state_of(facts)
    assert STATES[state]
    assert SENTENCES[state].endswith(".")


def test_words_exist_for_exactly_the_states():
    assert set(STATES) == set(SENTENCES) == set(get_args(ArticleState))


def test_states_of_a_store_add_up_and_agree_with_each_article(tmp_path: Path):
    saves = [article_to_save(number) for number in range(1, 9)]
    with connect(url(tmp_path)) as store:
        fill(store, *saves, article_to_save(9, findings=(finding("error"),)), source="wetlands")
        fill(store, article_to_save(10, source="coast"), source="coast")
        found = [one for number in range(1, 7) for one in store.articles.find(name(number))]
        members = [BatchMember(one.id, one.doi or "", one.fingerprint or "") for one in found]
        store.ledger.plan("crossref", "b1", 20250301120000000, "5.5.0", members, NOW)
        store.ledger.mark_exported("b1", "/exports/b1.xml", "ab" * 32, 99, NOW)
        states: list[DoiState] = ["registered", "registered_with_conflict", "refused", "waiting"]
        store.registrations.save(
            [
                Registration(
                    doi=one.doi or "", target="crossref", system="live", state=state, changed=NOW, batch_id="b1"
                )
                for one, state in zip(found, states, strict=False)
            ]
        )
        store.articles.save([article_to_save(6, article(6, "changed"))])
        store.deposits.mark_elsewhere("crossref", (), Selection(dois=("10.5555/reeds.7",)), NOW)
        counts = article_counts(store, "crossref", "live")
        assert counts == {
            "wetlands": {
                "registered": 1,
                "registered_with_conflict": 1,
                "refused": 1,
                "waiting": 1,
                "in_file": 1,
                "changed": 1,
                "elsewhere": 1,
                "ready": 1,
                "held_back": 1,
            },
            "coast": {"ready": 1},
        }
        assert article_counts(store, "crossref", "test")["wetlands"]["in_file"] == 5
        assert article_counts(store, "datacite", "live")["wetlands"]["ready"] == 8
        stored = [one for number in range(1, 11) for one in store.articles.find(name(number))]
        deposits = store.deposits.states(stored)
        known = store.registrations.of_dois("crossref", "live", [one.doi or "" for one in stored])
        each: list[ArticleState] = []
        for one in stored:
            registration = known.get((one.doi or "").lower())
            facts = facts_of(one, deposits.get(one.id, ()), registration.state if registration else None)
            each.append(state_of(facts))
    assert sorted(each) == sorted(state for of_source in counts.values() for state in of_source.elements())
