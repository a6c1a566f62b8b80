# SPDX-License-Identifier: Apache-2.0
"""Which way a metric is better: by its declaration, as one of ours, or by the words of its name.

better_way("val_loss")                          "lower"
better_way("neg_mean_squared_error")            "higher": scikit-learn has flipped its sign
better_way("recall@precision=0.9")              "higher"
better_way("my_score")                          None: it has to be declared
better_way("my_score", {"my_score": "higher"})  "higher"
"""

import re
from collections.abc import Mapping
from typing import Literal

from shipway.evaluation.metric_forms import FORMS

Way = Literal["higher", "lower"]

WORDS = re.compile(r"[a-z]+[0-9]*|[0-9]+")
LOWER = frozenset(
    WORDS.findall(
        "loss error err errors mae mse rmse rmsle msle mape smape wape brier logloss deviance "
        "perplexity ppl wer cer fid hamming nll"
    )
)
HIGHER = frozenset(
    WORDS.findall(
        "auc auroc auprc accuracy acc precision recall sensitivity specificity f1 fbeta r2 map "
        "ndcg mrr iou miou jaccard dice bleu rouge kappa mcc gini ks concordance silhouette"
    )
)


def better_way(name: str, declared: Mapping[str, Way] | None = None) -> Way | None:
    """The direction of `name`; None when nobody knows, or neither way is better (a bias)."""
    if declared and name in declared:
        return declared[name]
    base = re.split("[@.]", name)[0]
    for form in (form for forms in FORMS.values() for form in forms):
        if form.base == base:
            return form.better
    words = WORDS.findall(name.lower())
    if "neg" in words:
        return "higher"
    ways: set[Way] = {"lower" for word in words if word in LOWER}
    ways |= {"higher" for word in words if word in HIGHER}
    return ways.pop() if len(ways) == 1 else None


def declaration(name: str) -> str:
    """The lines that declare a direction."""
    return f"Add under 'train': metrics: {{better: {{{name}: higher}}}} (or lower)."
