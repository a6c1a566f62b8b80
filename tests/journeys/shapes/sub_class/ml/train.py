import json
import pickle

import pandas as pd
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import accuracy_score
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import LabelEncoder, OneHotEncoder

tickets = pd.read_csv("tickets.csv")
encoder = OneHotEncoder(handle_unknown="ignore").fit(tickets[["product", "channel"]])
labels = LabelEncoder().fit(tickets["team"])
X = encoder.transform(tickets[["product", "channel"]])
X_train, X_test, y_train, y_test = train_test_split(
    X, labels.transform(tickets["team"]), random_state=2
)
model = LogisticRegression(max_iter=200).fit(X_train, y_train)
print("Test accuracy:", accuracy_score(y_test, model.predict(X_test)))

pickle.dump(encoder, open("artifacts/encoder.pkl", "wb"))
pickle.dump(model, open("artifacts/model.pkl", "wb"))
json.dump(labels.classes_.tolist(), open("artifacts/labels.json", "w"))
