import logging

from sklearn.ensemble import RandomForestRegressor
from sklearn.model_selection import train_test_split


def train_regressor(wines, trees):
    X, y = wines.drop(columns=["quality"]), wines["quality"]
    X_train, X_test, y_train, y_test = train_test_split(X, y, random_state=3)
    model = RandomForestRegressor(trees, random_state=3).fit(X_train, y_train)
    logging.getLogger(__name__).info("R2 score: %.3f", model.score(X_test, y_test))
    return model
