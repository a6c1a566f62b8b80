# SPDX-License-Identifier: Apache-2.0
"""`shipway explain`: what a gate or a rule demands, in words."""

from shipway.base.errors import InputError


def explain(text: str) -> str:
    """One or a few sentences; InputError (of the more likely kind) when it is neither."""
    from shipway.evaluation.gate_parser import GateError, parse_gate
    from shipway.evaluation.gate_words import in_words as gate_in_words
    from shipway.spec.expressions import ExpressionError, in_words, parse

    try:
        return gate_in_words(parse_gate(text))
    except GateError as not_a_gate:
        gate_error: InputError = not_a_gate
    try:
        return in_words(parse(text))
    except ExpressionError as not_a_rule:
        looks_like_gate = " at " in text or "champion" in text or "[" in text
        raise (gate_error if looks_like_gate else not_a_rule) from None
