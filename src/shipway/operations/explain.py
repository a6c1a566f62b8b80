# SPDX-License-Identifier: Apache-2.0
"""`shipway explain`: what a gate or a rule demands, in words.

    shipway explain 'roc_auc >= champion - 0.02 at 95%'
    shipway explain "status == 'paid' -> amount > 0"

Some texts can be read as both (`amount >= 0`): a gate is one on a metric that Shipway knows, or one
with a confidence, a slice or the champion in it.
"""

from shipway.base.errors import InputError
from shipway.evaluation.gate_parser import GateError, parse_gate
from shipway.evaluation.gate_words import in_words as gate_in_words
from shipway.evaluation.gates import NOT_YET, Gate
from shipway.evaluation.metrics import KINDS
from shipway.spec.expressions import ExpressionError, in_words, parse


def explain(text: str) -> str:
    """One or a few sentences; InputError (of the more likely kind) when it is neither."""
    try:
        gate: Gate | InputError = parse_gate(text)
    except GateError as error:
        gate = error
    if isinstance(gate, Gate) and _is_gate(gate):
        return gate_in_words(gate)
    try:
        return f"For each row: {in_words(parse(text))}."
    except ExpressionError:
        if isinstance(gate, Gate):
            return gate_in_words(gate)
        if _looks_like_gate(text):
            raise gate from None
        raise


def _is_gate(gate: Gate) -> bool:
    known = any(gate.metric in kinds for kinds in KINDS.values())
    beyond = gate.confidence is not None or bool(gate.slices) or gate.bound.champion
    return known or beyond or gate.metric.split(".")[0] in NOT_YET


def _looks_like_gate(text: str) -> bool:
    words = text.split()
    first = words[0].split("[")[0] if words else ""
    known = any(first in kinds for kinds in KINDS.values())
    return known or "champion" in words or "at" in words
