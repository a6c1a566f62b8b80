# SPDX-License-Identifier: Apache-2.0
import os

from hypothesis import settings

# On CI a failure must be the change's own: the same examples each time, and no deadline on a
# machine that is busy with others.
settings.register_profile("ci", derandomize=True, deadline=None)
settings.register_profile("local", deadline=None)
settings.load_profile("ci" if os.environ.get("CI") else "local")
