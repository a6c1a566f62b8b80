"""Everything that the notebook calls."""

import pandas as pd
from sklearn.compose import make_column_transformer
from sklearn.linear_model import LinearRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder


def load(path: str) -> pd.DataFrame:
    return pd.read_csv(path).dropna()


def fit_model(frame: pd.DataFrame):
    X, y = frame.drop(columns="price"), frame["price"]
    encode = make_column_transformer(
        (OneHotEncoder(handle_unknown="ignore"), ["district"]), remainder="passthrough"
    )
    return make_pipeline(encode, LinearRegression()).fit(X, y)


def error(model, frame: pd.DataFrame) -> float:
    return float(abs(model.predict(frame) - frame["price"]).mean())
