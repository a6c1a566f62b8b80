import joblib
import pandas as pd
from sklearn.ensemble import GradientBoostingRegressor

houses = pd.read_csv("houses.csv")
features = ["area", "rooms", "year"]
cut = int(len(houses) * 0.8)
model = GradientBoostingRegressor(random_state=0)
model.fit(houses[features][:cut], houses["price"][:cut])
print(f"R^2 on the rest: {model.score(houses[features][cut:], houses['price'][cut:]):.3f}")
joblib.dump(model, "houses.joblib")
