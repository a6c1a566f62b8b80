# SPDX-License-Identifier: Apache-2.0
"""Ways of writing single values in `shipway.yaml`: durations, names, commands, rules…

`written` in an annotation names a way of writing that has its own rules: see `spec.scalars` and
`spec.forms`. A description says in the documentation what may stand there.
"""

from typing import Annotated

import msgspec


class Base(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """All parts of the spec are frozen and refuse unknown keys."""


def _written(way: str, description: str) -> msgspec.Meta:
    return msgspec.Meta(description=description, extra={"written": way})


Duration = Annotated[float, _written("duration", "a number with a unit: 30s, 10m, 2h, 7d, 1w")]
Percent = Annotated[float, _written("percent", "a share: 5% or 0.05")]
Name = Annotated[
    str, msgspec.Meta(pattern="^[a-z0-9][a-z0-9._-]{0,62}$", extra={"written": "name"})
]
Words = Annotated[str, _written("words", "a text that is not empty")]
Command = Annotated[str, _written("command", "a command line, split like a shell would; no shell")]
Entry = Annotated[str, _written("entry", "module:name")]
Rule = Annotated[str, _written("rule", "an expression that is true or false for each row")]
Demand = Annotated[str, _written("demand", "a metric compared with a number")]
Slice = Annotated[str, _written("slice", "a column, or an expression that is true or false")]
UrlPath = Annotated[str, _written("path", "a path such as /health")]
Regex = Annotated[str, _written("regex", "a regular expression that matches the whole value")]
OneOrMoreWords = Annotated[tuple[Words, ...], _written("several", "a text or a list of texts")]
OneOrMoreCommands = Annotated[
    tuple[Command, ...], _written("several", "a command line or a list of them")
]
AtLeastOne = Annotated[int, msgspec.Meta(ge=1)]
NotNegative = Annotated[int, msgspec.Meta(ge=0)]
Port = Annotated[int, msgspec.Meta(ge=1, le=65535)]
