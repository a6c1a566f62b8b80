# SPDX-License-Identifier: Apache-2.0
"""The table that scikit-learn's `classification_report` prints, as metrics.

                  precision    recall  f1-score   support
               0       0.98      0.99      0.98       900        precision.0, recall.0, f1.0
           fraud       0.90      0.80      0.85       100        precision.fraud, …
        accuracy                           0.97      1000        accuracy
       macro avg       0.94      0.90      0.92      1000        precision_macro, …
    weighted avg       0.97      0.97      0.97      1000        precision_weighted, …

Of a binary model, the row of the positive class gives `precision`, `recall` and `f1` too. When
several tables are printed, the last one counts.
"""

import re

HEAD = re.compile(r"\s*precision\s+recall\s+f1-score\s+support\s*")
ACCURACY = re.compile(r"\s*accuracy\s+(\d*\.?\d+)\s+\d+\s*")
ROW = re.compile(r"\s*(\S.*?)\s+(\d*\.?\d+)\s+(\d*\.?\d+)\s+(\d*\.?\d+)\s+\d+(?:\.\d+)?\s*")
AVERAGES = ("micro", "macro", "weighted", "samples")
COLUMNS = ("precision", "recall", "f1")


class ReportTable:
    """Reads lines; `values` are those of the last table."""

    def __init__(self, positive: str | None = None) -> None:
        self.positive = positive
        self.values: dict[str, float] = {}
        self.inside = False
        self.ending = False

    def line(self, text: str) -> None:
        """The next line of the output."""
        if HEAD.fullmatch(text):
            self.values, self.inside, self.ending = {}, True, False
        elif self.inside and text.strip():
            self.inside = self._row(text)

    def _row(self, text: str) -> bool:
        """Whether the line belongs to the table."""
        accuracy = ACCURACY.fullmatch(text)
        if accuracy:
            self.values["accuracy"] = float(accuracy[1])
            return True
        row = ROW.fullmatch(text)
        if row is None:
            return False
        label, *numbers = row.groups()
        average = label.endswith(" avg")
        if self.ending and not average:
            return False
        self.ending = self.ending or average
        for column, number in zip(COLUMNS, numbers, strict=True):
            for name in self._names(column, label):
                self.values[name] = float(number)
        return True

    def _names(self, column: str, label: str) -> list[str]:
        average, _, rest = label.partition(" ")
        if rest == "avg" and average in AVERAGES:
            return [f"{column}_{average}"]
        own = [column] if label == self.positive else []
        return [*own, f"{column}.{re.sub(r'[^0-9A-Za-z_]', '_', label)}"]
