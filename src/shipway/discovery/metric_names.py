# SPDX-License-Identifier: Apache-2.0
"""What a metric is called: by the function that computes it, by its label, by its variable."""

import ast
import re

FUNCTIONS = {
    "accuracy_score": "accuracy",
    "balanced_accuracy_score": "balanced_accuracy",
    "precision_score": "precision",
    "recall_score": "recall",
    "f1_score": "f1",
    "roc_auc_score": "roc_auc",
    "average_precision_score": "average_precision",
    "log_loss": "log_loss",
    "brier_score_loss": "brier",
    "matthews_corrcoef": "mcc",
    "cohen_kappa_score": "kappa",
    "jaccard_score": "jaccard",
    "fbeta_score": "fbeta",
    "mean_squared_error": "mse",
    "root_mean_squared_error": "rmse",
    "mean_absolute_error": "mae",
    "median_absolute_error": "median_absolute_error",
    "mean_absolute_percentage_error": "mape",
    "mean_squared_log_error": "msle",
    "r2_score": "r2",
    "max_error": "max_error",
    "explained_variance_score": "explained_variance",
    "silhouette_score": "silhouette",
    "cross_val_score": "model_score",
    "score": "model_score",
}
# What says nothing about which metric it is: a label knows better.
VAGUE = ("score", "model_score", "cv_score", "loss")
TRAINING = "train_"
LABELS = {
    "acc": "accuracy",
    "accuracy": "accuracy",
    "accuracy_score": "accuracy",
    "test_accuracy": "accuracy",
    "auc": "roc_auc",
    "auroc": "roc_auc",
    "auc_roc": "roc_auc",
    "roc": "roc_auc",
    "roc_auc": "roc_auc",
    "roc_auc_score": "roc_auc",
    "auc_score": "roc_auc",
    "balanced_accuracy": "balanced_accuracy",
    "precision": "precision",
    "prec": "precision",
    "recall": "recall",
    "sensitivity": "recall",
    "specificity": "specificity",
    "f1": "f1",
    "f1_score": "f1",
    "f1score": "f1",
    "f_score": "f1",
    "f1_macro": "f1_macro",
    "macro_f1": "f1_macro",
    "f1_weighted": "f1_weighted",
    "weighted_f1": "f1_weighted",
    "mcc": "mcc",
    "log_loss": "log_loss",
    "logloss": "log_loss",
    "brier": "brier",
    "average_precision": "average_precision",
    "mse": "mse",
    "mean_squared_error": "mse",
    "rmse": "rmse",
    "root_mean_squared_error": "rmse",
    "mae": "mae",
    "mean_absolute_error": "mae",
    "mape": "mape",
    "r2": "r2",
    "r2_score": "r2",
    "r_2": "r2",
    "r_squared": "r2",
    "r_square": "r2",
    "rsquared": "r2",
    "explained_variance": "explained_variance",
    "loss": "loss",
    "val_loss": "validation_loss",
    "validation_loss": "validation_loss",
    "train_loss": "train_loss",
    "test_loss": "loss",
    "score": "score",
    "cv_score": "cv_score",
    "mean_cv_score": "cv_score",
    "kappa": "kappa",
    "cohen_kappa": "kappa",
}
FILLERS = re.compile(
    r"^(the|model|final|overall|our|is|of|on|set|data|dataset|test|testing|best|mean|average|"
    r"value|result|xgboost|xgb|rf|lr|svm|knn|random|forest|logistic|linear|regression|"
    r"classifier|regressor|decision|tree|evaluation|holdout|hold|out|score)$"
)
AVERAGES = ("macro", "weighted", "micro")


def by_label(text: str) -> str:
    """The metric that a label (`Test ROC AUC score:`) names; empty when it names none."""
    words = _words(text)
    for drop in (False, True):
        kept = [word for word in words if not (drop and FILLERS.match(word))]
        for start in range(len(kept)):
            name = LABELS.get("_".join(kept[start:]))
            if name is not None:
                return _of_part(name, words)
    kept = [word for word in words if not FILLERS.match(word)]
    for size in (3, 2, 1):
        for start in range(len(kept) - size, -1, -1):
            name = LABELS.get("_".join(kept[start : start + size]))
            if name is not None:
                return _of_part(name, words)
    return ""


def by_call(dotted: str, call: ast.Call) -> str:
    """The metric that a call of a library's function computes; empty when it is none."""
    last = dotted.rpartition(".")[2]
    name = FUNCTIONS.get(last, "")
    if last == "score" and "." not in dotted:
        return ""
    given = {one.arg: one.value for one in call.keywords if one.arg}
    if last == "cross_val_score" and "scoring" in given:
        return _by_scorer(given["scoring"])
    average = given.get("average")
    if isinstance(average, ast.Constant) and average.value in AVERAGES:
        name = f"{name}_{average.value}"
    squared = given.get("squared")
    if name == "mse" and isinstance(squared, ast.Constant) and squared.value is False:
        return "rmse"
    return name


def joined(found: str, said: str) -> str:
    """The name of a metric by what computes it and by its label; either may be empty."""
    part = TRAINING if found.startswith(TRAINING) else ""
    base = found.removeprefix(part)
    if not said or (base and base not in VAGUE):
        return found if not said.startswith(TRAINING) or part else f"{TRAINING}{found}"
    if base == "model_score" and said in VAGUE and said != "loss":
        return found
    return said if said.startswith(part) else f"{part}{said}"


def _by_scorer(node: ast.expr) -> str:
    """What scikit-learn's `scoring="neg_mean_absolute_error"` measures."""
    said = node.value if isinstance(node, ast.Constant) else None
    if not isinstance(said, str) or said.startswith("neg_"):
        return "cv_score"
    return LABELS.get(said, said)


def identifier(text: str) -> str:
    """A text as a name for a metric; empty when nothing is left of it."""
    name = "_".join(_words(text))[:60].strip("_")
    return name if re.match(r"[a-z_]", name) else ""


def _of_part(name: str, words: list[str]) -> str:
    """`train_` before a metric of the rows that the model has seen: not the one to gate on."""
    training = any(word in ("train", "training") for word in words)
    return f"train_{name}" if training and not name.startswith("train") else name


def _words(text: str) -> list[str]:
    split = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", text.replace("²", "2").replace("^2", "2"))
    return [word for word in re.split(r"[^a-z0-9]+", split.lower()) if word]
