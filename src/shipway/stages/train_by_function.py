# SPDX-License-Identifier: Apache-2.0
"""Training by a function of the user's, called in the project's own Python."""

from shipway.stages.training import Training
from shipway_runtime import formats


def by_function(job: Training) -> formats.Result:
    """Let the worker call the function, and make a model directory of what it returns."""
    request = formats.TrainRequest(
        function=job.spec.function or "", params=job.spec.params, **job.common()
    )
    return job.call(request)
