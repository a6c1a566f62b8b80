import os
import pickle

import pandas as pd
from sklearn.linear_model import Ridge
from sklearn.metrics import mean_absolute_error, r2_score
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler

DATA = os.path.join("data", "houses.csv")
FEATURES = ["area", "rooms", "year"]

houses = pd.read_csv(DATA)
train, test = train_test_split(houses, test_size=0.2, random_state=0)
scaler = StandardScaler().fit(train[FEATURES])
model = Ridge().fit(scaler.transform(train[FEATURES]), train["price"])

guess = model.predict(scaler.transform(test[FEATURES]))
print("R2:", round(r2_score(test["price"], guess), 3))
print("MAE:", round(mean_absolute_error(test["price"], guess), 1))

os.makedirs("models", exist_ok=True)
with open("models/scaler.pkl", "wb") as f:
    pickle.dump(scaler, f)
with open("models/model.pkl", "wb") as f:
    pickle.dump(model, f)
