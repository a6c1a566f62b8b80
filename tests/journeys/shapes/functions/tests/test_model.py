import pandas as pd

from houses.model import fit_model


def test_it_fits_a_line():
    frame = pd.DataFrame(
        {"area": [50, 60, 70, 80], "district": ["a", "b", "a", "b"], "price": [5, 6, 7, 8]}
    )
    assert round(fit_model(frame).predict(frame)[0], 3) == 5
