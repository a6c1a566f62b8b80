# SPDX-License-Identifier: Apache-2.0
"""The commands, one thin file each.

A command module has `add_arguments(parser)`, `execute(arguments) -> int` (the exit code) and
`EXAMPLE`, the lines that its `--help` ends with. It is imported only when it is asked for.
"""

COMMANDS = {
    "init": "write a first shipway.yaml for this repository",
    "run": "take the present commit along the road",
    "status": "what is live, and how the last run ended",
    "runs": "the runs of this project",
    "show": "one run, model version or release",
    "logs": "what the stages of a run, or an endpoint, wrote",
    "check": "check a table, without a run",
    "profile": "what a table looks like, column by column",
    "drift": "has a table moved from another one, or from a stored profile",
    "gate": "decide gates on a file of predictions, without a run",
    "labels": "how many labelled rows decide between two models",
    "explain": "say in words what a gate or a rule demands",
    "budget": "how often each test set was used, and what is left of it",
    "models": "the model versions in the registry",
    "compare": "two model versions side by side",
    "promote": "make a model version the live one, a rejected release included",
    "serve": "serve a model version on this machine, in the foreground",
    "predict": "predict the rows of a file with a model version",
    "deploy": "deploy the newest permitted model version to an environment",
    "rollback": "put the previous release of an environment back",
    "history": "every change of an environment: who, when, why",
    "stop": "take an endpoint down",
    "doctor": "look at this machine and this project for trouble",
    "ci": "write the file that makes a CI provider run Shipway",
    "schema": "print the JSON Schema of shipway.yaml",
}
