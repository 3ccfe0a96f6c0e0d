"""Groups in the byline and their members (mapping J6)."""

from __future__ import annotations

import pytest

from tests.formats.jats.reading import article_of, person, read_meta


def outcome(*groups: str) -> tuple[list[str | None], list[tuple[str, str | None]]]:
    """The names in the byline, and the findings about members with their number."""
    reading = read_meta("".join(groups))
    names = [each.name or each.surname for each in article_of(reading).contributors]
    return names, [(finding.code, finding.detail.get("count")) for finding in reading.findings]


def entries(*contribs: str, attributes: str = "") -> str:
    return f"<contrib-group {attributes}>{''.join(contribs)}</contrib-group>"


def contrib(inner: str, attributes: str = "contrib-type='author'") -> str:
    return f"<contrib {attributes}>{inner}</contrib>"


TIDE = contrib("<collab>Tide Group</collab>", "contrib-type='author' id='g'")
LISTED = "content-type='collab-list'"


@pytest.mark.parametrize(
    ("inner", "members"),
    [
        ("<collab-name>Tide Group</collab-name>", None),
        ("<collab-wrap><collab-name>Tide Group</collab-name></collab-wrap>", None),
        ("<collab-wrap><collab>Tide Group</collab></collab-wrap>", None),
        (
            "<collab-wrap><collab-name-alternatives><collab-name>Tide Group</collab-name><collab-name>T</collab-name>"
            "</collab-name-alternatives></collab-wrap>",
            None,
        ),
        (f"<collab-wrap><collab-name>Tide Group</collab-name>{entries(contrib(person()))}</collab-wrap>", "1"),
        (f"<collab>Tide Group{entries(contrib(person()), contrib(person('Lee')))}</collab>", "2"),
    ],
)
def test_every_element_for_a_group(inner, members):
    expected = [("group-members-left-out", members)] if members else []
    assert outcome(entries(contrib(inner, "contrib-type='collaboration'"))) == (["Tide Group"], expected)
    assert outcome(entries(inner))[0] == ["Tide Group"] or inner.startswith("<collab-name-")


@pytest.mark.parametrize(
    ("attributes", "own", "count"),
    [
        (LISTED, "contrib-type='author' rid='g'", "2"),
        (LISTED, "contrib-type='person'", "2"),
        (LISTED, "contrib-type='group-member' rid='g'", "2"),
        ("content-type='collab_list'", "", "2"),
        ("content-type='group-members'", "contrib-type='author'", "2"),
        ("content-type='collaborators'", "contrib-type='author'", "2"),
        ("", "contrib-type='author' rid='g'", "2"),
    ],
)
def test_members_in_a_list_of_their_own_are_no_authors(attributes, own, count):
    members = entries(contrib(person("Reed"), own), contrib(person("Moss"), own), attributes=attributes)
    names, findings = outcome(entries(contrib(person("Lund")), TIDE), members)
    assert (names, findings) == (["Lund", "Tide Group"], [("group-members-left-out", count)])


def test_several_names_in_one_entry_of_the_list_are_counted():
    both = contrib(person("Reed") + person("Moss"), "contrib-type='author' rid='g'")
    assert outcome(entries(TIDE), entries(both, attributes=LISTED))[1] == [("group-members-left-out", "2")]


@pytest.mark.parametrize("attributes", ["", "content-type='authors'", "content-type='section'"])
def test_a_second_group_of_authors_stays_in_the_byline(attributes):
    second = entries(contrib(person("Reed")), attributes=attributes)
    assert outcome(entries(TIDE), second) == (["Tide Group", "Reed"], [])


def test_a_list_without_a_group_has_authors():
    assert outcome(entries(contrib(person("Reed")), attributes=LISTED)) == (["Reed"], [])
