# SPDX-License-Identifier: Apache-2.0
"""Makes the transactions in `data/`: python tools/make_data.py [FOLDER]

Card transactions of half a year, invented from a fixed seed: the same files each time. Whether one
is a fraud is drawn from a probability that grows with what thieves do (strange hours, amounts far
above the usual, many payments in an hour, a new device, a shop far away), and with pairs of them.
Everything from 12 April on is the test set.
"""

import sys
from pathlib import Path

import numpy as np

SEED = 20240101
ROWS = 125_000
SPLIT = np.datetime64("2024-04-12T00:00:00", "us")
FIRST = np.datetime64("2024-01-01T00:00:00", "us")
DAYS = 182
BASE = -8.1
CONTRAST = 1.25

COUNTRIES = {"DE": 0.34, "FR": 0.22, "NL": 0.14, "ES": 0.12, "IT": 0.10, "NO": 0.05, "PL": 0.03}
SHOPS = {  # share
    "groceries": 0.30,
    "restaurants": 0.17,
    "fashion": 0.12,
    "fuel": 0.10,
    "electronics": 0.09,
    "health": 0.08,
    "travel": 0.06,
    "gaming": 0.05,
    "gift_cards": 0.03,
}
LEVELS = {  # logarithm of a usual amount
    "groceries": 3.2,
    "restaurants": 3.1,
    "fashion": 4.0,
    "fuel": 3.8,
    "electronics": 4.9,
    "health": 3.4,
    "travel": 5.2,
    "gaming": 3.0,
    "gift_cards": 4.0,
}
SHOP_RISKS = {
    "groceries": 0.0,
    "restaurants": 0.0,
    "fashion": 0.3,
    "fuel": 0.2,
    "electronics": 1.3,
    "health": -0.4,
    "travel": 0.6,
    "gaming": 0.9,
    "gift_cards": 2.0,
}
CHANNELS = {"chip": 0.30, "contactless": 0.36, "online": 0.31, "magstripe": 0.03}
CHANNEL_RISKS = {"chip": -0.8, "contactless": -0.5, "online": 0.9, "magstripe": 1.2}
CARDS = {"debit": 0.58, "credit": 0.34, "prepaid": 0.08}
CARD_RISKS = {"debit": 0.0, "credit": 0.2, "prepaid": 0.7}
HOURS = np.array([2, 1, 1, 1, 1, 2, 4, 7, 9, 9, 9, 10, 12, 11, 9, 9, 10, 12, 13, 12, 10, 7, 5, 3])


def draw(rng: np.random.Generator, shares: dict[str, float]) -> np.ndarray:
    """`ROWS` names, each drawn as often as its share says."""
    return rng.choice(list(shares), size=ROWS, p=list(shares.values()))


def look_up(values: dict[str, float], names: np.ndarray) -> np.ndarray:
    """The value of each name."""
    known, places = np.unique(names, return_inverse=True)
    return np.array([values[name] for name in known.tolist()])[places]


def draw_times(rng: np.random.Generator) -> np.ndarray:
    """Moments in order, to the second; few of them at night."""
    days = rng.integers(0, DAYS, ROWS)
    hours = rng.choice(24, size=ROWS, p=HOURS / HOURS.sum())
    seconds = days * 86_400 + hours * 3_600 + rng.integers(0, 3_600, ROWS)
    return FIRST + np.sort(seconds).astype("timedelta64[s]")


def make_columns() -> dict[str, np.ndarray]:
    """All transactions by column, each of length `ROWS`, in order of time."""
    rng = np.random.default_rng(SEED)
    shop, channel = draw(rng, SHOPS), draw(rng, CHANNELS)
    online = channel == "online"
    usual = np.exp(rng.normal(3.7, 0.5, ROWS))
    amount = np.exp(0.5 * np.log(usual) + 0.5 * look_up(LEVELS, shop) + rng.normal(0, 0.8, ROWS))
    foreign = rng.random(ROWS) < np.where(online, 0.16, 0.06)
    distance = np.round(rng.exponential(9, ROWS) + foreign * rng.exponential(900, ROWS), 1)
    last_hour = rng.poisson(0.25, ROWS) + (rng.random(ROWS) < 0.02) * rng.poisson(4, ROWS)
    columns = {
        "transaction_id": np.array([f"t{number:08d}" for number in range(1, ROWS + 1)]),
        "created_at": draw_times(rng),
        "amount": np.maximum(np.round(amount, 2), 0.5),
        "country": draw(rng, COUNTRIES),
        "merchant_category": shop,
        "channel": channel,
        "card_type": draw(rng, CARDS),
        "is_foreign": foreign,
        "is_new_merchant": rng.random(ROWS) < 0.22,
        "authenticated": online & (rng.random(ROWS) < 0.7),
        "distance_from_home_km": np.where(rng.random(ROWS) < 0.04, np.nan, distance),
        "transactions_last_hour": last_hour,
        "transactions_last_24h": last_hour + rng.poisson(2.2, ROWS),
        "declines_last_24h": rng.poisson(0.06, ROWS) + (last_hour > 3) * rng.poisson(0.5, ROWS),
        "mean_amount_30d": np.round(usual, 2),
        "device_age_days": rng.exponential(320, ROWS).astype("int64"),
        "account_age_days": rng.gamma(2.0, 700, ROWS).astype("int64"),
        "customer_age": np.clip(rng.normal(44, 15, ROWS), 18, 95).astype("int64"),
    }
    chance = 1 / (1 + np.exp(-BASE - CONTRAST * suspicion(columns)))
    return {**columns, "is_fraud": (rng.random(ROWS) < chance).astype("int64")}


def suspicion(columns: dict[str, np.ndarray]) -> np.ndarray:
    """How much each transaction looks like a fraud."""
    created_at = columns["created_at"]
    night = created_at - created_at.astype("datetime64[D]") < np.timedelta64(6, "h")
    ratio = np.log(columns["amount"] / columns["mean_amount_30d"])
    far = np.log1p(np.nan_to_num(columns["distance_from_home_km"], nan=9.0))
    new_device = columns["device_age_days"] < 14
    busy = np.minimum(columns["transactions_last_hour"], 6)
    odds = look_up(SHOP_RISKS, columns["merchant_category"])
    odds += look_up(CHANNEL_RISKS, columns["channel"]) + look_up(CARD_RISKS, columns["card_type"])
    odds += 1.6 * night + 1.1 * np.clip(ratio, -1.5, 2.5) + 0.45 * np.clip(far - 2, 0, 6)
    odds += 0.75 * busy + 1.3 * np.minimum(columns["declines_last_24h"], 3) + 1.7 * new_device
    odds += 0.7 * columns["is_new_merchant"] - 2.2 * columns["authenticated"]
    odds += 0.6 * columns["is_foreign"] - 0.3 * np.log1p(columns["account_age_days"] / 365)
    odds += 1.8 * (new_device & (columns["channel"] == "online"))
    return odds + 1.3 * (night & (ratio > 0.8)) + (far > 5) * (busy > 1)


def main(folder: Path) -> None:
    """Write `train.parquet` and `test.parquet` into `folder`."""
    import pandas as pd

    table = pd.DataFrame(make_columns())
    later = table["created_at"] >= SPLIT
    for name, part in (("train", table[~later]), ("test", table[later])):
        path = folder / f"{name}.parquet"
        part.to_parquet(path, index=False, compression="zstd", compression_level=19)
        print(f"{path}: {len(part):,} rows, {part['is_fraud'].mean():.2%} fraud")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parents[1] / "data")
