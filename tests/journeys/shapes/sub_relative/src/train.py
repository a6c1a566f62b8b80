import joblib
import pandas as pd
from features import add_ratio
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import train_test_split
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, StandardScaler

loans = pd.read_csv("../data/loans.csv")
train, test = train_test_split(loans, test_size=0.3, random_state=3)
columns = ["amount", "income", "age"]
pipe = make_pipeline(FunctionTransformer(add_ratio), StandardScaler(), LogisticRegression())
pipe.fit(train[columns], train["default"])
auc = roc_auc_score(test["default"], pipe.predict_proba(test[columns])[:, 1])
print("auc = %.3f" % auc)
joblib.dump(pipe, "../models/credit.joblib")
