import pickle
from pathlib import Path

import pandas as pd
from pipeline.steps import build
from sklearn.metrics import f1_score
from sklearn.model_selection import train_test_split

frame = pd.read_csv(Path("..") / "data" / "flowers.csv")
X = frame[["petal_length", "petal_width", "sepal_length"]]
X_train, X_test, y_train, y_test = train_test_split(X, frame["species"], random_state=5)
model = build().fit(X_train, y_train)
print("Macro F1 =", f1_score(y_test, model.predict(X_test), average="macro"))
pickle.dump(model, open("flowers.pkl", "wb"))
