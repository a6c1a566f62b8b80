# SPDX-License-Identifier: Apache-2.0
"""How `deploy` and `promote` say what they did."""

from shipway.cli.output import print_json
from shipway.operations.deploy import Deployed


def show_deployed(done: Deployed, *, as_json: bool) -> None:
    """One JSON document, or one line."""
    deployment, version = done.deployment, done.version
    if as_json:
        print_json(
            {
                "environment": deployment.environment,
                "release": deployment.release,
                "endpoint": deployment.endpoint,
                "model": {
                    "name": version.model,
                    "version": version.number,
                    "digest": version.digest,
                },
                "package": {"digest": done.package.digest},
                "unchanged": deployment.unchanged,
                "verdict": done.verification.verdict,
                "note": done.verification.note,
            }
        )
        return
    state = "was live already" if deployment.unchanged else "is live"
    print(
        f"{deployment.environment}: {deployment.release} ({version.model}@{version.number}) "
        f"{state} at {deployment.endpoint}"
    )
    if done.verification.note:
        print(f"WARNING: {deployment.release} is {done.verification.note}")
