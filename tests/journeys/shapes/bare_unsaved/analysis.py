import pandas as pd
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import classification_report
from sklearn.model_selection import train_test_split

flowers = pd.read_csv("flowers.csv")
y = flowers.pop("species")
X_train, X_test, y_train, y_test = train_test_split(flowers, y, random_state=1)

clf = LogisticRegression(max_iter=500)
clf.fit(X_train, y_train)
print(classification_report(y_test, clf.predict(X_test)))
