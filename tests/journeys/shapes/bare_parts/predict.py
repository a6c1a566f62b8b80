import pickle

FEATURES = ["area", "rooms", "year"]


def predict(rows):
    with open("models/scaler.pkl", "rb") as f:
        scaler = pickle.load(f)
    with open("models/model.pkl", "rb") as f:
        model = pickle.load(f)
    return model.predict(scaler.transform(rows[FEATURES]))
