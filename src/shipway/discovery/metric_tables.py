# SPDX-License-Identifier: Apache-2.0
"""Where scikit-learn's `classification_report` is printed, and which numbers of it have names.

print(classification_report(y_test, guess))        precision of the positive class, and so on
print(classification_report(y, g, target_names=…)) only accuracy and averages: rows have names
"""

import ast
from collections.abc import Iterator

from shipway.discovery.findings import MetricReport
from shipway.discovery.set_apart import of_training
from shipway.discovery.source import Call, SourceFile

REPORT = "classification_report"
OF_ANY = ("accuracy", "f1_macro")
OF_CLASSES = ("accuracy", "precision", "recall", "f1", "f1_macro")


def printed_table(source: SourceFile, call: Call) -> MetricReport | None:
    """The report that a call prints; None when it prints none."""
    table = next(_tables(source, call), None)
    if table is None or any(one.arg == "output_dict" for one in table.keywords):
        return None
    labelled = any(one.arg == "target_names" for one in table.keywords) or len(table.args) > 3
    names = OF_ANY if labelled else OF_CLASSES
    return MetricReport(
        "report",
        source.place(call.node),
        f"prints scikit-learn's {REPORT}",
        pattern=REPORT,
        metrics=names,
        training=names if of_training(source, table, call.scope) else (),
    )


def _tables(source: SourceFile, call: Call) -> Iterator[ast.Call]:
    """The calls of `classification_report` whose result is printed, directly or by a name."""
    for given in call.node.args:
        for node in ast.walk(given):
            if _makes_table(source, node):
                yield node  # type: ignore[misc]
            elif isinstance(node, ast.Name):
                bound = call.scope.bindings.get(node.id, [])
                before = [one for one in bound if one.lineno <= call.node.lineno]
                for value in reversed(before):
                    if _makes_table(source, value):
                        yield value  # type: ignore[misc]


def _makes_table(source: SourceFile, node: ast.AST) -> bool:
    return isinstance(node, ast.Call) and source.dotted(node.func).endswith(REPORT)
