import pandas as pd
from features import add_ratio


def test_ratio():
    frame = pd.DataFrame({"amount": [10.0], "income": [5.0]})
    assert add_ratio(frame)["ratio"].tolist() == [2.0]
