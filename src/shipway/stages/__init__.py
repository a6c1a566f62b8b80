# SPDX-License-Identifier: Apache-2.0
"""The road: the built-in stages in their order, one room a stage.

What a stage needs and gives stands in the annotations of its function; the engine makes the graph
from them. A stage's version is raised by hand when the same inputs would give another result.
"""

from shipway.stages import checkout as _checkout
from shipway.stages import deploy as _deploy
from shipway.stages import environment as _environment
from shipway.stages import evaluate as _evaluate
from shipway.stages import package as _package
from shipway.stages import register as _register
from shipway.stages import store as _store
from shipway.stages import test as _test
from shipway.stages import train as _train
from shipway.stages import validate as _validate
from shipway.stages import verify as _verify
from shipway.stages.stage import Stage
from shipway.stages.steps import user_steps

ROAD: tuple[Stage, ...] = (
    Stage("checkout", _checkout.checkout, cached=False),
    Stage(
        "environment",
        _environment.environment,
        depends=_environment.depends,
        revive=_environment.revive,
    ),
    Stage("validate", _validate.validate, version=2, depends=_validate.depends),
    Stage("test", _test.test, depends=_test.depends),
    Stage("train", _train.train, depends=_train.depends),
    Stage("evaluate", _evaluate.evaluate, version=2, depends=_evaluate.depends),
    Stage("store", _store.store, cached=False),
    Stage("register", _register.register, cached=False),
    Stage("package", _package.package, depends=_package.depends),
    Stage("deploy", _deploy.deploy, cached=False, each_environment=True),
    Stage("verify", _verify.verify, cached=False, each_environment=True),
)

__all__ = ["ROAD", "user_steps"]
