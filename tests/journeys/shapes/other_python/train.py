import joblib
import pandas as pd
from sklearn.linear_model import LogisticRegression

loans = pd.read_csv("loans.csv")
model = LogisticRegression(max_iter=5000)
model.fit(loans[["amount", "income", "age"]], loans["default"])
joblib.dump(model, "scoring.joblib")
