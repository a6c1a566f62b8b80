# SPDX-License-Identifier: Apache-2.0
"""Who does this: the person, or the CI job, that a record names."""

import os
from collections.abc import Mapping

CI_ACTORS = ("GITHUB_ACTOR", "GITLAB_USER_LOGIN", "CIRCLE_USERNAME", "BUILD_USER_ID")


def who(environ: Mapping[str, str] = os.environ) -> str:
    """A CI provider's actor, else the login name; `unknown` when there is neither."""
    for name in (*CI_ACTORS, "SHIPWAY_USER", "USER", "LOGNAME"):
        if environ.get(name):
            return environ[name]
    import pwd

    try:
        return pwd.getpwuid(os.getuid()).pw_name
    except KeyError:
        return "unknown"
