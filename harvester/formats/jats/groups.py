"""Groups in the byline, and the lists of their members, who are not authors (mapping J6)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from harvester.formats.jats.names import group_name, name_elements
from harvester.formats.jats.tree import Element, attribute, child, children, descendants
from harvester.xmltools import local

_COLLABS = ("collab", "collab-name", "on-behalf-of")
_ALTERNATIVES = ("collab-alternatives", "collab-name-alternatives")
_MEMBER_LIST = re.compile(r"collab[\W_]?list|collaborators|(?:collab|collaboration|group|consortium)[\W_]?members?")


def group_elements(contrib: Element) -> list[Element]:
    """The elements with the group names of an entry. Of several alternatives, only the first."""
    if local(contrib) in ("collab", "collab-name", "collab-wrap"):
        return list(_named(contrib))
    holders = list(children(contrib, *_COLLABS, "collab-wrap", *_ALTERNATIVES))
    found = [named for element in holders if local(element) not in _ALTERNATIVES for named in _named(element)]
    alternatives = next((element for element in holders if local(element) in _ALTERNATIVES), None)
    first = child(alternatives, *_COLLABS)
    return [*found, first] if first is not None else found


def _named(element: Element) -> Iterator[Element]:
    """The element with the name: JATS 1.3 puts a group and its members into a <collab-wrap>."""
    if local(element) != "collab-wrap":
        yield element
        return
    inner = child(element, "collab-name", "collab")
    holder = child(element, "collab-name-alternatives", "collab-alternatives")
    named = inner if inner is not None else child(holder, *_COLLABS)
    if named is not None:
        yield named


def member_count(collab: Element) -> int:
    """The number of members that the element of a group contains."""
    parent = collab.getparent()
    holder = parent if parent is not None and local(parent) == "collab-wrap" else collab
    return sum(map(_people, descendants(holder, "contrib")))


class _ListedGroup(NamedTuple):
    """The name of a group in the byline, and the contrib-group that it is in."""

    name: str
    holder: Element


class MemberLists:
    """The members of the groups of an article that are listed outside of the byline, as SciELO requires."""

    def __init__(self, holders: list[Element]) -> None:
        self._groups = [
            (identifier, _ListedGroup(name, holder))
            for holder in holders
            for contrib in children(holder, "contrib")
            if (collabs := group_elements(contrib)) and (name := group_name(collabs[0]))
            for identifier in (contrib.get("id"), collabs[0].get("id"))
        ]
        self._by_id = {identifier: group for identifier, group in self._groups if identifier}

    def has(self, contrib: Element, holder: Element) -> bool:
        """Whether the entry is a member of a group that is itself in the byline."""
        if not self._groups or group_elements(contrib):
            return False
        group = self._by_id.get(contrib.get("rid") or "")
        is_elsewhere = group is not None and group.holder is not holder
        return is_elsewhere or bool(_MEMBER_LIST.fullmatch(attribute(holder, "content-type", "contrib-type")))

    def counts(self, members: list[Element]) -> dict[str, int]:
        """The number of these members by the name of their group."""
        counts: dict[str, int] = {}
        for contrib in members:
            group = self._by_id.get(contrib.get("rid") or "") or self._groups[0][1]
            counts[group.name] = counts.get(group.name, 0) + _people(contrib)
        return counts


def _people(contrib: Element) -> int:
    return len(name_elements(contrib)) or 1
