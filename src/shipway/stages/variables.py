# SPDX-License-Identifier: Apache-2.0
"""What a fingerprint knows of `${NAME}` in an `env:`: a digest of the value, never the value.

    env: {LEVEL: "${LEVEL}", API_TOKEN: "${API_TOKEN}"}

Another LEVEL is another training. A secret is left out: a token that is replaced changes no model,
and not even the digest of a short one is to be written down.
"""

import os
from collections.abc import Mapping

from shipway.base.digests import of_bytes
from shipway.base.processes import looks_secret
from shipway.spec.variables import variables


def variable_digests(env: Mapping[str, str]) -> dict[str, str]:
    """By its name, the digest of each variable that the values of `env` take.

    One that is not set has none: the stage itself says so.
    """
    names = sorted({name for value in env.values() for name in variables(value)})
    return {
        name: of_bytes(os.environb[os.fsencode(name)])
        for name in names
        if name in os.environ and not looks_secret(name, os.environ[name])
    }
