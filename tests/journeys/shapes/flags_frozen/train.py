import argparse
import pickle
from pathlib import Path

import pandas as pd
from sklearn.svm import SVC


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--data", required=True, help="CSV file with the measurements")
    parser.add_argument("--out", default="models", help="where the model goes")
    parser.add_argument("--C", type=float, default=1.0)
    args = parser.parse_args()

    frame = pd.read_csv(args.data)
    X, y = frame.drop("species", axis=1), frame["species"]
    model = SVC(C=args.C).fit(X, y)
    Path(args.out).mkdir(exist_ok=True)
    with open(Path(args.out) / "svc.pkl", "wb") as f:
        pickle.dump(model, f)
    print("training accuracy:", model.score(X, y))


if __name__ == "__main__":
    main()
