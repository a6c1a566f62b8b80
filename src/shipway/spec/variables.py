# SPDX-License-Identifier: Apache-2.0
"""`${NAME}` in a value of the spec: an environment variable, resolved by the command that uses it.

Reading a spec never looks at the environment, so that values of variables reach neither records
nor logs.
"""

import re
from collections.abc import Mapping

from shipway.base.errors import InputError
from shipway.base.names import nearest

VARIABLE = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)\}")


def variables(text: str) -> tuple[str, ...]:
    """The names of the variables that `text` takes, each once, in order."""
    return tuple(dict.fromkeys(VARIABLE.findall(text)))


def resolve(text: str, environ: Mapping[str, str], where: str = "") -> str:
    """`text` with each `${NAME}` replaced by its value in `environ`; InputError when it is unset.

    A value is taken as it is: a `${…}` inside it is not resolved again.
    """
    for name in variables(text):
        if name not in environ:
            guess = nearest(name, environ)
            hint = f" (is it {guess}?)" if guess else ""
            raise InputError(
                f"the environment variable {name} is not set{hint}",
                where=where,
                cure=f"Set it: export {name}=…",
            )
    return VARIABLE.sub(lambda match: environ[match.group(1)], text)
