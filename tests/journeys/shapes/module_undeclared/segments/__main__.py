import joblib
import pandas as pd
from sklearn.tree import DecisionTreeClassifier
from tabulate import tabulate

from .prepare import prepare

table = prepare(pd.read_csv("loans.csv"))
y = table.pop("default")
model = DecisionTreeClassifier(max_depth=4, random_state=0).fit(table, y)
print(tabulate([["accuracy", model.score(table, y)]], headers=["metric", "value"]))
joblib.dump(model, "tree.joblib")
