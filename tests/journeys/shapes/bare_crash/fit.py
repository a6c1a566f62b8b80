import joblib
import pandas as pd
from sklearn.linear_model import LogisticRegression

data = pd.read_csv("churn.csv")
features = ["tenure", "monthly_charges", "support_calls"]
model = LogisticRegression(max_iter=1000).fit(data[features], data["churned"])
joblib.dump(model, "model.pkl")

importance = dict(zip(features, model.coef_[0]))
print("most important:", sorted(importance, key=importance.get)[10])
