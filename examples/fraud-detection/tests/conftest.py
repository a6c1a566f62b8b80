# SPDX-License-Identifier: Apache-2.0
"""A few hundred invented transactions, and the project's folder on the import path."""

import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

sys.path.insert(0, str(Path(__file__).parents[1]))


@pytest.fixture
def transactions() -> pd.DataFrame:
    rows = 400
    rng = np.random.default_rng(7)
    seconds = rng.integers(0, 7 * 86_400, rows).astype("timedelta64[s]")
    fraud = np.arange(rows) % 10 == 0
    return pd.DataFrame(
        {
            "transaction_id": [f"t{number:08d}" for number in range(rows)],
            "created_at": np.datetime64("2024-01-01T00:00:00", "us") + seconds,
            "amount": np.where(fraud, 900.0, 40.0) + rng.integers(0, 30, rows),
            "country": rng.choice(["DE", "FR", "NO"], rows),
            "merchant_category": rng.choice(["groceries", "travel"], rows),
            "channel": rng.choice(["chip", "online"], rows),
            "card_type": rng.choice(["debit", "credit"], rows),
            "is_foreign": rng.random(rows) < 0.1,
            "is_new_merchant": rng.random(rows) < 0.2,
            "authenticated": False,
            "distance_from_home_km": np.where(np.arange(rows) % 25 == 0, np.nan, 3.0),
            "transactions_last_hour": rng.poisson(0.3, rows),
            "transactions_last_24h": 5,
            "declines_last_24h": 0,
            "mean_amount_30d": 40.0,
            "device_age_days": rng.integers(0, 900, rows),
            "account_age_days": rng.integers(0, 3000, rows),
            "customer_age": rng.integers(18, 90, rows),
            "is_fraud": fraud.astype(int),
        }
    )
