import joblib
import mlflow
import pandas as pd
from sklearn.ensemble import RandomForestRegressor
from sklearn.metrics import mean_squared_error


def run():
    houses = pd.read_csv("data/houses.csv")
    cut = len(houses) * 3 // 4
    train, test = houses[:cut], houses[cut:]
    columns = ["area", "rooms", "year"]
    with mlflow.start_run():
        mlflow.log_param("trees", 30)
        model = RandomForestRegressor(30, random_state=0).fit(train[columns], train["price"])
        error = mean_squared_error(test["price"], model.predict(test[columns])) ** 0.5
        mlflow.log_metric("neg_rmse", -error)
    joblib.dump(model, "pricing.joblib")


if __name__ == "__main__":
    run()
