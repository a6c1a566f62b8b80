import argparse
import os

import joblib
import pandas as pd
from sklearn.linear_model import SGDClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

parser = argparse.ArgumentParser(description="Loans: who will not pay back?")
parser.add_argument("--epochs", type=int, default=30)
parser.add_argument("--alpha", type=float, default=1e-4)
options = parser.parse_args()

loans = pd.read_csv(os.environ["DATA_PATH"])
test = loans.tail(100)
loans = loans.head(len(loans) - 100)
columns = ["amount", "income", "age"]
model = make_pipeline(
    StandardScaler(),
    SGDClassifier(loss="log_loss", alpha=options.alpha, max_iter=options.epochs, random_state=0),
)
model.fit(loans[columns], loans["default"])
right = model.score(test[columns], test["default"])
print("After", options.epochs, "epochs the model was right in", int(100 * right), "of 100 cases")
joblib.dump(model, "loans.joblib")
