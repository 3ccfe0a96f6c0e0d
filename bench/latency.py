"""What a first harvest costs when the provider takes its time: `python -m bench.latency [CHECKOUT…]`.

The provider has a process of its own and waits 50 or 200 ms before each page, or 25 ms for each record of a page as an
OJS on a small host does. Every measurement is one `harvester harvest` into a new store, in oai_dc or jats, with one
list or four windows at once.

Other checkouts are measured in turn with this one, from the same provider. The ratios of this one to them are medians
of the ratios of each round: on a busy machine they and the CPU time say more than seconds.

Goals, compared with an earlier checkout: wall clock not slower, CPU per record not more than 10 % higher.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from statistics import median
from typing import TextIO

from msgspec import Struct

from bench._process import THIS, Checkout, Cost, configure, harvest
from bench._provider import Latency, Provider, provider

ROUNDS = 3
WINDOWS = (1, 4)  # `parallel`


class Case(Struct, frozen=True):
    """One length of list at one latency in one format."""

    name: str
    latency: Latency
    prefix: str
    records: int


CASES = (
    Case("50 ms a page", Latency(page=0.05), "oai_dc", 20_000),
    Case("50 ms a page", Latency(page=0.05), "jats", 6_000),
    Case("200 ms a page", Latency(page=0.2), "oai_dc", 10_000),
    Case("200 ms a page", Latency(page=0.2), "jats", 6_000),
    Case("25 ms a record", Latency(record=0.025), "oai_dc", 1_600),
    Case("25 ms a record", Latency(record=0.025), "jats", 1_600),
)


def run(out: TextIO, others: Sequence[Path] = (), rounds: int = ROUNDS, only: str = "") -> None:
    """Measures every case whose name or format contains `only`, and prints the medians of the rounds."""
    checkouts = [THIS, *map(Checkout, others)]
    starts = [_start(checkout) for checkout in checkouts]
    print(f"latency: medians of {rounds} rounds; CPU without the start of the program", file=out)
    for case in CASES:
        if only in f"{case.name} {case.prefix}":
            with provider(case.records, case.latency) as server:
                for windows in WINDOWS:
                    _print(case, windows, checkouts, _measured(case, windows, checkouts, starts, server, rounds), out)
                _print_provider(server, out)


class _Costs(Struct, frozen=True):
    """What the rounds cost one checkout."""

    rounds: list[Cost]
    start: Cost

    def cpu(self) -> Iterator[float]:
        return (cost.cpu - self.start.cpu for cost in self.rounds)

    def ratios(self, base: _Costs) -> tuple[float, float]:
        """Medians of the wall clock and CPU ratios to another checkout, round by round."""
        seconds = (mine.seconds / other.seconds for mine, other in zip(self.rounds, base.rounds, strict=True))
        cpu = (mine / other for mine, other in zip(self.cpu(), base.cpu(), strict=True))
        return median(seconds), median(cpu)


def _measured(
    case: Case, windows: int, checkouts: Sequence[Checkout], starts: Sequence[Cost], server: Provider, rounds: int
) -> list[_Costs]:
    costs = [_Costs([], start) for start in starts]
    for turn in range(rounds):
        for place in range(len(checkouts)):
            at = (place + turn) % len(checkouts)  # each is first in its turn
            costs[at].rounds.append(_harvest(checkouts[at], server.url, case.prefix, windows, case.records))
    return costs


def _start(checkout: Checkout) -> Cost:
    """A harvest of a single record: the start of the program, imports and a new store."""
    with provider(1, Latency()) as server:
        costs = [_harvest(checkout, server.url, "jats", 1, 1) for _ in range(ROUNDS)]
    return min(costs, key=lambda cost: cost.cpu)


def _harvest(checkout: Checkout, url: str, prefix: str, windows: int, records: int) -> Cost:
    with tempfile.TemporaryDirectory() as name:
        configure(Path(name), url, prefix, windows)
        return harvest(checkout, Path(name), records)


def _print(case: Case, windows: int, checkouts: Sequence[Checkout], costs: Sequence[_Costs], out: TextIO) -> None:
    print(f"  {case.name}, {case.prefix}, {case.records:,} records, parallel = {windows}", file=out)
    for checkout, mine in zip(checkouts, costs, strict=True):
        seconds, cpu = median(cost.seconds for cost in mine.rounds), median(mine.cpu())
        line = f"    {checkout.name:<14}{seconds:>7.2f} s {cpu / case.records * 1e6:>7,.0f} µs CPU a record"
        if mine is not costs[0]:
            seconds, cpu = costs[0].ratios(mine)
            line += f"   ratio to it: wall clock {seconds:.2f}, CPU {cpu:.2f}"
        print(line, file=out, flush=True)


def _print_provider(server: Provider, out: TextIO) -> None:
    requests, seconds = server.load()
    print(f"    (the provider itself: {seconds / requests * 1000:.0f} ms CPU a request)", file=out)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.latency")
    parser.add_argument("checkouts", nargs="*", type=Path, help="other checkouts of this project to compare with")
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--only", default="", help="the cases whose name or format contains this")
    given = parser.parse_args()
    run(sys.stdout, [path.resolve() for path in given.checkouts], given.rounds, given.only)


if __name__ == "__main__":
    main()
