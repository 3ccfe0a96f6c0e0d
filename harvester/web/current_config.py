"""The configuration as it is now, for a page that runs for days."""

from __future__ import annotations

import logging
from pathlib import Path
from threading import Lock

from harvester.config import Config, load
from harvester.errors import ConfigError

log = logging.getLogger("harvester.web")


class CurrentConfig:
    """Loads the file again when it has changed. All threads share one.

    If the changed file cannot be used, the configuration stays as it was, and the log says why.
    """

    def __init__(self, path: Path) -> None:
        """Raises `ConfigError`."""
        self._path, self._lock = path, Lock()
        self._changed = _changed(path)
        self._config = load(path)

    def __call__(self) -> Config:
        with self._lock:
            if (changed := _changed(self._path)) != self._changed:
                self._changed = changed
                self._load()
            return self._config

    def _load(self) -> None:
        try:
            loaded = load(self._path)
        except ConfigError as error:
            log.error("the configuration stays as it was: %s", error)
            return
        if loaded.web != self._config.web or loaded.store_url != self._config.store_url:
            log.warning("[web] or [store] has changed; that takes effect when the server is started again")
        self._config = loaded


def _changed(path: Path) -> int | None:
    """When the file was last written, in nanoseconds; `None` if it is missing."""
    try:
        return path.stat().st_mtime_ns
    except OSError:
        return None
