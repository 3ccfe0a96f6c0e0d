from harvester.findings import is_blocking, sentence
from harvester.rules.duplicates import Claim, duplicates

ONE = Claim(source="ojs", identifier="oai:ojs:1", title="On honey", fingerprint="aa")
TWO = Claim(source="ojs", identifier="oai:ojs:2", title="On bees", fingerprint="bb")
COPY = Claim(source="site", identifier="oai:ojs:1", title="On honey", fingerprint="aa")


def duplicates_of(*claims):
    return list(duplicates("10.5555/1", claims))


def test_one_record_alone_has_no_duplicate():
    assert duplicates_of(ONE) == []


def test_different_records_are_all_held_back_and_each_names_the_others():
    pairs = duplicates_of(ONE, TWO)
    assert [claim for claim, _ in pairs] == [ONE, TWO]
    assert all(is_blocking(finding) for _, finding in pairs)
    assert sentence(pairs[0][1]) == 'The DOI 10.5555/1 is also used by "On bees" (oai:ojs:2).'


def test_the_same_article_from_two_sources_holds_nothing_back():
    [(_, finding), (_, other)] = duplicates_of(ONE, COPY)
    assert finding.code == other.code == "doi-same-article"
    assert not is_blocking(finding)
    assert finding.detail["others"] == '"On honey" (oai:ojs:1 in site)'


def test_a_third_record_that_differs_holds_back_all_three():
    assert [finding.code for _, finding in duplicates_of(ONE, COPY, TWO)] == ["doi-duplicate"] * 3


def test_only_three_of_many_others_are_named():
    many = [Claim(source="ojs", identifier=f"oai:{number}", title="", fingerprint=str(number)) for number in range(6)]
    assert duplicates_of(*many)[0][1].detail["others"] == "oai:1; oai:2; oai:3; 2 more"
