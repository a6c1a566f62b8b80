# SPDX-License-Identifier: Apache-2.0
"""Training by a notebook: run in the workspace, and kept with the run with what its cells showed.

    .shipway/local/logs/<run>/train.ipynb            on this machine
    runs/<project>/<run>/train.ipynb                 in the store

It is kept when it failed too, as far as it came.
"""

import json
import os
from collections.abc import Iterable
from pathlib import Path

import msgspec

from shipway.adapters.environments.notebooks import notebook_parts
from shipway.base.errors import InputError, ShipwayError
from shipway.base.files import write_atomic
from shipway.base.names import did_you_mean
from shipway.base.output import MASK
from shipway.base.processes import secrets_in
from shipway.stages.context import StageContext
from shipway.stages.train_by_command import command_variables
from shipway.stages.training import NEVER_TRAINED_ON, Training
from shipway_runtime import formats

FILE = "train.ipynb"


def by_notebook(job: Training) -> formats.Result:
    """Run the notebook; make a model directory of its variable `model`, or of the files that
    `train.model` names.
    """
    executed = job.ctx.scratch / FILE
    request = formats.TrainRequest(
        function="",
        params=job.spec.params,
        notebook=_notebook(job, executed),
        **job.common(),
    )
    try:
        result = job.call(request, command_variables(job))
    except ShipwayError as error:
        raise _explained(job, executed, error) from None
    finally:
        _keep(job.ctx, executed)
    if not job.spec.model:
        return result
    return job.finish()._replace(metrics=result.metrics)


def _notebook(job: Training, executed: Path) -> formats.NotebookFile:
    name = job.spec.notebook or ""
    source = job.space.inside(name)
    if not source.is_file():
        raise _missing(job, name)
    folder = source.parent if job.spec.folder == "." else job.space.inside(job.spec.folder)
    environment = job.ctx.spec.environment
    data = {name: str(path) for name, path in job.paths.items() if name not in NEVER_TRAINED_ON}
    return formats.NotebookFile(
        source=str(source),
        name=name,
        executed=str(executed),
        folder=str(folder),
        parts=notebook_parts(job.environment, job.ctx.tell),
        data=data,
        requirements=environment.requirements[0]
        if environment and environment.requirements
        else "",
        writes_model=bool(job.spec.model),
    )


def _missing(job: Training, name: str) -> InputError:
    folder = job.space.folder
    if (job.space.original / name).is_file():
        cure = "It is not in the code set: add it to train.code, or let Git not ignore it."
    else:
        found = [path.relative_to(folder).as_posix() for path in folder.rglob("*.ipynb")]
        cure = did_you_mean(name, found)
    where = job.ctx.document.where("train", "notebook")
    return InputError(f"there is no notebook {name}", where=where, cure=cure)


def _explained(job: Training, executed: Path, error: ShipwayError) -> ShipwayError:
    """The same error with its place in the spec, the cell that was running, and the notebook."""
    running = _running(executed)
    what = f"{error.what}, in {running} of {job.spec.notebook}" if running else error.what
    cure = [error.cure.rstrip()] if error.cure else []
    if executed.exists():
        cure.append(f"The notebook as far as it came: {_place(job.ctx)}")
    where = error.where or job.ctx.document.where("train", "notebook")
    return type(error)(what, where=where, cure="\n".join(cure))


def _running(executed: Path) -> str:
    """The cell in which the process died or was ended; "" for none."""
    try:
        metadata = msgspec.json.decode(executed.read_bytes())["metadata"]
    except (OSError, msgspec.MsgspecError, KeyError):
        return ""
    return str(metadata.get("shipway", {}).get("running", ""))


def _keep(ctx: StageContext, executed: Path) -> None:
    """Keep the executed notebook with the run, without the secrets that it may show."""
    if not executed.exists():
        return
    data = masked(executed.read_bytes(), secrets_in(os.environ))
    write_atomic(_place(ctx), data)
    ctx.store.put(notebook_key(ctx), data)


def masked(data: bytes, secrets: Iterable[str]) -> bytes:
    """A text of JSON without the lines of any secret, as JSON writes them."""
    lines = {line.strip() for secret in secrets for line in secret.splitlines()}
    found = {
        json.dumps(line, ensure_ascii=plain)[1:-1].encode("utf-8", "surrogateescape")
        for line in lines
        if len(line) > 3
        for plain in (False, True)
    }
    # The longest first, so that a part never hides the whole.
    for secret in sorted(found, key=len, reverse=True):
        data = data.replace(secret, MASK)
    return data


def _place(ctx: StageContext) -> Path:
    return ctx.paths.logs / ctx.run_id / FILE


def notebook_key(ctx: StageContext) -> str:
    """Where the store has the notebook of this run."""
    return f"runs/{ctx.spec.project}/{ctx.run_id}/{FILE}"
