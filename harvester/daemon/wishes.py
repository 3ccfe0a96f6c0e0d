"""Takes up what people asked for on the web page: each wish once, and what it did is kept in words."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from harvester import pipeline
from harvester.config import Config
from harvester.daemon.wish_work import Outcome, as_sentence, do
from harvester.daemon.work import Now, Stop
from harvester.errors import BusyError, HarvesterError, Stopped, StoreError
from harvester.standing import wishes
from harvester.store import Wish
from harvester.system import locks

if TYPE_CHECKING:
    from harvester.store import Store

log = logging.getLogger("harvester.daemon")


def take_all(config: Config, *, now: Now, stop: Stop) -> list[Wish]:
    """Does every wish that can be done now, as many at once as `[daemon] workers` allows; returns those that ended."""
    with pipeline.opened(config) as store:
        names = wishes.lanes(store.wishes.open())

    def take(name: str) -> list[Wish]:
        return take_lane(config, name, now=now, stop=stop)

    with ThreadPoolExecutor(config.daemon.workers, thread_name_prefix="wish") as pool:
        return [wish for done in pool.map(take, names) for wish in done]


def take_lane(config: Config, name: str, *, now: Now, stop: Stop) -> list[Wish]:
    """Does the wishes of one lane, one after the other, and returns those that ended.

    A process that finds another one at work leaves the lane to it. That one looks again after it has let go of the
    lock, so no wish is left lying. Raises only `StoreError`.
    """
    done: list[Wish] = []
    with pipeline.opened(config) as store:
        while not stop() and _has_work(config, store, name):
            try:
                with locks.hold(config.locks, wishes.lane_lock(name), what="what was asked for on the web page"):
                    done += _drain(config, store, name, now, stop)
            except BusyError:
                break
    return done


def _has_work(config: Config, store: Store, name: str) -> bool:
    waiting = _of_lane(store.wishes.open(), name)
    return bool(wishes.left_by_a_crash(waiting) or wishes.next_wish(waiting, _held(config, waiting)))


def _drain(config: Config, store: Store, name: str, now: Now, stop: Stop) -> list[Wish]:
    """Does what the lane has; this process holds its lock."""
    crashed = wishes.left_by_a_crash(_of_lane(store.wishes.open(), name))
    done = [_end(store, wish, Outcome(wishes.crashed(wish), succeeded=False), now) for wish in crashed]
    while not stop():
        waiting = _of_lane(store.wishes.open(), name)
        wish = wishes.next_wish(waiting, _held(config, waiting))
        if wish is None or not store.wishes.take(wish.id, now()):
            break
        outcome = _outcome(lambda chosen=wish: do(config, store, chosen, now=now, stop=stop))  # type: ignore[misc]
        if outcome is None:  # another process was faster
            store.wishes.release(wish.id)
            break
        done.append(_end(store, wish, outcome, now))
    return done


def _outcome(work: Callable[[], Outcome]) -> Outcome | None:
    """What it did, in words; `None` if it must wait, because it was not begun."""
    try:
        return work()
    except BusyError as error:
        log.info("not now: %s", error)
        return None
    except StoreError:
        raise
    except (HarvesterError, Stopped) as error:
        return Outcome(as_sentence(str(error)), succeeded=False)
    except Exception as error:
        log.exception("an error in the program")
        return Outcome(f"{type(error).__name__}: {error}; please report this with the log", succeeded=False)


def _end(store: Store, wish: Wish, outcome: Outcome, now: Now) -> Wish:
    store.wishes.end(wish.id, now(), outcome.words, succeeded=outcome.succeeded)
    log.info("%s, asked for by %s: %s", wishes.title(wish), wish.asked_by, outcome.words.replace("\n", " "))
    return store.wishes.get(wish.id)


def _of_lane(open_: Iterable[Wish], name: str) -> list[Wish]:
    return [wish for wish in open_ if wishes.lane(wish) == name]


def _held(config: Config, waiting: Sequence[Wish]) -> set[str]:
    """The locks that others hold, of those that these wishes need."""
    needed = {name for wish in waiting for name in wishes.needed_locks(wish)}
    return {name for name in needed if locks.holder(config.locks, name)}
