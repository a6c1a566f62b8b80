# SPDX-License-Identifier: Apache-2.0
"""Which stages a run will go through, in which order, and who hands what to whom.

The edges are not written down: a stage's parameters name the types that it needs, a stage's return
type what it gives. The user's own steps join by name (`after`, `before`) and by the files that one
writes and another reads.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace

from shipway.base.errors import InputError
from shipway.base.names import did_you_mean
from shipway.records.base import Record, Skipped
from shipway.spec.types import Spec
from shipway.stages.own_checks import has_own_checks
from shipway.stages.stage import Stage

KEYS = {
    "validate": "data",
    "test": "tests",
    "train": "train",
    "evaluate": "evaluate",
    "deploy": "deploy",
}


@dataclass(frozen=True)
class Node:
    """A stage at its place in one run: `needs` maps its parameters to the nodes that give them."""

    name: str
    stage: Stage
    environment: str = ""
    needs: Mapping[str, str] = field(default_factory=dict)
    after: frozenset[str] = frozenset()
    skipped: str = ""

    def before_it(self) -> set[str]:
        """Names of all nodes that must have ended well before this one starts."""
        return {*self.needs.values(), *self.after}


Plan = tuple[Node, ...]


def make_plan(
    spec: Spec,
    road: Sequence[Stage],
    steps: Mapping[str, Stage],
    environments: Sequence[str],
    register: bool,
    until: str = "",
) -> Plan:
    """The nodes of a run in an order in which they can be carried out.

    `environments` are those that this source may go to; with `register` False the run ends after
    `evaluate`. `until` keeps one node (or stage) and what it needs. Raises InputError for a
    circle, an unknown name, or a stage whose input nothing gives.
    """
    wanted = _wanted(spec, register, environments)
    nodes = _Builder(spec, road, steps, environments).build(wanted)
    ordered = _in_order(nodes)
    return _until(ordered, until) if until else ordered


def _wanted(spec: Spec, register: bool, environments: Collection[str]) -> set[str]:
    present = {
        "validate": spec.data is not None,
        "test": spec.tests is not None,
        "train": spec.train is not None,
        "evaluate": spec.evaluate is not None and spec.train is not None,
        "register": spec.train is not None and register,
        "deploy": bool(environments),
        "verify": bool(environments),
        "environment": spec.environment is not None and bool(spec.steps),
    }
    return {"checkout"} | {name for name, there in present.items() if there}


class _Builder:
    """Adds wanted stages, then whatever gives what they need."""

    def __init__(
        self,
        spec: Spec,
        road: Sequence[Stage],
        steps: Mapping[str, Stage],
        environments: Sequence[str],
    ) -> None:
        self.spec = spec
        self.stages = {stage.name: stage for stage in road}
        self.giver: dict[type[Record], Stage] = {
            given: stage for stage in road for given in stage.gives() if given is not Skipped
        }
        self.steps = steps
        self.environments = environments
        self.nodes: dict[str, Node] = {}

    def build(self, wanted: set[str]) -> dict[str, Node]:
        for name, stage in self.stages.items():
            if name in wanted:
                for environment in self.environments if stage.each_environment else [""]:
                    self._add(stage, environment, wanted)
        for name, stage in self.steps.items():
            needs = {"source": "checkout"}
            if self.spec.environment is not None:
                needs["environment"] = "environment"
            self.nodes[name] = Node(name, stage, needs=needs)
        self._join_steps()
        self._chain_environments()
        return self.nodes

    def _add(self, stage: Stage, environment: str, wanted: set[str]) -> str:
        name = f"{stage.name} {environment}" if environment else stage.name
        if name in self.nodes:
            return name
        needs = {
            parameter: self._give(stage, types, environment, wanted)
            for parameter, types in stage.needs().items()
        }
        self.nodes[name] = Node(name, stage, environment, needs)
        return name

    def _give(
        self, stage: Stage, types: Sequence[type[Record]], environment: str, wanted: set[str]
    ) -> str:
        giver = next(self.giver[kind] for kind in types if kind is not Skipped)
        key = KEYS.get(giver.name)
        if key is None or giver.name in wanted:
            return self._add(giver, environment if giver.each_environment else "", wanted)
        if Skipped not in types:
            raise InputError(
                f"{stage.name} needs {giver.name}, but there is no {key!r} in the spec",
                where="shipway.yaml",
                cure=f"Add the key {key!r}, or remove what needs it.",
            )
        self.nodes[giver.name] = Node(giver.name, giver, skipped=f"no {key!r} in the spec")
        return giver.name

    def _join_steps(self) -> None:
        writer = {path: name for name, step in self.spec.steps.items() for path in step.outputs}
        readers = {name: step.inputs for name, step in self.spec.steps.items()}
        if self.spec.train is not None:
            readers["train"] = self.spec.train.inputs
        if self.spec.data is not None and has_own_checks(self.spec.data):
            # It asks the project's Python: made once, by the stage whose business that is.
            self._order("validate", {"environment"})
        for name, paths in readers.items():
            self._order(name, {writer[path] for path in paths if path in writer} - {name})
        for name, step in self.spec.steps.items():
            self._order(name, set(step.after))
            for later in step.before:
                self._order(later, {name})

    def _order(self, name: str, earlier: set[str]) -> None:
        """Let `name` wait for those of `earlier` that this run has."""
        known = {*self.stages, *self.steps}
        for wrong in sorted((earlier | {name}) - known):
            raise InputError(
                f"there is no stage or step {wrong!r}",
                where="shipway.yaml",
                cure=did_you_mean(wrong, known),
            )
        there = {node for node in self.nodes for stage in earlier if _is(node, stage)}
        for node in [node for node in self.nodes if _is(node, name)]:
            self.nodes[node] = replace(self.nodes[node], after=self.nodes[node].after | there)

    def _chain_environments(self) -> None:
        for environment in self.environments:
            earlier = self.spec.deploy[environment].after
            if earlier in self.environments:
                node = self.nodes[f"deploy {environment}"]
                after = node.after | {f"verify {earlier}"}
                self.nodes[node.name] = replace(node, after=after)


def _is(node: str, stage: str) -> bool:
    return node == stage or node.startswith(f"{stage} ")


def _in_order(nodes: Mapping[str, Node]) -> Plan:
    left = dict(nodes)
    done: dict[str, Node] = {}
    while left:
        ready = [node for node in left.values() if node.before_it() <= done.keys()]
        if not ready:
            circle = ", ".join(sorted(left))
            raise InputError(
                f"these stages wait for each other: {circle}",
                where="shipway.yaml",
                cure="Remove one of their 'after', 'before' or 'inputs'.",
            )
        for node in ready:
            done[node.name] = left.pop(node.name)
    return tuple(done.values())


def _until(plan: Plan, until: str) -> Plan:
    by_name = {node.name: node for node in plan}
    keep = {name for name in by_name if _is(name, until)}
    if not keep:
        known = [node.name for node in plan]
        raise InputError(f"this run has no stage {until!r}", cure=did_you_mean(until, known))
    queue = list(keep)
    while queue:
        for name in by_name[queue.pop()].before_it() - keep:
            keep.add(name)
            queue.append(name)
    return tuple(node for node in plan if node.name in keep)
