# SPDX-License-Identifier: Apache-2.0
import pandas as pd
from fraud.features import RAW, add_features


def test_a_moment_becomes_hour_and_weekday(transactions: pd.DataFrame) -> None:
    row = transactions.iloc[:1].assign(created_at=pd.Timestamp("2024-01-07T23:30:00"))
    found = add_features(row[RAW]).iloc[0]
    assert (found["hour"], found["weekday"]) == (23, 6)
    assert "created_at" not in found


def test_an_amount_is_compared_with_what_the_customer_usually_spends(
    transactions: pd.DataFrame,
) -> None:
    row = transactions.iloc[:1].assign(amount=300.0, mean_amount_30d=60.0)
    assert add_features(row[RAW])["amount_to_usual"].item() == 5.0


def test_a_customer_without_history_gives_a_finite_ratio(transactions: pd.DataFrame) -> None:
    row = transactions.iloc[:1].assign(amount=300.0, mean_amount_30d=0.0)
    assert add_features(row[RAW])["amount_to_usual"].item() == 300.0


def test_many_payments_in_one_hour_are_a_burst(transactions: pd.DataFrame) -> None:
    row = transactions.iloc[:1].assign(transactions_last_hour=6, transactions_last_24h=12)
    assert add_features(row[RAW])["burst"].item() == 5.5


def test_the_given_table_stays_as_it_is(transactions: pd.DataFrame) -> None:
    before = transactions.copy()
    add_features(transactions)
    pd.testing.assert_frame_equal(transactions, before)
