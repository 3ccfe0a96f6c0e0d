"""What logs mean for each DOI that was sent."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from harvester.answers import Outcomes, Result, SentArticle, SentFile, Verdict
from harvester.crossref.client.messages import entries, recognise
from harvester.crossref.client.verdicts import by_held_version, decide, merged
from tests.crossref.client import logs

N = 20260901120000000
REFUSED = f"submitted version: {N} is less or equal to previously submitted version"
ORCID = "https://orcid.org/0000-0002-1825-0097"


@pytest.mark.parametrize("name", [name for name in logs.NAMES if logs.expected(name)["sent"]])
def test_a_log_means_what_is_kept_next_to_it(name):
    assert logs.actual(name)["outcomes"] == logs.expected(name)["outcomes"]


def says(doi: str | None, text: str, registered: bool | None = False, *, whole_file: bool = False) -> Verdict:
    kind, values = recognise(text)
    return Verdict(
        doi=doi,
        registered=registered,
        kind=kind,
        text=text,
        who=entries()[kind].who,
        values=values,
        whole_file=whole_file,
    )


def completed(*verdicts: Verdict) -> Result:
    return Result(state="completed", raw=b"", verdicts=verdicts)


def decided(*verdicts: Verdict, articles: list[SentArticle] | None = None) -> Outcomes:
    sent = articles or [SentArticle(doi="10.5555/a"), SentArticle(doi="10.5555/b")]
    return decide(completed(*verdicts), SentFile(version=N, articles=tuple(sent)))


def states(outcomes: Outcomes) -> dict[str, tuple[str, str]]:
    return {outcome.doi: (outcome.state, outcome.kind) for outcome in outcomes.dois}


LONG = N * 100 + 7  # 19 digits
VERSIONS = [
    (str(N), (), "registered", "version_same", N),
    (str(N + 1), (N + 1,), "registered", "version_ours", N + 1),
    (str(N + 1), (), "refused", "version_foreign", N + 1),
    (str(LONG), (), "refused", "version_foreign", LONG),
    (str(LONG), (LONG,), "registered", "version_ours", LONG),
    ("9" * 40, (), "refused", "version_foreign", int("9" * 40)),
    (f"000{N}", (), "registered", "version_same", N),
    (str(N - 1), (N - 1,), "uncertain", "version_unread", None),  # which cannot have refused it
    ("", (), "uncertain", "version_unread", None),
    ("(DOI match)", (), "uncertain", "version_unread", None),
]


@pytest.mark.parametrize(("held", "ours", "state", "kind", "version"), VERSIONS)
def test_a_refused_version_is_decided_by_the_numbers(held, ours, state, kind, version):
    article = SentArticle(doi="10.5555/a", versions=ours)
    (outcome,) = decided(says("10.5555/A", f"{REFUSED} {held}"), articles=[article]).dois
    assert (outcome.state, outcome.kind, outcome.version) == (state, kind, version)
    assert outcome.who == entries()[kind].who


def test_what_was_read_at_crossref_decides_the_rest():
    article = SentArticle(doi="10.5555/a", versions=(N + 5,))
    (outcome,) = decided(says("10.5555/a", f"{REFUSED} (DOI match)"), articles=[article]).dois
    for held, state in ((N, "registered"), (N + 5, "registered"), (N + 1, "refused"), (N - 1, "uncertain")):
        assert by_held_version(outcome, article, N, held).state == state
    assert by_held_version(outcome, article, N, None) == outcome


def test_a_doi_twice_in_a_file_is_registered_once():
    outcomes = decided(
        says("10.5555/a", "Successfully added", True),
        says("10.5555/A", f"{REFUSED} {N}"),
        articles=[SentArticle(doi="10.5555/A"), SentArticle(doi="10.5555/a")],
    )
    assert states(outcomes) == {"10.5555/A": ("registered", "added")}
    assert len(outcomes.dois[0].messages) == 2


def test_another_fault_counts_more_than_an_undecided_version():
    both = says("10.5555/a", f"{REFUSED} {N + 1}"), says("10.5555/a", "A system error has occured")
    assert states(decided(*both))["10.5555/a"] == ("refused", "server")
    assert states(decided(says("10.5555/a", f"{REFUSED} {N}"), both[1]))["10.5555/a"] == ("registered", "version_same")


def test_a_whole_file_is_refused_but_for_what_is_registered():
    schema = says(None, "Error validating schema x", whole_file=True)
    outcomes = decided(says("10.5555/a", "Successfully added", True), schema)
    assert states(outcomes) == {"10.5555/a": ("registered", "added"), "10.5555/b": ("refused", "schema")}


BEES = SentArticle(doi="10.5555/b", issns=("1234-5679",), titles=("Bees",), orcids=(ORCID,), targets=("10.9999/Q",))
ANTS = SentArticle(doi="10.6666/a", issns=("2377-1666", "00000001"), titles=("Ants",))


@pytest.mark.parametrize(
    ("text", "about"),
    [
        (f'ORCID "{ORCID}" has invalid checksum', {"10.5555/b"}),
        (f'ORCID "{ORCID[-19:].replace("-", "")}" has invalid checksum', {"10.5555/b"}),
        (f'ORCID "{ORCID[:-1]}X" has invalid checksum', set()),
        ("ORCID something has invalid checksum", set()),
        ('ISSN "12345679" has already been assigned to a different title/publisher/genre', {"10.5555/b"}),
        ('ISSN "0000-0001" has already been assigned to a different title/publisher/genre', {"10.6666/a"}),
        ('ISSN "00000000" has already been assigned to a different title/publisher/genre', set()),
        ("Deposit contains title error: title: BEES must deposit with an ISSN and/or journal title DOI", {"10.5555/b"}),
        ("Deposit contains title error: title: Wasps must deposit with an ISSN and/or journal title DOI", set()),
        ("Relation target DOI does not exist: 10.9999/q", {"10.5555/b"}),
        ("Relation target DOI does not exist: 10.9999/r", set()),
        ("User not allowed to add records for prefix: 10.6666", {"10.6666/a"}),
        ("A system error has occured", {"10.5555/b", "10.6666/a"}),
        ("nobody knows", {"10.5555/b", "10.6666/a"}),
    ],
)
def test_a_message_without_a_doi_belongs_to_what_it_names(text, about):
    outcomes = decided(says(None, text), says("10.5555/z", "Successfully added", True), articles=[BEES, ANTS])
    assert {outcome.doi for outcome in outcomes.dois if outcome.state == "refused"} == about
    assert {outcome.doi for outcome in outcomes.dois if outcome.state == "unaccounted"} == {BEES.doi, ANTS.doi} - about
    assert len(outcomes.others) == (1 if about else 2)


def test_a_doi_with_a_record_of_its_own_gets_no_message_without_doi():
    outcomes = decided(
        says("10.5555/b", "Successfully added", True),
        says(None, f"ORCID {ORCID} has invalid checksum"),
        articles=[BEES],
    )
    assert states(outcomes) == {"10.5555/b": ("registered", "added")}
    assert len(outcomes.others) == 1


def test_a_confirmation_without_a_doi_registers_nothing():
    outcomes = decided(says(None, "Successfully added", True))
    assert {state for state, _ in states(outcomes).values()} == {"unaccounted"}


def test_several_logs_of_one_batch():
    first = decided(says("10.5555/a", "Successfully added", True))
    second = decided(says("10.5555/A", "A system error has occured"), says("10.5555/b", "Successfully added", True))
    both = {"10.5555/a": ("registered", "added"), "10.5555/b": ("registered", "added")}
    assert states(merged([first, second])) == both == states(merged([second, first]))


DOIS = [f"10.5555/{letter}" for letter in "abcde"]
MESSAGES = [text for row in entries().values() for text in row.examples]
LOGS = st.lists(
    st.builds(
        says,
        st.sampled_from([*DOIS, *map(str.upper, DOIS), None, "10.5555/other"]),
        st.sampled_from(MESSAGES),
        st.sampled_from([True, False, None]),
    ),
    max_size=12,
)
SENT = SentFile(version=N, articles=tuple(SentArticle(doi=doi) for doi in DOIS))


@given(LOGS, st.randoms())
def test_any_log_gives_each_doi_one_outcome_whatever_its_order(verdicts, random):
    outcomes = decide(completed(*verdicts), SENT)
    assert [outcome.doi for outcome in outcomes.dois] == DOIS
    for outcome in outcomes.dois:
        own = [one for one in verdicts if one.doi and one.doi.lower() == outcome.doi]
        confirmed = any(one.registered for one in own)
        assert outcome.state.startswith("registered") == (confirmed or outcome.kind in ("version_same", "version_ours"))
        assert (outcome.state == "unaccounted") <= all(one.registered is None for one in own)
    shuffled = list(verdicts)
    random.shuffle(shuffled)
    again = decide(completed(*shuffled), SENT)
    assert [outcome.state for outcome in again.dois] == [outcome.state for outcome in outcomes.dois]
    counted = [id(one) for outcome in outcomes.dois for one in outcome.messages] + [id(one) for one in outcomes.others]
    assert {id(one) for one in verdicts} == set(counted), "no message is lost"


@pytest.mark.parametrize(("text", "conflict_id"), [("Added with conflict", None), ("Something new", "5438806")])
def test_a_conflict_is_known_by_its_words_or_its_number(text, conflict_id):
    (outcome, _) = decided(replace(says("10.5555/a", text, True), conflict_id=conflict_id)).dois
    assert (outcome.state, outcome.conflict_id) == ("registered_with_conflict", conflict_id)
