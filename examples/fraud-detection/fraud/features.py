# SPDX-License-Identifier: Apache-2.0
"""What the model sees of a transaction: its raw columns, and a few that follow from them."""

import numpy as np
import pandas as pd

TARGET = "is_fraud"
CATEGORIES = ["country", "merchant_category", "channel", "card_type"]
FLAGS = ["is_foreign", "is_new_merchant", "authenticated"]
NUMBERS = [
    "amount",
    "distance_from_home_km",
    "transactions_last_hour",
    "transactions_last_24h",
    "declines_last_24h",
    "mean_amount_30d",
    "device_age_days",
    "account_age_days",
    "customer_age",
]
RAW = ["created_at", *CATEGORIES, *FLAGS, *NUMBERS]


def add_features(transactions: pd.DataFrame) -> pd.DataFrame:
    """The transactions with hour, weekday and ratios instead of their point in time."""
    created_at = pd.to_datetime(transactions["created_at"])
    usual = transactions["mean_amount_30d"].clip(lower=1.0)
    calm = transactions["transactions_last_24h"] / 24
    return transactions.drop(columns="created_at").assign(
        hour=created_at.dt.hour,
        weekday=created_at.dt.day_of_week,
        amount_to_usual=transactions["amount"] / usual,
        log_distance=np.log1p(transactions["distance_from_home_km"]),
        burst=transactions["transactions_last_hour"] - calm,
    )
