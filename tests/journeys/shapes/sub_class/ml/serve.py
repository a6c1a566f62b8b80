import json
import pickle
from pathlib import Path


class Router:
    def load(self, folder="artifacts"):
        folder = Path(folder)
        self.encoder = pickle.loads((folder / "encoder.pkl").read_bytes())
        self.model = pickle.loads((folder / "model.pkl").read_bytes())
        self.labels = json.loads((folder / "labels.json").read_text())
        return self

    def predict(self, rows):
        found = self.model.predict(self.encoder.transform(rows[["product", "channel"]]))
        return [self.labels[each] for each in found]
