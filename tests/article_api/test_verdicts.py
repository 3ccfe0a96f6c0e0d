from harvester.answers import Outcomes, Result, SentArticle, SentFile, Verdict
from harvester.article_api.verdicts import UNACCOUNTED, decide, merged

SENT = SentFile(version=7, articles=tuple(SentArticle(doi=f"10.5555/{name}") for name in ("A", "b", "c", "d")))


def verdict(doi: str, registered: bool | None, kind: str = "kind") -> Verdict:
    return Verdict(doi=doi, registered=registered, kind=kind, text="words", who="nobody")


def decided(*verdicts: Verdict) -> Outcomes:
    return decide(Result(state="completed", raw=b"", verdicts=verdicts), SENT)


def test_each_doi_has_its_own_outcome_in_the_spelling_that_was_sent():
    found = decided(
        verdict("10.5555/a", True), verdict("10.5555/B", False), verdict("10.5555/c", None), verdict("10.5555/x", True)
    )
    assert [(one.doi, one.state, one.version) for one in found.dois] == [
        ("10.5555/A", "registered", 7),
        ("10.5555/b", "refused", None),
        ("10.5555/c", "unaccounted", None),
        ("10.5555/d", "unaccounted", None),
    ]
    assert found.dois[3].kind == UNACCOUNTED
    assert [one.doi for one in found.others] == ["10.5555/x"]


def test_of_two_answers_about_one_doi_the_last_counts():
    assert decided(verdict("10.5555/a", True), verdict("10.5555/a", False)).dois[0].state == "refused"


def test_a_doi_that_was_registered_once_stays_so_when_files_are_merged():
    first, second = decided(verdict("10.5555/a", True)), decided(verdict("10.5555/b", True))
    assert [one.state for one in merged([first, second]).dois][:3] == ["registered", "registered", "unaccounted"]
    again = decided(verdict("10.5555/a", True, "newer"))
    assert merged([first, again]).dois[0].kind == "newer"
