# SPDX-License-Identifier: Apache-2.0
"""Small tables for the repositories in `shapes/`: made, not kept, and the same each time."""

import random
from collections.abc import Callable, Iterator
from pathlib import Path

ROWS = 400


def _churn(chance: random.Random) -> Iterator[list[object]]:
    yield ["customer_id", "tenure", "monthly_charges", "support_calls", "contract", "churned"]
    for number in range(ROWS):
        tenure, calls = chance.randint(1, 72), chance.randint(0, 9)
        contract = chance.choice(["monthly", "yearly", "two years"])
        leaves = calls * 6 - tenure + (20 if contract == "monthly" else 0) + chance.gauss(0, 15) > 0
        charges = round(chance.uniform(18, 120), 2)
        yield [f"C{number:05}", tenure, charges, calls, contract, int(leaves)]


def _houses(chance: random.Random) -> Iterator[list[object]]:
    yield ["area", "rooms", "year", "district", "price"]
    for _ in range(ROWS):
        area, year = chance.randint(30, 220), chance.randint(1900, 2024)
        rooms = max(1, round(area / 25 + chance.gauss(0, 0.7)))
        price = 2100 * area + 9000 * rooms + 300 * (year - 1900) + chance.gauss(0, 9000)
        yield [area, rooms, year, chance.choice(["north", "south", "west"]), round(price)]


def _flowers(chance: random.Random) -> Iterator[list[object]]:
    yield ["petal_length", "petal_width", "sepal_length", "species"]
    middles = {"alba": (1.5, 0.3, 5.0), "rubra": (4.3, 1.3, 5.9), "viridis": (5.6, 2.0, 6.6)}
    for _ in range(ROWS):
        species = chance.choice(sorted(middles))
        yield [*(round(chance.gauss(middle, 0.25), 2) for middle in middles[species]), species]


def _loans(chance: random.Random) -> Iterator[list[object]]:
    yield ["amount", "income", "age", "default"]
    for _ in range(ROWS):
        amount, income = chance.randint(1000, 40000), chance.randint(900, 8000)
        fails = amount / income + chance.gauss(0, 2) > 6
        yield [amount, income, chance.randint(18, 80), int(fails)]


def _tickets(chance: random.Random) -> Iterator[list[object]]:
    yield ["product", "channel", "team"]
    teams = {"phone": "hardware", "laptop": "hardware", "cloud": "services", "mail": "services"}
    for _ in range(ROWS):
        product, channel = chance.choice(sorted(teams)), chance.choice(["call", "form", "chat"])
        team = "front desk" if channel == "chat" and product == "mail" else teams[product]
        yield [product, channel, team]


def _wines(chance: random.Random) -> Iterator[list[object]]:
    yield ["alcohol", "acidity", "sugar", "quality"]
    for _ in range(ROWS):
        alcohol, acidity = chance.uniform(8, 15), chance.uniform(0.1, 1.4)
        quality = 2 + 0.45 * alcohol - 2 * acidity + chance.gauss(0, 0.3)
        yield [*(round(v, 2) for v in (alcohol, acidity, chance.uniform(0, 16), quality))]


TABLES: dict[str, Callable[[random.Random], Iterator[list[object]]]] = {
    "churn": _churn,
    "houses": _houses,
    "flowers": _flowers,
    "loans": _loans,
    "tickets": _tickets,
    "wines": _wines,
}


def write_table(place: Path) -> None:
    """Write the table that `place` is named after, as CSV."""
    rows = TABLES[place.stem](random.Random(place.stem))
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_text("".join(",".join(map(str, row)) + "\n" for row in rows))
