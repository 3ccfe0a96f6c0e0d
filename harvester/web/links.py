"""Links between pages. Every one is built from the table of addresses, so the page also works below a sub-path."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from werkzeug.routing import MapAdapter


class Links:
    """The links of one answer. `to` leads to any page, `here` to this one with other parameters."""

    def __init__(
        self,
        adapter: MapAdapter,
        name: str,
        values: Mapping[str, Any] | None = None,
        query: Mapping[str, str] | None = None,
    ) -> None:
        self._adapter, self.name = adapter, name
        self._values, self.query = values or {}, query or {}

    def to(self, name: str, /, **values: Any) -> str:
        """The address of a page by its name in the table. Values that are not in the address become parameters."""
        return self._adapter.build(name, values)

    def has(self, name: str) -> bool:
        """Whether there is a page with this name."""
        try:
            return any(True for _ in self._adapter.map.iter_rules(name))
        except KeyError:
            return False

    def form(self, form: str) -> str:
        """The same list in another form."""
        return self.to(f"{self.name}.{form}", **{**self.query, **self._values})

    def here(self, **changes: str | None) -> str:
        """This page with these parameters changed, or removed if `None`. It begins at the first row."""
        query = {key: value for key, value in self.query.items() if key != "after"}
        return self.to(self.name, **{**query, **changes, **self._values})
