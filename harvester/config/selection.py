"""The sources of the configuration that a command works on."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import get_close_matches

from harvester.config.settings import Config, Source
from harvester.errors import ConfigError


def select_sources(config: Config, names: Sequence[str]) -> list[Source]:
    """The named sources in the order of `names`, or all. Raises `ConfigError` for a name that is not configured."""
    if not config.sources:
        raise ConfigError(["there is no source yet; `harvester source add URL` adds one"])
    if problems := [_unknown(name, config) for name in names if name not in config.sources]:
        raise ConfigError(problems)
    return [config.sources[name] for name in dict.fromkeys(names)] if names else list(config.sources.values())


def _unknown(name: str, config: Config) -> str:
    near = get_close_matches(name, config.sources, n=1)
    hint = f"did you mean {near[0]}?" if near else f"there are: {', '.join(config.sources)}"
    return f"there is no source {name} in {config.path}; {hint}"
