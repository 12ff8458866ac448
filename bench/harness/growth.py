"""How much longer the same takes when there is much more of everything: two servers, each with its own data, in turns."""

import statistics
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from harness import cases
from harness.database import Postgres
from harness.load import Generator
from harness.seed import Seed
from harness.servers import ADMIN, Rookery

NAMES = ("devices", "device", "first_page", "deep_page")


@dataclass
class Grown:
    """A case with little data and with so many times as much."""

    title: str
    times: int
    p50_ms: float
    p50_ms_grown: float
    # Both are the median of the rounds' own ratios.
    time_ratio: float
    cpu_ratio: float


@dataclass
class Stock:
    """A server with its data."""

    rookery: Rookery
    store: Postgres
    seed: Seed


def measure(small: Stock, large: Stock, times: int, seconds: int, rounds: int) -> Iterator[Grown]:
    """The cases on both."""
    with small.rookery, large.rookery:
        both = [(stock, Generator(stock.rookery.directory, stock.store, seconds), reading(stock)) for stock in (small, large)]
        for name in NAMES:
            samples = [[generator.round(of[name], stock.rookery, stock.rookery.url) for stock, generator, of in both]
                       for _ in range(rounds)]
            cpu = [[sample.server_cpu_us + sample.database_cpu_us for sample in pair] for pair in samples]
            yield Grown(
                both[0][2][name].title, times,
                statistics.median(pair[0].p50_ms for pair in samples),
                statistics.median(pair[1].p50_ms for pair in samples),
                statistics.median(pair[1].p50_ms / pair[0].p50_ms for pair in samples),
                statistics.median(pair[1] / pair[0] for pair in cpu),
            )


def reading(stock: Stock) -> dict[str, cases.Case]:
    found = cases.reading(stock.seed, stock.rookery.url, stock.rookery.sign_in, ADMIN)
    return {case.name: case for case in found}


def stocked(program: Path, directory: Path, store: Postgres, seed: Seed) -> Stock:
    """A server on a database that is to be filled."""
    directory.mkdir()
    return Stock(Rookery(program, directory, store), store, seed)
