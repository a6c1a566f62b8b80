# SPDX-License-Identifier: Apache-2.0
"""What must hold between the keys of the road: model, steps, train, evaluate, deploy, monitor."""

from shipway.spec.review import Review, cycle
from shipway.spec.review_data import declared
from shipway.spec.review_server import review_server
from shipway.spec.types import EnvironmentSpec, MetricsSource, ModelSpec, TrainSpec

NEEDS: dict[str, tuple[str, ...]] = {
    "checkout": (),
    "environment": ("checkout",),
    "validate": ("checkout",),
    "test": ("environment",),
    "train": ("validate", "test"),
    "evaluate": ("train",),
    "store": ("evaluate",),
    "register": ("store",),
    "package": ("register",),
    "deploy": ("package",),
    "verify": ("deploy",),
}
"""The built-in stages and what each comes after, for the order of a user's own steps."""


def review_road(review: Review) -> None:
    """All but data."""
    spec = review.spec
    if spec.shipway != 1 and review.given("shipway"):
        review.add(
            ("shipway",), f"found {spec.shipway}", expected="1, the only format there is so far"
        )
    for key in ("train", "evaluate"):
        if review.given(key) and not review.given("model"):
            review.add(
                (key,), "the key 'model' is missing", cure="Add model: {name, task, target}."
            )
    if spec.model is not None:
        _model(review, spec.model)
    if spec.environment is not None:
        _environment(review, spec.environment)
    if spec.train is not None:
        _train(review, spec.train)
    _evaluate(review)
    _steps(review)
    _deploy(review)
    review_server(review)


def _model(review: Review, model: ModelSpec) -> None:
    if model.task == "binary" and not review.given("model", "positive"):
        review.add(
            ("model",),
            "the key 'positive' is missing: which value of the target is the positive class",
            cure="Add positive: 1, or whatever it is called in the data.",
        )
    for key in ("positive", "threshold"):
        if model.task != "binary" and getattr(model, key) is not None:
            review.add(("model", key), f"means nothing for task {model.task}", cure="Remove it.")


def _environment(review: Review, environment: EnvironmentSpec) -> None:
    if environment.conda is not None and environment.requirements:
        review.add(
            ("environment", "conda"), "stands beside requirements", cure="Choose one of them."
        )
    if environment.conda is not None and review.spec.package.builder == "dockerfile":
        review.add(
            ("package", "builder"),
            "a Dockerfile installs requirements, the environment is made of conda packages",
            cure="Write native, which puts the conda packages into the image itself.",
        )


def _train(review: Review, train: TrainSpec) -> None:
    ways = ("function", "command", "notebook")
    given = [way for way in ways if review.given("train", way)]
    if not given:
        review.add(("train",), "says not how", cure="Add function: MODULE:NAME or command: ….")
    for way in given[1:]:
        review.add(("train", way), f"stands beside {given[0]}", cure="Choose one of them.")
    if given == ["function"] and review.given("train", "model"):
        review.add(
            ("train", "model"),
            "stands beside function, which returns its model",
            cure="Remove it. A function that writes its model is a command: "
            'python -c "from module import main; main()".',
        )
    if given == ["command"] and not review.given("train", "model"):
        review.add(
            ("train",), "the key 'model' is missing", expected="the file that the command writes"
        )
    if train.metrics is not None:
        _metrics(review, train.metrics)


def _metrics(review: Review, metrics: MetricsSource) -> None:
    ways = ("stdout", "json", "csv", "mlflow")
    given = [way for way in ways if review.given("train", "metrics", way)]
    if len(given) > 1 or not (given or review.given("train", "metrics", "better")):
        review.add(
            ("train", "metrics"),
            f"found {' and '.join(given) or 'none'}",
            expected="one of stdout, json, csv and mlflow",
        )
    elif given == ["mlflow"] and not metrics.mlflow:
        review.add(("train", "metrics", "mlflow"), "found false", cure="Remove the key metrics.")
    if metrics.map and given in ([], ["stdout"]):
        review.add(
            ("train", "metrics", "map"),
            "means nothing here",
            expected="map beside json, csv or mlflow: {name here: name there}",
            cure="Patterns of stdout name the metric where its number stands.",
        )


def _evaluate(review: Review) -> None:
    spec = review.spec
    if spec.evaluate is None:
        return
    reported = spec.train is not None and spec.train.metrics is not None
    if spec.data is None:
        if not review.given("data") and not reported:
            review.add(("evaluate",), "there is no data to evaluate on", cure="Add the key 'data'.")
        return
    known = declared(spec.data)
    name = spec.evaluate.dataset
    explicit = review.given("evaluate", "dataset")
    if review.given("data", name) or name in known or (reported and not explicit):
        return
    if review.given("data", "split") and spec.data.split is None:
        return
    keys = ("evaluate", "dataset")
    review.unknown(keys, f"there is no table {name!r} in data", name, known)


def _steps(review: Review) -> None:
    steps = review.spec.steps
    given = [str(keys[1]) for keys in review.positions if len(keys) == 2 and keys[0] == "steps"]
    edges: dict[str, list[str]] = {name: [] for name in (*NEEDS, *steps)}
    for stage, needed in NEEDS.items():
        for earlier in needed:
            edges[earlier].append(stage)
    for name, step in steps.items():
        if name in NEEDS:
            review.add(("steps", name), "is the name of a built-in stage", cure="Take another one.")
        for key, others in (("after", step.after), ("before", step.before)):
            for number, other in enumerate(others):
                if other not in NEEDS and other not in given:
                    review.unknown(
                        ("steps", name, key, number),
                        f"there is no step or stage {other!r}",
                        other,
                        [*NEEDS, *given],
                    )
                elif key == "after":
                    edges.setdefault(other, []).append(name)
                else:
                    edges[name].append(other)
    found = cycle(edges)
    own = [name for name in found if name in steps]
    if own:
        review.add(("steps", own[0]), f"comes after itself: {' → '.join(found)}")


def _deploy(review: Review) -> None:
    environments = review.spec.deploy
    given = [str(keys[1]) for keys in review.positions if len(keys) == 2 and keys[0] == "deploy"]
    edges: dict[str, list[str]] = {name: [] for name in environments}
    for name, environment in environments.items():
        after = environment.after
        if after is not None and after not in given:
            keys = ("deploy", name, "after")
            review.unknown(keys, f"there is no environment {after!r}", after, given)
        elif after is not None:
            edges.setdefault(after, []).append(name)
        canary = environment.strategy.canary
        where = ("deploy", name, "strategy")
        if canary is not None and list(canary.steps) != sorted(set(canary.steps)):
            review.add((*where, "canary", "steps"), "each step must be larger than the last")
        if environment.strategy.kind == "canary" and canary is None:
            review.add(where, "canary needs its steps", cure="Write {canary: {steps: [5%, 50%]}}.")
    found = cycle(edges)
    if found:
        review.add(("deploy", found[0], "after"), f"comes after itself: {' → '.join(found)}")
    for name in review.spec.monitor:
        if name not in given:
            review.unknown(("monitor", name), f"there is no environment {name!r}", name, given)
